//! No text scores more than the vocabulary's ceiling, be it made of nothing but words that bring points.

use super::table::ASSESSOR;
use crate::assess::Input;
use crate::config::embedded_vocabulary;
use crate::domain::{LanguageWords, Pattern, WordClass};

/// Texts of each language: as many as take a second or two.
const TEXTS: usize = 150;

/// Words that stand between names and cues, so that frames are found.
const SMALL: [WordClass; 8] = [
    WordClass::Target,
    WordClass::Against,
    WordClass::Agent,
    WordClass::Partner,
    WordClass::Between,
    WordClass::Coordinator,
    WordClass::Sender,
    WordClass::Auxiliary,
];

/// The words of a language by what they are: names, cues that bring points, small words.
fn words(words: &LanguageWords) -> [Vec<String>; 3] {
    let surfaces = words.actors.values().flat_map(|actor| &actor.surfaces);
    let names = surfaces.map(|surface| surface.text.trim_end_matches('*').to_owned()).collect();
    let strong = words.cues.iter().filter(|cue| cue.weight.hundredths() > 0);
    let patterns = strong.flat_map(|cue| &cue.patterns);
    let written = |pattern: &String| {
        let texts = Pattern::parse(pattern).ok()?.texts();
        texts.first().map(|text| text.replace('*', ""))
    };
    let cues = patterns.filter_map(written).collect();
    let small = SMALL.iter().filter_map(|class| words.words.get(class)).flatten().cloned().collect();
    [names, cues, small]
}

fn text(dice: &mut fastrand::Rng, [names, cues, small]: &[Vec<String>; 3], length: usize) -> String {
    let mut text = String::new();
    for _word in 0..length {
        let list = [names, cues, cues, small][dice.usize(..4)];
        let Some(word) = dice.choice(list) else { continue };
        text.push_str(word);
        text.push_str([" ", " ", " ", " ", ", ", ". ", "-"][dice.usize(..7)]);
    }
    text
}

#[test]
fn no_text_exceeds_the_ceiling() {
    let vocabulary = embedded_vocabulary();
    let mut dice = fastrand::Rng::with_seed(1);
    for (language, known) in &vocabulary.languages {
        let words = words(known);
        for _text in 0..TEXTS {
            let lengths = [dice.usize(2..12), dice.usize(0..30), dice.usize(0..60)];
            let [title, summary, body] = lengths.map(|length| text(&mut dice, &words, length));
            let speaks_for = dice.bool().then(|| "US".parse().ok()).flatten();
            let input = Input {
                title: &title,
                summary: &summary,
                body: &body,
                language: Some(*language),
                published: None,
                speaks_for,
            };
            let assessment = ASSESSOR.assess(&input).0;
            for relation in &assessment.relations {
                let ceiling = vocabulary.ceiling(relation.kind, *language).expect("a ceiling");
                assert!(
                    relation.score <= ceiling,
                    "{} > {ceiling}: {input:?}\n{relation:#?}",
                    relation.score
                );
            }
        }
    }
}
