//! What one vocabulary file says, and how it is put over what is known.

use super::claims::Claim;
use crate::domain::{Actor, Cue, Grammar, Language, LanguageWords, Pattern, Score, Vocabulary, WordClass};
use std::collections::{BTreeMap, BTreeSet};

/// What one file says.
pub(super) struct File {
    /// The language its words are of; `None` where it has no words.
    pub(super) language: Option<Language>,
    pub(super) words: LanguageWords,
    /// How the language is built, where the file says it.
    pub(super) grammar: Option<(Grammar, Given)>,
    /// Its cues.
    pub(super) cues: Vec<(Cue, Given)>,
    /// Points by their keys.
    pub(super) points: Vec<(String, Score)>,
    pub(super) usual_senders: Option<BTreeSet<Actor>>,
    pub(super) usual_targets: Option<BTreeSet<Actor>>,
    pub(super) members: BTreeMap<Actor, BTreeSet<Actor>>,
    pub(super) removed_masks: Vec<String>,
    pub(super) removed_surfaces: Vec<(Actor, String)>,
    pub(super) removed_words: BTreeMap<WordClass, BTreeSet<String>>,
    /// What is taken from a rule, every text written out.
    pub(super) removed_patterns: BTreeMap<String, BTreeSet<String>>,
    /// What it takes for granted.
    pub(super) claims: Vec<Claim>,
}

impl File {
    /// Puts the file over a vocabulary: takes away what it removes, then adds what it says.
    pub(super) fn merge_into(self, vocabulary: &mut Vocabulary) {
        for (key, score) in &self.points {
            if let Some(known) = vocabulary.points.get_mut(key) {
                *known = *score;
            }
        }
        vocabulary.usual_senders.extend(self.usual_senders.into_iter().flatten());
        vocabulary.usual_targets.extend(self.usual_targets.into_iter().flatten());
        for (bloc, members) in self.members {
            vocabulary.members.entry(bloc).or_default().extend(members);
        }
        let Some(language) = self.language else { return };
        let words = vocabulary.languages.entry(language).or_default();
        if let Some((grammar, given)) = self.grammar {
            put_grammar(&mut words.grammar, &grammar, &given);
        }
        for (rule, texts) in &self.removed_patterns {
            for cue in words.cues.iter_mut().filter(|cue| cue.rule == *rule) {
                without(&mut cue.patterns, texts);
            }
        }
        for (actor, surface) in &self.removed_surfaces {
            if let Some(names) = words.actors.get_mut(actor) {
                names.surfaces.retain(|known| known.text != *surface);
                names.ambiguous.retain(|known| known.surface != *surface);
                names.short.remove(surface);
            }
        }
        words.masks.retain(|mask| !self.removed_masks.contains(mask));
        words.masks.extend(self.words.masks);
        for (class, fewer) in &self.removed_words {
            if let Some(listed) = words.words.get_mut(class) {
                listed.retain(|word| !fewer.contains(word));
            }
        }
        for (class, more) in self.words.words {
            words.words.entry(class).or_default().extend(more);
        }
        words.opinion.extend(self.words.opinion);
        for (actor, more) in self.words.actors {
            let names = words.actors.entry(actor).or_default();
            // What two files say alike is one name; a leader who came back has two.
            let new: Vec<_> = more.surfaces.into_iter().filter(|new| !names.surfaces.contains(new)).collect();
            names.surfaces.extend(new);
            for new in more.ambiguous {
                match names.ambiguous.iter_mut().find(|old| old.surface == new.surface) {
                    Some(old) => {
                        old.support.extend(new.support);
                        old.against.extend(new.against);
                        old.state_support = new.state_support;
                    }
                    None => names.ambiguous.push(new),
                }
            }
            names.short.extend(more.short);
        }
        // What a file says of a rule of an earlier file is put over all its entries, what it does not
        // say stays; two entries of one file stand side by side.
        let known = words.cues.len();
        for (cue, given) in self.cues {
            let same = |old: &&mut Cue| old.rule == cue.rule && old.role == cue.role;
            let mut older = words.cues.iter_mut().take(known).filter(same).peekable();
            if older.peek().is_none() {
                drop(older);
                words.cues.push(cue);
                continue;
            }
            let mut patterns = cue.patterns.clone();
            for old in older {
                old.patterns.append(&mut patterns);
                put_cue(old, &cue, &given);
            }
        }
    }
}

/// Takes texts away from what patterns stand for: one with choices is written out without them.
fn without(patterns: &mut BTreeSet<String>, removed: &BTreeSet<String>) {
    let known = std::mem::take(patterns);
    for written in known {
        let mut texts = Pattern::parse(&written).map(|pattern| pattern.texts()).unwrap_or_default();
        if texts.is_disjoint(removed) {
            patterns.insert(written);
        } else {
            texts.retain(|text| !removed.contains(text));
            patterns.append(&mut texts);
        }
    }
}

/// The keys that a table of a file gives.
pub(super) type Given = BTreeSet<String>;

fn put_cue(old: &mut Cue, new: &Cue, given: &Given) {
    for key in given {
        match key.as_str() {
            "kind" => old.kind = new.kind,
            "action" => old.action = new.action,
            "modality" => old.modality = new.modality,
            "subject" => old.subject = new.subject,
            "weight" => old.weight = new.weight,
            "links" => old.links.clone_from(&new.links),
            "needs" => old.needs.clone_from(&new.needs),
            _ => {}
        }
    }
}

fn put_grammar(old: &mut Grammar, new: &Grammar, given: &Given) {
    for key in given {
        match key.as_str() {
            "boundaries" => old.boundaries = new.boundaries,
            "modifiers" => old.modifiers = new.modifiers,
            "markers" => old.markers = new.markers,
            "verb" => old.verb = new.verb,
            "comma" => old.comma = new.comma,
            "endings" => old.endings.clone_from(&new.endings),
            "genitive-endings" => old.genitive_endings.clone_from(&new.genitive_endings),
            "prefixes" => old.prefixes.clone_from(&new.prefixes),
            "suffixes" => old.suffixes.clone_from(&new.suffixes),
            "ordinals" => old.ordinals.clone_from(&new.ordinals),
            "numbers" => old.numbers.clone_from(&new.numbers),
            "opposites" => old.opposites.clone_from(&new.opposites),
            "ordinal-endings" => old.ordinal_endings.clone_from(&new.ordinal_endings),
            "ordinal-marks" => old.ordinal_marks.clone_from(&new.ordinal_marks),
            "same-letters" => old.same_letters.clone_from(&new.same_letters),
            _ => {}
        }
    }
}
