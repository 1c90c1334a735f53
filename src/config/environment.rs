//! What the process environment says, and the time, handed in so that tests never touch the real ones.

use jiff::Timestamp;
use std::fmt;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

type Lookup = Box<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// The environment variables a configuration depends on.
pub struct Environment {
    lookup: Lookup,
    needs_secrets: bool,
    now: Timestamp,
}

impl Environment {
    /// The environment of this process, at this time. Variables that are not valid Unicode count as not set.
    pub fn of_process(now: Timestamp) -> Self {
        let lookup = Box::new(|name: &str| std::env::var(name).ok());
        Self { lookup, needs_secrets: true, now }
    }

    /// An environment of these variables only, at the beginning of 1970.
    pub fn of_variables<'v>(variables: impl IntoIterator<Item = (&'v str, &'v str)>) -> Self {
        let variables: Vec<(String, String)> =
            variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Self {
            lookup: Box::new(move |name| {
                variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
            }),
            needs_secrets: true,
            now: Timestamp::UNIX_EPOCH,
        }
    }

    /// The same at another time.
    #[must_use]
    pub fn at(self, now: Timestamp) -> Self {
        Self { now, ..self }
    }

    /// The time at which the configuration is read.
    pub(super) fn now(&self) -> Timestamp {
        self.now
    }

    /// The same, for a command that sends nothing: a password that only the service can see is no
    /// mistake then.
    #[must_use]
    pub fn without_secrets(self) -> Self {
        Self { needs_secrets: false, ..self }
    }

    /// Whether a password that is not found is a mistake.
    pub(super) fn needs_secrets(&self) -> bool {
        self.needs_secrets
    }

    /// A variable's value; one that is set and empty counts as not set.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        (self.lookup)(name).filter(|value| !value.is_empty())
    }

    /// systemd gives a list separated by colons where a unit has several; the first counts.
    fn directory(&self, name: &str) -> Option<PathBuf> {
        let value = self.variable(name)?;
        value.split(':').next().filter(|first| !first.is_empty()).map(PathBuf::from)
    }

    /// Where systemd lets the service keep its state.
    pub fn state_directory(&self) -> Option<PathBuf> {
        self.directory("STATE_DIRECTORY")
    }

    /// Where systemd puts the service's credentials.
    pub fn credentials_directory(&self) -> Option<PathBuf> {
        self.directory("CREDENTIALS_DIRECTORY")
    }

    /// Where systemd says the service's configuration is.
    pub fn configuration_directory(&self) -> Option<PathBuf> {
        self.directory("CONFIGURATION_DIRECTORY")
    }
}

impl fmt::Debug for Environment {
    /// Says nothing of the values: they may be secrets.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Environment(…)")
    }
}

/// No configuration file was named and none was found.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no configuration file; looked for {}", .looked.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", "))]
pub struct NoConfiguration {
    /// The places, in the order tried.
    pub looked: Vec<PathBuf>,
}

/// The configuration file to read: the one named on the command line, else `$SANCTIONWATCH_CONFIG`,
/// else the first that exists of `$CONFIGURATION_DIRECTORY/sanctionwatch.toml`, `sanctionwatch.toml` and
/// `config/sanctionwatch.toml` in the working directory, and `/etc/sanctionwatch/sanctionwatch.toml`. Of the first and
/// the last one that cannot be looked at counts as there; somebody's working directory is nobody's promise.
///
/// A file that was named is given back whether it exists or not: reading it says what is wrong.
/// `working_directory` is put before the relative places; it may be the empty path.
pub fn default_path(
    explicit: Option<PathBuf>,
    environment: &Environment,
    working_directory: &Path,
) -> Result<PathBuf, NoConfiguration> {
    if let Some(named) = explicit.or_else(|| environment.variable("SANCTIONWATCH_CONFIG").map(PathBuf::from))
    {
        return Ok(named);
    }
    let here = ["sanctionwatch.toml", "config/sanctionwatch.toml"].map(|name| working_directory.join(name));
    let looked: Vec<PathBuf> = environment
        .configuration_directory()
        .into_iter()
        .map(|folder| folder.join("sanctionwatch.toml"))
        .chain(here.iter().cloned())
        .chain([PathBuf::from("/etc/sanctionwatch/sanctionwatch.toml")])
        .collect();
    let is_there = |path: &&PathBuf| if here.contains(path) { path.is_file() } else { may_be_there(path) };
    looked.iter().find(is_there).cloned().ok_or(NoConfiguration { looked })
}

/// Whether a file is there, or nobody can say: who may not look is to be told that, and not that there is none.
fn may_be_there(path: &Path) -> bool {
    match std::fs::metadata(path) {
        Ok(found) => found.is_file(),
        Err(error) => !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_wins_and_what_exists_comes_next() {
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path();
        let none = Environment::of_variables([]);
        let named = Environment::of_variables([("SANCTIONWATCH_CONFIG", "/named.toml")]);
        assert_eq!(default_path(Some("a.toml".into()), &named, here), Ok("a.toml".into()));
        assert_eq!(default_path(None, &named, here), Ok("/named.toml".into()));

        std::fs::create_dir(here.join("config")).unwrap();
        std::fs::write(here.join("config/sanctionwatch.toml"), "").unwrap();
        assert_eq!(default_path(None, &none, here), Ok(here.join("config/sanctionwatch.toml")));
        std::fs::write(here.join("sanctionwatch.toml"), "").unwrap();
        assert_eq!(default_path(None, &none, here), Ok(here.join("sanctionwatch.toml")));

        let folder = here.join("config");
        let systemd = Environment::of_variables([("CONFIGURATION_DIRECTORY", folder.to_str().unwrap())]);
        assert_eq!(default_path(None, &systemd, here), Ok(folder.join("sanctionwatch.toml")));
    }

    #[test]
    fn what_cannot_be_looked_at_is_not_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path();
        std::fs::create_dir(here.join("config")).unwrap();
        std::fs::write(here.join("config/sanctionwatch.toml"), "").unwrap();
        let of_service = here.join("sanctionwatch.toml");
        std::os::unix::fs::symlink("sanctionwatch.toml", &of_service).unwrap();
        let none = Environment::of_variables([]);
        let systemd = Environment::of_variables([("CONFIGURATION_DIRECTORY", here.to_str().unwrap())]);
        let elsewhere = here.join("config");
        assert_eq!(default_path(None, &systemd, &elsewhere), Ok(of_service.clone()));
        // Whoever works for another user stands in a folder that is closed to that one.
        assert_eq!(default_path(None, &none, here), Ok(here.join("config/sanctionwatch.toml")));
        std::fs::remove_file(&of_service).unwrap();
        std::fs::create_dir(&of_service).unwrap();
        assert_eq!(default_path(None, &systemd, &elsewhere), Ok(elsewhere.join("sanctionwatch.toml")));
    }

    #[test]
    fn where_it_looked_is_told() {
        let none = Environment::of_variables([]);
        let error = default_path(None, &none, Path::new("/nowhere")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "no configuration file; looked for /nowhere/sanctionwatch.toml, \
             /nowhere/config/sanctionwatch.toml, /etc/sanctionwatch/sanctionwatch.toml"
        );
    }

    #[test]
    fn of_several_state_directories_the_first_counts() {
        let environment = Environment::of_variables([("STATE_DIRECTORY", "/var/lib/a:/var/lib/b")]);
        assert_eq!(environment.state_directory(), Some("/var/lib/a".into()));
        let empty = Environment::of_variables([("STATE_DIRECTORY", "")]);
        assert_eq!(empty.state_directory(), None);
    }
}
