//! Assess: an item becomes relations, scores and evidence.
//!
//! Owns: the judgement. Calls: `domain`, `text`, `parallel`. Pure: no I/O. The way of a text through
//! it: clean → language → tag (names, cues, clauses) → frames → merge → opinion → verdict. Frames read
//! grammar as far as headlines have any; what each found is evidence with a weight, and a score is
//! their sum.

mod alliance;
mod beside;
mod clean;
mod contrast;
mod cut;
mod draft;
mod explanation;
mod index;
mod language;
mod lexicon;
mod opinion;
mod phrase;
mod sanctions;
mod tag;
mod tails;

#[cfg(test)]
mod tests;

use crate::domain::{
    Action, Actor, Assessment, CleanText, CueRole, DropReason, Evidence, Field, Kind, KindResult, Language,
    LanguageWords, Named, Relation, Score, SurfaceKind, Thresholds, Vocabulary, WordClass,
};
use crate::parallel;
pub use contrast::Contrast;
use draft::Draft;
use explanation::Witness;
pub use explanation::{Explanation, Mark, Marked, Near, Place};
use language::Detector;
use lexicon::{Lexicon, Lexicons};
use opinion::Thought;
use phrase::Reading;
use sanctions::Background;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tag::Tagged;
pub use tag::lead_end;

/// What is assessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Input<'a> {
    /// The headline.
    pub title: &'a str,
    /// The feed's summary; may be empty.
    pub summary: &'a str,
    /// The article's text; may be empty.
    pub body: &'a str,
    /// The language, where the source says it.
    pub language: Option<Language>,
    /// When it was published; decides which leaders were in office.
    pub published: Option<jiff::Timestamp>,
    /// The actor in whose name an official source acts.
    pub speaks_for: Option<Actor>,
}

/// Assesses items. Built once; cheap to call from many threads.
#[derive(Debug)]
pub struct Assessor {
    lexicons: Lexicons,
    detector: Detector,
    thresholds: Thresholds,
}

/// The rule by which a relation loses points that is told as background.
const BACKGROUND: &str = "background";

impl Assessor {
    /// Compiles a vocabulary, its languages beside each other: that is most of a start.
    #[must_use]
    pub fn new(vocabulary: &Vocabulary, thresholds: Thresholds) -> Self {
        Self::sharing(vocabulary, thresholds, |_| None)
    }

    /// An assessor of another vocabulary beside this one of `own`: what is compiled of the same words is shared. And
    /// what the two read differently.
    #[must_use]
    pub fn beside(
        &self,
        (own, other): (&Vocabulary, &Vocabulary),
        thresholds: Thresholds,
    ) -> (Self, Contrast) {
        let contrast = Contrast::of((own, other), [self.thresholds, thresholds]);
        let shared = |language| self.lexicons.get(&language).filter(|_| contrast.is_same(language)).cloned();
        (Self::sharing(other, thresholds, shared), contrast)
    }

    fn sharing(
        vocabulary: &Vocabulary,
        thresholds: Thresholds,
        shared: impl Fn(Language) -> Option<Arc<Lexicon>> + Sync,
    ) -> Self {
        let languages: Vec<(Language, &LanguageWords)> =
            vocabulary.languages.iter().map(|(language, words)| (*language, words)).collect();
        let compiled = |(language, words): &(Language, &LanguageWords)| {
            let lexicon = shared(*language).unwrap_or_else(|| Arc::new(Lexicon::new(vocabulary, words)));
            (*language, lexicon)
        };
        let lexicons: Lexicons = parallel::map(&languages, compiled).into_iter().collect();
        let detector = Detector::new(&lexicons);
        Self { lexicons, detector, thresholds }
    }

    /// What an item says about actors, and the text that byte offsets in the evidence refer to.
    pub fn assess(&self, input: &Input<'_>) -> (Assessment, CleanText) {
        self.judge(input, None)
    }

    /// What an item says by these words, and by those of an assessor made beside it that cleans texts alike; `None`
    /// where that is the same.
    pub fn assess_both(
        &self,
        (other, contrast): (&Self, &Contrast),
        input: &Input<'_>,
    ) -> (Assessment, CleanText, Option<Assessment>) {
        let (assessment, text) = self.assess(input);
        if contrast.reads_alike(self.readable(input), &text, &assessment) {
            return (assessment, text, None);
        }
        let again = other.judge_text(input, &text, None);
        (assessment, text, Some(again))
    }

    /// The same judgement with what it saw on its way.
    pub fn explain(&self, input: &Input<'_>) -> Explanation {
        let mut witness = Witness::default();
        let (assessment, text) = self.judge(input, Some(&mut witness));
        witness.explanation(assessment, text, self.thresholds)
    }

    /// Headline and summary as [`Self::assess`] reads them.
    #[must_use]
    pub fn clean(&self, title: &str, summary: &str) -> CleanText {
        let is_publisher = |word: &str| self.lexicons.values().any(|l| l.lists(WordClass::Publisher, word));
        CleanText {
            title: clean::title(title, is_publisher),
            summary: clean::summary(summary),
            body: String::new(),
        }
    }

    fn judge(&self, input: &Input<'_>, witness: Option<&mut Witness>) -> (Assessment, CleanText) {
        let text = CleanText { body: clean::body(input.body), ..self.clean(input.title, input.summary) };
        (self.judge_text(input, &text, witness), text)
    }

    /// The language that an item is said to be in. Feeds say wrong ones: that it cannot be read is no reason not to
    /// look at the text.
    fn readable(&self, input: &Input<'_>) -> Option<Language> {
        input.language.filter(|language| self.lexicons.contains_key(language))
    }

    fn judge_text(&self, input: &Input<'_>, text: &CleanText, witness: Option<&mut Witness>) -> Assessment {
        let detected = || self.detector.detect(&self.lexicons, &[&text.title, &text.summary, &text.body]);
        let language = self.readable(input).or_else(detected).or(input.language);
        match language.and_then(|language| self.lexicons.get(&language)) {
            Some(lexicon) => self.read(lexicon, language, input, text, witness),
            None => unread(language),
        }
    }

    /// The features that the second opinion weighs, by name, for training it; empty in a language
    /// without vocabulary or where no two actors are named.
    pub fn features(&self, input: &Input<'_>) -> BTreeMap<String, f64> {
        let mut found = BTreeMap::new();
        let (assessment, text) = self.assess(input);
        let Some(lexicon) = assessment.lang.and_then(|language| self.lexicons.get(&language)) else {
            return found;
        };
        let fields = tagged(lexicon, input, &text);
        if opinion::named(&fields, |_| true).len() < 2 {
            return found;
        }
        let (relations, _) = framed(lexicon, input, &fields, None);
        opinion::features(&fields, &relations, |name, value, _| {
            found.insert(name.to_owned(), value);
        });
        found
    }

    fn read(
        &self,
        lexicon: &Lexicon,
        language: Option<Language>,
        input: &Input<'_>,
        text: &CleanText,
        mut witness: Option<&mut Witness>,
    ) -> Assessment {
        let fields = tagged(lexicon, input, text);
        let (mut relations, cued) = framed(lexicon, input, &fields, witness.as_deref_mut());
        if let Some(thought) = lexicon.opinion.think(&fields, &relations) {
            second_opinion(lexicon, &fields, &thought, &mut relations);
        }
        relations.sort_by(|left, right| left.kind.cmp(&right.kind).then(right.score.cmp(&left.score)));
        let told = |relation: &Relation| self.thresholds.reports(relation);
        if !relations.iter().any(|relation| told(relation) && !is_background(&fields, relation)) {
            for relation in relations.iter_mut().filter(|relation| is_background(&fields, relation)) {
                as_background(lexicon, relation);
            }
        }
        let told_kinds: BTreeSet<Kind> =
            relations.iter().filter(|one| told(one)).map(|one| one.kind).collect();
        let points = &lexicon.points;
        let least = |kind| if told_kinds.contains(&kind) { points.kept_from } else { points.kept_beside };
        let (kept, noise) = relations.into_iter().partition(|relation| {
            told_kinds.is_empty() || told(relation) || relation.score >= least(relation.kind)
        });
        relations = kept;
        if let Some(witness) = witness {
            witness.left_out(noise);
        }
        if let Some(best) = relations.iter_mut().filter(|one| told(one)).max_by_key(|one| one.score) {
            beside::name(lexicon, &fields, best);
        }
        Assessment { named: named(&fields), ..self.verdict(language, relations, cued) }
    }

    fn verdict(&self, language: Option<Language>, relations: Vec<Relation>, cued: bool) -> Assessment {
        let result = |kind: Kind| {
            let score =
                relations.iter().filter(|r| r.kind == kind).map(|r| r.score).max().unwrap_or_default();
            let reported = self.thresholds.of(kind).is_some_and(|threshold| score >= threshold);
            KindResult { reported, score }
        };
        let sanctions = result(Kind::Sanctions);
        let alliance = result(Kind::Alliance);
        let reported = |relation: &&Relation| self.thresholds.reports(relation);
        let any = relations.iter().any(|relation| reported(&relation));
        let countries: BTreeSet<Actor> = relations
            .iter()
            .filter(|r| !any || reported(r))
            .flat_map(Relation::actors)
            .filter(|actor| actor.is_party())
            .collect();
        let unreported = match (any, relations.is_empty(), cued) {
            (true, ..) if countries.is_empty() => Some(DropReason::NoActor),
            (true, _, _) => None,
            (false, false, _) => Some(DropReason::BelowThreshold),
            (false, true, true) => Some(DropReason::NoActor),
            (false, true, false) => Some(DropReason::NoCue),
        };
        let named = Named::default();
        Assessment { lang: language, sanctions, alliance, countries, named, relations, unreported }
    }
}

/// Whether a relation is told only behind the lead of an article.
fn is_background(fields: &[Tagged<'_>], relation: &Relation) -> bool {
    let mut evidence = relation.evidence.iter().filter(|evidence| evidence.weight > Score::ZERO).peekable();
    evidence.peek().is_some()
        && evidence.all(|evidence| {
            let field = fields.iter().find(|tagged| tagged.field == evidence.field);
            field.is_some_and(|tagged| tagged.is_background(evidence.start))
        })
}

/// A match report that ends with the sanctions on the guests' banks is no story about them.
fn as_background(lexicon: &Lexicon, relation: &mut Relation) {
    let Some(first) = relation.evidence.first().cloned() else { return };
    relation.add(Evidence { rule: BACKGROUND.into(), weight: lexicon.points.historical, ..first });
}

/// The fields of an item with everything that was found in them.
fn tagged<'t>(lexicon: &Lexicon, input: &Input<'_>, text: &'t CleanText) -> Vec<Tagged<'t>> {
    let date = input.published.map(|at| jiff::tz::TimeZone::UTC.to_datetime(at).date());
    let mut fields: Vec<Tagged<'_>> =
        [(Field::Title, &text.title), (Field::Summary, &text.summary), (Field::Body, &text.body)]
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(field, text)| tag::tag(lexicon, field, text, date))
            .collect();
    tag::decide(lexicon, &mut fields);
    // Where there is a summary, it is the lead.
    if !text.summary.is_empty() {
        for body in fields.iter_mut().filter(|tagged| tagged.field == Field::Body) {
            body.background_from = 0;
        }
    }
    fields
}

/// What the frames find in an item, put together; and whether it held a cue at all.
fn framed(
    lexicon: &Lexicon,
    input: &Input<'_>,
    fields: &[Tagged<'_>],
    witness: Option<&mut Witness>,
) -> (Vec<Relation>, bool) {
    let background = background(lexicon, fields, input.speaks_for);
    let elsewhere = alliance::Elsewhere::of(fields);
    let mut drafts: Vec<Draft> = Vec::new();
    let mut vetoes: Vec<(Option<Kind>, Evidence)> = Vec::new();
    let mut cued = false;
    for tagged in fields {
        let reading = Reading::new(lexicon, tagged);
        cued |= tagged.hits.iter().any(|hit| matches!(hit.role, CueRole::Noun | CueRole::Verb));
        for kind in [Kind::Sanctions, Kind::Tariff, Kind::Blockade] {
            drafts.extend(sanctions::drafts(&reading, kind, &background));
        }
        drafts.extend(alliance::drafts(&reading, &elsewhere));
        vetoes.extend(vetoes_of(&reading));
    }
    beside::name_anybody(lexicon, fields, &mut drafts);
    let seen = witness.map(|witness| witness.see(lexicon, fields, &drafts));
    drafts.retain(|draft| draft.stands_alone || !draft.relation.actors().is_empty());
    let (mut relations, left_out) = draft::merge(lexicon, drafts);
    if let Some(witness) = seen {
        witness.left_out(left_out);
    }
    answer_together(lexicon, &mut relations);
    for relation in &mut relations {
        veto(relation, &vetoes);
    }
    (relations, cued)
}

/// Whom headline and summary name, firms apart: a firm is not its state where nothing is done to it.
fn named(fields: &[Tagged<'_>]) -> Named {
    let mut named = Named::default();
    for tagged in fields {
        for mention in tagged.mentions.iter().filter(|mention| mention.kind != SurfaceKind::Firm) {
            let known = named.title.contains(&mention.actor) || named.summary.contains(&mention.actor);
            match tagged.field {
                Field::Title if !known => named.title.push(mention.actor),
                Field::Summary if !known => named.summary.push(mention.actor),
                _ => {}
            }
        }
    }
    named
}

/// The assessment of a text in a language that cannot be read.
fn unread(language: Option<Language>) -> Assessment {
    Assessment {
        lang: language,
        sanctions: KindResult::default(),
        alliance: KindResult::default(),
        countries: BTreeSet::new(),
        named: Named::default(),
        relations: Vec::new(),
        unreported: Some(DropReason::NoVocabulary),
    }
}

fn background(lexicon: &Lexicon, fields: &[Tagged<'_>], speaks_for: Option<Actor>) -> Background {
    let named: BTreeSet<Actor> = fields
        .iter()
        .filter(|field| field.field != Field::Body)
        .flat_map(|field| &field.mentions)
        .filter(|mention| mention.kind != SurfaceKind::Firm)
        .map(|mention| mention.actor)
        .collect();
    Background {
        senders: named.intersection(&lexicon.usual_senders).copied().collect(),
        targets: named.intersection(&lexicon.usual_targets).copied().collect(),
        speaks_for,
    }
}

/// "Those sanctioned by the US must stand together", said where two parties seal a pact: they are the
/// ones who answer, though the sentence names nobody.
fn answer_together(lexicon: &Lexicon, relations: &mut [Relation]) {
    let pact = relations
        .iter()
        .filter(|relation| relation.kind == Kind::Alliance && relation.between.len() > 1)
        .filter(|relation| relation.action.usual_kind() == Kind::Alliance && !relation.action.is_weakening())
        .max_by_key(|relation| relation.score)
        .and_then(|relation| {
            let named = relation.evidence.iter().find(|evidence| evidence.rule.ends_with("parties"))?;
            Some((relation.between.clone(), named.clone()))
        });
    let Some((parties, named)) = pact else { return };
    for relation in relations.iter_mut().filter(|relation| relation.action == Action::Counter) {
        if !relation.by.is_empty() || !relation.from.is_disjoint(&parties) {
            continue;
        }
        let points = &lexicon.points;
        let weight = points.other_side.scaled(points.share(named.field, true));
        relation.add(Evidence { rule: "parties-answer-together".into(), weight, ..named.clone() });
        if relation.to.is_empty() {
            relation.to = parties.intersection(&lexicon.usual_targets).copied().collect();
        }
        relation.by.clone_from(&parties);
    }
}

/// Moves the alliances of an item towards what the model thinks of it; where frames found none and
/// the model is sure, the first two actors named together are its parties.
fn second_opinion(
    lexicon: &Lexicon,
    fields: &[Tagged<'_>],
    thought: &Thought,
    relations: &mut Vec<Relation>,
) {
    let points = &lexicon.points;
    let move_it = |relation: &mut Relation| {
        for evidence in thought.evidence(fields, relation.score, points.opinion_doubt, points.opinion_max) {
            relation.add(evidence);
        }
    };
    let mut alliances: Vec<&mut Relation> =
        relations.iter_mut().filter(|relation| relation.kind == Kind::Alliance).collect();
    if !alliances.is_empty() {
        alliances.sort_by_key(|relation| std::cmp::Reverse(relation.score));
        // A yes is for the best of them, a no for all.
        let meant = if thought.logit < 0.0 { alliances.len() } else { 1 };
        alliances.into_iter().take(meant).for_each(move_it);
        return;
    }
    if thought.logit < 0.0 {
        return;
    }
    let side_by_side = |tagged| alliance::side_by_side(&Reading::new(lexicon, tagged));
    if let Some(mut draft) = fields.iter().find_map(side_by_side) {
        move_it(&mut draft.relation);
        relations.push(draft.relation);
    }
}

/// The vetoes of a field, as evidence with the kind they speak of.
fn vetoes_of(reading: &Reading<'_>) -> Vec<(Option<Kind>, Evidence)> {
    let hits = reading.tagged.hits.iter().filter(|hit| hit.role == CueRole::Veto);
    // The league in "Arab League" is a party, not a game; "Bolsonaro sancionou lei" is more than a name.
    let hits = hits.filter(|hit| hit.tokens.clone().any(|token| reading.group_at(token).is_none()));
    hits.filter_map(|hit| {
        let cue = reading.lexicon.cues.get(hit.cue)?;
        Some((cue.kind, reading.evidence(cue.rule.clone(), &hit.tokens, cue.weight)))
    })
    .collect()
}

/// Adds each veto rule once to a relation of its kind.
fn veto(relation: &mut Relation, vetoes: &[(Option<Kind>, Evidence)]) {
    for (kind, evidence) in vetoes {
        let concerns = kind.is_none_or(|kind| kind == relation.kind);
        let known = relation.evidence.iter().any(|old| old.rule == evidence.rule && old.weight < Score::ZERO);
        // A body mentions much; only what stands beside the news speaks against it.
        if concerns && !known && evidence.field != Field::Body {
            relation.add(evidence.clone());
        }
    }
}
