//! Vocabulary and actor files: TOML tables of words become `domain::Vocabulary`.
//!
//! Owns: the format of the files in `config/vocabulary`, `config/actors` and `config/opinion` and of
//! `config/points.toml`, and the embedded defaults. A file either adds wholly to a vocabulary or, with
//! any problem, not at all. The build script is made of these modules, too: it reads the shipped files, so that no
//! start has to.

mod add;
mod claims;
mod file;
mod keys;
mod packed;
mod read;
mod reader;
mod shipped;

use crate::domain::Vocabulary;
use crate::parallel;
pub use add::add_vocabulary;
pub(super) use keys::FILE;
pub use shipped::{WordsError, vocabulary_in_checkout};

/// The vocabularies of the shipped files, one for each language, as the build script has packed them.
const EMBEDDED: &[&[u8]] = include!(concat!(env!("OUT_DIR"), "/words.rs"));

/// The vocabulary that is compiled in. A test proves that it is what the files say.
///
/// The languages are unpacked beside each other.
#[must_use]
pub fn embedded_vocabulary() -> Vocabulary {
    let unpacked = |packed: &&[u8]| packed::unpack(packed).unwrap_or_default();
    shipped::together(parallel::map(EMBEDDED, unpacked))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Action, Actor, CueRole, Kind, Language};
    use std::collections::BTreeSet;
    use std::path::Path;

    #[test]
    fn the_embedded_files_have_no_problem() {
        let mut vocabulary = Vocabulary::default();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        for name in shipped::FILES.iter().copied().flatten() {
            let text = std::fs::read_to_string(root.join(name)).unwrap();
            assert_eq!(add_vocabulary(&mut vocabulary, &text), [], "{name}");
        }
        assert_eq!(vocabulary, embedded_vocabulary());
        let checkout = vocabulary_in_checkout(root);
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
