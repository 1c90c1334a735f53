//! Lexicon: a language's vocabulary compiled for one pass over a text.
//!
//! Owns: which patterns there are and what each means. Calls: `domain`, `index`. Built once, at start.

mod patterns;

use super::index::Index;
use super::opinion::Opinion;
use super::tails::Tails;
use crate::domain::{
    Actor, Boundaries, Cue, CueRole, Grammar, Language, LanguageWords, Points, SurfaceKind, Vocabulary,
    WordClass,
};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

/// A name in all capitals of at most so many letters is an abbreviation and matches only as written.
const ABBREVIATION_LETTERS: usize = 6;

use patterns::{Patterns, folded};
pub(super) use patterns::{fold, number};

/// What a pattern means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Index of a name.
    Name(u32),
    /// A phrase that hides the names in it.
    Mask,
    /// Supports the ambiguous name of this index.
    Support(u32),
    /// Forbids the ambiguous name of this index.
    Against(u32),
    /// Index of a cue; `open` where any ending may follow, `compound` where any beginning may precede.
    Cue { index: u32, open: bool, compound: bool },
    /// A small word.
    Word(WordClass),
    /// The beginning of a pattern of which this tail must follow.
    Head(u32),
}

/// A place where a pattern stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) meanings: &'a [Meaning],
}

/// What follows a name in its written word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// A case ending.
    Plain,
    /// One that makes the name a possessor.
    Genitive,
}

/// One name of one actor.
#[derive(Debug)]
pub(super) struct Name {
    pub(super) actor: Actor,
    /// Where it stands among the texts of the names.
    text: Range<u32>,
    pub(super) kind: SurfaceKind,
    /// A leader's first and last day.
    pub(super) in_office: (Option<Date>, Option<Date>),
    /// Matches only in its own case.
    pub(super) exact: bool,
    /// One of the language's endings may follow.
    pub(super) open: bool,
    /// Of one letter: counts only beside another one or beside a word that supports it.
    pub(super) short: bool,
    /// Index among the ambiguous names.
    pub(super) ambiguous: Option<u32>,
}

/// The vocabularies of all languages, compiled; assessors of other words share those that are the same.
pub(super) type Lexicons = BTreeMap<Language, Arc<Lexicon>>;

/// A language's vocabulary, compiled.
#[derive(Debug)]
pub(super) struct Lexicon {
    index: Index,
    /// What the patterns mean, in the order of the index, one behind another.
    meanings: Vec<Meaning>,
    /// Where each pattern's meanings end.
    meaning_ends: Vec<u32>,
    tails: Tails,
    pub(super) names: Vec<Name>,
    /// The texts of the names as they are written, with their case, one behind another: there are tens of thousands.
    name_texts: String,
    /// Without their patterns, which the index has.
    pub(super) cues: Vec<Cue>,
    /// For each cue what it needs and what it is.
    pub(super) conditions: Vec<Condition>,
    /// For each ambiguous name: whether another state in the clause supports it.
    pub(super) state_support: Vec<bool>,
    pub(super) grammar: Grammar,
    pub(super) points: Points,
    pub(super) opinion: Opinion,
    /// Written words of this language may have to be cut into several.
    pub(super) cuts: bool,
    pub(super) usual_senders: BTreeSet<Actor>,
    pub(super) usual_targets: BTreeSet<Actor>,
    pub(super) members: BTreeMap<Actor, BTreeSet<Actor>>,
    words: BTreeMap<WordClass, BTreeSet<String>>,
}

impl Lexicon {
    /// Compiles one language.
    pub(super) fn new(vocabulary: &Vocabulary, words: &LanguageWords) -> Self {
        let grammar = &folded(&words.grammar);
        let mut patterns = Patterns::new(grammar);
        let mut names = Vec::new();
        let mut name_texts = String::new();
        let mut listed = |text: &str| {
            let start = number(name_texts.len());
            name_texts.push_str(text);
            start..number(name_texts.len())
        };
        let mut state_support = Vec::new();
        for (actor, known) in &words.actors {
            let first = state_support.len();
            for ambiguous in &known.ambiguous {
                let index = state_support.len();
                state_support.push(ambiguous.state_support);
                for word in &ambiguous.support {
                    patterns.add(word, Meaning::Support(number(index)));
                }
                for word in &ambiguous.against {
                    patterns.add(word, Meaning::Against(number(index)));
                }
            }
            for surface in &known.surfaces {
                let ambiguous = known.ambiguous.iter().position(|entry| entry.surface == surface.text);
                let text = surface.text.trim_end_matches('*');
                patterns.add(text, Meaning::Name(number(names.len())));
                names.push(Name {
                    actor: *actor,
                    text: listed(text),
                    kind: surface.kind,
                    in_office: (surface.from, surface.to),
                    exact: is_abbreviation(text),
                    open: text.len() < surface.text.len(),
                    short: false,
                    ambiguous: ambiguous.map(|index| number(first + index)),
                });
            }
            for text in &known.short {
                let ambiguous = known.ambiguous.iter().position(|entry| entry.surface == *text);
                patterns.add(text, Meaning::Name(number(names.len())));
                names.push(Name {
                    actor: *actor,
                    text: listed(text),
                    kind: SurfaceKind::Name,
                    in_office: (None, None),
                    exact: true,
                    open: false,
                    short: true,
                    ambiguous: ambiguous.map(|index| number(first + index)),
                });
            }
        }
        for mask in &words.masks {
            patterns.add(mask, Meaning::Mask);
        }
        for (index, cue) in (0..).zip(&words.cues) {
            for pattern in &cue.patterns {
                patterns.add_cue(pattern, index);
            }
        }
        for (class, listed) in &words.words {
            // These are looked up one by one, not searched for.
            let apart =
                [WordClass::Publisher, WordClass::Abbreviation, WordClass::Common, WordClass::Explainer];
            if !apart.contains(class) {
                for word in listed {
                    patterns.add(word, Meaning::Word(*class));
                }
            }
        }
        let cuts = Self::has_compounds(words)
            || names.iter().any(|name| name.short)
            || grammar.boundaries == Boundaries::None
            || !(grammar.prefixes.is_empty() && grammar.suffixes.is_empty());
        let (index, meanings, meaning_ends, tails) = patterns.indexed();
        names.shrink_to_fit();
        name_texts.shrink_to_fit();
        Self {
            index,
            meanings,
            meaning_ends,
            tails,
            names,
            name_texts,
            cues: words.cues.iter().map(without_patterns).collect(),
            conditions: conditions(&words.cues),
            grammar: grammar.clone(),
            points: vocabulary.points,
            opinion: Opinion::new(&words.opinion),
            cuts,
            state_support,
            usual_senders: vocabulary.usual_senders.clone(),
            usual_targets: vocabulary.usual_targets.clone(),
            members: vocabulary.members.clone(),
            words: words.words.clone(),
        }
    }

    /// Whether a word of a cue may have any beginning.
    pub(super) fn has_compounds(words: &LanguageWords) -> bool {
        let mut patterns = words.cues.iter().flat_map(|cue| &cue.patterns);
        patterns.any(|pattern| pattern.trim_start_matches('{').starts_with('*'))
    }

    /// Whether any pattern stands in a text, be it inside a word.
    pub(super) fn finds_any(&self, text: &str) -> bool {
        let folded = self.fold(text);
        let mut found = Vec::new();
        folded.char_indices().any(|(at, _)| {
            self.find_at(&folded, at, &mut found);
            !found.is_empty()
        })
    }

    /// Every pattern that begins at a byte of a folded text.
    pub(super) fn find_at<'a>(&'a self, folded: &str, start: usize, found: &mut Vec<Found<'a>>) {
        let rest = folded.as_bytes().get(start..).unwrap_or_default();
        self.index.starts(rest, |place, length| {
            let (end, meanings) = (start + length, self.meanings_of(place));
            let head = |meaning: &Meaning| matches!(meaning, Meaning::Head(_));
            if !meanings.iter().all(head) {
                found.push(Found { start, end, meanings });
            }
            for meaning in meanings {
                if let Meaning::Head(tail) = meaning {
                    self.tails.follow(*tail, folded, end, &mut |end, meaning| {
                        found.push(Found { start, end, meanings: std::slice::from_ref(meaning) });
                    });
                }
            }
        });
    }

    fn meanings_of(&self, place: usize) -> &[Meaning] {
        let end = |place| self.meaning_ends.get(place).map_or(0, |end| *end as usize);
        self.meanings.get(place.checked_sub(1).map_or(0, end)..end(place)).unwrap_or_default()
    }

    /// A text as patterns are compared with it, byte for byte in place.
    pub(super) fn fold(&self, text: &str) -> String {
        fold(&self.grammar, text)
    }

    /// What it means that `rest` follows a name in its written word: `None`, that it is another word.
    pub(super) fn ending(&self, name: usize, rest: &str) -> Option<Ending> {
        if self.grammar.genitive_endings.contains(rest) {
            return Some(Ending::Genitive);
        }
        let open = self.names.get(name).is_some_and(|name| name.open);
        (open && self.grammar.endings.contains(rest)).then_some(Ending::Plain)
    }

    /// A name as it is written, with its case.
    pub(super) fn text_of(&self, name: &Name) -> &str {
        self.name_texts.get(name.text.start as usize..name.text.end as usize).unwrap_or_default()
    }

    /// The words of a class.
    pub(super) fn listed(&self, class: WordClass) -> impl Iterator<Item = &str> {
        self.words.get(&class).into_iter().flatten().map(String::as_str)
    }

    /// Whether a lower-case word is listed in a class.
    pub(super) fn lists(&self, class: WordClass, word: &str) -> bool {
        self.words.get(&class).is_some_and(|listed| listed.contains(word))
    }

    /// Whether a lower-case word is a name.
    pub(super) fn is_name(&self, word: &str) -> bool {
        let mut found = Vec::new();
        self.find_at(word, 0, &mut found);
        let name = |meaning: &Meaning| matches!(meaning, Meaning::Name(_));
        found.iter().any(|found| found.end == word.len() && found.meanings.iter().any(name))
    }

    /// How many of these lower-case words are names, cues or small words; none, where no cue is
    /// among them: names alone look alike in many languages.
    pub(super) fn count_known(&self, words: &[String]) -> usize {
        let is = |word: &String, wanted: fn(&Meaning) -> bool| {
            let mut found = Vec::new();
            self.find_at(word, 0, &mut found);
            found.iter().any(|found| {
                let whole = found.end == word.len();
                let fits = |meaning: &Meaning| {
                    wanted(meaning) && (whole || matches!(meaning, Meaning::Cue { open: true, .. }))
                };
                found.meanings.iter().any(fits)
            })
        };
        let cue = |meaning: &Meaning| matches!(meaning, Meaning::Cue { .. });
        let any =
            |meaning: &Meaning| matches!(meaning, Meaning::Cue { .. } | Meaning::Name(_) | Meaning::Word(_));
        if words.iter().any(|word| is(word, cue)) {
            words.iter().filter(|word| is(word, any)).count()
        } else {
            0
        }
    }

    /// The cue of a context rule by its name.
    pub(super) fn context(&self, rule: &str) -> Option<usize> {
        self.cues.iter().position(|cue| cue.role == CueRole::Context && cue.rule == rule)
    }

    /// Whether two sets name a common actor, or one names a bloc of which the other names a member.
    pub(super) fn overlap(&self, left: &BTreeSet<Actor>, right: &BTreeSet<Actor>) -> bool {
        let through = |blocs: &BTreeSet<Actor>, states: &BTreeSet<Actor>| {
            blocs.iter().filter_map(|bloc| self.members.get(bloc)).any(|members| !members.is_disjoint(states))
        };
        !left.is_disjoint(right) || through(left, right) || through(right, left)
    }
}

impl Name {
    /// Whether the name is a person's.
    pub(super) fn is_leader(&self) -> bool {
        self.kind == SurfaceKind::Leader
    }
}

/// The context that a cue needs and the one that it is, each by a number of its rule.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Condition {
    pub(super) needs: Option<u32>,
    pub(super) met: Option<u32>,
}

fn conditions<'a>(cues: &'a [Cue]) -> Vec<Condition> {
    let mut rules: BTreeMap<&str, u32> = BTreeMap::new();
    let mut numbered = |rule: &'a str| {
        let next = number(rules.len());
        *rules.entry(rule).or_insert(next)
    };
    let condition = |cue: &'a Cue| Condition {
        needs: cue.needs.as_deref().map(&mut numbered),
        met: (cue.role == CueRole::Context).then(|| numbered(&cue.rule)),
    };
    cues.iter().map(condition).collect()
}

/// A cue with all that frames ask it for.
fn without_patterns(cue: &Cue) -> Cue {
    let Cue { rule, role, kind, action, modality, subject, weight, links, needs, patterns: _ } = cue;
    Cue {
        rule: rule.clone(),
        role: *role,
        kind: *kind,
        action: *action,
        modality: *modality,
        subject: *subject,
        weight: *weight,
        links: links.clone(),
        needs: needs.clone(),
        patterns: BTreeSet::new(),
    }
}

/// "US", "U.S.", "NATO": written in capitals so that it is not taken for a word.
fn is_abbreviation(text: &str) -> bool {
    // Most names end at their second letter here.
    let capitals = text.chars().all(|c| c.is_uppercase() || !c.is_alphabetic());
    capitals
        && (1..=ABBREVIATION_LETTERS).contains(&text.chars().filter(|c| c.is_alphabetic()).count())
        && !text.contains(' ')
}
