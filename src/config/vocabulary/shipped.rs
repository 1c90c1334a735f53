//! The shipped files of words, as they stand in a checkout of this project.
//!
//! Owns: which files there are, and in which order they are read. What the build script compiles in, and what who
//! works on the words reads without compiling.

use super::add::add_vocabulary;
use crate::domain::Vocabulary;
use crate::parallel;
use std::path::{Path, PathBuf};

/// The files of one language together, in the order in which they are read. What is of no language stands with
/// English.
pub(crate) const FILES: &[&[&str]] = &[
    &[
        "config/points.toml",
        "config/actors/blocs.toml",
        "config/vocabulary/en.toml",
        "config/actors/facts/en.toml",
        "config/actors/en.toml",
        "config/opinion/en.toml",
    ],
    &["config/vocabulary/ru.toml", "config/actors/facts/ru.toml", "config/actors/ru.toml"],
    &["config/vocabulary/uk.toml", "config/actors/facts/uk.toml", "config/actors/uk.toml"],
    &["config/vocabulary/fa.toml", "config/actors/facts/fa.toml", "config/actors/fa.toml"],
    &["config/vocabulary/ar.toml", "config/actors/facts/ar.toml", "config/actors/ar.toml"],
    &["config/vocabulary/zh.toml", "config/actors/facts/zh.toml", "config/actors/zh.toml"],
    &["config/vocabulary/es.toml", "config/actors/facts/es.toml", "config/actors/es.toml"],
    &["config/vocabulary/fr.toml", "config/actors/facts/fr.toml", "config/actors/fr.toml"],
    &["config/vocabulary/de.toml", "config/actors/facts/de.toml", "config/actors/de.toml"],
    &["config/vocabulary/tr.toml", "config/actors/facts/tr.toml", "config/actors/tr.toml"],
    &["config/vocabulary/pt.toml", "config/actors/facts/pt.toml", "config/actors/pt.toml"],
    &["config/vocabulary/sv.toml", "config/actors/facts/sv.toml", "config/actors/sv.toml"],
    &["config/vocabulary/ko.toml", "config/actors/facts/ko.toml", "config/actors/ko.toml"],
];

/// Why the words of a checkout cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WordsError {
    /// A file is not there or cannot be read.
    #[error("cannot read {path}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file has problems.
    #[error("{path}, line {line}: {message}")]
    Wrong {
        /// The file.
        path: PathBuf,
        /// The line of the first problem, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
}

/// The vocabulary as the files of a checkout of this project say it now: what would be compiled in,
/// without compiling. For who works on the words.
pub fn vocabulary_in_checkout(root: &Path) -> Result<Vocabulary, WordsError> {
    Ok(together(languages(root)?))
}

/// The vocabularies of the languages, in the order of the files; beside each other, for it takes long.
pub(crate) fn languages(root: &Path) -> Result<Vec<Vocabulary>, WordsError> {
    let read = |names: &&[&str]| {
        let mut vocabulary = Vocabulary::default();
        for name in *names {
            let path = root.join(name);
            let text = match std::fs::read_to_string(&path) {
                Ok(text) => text,
                Err(source) => return Err(WordsError::Unreadable { path, source }),
            };
            if let Some(problem) = add_vocabulary(&mut vocabulary, &text).into_iter().next() {
                let before = problem.span.and_then(|span| text.get(..span.start)).unwrap_or_default();
                return Err(WordsError::Wrong {
                    path,
                    line: before.matches('\n').count() + 1,
                    message: problem.message,
                });
            }
        }
        Ok(vocabulary)
    };
    parallel::map(FILES, read).into_iter().collect()
}

/// One vocabulary out of those of languages.
pub(super) fn together(parts: Vec<Vocabulary>) -> Vocabulary {
    let mut parts = parts.into_iter();
    let mut whole = parts.next().unwrap_or_default();
    for part in parts {
        whole.languages.extend(part.languages);
        whole.usual_senders.extend(part.usual_senders);
        whole.usual_targets.extend(part.usual_targets);
    }
    whole
}
