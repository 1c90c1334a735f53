//! The decision: new, an edit, or known.

use super::EntryKeys;
use crate::domain::{IdentityRule, ItemId, KeyKind, KnownItem, SourceName, Wording};
use jiff::Timestamp;

/// How many guids of a source must have been renewed before they are taken to be.
const RENEWED_AT_LEAST: u32 = 5;
/// After so many entries the record is halved.
const RECORD_LASTS: u32 = 400;
/// For so many renewed guids one may have lasted.
const RENEWED_FOR_ONE: u32 = 4;

/// What a source's guids have done: how often an entry came back with its guid, and how often its link
/// came back with another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GuidRecord {
    /// Came back with its guid.
    pub kept: u32,
    /// Came back with another guid.
    pub renewed: u32,
}

impl GuidRecord {
    /// Counts an entry of `source`, given the items that share a key with it.
    pub fn count(&mut self, source: &SourceName, entry: &EntryKeys, known: &[KnownItem]) {
        let own = |kind: KeyKind| known.iter().find(|item| item.source == *source && item.shared == kind);
        if own(KeyKind::Guid).is_some() {
            self.kept += 1;
        } else if own(KeyKind::Url).is_some_and(|item| item.has_guid)
            && entry.keys.iter().any(|key| key.kind == KeyKind::Guid)
        {
            self.renewed += 1;
        }
        // What a source did long ago counts less than what it does now.
        if self.kept + self.renewed > RECORD_LASTS {
            self.kept /= 2;
            self.renewed /= 2;
        }
    }

    /// The rule for a source that leaves it to the program: by the link alone where guids do not last.
    #[must_use]
    pub fn rule(self, configured: IdentityRule) -> IdentityRule {
        let renewed = self.renewed >= RENEWED_AT_LEAST && self.renewed > self.kept * RENEWED_FOR_ONE;
        if configured == IdentityRule::Auto && renewed { IdentityRule::Link } else { configured }
    }
}

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

/// Where an entry was read. Two addresses of a source seldom say the same of an item: a page has no summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadAt {
    /// At the only address of its source.
    Only,
    /// At the one of several that was read the last time, too.
    Same,
    /// At another one of several than the last time.
    Another,
}

impl ReadAt {
    /// Whether an item reads as before here, though its last text was another one: the source had this text of
    /// it already, or tells it at another address under the headline that it knows.
    fn is_as_before(self, item: &KnownItem) -> bool {
        match self {
            Self::Only => false,
            Self::Same => item.had == Wording::Text,
            Self::Another => item.had != Wording::Other,
        }
    }
}

/// Decides what an entry of `source`, published at `published`, is, given the items that share a key
/// with it.
///
/// Only items of the same source can be the same item; the same text in another source is another
/// item of the same story, which grouping decides. A shared guid is enough, unless link, text and date are
/// all others: then it is one that the source gives to everything ("latest"), where the link does not hold
/// it. A shared link is, unless both have guids, these differ, and so do the texts: then it is a page that
/// tells one thing after another. A shared text or title is enough where the entry has neither guid nor link to tell it
/// apart, and a shared text also where the dates agree: a feed that renews its guids and links.
/// Official bodies repeat their headlines to the letter, so a text alone is no identity.
#[must_use]
pub fn decide(
    source: &SourceName,
    rule: IdentityRule,
    entry: &EntryKeys,
    published: Option<Timestamp>,
    read_at: ReadAt,
    known: &[KnownItem],
) -> Identity {
    let has = |kind: KeyKind| entry.keys.iter().any(|key| key.kind == kind);
    let anonymous = !has(KeyKind::Guid) && !has(KeyKind::Url);
    // An entry without what the source's rule asks for is known by what it has.
    let rule = match rule {
        IdentityRule::Guid if !has(KeyKind::Guid) => IdentityRule::Auto,
        IdentityRule::Link if !has(KeyKind::Url) => IdentityRule::Auto,
        IdentityRule::Title if !has(KeyKind::Title) => IdentityRule::Auto,
        rule => rule,
    };
    let suffices = |item: &&KnownItem| match (rule, item.shared) {
        (IdentityRule::Auto, KeyKind::Guid) => {
            let dated = published.is_some() && item.published.is_some() && published != item.published;
            !(dated && item.other_link && item.content != entry.content && !entry.guid_in_link)
        }
        (IdentityRule::Auto, KeyKind::Url) => {
            !(has(KeyKind::Guid) && item.has_guid && item.content != entry.content)
        }
        (IdentityRule::Auto, KeyKind::Content) => {
            anonymous || published.is_some() && published == item.published
        }
        (IdentityRule::Auto, KeyKind::Title) => anonymous,
        (IdentityRule::Guid, shared) => shared == KeyKind::Guid,
        (IdentityRule::Link, shared) => shared == KeyKind::Url,
        (IdentityRule::Title, shared) => matches!(shared, KeyKind::Title | KeyKind::Content),
    };
    let same = known
        .iter()
        .filter(|item| item.source == *source)
        .filter(suffices)
        .min_by_key(|item| (item.shared, std::cmp::Reverse(item.first_seen)));
    match same {
        None => Identity::New,
        Some(item) if item.content == entry.content || read_at.is_as_before(item) => Identity::Known(item.id),
        Some(item) => Identity::Edited(item.id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ItemKey, KeyHash};
    use rstest::rstest;

    fn known(source: &str, shared: KeyKind, content: &str) -> KnownItem {
        KnownItem {
            id: ItemId(7),
            source: SourceName::new(source).expect("a name"),
            shared,
            content: content.to_owned(),
            story: None,
            has_guid: true,
            other_link: false,
            had: Wording::Other,
            published: Some(Timestamp::UNIX_EPOCH),
            first_seen: Timestamp::UNIX_EPOCH,
        }
    }

    fn elsewhere(item: KnownItem) -> KnownItem {
        KnownItem { other_link: true, ..item }
    }

    const SAME_DATE: i64 = 0;
    const NEXT_DAY: i64 = 86_400;

    #[rstest]
    #[case::nothing_shared(&[KeyKind::Guid], SAME_DATE, &[], Identity::New)]
    #[case::guid(&[KeyKind::Guid, KeyKind::Url], SAME_DATE, &[known("News", KeyKind::Guid, "now")], Identity::Known(ItemId(7)))]
    #[case::edited(&[KeyKind::Guid], NEXT_DAY, &[known("News", KeyKind::Guid, "before")], Identity::Edited(ItemId(7)))]
    #[case::guid_of_everything(&[KeyKind::Guid, KeyKind::Url], NEXT_DAY, &[elsewhere(known("News", KeyKind::Guid, "before"))], Identity::New)]
    #[case::edited_with_another_link(&[KeyKind::Guid, KeyKind::Url], SAME_DATE, &[elsewhere(known("News", KeyKind::Guid, "before"))], Identity::Edited(ItemId(7)))]
    #[case::moved(&[KeyKind::Guid, KeyKind::Url], NEXT_DAY, &[elsewhere(known("News", KeyKind::Guid, "now"))], Identity::Known(ItemId(7)))]
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
        let keys = has.iter().map(|kind| ItemKey { kind: *kind, hash: KeyHash::default() }).collect();
        let entry = EntryKeys { keys, content: "now".to_owned(), guid_in_link: false };
        let source = SourceName::new("News").expect("a name");
        let published = Timestamp::from_second(published).ok();
        assert_eq!(decide(&source, IdentityRule::Auto, &entry, published, ReadAt::Only, known), expected);
    }

    #[rstest]
    #[case::link_whatever_the_guid(IdentityRule::Link, KeyKind::Url, Identity::Edited(ItemId(7)))]
    #[case::guid_means_nothing(IdentityRule::Link, KeyKind::Guid, Identity::New)]
    #[case::link_means_nothing(IdentityRule::Guid, KeyKind::Url, Identity::New)]
    #[case::headline_alone(IdentityRule::Title, KeyKind::Title, Identity::Edited(ItemId(7)))]
    fn obeys_the_sources_rule(
        #[case] rule: IdentityRule,
        #[case] shared: KeyKind,
        #[case] expected: Identity,
    ) {
        let kinds = [KeyKind::Guid, KeyKind::Url, KeyKind::Title];
        let keys = kinds.map(|kind| ItemKey { kind, hash: KeyHash::default() }).into();
        let entry = EntryKeys { keys, content: "now".to_owned(), guid_in_link: false };
        let source = SourceName::new("News").expect("a name");
        assert_eq!(
            decide(&source, rule, &entry, None, ReadAt::Only, &[known("News", shared, "before")]),
            expected
        );
    }

    #[rstest]
    #[case::taken_back_where_there_is_one_address(ReadAt::Only, Wording::Text, Identity::Edited(ItemId(7)))]
    #[case::told_without_its_summary(ReadAt::Another, Wording::Title, Identity::Known(ItemId(7)))]
    #[case::told_without_its_summary_once_more(ReadAt::Same, Wording::Text, Identity::Known(ItemId(7)))]
    #[case::under_another_headline(ReadAt::Another, Wording::Other, Identity::Edited(ItemId(7)))]
    #[case::edited_at_the_second_address(ReadAt::Same, Wording::Title, Identity::Edited(ItemId(7)))]
    fn an_item_reads_differently_at_another_address(
        #[case] read_at: ReadAt,
        #[case] had: Wording,
        #[case] expected: Identity,
    ) {
        let keys = vec![ItemKey { kind: KeyKind::Url, hash: KeyHash::default() }];
        let entry = EntryKeys { keys, content: "now".to_owned(), guid_in_link: false };
        let source = SourceName::new("News").expect("a name");
        let known = [KnownItem { had, ..known("News", KeyKind::Url, "before") }];
        assert_eq!(decide(&source, IdentityRule::Auto, &entry, None, read_at, &known), expected);
    }

    #[test]
    fn a_guid_that_stands_in_the_link_is_the_items_own() {
        let keys =
            [KeyKind::Guid, KeyKind::Url].map(|kind| ItemKey { kind, hash: KeyHash::default() }).into();
        let entry = EntryKeys { keys, content: "now".to_owned(), guid_in_link: true };
        let source = SourceName::new("News").expect("a name");
        let published = Timestamp::from_second(NEXT_DAY).ok();
        let known = [elsewhere(known("News", KeyKind::Guid, "before"))];
        assert_eq!(
            decide(&source, IdentityRule::Auto, &entry, published, ReadAt::Only, &known),
            Identity::Edited(ItemId(7))
        );
    }

    #[test]
    fn guids_that_change_from_poll_to_poll_are_found_out() {
        let source = SourceName::new("News").expect("a name");
        let keys =
            [KeyKind::Guid, KeyKind::Url].map(|kind| ItemKey { kind, hash: KeyHash::default() }).into();
        let entry = EntryKeys { keys, content: "now".to_owned(), guid_in_link: false };
        let mut record = GuidRecord::default();
        for _ in 0..5 {
            assert_eq!(record.rule(IdentityRule::Auto), IdentityRule::Auto);
            record.count(&source, &entry, &[known("News", KeyKind::Url, "before")]);
        }
        assert_eq!(record.rule(IdentityRule::Auto), IdentityRule::Link);
        assert_eq!(record.rule(IdentityRule::Guid), IdentityRule::Guid);
        record.count(&source, &entry, &[known("Other", KeyKind::Url, "before")]);
        assert_eq!(record.renewed, 5, "another source's link says nothing of these guids");
        for _ in 0..2 {
            record.count(&source, &entry, &[known("News", KeyKind::Guid, "before")]);
        }
        assert_eq!(record.rule(IdentityRule::Auto), IdentityRule::Auto);
    }
}
