//! journald's native protocol: an entry is one datagram of fields, each of which may stand several
//! times (systemd.io/JOURNAL_NATIVE_PROTOCOL).

use std::io;
use std::os::unix::net::UnixDatagram;
use std::path::Path;
use std::time::Duration;

/// Most bytes of an entry: a quarter of what a datagram may have as Linux comes.
const MOST_BYTES: usize = 48 * 1024;

/// Most fields of an entry: half of what journald takes.
const MOST_FIELDS: usize = 512;

/// How long a journal that is busy is waited for.
const TIMEOUT: Duration = Duration::from_secs(2);

/// An entry in the making. What has no room any more is left out, so the weightiest fields go first.
#[derive(Debug)]
pub struct Entry {
    bytes: Vec<u8>,
    fields: usize,
    most_bytes: usize,
}

impl Default for Entry {
    fn default() -> Self {
        Self { bytes: Vec::new(), fields: 0, most_bytes: MOST_BYTES }
    }
}

impl Entry {
    /// Adds a field. A value of several lines stands behind its length, so that no value can end its
    /// field and begin another.
    pub fn field(&mut self, name: &str, value: &str) {
        let mut field = name.as_bytes().to_vec();
        if value.contains('\n') {
            field.push(b'\n');
            field.extend_from_slice(&(value.len() as u64).to_le_bytes());
        } else {
            field.push(b'=');
        }
        field.extend_from_slice(value.as_bytes());
        field.push(b'\n');
        if self.fields < MOST_FIELDS && self.bytes.len() + field.len() <= self.most_bytes {
            self.bytes.extend_from_slice(&field);
            self.fields += 1;
        }
    }

    /// The entry as journald takes it: one datagram.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Hands the entry to the journal at this socket.
    pub(super) fn send(&self, socket: &Path) -> io::Result<()> {
        let journal = UnixDatagram::unbound()?;
        journal.set_write_timeout(Some(TIMEOUT))?;
        journal.send_to(&self.bytes, socket)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_stands_behind_an_equals_sign_and_several_behind_their_length() {
        let mut entry = Entry::default();
        entry.field("MESSAGE", "a=b");
        entry.field("TEXT", "a\nPRIORITY=0\n");
        entry.field("EMPTY", "");
        assert_eq!(entry.bytes, b"MESSAGE=a=b\nTEXT\n\x0d\0\0\0\0\0\0\0a\nPRIORITY=0\n\nEMPTY=\n");
    }

    #[test]
    fn what_has_no_room_is_left_out() {
        let mut entry = Entry { most_bytes: 20, ..Entry::default() };
        for value in ["first", "much too long for it", "last"] {
            entry.field("F", value);
        }
        assert_eq!(entry.bytes, b"F=first\nF=last\n");
        let mut many = Entry::default();
        for _ in 0..=MOST_FIELDS {
            many.field("F", "");
        }
        assert_eq!(many.bytes.len(), MOST_FIELDS * 3);
    }
}
