//! Points: what the frames add to a score, beside the weights of the vocabulary.

use super::{Field, Score};

/// Declares the points with the keys they have in a vocabulary file.
macro_rules! points {
    ($($(#[$doc:meta])* $field:ident = $key:literal,)+) => {
        /// What the frames add to a score. The values stand in `config/points.toml`; without it all
        /// are zero.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
        pub struct Points { $($(#[$doc])* pub $field: Score,)+ }

        impl Points {
            /// The keys of a `[points]` table.
            pub const KEYS: &[&str] = &[$($key,)+];

            /// The value behind a key; `None` where there is no such key.
            pub fn get_mut(&mut self, key: &str) -> Option<&mut Score> {
                match key { $($key => Some(&mut self.$field),)+ _ => None }
            }
        }
    };
}

points! {
    /// The side that is hit stands where grammar puts it: "sanctions on Iran", "hits Iran with …".
    target = "target",
    /// The side whose sanctions they are stands where grammar puts it: "US sanctions".
    sender = "sender",
    /// A usual target named in the same clause.
    target_near = "target-near",
    /// A usual target named elsewhere in the item.
    target_far = "target-far",
    /// A usual sender named in the same clause.
    sender_near = "sender-near",
    /// The only usual sender named elsewhere in the item.
    sender_far = "sender-far",
    /// The source itself acts: a ministry's own page.
    sender_source = "sender-source",
    /// Who evades, opposes or asks.
    other_side = "other-side",
    /// Two parties that grammar ties to the noun: "X and Y sign", "X-Y deal".
    parties = "parties",
    /// Two parties, of which one only is tied to the noun.
    parties_loose = "parties-loose",
    /// Two parties in one clause with the noun, not tied to it.
    parties_near = "parties-near",
    /// Two parties in one sentence with the noun, in another clause.
    parties_apart = "parties-apart",
    /// One party that joins or leaves what is not an actor itself, such as a treaty.
    one_party = "one-party",
    /// A noun of so much weight stands for a treaty by itself.
    strong_noun = "strong-noun",
    /// Subject and object of a verb that is a relation.
    subject_object = "subject-object",
    /// Told as background, or only behind the lead of an article that tells of nothing else.
    historical = "historical",
    /// The share of a weight that counts in a headline.
    title_share = "title-share",
    /// The share of a weight that counts in a summary.
    summary_share = "summary-share",
    /// The share of a weight that counts in the first paragraphs of an article.
    lead_share = "lead-share",
    /// The share of a weight that counts in the rest of an article.
    body_share = "body-share",
    /// The share of a weight that counts where a relation is said again.
    echo_share = "echo-share",
    /// The most that repetition in one field can add.
    echo_limit = "echo-limit",
    /// Two parties of which the noun's own sentence names at most one.
    parties_elsewhere = "parties-elsewhere",
    /// Where an item reports a relation, others of its kind are kept from this score on.
    kept_from = "kept-from",
    /// Where an item reports a relation, those of other kinds are kept from this score on.
    kept_beside = "kept-beside",
    /// Sanctions are named without sides, and anywhere a state.
    named = "named",
    /// The score at which the second opinion is in doubt: half of such items are reported.
    opinion_doubt = "opinion-doubt",
    /// The most that the second opinion can add or take away.
    opinion_max = "opinion-max",
}

impl Points {
    /// How much of a weight counts in a field, there in its lead or in what is told around the news:
    /// the headline is the news, the lead tells it, the rest of an article tells around it.
    #[must_use]
    pub fn share(&self, field: Field, background: bool) -> f64 {
        let share = match field {
            Field::Title => self.title_share,
            Field::Summary => self.summary_share,
            Field::Body if background => self.body_share,
            Field::Body => self.lead_share,
        };
        share.points()
    }
}
