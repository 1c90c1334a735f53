//! `assess`: a filter on JSON Lines.

use super::exit::{DATA, Failure};
use super::{assessed, items, output, settings};
use crate::assess::Assessor;
use crate::domain::Actor;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::thread;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// JSON Lines to judge; standard input where not given or `-`.
    file: Option<PathBuf>,
    /// Add the cleaned fields, which the byte offsets of the evidence refer to.
    #[arg(long)]
    with_text: bool,
}

/// What every line is judged with.
struct Judge {
    assessor: Assessor,
    speaks_for: HashMap<String, Actor>,
    with_text: bool,
}

pub(super) fn command(global: &super::Arguments, options: &Arguments) -> Result<ExitCode, Failure> {
    let judge = judge(global, options.with_text)?;
    let mut input = items::open(options.file.as_deref())?;
    let mut out = output::stdout();
    let (mut number, mut wrong) = (0, false);
    loop {
        let batch = items::read_batch(&mut input, &mut number)?;
        if batch.is_empty() {
            break;
        }
        for (line, right) in judge.batch(&batch) {
            wrong |= !right;
            output::json_line(&mut out, &line)?;
        }
        // Whoever feeds lines one by one gets their answers one by one.
        out.flush()?;
    }
    Ok(if wrong { ExitCode::from(DATA) } else { ExitCode::SUCCESS })
}

fn judge(global: &super::Arguments, with_text: bool) -> Result<Judge, Failure> {
    let config = settings::load_or_built_in(global)?;
    let assessor = settings::assessor(config.as_ref());
    let sources = config.map(|config| config.sources).unwrap_or_default();
    let speaks_for = sources
        .iter()
        .filter_map(|source| Some((source.name.as_str().to_owned(), source.speaks_for?)))
        .collect();
    Ok(Judge { assessor, speaks_for, with_text })
}

impl Judge {
    /// Judges lines on every core, in the order they stand.
    fn batch(&self, batch: &[(usize, Vec<u8>)]) -> Vec<(Value, bool)> {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let share = batch.len().div_ceil(threads).max(1);
        thread::scope(|scope| {
            let shares: Vec<_> = batch
                .chunks(share)
                .map(|lines| {
                    let work = || lines.iter().map(|(number, line)| self.line(*number, line)).collect();
                    (lines, scope.spawn::<_, Vec<_>>(work))
                })
                .collect();
            shares
                .into_iter()
                .flat_map(|(lines, share)| {
                    share.join().unwrap_or_else(|_| {
                        let failed = |(number, _): &(usize, _)| {
                            (
                                json!({"line": number, "error": "judging it failed in an unforeseen way"}),
                                false,
                            )
                        };
                        lines.iter().map(failed).collect()
                    })
                })
                .collect()
        })
    }

    /// What a line comes to, and whether it was an item.
    fn line(&self, number: usize, line: &[u8]) -> (Value, bool) {
        let item = match items::read(number, line) {
            Ok(item) => item,
            Err(wrong) => return (wrong, false),
        };
        let speaks_for = item.source.as_deref().and_then(|source| self.speaks_for.get(source)).copied();
        let (assessment, text) = self.assessor.assess(&item.input(speaks_for));
        (assessed::line(&item.id, &assessment, self.with_text.then_some(&text)), true)
    }
}
