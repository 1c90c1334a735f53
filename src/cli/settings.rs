//! The configuration a command works with: found, read, checked.

use super::Arguments;
use super::exit::{CONFIG, Failure, USAGE};
use crate::assess::Assessor;
use crate::backtest::Setup;
use crate::config::{self, Config, ConfigErrors, Environment, Loaded};
use crate::daemon::Clock;
use crate::domain::{MailAddress, StoryWindow, Subscriber, SubscriberKey, Thresholds};
use crate::group::Rules;
use anyhow::anyhow;
use std::path::{Path, PathBuf};

/// Where the configuration is, for a command that needs one.
pub(super) fn path(arguments: &Arguments) -> Result<PathBuf, Failure> {
    config::default_path(arguments.config.clone(), &environment(), Path::new(""))
        .map_err(|error| Failure::new(CONFIG, error.into()))
}

/// The configuration, checked, for a command that sends: with its password, and with what is odd in it.
pub(super) fn load_to_send(arguments: &Arguments) -> Result<Loaded, Failure> {
    Ok(load_file_to_send(&path(arguments)?)?)
}

/// The same, of a file that was found before.
pub(super) fn load_file_to_send(path: &Path) -> Result<Loaded, ConfigErrors> {
    config::load(path, &environment())
}

/// The configuration; what is odd in it goes to the log, once for each time that it is read.
pub(super) fn logged(Loaded { config, warnings, .. }: Loaded) -> Config {
    for warning in warnings.iter() {
        let (place, help) = (warning.place(), warning.help.as_deref().unwrap_or_default());
        tracing::warn!(place, help, "odd in the configuration: {}", warning.message);
    }
    config
}

/// The configuration, checked, for a command that only looks.
pub(super) fn load(arguments: &Arguments) -> Result<Config, Failure> {
    Ok(load_with_warnings(arguments)?.config)
}

/// The same, with what is odd in it.
pub(super) fn load_with_warnings(arguments: &Arguments) -> Result<Loaded, Failure> {
    Ok(config::load(&path(arguments)?, &environment().without_secrets())?)
}

/// The same, of a file that was found before.
pub(super) fn load_file(path: &Path) -> Result<Config, ConfigErrors> {
    Ok(config::load(path, &environment().without_secrets())?.config)
}

/// The configuration where one was named or is found, else the built-in one: for commands that
/// only judge texts.
pub(super) fn load_or_built_in(arguments: &Arguments) -> Result<Option<Config>, Failure> {
    Ok(load_whole_or_built_in(arguments)?.map(|loaded| loaded.config))
}

/// The same, with the files that it was read from.
pub(super) fn load_whole_or_built_in(arguments: &Arguments) -> Result<Option<Loaded>, Failure> {
    match path(arguments) {
        Ok(path) => Ok(Some(config::load(&path, &environment().without_secrets())?)),
        Err(failure) if arguments.config.is_some() => Err(failure),
        Err(_) => Ok(None),
    }
}

/// What judges texts as a configuration says, or as what is built in does.
pub(super) fn assessor(config: Option<&Config>) -> Assessor {
    match config {
        Some(config) => Assessor::new(&config.vocabulary, config.thresholds),
        None => Assessor::new(&config::embedded_vocabulary(), Thresholds::default()),
    }
}

/// What judges texts, and what puts them into stories.
pub(super) fn grouping(config: Option<&Config>) -> (Assessor, Rules, StoryWindow) {
    if let Some(config) = config {
        let assessor = Assessor::new(&config.vocabulary, config.thresholds);
        return (assessor, Rules::new(&config.vocabulary), config.stories);
    }
    let vocabulary = config::embedded_vocabulary();
    let assessor = Assessor::new(&vocabulary, Thresholds::default());
    (assessor, Rules::new(&vocabulary), StoryWindow::default())
}

/// What a configuration makes of items of the past.
pub(super) fn setup(config: &Config) -> Setup<'_> {
    Setup::new(
        &config.vocabulary,
        (config.thresholds, config.stories),
        (&config.watches, &config.subscribers),
        &config.sources,
    )
}

/// The subscriber with an address, however its letters are written.
pub(super) fn subscriber<'c>(config: &'c Config, address: &MailAddress) -> Result<&'c Subscriber, Failure> {
    let same = |subscriber: &&Subscriber| match &subscriber.key {
        SubscriberKey::Mail(known) => known == address,
        SubscriberKey::Journal | SubscriberKey::Webhook(_) => false,
    };
    config.subscribers.iter().find(same).ok_or_else(|| {
        Failure::new(USAGE, anyhow!("{} is no subscriber of this configuration", address.as_str()))
    })
}

/// What the process environment says.
fn environment() -> Environment {
    Environment::of_process(Clock::System.now())
}

/// The environment that `check` checks against. The password of an installed service is seen by the
/// service alone.
pub(super) fn environment_of_check(path: &Path) -> Environment {
    let is_of_system = std::fs::canonicalize(path).is_ok_and(|whole| whole.starts_with("/etc"));
    if is_of_system || path.starts_with("/etc") { environment().without_secrets() } else { environment() }
}
