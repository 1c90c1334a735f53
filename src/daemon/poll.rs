//! One poll: fetched, parsed, assessed; nothing is written.
//!
//! A source's failure is a value here: it is recorded, and stops nobody else.

use super::House;
use crate::assess::Input;
use crate::domain::{Assessment, Entry, Source, Validators};
use crate::fetch::Fetched;
use crate::group::{Features, Report};
use crate::parse;
use crate::store::StoreError;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// What a poll came to.
#[derive(Debug)]
pub(super) struct Polled {
    /// The source.
    pub(super) source: Source,
    /// When it was asked.
    pub(super) now: Timestamp,
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
    Unchanged,
    /// A body that could be read.
    Changed {
        /// Which of its addresses answered.
        address: Url,
        /// What lets the next poll ask "anything new?".
        validators: Validators,
        /// What stood in it, and what that says.
        entries: Vec<Judged>,
    },
    /// None of its addresses could be read.
    Failed {
        /// Why, for a person.
        reason: String,
        /// How long the server asked not to be polled.
        retry_after: Option<Duration>,
    },
}

/// Asks a source's addresses in order until one answers with something that can be read. An error is
/// the database's, never the source's.
pub(super) async fn poll(house: &Arc<House>, source: &Source) -> Result<Polled, StoreError> {
    let now = house.clock.now();
    let validators = house.store.validators(&source.name).await?;
    let mut failures: Vec<Failure> = Vec::new();
    for address in &source.addresses {
        let known = validators.get(address.as_str()).cloned().unwrap_or_default();
        match ask(house, source, address, &known, now).await {
            Ok(outcome) => return Ok(Polled { source: source.clone(), now, outcome }),
            Err(failure) => failures.push(failure),
        }
    }
    Ok(Polled { source: source.clone(), now, outcome: all_failed(source, &failures) })
}

struct Failure {
    reason: String,
    retry_after: Option<Duration>,
}

async fn ask(
    house: &Arc<House>,
    source: &Source,
    address: &Url,
    validators: &Validators,
    now: Timestamp,
) -> Result<Outcome, Failure> {
    let fetched = house
        .fetcher
        .get(source, address, validators, now)
        .await
        .map_err(|error| Failure { reason: error.to_string(), retry_after: error.retry_after() })?;
    let body = match fetched {
        Fetched::Unchanged => return Ok(Outcome::Unchanged),
        Fetched::Body(body) => body,
    };
    let validators = body.validators.clone();
    // Parsing and assessing are work for a thread that may block; both own what they need.
    let (inside, source) = (Arc::clone(house), source.clone());
    let work = tokio::task::spawn_blocking(move || {
        let parsed =
            parse::entries(&source.form, &body.bytes, body.content_type.as_deref(), &body.final_url, now)?;
        for repair in &parsed.repairs {
            if *repair == parse::Repair::TooManyEntries {
                tracing::warn!(source = %source.name, most = parse::MAX_ENTRIES, "more entries than are read at a time");
            } else if repair.is_an_idle_rule() {
                tracing::warn!(source = %source.name, %repair, "a rule of this source is out of date");
            } else {
                tracing::debug!(source = %source.name, %repair, "the feed needed a repair");
            }
        }
        Ok::<_, parse::ParseError>(assess_all(&inside, &source, parsed, now))
    });
    match work.await {
        Ok(Ok(entries)) => Ok(Outcome::Changed { address: address.clone(), validators, entries }),
        Ok(Err(error)) => Err(Failure { reason: error.to_string(), retry_after: None }),
        Err(_) => {
            Err(Failure { reason: "reading it failed in an unforeseen way".to_owned(), retry_after: None })
        }
    }
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
    let retry_after = failures.iter().filter_map(|failure| failure.retry_after).max();
    let reason = match failures {
        [only] => only.reason.clone(),
        several => source
            .addresses
            .iter()
            .zip(several)
            // Without the query, in which keys to a service may stand.
            .map(|(address, failure)| {
                format!("{}{}: {}", address.host_str().unwrap_or_default(), address.path(), failure.reason)
            })
            .collect::<Vec<_>>()
            .join("; "),
    };
    Outcome::Failed { reason, retry_after }
}
