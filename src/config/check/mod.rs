//! From the tables as written to the values they mean: one file for each part of the configuration.
//!
//! Every function reports what is wrong and goes on with what it has; whether the whole may be used
//! is decided once, in `load`.

mod address;
mod fetch;
mod mail;
mod odd;
mod proxy;
mod secret;
mod service;
mod source;
mod storage;
mod subscriber;
mod times;
mod watch;
mod webhook;

use super::countries;
use super::environment::Environment;
use super::keys::{self, TableKeys};
use super::model::Config;
use super::reader::{Table, Value};
use super::source_file::{Mark, SourceFile};
use super::vocabulary::add_vocabulary;
use crate::domain::{Kind, Score, Thresholds, Vocabulary, Watch};
use jiff::Timestamp;
use std::cell::LazyCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Reads a text file, bounded; the error is a sentence's end ("it does not exist").
pub(super) type ReadText<'r> = &'r dyn Fn(&Path) -> Result<String, String>;

/// The folders that systemd gives a service of our name (ConfigurationDirectory, StateDirectory).
const SERVICE_CONFIGURATION: &str = "/etc/sanctionwatch";
const SERVICE_STATE: &str = "/var/lib/sanctionwatch";

/// What a check may ask of the world.
pub(super) struct World<'w> {
    pub(super) environment: &'w Environment,
    pub(super) read: ReadText<'w>,
    /// Whether everybody on the machine may read a file.
    pub(super) is_open: &'w dyn Fn(&Path) -> bool,
}

impl World<'_> {
    fn now(&self) -> Timestamp {
        self.environment.now()
    }

    /// A path of something that is read: relative to the file that names it.
    fn input_path(value: &Value<'_>, written: &str) -> PathBuf {
        beside(&value.mark.file.path, written)
    }

    /// A path of something that is written: relative to `$STATE_DIRECTORY` under systemd, else to
    /// the file that names it. An administrator's shell lacks the variable: there a file in the
    /// service's configuration folder means the service's state folder, so that both meet the same
    /// database.
    fn output_path(&self, file: &Path, written: &str) -> PathBuf {
        match self.environment.state_directory() {
            Some(folder) => folder.join(written.trim()),
            None if file.starts_with(SERVICE_CONFIGURATION) => Path::new(SERVICE_STATE).join(written.trim()),
            None => beside(file, written),
        }
    }

    /// A file that the value names, with its text; reports one that cannot be read.
    fn text(&self, value: &Value<'_>) -> Option<(PathBuf, String)> {
        let path = Self::input_path(value, value.string()?);
        match (self.read)(&path) {
            Ok(text) => Some((path, text)),
            Err(reason) => value.wrong(
                format!("cannot read {}: {reason}", path.display()),
                "the path is relative to this configuration file",
            ),
        }
    }

    /// A certificate authority file: must be there and hold a certificate in PEM form.
    fn certificates(&self, value: &Value<'_>) -> Option<PathBuf> {
        let (path, text) = self.text(value)?;
        if text.contains("-----BEGIN CERTIFICATE-----") {
            return Some(path);
        }
        value.wrong(
            format!("{} holds no certificate", path.display()),
            "a PEM file with `-----BEGIN CERTIFICATE-----`",
        )
    }
}

/// A path relative to the folder of `file`.
pub(super) fn beside(file: &Path, written: &str) -> PathBuf {
    file.parent().unwrap_or(Path::new("")).join(written.trim())
}

/// The whole configuration, from the top levels of all its files, the main file first. Usable only
/// where nothing was reported.
///
/// The files of the operator's own words come back with what is wrong in them.
pub(super) fn config(roots: &[Table<'_>], world: &World<'_>) -> (Config, Vec<SourceFile>) {
    // Held to the end: it is asked for with each country.
    let embedded = countries::embedded();
    let fetch_table = single(roots, "fetch", &keys::FETCH);
    let fetch = fetch::settings(fetch_table.as_ref(), world);
    let source_tables = every(roots, "source", &keys::SOURCE);
    let sources = source::all(&source_tables, &fetch, world);
    let watch_tables = every(roots, "watch", &keys::WATCH);
    let watches = watch::all(&watch_tables, &sources);
    let word_tables = every_single(roots, "vocabulary", &keys::VOCABULARY);
    let (vocabulary, files) = vocabulary(Arc::clone(&embedded), &word_tables, world);
    let threshold_table = single(roots, "thresholds", &keys::THRESHOLDS);
    let thresholds = thresholds(threshold_table.as_ref());
    let ceilings = LazyCell::new(|| odd::Ceilings::of(&vocabulary));
    let usable: Vec<&Watch> = watches.iter().filter_map(|(_, watch)| watch.as_ref()).collect();
    if odd::is_sound(roots) && !files.iter().any(SourceFile::has_errors) {
        odd::read_twice(&source_tables, &sources);
        odd::open_addresses(&source_tables, &["url", "json", "page", "search"], world);
        odd::watches(&watch_tables, &usable, &sources, (&vocabulary, &ceilings));
        odd::alike(&watch_tables, &usable);
        odd_thresholds(threshold_table.as_ref(), &ceilings);
    }
    let mail = mail::settings(roots, world);
    let subscriber_tables = every(roots, "subscriber", &keys::SUBSCRIBER);
    let mut subscribers = subscriber::all(&subscriber_tables, &watches, mail.given, world.now());
    let webhook_tables = every(roots, "webhook", &keys::WEBHOOK);
    let webhooks = webhook::all(&webhook_tables, &watches, world);
    if odd::is_sound(roots) && !files.iter().any(SourceFile::has_errors) {
        odd::open_addresses(&webhook_tables, &["url"], world);
        odd::quiet(&subscriber_tables, &subscribers, &usable, &sources, (&vocabulary, &ceilings));
    }
    let (webhooks, told): (Vec<_>, Vec<_>) = webhooks.into_iter().unzip();
    subscribers.extend(told);
    if odd::is_sound(roots) {
        odd::unheard(&watch_tables, &usable, &subscribers);
        if sources.is_empty() {
            odd::lacks(roots, "source", "read");
        }
        if watches.is_empty() {
            odd::lacks(roots, "watch", "told");
        }
    }
    drop(ceilings);
    let config = Config {
        state: storage::state(roots, world),
        fetch,
        sources,
        watches: watches.into_iter().filter_map(|(_, watch)| watch).collect(),
        subscribers,
        webhooks,
        smtp: mail.smtp,
        mail_folder: mail.folder,
        templates: service::templates(single(roots, "templates", &keys::TEMPLATES).as_ref(), world),
        listen: service::listen(single(roots, "listen", &keys::LISTEN).as_ref()),
        operator: service::operator(
            single(roots, "operator", &keys::OPERATOR).as_ref(),
            mail.given,
            world.now(),
        ),
        thresholds,
        vocabulary,
        own_words: files.iter().map(|file| file.text.clone()).collect(),
        stories: storage::stories(single(roots, "stories", &keys::STORIES).as_ref()),
        retention: storage::retention(single(roots, "retention", &keys::RETENTION).as_ref()),
    };
    (config, files)
}

/// The tables written as `[[key]]`, of all files in their order.
fn every<'t>(roots: &[Table<'t>], key: &'static str, keys: &'static TableKeys) -> Vec<Table<'t>> {
    roots.iter().filter_map(|root| root.value(key)).flat_map(|value| value.tables(keys)).collect()
}

/// The tables written as `[key]`, of all files in their order.
fn every_single<'t>(roots: &[Table<'t>], key: &'static str, keys: &'static TableKeys) -> Vec<Table<'t>> {
    roots.iter().filter_map(|root| root.value(key)).filter_map(|value| value.table(keys)).collect()
}

/// The value of a top-level key that may be given in one file only.
fn only<'t>(roots: &[Table<'t>], key: &'static str) -> Option<Value<'t>> {
    let mut values = roots.iter().filter_map(|root| root.value(key));
    let first = values.next()?;
    for second in values {
        second.mark.wrong_with_help(
            format!("`{key}` is given twice"),
            format!("it is given at {} already; keep one", first.mark),
        );
    }
    Some(first)
}

fn single<'t>(roots: &[Table<'t>], key: &'static str, keys: &'static TableKeys) -> Option<Table<'t>> {
    only(roots, key)?.table(keys)
}

fn thresholds(table: Option<&Table<'_>>) -> Thresholds {
    let default = Thresholds::default();
    let Some(table) = table else { return default };
    Thresholds {
        sanctions: table.or("sanctions", default.sanctions, |value| points(&value)),
        alliance: table.or("alliance", default.alliance, |value| points(&value)),
    }
}

/// Tells of a threshold that nothing can reach.
fn odd_thresholds(table: Option<&Table<'_>>, ceilings: &odd::Ceilings) {
    let Some(table) = table else { return };
    for (key, kind) in [("sanctions", Kind::Sanctions), ("alliance", Kind::Alliance)] {
        ceilings.exceeded(table.value(key), &odd::Wanted::of(kind), "none is reported");
    }
}

/// A threshold in points.
fn points(value: &Value<'_>) -> Option<Score> {
    value.number().map(Score::from_points)
}

/// The embedded words with the operator's own over them, in the order of the files.
fn vocabulary(
    mut vocabulary: Arc<Vocabulary>,
    tables: &[Table<'_>],
    world: &World<'_>,
) -> (Arc<Vocabulary>, Vec<SourceFile>) {
    let mut files = Vec::new();
    for value in tables.iter().filter_map(|table| table.value("files")?.list()).flatten() {
        let Some((path, text)) = world.text(&value) else { continue };
        let problems = add_vocabulary(Arc::make_mut(&mut vocabulary), &text);
        let file = SourceFile::new(path, text);
        for problem in problems {
            file.report(problem);
        }
        files.push(file);
    }
    (vocabulary, files)
}

/// Names seen so far, for telling of the second of two.
struct Seen<'t> {
    names: Vec<(String, Mark<'t>)>,
    what: &'static str,
}

impl<'t> Seen<'t> {
    fn new(what: &'static str) -> Self {
        Self { names: Vec::new(), what }
    }

    /// Reports a name that was seen before; `true` where it is new.
    fn is_new(&mut self, name: &str, mark: &Mark<'t>) -> bool {
        if let Some((_, first)) = self.names.iter().find(|(known, _)| known == name) {
            mark.wrong_with_help(format!("{} is given twice", self.what), format!("the first is at {first}"));
            return false;
        }
        self.names.push((name.to_owned(), mark.clone()));
        true
    }
}

/// A name that people and logs will show: one line, at most 200 characters.
fn shown_name<'t>(value: &Value<'t>) -> Option<&'t str> {
    const MOST: usize = 200;
    let name = value.string()?.trim();
    if name.chars().any(char::is_control) || name.chars().count() > MOST {
        return value.wrong(
            "this name cannot be shown in one line",
            format!("one line of at most {MOST} characters"),
        );
    }
    Some(name)
}
