//! Feeds that go on telling, in the time of a hurried clock: each has a new entry every four hours, and one in
//! eight entries tells of states.

use super::{ENTRIES, words};
use anyhow::Context;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use jiff::{SignedDuration, Timestamp};
use std::io::{Read, Write};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

/// Between two entries of a feed.
const EVERY: Duration = Duration::from_hours(4);

#[derive(Clone, Copy)]
struct Stream {
    from: Timestamp,
    begun: Instant,
    times: u32,
}

/// Serves until standard input ends, in a time that begins at `from` and goes so many times as fast; prints the
/// port first.
pub(super) fn serve(from: Timestamp, times: u32) -> anyhow::Result<()> {
    let stream = Stream { from, begun: Instant::now(), times };
    let router = Router::new().route("/feed/{number}", get(feed)).with_state(stream);
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let mut out = std::io::stdout();
        writeln!(out, "{}", listener.local_addr()?.port())?;
        out.flush()?;
        tokio::spawn(axum::serve(listener, router).into_future());
        tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()))
            .await
            .context("standard input cannot be read")??;
        Ok(())
    })
}

async fn feed(State(stream): State<Stream>, Path(number): Path<usize>, headers: HeaderMap) -> Response {
    let passed = stream.begun.elapsed().saturating_mul(stream.times);
    let newest = ENTRIES + usize::try_from(passed.as_secs() / EVERY.as_secs()).unwrap_or_default();
    let tag = format!("\"{number}-{newest}\"");
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let dated = |entry: usize| {
        let after = i64::try_from(entry).unwrap_or_default() - i64::try_from(ENTRIES).unwrap_or_default();
        (entry, stream.from + SignedDuration::from_hours(4 * after))
    };
    let body = words::feed(number, (newest - ENTRIES + 1..=newest).rev().map(dated));
    ([(header::CONTENT_TYPE, "application/rss+xml".to_owned()), (header::ETAG, tag)], body).into_response()
}
