//! `import-opml` and `export-opml`: lists of feeds from and for other programs.
//!
//! `tables` decides what becomes of each outline, `list` writes one; both are pure. Here stand files,
//! output and exit codes.

mod list;
mod tables;

use super::exit::{CANNOT_CREATE, CONFIG, DATA, Failure, NO_INPUT};
use super::{output, settings};
use crate::config::Loaded;
use crate::domain::Source;
use crate::parse;
use anyhow::{Context, anyhow};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tables::{Known, Plan};

/// Most bytes of a list; ten thousand feeds have some 3 MB.
const MAX_BYTES: u64 = 16 * 1024 * 1024;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The OPML file; `-` is standard input.
    #[arg(value_name = "FILE")]
    list: PathBuf,
    /// Append the tables to this TOML file, which is made where there is none, instead of printing them.
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

/// Prints or appends a `[[source]]` table for each feed of a list. What is left out is told on standard
/// error. Exits with 65 where a part could not be read.
pub(super) fn import(global: &super::Arguments, options: &Arguments) -> Result<ExitCode, Failure> {
    let loaded = settings::load_whole_or_built_in(global)?;
    let config = loaded.as_ref().map(|loaded| &loaded.config);
    let mut known = Known::of(config.map(|config| config.sources.as_slice()).unwrap_or_default());
    let existing = options.to.as_deref().map(read_target).transpose()?;
    if let (Some(path), Some(text)) = (&options.to, &existing) {
        known.add_toml(text).map_err(|reason| {
            Failure::new(CONFIG, anyhow!("{} is not TOML, and is left as it is: {reason}", path.display()))
        })?;
    }
    let body = read_list(&options.list)?;
    let Some(outlines) = parse::outlines(&body) else {
        return Err(Failure::new(DATA, anyhow!("{} is no OPML", called(&options.list))));
    };
    let allowed = config.map(|config| config.fetch.allow_addresses.as_slice()).unwrap_or_default();
    let plan = Plan::of(&outlines.outlines, known, allowed);
    for (what, reason) in &plan.left_out {
        output::complain(&format!("left out: {what}: {reason}"));
    }
    match &options.to {
        Some(path) if !plan.toml.is_empty() => append(path, existing.as_deref(), &plan.toml)?,
        Some(_) => {}
        None => {
            let mut out = output::stdout();
            out.write_all(plan.toml.as_bytes())?;
            out.flush()?;
        }
    }
    for (name, host) in &plan.private {
        output::complain(&format!("{name}: {host} is a private address, polled only with `allow-addresses`"));
    }
    if let Some(path) = options.to.as_deref().filter(|_| plan.count > 0) {
        tell_where_to_include(path, loaded.as_ref());
    }
    let sources = output::count(plan.count, "source", "sources");
    output::complain(&format!("{sources}, {} left out", plan.left_out.len()));
    if let Some(broken) = outlines.broken {
        return Err(Failure::new(
            DATA,
            anyhow!("the rest of {} was not read: {broken}", called(&options.list)),
        ));
    }
    Ok(ExitCode::SUCCESS)
}

/// How a person knows a list.
fn called(list: &Path) -> String {
    if list == Path::new("-") { "standard input".to_owned() } else { list.display().to_string() }
}

/// Says that a file is read only where a configuration includes it, unless the one at hand does so already.
fn tell_where_to_include(path: &Path, loaded: Option<&Loaded>) {
    let same = |file: &PathBuf| match (file.canonicalize(), path.canonicalize()) {
        (Ok(file), Ok(path)) => file == path,
        _ => false,
    };
    let files = loaded.map(|loaded| loaded.files.as_slice()).unwrap_or_default();
    if files.iter().any(same) {
        return;
    }
    let whose = files.first().map_or_else(|| "a configuration".to_owned(), |file| file.display().to_string());
    output::complain(&format!("{} is read once it stands in `include` of {whose}", path.display()));
}

/// Prints the configured feeds as a list. Pages and JSON listings, which no other program can read, are
/// told on standard error.
pub(super) fn export(global: &super::Arguments) -> Result<ExitCode, Failure> {
    let config = settings::load(global)?;
    let (feeds, others): (Vec<&Source>, Vec<&Source>) =
        config.sources.iter().partition(|source| list::is_feed(source));
    let list = list::write(&feeds).map_err(|error| Failure::internal(error.into()))?;
    for source in others {
        output::complain(&format!("left out: {}: only feeds stand in such lists", source.name));
    }
    for source in &feeds {
        for address in list::left_behind(source) {
            output::complain(&format!(
                "{}: {address} stays behind: a list holds one address of each",
                source.name
            ));
        }
    }
    let mut out = output::stdout();
    out.write_all(&list)?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn read_list(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    let read = if path == Path::new("-") {
        std::io::stdin().take(MAX_BYTES + 1).read_to_end(&mut body)
    } else {
        File::open(path).and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut body))
    };
    read.with_context(|| format!("cannot read {}", called(path)))
        .map_err(|error| Failure::new(NO_INPUT, error))?;
    if body.len() as u64 > MAX_BYTES {
        return Err(Failure::new(DATA, anyhow!("{} has more than {MAX_BYTES} bytes", called(path))));
    }
    Ok(body)
}

/// The text of the file to append to; empty where there is none.
fn read_target(path: &Path) -> Result<String, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(Failure::new(
            NO_INPUT,
            anyhow::Error::from(error).context(format!("cannot read {}", path.display())),
        )),
    }
}

/// Appends in one write, and only what leaves the file a TOML file.
fn append(path: &Path, existing: Option<&str>, tables: &str) -> Result<(), Failure> {
    let existing = existing.unwrap_or_default();
    let gap = match existing {
        "" => "",
        text if text.ends_with('\n') => "\n",
        _ => "\n\n",
    };
    let added = format!("{gap}{tables}");
    if let Err(error) = format!("{existing}{added}").parse::<toml::Table>() {
        return Err(Failure::new(
            CONFIG,
            anyhow!("{} cannot be appended to, and is left as it is: {}", path.display(), error.message()),
        ));
    }
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .and_then(|mut file| file.write_all(added.as_bytes()).and_then(|()| file.sync_all()))
        .with_context(|| format!("cannot write {}", path.display()))
        .map_err(|error| Failure::new(CANNOT_CREATE, error))
}
