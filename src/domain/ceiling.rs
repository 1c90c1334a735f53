//! Ceiling: the score that no item can exceed, as weights and points stand.

use super::{Cue, CueRole, Kind, Language, LanguageWords, Markers, Score, Vocabulary};
use std::collections::BTreeMap;

/// Headline, summary, body: what is said again adds at most `echo-limit` in each.
const FIELDS: i32 = 3;

/// How often a name that answers brings points: in the frame, and where two parties of a pact answer together.
const ANSWERS: i32 = 2;

impl Vocabulary {
    /// A score that no relation of a kind can exceed in texts of a language; `None` where there is no such bound,
    /// because a word that may be said any number of times brings points, or no such language is read.
    ///
    /// The sum of what a frame can hold of each thing at the utmost: the noun or verb itself, what is done to it
    /// (twice for sanctions: a verb and an answer), who urges it, each side as often as it can be filled, the parties
    /// of an alliance, each rule about what it is about, echoes, and the second opinion. It is generous: no real text
    /// comes near it.
    #[must_use]
    pub fn ceiling(&self, kind: Kind, language: Language) -> Option<Score> {
        self.ceiling_in(self.languages.get(&language)?, kind)
    }

    fn ceiling_in(&self, words: &LanguageWords, kind: Kind) -> Option<Score> {
        let points = &self.points;
        let shares = [points.title_share, points.summary_share, points.lead_share, points.body_share];
        let share = shares.into_iter().max().unwrap_or_default().points();
        let counted = |weight: Score| weight.max(Score::ZERO).scaled(share);
        let of_role = |role: CueRole| {
            words
                .cues
                .iter()
                .filter(move |cue| cue.role == role && cue.kind.is_none_or(|known| known == kind))
        };
        let strongest = |role| counted(of_role(role).map(|cue| cue.weight).max().unwrap_or_default());
        let most = |listed: &[Score]| counted(listed.iter().copied().max().unwrap_or_default());
        let times =
            |count: i32, score: Score| Score::from_hundredths(score.hundredths().saturating_mul(count));
        let endless = of_role(CueRole::Modality).any(|cue| cue.weight > Score::ZERO);
        if endless || points.historical > Score::ZERO {
            return None;
        }
        let frame = strongest(CueRole::Noun).max(strongest(CueRole::Verb));
        let done = strongest(CueRole::Action);
        let context: Score = each_rule(of_role(CueRole::Context)).map(counted).sum();
        let vetoes: Score = each_rule(of_role(CueRole::Veto)).map(counted).sum();
        let echoes = times(FIELDS, points.echo_limit.max(Score::ZERO));
        let parts = if kind == Kind::Alliance {
            let parties = [
                points.parties,
                points.parties_loose,
                points.parties_near,
                points.parties_apart,
                points.parties_elsewhere,
                points.one_party,
                points.subject_object,
            ];
            let opinion = if words.opinion.is_empty() { Score::ZERO } else { points.opinion_max };
            done + most(&parties) + context + opinion.max(Score::ZERO)
        } else {
            let to = [points.target, points.target_near, points.target_far, points.other_side];
            let from = [points.sender, points.sender_near, points.sender_far, points.sender_source];
            // A side brings points where it is filled. Only who urges empties one again: the sender, and where
            // particles stand behind the names, the target, too.
            let urges = of_role(CueRole::Urge).next().is_some();
            let targets = if urges && words.grammar.markers == Markers::After { 2 } else { 1 };
            let senders = if urges { 2 } else { 1 };
            let answers = times(ANSWERS, counted(points.other_side));
            let sides = times(targets, most(&to)) + times(senders, most(&from)) + answers;
            // A state that has no side counts where nobody has one.
            times(2, done) + strongest(CueRole::Urge) + sides.max(counted(points.named)) + context
        };
        Some(frame + parts + echoes + vetoes)
    }
}

/// The largest weight of each rule.
fn each_rule<'w>(cues: impl Iterator<Item = &'w Cue>) -> impl Iterator<Item = Score> {
    let mut rules: BTreeMap<&str, Score> = BTreeMap::new();
    for cue in cues {
        let known = rules.entry(&cue.rule).or_default();
        *known = (*known).max(cue.weight);
    }
    rules.into_values()
}
