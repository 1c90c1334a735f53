//! `schema`: what may stand in the files, for editors and for people.

use super::exit::Failure;
use super::output;
use crate::config;
use std::io::Write;
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The schema of files of words, weights and points instead (`files` of `[vocabulary]`).
    #[arg(long)]
    vocabulary: bool,
    /// The reference page instead: every table and every key, in Markdown.
    #[arg(long, conflicts_with = "vocabulary")]
    reference: bool,
}

pub(super) fn command(options: &Arguments) -> Result<ExitCode, Failure> {
    let mut out = output::stdout();
    if options.reference {
        write!(out, "{}", config::reference())?;
    } else {
        let schema =
            if options.vocabulary { config::vocabulary_json_schema() } else { config::json_schema() };
        let text = serde_json::to_string_pretty(&schema).map_err(|error| Failure::internal(error.into()))?;
        writeln!(out, "{text}")?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
