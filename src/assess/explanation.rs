//! Explanation: what a judgement saw on its way: names, cues, clauses, and the frames that came to nothing.
//!
//! Owns: what of the reading is shown, as byte offsets in the cleaned text. Calls: `tag`, `lexicon`,
//! `draft`. Pure. It judges nothing: it notes what the one judgement there is hands to it.

use super::draft::Draft;
use super::lexicon::Lexicon;
use super::tag::Tagged;
use crate::domain::{
    Actor, Assessment, CleanText, CueRole, Field, Kind, Relation, Score, SurfaceKind, Thresholds,
};
use serde::Serialize;
use std::ops::Range;

/// A judgement with everything that led to it.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The judgement, the same that `assess` gives.
    pub assessment: Assessment,
    /// The text that all offsets refer to.
    pub text: CleanText,
    /// What was found in the text, in its order; cues may cover each other.
    pub marks: Vec<Mark>,
    /// The clauses, in their order.
    pub clauses: Vec<Place>,
    /// What was not reported, and what it lacked.
    pub near: Vec<Near>,
}

/// A stretch of a field, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Place {
    /// Which field.
    pub field: Field,
    /// First byte in the cleaned field.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

/// Something that was found in the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mark {
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// What.
    #[serde(flatten)]
    pub what: Marked,
}

/// What a mark means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Marked {
    /// A name that counts.
    Actor {
        /// Whose.
        actor: Actor,
        /// By what it names its bearer.
        name: SurfaceKind,
    },
    /// An ambiguous name that found no support, so that it names nobody.
    Unsupported {
        /// Whose it would be.
        actor: Actor,
    },
    /// A phrase that hides the names in it.
    Mask,
    /// A word of a frame.
    Cue {
        /// Name of its rule.
        rule: String,
        /// What it does in a frame.
        role: CueRole,
        /// The kind it speaks of; `None` for all.
        kind: Option<Kind>,
        /// What it is worth in a headline.
        weight: Score,
    },
}

/// A frame that was not reported, or a word that found no frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Near {
    /// A relation of the assessment that stayed below its kind's threshold.
    Weak {
        /// Its index among the relations.
        relation: usize,
        /// The points it lacks.
        lacks: Score,
    },
    /// A relation of the assessment whose kind is off unless a watch asks for it.
    Off {
        /// Its index among the relations.
        relation: usize,
    },
    /// A frame in which nobody is named.
    Nobody(Box<Relation>),
    /// A relation beside stronger ones: as many as an item keeps, or so much stronger that it is noise.
    LeftOut(Box<Relation>),
    /// A noun or verb around which no frame found its parties.
    Frameless(Mark),
}

/// What the judgement hands over on its way.
#[derive(Debug, Default)]
pub(super) struct Witness {
    marks: Vec<Mark>,
    clauses: Vec<Place>,
    near: Vec<Near>,
}

impl Witness {
    /// Notes what stands in the fields, and the frames before they are put together.
    pub(super) fn see(&mut self, lexicon: &Lexicon, fields: &[Tagged<'_>], drafts: &[Draft]) -> &mut Self {
        for tagged in fields {
            self.clauses.extend(tagged.clauses.iter().map(|clause| place(tagged, clause)));
            let mut marks = marks(lexicon, tagged);
            marks.sort_by_key(|mark| (mark.place.start, std::cmp::Reverse(mark.place.end)));
            self.marks.extend(marks);
        }
        let relations = || drafts.iter().map(|draft| &draft.relation);
        let alone = drafts.iter().filter(|draft| !draft.stands_alone).map(|draft| &draft.relation);
        let nobody = alone.filter(|relation| relation.actors().is_empty());
        self.near.extend(nobody.map(|relation| Near::Nobody(Box::new(relation.clone()))));
        let frameless = self.marks.iter().filter(|mark| !relations().any(|relation| frames(relation, mark)));
        self.near.extend(frameless.filter(|mark| wants_frame(mark)).cloned().map(Near::Frameless));
        self
    }

    /// Notes the relations that there was no room for.
    pub(super) fn left_out(&mut self, relations: Vec<Relation>) {
        self.near.extend(relations.into_iter().map(|relation| Near::LeftOut(Box::new(relation))));
    }

    /// Everything together, what lacks least first.
    pub(super) fn explanation(
        self,
        assessment: Assessment,
        text: CleanText,
        thresholds: Thresholds,
    ) -> Explanation {
        let mut near: Vec<(Score, Near)> = Vec::new();
        for (relation, told) in assessment.relations.iter().enumerate() {
            match thresholds.of(told.kind) {
                Some(least) if told.score >= least => {}
                Some(least) => {
                    let lacks = Score::from_hundredths(least.hundredths() - told.score.hundredths());
                    near.push((lacks, Near::Weak { relation, lacks }));
                }
                None => near.push((Score::ZERO, Near::Off { relation })),
            }
        }
        near.sort_by_key(|(lacks, _)| *lacks);
        let near = near.into_iter().map(|(_, near)| near).chain(self.near).collect();
        Explanation { assessment, text, marks: self.marks, clauses: self.clauses, near }
    }
}

fn place(tagged: &Tagged<'_>, tokens: &Range<usize>) -> Place {
    let (start, end) = tagged.slice(tokens);
    Place { field: tagged.field, start, end }
}

fn marks(lexicon: &Lexicon, tagged: &Tagged<'_>) -> Vec<Mark> {
    let mark = |tokens: &Range<usize>, what| Mark { place: place(tagged, tokens), what };
    let actors = tagged
        .mentions
        .iter()
        .map(|mention| mark(&mention.tokens, Marked::Actor { actor: mention.actor, name: mention.kind }));
    let free = |tokens: &Range<usize>| {
        tagged.tokens.get(tokens.clone()).is_some_and(|covered| covered.iter().all(|t| t.mention == 0))
    };
    let undecided = tagged.undecided.iter().filter(|named| free(&named.tokens));
    let unsupported = undecided.filter_map(|named| {
        let actor = lexicon.names.get(named.name?)?.actor;
        Some(mark(&named.tokens, Marked::Unsupported { actor }))
    });
    let masks = tagged.masks.iter().map(|tokens| mark(tokens, Marked::Mask));
    let cues = tagged.hits.iter().filter_map(|hit| {
        let cue = lexicon.cues.get(hit.cue)?;
        let what = Marked::Cue { rule: cue.rule.clone(), role: hit.role, kind: cue.kind, weight: cue.weight };
        Some(mark(&hit.tokens, what))
    });
    actors.chain(unsupported).chain(masks).chain(cues).collect()
}

/// Whether a mark is a word around which a relation is built.
fn wants_frame(mark: &Mark) -> bool {
    matches!(&mark.what, Marked::Cue { role: CueRole::Noun | CueRole::Verb, .. })
}

/// Whether a relation has a cue's words among its own: one word may be noun and verb, and only one of
/// both makes the frame.
fn frames(relation: &Relation, mark: &Mark) -> bool {
    let Marked::Cue { kind, .. } = &mark.what else { return false };
    kind.is_none_or(|kind| kind == relation.kind)
        && relation.evidence.iter().any(|evidence| {
            evidence.field == mark.place.field
                && evidence.start < mark.place.end
                && mark.place.start < evidence.end
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::{Assessor, Input};
    use crate::config::embedded_vocabulary;
    use std::sync::LazyLock;

    static ASSESSOR: LazyLock<Assessor> =
        LazyLock::new(|| Assessor::new(&embedded_vocabulary(), Thresholds::default()));

    fn explain(title: &str) -> Explanation {
        ASSESSOR.explain(&Input {
            title,
            language: Some(crate::domain::Language::ENGLISH),
            ..Input::default()
        })
    }

    /// The words of each mark with what they were taken for.
    fn marked(explanation: &Explanation) -> Vec<(&str, &'static str)> {
        let kind = |mark: &Mark| match &mark.what {
            Marked::Actor { actor, .. } => actor.code(),
            Marked::Unsupported { .. } => "unsupported",
            Marked::Mask => "mask",
            Marked::Cue { role, .. } => role.as_str(),
        };
        let words = |mark: &Mark| explanation.text.title.get(mark.place.start..mark.place.end);
        explanation.marks.iter().filter_map(|mark| Some((words(mark)?, kind(mark)))).collect()
    }

    #[test]
    fn it_is_the_judgement_of_assess() {
        for title in
            ["Iran and Belarus sign cooperation roadmap", "Bakers share recipes", "EU lifts sanctions"]
        {
            let input = Input { title, ..Input::default() };
            let explanation = ASSESSOR.explain(&input);
            assert_eq!((explanation.assessment, explanation.text), ASSESSOR.assess(&input));
        }
    }

    #[test]
    fn names_and_cues_are_marked_where_they_stand() {
        let explanation = explain("Iran and Belarus sign cooperation roadmap");
        let marked = marked(&explanation);
        for wanted in [("Iran", "IR"), ("Belarus", "BY"), ("sign", "action")] {
            assert!(marked.contains(&wanted), "{wanted:?} in {marked:?}");
        }
        let starts: Vec<usize> = explanation.marks.iter().map(|mark| mark.place.start).collect();
        assert!(starts.is_sorted(), "{marked:?}");
    }

    #[test]
    fn a_name_without_support_is_marked_as_such() {
        let explanation = explain("Football federation threatens sanctions after flare throwing in Georgia");
        assert!(marked(&explanation).contains(&("Georgia", "unsupported")), "{:?}", marked(&explanation));
    }

    #[test]
    fn clauses_cover_the_text_in_order() {
        let explanation = explain("Belarus frees prisoners as US lifts sanctions");
        let text = &explanation.text.title;
        let clauses: Vec<&str> =
            explanation.clauses.iter().filter_map(|clause| text.get(clause.start..clause.end)).collect();
        assert_eq!(clauses, ["Belarus frees prisoners", "as US lifts sanctions"]);
    }

    #[test]
    fn what_came_near_says_what_it_lacked() {
        let nobody = explain("Minister defends the new sanctions");
        assert!(
            nobody
                .near
                .iter()
                .any(|near| matches!(near, Near::Nobody(relation) if relation.kind == Kind::Sanctions)),
            "{:?}",
            nobody.near
        );
        let alone = explain("Belarus praises its strategic partnership");
        assert!(alone.near.iter().any(|near| matches!(near, Near::Frameless(_))), "{:?}", alone.near);
        let strict = Thresholds { sanctions: Score::from_points(90.0), ..Thresholds::default() };
        let strict = Assessor::new(&embedded_vocabulary(), strict);
        let weak = strict.explain(&Input { title: "US imposes sanctions on Iran", ..Input::default() });
        let score = weak.assessment.relations[0].score;
        assert_eq!(
            weak.near.first(),
            Some(&Near::Weak { relation: 0, lacks: Score::from_hundredths(9_000 - score.hundredths()) })
        );
    }
}
