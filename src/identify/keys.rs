//! Keys: what an entry can be known again by.

use super::canonical_url;
use crate::domain::{Entry, ItemKey, KeyHash, KeyKind, SourceName};
use crate::text::normal_title;
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// Fewest words of a title that is a key by itself: "Live updates" and "Sanctions news" are told
/// again and again about other things.
const TITLE_KEY_WORDS: usize = 5;

/// An entry's keys, strongest first, and the hash of what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryKeys {
    /// The keys that may be trusted in this poll.
    pub keys: Vec<ItemKey>,
    /// Hash of title and summary as they read now.
    pub content: String,
    /// Whether the guid stands in the link, so that it is this item's own and no other's.
    pub guid_in_link: bool,
}

/// The keys of all entries of one poll. A guid or link that several of them share says nothing and
/// is left out for all of them.
#[must_use]
pub fn batch_keys<'a>(source: &SourceName, entries: impl IntoIterator<Item = &'a Entry>) -> Vec<EntryKeys> {
    let mut all: Vec<EntryKeys> = entries.into_iter().map(|entry| entry_keys(source, entry)).collect();
    let mut uses: HashMap<ItemKey, usize> = HashMap::new();
    for key in all.iter().flat_map(|entry| &entry.keys) {
        *uses.entry(*key).or_default() += 1;
    }
    for entry in &mut all {
        entry.keys.retain(|key| !matches!(key.kind, KeyKind::Guid | KeyKind::Url) || uses[key] == 1);
    }
    all
}

fn entry_keys(source: &SourceName, entry: &Entry) -> EntryKeys {
    let title = normal_title(&entry.title);
    let summary = normal_title(&entry.summary);
    let content = hash(&["content", &title, &summary]);
    let mut keys = Vec::with_capacity(4);
    if let Some(guid) = entry.guid.as_deref().filter(|guid| !guid.trim().is_empty()) {
        // Some publishers count an item's versions in the fragment of a guid that is a link.
        let guid = guid.trim();
        let guid = if guid.starts_with("http") { guid.split('#').next().unwrap_or(guid) } else { guid };
        keys.push(ItemKey { kind: KeyKind::Guid, hash: hash(&["guid", source.as_str(), guid]) });
    }
    if let Some(url) = &entry.url {
        keys.push(ItemKey { kind: KeyKind::Url, hash: hash(&["url", &canonical_url(url)]) });
    }
    let words = title.split(' ').filter(|word| !word.is_empty()).count();
    if words >= TITLE_KEY_WORDS || !summary.is_empty() {
        keys.push(ItemKey { kind: KeyKind::Content, hash: content });
    }
    if words >= TITLE_KEY_WORDS {
        keys.push(ItemKey { kind: KeyKind::Title, hash: hash(&["title", &title]) });
    }
    if keys.is_empty() {
        keys.push(ItemKey { kind: KeyKind::Content, hash: hash(&["content", source.as_str(), &title]) });
    }
    EntryKeys { keys, content: content.to_string(), guid_in_link: guid_in_link(entry) }
}

/// Whether an entry's link holds its guid, as "/2026/lists-20260602-p54yg6.html" holds "p54yg6": publishers
/// change such a link with the headline and keep the number. A word alone ("latest") is no number.
fn guid_in_link(entry: &Entry) -> bool {
    const SHORTEST: usize = 4;
    let (Some(guid), Some(url)) = (&entry.guid, &entry.url) else { return false };
    let numbered = guid.len() >= SHORTEST && guid.contains(|c: char| c.is_ascii_digit());
    let part = |part: &str| part.trim_end_matches(".html") == guid;
    numbered && !guid.starts_with("http") && url.path().split(['/', '-', '_']).any(part)
}

/// Half a SHA-256 over the parts, each closed by a byte that no text holds.
fn hash(parts: &[&str]) -> KeyHash {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    let mut half = [0; 16];
    half.iter_mut().zip(digest.finalize()).for_each(|(to, byte)| *to = byte);
    KeyHash(half)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn entry(guid: Option<&str>, url: Option<&str>, title: &str) -> Entry {
        Entry {
            guid: guid.map(str::to_owned),
            url: url.map(|url| url.parse().expect("a link")),
            title: title.to_owned(),
            summary: String::new(),
            published: None,
            language: None,
        }
    }

    fn kinds(keys: &EntryKeys) -> Vec<KeyKind> {
        keys.keys.iter().map(|key| key.kind).collect()
    }

    #[rstest]
    #[case::number("p54yg6", "https://news.example/2026/lists-20260602-p54yg6.html", true)]
    #[case::part_of_the_path("123456", "https://news.example/news/123456/lists", true)]
    #[case::part_of_a_number("1234", "https://news.example/news/123456/lists", false)]
    #[case::word("latest", "https://news.example/latest", false)]
    #[case::short("6", "https://news.example/6", false)]
    #[case::address("https://news.example/1", "https://news.example/1", false)]
    fn a_guid_in_the_link(#[case] guid: &str, #[case] link: &str, #[case] expected: bool) {
        let entry = Entry {
            guid: Some(guid.to_owned()),
            url: link.parse().ok(),
            title: String::new(),
            summary: String::new(),
            published: None,
            language: None,
        };
        assert_eq!(guid_in_link(&entry), expected);
    }

    #[test]
    fn a_guid_that_all_entries_share_is_no_key() {
        let source = SourceName::new("News").expect("a name");
        let entries = [
            entry(Some("same"), Some("https://example.org/1"), "First of two headlines today"),
            entry(Some("same"), Some("https://example.org/2"), "Second of two headlines today"),
        ];
        for keys in batch_keys(&source, &entries) {
            assert_eq!(kinds(&keys), [KeyKind::Url, KeyKind::Content, KeyKind::Title]);
        }
    }

    #[test]
    fn short_titles_are_no_keys_but_no_entry_is_without_one() {
        let source = SourceName::new("News").expect("a name");
        let keys = batch_keys(&source, &[entry(None, None, "Live updates")]);
        assert_eq!(kinds(&keys[0]), [KeyKind::Content]);
        let other = SourceName::new("Other").expect("a name");
        assert_ne!(keys, batch_keys(&other, &[entry(None, None, "Live updates")]));
    }

    #[test]
    fn guids_of_two_sources_do_not_meet_but_links_do() {
        let one = SourceName::new("One").expect("a name");
        let two = SourceName::new("Two").expect("a name");
        let same = [entry(Some("17"), Some("https://example.org/a"), "Headline")];
        let (left, right) = (&batch_keys(&one, &same)[0], &batch_keys(&two, &same)[0]);
        assert_ne!(left.keys[0], right.keys[0]);
        assert_eq!(left.keys[1], right.keys[1]);
    }
}
