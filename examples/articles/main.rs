//! Measures what is read from news pages against what people have marked there: precision, recall, F1, and the
//! mean time for a page.
//!
//! `cargo run --release --example articles -- FOLDER`
//!
//! `score.rs` says what the folder holds and how it is counted.

#![allow(clippy::print_stdout, reason = "a developer's program talks on the terminal")]

mod score;

use anyhow::Context as _;
use clap::Parser;
use std::path::PathBuf;

#[derive(Debug, Parser)]
#[command(about = "Measures what is read from news pages")]
struct Arguments {
    /// Holds `articles-truth.json` and the pages in `articles`.
    folder: PathBuf,
}

fn main() -> anyhow::Result<()> {
    let folder = Arguments::parse().folder;
    let measured = score::measure(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for (page, reason) in &measured.unread {
        println!("not read: {page}: {reason}");
    }
    println!(
        "{} pages: precision {:.3}, recall {:.3}, F1 {:.3}; {:.1} ms a page",
        measured.pages,
        measured.precision,
        measured.recall,
        measured.f1(),
        measured.time.as_secs_f64() * 1_000.0
    );
    Ok(())
}
