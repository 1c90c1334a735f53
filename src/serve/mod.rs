//! Serve: the small HTTP listener: readers' links, whether all is well, and the numbers of it.
//!
//! Owns: what a request may do, and the pages that answer it. Calls: `store`, `domain`. A GET never
//! changes anything, because mail programs and scanners follow every link; only a POST does (RFC 8058).
//! A connection brings one request, has ten seconds for it and its answer, and is one of a bounded number: who is there
//! for longest makes room for the next.
//! What a reader asked for is done also when it waits longer than that for its turn to write.
//! A token that nobody has, a body that is too long and a database that is busy are answers; nothing here
//! stops the daemon.

mod exposition;
mod health;
mod limits;
mod page;
mod readers;

pub use exposition::{Exposition, Family, Kind, Labels};
pub use health::Health;

use crate::domain::Subscriber;
use crate::store::{Store, StoreError};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::HeaderValue;
use axum::http::header::CONNECTION;
use axum::middleware::map_response;
use axum::response::Response;
use axum::routing::get;
use jiff::Timestamp;
use limits::{Limited, Limits};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

/// Most bytes of a form; one that unsubscribes has a few dozen.
const MAX_BODY_BYTES: usize = 16 * 1024;

/// A request and its answer are a few hundred bytes each.
const LIMITS: Limits =
    Limits { time: Duration::from_secs(10), kept: Duration::from_secs(1), connections: 64 };

/// What comes of asking for all numbers.
pub type Numbers = Pin<Box<dyn Future<Output = Result<String, StoreError>> + Send>>;

/// What the pages are about.
pub struct Desk {
    /// The database.
    pub store: Store,
    /// The people who get mail, as they are configured.
    pub subscribers: Vec<Subscriber>,
    /// The time.
    pub now: Box<dyn Fn() -> Timestamp + Send + Sync>,
    /// Whether anything is still polled and delivered.
    pub health: Box<dyn Fn(crate::store::Signals, Timestamp) -> Health + Send + Sync>,
    /// Why the daemon is not at work; `None` where it is.
    pub idle: Box<dyn Fn() -> Option<String> + Send + Sync>,
    /// All numbers, as an [`Exposition`]; `None` where they are not to be told here.
    pub metrics: Option<Box<dyn Fn() -> Numbers + Send + Sync>>,
    /// What readers asked for and is under way, whether or not their connections are still there.
    pub writes: TaskTracker,
}

impl fmt::Debug for Desk {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Desk").finish_non_exhaustive()
    }
}

/// Answers requests until `stop` is done; requests under way, and what they asked for, come to their end.
pub async fn serve(
    listener: TcpListener,
    desk: Desk,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let writes = desk.writes.clone();
    let ended = answer_within(LIMITS, listener, router(Arc::new(desk)), stop).await;
    writes.close();
    writes.wait().await;
    ended
}

fn router(desk: Arc<Desk>) -> Router {
    Router::new()
        .route("/unsubscribe/{token}", get(readers::ask_to_leave).post(readers::leave))
        .route("/confirm/{token}", get(readers::ask_to_confirm).post(readers::confirm))
        .route("/healthz", get(health::answer))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::numbers))
        .fallback(page::not_found)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(desk)
}

async fn answer_within(
    limits: Limits,
    listener: TcpListener,
    router: Router,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    // A connection whose time is short is better not kept for a second request.
    let last = |mut response: Response| async {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        response
    };
    axum::serve(Limited::new(listener, limits), router.layer(map_response(last)))
        .with_graceful_shutdown(stop)
        .await
}
