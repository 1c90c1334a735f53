//! Articles: items that wait for theirs are decided when it is read, when it cannot be, or when they have
//! waited long enough; then by what the feed says.
//!
//! Owns: what stands between the transaction that writes an item and the one that decides it. Nothing is
//! asked of the web within either. An article that cannot be read is noted with its item and stops nothing.

use super::House;
use super::commit::Committed;
use super::poll::Judged;
use super::writer::Writer;
use crate::alerting::Freshness;
use crate::assess::Input;
use crate::domain::{Assessment, Entry, Source, SourceName};
use crate::fetch::Body;
use crate::store::{AwaitedItem, ReadArticle, StoreError};
use crate::{parse, telling};
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use url::Url;

/// How long an item waits for its article, and so the longest time that all of a source's articles take together:
/// whoever is to be told of it waits, too.
pub(super) const ARTICLE_WAIT: Duration = Duration::from_mins(2);

/// Reads the articles that items of a source wait for, and decides each item as soon as its own is there.
/// Where `stop` comes first, the rest wait on. A source that is configured no more is asked for nothing: its
/// items are decided as they are.
pub(super) async fn read_articles(
    house: &Arc<House>,
    name: &SourceName,
    stop: &CancellationToken,
) -> Result<Committed, StoreError> {
    let source = house.config.sources.iter().find(|source| source.name == *name);
    let mut reads = JoinSet::new();
    let mut items = HashMap::new();
    for item in house.store.awaited_items(name).await? {
        let (house, source, asked) = (Arc::clone(house), source.cloned(), item.clone());
        let task = reads.spawn(async move {
            match source {
                Some(source) => read(&house, source, &asked).await,
                None => Err("its source is configured no more".to_owned()),
            }
        });
        items.insert(task.id(), item);
    }
    let mut total = Committed::default();
    loop {
        let read = tokio::select! {
            () = stop.cancelled() => return Ok(total),
            read = reads.join_next_with_id() => read,
        };
        let (task, article) = match read {
            None => return Ok(total),
            Some(Ok((task, article))) => (task, article),
            Some(Err(failed)) => {
                tracing::error!(source = %name, %failed, "reading an article ended in a way that was not foreseen");
                (failed.id(), Err("reading it failed in an unforeseen way".to_owned()))
            }
        };
        if let Some(item) = items.remove(&task) {
            total.add(&decide(house, &item, article).await?);
        }
    }
}

/// An item as its article has it judged.
struct Reread {
    text: String,
    /// The sentence that tells what headline and summary did not.
    passage: Option<String>,
    assessment: Assessment,
}

/// Asks for an item's article and judges the item by it, or says why there is none.
async fn read(house: &Arc<House>, source: Source, item: &AwaitedItem) -> Result<Reread, String> {
    let Some(address) = &item.entry.url else { return Err("the item has no link".to_owned()) };
    let now = house.clock.now();
    let left = Duration::try_from(item.until.duration_since(now)).unwrap_or_default();
    match tokio::time::timeout(left, house.fetcher.article(&source, address, now)).await {
        Err(_) => Err("it did not come in time".to_owned()),
        Ok(Err(error)) => Err(error.to_string()),
        Ok(Ok(body)) if leads_home(address, &body.final_url) => {
            Err("its link leads to the start page".to_owned())
        }
        Ok(Ok(body)) => {
            // Work for a thread that may block; it owns what it needs.
            let (house, item) = (Arc::clone(house), item.clone());
            let work = tokio::task::spawn_blocking(move || {
                let text = text_of(&body, now)?;
                Ok(reassess(&house, &source, &item, text))
            });
            work.await.unwrap_or_else(|_| Err("reading it failed in an unforeseen way".to_owned()))
        }
    }
}

/// The text of a page.
fn text_of(body: &Body, now: Timestamp) -> Result<String, String> {
    match parse::article(&body.bytes, body.content_type.as_deref(), Some(&body.final_url), now) {
        Ok(article) if article.body.is_empty() => Err("the page shows no text".to_owned()),
        Ok(article) => Ok(article.body),
        Err(error) => Err(error.to_string()),
    }
}

/// Whether a server has sent a reader from an article to its start page: the article is not there.
fn leads_home(asked: &Url, came: &Url) -> bool {
    let is_home = |url: &Url| matches!(url.path(), "" | "/") && url.query().is_none();
    is_home(came) && !is_home(asked)
}

/// What the item says with its article.
fn reassess(house: &House, source: &Source, item: &AwaitedItem, text: String) -> Reread {
    let (assessment, passage) = with_article(house, source, &item.entry, &item.assessment, &text);
    Reread { text, passage, assessment }
}

/// What an entry, of which headline and summary say `before`, says with the text of its article; and the
/// sentence that tells what these did not.
pub(super) fn with_article(
    house: &House,
    source: &Source,
    entry: &Entry,
    before: &Assessment,
    body: &str,
) -> (Assessment, Option<String>) {
    let input = Input {
        title: &entry.title,
        summary: &entry.summary,
        body,
        language: source.language.or(entry.language),
        published: entry.published,
        speaks_for: source.speaks_for,
    };
    let asking = (house.config.watches.as_slice(), house.config.thresholds);
    telling::with_article(&house.assessor, asking, &source.name, &input, before)
}

/// The transaction that decides an item. It is decided once: whoever comes second finds it done.
async fn decide(
    house: &House,
    item: &AwaitedItem,
    article: Result<Reread, String>,
) -> Result<Committed, StoreError> {
    let mut window = house.hold_window().await?;
    let committed = write(house, item, article, &mut window).await?;
    window.keep();
    Ok(committed)
}

async fn write(
    house: &House,
    item: &AwaitedItem,
    article: Result<Reread, String>,
    window: &mut crate::group::Window,
) -> Result<Committed, StoreError> {
    let AwaitedItem { id, source, entry, first_seen, .. } = item;
    let mut transaction = house.store.begin().await?;
    let outcome = article.as_ref().map_err(String::as_str);
    let outcome = outcome.map(|read| ReadArticle { text: &read.text, passage: read.passage.as_deref() });
    if !transaction.end_waiting(*id, outcome).await? {
        return Ok(Committed::default());
    }
    let mut committed = Committed::default();
    let assessment = match article {
        Ok(read) => {
            committed.articles_read = 1;
            transaction.reassess(*id, &read.assessment).await?;
            read.assessment
        }
        Err(reason) => {
            committed.articles_failed = 1;
            tracing::debug!(%source, item = %id, %reason, "an article cannot be read; the feed's text decides");
            item.assessment.clone()
        }
    };
    let when = entry.published.unwrap_or(*first_seen);
    let features = house.features(source.as_str(), &entry.title, &entry.summary, when, &assessment);
    let judged = Judged { entry: entry.clone(), assessment, features };
    let keys = transaction.item_keys(*id).await?;
    let known = transaction.known_items(source, &keys).await?;
    let mut writer = Writer { house, source, now: house.clock.now(), transaction, window, committed };
    // It was news when it came, or it would not have waited.
    writer.place(*id, &judged, &known, Freshness::News).await?;
    let Writer { transaction, committed, .. } = writer;
    transaction.commit().await?;
    Ok(committed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::home("https://a.example/2026/story", "https://a.example/", true)]
    #[case::home_of_another("https://a.example/2026/story", "https://www.b.example", true)]
    #[case::article("https://a.example/s?id=1", "https://a.example/2026/story", false)]
    #[case::article_by_query("https://a.example/s", "https://a.example/?p=12", false)]
    #[case::home_was_asked_for("https://a.example/", "https://a.example/", false)]
    fn a_start_page_is_no_article(#[case] asked: &str, #[case] came: &str, #[case] expected: bool) {
        let url = |text: &str| Url::parse(text).expect("an address");
        assert_eq!(leads_home(&url(asked), &url(came)), expected);
    }
}
