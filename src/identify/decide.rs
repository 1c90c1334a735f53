//! The decision: new, an edit, or known.

use super::EntryKeys;
use crate::domain::{ItemId, KeyKind, KnownItem, SourceName};
use jiff::Timestamp;

/// What an entry is to the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identity {
    /// Never seen from this source.
    New,
    /// Seen, and reads as it did.
    Known(ItemId),
    /// Seen, and reads differently now.
    Edited(ItemId),
}

/// Decides what an entry of `source`, published at `published`, is, given the items that share a key
/// with it.
///
/// Only items of the same source can be the same item; the same text in another source is another
/// item of the same story, which grouping decides. A shared guid is enough. A shared link is, unless
/// both have guids, these differ, and so do the texts: then it is a page that tells one thing after
/// another. A shared text or title is enough where the entry has neither guid nor link to tell it
/// apart, and a shared text also where the dates agree: a feed that renews its guids and links.
/// Official bodies repeat their headlines to the letter, so a text alone is no identity.
#[must_use]
pub fn decide(
    source: &SourceName,
    entry: &EntryKeys,
    published: Option<Timestamp>,
    known: &[KnownItem],
) -> Identity {
    let has = |kind: KeyKind| entry.keys.iter().any(|key| key.kind == kind);
    let anonymous = !has(KeyKind::Guid) && !has(KeyKind::Url);
    let suffices = |item: &&KnownItem| match item.shared {
        KeyKind::Guid => true,
        KeyKind::Url => !(has(KeyKind::Guid) && item.has_guid && item.content != entry.content),
        KeyKind::Content => anonymous || published.is_some() && published == item.published,
        KeyKind::Title => anonymous,
    };
    let same = known
        .iter()
        .filter(|item| item.source == *source)
        .filter(suffices)
        .min_by_key(|item| (item.shared, std::cmp::Reverse(item.first_seen)));
    match same {
        None => Identity::New,
        Some(item) if item.content == entry.content => Identity::Known(item.id),
        Some(item) => Identity::Edited(item.id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ItemKey;
    use rstest::rstest;

    fn known(source: &str, shared: KeyKind, content: &str) -> KnownItem {
        KnownItem {
            id: ItemId(7),
            source: SourceName::new(source).expect("a name"),
            shared,
            content: content.to_owned(),
            story: None,
            has_guid: true,
            published: Some(Timestamp::UNIX_EPOCH),
            first_seen: Timestamp::UNIX_EPOCH,
        }
    }

    const SAME_DATE: i64 = 0;
    const NEXT_DAY: i64 = 86_400;

    #[rstest]
    #[case::nothing_shared(&[KeyKind::Guid], SAME_DATE, &[], Identity::New)]
    #[case::guid(&[KeyKind::Guid, KeyKind::Url], SAME_DATE, &[known("News", KeyKind::Guid, "now")], Identity::Known(ItemId(7)))]
    #[case::edited(&[KeyKind::Guid], NEXT_DAY, &[known("News", KeyKind::Guid, "before")], Identity::Edited(ItemId(7)))]
    #[case::new_guid_same_link_and_text(&[KeyKind::Guid, KeyKind::Url], NEXT_DAY, &[known("News", KeyKind::Url, "now")], Identity::Known(ItemId(7)))]
    #[case::one_page_tells_another_thing(&[KeyKind::Guid, KeyKind::Url], NEXT_DAY, &[known("News", KeyKind::Url, "before")], Identity::New)]
    #[case::link_without_guid(&[KeyKind::Url], NEXT_DAY, &[known("News", KeyKind::Url, "before")], Identity::Edited(ItemId(7)))]
    #[case::renewed_guid_and_link(&[KeyKind::Guid, KeyKind::Url, KeyKind::Content], SAME_DATE, &[known("News", KeyKind::Content, "now")], Identity::Known(ItemId(7)))]
    #[case::headline_repeated_another_day(&[KeyKind::Guid, KeyKind::Url, KeyKind::Content], NEXT_DAY, &[known("News", KeyKind::Content, "now")], Identity::New)]
    #[case::daily_column_with_its_own_link(&[KeyKind::Url, KeyKind::Title], SAME_DATE, &[known("News", KeyKind::Title, "before")], Identity::New)]
    #[case::title_where_nothing_else_is(&[KeyKind::Content, KeyKind::Title], NEXT_DAY, &[known("News", KeyKind::Title, "before")], Identity::Edited(ItemId(7)))]
    #[case::another_source(&[KeyKind::Url], SAME_DATE, &[known("Other", KeyKind::Url, "now")], Identity::New)]
    fn decides(
        #[case] has: &[KeyKind],
        #[case] published: i64,
        #[case] known: &[KnownItem],
        #[case] expected: Identity,
    ) {
        let keys = has.iter().map(|kind| ItemKey { kind: *kind, hash: String::new() }).collect();
        let entry = EntryKeys { keys, content: "now".to_owned() };
        let source = SourceName::new("News").expect("a name");
        let published = Timestamp::from_second(published).ok();
        assert_eq!(decide(&source, &entry, published, known), expected);
    }
}
