//! Reads the shipped words while the program is built, so that no start has to: reading four megabytes of TOML would be
//! half of it.
//!
//! It is made of the modules that read an operator's own words at run time; what is wrong in a file ends the build, with
//! its place.
#![allow(
    dead_code,
    missing_docs,
    unreachable_pub,
    unused_imports,
    clippy::print_stdout,
    reason = "of the modules below only what reads words is used, and cargo is told by printing"
)]

#[path = "src/domain"]
mod domain {
    mod actor;
    mod actor_table;
    mod grammar;
    mod language;
    mod pattern;
    mod points;
    mod relation;
    mod score;
    mod vocabulary;

    pub use actor::Actor;
    pub use grammar::{Boundaries, Comma, Grammar, Markers, Modifiers, VerbPlace};
    pub use language::Language;
    pub use pattern::Pattern;
    pub use points::Points;
    pub use relation::{Action, Field, Kind, Modality, Relation};
    pub use score::Score;
    pub use vocabulary::{
        ActorWords, Ambiguous, Cue, CueRole, LanguageWords, Side, Surface, SurfaceKind, Vocabulary, WordClass,
    };
}

#[path = "src/config"]
mod config {
    mod keys {
        mod key;

        pub use key::{Key, Shape, TableKeys};
    }
    mod problem;
    pub mod vocabulary {
        mod add;
        mod claims;
        mod file;
        mod keys;
        pub mod packed;
        mod read;
        mod reader;
        pub mod shipped;
    }

    use problem::{Problem, Severity};
}

#[path = "src/parallel.rs"]
mod parallel;

use config::vocabulary::{packed, shipped};
use std::env;
use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::PathBuf;

/// Writes what stands in `words.rs` for the program: the packed words of each language.
fn main() -> Result<(), Box<dyn Error>> {
    let variable = |name| env::var_os(name).map(PathBuf::from).ok_or(format!("cargo has not set {name}"));
    let (root, out) = (variable("CARGO_MANIFEST_DIR")?, variable("OUT_DIR")?);
    for file in shipped::FILES.iter().copied().flatten() {
        println!("cargo::rerun-if-changed={file}");
    }
    let languages = match shipped::languages(&root) {
        Ok(languages) => languages,
        Err(error) => {
            let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
            println!("cargo::error={}", format!("{error}{cause}").replace('\n', " "));
            return Ok(());
        }
    };
    let mut listed = String::new();
    for (number, words) in languages.iter().enumerate() {
        let name = format!("{number}.words");
        fs::write(out.join(&name), packed::pack(words))?;
        writeln!(listed, "    include_bytes!({name:?}),")?;
    }
    fs::write(out.join("words.rs"), format!("&[\n{listed}]\n"))?;
    Ok(())
}
