//! Odd: what is consistent and hardly meant. Warnings, never errors.
//!
//! Owns: what is told of it. Looks over parts that were read without an error, so that one mistake does not make
//! ten. Only what is surely so is told: the shipped configuration gives no warning, and a test sees to that.

mod addresses;
mod clocks;
mod reach;
mod scores;
mod twice;
mod words;

pub(super) use addresses::open_addresses;
pub(super) use clocks::{Clock, skipped};
pub(super) use reach::{alike, quiet, unheard, watches};
pub(super) use scores::{Ceilings, Wanted};
pub(super) use twice::read_twice;

use super::World;
use crate::config::reader::{Table, Value};
use crate::config::{Problem, Severity};
use std::path::Path;

/// Whether nothing was told so far that keeps the configuration from being used.
pub(super) fn is_sound(roots: &[Table<'_>]) -> bool {
    roots.iter().all(|root| !root.mark.file.has_errors())
}

/// Tells, of the configuration as a whole, what it lacks.
pub(super) fn lacks(roots: &[Table<'_>], table: &str, then: &str) {
    let Some(main) = roots.first() else { return };
    main.mark.file.report(Problem {
        severity: Severity::Warning,
        span: None,
        message: format!("there is no `[[{table}]]`, so nothing will be {then}"),
        help: None,
    });
}

/// Tells of a file with a secret that everybody may read. Its name is not shown: it may be the secret itself, written
/// in the wrong place.
pub(super) fn open_secret(value: &Value<'_>, path: &Path, world: &World<'_>, what: &str) {
    if (world.is_open)(path) {
        value.mark.odd(
            format!("everybody on this machine can read the file with this {what}"),
            "take that from others (`chmod o-r`), or use a systemd credential",
        );
    }
}
