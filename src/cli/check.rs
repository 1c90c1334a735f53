//! `check`: the configuration, all errors and warnings at once.

use super::exit::{CONFIG, Failure};
use super::volume::Expected;
use super::{output, paint, settings};
use crate::config::{self, Config, Findings, Loaded, Severity};
use crate::daemon;
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Print one JSON object: {"ok", "files", "counts", "errors", "warnings", "volume"}.
    ///
    /// Errors and warnings are lists of {"severity", "file", "line", "column", "message", "help"}; line and column,
    /// from 1, are null where it is about the whole file. "counts" holds errors, warnings, sources, watches,
    /// subscribers and webhooks; the last four are null where there are errors. "volume" is what each watch would have
    /// told of the stored items of the last four weeks (the newest 20,000), {"from", "to", "items", "watches"}; null where there are none, and
    /// {"error"} where they cannot be read.
    #[arg(long)]
    json: bool,
    /// Take warnings for errors: exit with 78 where there are any.
    #[arg(long)]
    strict: bool,
}

pub(super) fn command(global: &super::Arguments, options: &Arguments) -> Result<ExitCode, Failure> {
    let path = settings::path(global)?;
    let loaded = config::load(&path, &settings::environment_of_check(&path));
    if options.json {
        let report = match &loaded {
            Ok(loaded) => Report::of(&path, loaded),
            Err(errors) => {
                Report { files: errors.files(), found: errors.findings(), template: None, config: None }
            }
        };
        return report.print(options.strict);
    }
    let Loaded { config, warnings, .. } = loaded?;
    daemon::templates(&config)?;
    let warned = warnings.count(Severity::Warning) > 0;
    if warned {
        output::complain(&warnings.render(paint::is_wanted(&std::io::stderr())));
    }
    let mut out = output::stdout();
    let verdict = match (warned, options.strict) {
        (false, _) => "fine.".to_owned(),
        (true, false) => format!("can be used, with {}.", warnings.in_numbers()),
        (true, true) => format!("{}, and --strict takes them for errors.", warnings.in_numbers()),
    };
    writeln!(
        out,
        "{}: {verdict} {}, {}, {}, {}, state in {}",
        path.display(),
        output::count(config.sources.len(), "source", "sources"),
        output::count(config.watches.len(), "watch", "watches"),
        output::count(config.subscribers.len() - config.webhooks.len(), "subscriber", "subscribers"),
        output::count(config.webhooks.len(), "webhook", "webhooks"),
        config.state.display()
    )?;
    match Expected::of(&config) {
        Ok(Some(expected)) => expected.print(&mut out)?,
        Ok(None) => {}
        // It says nothing of the configuration.
        Err(failure) => writeln!(out, "\nHow much it would have told is not known: {}", failure.in_words())?,
    }
    out.flush()?;
    Ok(if warned && options.strict { ExitCode::from(CONFIG) } else { ExitCode::SUCCESS })
}

/// What a program is told.
struct Report<'l> {
    files: &'l [PathBuf],
    found: &'l Findings,
    /// The file with the template that fails, and why.
    template: Option<(PathBuf, String)>,
    /// Where it can be used, but for the template.
    config: Option<&'l Config>,
}

impl<'l> Report<'l> {
    fn of(path: &Path, loaded: &'l Loaded) -> Self {
        let template = daemon::templates(&loaded.config).err().map(|error| {
            let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
            (path.to_owned(), causes.join(": "))
        });
        Self { files: &loaded.files, found: &loaded.warnings, template, config: Some(&loaded.config) }
    }

    fn print(&self, strict: bool) -> Result<ExitCode, Failure> {
        let mut errors: Vec<Value> = self.found.of(Severity::Error).map(|error| json!(error)).collect();
        errors.extend(self.template.iter().map(|(file, message)| {
            json!({"severity": Severity::Error, "file": file, "line": null, "column": null, "message": message,
                   "help": null})
        }));
        let warnings: Vec<Value> = self.found.of(Severity::Warning).map(|warning| json!(warning)).collect();
        let config = self.config.filter(|_| errors.is_empty());
        let counts = json!({
            "errors": errors.len(),
            "warnings": warnings.len(),
            "sources": config.map(|config| config.sources.len()),
            "watches": config.map(|config| config.watches.len()),
            "subscribers": config.map(|config| config.subscribers.len() - config.webhooks.len()),
            "webhooks": config.map(|config| config.webhooks.len()),
        });
        let ok = errors.is_empty() && (warnings.is_empty() || !strict);
        let volume = match config.map(Expected::of) {
            Some(Ok(Some(expected))) => expected.as_json(),
            Some(Err(failure)) => json!({"error": failure.in_words()}),
            Some(Ok(None)) | None => Value::Null,
        };
        let report = json!({
            "ok": ok, "files": self.files, "counts": counts, "errors": errors, "warnings": warnings,
            "volume": volume,
        });
        let mut out = output::stdout();
        output::json_line(&mut out, &report)?;
        out.flush()?;
        Ok(if ok { ExitCode::SUCCESS } else { ExitCode::from(CONFIG) })
    }
}
