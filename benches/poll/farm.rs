//! The feed farm: as many feeds as wished, on loopback, spread over many addresses as over many hosts.
//!
//! It runs as a process of its own, so that what it costs is not counted with those who poll it. It ends when
//! its standard input does.

use super::words;
use anyhow::Context;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::{SignedDuration, Timestamp};
use std::io::{Read, Write};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::net::TcpListener;

/// Most addresses. Each takes a listener; several feeds share one where there are more feeds.
const MOST_HOSTS: usize = 250;

struct Farm {
    /// Compressed, as nearly every server sends them.
    feeds: Vec<Bytes>,
    latency: Duration,
    asked: AtomicUsize,
}

/// Serves until standard input ends; prints the port first.
pub(super) fn serve(feeds: usize, entries: usize, latency: Duration) -> anyhow::Result<()> {
    #[expect(clippy::disallowed_methods, reason = "a program of its own, which nobody hands the time")]
    let now = Timestamp::now();
    // Half an hour apart, the newest first.
    let dated = |entry: usize| {
        let half_hours = i64::try_from(entry).unwrap_or_default();
        (entry, now - SignedDuration::from_mins(30 * half_hours))
    };
    let compressed = |number| -> std::io::Result<Bytes> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(words::feed(number, (0..entries).map(dated)).as_bytes())?;
        encoder.finish().map(Bytes::from)
    };
    let farm = Arc::new(Farm {
        feeds: (0..feeds).map(compressed).collect::<Result<_, _>>()?,
        latency,
        asked: AtomicUsize::new(0),
    });
    let router =
        Router::new().route("/feed/{number}", get(feed)).route("/asked", get(asked)).with_state(farm);
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let mut port = 0;
        for host in 0..feeds.min(MOST_HOSTS) {
            let address = (self::host(host), port);
            let listener = TcpListener::bind(address).await.with_context(|| format!("{address:?}"))?;
            port = listener.local_addr()?.port();
            tokio::spawn(axum::serve(listener, router.clone()).into_future());
        }
        let mut out = std::io::stdout();
        writeln!(out, "{port}")?;
        out.flush()?;
        tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())).await??;
        Ok(())
    })
}

/// The addresses of a farm's feeds.
pub(super) fn addresses(feeds: usize, port: u16) -> Vec<String> {
    let hosts = feeds.clamp(1, MOST_HOSTS);
    (0..feeds).map(|number| format!("http://{}:{port}/feed/{number}", host(number % hosts))).collect()
}

/// The address of one of a farm's hosts. At `/asked` each tells how often feeds were asked for.
pub(super) fn host(number: usize) -> Ipv4Addr {
    let [.., third, fourth] = (number + 1).to_be_bytes();
    Ipv4Addr::new(127, 1, third, fourth)
}

async fn feed(State(farm): State<Arc<Farm>>, Path(number): Path<usize>, headers: HeaderMap) -> Response {
    farm.asked.fetch_add(1, Ordering::Relaxed);
    tokio::time::sleep(farm.latency).await;
    let Some(body) = farm.feeds.get(number) else { return StatusCode::NOT_FOUND.into_response() };
    let tag = format!("\"feed-{number}\"");
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let headers = [
        (header::CONTENT_TYPE, "application/rss+xml".to_owned()),
        (header::CONTENT_ENCODING, "gzip".to_owned()),
        (header::ETAG, tag),
    ];
    (headers, body.clone()).into_response()
}

async fn asked(State(farm): State<Arc<Farm>>) -> String {
    farm.asked.load(Ordering::Relaxed).to_string()
}
