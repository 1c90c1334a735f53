//! robots.txt: what a server lets programs read, asked for once a day and server.

mod rules;

use super::FetchError;
use jiff::{SignedDuration, Timestamp};
pub use rules::Rules;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use url::{Origin, Url};

/// How long a file is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// How long it is not asked for again after it could not be had.
const KEPT_FAILURE: SignedDuration = SignedDuration::from_mins(10);
/// Of so many servers files are kept.
const MOST_FILES: usize = 1_000;

/// The files of the servers that were asked.
#[derive(Debug, Default)]
pub(super) struct Robots(Mutex<HashMap<Origin, Place>>);

/// Where one server's file is kept; locked while it is asked for, so that it is asked for once.
type Place = Arc<tokio::sync::Mutex<Option<Kept>>>;

#[derive(Debug)]
struct Kept {
    asked: Timestamp,
    lasts: SignedDuration,
    answer: Result<Arc<Rules>, FetchError>,
}

impl Kept {
    /// Whether it still holds. A clock that was put back makes nothing last longer.
    fn is_fresh(&self, now: Timestamp) -> bool {
        let age = now.duration_since(self.asked);
        !age.is_negative() && age < self.lasts
    }
}

impl Robots {
    /// A server's rules: those that are kept, else those that `ask` brings. Where it brings none, the
    /// earlier ones hold on.
    pub(super) async fn of(
        &self,
        server: Origin,
        now: Timestamp,
        ask: impl Future<Output = Result<Rules, FetchError>>,
    ) -> Result<Arc<Rules>, FetchError> {
        let place = self.place(server, now);
        let mut kept = place.lock().await;
        if let Some(kept) = kept.as_ref().filter(|kept| kept.is_fresh(now)) {
            return kept.answer.clone();
        }
        let earlier = kept.take().and_then(|kept| kept.answer.ok());
        let (lasts, answer) = match (ask.await, earlier) {
            (Ok(rules), _) => (KEPT, Ok(Arc::new(rules))),
            (Err(_), Some(earlier)) => (KEPT_FAILURE, Ok(earlier)),
            (Err(error), None) => (KEPT_FAILURE, Err(error)),
        };
        *kept = Some(Kept { asked: now, lasts, answer: answer.clone() });
        answer
    }

    fn place(&self, server: Origin, now: Timestamp) -> Place {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if places.len() >= MOST_FILES {
            let in_use = |place: &Place| Arc::strong_count(place) > 1;
            let is_fresh = |place: &Place| {
                place.try_lock().is_ok_and(|kept| kept.as_ref().is_some_and(|kept| kept.is_fresh(now)))
            };
            places.retain(|_, place| in_use(place) || is_fresh(place));
            if places.len() >= MOST_FILES {
                places.retain(|_, place| in_use(place));
            }
        }
        Arc::clone(places.entry(server).or_default())
    }
}

/// Where a server's file is.
pub(super) fn address(page: &Url) -> Url {
    let mut address = page.clone();
    address.set_path("/robots.txt");
    address.set_query(None);
    address.set_fragment(None);
    address
}

/// A page's path with its query, as rules are about it.
pub(super) fn path(page: &Url) -> String {
    match page.query() {
        Some(query) => format!("{}?{query}", page.path()),
        None => page.path().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server() -> Origin {
        Url::parse("https://example.org/").unwrap().origin()
    }

    fn failure() -> FetchError {
        FetchError::NotModifiedUnasked
    }

    #[tokio::test]
    async fn a_file_is_asked_for_once_a_day_and_holds_on_where_it_cannot_be_had() {
        let robots = Robots::default();
        let start: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let nothing = || Rules::read(b"user-agent: *\ndisallow: /");
        let unasked = || async { panic!("it is kept") };
        assert_eq!(robots.of(server(), start, async { Err(failure()) }).await, Err(failure()));
        assert_eq!(
            robots.of(server(), start + SignedDuration::from_mins(9), unasked()).await,
            Err(failure())
        );
        let now = start + SignedDuration::from_mins(10);
        let rules = Ok(Arc::new(nothing()));
        assert_eq!(robots.of(server(), now, async { Ok(nothing()) }).await, rules);
        assert_eq!(robots.of(server(), now + SignedDuration::from_hours(23), unasked()).await, rules);
        let back = now - SignedDuration::from_secs(1);
        assert_eq!(robots.of(server(), back, async { Ok(nothing()) }).await, rules, "the clock was put back");
        let late = now + SignedDuration::from_hours(48);
        assert_eq!(robots.of(server(), late, async { Err(failure()) }).await, rules, "the earlier ones");
        assert_eq!(robots.of(server(), late, unasked()).await, rules);
    }

    #[tokio::test]
    async fn only_so_many_files_are_kept() {
        let robots = Robots::default();
        let now = "2026-11-23T12:00:00Z".parse().unwrap();
        for number in 0..MOST_FILES * 2 {
            let server = Url::parse(&format!("https://a{number}.example/")).unwrap().origin();
            assert!(robots.of(server, now, async { Ok(Rules::default()) }).await.is_ok());
        }
        assert!(robots.0.lock().unwrap().len() <= MOST_FILES);
    }
}
