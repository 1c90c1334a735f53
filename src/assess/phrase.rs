//! Phrases: names that stand together as one party, and the walks that frames make over tokens.
//!
//! Owns: coordination ("UK, France and Germany"), dyads ("US-Iran"), appositions ("Russia's ally
//! Belarus"), subjects and objects. Calls: `tag`, `lexicon`. Pure.

mod groups;

use super::lexicon::Lexicon;
use super::tag::{Tagged, TokenKind};
use crate::domain::{Actor, Cue, CueRole, Evidence, Kind, Markers, Modifiers, Score, VerbPlace, WordClass};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;

/// Most tokens between a preposition and the name that it introduces.
const MARKER_REACH: usize = 6;

/// Words at which a noun's own phrase ends.
const FUNCTION_WORDS: [WordClass; 11] = [
    WordClass::Preposition,
    WordClass::Target,
    WordClass::Against,
    WordClass::Partner,
    WordClass::Agent,
    WordClass::Reason,
    WordClass::Between,
    WordClass::Auxiliary,
    WordClass::Relative,
    WordClass::Speech,
    WordClass::Subordinator,
];

/// Words that make a name an object or a circumstance, so that it is no subject.
const GOVERNING: [WordClass; 7] = [
    WordClass::Preposition,
    WordClass::Target,
    WordClass::Against,
    WordClass::Partner,
    WordClass::Agent,
    WordClass::Address,
    WordClass::Reason,
];

/// Names that stand together as one party.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) tokens: Range<usize>,
    pub(super) actors: BTreeSet<Actor>,
    /// Followed by "'s".
    pub(super) possessive: bool,
    /// Only firms.
    pub(super) firm: bool,
    /// Named by its people or an adjective.
    pub(super) demonym: bool,
}

/// A field ready for frames.
pub(super) struct Reading<'a> {
    pub(super) lexicon: &'a Lexicon,
    pub(super) tagged: &'a Tagged<'a>,
    pub(super) groups: Vec<Group>,
}

impl<'a> Reading<'a> {
    pub(super) fn new(lexicon: &'a Lexicon, tagged: &'a Tagged<'a>) -> Self {
        Self { lexicon, tagged, groups: groups::groups(lexicon, tagged) }
    }

    /// How much of a weight counts at a byte of the field.
    pub(super) fn share(&self, start: usize) -> f64 {
        self.lexicon.points.share(self.tagged.field, self.tagged.is_background(start))
    }

    /// The words at a token range as evidence, with as much of a weight as counts there.
    pub(super) fn evidence(
        &self,
        rule: impl Into<Cow<'static, str>>,
        tokens: &Range<usize>,
        weight: Score,
    ) -> Evidence {
        let (start, end) = self.tagged.slice(tokens);
        let text = self.tagged.text.get(start..end).unwrap_or_default().to_owned();
        let weight = weight.scaled(self.share(start));
        Evidence { rule: rule.into(), text, field: self.tagged.field, start, end, weight }
    }

    /// The group that covers a token, if any.
    pub(super) fn group_at(&self, token: usize) -> Option<&Group> {
        let index = self.groups.partition_point(|group| group.tokens.end <= token);
        self.groups.get(index).filter(|group| group.tokens.contains(&token))
    }

    /// Whether a token belongs to a word class; false beyond the text.
    pub(super) fn is(&self, token: usize, class: WordClass) -> bool {
        self.tagged.tokens.get(token).is_some_and(|token| token.is(class))
    }

    pub(super) fn kind(&self, token: usize) -> Option<TokenKind> {
        self.tagged.tokens.get(token).map(|token| token.kind)
    }

    /// The words of a token.
    pub(super) fn word(&self, token: usize) -> &'a str {
        self.tagged.tokens.get(token).map_or("", |token| &self.tagged.text[token.start..token.end])
    }

    /// Cue hits of one role in a range, with their cues, in order.
    pub(super) fn cues<'s>(
        &'s self,
        role: CueRole,
        kind: Kind,
        range: &Range<usize>,
    ) -> impl Iterator<Item = (Range<usize>, &'a Cue)> + use<'s, 'a> {
        let range = range.clone();
        let hits = self.tagged.hits.iter();
        hits.filter(move |hit| hit.role == role && range.contains(&hit.tokens.start)).filter_map(move |hit| {
            let cue = self.lexicon.cues.get(hit.cue)?;
            (cue.kind.is_none() || cue.kind == Some(kind)).then(|| (hit.tokens.clone(), cue))
        })
    }

    /// Groups inside a range, in order.
    pub(super) fn groups_in<'s>(
        &'s self,
        range: &Range<usize>,
    ) -> impl DoubleEndedIterator<Item = &'s Group> + use<'s, 'a> {
        let range = range.clone();
        self.groups
            .iter()
            .filter(move |group| range.start <= group.tokens.start && group.tokens.end <= range.end)
    }

    /// Whether a token is in any of some word classes.
    pub(super) fn is_any(&self, token: usize, classes: &[WordClass]) -> bool {
        classes.iter().any(|class| self.is(token, *class))
    }

    /// The first group in a range that a word of a class marks: introduces it or, in a language with
    /// postpositions and case particles, follows it.
    pub(super) fn marked(&self, range: &Range<usize>, class: WordClass) -> Option<&Group> {
        if self.lexicon.grammar.markers == Markers::After {
            // "대이란": a prefix marks, too.
            let prefixed = |group: &Group| {
                group
                    .tokens
                    .start
                    .checked_sub(1)
                    .is_some_and(|before| self.is(before, class) && self.touches(before))
            };
            return self
                .groups_in(range)
                .find(|group| self.is_followed_by(group, &[class]) || prefixed(group));
        }
        let mut marker = None;
        let mut token = range.start;
        while token < range.end {
            if let Some(group) = self.group_at(token).filter(|group| group.tokens.end <= range.end) {
                if marker.is_some() {
                    return Some(group);
                }
                token = group.tokens.end;
                continue;
            }
            if self.is(token, class) {
                marker = Some(token);
            } else if marker.is_some_and(|at| token - at > MARKER_REACH)
                || self.is_any(token, &FUNCTION_WORDS)
            {
                marker = None;
            }
            token += 1;
        }
        None
    }

    /// Whether a token is written together with the next one.
    pub(super) fn touches(&self, token: usize) -> bool {
        let (one, next) = (self.tagged.tokens.get(token), self.tagged.tokens.get(token + 1));
        one.zip(next).is_some_and(|(one, next)| one.end == next.start)
    }

    /// Whether one of the particles right after a group is in one of some classes.
    fn is_followed_by(&self, group: &Group, classes: &[WordClass]) -> bool {
        let mut particles = 0;
        let mut token = group.tokens.end;
        while particles < 2 {
            let passes = self.kind(token) == Some(TokenKind::Quote) || self.is(token, WordClass::Title);
            if !passes {
                if self.is_any(token, classes) {
                    return true;
                }
                particles += 1;
                if !self.is_any(token, &FUNCTION_WORDS) && !self.is(token, WordClass::Genitive) {
                    return false;
                }
            }
            token += 1;
            if token > group.tokens.end + MARKER_REACH {
                break;
            }
        }
        false
    }

    /// The subject of what stands at `verb`: the nearest group before it in its clause that hangs on
    /// no preposition, else the nearest in the clause before, where this clause begins with its verb.
    /// Where the verb stands last, the object is nearer than the subject, so the farthest counts.
    pub(super) fn subject(&self, verb: usize, without: &BTreeSet<usize>) -> Option<&Group> {
        let clause = self.tagged.clause_of(verb);
        if let Some(found) = self.subject_in(clause.start..self.end_of_subject(&clause, verb), without) {
            return Some(found);
        }
        if self.lexicon.grammar.verb == VerbPlace::First {
            let after =
                self.groups_in(&(verb..clause.end)).find(|group| !without.contains(&group.tokens.start));
            return after.filter(|group| !self.hangs(group, verb));
        }
        // "after reaching a deal": who does it stands before the subordinate clause.
        let subordinate = self.is(clause.start, WordClass::Subordinator);
        let sentence = self.tagged.sentence_of(verb);
        if subordinate && clause.start > sentence.start {
            return self.subject_in(sentence.start..clause.start, without);
        }
        None
    }

    /// Up to where the subject of a verb stands: "the EU condemns Iran and imposes …" has one subject for
    /// two verbs, and what is between them is the object of the first.
    fn end_of_subject(&self, clause: &Range<usize>, verb: usize) -> usize {
        let joined = verb.checked_sub(1).is_some_and(|before| self.is(before, WordClass::Coordinator));
        if !joined || self.lexicon.grammar.verb != VerbPlace::Middle {
            return verb;
        }
        // With more names between the verbs the second may go with any of them.
        let of_two = |first: &usize| {
            self.groups_in(&(clause.start..*first)).next().is_some()
                && self.groups_in(&(*first..verb)).count() == 1
        };
        let earlier = self.tagged.verbs_in(clause.start..verb.saturating_sub(1)).find(of_two);
        earlier.unwrap_or(verb)
    }

    fn subject_in(&self, range: Range<usize>, without: &BTreeSet<usize>) -> Option<&Group> {
        let usable = |group: &&Group| !without.contains(&group.tokens.start);
        let free = |group: &&Group| usable(group) && !self.hangs(group, range.start);
        let found = match self.lexicon.grammar.verb {
            VerbPlace::Last => self.groups_in(&range).find(free),
            VerbPlace::First | VerbPlace::Middle => self.groups_in(&range).rev().find(free),
        };
        found.or_else(|| self.groups_in(&range).find(usable))
    }

    /// Whether a group is only the reason or the topic: "over Ukraine".
    pub(super) fn is_reason(&self, group: &Group) -> bool {
        if self.lexicon.grammar.markers == Markers::After {
            return self.is_followed_by(group, &[WordClass::Reason]);
        }
        self.has_reason_before(group.tokens.start)
    }

    /// Whether a word of reason stands before a token, looking back over articles.
    pub(super) fn has_reason_before(&self, token: usize) -> bool {
        let mut before = token;
        while let Some(previous) = before.checked_sub(1) {
            // "pro-Palestinian": who is for or against somebody is not that one.
            if !self.is(previous, WordClass::Article) && self.kind(previous) != Some(TokenKind::Hyphen) {
                return self.is(previous, WordClass::Reason);
            }
            before = previous;
        }
        false
    }

    /// Whether a token belongs to a verb that the vocabulary knows.
    fn is_cue(&self, token: usize) -> bool {
        self.tagged.hits.iter().any(|hit| {
            matches!(hit.role, CueRole::Action | CueRole::Verb | CueRole::Urge) && hit.tokens.contains(&token)
        })
    }

    /// Whether a group is governed by a marker, looking no farther back than `from`.
    pub(super) fn hangs(&self, group: &Group, from: usize) -> bool {
        if self.lexicon.grammar.markers == Markers::After {
            return self.is_followed_by(group, &GOVERNING);
        }
        let mut before = group.tokens.start;
        // "a 23 empresas chinas": an adjective stands behind the noun that the marker governs.
        let mut nouns =
            if group.demonym && self.lexicon.grammar.modifiers == Modifiers::After { 3 } else { 0 };
        // Looks back over "the", "new" and quotation marks to the word that governs the name.
        while let Some(previous) = before.checked_sub(1).filter(|previous| *previous >= from) {
            let skipped = self.is(previous, WordClass::Article)
                || matches!(self.kind(previous), Some(TokenKind::Quote | TokenKind::Hyphen));
            let governs = self.is_any(previous, &GOVERNING);
            if !skipped || governs && nouns > 0 {
                if governs
                    || nouns == 0
                    || self.kind(previous) != Some(TokenKind::Word)
                    || self.is_cue(previous)
                {
                    return governs;
                }
                nouns -= 1;
            }
            before = previous;
        }
        false
    }

    /// The first group that begins in a range.
    pub(super) fn first_group(&self, range: Range<usize>) -> Option<&Group> {
        self.groups_in(&range).next()
    }

    /// The groups that stand before a noun inside its phrase, nearest first: "Trump's Russia
    /// sanctions", "new US oil sanctions". `stops` says which tokens are a verb.
    pub(super) fn premodifiers(&self, noun: usize, stops: impl Fn(usize) -> bool) -> Vec<&Group> {
        let mut found: Vec<&Group> = Vec::new();
        let mut skipped = 0;
        let mut token = noun;
        let clause = self.tagged.clause_of(noun);
        while let Some(previous) = token.checked_sub(1).filter(|previous| *previous >= clause.start) {
            if let Some(group) = self.group_at(previous) {
                // Where names stand behind the noun, before it only an adjective or a part of the same
                // word modifies it; another name there is an object.
                let tied = group.demonym
                    || group.possessive
                    || self.kind(group.tokens.end) == Some(TokenKind::Hyphen)
                    || self.touches(previous);
                if self.lexicon.grammar.modifiers == Modifiers::Both && !tied {
                    break;
                }
                if found.last().is_none_or(|last| last.tokens.start != group.tokens.start) {
                    found.push(group);
                }
                token = group.tokens.start;
                continue;
            }
            let through = match self.kind(previous) {
                // `북한 "미국 제재…"`: what stands before the quotation is its speaker.
                // An apostrophe before a case ending is no quotation.
                Some(TokenKind::Quote) => {
                    let apostrophe = self.touches(previous) && previous > 0 && self.touches(previous - 1);
                    found.is_empty() || apostrophe || self.lexicon.grammar.verb != VerbPlace::Last
                }
                Some(TokenKind::Possessive | TokenKind::Hyphen) => true,
                Some(TokenKind::Word) => {
                    skipped += 1;
                    // Beyond the nearest name only another name or "new" still belongs to the noun.
                    let near =
                        if found.is_empty() { skipped <= 4 } else { self.is(previous, WordClass::Article) };
                    near && !self.is_any(previous, &FUNCTION_WORDS) && !stops(previous)
                }
                _ => false,
            };
            if !through {
                break;
            }
            token = previous;
        }
        found
    }

    /// The groups that stand after a noun inside its phrase, nearest first: "санкции США", "accord
    /// franco-iranien", "sanctions de l'UE".
    pub(super) fn postmodifiers(&self, end: usize, stops: impl Fn(usize) -> bool) -> Vec<&Group> {
        let mut found: Vec<&Group> = Vec::new();
        let mut skipped = 0;
        let mut token = end;
        let clause = end.checked_sub(1).map_or(end..end, |noun| self.tagged.clause_of(noun));
        while token < clause.end && found.len() < 2 {
            if let Some(group) = self.group_at(token) {
                found.push(group);
                token = group.tokens.end;
                continue;
            }
            let through = match self.kind(token) {
                Some(TokenKind::Possessive | TokenKind::Hyphen | TokenKind::Quote) => true,
                Some(TokenKind::Word) if self.is_any(token, &[WordClass::Genitive, WordClass::Article]) => {
                    true
                }
                Some(TokenKind::Word) => {
                    skipped += 1;
                    found.is_empty() && skipped <= 2 && !self.is_any(token, &FUNCTION_WORDS) && !stops(token)
                }
                _ => false,
            };
            if !through {
                break;
            }
            token += 1;
        }
        found
    }
}
