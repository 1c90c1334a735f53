//! One poll: fetched, parsed, assessed; nothing is written.
//!
//! A source's failure is a value here: it is recorded, and stops nobody else.

use super::House;
use crate::assess::Input;
use crate::domain::{
    Address, Asked, Assessment, Entry, KnownAddress, Moved, Repair, Rest, RestReason, Source, SourceForm,
    Validators,
};
use crate::fetch::{Fetched, Manners, Slot};
use crate::group::{Features, Report};
use crate::parse;
use crate::schedule::{self, Occasion};
use crate::store::StoreError;
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use std::time::{Duration, Instant};
use url::Url;

/// What a poll came to.
#[derive(Debug)]
pub(super) struct Polled {
    /// The source.
    pub(super) source: Source,
    /// When it was asked.
    pub(super) now: Timestamp,
    /// Which of its addresses were asked before that and gave nothing to read, and what is known of them from now
    /// on.
    pub(super) failed: Vec<(Url, KnownAddress)>,
    /// What it answered.
    pub(super) outcome: Outcome,
}

/// An entry with what it says and what it is compared by.
#[derive(Debug)]
pub(super) struct Judged {
    pub(super) entry: Entry,
    pub(super) assessment: Assessment,
    pub(super) features: Features,
}

/// What a source answered.
#[derive(Debug)]
pub(super) enum Outcome {
    /// Nothing new since the last poll.
    Unchanged(Answered),
    /// A body that could be read.
    Changed {
        /// Who answered, and how.
        answered: Answered,
        /// How the feed asks to be polled.
        asked: Asked,
        /// What had to be mended to read it.
        repairs: Vec<Repair>,
        /// What stood in it, and what that says.
        entries: Vec<Judged>,
        /// Its place among the requests, which no other gets before it is written.
        slot: Option<Slot>,
    },
    /// None of its addresses could be read.
    Failed {
        /// Why, for a person.
        reason: String,
        /// How long the server asked not to be polled.
        retry_after: Option<Duration>,
        /// All servers say that it is gone for good.
        gone: bool,
    },
}

impl Outcome {
    /// Gives its place among the requests back: it is written, and what follows may ask others.
    pub(super) fn let_go(&mut self) {
        if let Self::Changed { slot, .. } = self {
            *slot = None;
        }
    }
}

/// Which address answered, and what is known of it from now on.
#[derive(Debug)]
pub(super) struct Answered {
    /// The address, as it is configured.
    pub(super) address: Url,
    /// Whether it was never read before.
    pub(super) is_new: bool,
    /// What is kept of it for the next poll.
    pub(super) known: KnownAddress,
    /// How long the server says that its answer is current.
    pub(super) fresh_for: Option<Duration>,
}

/// Asks a source's addresses in order until one answers with something that can be read. An error is
/// the database's, never the source's.
pub(super) async fn poll(
    house: &Arc<House>,
    source: &Source,
    occasion: Occasion,
) -> Result<Polled, StoreError> {
    let now = house.clock.now();
    let addresses = house.addresses(&source.name).await?;
    let known = |address: &Address| addresses.get(&address.url).cloned();
    let rests = source.addresses.iter().map(|address| known(address)?.rest).collect::<Vec<_>>();
    let mut failures: Vec<Failure> = Vec::new();
    let mut failed = Vec::new();
    for (address, rest) in source.addresses.iter().zip(schedule::left_alone(&rests, occasion, now)) {
        if let Some(rest) = rest {
            failures.push(Failure::resting(rest, now));
            continue;
        }
        match ask_where_it_is(house, source, address, known(address), now).await {
            Ok(outcome) => {
                for (address, failure) in source.addresses.iter().zip(&failures) {
                    tracing::debug!(source = %source.name, key = address.form.key(), reason = failure.reason, "cannot be read; a later address can");
                }
                return Ok(Polled { source: source.clone(), now, failed, outcome });
            }
            Err(failure) => {
                let known = known(address).unwrap_or_default();
                let Failure { retry_after, gone, .. } = failure;
                let rest = schedule::rest(known.rest, retry_after, gone, source.interval, now);
                failed.push((address.url.clone(), KnownAddress { rest: Some(rest), ..known }));
                failures.push(failure);
            }
        }
    }
    Ok(Polled { source: source.clone(), now, failed, outcome: all_failed(source, &failures) })
}

struct Failure {
    reason: String,
    retry_after: Option<Duration>,
    gone: bool,
}

impl Failure {
    fn of(reason: String) -> Self {
        Self { reason, retry_after: None, gone: false }
    }

    /// It was not asked.
    fn resting(rest: Rest, now: Timestamp) -> Self {
        Self {
            reason: match rest.reason {
                RestReason::Gone => "it is gone for good".to_owned(),
                RestReason::Asked | RestReason::Failing => {
                    format!("left alone until {}", rest.until.strftime("%Y-%m-%d %H:%M UTC"))
                }
            },
            retry_after: Duration::try_from(rest.until.duration_since(now)).ok(),
            gone: rest.reason == RestReason::Gone,
        }
    }
}

/// Asks where the address has moved to, where that is believed; where that fails, at the address itself,
/// as if nothing were known of it.
async fn ask_where_it_is(
    house: &Arc<House>,
    source: &Source,
    address: &Address,
    known: Option<KnownAddress>,
    now: Timestamp,
) -> Result<Outcome, Failure> {
    let is_new = known.as_ref().is_none_or(|known| !known.was_read());
    let known = known.unwrap_or_default();
    let Some(moved) = known.moved.clone().filter(Moved::is_believed) else {
        return ask(house, source, (address, &address.url), (known, is_new), now).await;
    };
    match ask(house, source, (address, &moved.to), (known, is_new), now).await {
        Ok(outcome) => Ok(outcome),
        // It is there, and wants to be left alone.
        Err(failure) if failure.retry_after.is_some() => Err(failure),
        Err(_) => ask(house, source, (address, &address.url), (KnownAddress::default(), is_new), now).await,
    }
}

/// Asks for an address where it is now.
async fn ask(
    house: &Arc<House>,
    source: &Source,
    (address, at): (&Address, &Url),
    (known, is_new): (KnownAddress, bool),
    now: Timestamp,
) -> Result<Outcome, Failure> {
    // What was read by other rules is read again, though it has not changed.
    let rules = rules_mark(&address.form);
    let read_so = known.digest.as_ref().is_none_or(|digest| digest.starts_with(&rules));
    let validators = if read_so { known.validators.clone() } else { Validators::default() };
    let asked = house.fetcher.get_held(source, &address.form, at, &validators, now);
    let (fetched, slot) = asked.await.map_err(|error| Failure {
        reason: error.to_string(),
        retry_after: error.retry_after(),
        gone: error.is_gone(),
    })?;
    let answered = |manners: Manners, validators: Validators, digest: Option<String>| {
        let moved = moved(source, known.moved.as_ref().filter(|_| *at == address.url), manners.moved);
        let moved = moved.or_else(|| known.moved.clone().filter(|_| *at != address.url));
        let known = KnownAddress { validators, digest, moved, rest: None };
        Answered { address: address.url.clone(), is_new, known, fresh_for: manners.fresh_for }
    };
    let body = match fetched {
        Fetched::Unchanged(manners) => {
            return Ok(Outcome::Unchanged(answered(manners, known.validators.clone(), known.digest.clone())));
        }
        Fetched::Body(body) => body,
    };
    let digest = format!("{rules}{}", digest(&body.bytes));
    let same = known.digest.as_ref() == Some(&digest);
    let answered = answered(body.manners.clone(), body.validators.clone(), Some(digest));
    if same {
        return Ok(Outcome::Unchanged(answered));
    }
    // Parsing and assessing are work for a thread that may block; both own what they need.
    let (inside, source, form) = (Arc::clone(house), source.clone(), Arc::clone(&address.form));
    let work = tokio::task::spawn_blocking(move || {
        let begun = Instant::now();
        let parsed = parse::entries(&form, &body.bytes, body.content_type.as_deref(), &body.final_url, now)?;
        for repair in &parsed.repairs {
            if *repair == Repair::TooManyEntries {
                tracing::info!(source = %source.name, most = parse::MAX_ENTRIES, "more entries than are read at a time");
            } else {
                // Said at every poll that brings something; `sources` shows it.
                tracing::debug!(source = %source.name, repair = repair.in_words(), "the source needed a repair");
            }
        }
        let (asked, repairs) = (parsed.asked.clone(), parsed.repairs.clone());
        let judged = assess_all(&inside, &source, parsed, now);
        inside.metrics.assessed(begun.elapsed());
        Ok::<_, parse::ParseError>((asked, repairs, judged))
    });
    match work.await {
        Ok(Ok((asked, repairs, entries))) => {
            Ok(Outcome::Changed { answered, asked, repairs, entries, slot: Some(slot) })
        }
        Ok(Err(error)) => Err(Failure::of(error.to_string())),
        Err(_) => Err(Failure::of("reading it failed in an unforeseen way".to_owned())),
    }
}

/// What is known of a move after a poll that told of one, or of none.
fn moved(source: &Source, before: Option<&Moved>, told: Option<Url>) -> Option<Moved> {
    let to = told?;
    let times = before.filter(|before| before.to == to).map_or(1, |before| before.times.saturating_add(1));
    if times == Moved::BELIEVED {
        let host = to.host_str().unwrap_or_default();
        tracing::warn!(source = %source.name, host, "{} has moved for good and is read where it is now; `sources` shows the new address", source.name);
    }
    Some(Moved { to, times })
}

/// By what the rules of a source's form are known again; nothing where it has none.
fn rules_mark(form: &SourceForm) -> String {
    match form {
        SourceForm::Feed | SourceForm::Search => String::new(),
        SourceForm::Page(_) | SourceForm::Json(_) => {
            format!("{}:", digest(format!("{form:?}").as_bytes()).chars().take(8).collect::<String>())
        }
    }
}

/// By what a body is known again.
fn digest(bytes: &[u8]) -> String {
    use std::fmt::Write;
    Sha256::digest(bytes).iter().take(16).fold(String::new(), |mut text, byte| {
        let _written = write!(text, "{byte:02x}");
        text
    })
}

pub(super) fn assess_all(
    house: &House,
    source: &Source,
    parsed: parse::Parsed,
    now: Timestamp,
) -> Vec<Judged> {
    let parse::Parsed { entries, language, .. } = parsed;
    entries
        .into_iter()
        .map(|entry| {
            let (assessment, text) = house.assessor.assess(&Input {
                title: &entry.title,
                summary: &entry.summary,
                body: "",
                language: source.language.or(entry.language).or(language),
                published: entry.published,
                speaks_for: source.speaks_for,
            });
            let when = entry.published.unwrap_or(now);
            let report = Report::new(source.name.as_str(), when, &text, &assessment);
            let features = Features::of(&house.rules, report);
            Judged { entry, assessment, features }
        })
        .collect()
}

/// One reason for all addresses; each is named where there are several.
fn all_failed(source: &Source, failures: &[Failure]) -> Outcome {
    // Each of several addresses rests by itself: the source waits for the first that may be asked again.
    let retry_after = failures.iter().map(|failure| failure.retry_after).min().flatten();
    let gone = failures.iter().all(|failure| failure.gone);
    let reason = match failures {
        [only] => only.reason.clone(),
        several => source
            .addresses
            .iter()
            .zip(several)
            // Without the query, in which keys to a service may stand.
            .map(|(address, failure)| {
                let url = &address.url;
                format!("{}{}: {}", url.host_str().unwrap_or_default(), url.path(), failure.reason)
            })
            .collect::<Vec<_>>()
            .join("; "),
    };
    Outcome::Failed { reason, retry_after, gone }
}
