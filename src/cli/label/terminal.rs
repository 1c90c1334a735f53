//! The terminal, asked for single keys; it is put back as it was however that ends.
//!
//! Owns: its mode. Keys come without Enter and are not shown. Ctrl-C and Ctrl-Z come as keys, too, so that nothing ends
//! the program while the mode is changed but a signal from elsewhere, which whoever asks looks for.

use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};
use std::io::{self, Read, Stdin};
use tokio_util::sync::CancellationToken;

/// How long one look for a key takes, in tenths of a second.
const LOOK: u8 = 2;

/// A key that was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// A letter or sign.
    Letter(char),
    /// Ctrl-C, Ctrl-D, Ctrl-Z, the end of the input, or a signal to end.
    End,
}

/// The terminal of standard input, in the mode for single keys until it is dropped.
#[derive(Debug)]
pub(super) struct Keys {
    input: Stdin,
    before: Termios,
    stop: CancellationToken,
}

impl Keys {
    /// Changes the mode. `stop` ends the waiting for a key.
    pub(super) fn begin(stop: CancellationToken) -> io::Result<Self> {
        let input = io::stdin();
        let before = tcgetattr(&input)?;
        let mut mode = before.clone();
        mode.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG);
        mode.special_codes[SpecialCodeIndex::VMIN] = 0;
        mode.special_codes[SpecialCodeIndex::VTIME] = LOOK;
        tcsetattr(&input, OptionalActions::Now, &mode)?;
        Ok(Self { input, before, stop })
    }

    /// Waits for the next key.
    pub(super) fn next(&mut self) -> io::Result<Key> {
        let mut byte = [0];
        while !self.stop.is_cancelled() {
            match self.input.lock().read(&mut byte) {
                // Nothing was pressed meanwhile.
                Ok(0) => {}
                Ok(_) if matches!(byte[0], 3 | 4 | 26) => return Ok(Key::End),
                Ok(_) => return Ok(Key::Letter(char::from(byte[0]).to_ascii_lowercase())),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Key::End)
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        // A terminal that has gone needs no mode any more.
        let _restored = tcsetattr(&self.input, OptionalActions::Now, &self.before);
    }
}
