//! One file of words, read and put over what is known.

use super::super::Problem;
use super::claims;
use super::file::File;
use super::read;
use super::reader::Reader;
use crate::domain::Vocabulary;
use toml::de::DeTable;

/// Adds a vocabulary or actor file to a vocabulary; with any problem nothing is added.
///
/// What a file says is added to what is known; `remove` lists in its tables take words away, so that
/// a user's file can mend the embedded one without copying it.
pub fn add_vocabulary(vocabulary: &mut Vocabulary, text: &str) -> Vec<Problem> {
    let (file, mut problems) = parse(text);
    let Some(file) = file else { return problems };
    problems.extend(claims::unmet(&file, vocabulary));
    if problems.is_empty() {
        file.merge_into(vocabulary);
    }
    problems
}

fn parse(text: &str) -> (Option<File>, Vec<Problem>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut reader = Reader::default();
    for error in &errors {
        reader.problem(error.span(), error.message().to_owned(), None);
    }
    let file = if errors.is_empty() { read::file(&mut reader, table.get_ref()) } else { None };
    (file, reader.problems)
}
