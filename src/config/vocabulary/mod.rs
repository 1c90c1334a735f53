//! Vocabulary and actor files: TOML tables of words become `domain::Vocabulary`.
//!
//! Owns: the format of the files in `config/vocabulary`, `config/actors` and `config/opinion` and of
//! `config/points.toml`, and the embedded defaults. A file either adds wholly to a vocabulary or, with
//! any problem, not at all.

mod claims;
mod file;
mod keys;
mod read;
mod reader;

use super::Problem;
use crate::domain::Vocabulary;
use crate::parallel;
use file::File;
pub(super) use keys::FILE;
use reader::Reader;
use std::path::{Path, PathBuf};
use toml::de::DeTable;

/// Names each file once, for its text and for what is told of it.
macro_rules! embedded {
    ($([$($path:literal),+ $(,)?],)+) => {
        &[$(&[$(($path, include_str!(concat!("../../../", $path))),)+],)+]
    };
}

/// The files that are compiled in, name and text: those of one language together, in the order in
/// which they are read. What is of no language stands with English.
const EMBEDDED: &[&[(&str, &str)]] = embedded![
    [
        "config/points.toml",
        "config/actors/blocs.toml",
        "config/vocabulary/en.toml",
        "config/actors/facts/en.toml",
        "config/actors/en.toml",
        "config/opinion/en.toml",
    ],
    ["config/vocabulary/ru.toml", "config/actors/facts/ru.toml", "config/actors/ru.toml"],
    ["config/vocabulary/uk.toml", "config/actors/facts/uk.toml", "config/actors/uk.toml"],
    ["config/vocabulary/fa.toml", "config/actors/facts/fa.toml", "config/actors/fa.toml"],
    ["config/vocabulary/ar.toml", "config/actors/facts/ar.toml", "config/actors/ar.toml"],
    ["config/vocabulary/zh.toml", "config/actors/facts/zh.toml", "config/actors/zh.toml"],
    ["config/vocabulary/es.toml", "config/actors/facts/es.toml", "config/actors/es.toml"],
    ["config/vocabulary/fr.toml", "config/actors/facts/fr.toml", "config/actors/fr.toml"],
    ["config/vocabulary/de.toml", "config/actors/facts/de.toml", "config/actors/de.toml"],
    ["config/vocabulary/tr.toml", "config/actors/facts/tr.toml", "config/actors/tr.toml"],
    ["config/vocabulary/pt.toml", "config/actors/facts/pt.toml", "config/actors/pt.toml"],
    ["config/vocabulary/sv.toml", "config/actors/facts/sv.toml", "config/actors/sv.toml"],
    ["config/vocabulary/ko.toml", "config/actors/facts/ko.toml", "config/actors/ko.toml"],
];

/// The vocabulary that is compiled in. A test proves that its files have no problem.
///
/// Reading is most of a start, so the languages are read beside each other.
#[must_use]
pub fn embedded_vocabulary() -> Vocabulary {
    let read = |files: &&[(&str, &str)]| {
        let mut vocabulary = Vocabulary::default();
        for (_, text) in *files {
            add_vocabulary(&mut vocabulary, text);
        }
        vocabulary
    };
    together(parallel::map(EMBEDDED, read))
}

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
    let read = |files: &&[(&str, &str)]| {
        let mut vocabulary = Vocabulary::default();
        for (name, _) in *files {
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
    Ok(together(parallel::map(EMBEDDED, read).into_iter().collect::<Result<Vec<_>, _>>()?))
}

/// One vocabulary out of those of languages.
fn together(parts: Vec<Vocabulary>) -> Vocabulary {
    let mut parts = parts.into_iter();
    let mut whole = parts.next().unwrap_or_default();
    for part in parts {
        whole.languages.extend(part.languages);
        whole.usual_senders.extend(part.usual_senders);
        whole.usual_targets.extend(part.usual_targets);
    }
    whole
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Action, Actor, CueRole, Kind, Language};
    use std::collections::BTreeSet;

    #[test]
    fn the_embedded_files_have_no_problem() {
        let mut vocabulary = Vocabulary::default();
        for (name, text) in EMBEDDED.iter().copied().flatten() {
            assert_eq!(add_vocabulary(&mut vocabulary, text), [], "{name}");
        }
        assert_eq!(vocabulary, embedded_vocabulary());
        let checkout = vocabulary_in_checkout(Path::new(env!("CARGO_MANIFEST_DIR")));
        assert_eq!(checkout.unwrap(), vocabulary);
        let english = &vocabulary.languages[&Language::ENGLISH];
        assert!(english.actors.len() > 100 && english.cues.len() > 30);
        for cue in &english.cues {
            let context =
                |rule: &String| english.cues.iter().any(|c| c.role == CueRole::Context && c.rule == *rule);
            assert!(cue.needs.as_ref().is_none_or(context), "`{}` needs an unknown context", cue.rule);
            let kind = cue.action.map(Action::usual_kind);
            let shared = matches!(cue.kind, Some(Kind::Tariff | Kind::Blockade));
            assert!(shared || kind.is_none() || kind == cue.kind, "`{}` has another kind's action", cue.rule);
        }
    }

    #[test]
    fn every_problem_is_told_with_its_place() {
        let text = "languag = \"en\"\n[[actor]]\ncode = \"XX\"\nname = [\"X\"]\nfirms = \"Y\"\n\
                    leaders = [{ name = \"Z\", from = \"last year\" }]\n\
                    [[cue]]\nrule = \"r\"\nrole = \"non\"\nweight = \"3\"\nmatch = [\"\"]\n[words]\nof = [\"of\"]\n";
        let mut vocabulary = Vocabulary::default();
        let problems = add_vocabulary(&mut vocabulary, text);
        let told: Vec<(&str, &str)> = problems
            .iter()
            .map(|problem| (problem.span.clone().map_or("", |span| &text[span]), problem.message.as_str()))
            .collect();
        for (place, message) in [
            ("languag", "unknown key `languag`"),
            ("languag", "`language` is missing"),
            ("\"XX\"", "`XX` is not the code of a country or bloc"),
            ("name", "unknown key `name`"),
            ("\"Y\"", "expected a list, found string"),
            ("\"last year\"", "`last year` is no date"),
            ("\"3\"", "expected a number, found string"),
            ("\"\"", "an empty string"),
        ] {
            assert!(told.contains(&(place, message)), "{place}: {message}\n{told:#?}");
        }
        assert!(told.iter().any(|(place, _)| *place == "\"non\""), "{told:#?}");
        assert!(told.iter().any(|(place, _)| *place == "of"), "{told:#?}");
        let helped = problems.iter().find(|problem| problem.message == "unknown key `name`");
        assert_eq!(helped.and_then(|problem| problem.help.as_deref()), Some("did you mean `names`?"));
        assert_eq!(vocabulary, Vocabulary::default(), "a file with problems adds nothing");
    }

    #[test]
    fn patterns_names_letters_and_points_are_checked() {
        for (text, told) in [
            ("[[cue]]\nrule = \"r\"\nrole = \"noun\"\nmatch = [\"fo*o bar\"]\n", "no pattern"),
            ("[[cue]]\nrule = \"r\"\nrole = \"noun\"\nmatch = [\"**\"]\n", "no pattern"),
            ("[[cue]]\nrule = \"r\"\nrole = \"noun\"\nmatch = [\"a{b\"]\n", "no pattern"),
            (
                "[[cue]]\nrule = \"r\"\nrole = \"noun\"\nmatch = [\"{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}\"]\n",
                "16384 patterns",
            ),
            ("[[actor]]\ncode = \"IR\"\nnames = [\"Ir*an\"]\n", "is no name"),
            ("[[actor]]\ncode = \"IR\"\nnames = [\"{Persia,Parthia}\"]\n", "is no name"),
            ("[grammar]\nsame-letters = [\"\u{e9}y\"]\n", "different numbers of bytes"),
            ("[grammar]\nopposites = [\"rises\"]\n", "no pair of opposites"),
            ("[grammar]\nopposites = [\"rises / falls / stays\"]\n", "no pair of opposites"),
            ("[grammar]\nopposites = [\"rises|| / falls\"]\n", "no pair of opposites"),
            ("[grammar]\nopposites = [[\"rises\", \"falls\"]]\n", "expected a string, found array"),
            ("[grammar]\nnumbers = { two = 2 }\n", "expected a list, found table"),
            ("[points]\nopinion-max = -1.5\n", "between 0 and 10"),
            ("[points]\nsender = inf\n", "between 0 and 10"),
        ] {
            let mut vocabulary = Vocabulary::default();
            let problems = add_vocabulary(&mut vocabulary, &format!("language = \"en\"\n{text}"));
            assert!(problems.iter().any(|one| one.message.contains(told)), "{text}: {problems:?}");
            assert_eq!(vocabulary, Vocabulary::default());
        }
    }

    #[test]
    fn what_a_file_takes_for_granted_must_be_known() {
        let mut vocabulary = embedded_vocabulary();
        let before = vocabulary.clone();
        for (text, told) in [
            ("[[cue]]\nrule = \"r\"\nrole = \"verb\"\nneeds = \"diplomat\"\nmatch = [\"x\"]\n", "diplomat"),
            ("[[cue]]\nrule = \"sanction-noun\"\nremove = [\"sanktions\"]\n", "sanktions"),
            ("[[cue]]\nrule = \"sanction-nuon\"\nremove = [\"sanctions\"]\n", "sanction-nuon"),
            ("[[actor]]\ncode = \"IR\"\nremove = [\"Persia\", \"Irann\"]\n", "Irann"),
            ("remove-masks = [\"Iran Avenue\"]\n", "Iran Avenue"),
            ("remove-words = { partner = [\"wiht\"] }\n", "wiht"),
        ] {
            let text = format!("language = \"en\"\n{text}");
            let problems = add_vocabulary(&mut vocabulary, &text);
            assert!(problems.iter().any(|one| one.message.contains(told)), "{text}: {problems:?}");
            for problem in problems {
                assert!(problem.span.is_some_and(|span| text[span].starts_with(['"', '{'])), "{text}");
            }
        }
        assert_eq!(vocabulary, before);
    }

    #[test]
    fn what_a_users_file_does_not_say_stays() {
        let mut vocabulary = embedded_vocabulary();
        let before = vocabulary.clone();
        let text = "language = \"de\"\n[grammar]\nverb = \"last\"\n[[cue]]\nrule = \"sanction-noun\"\n\
                    role = \"noun\"\nweight = 1.0\n";
        assert_eq!(add_vocabulary(&mut vocabulary, text), []);
        let german = "de".parse::<Language>().unwrap();
        let (old, new) = (&before.languages[&german], &vocabulary.languages[&german]);
        assert_ne!(old.grammar.verb, new.grammar.verb);
        assert_eq!(old.grammar.genitive_endings, new.grammar.genitive_endings);
        let nouns = |words: &crate::domain::LanguageWords| {
            words.cues.iter().filter(|cue| cue.rule == "sanction-noun").cloned().collect::<Vec<_>>()
        };
        for (old, new) in nouns(old).iter().zip(nouns(new)) {
            assert_eq!(new.weight, crate::domain::Score::from_points(1.0));
            assert_eq!((old.kind, old.subject, &old.patterns), (new.kind, new.subject, &new.patterns));
        }
    }

    #[test]
    fn a_text_that_is_no_toml_is_a_problem() {
        let mut vocabulary = Vocabulary::default();
        assert!(!add_vocabulary(&mut vocabulary, "language = \"en").is_empty());
        assert_eq!(vocabulary, Vocabulary::default());
    }

    #[test]
    fn a_users_file_adds_and_takes_away() {
        let mut vocabulary = embedded_vocabulary();
        let text = "language = \"en\"\nmasks = [\"Iran Avenue\"]\n[[actor]]\ncode = \"NR\"\n\
                    names = [\"Naoero\"]\n[[actor]]\ncode = \"IR\"\nremove = [\"Iran\"]\n\
                    [[cue]]\nrule = \"sanction-noun\"\nremove = [\"sanctions\"]\n";
        assert_eq!(add_vocabulary(&mut vocabulary, text), []);
        let english = &vocabulary.languages[&Language::ENGLISH];
        let iran: Actor = "IR".parse().unwrap();
        assert!(english.masks.contains("Iran Avenue"));
        assert_eq!(vocabulary.resolve("naoero").map(Actor::code), Some("NR"));
        assert!(english.actors[&iran].surfaces.iter().all(|surface| surface.text != "Iran"));
        let nouns = english.cues.iter().find(|cue| cue.rule == "sanction-noun").unwrap();
        let texts: BTreeSet<String> = nouns
            .patterns
            .iter()
            .flat_map(|one| crate::domain::Pattern::parse(one).unwrap().texts())
            .collect();
        assert!(!texts.contains("sanctions") && texts.contains("sanction"));
    }

    #[test]
    fn countries_are_found_as_they_are_written() {
        let vocabulary = embedded_vocabulary();
        for (written, code) in [
            ("Iran", "IR"),
            ("ir", "IR"),
            (" iranian ", "IR"),
            ("TEHRAN", "IR"),
            ("eu", "EU"),
            ("Türkiye", "TR"),
        ] {
            assert_eq!(vocabulary.resolve(written).map(Actor::code), Some(code), "{written}");
        }
        assert_eq!(vocabulary.resolve("Irann"), None);
        assert_eq!(
            vocabulary.suggest("Irann").map(|(name, actor)| (name, actor.code())),
            Some(("Iran", "IR"))
        );
        assert_eq!(vocabulary.suggest("xyzzyplugh"), None);
        let belgium = "BE".parse().unwrap();
        let blocs: Vec<&str> = vocabulary.blocs_of(belgium).into_iter().map(Actor::code).collect();
        assert!(blocs.contains(&"EU") && blocs.contains(&"NATO"), "{blocs:?}");
    }
}
