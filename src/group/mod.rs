//! Group: an item and candidate stories decide new or duplicate.
//!
//! Owns: what is one story. Calls: `domain`. Pure: no I/O.
//!
//! Exact identity only: the same link, the same text, or the same headline of some length within
//! [`WINDOW`]. A headline that is told again later ("US imposes new sanctions on Iran") is another
//! event.

use crate::domain::{KeyKind, KnownItem, StoryId};
use jiff::{SignedDuration, Timestamp};

/// How long a headline means the same event: news of one event runs for about three days.
pub const WINDOW: SignedDuration = SignedDuration::from_hours(72);

/// Where an item belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// It opens a story.
    New,
    /// It tells this story again.
    Duplicate(StoryId),
}

/// Decides the story of a new item, given the items that share a key with it.
#[must_use]
pub fn decide(known: &[KnownItem], now: Timestamp) -> Grouping {
    known
        .iter()
        .filter(|item| item.shared != KeyKind::Guid)
        .filter(|item| now.duration_since(item.last_seen) <= WINDOW)
        .filter_map(|item| item.story.map(|story| (item.shared, story)))
        .min()
        .map_or(Grouping::New, |(_, story)| Grouping::Duplicate(story))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ItemId, SourceName};
    use rstest::rstest;

    fn known(shared: KeyKind, story: Option<i64>, hours_ago: i64) -> KnownItem {
        KnownItem {
            id: ItemId(1),
            source: SourceName::new("Other").expect("a name"),
            shared,
            content: String::new(),
            story: story.map(StoryId),
            last_seen: now() - SignedDuration::from_hours(hours_ago),
        }
    }

    fn now() -> Timestamp {
        "2026-08-12T09:00:00Z".parse().expect("a time")
    }

    #[rstest]
    #[case::nothing_known(&[], Grouping::New)]
    #[case::same_link(&[known(KeyKind::Url, Some(3), 1)], Grouping::Duplicate(StoryId(3)))]
    #[case::same_headline(&[known(KeyKind::Title, Some(3), 71)], Grouping::Duplicate(StoryId(3)))]
    #[case::told_again_a_week_later(&[known(KeyKind::Title, Some(3), 168)], Grouping::New)]
    #[case::known_but_never_a_story(&[known(KeyKind::Url, None, 1)], Grouping::New)]
    #[case::the_link_decides(&[known(KeyKind::Title, Some(3), 1), known(KeyKind::Url, Some(4), 1)], Grouping::Duplicate(StoryId(4)))]
    fn decides(#[case] known: &[KnownItem], #[case] expected: Grouping) {
        assert_eq!(decide(known, now()), expected);
    }
}
