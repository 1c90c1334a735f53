//! Service: what the service manager is told. Without one nothing is told, and nothing of it can fail a
//! daemon.

use sd_notify::NotifyState;
use std::time::Duration;

/// Everything stands.
pub(super) fn ready() {
    notify(&[NotifyState::Ready]);
}

/// The configuration is read again; `ready` ends that, whatever came of it.
pub(super) fn reloading() {
    // Both in one message: a manager that waits for the reload compares the time.
    match NotifyState::monotonic_usec_now() {
        Ok(now) => notify(&[NotifyState::Reloading, now]),
        Err(error) => tracing::warn!(%error, "the system's monotonic clock cannot be read"),
    }
}

/// The end has begun.
pub(super) fn stopping() {
    notify(&[NotifyState::Stopping]);
}

/// How things stand, in a line.
pub(super) fn status(line: &str) {
    notify(&[NotifyState::Status(line)]);
}

/// Every part goes on.
pub(super) fn alive() {
    notify(&[NotifyState::Watchdog]);
}

/// How often the service manager wants to hear that every part goes on; `None` where it does not.
pub(super) fn watchdog_interval() -> Option<Duration> {
    sd_notify::watchdog_enabled().map(|most| most / 2)
}

fn notify(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "the service manager could not be told");
    }
}
