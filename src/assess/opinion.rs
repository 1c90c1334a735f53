//! Opinion: a linear model's second look at whether an item tells of an alliance.
//!
//! Owns: which features an item has, and how their weights move a score. Calls: `tag`. Pure. Frames
//! miss what is told without the words of co-operation ("direct flights to restart") and believe
//! words that were said on the way; the model weighs all words of headline and summary together with
//! what the frames found. Its weights stand in `config/opinion/`, one for each feature, so that its
//! strongest reasons are shown like any other evidence.

use super::tag::{Tagged, Token, TokenKind};
use crate::domain::{Actor, Evidence, Field, Kind, Relation, Score, WordClass};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Most words of a summary that are looked at.
const SUMMARY_WORDS: usize = 60;
/// Most reasons that are shown.
const REASONS: usize = 3;
/// More actors than so many make no difference.
const MAX_ACTORS: usize = 4;
/// Most points for which a score has a feature of its own.
const MAX_BUCKET: i32 = 8;

/// What stands for every name.
const NAME: &str = "@";

/// Where a feature stands: field, first and last byte.
pub(super) type Place = (Field, usize, usize);

/// A model's weights in logits, by the names of the features.
#[derive(Debug, Default)]
pub(super) struct Opinion {
    /// The features' places among the weights.
    places: HashMap<Box<str>, usize>,
    weights: Vec<f64>,
}

/// What the model thinks of an item: positive is yes.
#[derive(Debug)]
pub(super) struct Thought {
    /// In logits.
    pub(super) logit: f64,
    /// The features with a place in the text that moved it most, strongest first.
    pub(super) reasons: Vec<(Place, f64)>,
}

impl Opinion {
    pub(super) fn new(weights: &BTreeMap<String, Score>) -> Self {
        Self {
            places: weights.keys().enumerate().map(|(place, name)| (name.as_str().into(), place)).collect(),
            weights: weights.values().map(|weight| weight.points()).collect(),
        }
    }

    /// What the model thinks; `None` without a model, or of an item that names no two actors.
    pub(super) fn think(&self, fields: &[Tagged<'_>], relations: &[Relation]) -> Option<Thought> {
        if self.weights.is_empty() || named(fields, |_| true).len() < 2 {
            return None;
        }
        let mut logit = 0.0;
        let mut reasons: Vec<(Place, f64)> = Vec::new();
        let mut counted: Vec<usize> = Vec::new();
        features(fields, relations, |name, value, place| {
            let Some(feature) = self.places.get(name).filter(|feature| !counted.contains(feature)) else {
                return;
            };
            counted.push(*feature);
            let weight = self.weights.get(*feature).copied().unwrap_or_default();
            logit += weight * value;
            if let Some(place) = place {
                reasons.push((place, weight * value));
            }
        });
        reasons.sort_by(|left, right| right.1.abs().total_cmp(&left.1.abs()));
        Some(Thought { logit, reasons })
    }
}

impl Thought {
    /// The evidence that brings a score from where the frames left it towards the model's, at most
    /// `max` either way: split over the reasons that point the same way, by their strength.
    pub(super) fn evidence(
        &self,
        fields: &[Tagged<'_>],
        from: Score,
        doubt: Score,
        max: Score,
    ) -> Vec<Evidence> {
        let wanted = doubt + Score::from_points(self.logit);
        let max = max.hundredths().max(0);
        let change = (wanted.hundredths() - from.hundredths()).clamp(-max, max);
        // Without a word to show for it an opinion counts for nothing.
        let agreeing: Vec<&(Place, f64)> =
            self.reasons.iter().filter(|(_, weight)| (*weight > 0.0) == (change > 0)).take(REASONS).collect();
        let total: f64 = agreeing.iter().map(|(_, weight)| weight.abs()).sum();
        if change == 0 || agreeing.is_empty() {
            return Vec::new();
        }
        let mut rest = Score::from_hundredths(change);
        let mut evidence = Vec::new();
        for (index, ((field, start, end), weight)) in agreeing.iter().enumerate() {
            let share = Score::from_hundredths(change).scaled(weight.abs() / total);
            let share = if index + 1 == agreeing.len() { rest } else { share };
            rest = Score::from_hundredths(rest.hundredths() - share.hundredths());
            let text = fields.iter().find(|tagged| tagged.field == *field).map_or("", |tagged| tagged.text);
            evidence.push(Evidence {
                rule: "opinion".into(),
                text: text.get(*start..*end).unwrap_or_default().to_owned(),
                field: *field,
                start: *start,
                end: *end,
                weight: share,
            });
        }
        evidence
    }
}

/// The actors that some fields name.
pub(super) fn named(fields: &[Tagged<'_>], wanted: impl Fn(Field) -> bool) -> BTreeSet<Actor> {
    let wanted = fields.iter().filter(|tagged| tagged.field != Field::Body && wanted(tagged.field));
    wanted.flat_map(|tagged| &tagged.mentions).map(|mention| mention.actor).collect()
}

/// Calls `seen` with the name, the value and the place of every feature of an item; with a word that
/// stands several times more than once, the first time first.
pub(super) fn features(
    fields: &[Tagged<'_>],
    relations: &[Relation],
    mut seen: impl FnMut(&str, f64, Option<Place>),
) {
    seen("bias", 1.0, None);
    let title = named(fields, |field| field == Field::Title);
    let summary = named(fields, |field| field == Field::Summary);
    let both = title.union(&summary).count();
    for (feature, count) in
        [("title-actors", title.len()), ("summary-actors", summary.len()), ("actors", both)]
    {
        seen(&format!("{feature} {}", count.min(MAX_ACTORS)), 1.0, None);
    }
    for kind in [Kind::Alliance, Kind::Sanctions] {
        let of_kind = || relations.iter().filter(|relation| relation.kind == kind);
        let best = of_kind().max_by_key(|relation| relation.score);
        let score = best.map_or(Score::ZERO, |relation| relation.score);
        let points = score.hundredths().clamp(0, MAX_BUCKET * 100);
        seen(&format!("{kind} points"), f64::from(points) / 400.0, None);
        seen(&format!("{kind} {}", points / 100), 1.0, None);
        if let Some(best) = best {
            seen(&format!("{kind} {}", best.action), 1.0, None);
            seen(&format!("{kind} {}", best.modality), 1.0, None);
        }
        let mut rules: BTreeSet<(&str, bool)> = BTreeSet::new();
        for evidence in of_kind().flat_map(|relation| &relation.evidence) {
            rules.insert((&evidence.rule, evidence.field == Field::Title));
        }
        for (rule, title) in rules {
            seen(&format!("{kind} rule {rule} {}", if title { "title" } else { "text" }), 1.0, None);
        }
    }
    for tagged in fields {
        match tagged.field {
            Field::Title => words(tagged, "title", true, usize::MAX, &mut seen),
            Field::Summary => words(tagged, "text", false, SUMMARY_WORDS, &mut seen),
            Field::Body => {}
        }
    }
}

/// The words of a field and, where asked for, each two that stand side by side; a name is "@".
fn words(
    tagged: &Tagged<'_>,
    prefix: &str,
    pairs: bool,
    limit: usize,
    seen: &mut impl FnMut(&str, f64, Option<Place>),
) {
    let (mut word, mut before, mut name) = (String::new(), String::new(), String::new());
    let mut last: Option<&Token> = None;
    let mut tell = |words: [&str; 3], place: Option<Place>| {
        name.clear();
        for (index, word) in words.into_iter().filter(|word| !word.is_empty()).enumerate() {
            name.push_str(if index == 0 { "" } else { " " });
            name.push_str(word);
        }
        seen(&name, 1.0, place);
    };
    let tokens = tagged.tokens.iter().filter(|token| token.kind == TokenKind::Word);
    for token in tokens.take(limit) {
        put_word(tagged, token, &mut word);
        if word == NAME && last.is_some() && before == NAME {
            continue;
        }
        if !token.is(WordClass::Article) && word != NAME {
            // A small word moves the model, but is no reason to show.
            let place = (!token.is_small()).then_some((tagged.field, token.start, token.end));
            tell([prefix, &word, ""], place);
        }
        if let Some(last) = last.filter(|_| pairs) {
            let small = token.is_small() && last.is_small();
            let place = (!small).then_some((tagged.field, last.start, token.end));
            tell([prefix, &before, &word], place);
        }
        std::mem::swap(&mut word, &mut before);
        last = Some(token);
    }
}

/// Puts a token as the model knows it into a buffer: names, numbers and capitals are all alike.
fn put_word(tagged: &Tagged<'_>, token: &Token, word: &mut String) {
    word.clear();
    let text = tagged.text.get(token.start..token.end).unwrap_or_default();
    if token.mention > 0 {
        word.push_str(NAME);
    } else if text.starts_with(char::is_numeric) {
        word.push('0');
    } else if text.is_ascii() {
        word.extend(text.chars().map(|character| character.to_ascii_lowercase()));
    } else {
        word.push_str(&text.to_lowercase());
    }
}
