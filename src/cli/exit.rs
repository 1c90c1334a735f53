//! Exit codes, as sysexits.h names them, and the one place where an error is printed.

use super::output;
use crate::config::{ConfigErrors, Diagnostic, Severity};
use crate::daemon;
use crate::daemon::log::last_word;
use crate::deliver::channel::SetupError;
use crate::deliver::render::TemplateError;
use crate::net::NetError;
use crate::store::StoreError;
use std::process::ExitCode;
use tracing::Level;

/// The command was used in a wrong way (EX_USAGE).
pub(super) const USAGE: u8 = 64;
/// The input was wrong (EX_DATAERR).
pub(super) const DATA: u8 = 65;
/// An input file cannot be read (EX_NOINPUT).
pub(super) const NO_INPUT: u8 = 66;
/// No source could be reached (EX_UNAVAILABLE).
pub(super) const UNAVAILABLE: u8 = 69;
/// A fault of the program (EX_SOFTWARE).
const SOFTWARE: u8 = 70;
/// A file or folder cannot be made (EX_CANTCREAT).
pub(super) const CANNOT_CREATE: u8 = 73;
/// A file cannot be read or written (EX_IOERR).
const IO: u8 = 74;
/// In use; the same may work later (EX_TEMPFAIL).
pub(super) const TEMPORARY: u8 = 75;
/// The configuration is wrong (EX_CONFIG).
pub(super) const CONFIG: u8 = 78;

/// Why a command could not do what it was asked, and what it exits with.
#[derive(Debug)]
pub(super) enum Failure {
    /// The configuration is wrong; the errors know how to show themselves.
    Config(Box<ConfigErrors>),
    /// Anything else, with its causes.
    Other {
        /// The exit code.
        code: u8,
        /// What went wrong.
        error: anyhow::Error,
    },
    /// The reader of our output has gone; nobody is left to be told.
    OutputClosed,
}

impl Failure {
    /// A failure with an exit code of its own.
    pub(super) fn new(code: u8, error: anyhow::Error) -> Self {
        Self::Other { code, error }
    }

    /// A fault of the program.
    pub(super) fn internal(error: anyhow::Error) -> Self {
        Self::new(SOFTWARE, error)
    }

    /// The failure with its causes, for whoever can go on without what failed.
    pub(super) fn in_words(&self) -> String {
        match self {
            Self::Config(errors) => errors.in_a_line(),
            Self::Other { error, .. } => chain(error),
            Self::OutputClosed => "nobody reads the output".to_owned(),
        }
    }

    /// The same failure without what must not be in a log, on one line: that of a daemon ends in one. Errors of the
    /// configuration name neither people nor secrets anyway.
    pub(super) fn for_a_log(self) -> Self {
        const MOST: usize = 1_000;
        match self {
            Self::Other { code, error } => {
                let words = crate::text::one_line(&crate::text::without_addresses(&chain(&error)), MOST);
                Self::new(code, anyhow::Error::msg(words))
            }
            other => other,
        }
    }

    /// Prints the failure once, with its causes, and gives its exit code: for people, or as an entry of the log where
    /// programs read that.
    pub(super) fn report(self, colour: bool) -> ExitCode {
        match self {
            Self::Config(errors) => {
                match errors.iter().map(entry).collect::<Option<Vec<_>>>() {
                    Some(entries) => output::complain(&entries.join("\n")),
                    None => output::complain(&errors.findings().render(colour)),
                }
                ExitCode::from(if errors.is_temporary() { TEMPORARY } else { CONFIG })
            }
            Self::Other { code, ref error } => {
                let words = chain(error);
                let entry = last_word(Level::ERROR, &words, &[]);
                output::complain(&entry.unwrap_or_else(|| format!("error: {words}")));
                ExitCode::from(code)
            }
            Self::OutputClosed => ExitCode::SUCCESS,
        }
    }
}

/// What is wrong, or odd, in a configuration that cannot be used, as an entry of the log where that is wanted.
fn entry(found: &Diagnostic) -> Option<String> {
    let (level, what) = match found.severity {
        Severity::Error => (Level::ERROR, "wrong"),
        Severity::Warning => (Level::WARN, "odd"),
    };
    let (place, help) = (found.place(), found.help.as_deref().unwrap_or_default());
    let fields = [("place", place.as_str()), ("help", help)];
    last_word(level, &format!("{what} in the configuration: {}", found.message), &fields)
}

/// An error with its causes, each said once: some repeat what they come of.
fn chain(error: &anyhow::Error) -> String {
    error.chain().map(ToString::to_string).fold(String::new(), |said, cause| match said.as_str() {
        "" => cause,
        said if said.ends_with(&cause) => said.to_owned(),
        said => format!("{said}: {cause}"),
    })
}

impl From<ConfigErrors> for Failure {
    fn from(errors: ConfigErrors) -> Self {
        Self::Config(Box::new(errors))
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let code = match &error {
            StoreError::InUse { .. } => TEMPORARY,
            StoreError::Folder { .. } => CANNOT_CREATE,
            _ if error.is_temporary() => TEMPORARY,
            _ => IO,
        };
        Self::new(code, error.into())
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        match error.downcast::<StoreError>() {
            Ok(error) => error.into(),
            // What the operator wrote: started again it would fail again.
            Err(error)
                if error.is::<TemplateError>() || error.is::<SetupError>() || error.is::<NetError>() =>
            {
                Self::new(CONFIG, error)
            }
            // Another program has it, or an earlier daemon still does.
            Err(error) if error.is::<daemon::ListenError>() => Self::new(TEMPORARY, error),
            Err(error) => Self::internal(error),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return Self::OutputClosed;
        }
        Self::new(IO, error.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As errors of libraries do.
    #[derive(Debug, thiserror::Error)]
    #[error("tls error: {0}")]
    struct Repeats(#[source] std::io::Error);

    #[test]
    fn a_cause_that_was_said_is_not_said_again() {
        let error = anyhow::Error::from(Repeats(std::io::Error::other("no host"))).context("cannot send");
        assert_eq!(chain(&error), "cannot send: tls error: no host");
        let plain = anyhow::Error::from(std::io::Error::other("no host")).context("cannot send");
        assert_eq!(chain(&plain), "cannot send: no host");
    }
}
