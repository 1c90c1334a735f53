//! The vocabulary: what the texts of each language are searched for, as the configuration means it.

use super::relation::{UnknownTerm, terms};
use super::{Action, Actor, Grammar, Kind, Language, Modality, Points, Score};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

terms! {
    /// By what an actor is named; the order is the order of trust.
    SurfaceKind ("kind of name") {
        /// The state's or bloc's own name ("Iran").
        Name = "name",
        /// Its people and the adjective ("Iranian", "Iranians").
        Demonym = "demonym",
        /// Its capital, standing for the government ("Tehran").
        Capital = "capital",
        /// A ministry, agency, metonym or armed group of the state ("Kremlin").
        Institution = "institution",
        /// A person who speaks for it ("Khamenei").
        Leader = "leader",
        /// A firm or ship that stands for the state where it is sanctioned ("Gazprom").
        Firm = "firm",
    }
}

terms! {
    /// What a cue does in a frame.
    CueRole ("role") {
        /// A noun for a measure or a form of co-operation: "sanctions", "trade deal".
        Noun = "noun",
        /// A verb that is the relation itself, between its subject and its object: "visits", "supplies".
        Verb = "verb",
        /// What is done to the noun: "imposes", "lifts", "signs".
        Action = "action",
        /// Asks another to act: "urges", "calls for".
        Urge = "urge",
        /// Whether it happened: "plans to", "may", "denies".
        Modality = "modality",
        /// What co-operation is about; makes a weak noun or verb count, and says what a verb needs.
        Context = "context",
        /// Says that the words mean something else.
        Veto = "veto",
    }
}

terms! {
    /// Small words by what they say about the words around them.
    WordClass ("word class") {
        /// Introduces the side that is hit: "on", "against".
        Target = "target",
        /// Introduces the side that is hit wherever it stands, not only after the noun: "against".
        Against = "against",
        /// Introduces who did it: "by".
        Agent = "agent",
        /// Marks the one who acts, where a language marks it: the ablative in "ABD'den yaptırım".
        Sender = "sender",
        /// Introduces the other party: "with".
        Partner = "partner",
        /// Introduces both parties: "between".
        Between = "between",
        /// Joins two names: "and".
        Coordinator = "coordinator",
        /// Introduces the reason or topic: "over", "for".
        Reason = "reason",
        /// Any other preposition.
        Preposition = "preposition",
        /// "of": ties a name to the noun before it.
        Genitive = "genitive",
        /// Begins a clause: "as", "after", "amid".
        Subordinator = "subordinator",
        /// "is", "will", "could", "has": the word before a verb.
        Auxiliary = "auxiliary",
        /// Passive: "be", "been", "was": before a participle.
        Passive = "passive",
        /// "who", "which", "that".
        Relative = "relative",
        /// "the", "a", "new": stands inside a noun phrase.
        Article = "article",
        /// "ally", "neighbour": between two names the second one is meant ("Russia's ally Belarus").
        Ally = "ally",
        /// A title that stands between a state and its leader: "President", "Foreign Minister".
        Title = "title",
        /// "says", "tells": reported speech.
        Speech = "speech",
        /// "tells", "told": the name after it is spoken to, not the subject of what follows.
        Address = "address",
        /// Beside a name of one letter, shows that it is a name: "对" in "对俄".
        ShortSupport = "short-support",
        /// After a word that may be noun or verb, shows that it was a noun: "bill", "relief".
        AfterNoun = "after-noun",
        /// Begins a headline that explains, asks or follows live instead of telling: "why", "live".
        Explainer = "explainer",
        /// Words so common that a text holding several of them is in this language.
        Common = "common",
        /// Ends in a full stop without ending a sentence: "Gen.".
        Abbreviation = "abbreviation",
        /// Part of a publisher's name, at the end of a headline: "Times".
        Publisher = "publisher",
    }
}

terms! {
    /// Which side of the relation a verb's subject is.
    Side ("side") {
        /// The side whose sanctions they are, the giver.
        From = "from",
        /// The side they hit, the taker.
        To = "to",
        /// Who evades, opposes, asks.
        By = "by",
        /// None of them.
        Nobody = "nobody",
    }
}

/// A name under which an actor appears in texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Surface {
    /// As written, with its case; a final `*` stands for the language's endings.
    pub text: String,
    /// What kind of name it is.
    pub kind: SurfaceKind,
    /// A leader's first day, where it is known.
    pub from: Option<Date>,
    /// A leader's last day, where it is known.
    pub to: Option<Date>,
}

/// A name that counts only with support in the item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ambiguous {
    /// The name, as it stands among the actor's names.
    pub surface: String,
    /// Any of these in the item supports it, as does another name of the same actor.
    pub support: Vec<String>,
    /// Any of these in the item forbids it.
    pub against: Vec<String>,
    /// Whether another state in the same clause supports it, too.
    pub state_support: bool,
}

/// The names of one actor in one language.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ActorWords {
    /// All names.
    pub surfaces: Vec<Surface>,
    /// Which of them need support.
    pub ambiguous: Vec<Ambiguous>,
    /// Names of one letter, which count only beside another one or beside a word that supports them.
    pub short: BTreeSet<String>,
}

/// Words that point to a relation, under one rule's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cue {
    /// The rule's name, as evidence shows it.
    pub rule: String,
    /// What it does.
    pub role: CueRole,
    /// The kind it speaks of; `None` for all kinds.
    pub kind: Option<Kind>,
    /// The action it names.
    pub action: Option<Action>,
    /// The modality it gives.
    pub modality: Option<Modality>,
    /// Which side its subject is.
    pub subject: Side,
    /// What it adds to a score; negative for a veto.
    pub weight: Score,
    /// For verbs: the words of which one must introduce the object; empty: the object follows directly.
    pub links: Vec<String>,
    /// For verbs: the name of a context rule that must be met in the clause.
    pub needs: Option<String>,
    /// The words, in lower case, each a [`Pattern`](super::Pattern) as it is written: `{a,b}` is a
    /// choice, a final `*` stands for any ending, a leading one for any beginning.
    pub patterns: BTreeSet<String>,
}

/// What the texts of one language are searched for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LanguageWords {
    /// How the language puts its words together.
    pub grammar: Grammar,
    /// Phrases that contain an actor's name and mean none.
    pub masks: BTreeSet<String>,
    /// Names of actors.
    pub actors: BTreeMap<Actor, ActorWords>,
    /// Small words.
    pub words: BTreeMap<WordClass, BTreeSet<String>>,
    /// Cues, in the order of the files.
    pub cues: Vec<Cue>,
    /// The weights of the second opinion in logits, by the names of the features; none: no opinion.
    pub opinion: BTreeMap<String, Score>,
}

/// What the texts of each language are searched for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Vocabulary {
    /// By language.
    pub languages: BTreeMap<Language, LanguageWords>,
    /// Actors that often impose sanctions: an untold "X sanctions" is theirs.
    pub usual_senders: BTreeSet<Actor>,
    /// Actors that sanctions often hit: an untold target is one of them.
    pub usual_targets: BTreeSet<Actor>,
    /// What the frames add to a score.
    pub points: Points,
    /// The members of blocs.
    pub members: BTreeMap<Actor, BTreeSet<Actor>>,
}

impl Vocabulary {
    /// The actor that a written country means: a code, or any name that is not ambiguous only by
    /// leader or firm, in any case and any language.
    #[must_use]
    pub fn resolve(&self, written: &str) -> Option<Actor> {
        let written = written.trim();
        if let Ok(actor) = written.to_uppercase().parse() {
            return Some(actor);
        }
        let folded = written.to_lowercase();
        self.names().find(|(name, _)| name.to_lowercase() == folded).map(|(_, actor)| actor)
    }

    /// The name nearest to a written one that `resolve` does not know, if any is near enough to be
    /// what was meant.
    #[must_use]
    pub fn suggest(&self, written: &str) -> Option<(&str, Actor)> {
        let folded = written.trim().to_lowercase();
        self.names()
            .map(|(name, actor)| (strsim::damerau_levenshtein(&folded, &name.to_lowercase()), name, actor))
            .filter(|(distance, name, _)| *distance * 3 <= name.chars().count().max(3))
            .min_by_key(|(distance, name, _)| (*distance, name.len()))
            .map(|(_, name, actor)| (name, actor))
    }

    /// The blocs that an actor is a member of.
    #[must_use]
    pub fn blocs_of(&self, member: Actor) -> Vec<Actor> {
        self.members.iter().filter(|(_, all)| all.contains(&member)).map(|(bloc, _)| *bloc).collect()
    }

    /// Names by which a person may write an actor: table names first, then names, demonyms, capitals.
    fn names(&self) -> impl Iterator<Item = (&str, Actor)> {
        let table = Actor::all().map(|actor| (actor.name(), actor));
        let surfaces = self.languages.values().flat_map(|words| &words.actors).flat_map(|(actor, words)| {
            words
                .surfaces
                .iter()
                .filter(|surface| surface.kind <= SurfaceKind::Capital)
                .map(|surface| (surface.text.as_str(), *actor))
        });
        table.chain(surfaces)
    }
}

/// The scores from which each kind is reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// For sanctions.
    pub sanctions: Score,
    /// For alliances.
    pub alliance: Score,
}

impl Default for Thresholds {
    /// Three points each, the scale on which the vocabulary's weights are chosen.
    fn default() -> Self {
        Self { sanctions: Score::from_hundredths(300), alliance: Score::from_hundredths(300) }
    }
}

impl Thresholds {
    /// The score from which a kind is reported; `None` for kinds that are off.
    #[must_use]
    pub fn of(self, kind: Kind) -> Option<Score> {
        match kind {
            Kind::Sanctions => Some(self.sanctions),
            Kind::Alliance => Some(self.alliance),
            Kind::Tariff | Kind::Blockade => None,
        }
    }

    /// Whether a relation is reported: of a kind that is on, and strong enough.
    #[must_use]
    pub fn reports(self, relation: &super::Relation) -> bool {
        self.of(relation.kind).is_some_and(|threshold| relation.score >= threshold)
    }

    /// Whether a relation is strong enough to be told. The kinds that are off are measures like
    /// sanctions: where a watch asks for them, the threshold of sanctions is theirs.
    #[must_use]
    pub fn reaches(self, relation: &super::Relation) -> bool {
        relation.score >= self.of(relation.kind).unwrap_or(self.sanctions)
    }
}
