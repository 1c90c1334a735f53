//! The facts of actors: what every language has to call every state, and what it must not.
//!
//! Reads the files from the folder, not from the program: which of them are compiled in is for
//! `config` to decide.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a test stops at the first surprise")]

use sanctionwatch::config::add_vocabulary;
use sanctionwatch::domain::{Actor, ActorKind, ActorWords, LanguageWords, Surface, SurfaceKind, Vocabulary};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use unicode_normalization::is_nfkc;

const LANGUAGES: [&str; 13] = ["en", "ru", "uk", "fa", "ar", "zh", "es", "fr", "de", "tr", "pt", "sv", "ko"];

/// The letters that a stem must have to be open.
const SHORTEST_STEM: usize = 5;

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("config/actors").join(path)
}

fn read(into: &mut Vocabulary, path: &Path) {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert_eq!(add_vocabulary(into, &text), [], "{}", path.display());
}

fn facts() -> Vocabulary {
    let mut vocabulary = Vocabulary::default();
    for language in LANGUAGES {
        read(&mut vocabulary, &folder("facts").join(format!("{language}.toml")));
    }
    vocabulary
}

/// The facts together with what people wrote.
fn all() -> Vocabulary {
    let mut vocabulary = facts();
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder("")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for path in files.iter().filter(|path| path.extension().is_some_and(|extension| extension == "toml")) {
        read(&mut vocabulary, path);
    }
    vocabulary
}

fn words<'v>(vocabulary: &'v Vocabulary, language: &str) -> &'v LanguageWords {
    &vocabulary.languages[&language.parse().unwrap()]
}

fn surfaces(words: &LanguageWords) -> impl Iterator<Item = (Actor, &Surface, &ActorWords)> {
    words
        .actors
        .iter()
        .flat_map(|(actor, known)| known.surfaces.iter().map(move |text| (*actor, text, known)))
}

fn is_ambiguous(known: &ActorWords, text: &str) -> bool {
    known.ambiguous.iter().any(|entry| entry.surface == text)
}

/// Whether a surface says who is meant without support, in any case.
fn is_clear(words: &LanguageWords, text: &str) -> bool {
    surfaces(words).any(|(_, surface, known)| {
        surface.text.to_lowercase() == text.to_lowercase() && !is_ambiguous(known, &surface.text)
    })
}

fn letters(text: &str) -> usize {
    text.chars().filter(|character| character.is_alphabetic()).count()
}

#[test]
fn every_state_has_a_name_in_every_language() {
    let vocabulary = all();
    for language in LANGUAGES {
        let known = words(&vocabulary, language);
        let nameless: Vec<&str> = Actor::all()
            .filter(|actor| actor.kind() == ActorKind::State)
            .filter(|actor| {
                !known.actors.get(actor).is_some_and(|words| {
                    words.surfaces.iter().any(|surface| surface.kind == SurfaceKind::Name)
                })
            })
            .map(Actor::code)
            .collect();
        assert!(nameless.is_empty(), "{language}: {nameless:?}");
    }
}

#[test]
fn a_surface_of_two_actors_is_ambiguous_for_both() {
    let vocabulary = all();
    for language in LANGUAGES {
        let mut holders: BTreeMap<String, BTreeMap<Actor, bool>> = BTreeMap::new();
        for (actor, surface, known) in surfaces(words(&vocabulary, language)) {
            if surface.kind <= SurfaceKind::Capital {
                holders
                    .entry(surface.text.to_lowercase())
                    .or_default()
                    .insert(actor, is_ambiguous(known, &surface.text));
            }
        }
        for (text, holding) in holders.iter().filter(|(_, holding)| holding.len() > 1) {
            assert!(holding.values().all(|ambiguous| *ambiguous), "{language}: {text}: {holding:?}");
        }
    }
}

#[test]
fn an_open_stem_opens_no_other_actors_name() {
    let vocabulary = all();
    for language in LANGUAGES {
        let known = words(&vocabulary, language);
        for (actor, open, _) in surfaces(known).filter(|(_, surface, _)| surface.text.contains('*')) {
            let stem = open.text.strip_suffix('*').unwrap_or_else(|| panic!("{language}: {}", open.text));
            let last = stem.rsplit(' ').next().unwrap_or(stem);
            // Names of persons, bodies and firms are opened by hand, where their cases are known.
            let inflects = matches!(language, "ru" | "uk") && open.kind <= SurfaceKind::Capital;
            let short = inflects && letters(last) < SHORTEST_STEM;
            assert!(!short, "{language}: {stem}*");
            // Persons may share a name, one after the other or in two offices.
            let not_a_person = |surface: &Surface| surface.kind <= SurfaceKind::Capital;
            let others =
                surfaces(known).filter(|(other, surface, _)| *other != actor && not_a_person(surface));
            for (other, surface, _) in others.filter(|_| not_a_person(open)) {
                let ending = surface.text.trim_end_matches('*').strip_prefix(stem);
                let endings = &known.grammar.endings;
                let is_form = ending.is_some_and(|ending| ending.is_empty() || endings.contains(ending));
                // One text for both is the other test's business.
                let is_form = is_form && surface.text.trim_end_matches('*') != stem;
                assert!(!is_form, "{language}: {stem}* of {actor} is {} of {other}", surface.text);
            }
        }
    }
}

#[test]
fn what_holds_a_name_in_chinese_is_known_too() {
    let vocabulary = all();
    let known = words(&vocabulary, "zh");
    let names: BTreeMap<&str, Actor> =
        surfaces(known).map(|(actor, surface, _)| (surface.text.as_str(), actor)).collect();
    for (short, long) in [
        ("俄罗斯", "白俄罗斯"),
        ("印度", "印度尼西亚"),
        ("马里", "索马里"),
        ("几内亚", "赤道几内亚"),
        ("几内亚", "几内亚比绍"),
        ("几内亚", "巴布亚新几内亚"),
        ("苏丹", "南苏丹"),
        ("中国", "中国香港"),
        ("中国", "中国澳门"),
        ("中国", "中国台湾"),
        ("罗马", "罗马尼亚"),
        ("西班牙", "西班牙港"),
        ("中国", "发展中国家"),
        ("印度", "印度洋"),
        ("马里", "马里兰"),
        ("马里", "马里乌波尔"),
        ("海地", "上海地"),
        ("苏丹", "苏丹国"),
    ] {
        assert!(long.contains(short) && names.contains_key(short), "{short}");
        let masked = known.masks.contains(long);
        let another = names.get(long).is_some_and(|actor| names[short] != *actor);
        assert!(masked || another, "{short} in {long}");
    }
}

#[test]
fn no_common_word_is_a_name_without_support() {
    let vocabulary = all();
    for (language, common) in [
        ("ru", &["того", "нигер", "самоа", "конго"][..]),
        ("uk", &["того", "малі", "конго"]),
        ("ar", &["مالي", "عمان", "بنين", "جورجيا", "العيون", "القدس", "كونغو"]),
        ("fa", &["مالی", "چک", "دوشنبه", "الجزیره", "عمان", "العیون"]),
        ("zh", &["中非", "刚果", "马里", "苏丹"]),
        ("tr", &["mali", "cuba", "kongo"]),
        ("es", &["granada", "mauricio", "georgia", "chad", "indio", "congo", "coreano", "irani"]),
        ("fr", &["maurice", "dominique", "grenade", "géorgie", "congolais", "congo"]),
        ("de", &["niger", "mali", "kongo", "guinea"]),
        ("pt", &["granada", "maurício", "camarões", "geórgia", "congo"]),
        ("sv", &["kongo", "mali", "niger"]),
        ("ko", &["인도", "수단", "오만", "콩고", "조지아", "방기"]),
        ("en", &["congo", "georgia", "jordan", "chad", "niger", "guinea", "dominican", "samoa", "turkey"]),
    ] {
        let known = words(&vocabulary, language);
        for word in common {
            assert!(!is_clear(known, word), "{language}: {word}");
        }
    }
}

#[test]
fn what_english_doubts_no_language_takes_for_certain() {
    let vocabulary = all();
    let doubtful: BTreeSet<String> = words(&vocabulary, "en")
        .actors
        .values()
        .flat_map(|known| known.ambiguous.iter().map(|entry| entry.surface.to_lowercase()))
        .collect();
    let facts = facts();
    for language in LANGUAGES {
        for (actor, surface, known) in surfaces(words(&facts, language)) {
            let doubted = doubtful.contains(&surface.text.to_lowercase());
            assert!(
                !doubted || is_ambiguous(known, &surface.text),
                "{language}: {} of {actor}",
                surface.text
            );
        }
    }
}

#[test]
fn surfaces_are_written_as_texts_are_read() {
    let facts = facts();
    for language in LANGUAGES {
        let known = words(&facts, language);
        for (actor, surface, _) in surfaces(known) {
            let text = surface.text.as_str();
            let shortest = if matches!(language, "zh" | "ko") { 2 } else { 3 };
            assert!(letters(text) >= shortest, "{language}: {text} of {actor}");
            assert!(is_nfkc(text) && text.trim() == text, "{language}: {text} of {actor}");
            assert!(!text.contains([',', '،', '’', 'ʼ', '\u{ad}']), "{language}: {text} of {actor}");
            assert!(language == "zh" || !text.contains(['(', ')']), "{language}: {text} of {actor}");
        }
        for (actor, known) in &known.actors {
            for entry in &known.ambiguous {
                assert!(
                    known.surfaces.iter().any(|surface| surface.text == entry.surface),
                    "{language}: {} of {actor} is no surface",
                    entry.surface
                );
            }
        }
    }
}
