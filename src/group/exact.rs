//! Exact: items that share a key tell the same story.
//!
//! Owns: what a shared link, text or headline says, and for how long. Calls: `domain`. Pure. A headline
//! that is told again later ("US imposes new sanctions on Iran") is another event.

use crate::domain::{KeyKind, KnownItem, SourceName, StoryId};
use jiff::{SignedDuration, Timestamp};

/// How long a headline means the same event over sources: news of one event runs for about three
/// days.
pub const WINDOW: SignedDuration = SignedDuration::from_hours(72);

/// How long it does within one source, which has told it already: a second publication of the same
/// morning, but not the next day's "Iran-related Designations".
pub const REPEATED_WITHIN: SignedDuration = SignedDuration::from_hours(12);

/// The story that a new item of `source`, published at `published` (or seen now), tells to the
/// letter, given the items that share a key with it.
///
/// Within one source a shared link says nothing here: identity has decided that it is another item.
#[must_use]
pub fn same_story(
    source: &SourceName,
    published: Option<Timestamp>,
    known: &[KnownItem],
    now: Timestamp,
) -> Option<StoryId> {
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
        .map(|(_, story)| story)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ItemId, Wording};
    use rstest::rstest;

    fn known(source: &str, shared: KeyKind, story: Option<i64>, hours_ago: i64) -> KnownItem {
        KnownItem {
            id: ItemId(1),
            source: SourceName::new(source).expect("a name"),
            shared,
            content: String::new(),
            story: story.map(StoryId),
            has_guid: true,
            other_link: false,
            had: Wording::Other,
            published: None,
            first_seen: now() - SignedDuration::from_hours(hours_ago),
        }
    }

    fn now() -> Timestamp {
        "2026-08-12T09:00:00Z".parse().expect("a time")
    }

    #[rstest]
    #[case::nothing_known(&[], None)]
    #[case::same_link(&[known("Other", KeyKind::Url, Some(3), 1)], Some(StoryId(3)))]
    #[case::same_headline(&[known("Other", KeyKind::Title, Some(3), 71)], Some(StoryId(3)))]
    #[case::told_again_a_week_later(&[known("Other", KeyKind::Title, Some(3), 168)], None)]
    #[case::known_but_never_a_story(&[known("Other", KeyKind::Url, None, 1)], None)]
    #[case::the_link_decides(&[known("Other", KeyKind::Title, Some(3), 1), known("Other", KeyKind::Url, Some(4), 1)], Some(StoryId(4)))]
    #[case::published_twice_in_a_morning(&[known("News", KeyKind::Title, Some(3), 2)], Some(StoryId(3)))]
    #[case::the_next_days_designations(&[known("News", KeyKind::Content, Some(3), 24)], None)]
    #[case::one_page_tells_another_thing(&[known("News", KeyKind::Url, Some(3), 1)], None)]
    fn decides(#[case] known: &[KnownItem], #[case] expected: Option<StoryId>) {
        let source = SourceName::new("News").expect("a name");
        assert_eq!(same_story(&source, None, known, now()), expected);
    }
}
