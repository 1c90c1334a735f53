//! Service: what the service manager is told. Without one nothing is told, and nothing of it can fail a
//! daemon.

use sd_notify::NotifyState;
use std::ffi::OsStr;
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

/// How long a manager is waited for that does not take what is told once.
const PATIENCE: Duration = Duration::from_secs(2);

/// The same of what is told again, or matters little.
const A_MOMENT: Duration = Duration::from_millis(500);

/// Everything stands.
pub(super) fn ready() {
    notify(&[NotifyState::Ready], PATIENCE);
}

/// The configuration is read again; `ready` ends that, whatever came of it.
pub(super) fn reloading() {
    // Both in one message: a manager that waits for the reload compares the time.
    match NotifyState::monotonic_usec_now() {
        Ok(now) => drop(notify(&[NotifyState::Reloading, now], PATIENCE)),
        Err(error) => tracing::warn!(%error, "the system's monotonic clock cannot be read"),
    }
}

/// The end has begun.
pub(super) fn stopping() {
    notify(&[NotifyState::Stopping], A_MOMENT);
}

/// How things stand, in a line. Whether the manager has taken it.
pub(super) fn status(line: &str) -> bool {
    // A line, whatever is quoted in it.
    notify(&[NotifyState::Status(&line.replace(char::is_control, " "))], A_MOMENT)
}

/// Every part goes on.
pub(super) fn alive() {
    notify(&[NotifyState::Watchdog], A_MOMENT);
}

/// How often the service manager wants to hear that every part goes on; `None` where it does not.
pub(super) fn watchdog_interval() -> Option<Duration> {
    sd_notify::watchdog_enabled().map(|most| most / 2)
}

/// Whether nobody has to be told any more.
fn notify(states: &[NotifyState<'_>], patience: Duration) -> bool {
    let Some(socket) = std::env::var_os("NOTIFY_SOCKET") else { return true };
    let lines: Vec<String> = states.iter().map(ToString::to_string).collect();
    let sent = send(&socket, &(lines.join("\n") + "\n"), patience);
    if let Err(error) = &sent {
        tracing::warn!(%error, "the service manager could not be told");
    }
    sent.is_ok()
}

/// As the library sends it, but that nobody waits for ever for a manager that does not listen: whoever tells it
/// holds a thread of the daemon.
fn send(socket: &OsStr, message: &str, patience: Duration) -> io::Result<()> {
    let address = match socket.as_bytes() {
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
        _ => SocketAddr::from_pathname(socket)?,
    };
    let sender = UnixDatagram::unbound()?;
    sender.set_write_timeout(Some(patience))?;
    sender.send_to_addr(message.as_bytes(), &address).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::ErrorKind;

    #[test]
    fn a_manager_that_does_not_listen_is_left_after_a_moment() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("notify");
        let manager = UnixDatagram::bind(&socket).unwrap();
        let refused = (0..10_000).find_map(|_| send(socket.as_os_str(), "WATCHDOG=1", A_MOMENT).err());
        assert_eq!(refused.map(|error| error.kind()), Some(ErrorKind::WouldBlock));
        let mut heard = [0; 64];
        let length = manager.recv(&mut heard).unwrap();
        assert_eq!(&heard[..length], b"WATCHDOG=1");
    }
}
