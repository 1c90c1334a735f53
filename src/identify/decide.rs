//! The decision: new, an edit, or known.

use super::EntryKeys;
use crate::domain::{ItemId, KeyKind, KnownItem, SourceName};

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

/// Decides what an entry of `source` is, given the items that share a key with it.
///
/// Only items of the same source can be the same item; the same text in another source is another
/// item of the same story, which grouping decides. A shared guid or link is enough. A shared
/// content (title and summary) is enough too, because a feed that renews its guids and links does
/// not publish a text twice. A shared title alone is enough only where the entry has neither guid
/// nor link to tell it apart.
#[must_use]
pub fn decide(source: &SourceName, entry: &EntryKeys, known: &[KnownItem]) -> Identity {
    let has = |kind: KeyKind| entry.keys.iter().any(|key| key.kind == kind);
    let title_suffices = !has(KeyKind::Guid) && !has(KeyKind::Url);
    let same = known
        .iter()
        .filter(|item| item.source == *source)
        .filter(|item| item.shared != KeyKind::Title || title_suffices)
        .min_by_key(|item| (item.shared, std::cmp::Reverse(item.last_seen)));
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
    use jiff::Timestamp;
    use rstest::rstest;

    fn known(source: &str, shared: KeyKind, content: &str) -> KnownItem {
        KnownItem {
            id: ItemId(7),
            source: SourceName::new(source).expect("a name"),
            shared,
            content: content.to_owned(),
            story: None,
            last_seen: Timestamp::UNIX_EPOCH,
        }
    }

    #[rstest]
    #[case::nothing_shared(&[KeyKind::Guid], &[], Identity::New)]
    #[case::guid(&[KeyKind::Guid, KeyKind::Url], &[known("News", KeyKind::Guid, "now")], Identity::Known(ItemId(7)))]
    #[case::edited(&[KeyKind::Guid], &[known("News", KeyKind::Guid, "before")], Identity::Edited(ItemId(7)))]
    #[case::new_guid_same_link(&[KeyKind::Guid, KeyKind::Url], &[known("News", KeyKind::Url, "before")], Identity::Edited(ItemId(7)))]
    #[case::new_guid_and_link_same_text(&[KeyKind::Guid, KeyKind::Url, KeyKind::Content], &[known("News", KeyKind::Content, "now")], Identity::Known(ItemId(7)))]
    #[case::daily_column_with_its_own_link(&[KeyKind::Url, KeyKind::Title], &[known("News", KeyKind::Title, "before")], Identity::New)]
    #[case::title_where_nothing_else_is(&[KeyKind::Content, KeyKind::Title], &[known("News", KeyKind::Title, "before")], Identity::Edited(ItemId(7)))]
    #[case::another_source(&[KeyKind::Url], &[known("Other", KeyKind::Url, "now")], Identity::New)]
    fn decides(#[case] has: &[KeyKind], #[case] known: &[KnownItem], #[case] expected: Identity) {
        let keys = has.iter().map(|kind| ItemKey { kind: *kind, hash: String::new() }).collect();
        let entry = EntryKeys { keys, content: "now".to_owned() };
        let source = SourceName::new("News").expect("a name");
        assert_eq!(decide(&source, &entry, known), expected);
    }
}
