//! What an administrator feels of the daemon. `cargo bench --bench service` prints how long it takes to start, to
//! reload and to stop, what it takes of the machine while nothing happens, and how soon a story is in the
//! mailbox: about four minutes. `cargo bench --bench service -- soak` runs a month in twelve minutes and tells
//! what it has grown to on the way. The feeds are self-written and come over loopback. On Linux.

#[path = "../poll/farm.rs"]
mod farm;
mod figures;
#[path = "../poll/process.rs"]
mod process;
mod sink;
mod soak;
mod stream;
#[path = "../poll/words.rs"]
mod words;

use std::time::Duration;

/// Entries of each feed.
const ENTRIES: usize = 30;

fn main() -> anyhow::Result<()> {
    // Whoever asks over HTTP needs one, though nothing here is encrypted.
    let _already_there = rustls::crypto::ring::default_provider().install_default();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["farm", feeds] => farm::serve(feeds.parse()?, ENTRIES, Duration::ZERO),
        ["stream", from, times] => stream::serve(from.parse()?, times.parse()?),
        ["soak", "--bench"] => soak::run(),
        // What cargo hands to a benchmark; with anything else it is being tested, and there is nothing to test.
        ["--bench"] => figures::print(),
        _ => Ok(()),
    }
}
