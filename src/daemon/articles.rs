//! Articles: items that wait for theirs are decided when it is read, when it cannot be, or when they have
//! waited long enough; then by what the feed says.
//!
//! Owns: what stands between the transaction that writes an item and the one that decides it. Nothing is
//! asked of the web within either. An article that cannot be read is noted with its item and stops nothing.

use super::House;
use super::commit::Committed;
use super::poll::Judged;
use super::writer::Writer;
use crate::alerting::{Freshness, Text};
use crate::assess::{Input, lead_end};
use crate::domain::{Assessment, Entry, Field, Source, SourceName};
use crate::fetch::Body;
use crate::store::{AwaitedItem, ReadArticle, StoreError};
use crate::{parse, text};
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

/// Most characters of the sentence that is shown of an article.
const MAX_PASSAGE_CHARS: usize = 400;

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
    let (after, clean) = house.assessor.assess(&Input {
        title: &entry.title,
        summary: &entry.summary,
        body,
        language: source.language.or(entry.language),
        published: entry.published,
        speaks_for: source.speaks_for,
    });
    // Nobody is told less for an article that was read.
    let text = Text { title: &entry.title, summary: &entry.summary, source: Some(&source.name) };
    let asking = |assessment: &Assessment| house.asking(&house.told(&assessment.relations), text);
    if !asking(&after).is_superset(&asking(before)) {
        return (before.clone(), None);
    }
    if before.unreported.is_none() || after.unreported.is_some() {
        return (fuller(before, after), None);
    }
    match passage(&after, &clean.body) {
        Some(passage) => (after, Some(passage)),
        None => (before.clone(), None),
    }
}

/// The sentence from which the strongest relation was read, where it stands in the article's lead: what comes
/// behind that is background, which a headline that says something else was not written over.
fn passage(assessment: &Assessment, body: &str) -> Option<String> {
    let strongest = assessment.relations.iter().max_by_key(|relation| relation.score)?;
    let read = strongest.evidence.iter().filter(|evidence| evidence.field == Field::Body);
    let weightiest = read.max_by_key(|evidence| evidence.weight)?;
    let in_lead = weightiest.start < lead_end(body);
    in_lead.then(|| text::one_line(text::sentence_at(body, weightiest.start), MAX_PASSAGE_CHARS))
}

/// What holds of an item: what it says with its article, unless that tells less than the headline did. An
/// article speaks of much, and what the headline says is the news.
fn fuller(before: &Assessment, with_article: Assessment) -> Assessment {
    let kept = |before: bool, now: bool| !before || now;
    let all = kept(before.sanctions.reported, with_article.sanctions.reported)
        && kept(before.alliance.reported, with_article.alliance.reported)
        && (before.unreported.is_some() || with_article.countries.is_superset(&before.countries));
    if all { with_article } else { before.clone() }
}

/// The transaction that decides an item. It is decided once: whoever comes second finds it done.
async fn decide(
    house: &House,
    item: &AwaitedItem,
    article: Result<Reread, String>,
) -> Result<Committed, StoreError> {
    let mut window = house.hold_window().await;
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
    use crate::domain::{DropReason, KindResult, Named, Score};
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

    fn says(kinds: (bool, bool), countries: &[&str]) -> Assessment {
        let result = |reported| KindResult { reported, score: Score::ZERO };
        let unreported = (!kinds.0 && !kinds.1).then_some(DropReason::BelowThreshold);
        Assessment {
            lang: None,
            sanctions: result(kinds.0),
            alliance: result(kinds.1),
            countries: countries.iter().map(|code| code.parse().expect("a code")).collect(),
            named: Named::default(),
            relations: Vec::new(),
            unreported,
        }
    }

    #[rstest]
    #[case::decided(says((false, false), &["CU"]), says((true, false), &["US", "IR"]), true)]
    #[case::more(says((true, false), &["US", "IR"]), says((true, true), &["US", "IR", "BY"]), true)]
    #[case::a_kind_less(says((true, false), &["US", "IR"]), says((false, true), &["US", "IR"]), false)]
    #[case::a_party_less(says((true, false), &["US", "IR"]), says((true, false), &["US"]), false)]
    #[case::nothing(says((true, false), &["US", "IR"]), says((false, false), &[]), false)]
    fn an_article_takes_nothing_from_what_the_headline_says(
        #[case] before: Assessment,
        #[case] with_article: Assessment,
        #[case] expected: bool,
    ) {
        let taken = with_article.clone();
        assert_eq!(fuller(&before, with_article) == taken, expected);
    }

    #[test]
    fn the_sentence_shown_is_the_one_that_weighs_most() {
        let vocabulary = crate::config::check_text("").expect("a configuration").config.vocabulary;
        let assessor = crate::assess::Assessor::new(&vocabulary, crate::domain::Thresholds::default());
        let body = "It rained. Iran and Belarus signed a cooperation roadmap on Thursday. Nobody else came.";
        let input = Input { title: "A long night", body, ..Input::default() };
        let (assessment, clean) = assessor.assess(&input);
        let shown = passage(&assessment, &clean.body).expect("a sentence");
        assert_eq!(shown, "Iran and Belarus signed a cooperation roadmap on Thursday.");
        assert_eq!(passage(&says((false, false), &[]), body), None);
        let (behind, clean) = {
            let body = format!("{} {body}", "It rained all day in the town. ".repeat(60));
            assessor.assess(&Input { title: "A long night", body: &body, ..Input::default() })
        };
        assert!(!behind.relations.is_empty(), "it is read there, too");
        assert_eq!(passage(&behind, &clean.body), None);
    }
}
