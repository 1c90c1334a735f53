//! `backup`: a consistent copy of the state, and a copy put back in its place.

use super::exit::{CANNOT_CREATE, DATA, Failure, NO_INPUT, UNAVAILABLE, USAGE};
use super::{Arguments as Global, may_be_there, output, runtime, settings};
use crate::daemon::Clock;
use crate::store::{BackupError, Contents, Restored, Store};
use anyhow::anyhow;
use serde_json::json;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The copy: made, or with --restore put back.
    file: PathBuf,
    /// Put FILE in the place of the state, once it has been checked. No daemon may run there.
    #[arg(long)]
    restore: bool,
    /// Overwrite FILE where it is there already.
    #[arg(long, conflicts_with = "restore")]
    force: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn command(global: &Global, options: &Arguments) -> Result<ExitCode, Failure> {
    let state = settings::load(global)?.state;
    let file = &options.file;
    if options.restore {
        let restored = runtime()?.block_on(Store::restore(file, &state, Clock::System.now()))?;
        return tell_restored(&restored, file, &state, options.json);
    }
    if !may_be_there(&state) {
        let state = state.display();
        return Err(Failure::new(UNAVAILABLE, anyhow!("there is no state at {state}: nothing to back up")));
    }
    let contents = runtime()?.block_on(Store::back_up(&state, file, options.force))?;
    let mut out = output::stdout();
    if options.json {
        output::json_line(&mut out, &as_json(file, contents))?;
    } else {
        writeln!(out, "{} is in {}.", state.display(), file.display())?;
        print(&mut out, contents)?;
    }
    Ok(out.flush().map(|()| ExitCode::SUCCESS)?)
}

fn tell_restored(
    restored: &Restored,
    file: &Path,
    state: &Path,
    as_object: bool,
) -> Result<ExitCode, Failure> {
    let mut out = output::stdout();
    if as_object {
        let mut object = as_json(state, restored.contents);
        object["kept"] = json!(restored.kept);
        output::json_line(&mut out, &object)?;
    } else {
        writeln!(out, "{} is as {} has it.", state.display(), file.display())?;
        print(&mut out, restored.contents)?;
        if let Some(kept) = &restored.kept {
            writeln!(out, "What stood there before is kept as {}.", kept.display())?;
        }
    }
    Ok(out.flush().map(|()| ExitCode::SUCCESS)?)
}

fn print(out: &mut impl Write, contents: Contents) -> std::io::Result<()> {
    let Contents { bytes, items, stories, deliveries, schema } = contents;
    let size = output::size(bytes);
    writeln!(out, "{size}: {items} items, {stories} stories, {deliveries} deliveries; schema {schema}.")
}

fn as_json(file: &Path, contents: Contents) -> serde_json::Value {
    let Contents { bytes, items, stories, deliveries, schema } = contents;
    json!({
        "file": file, "bytes": bytes, "items": items, "stories": stories, "deliveries": deliveries,
        "schema": schema,
    })
}

impl From<BackupError> for Failure {
    fn from(error: BackupError) -> Self {
        let code = match error {
            BackupError::Store(error) => return error.into(),
            BackupError::Exists(_) | BackupError::File { .. } => CANNOT_CREATE,
            BackupError::Itself(_) => USAGE,
            BackupError::Missing { .. } => NO_INPUT,
            BackupError::Unfit { .. } => DATA,
        };
        Self::new(code, error.into())
    }
}
