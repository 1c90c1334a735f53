//! `check`: the configuration, all errors at once.

use super::exit::{CONFIG, Failure};
use super::{output, settings};
use crate::config::{self, Loaded};
use crate::daemon;
use serde_json::json;
use std::io::Write;
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Print the errors as JSON: {"ok", "errors": [{"file", "line", "column", "message", "help"}]}.
    #[arg(long)]
    json: bool,
}

pub(super) fn command(global: &super::Arguments, options: &Arguments) -> Result<ExitCode, Failure> {
    let path = settings::path(global)?;
    let loaded = config::load(&path, &settings::environment_of_check(&path));
    if let Ok(Loaded { config, .. }) = &loaded {
        daemon::templates(config)?;
    }
    let mut out = output::stdout();
    let code = match (loaded, options.json) {
        (Ok(Loaded { config, .. }), false) => {
            writeln!(
                out,
                "{}: fine. {} sources, {} watches, {} subscribers, {} webhooks, state in {}",
                path.display(),
                config.sources.len(),
                config.watches.len(),
                config.subscribers.len() - config.webhooks.len(),
                config.webhooks.len(),
                config.state.display()
            )?;
            if config.sources.is_empty() {
                writeln!(out, "note: there is no `[[source]]`, so nothing will be read")?;
            }
            if config.watches.is_empty() {
                writeln!(out, "note: there is no `[[watch]]`, so nothing will be told")?;
            }
            ExitCode::SUCCESS
        }
        (Ok(_), true) => {
            output::json_line(&mut out, &json!({"ok": true, "errors": []}))?;
            ExitCode::SUCCESS
        }
        (Err(errors), false) => return Err(errors.into()),
        (Err(errors), true) => {
            output::json_line(&mut out, &json!({"ok": false, "errors": errors}))?;
            ExitCode::from(CONFIG)
        }
    };
    out.flush()?;
    Ok(code)
}
