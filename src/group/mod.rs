//! Group: an item and candidate stories decide new or duplicate.
//!
//! Owns: what is one story. Calls: `domain`. Pure: no I/O.
//!
//! Exact identity only: the same link, the same text, or the same headline of some length within
//! [`WINDOW`]; from the same source, within [`REPEATED_WITHIN`]. A headline that is told again later
//! ("US imposes new sanctions on Iran") is another event.

use crate::domain::{KeyKind, KnownItem, SourceName, StoryId};
use jiff::{SignedDuration, Timestamp};

/// How long a headline means the same event over sources: news of one event runs for about three
/// days.
pub const WINDOW: SignedDuration = SignedDuration::from_hours(72);

/// How long it does within one source, which has told it already: a second publication of the same
/// morning, but not the next day's "Iran-related Designations".
pub const REPEATED_WITHIN: SignedDuration = SignedDuration::from_hours(12);

/// Where an item belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// It opens a story.
    New,
    /// It tells this story again.
    Duplicate(StoryId),
}

/// Decides the story of a new item of `source`, published at `published` (or seen now), given the
/// items that share a key with it.
///
/// Within one source a shared link says nothing here: identity has decided that it is another item.
#[must_use]
pub fn decide(
    source: &SourceName,
    published: Option<Timestamp>,
    known: &[KnownItem],
    now: Timestamp,
) -> Grouping {
    let date = published.unwrap_or(now);
    let tells_the_same = |item: &&KnownItem| {
        let apart = date.duration_since(item.published.unwrap_or(item.first_seen)).abs();
        let own = item.source == *source;
        match item.shared {
            KeyKind::Guid => false,
            KeyKind::Url => !own && apart <= WINDOW,
            KeyKind::Content | KeyKind::Title if own => apart <= REPEATED_WITHIN,
            KeyKind::Content | KeyKind::Title => apart <= WINDOW,
        }
    };
    known
        .iter()
        .filter(tells_the_same)
        .filter_map(|item| item.story.map(|story| (item.shared, story)))
        .min()
        .map_or(Grouping::New, |(_, story)| Grouping::Duplicate(story))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ItemId;
    use rstest::rstest;

    fn known(source: &str, shared: KeyKind, story: Option<i64>, hours_ago: i64) -> KnownItem {
        KnownItem {
            id: ItemId(1),
            source: SourceName::new(source).expect("a name"),
            shared,
            content: String::new(),
            story: story.map(StoryId),
            has_guid: true,
            published: None,
            first_seen: now() - SignedDuration::from_hours(hours_ago),
        }
    }

    fn now() -> Timestamp {
        "2026-08-12T09:00:00Z".parse().expect("a time")
    }

    #[rstest]
    #[case::nothing_known(&[], Grouping::New)]
    #[case::same_link(&[known("Other", KeyKind::Url, Some(3), 1)], Grouping::Duplicate(StoryId(3)))]
    #[case::same_headline(&[known("Other", KeyKind::Title, Some(3), 71)], Grouping::Duplicate(StoryId(3)))]
    #[case::told_again_a_week_later(&[known("Other", KeyKind::Title, Some(3), 168)], Grouping::New)]
    #[case::known_but_never_a_story(&[known("Other", KeyKind::Url, None, 1)], Grouping::New)]
    #[case::the_link_decides(&[known("Other", KeyKind::Title, Some(3), 1), known("Other", KeyKind::Url, Some(4), 1)], Grouping::Duplicate(StoryId(4)))]
    #[case::published_twice_in_a_morning(&[known("News", KeyKind::Title, Some(3), 2)], Grouping::Duplicate(StoryId(3)))]
    #[case::the_next_days_designations(&[known("News", KeyKind::Content, Some(3), 24)], Grouping::New)]
    #[case::one_page_tells_another_thing(&[known("News", KeyKind::Url, Some(3), 1)], Grouping::New)]
    fn decides(#[case] known: &[KnownItem], #[case] expected: Grouping) {
        let source = SourceName::new("News").expect("a name");
        assert_eq!(decide(&source, None, known, now()), expected);
    }
}
