//! The terminal, asked for single keys; it is put back as it was however that ends.
//!
//! Owns: its mode, and the signals to end. Keys come without Enter and
//! are not shown. Ctrl-C, Ctrl-Z and Ctrl-\ come as keys, too, so that nothing ends the program while the mode is
//! changed but a signal from elsewhere.

use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};
use std::io::{self, Read, Stdin};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// How long one look for a key takes, in tenths of a second.
const LOOK: u8 = 2;

/// A key that was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    /// A letter or sign.
    Letter(char),
    /// Ctrl-C, Ctrl-D, Ctrl-Z, Ctrl-\, the end of the input, or a signal to end.
    End,
}

/// How far the bytes of a key have come. Keys that are no letters (arrows, F1, Alt with a letter) come as a sequence
/// that begins with Escape and may end with any letter, by which nobody has said anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Reading {
    /// Between two keys.
    #[default]
    Between,
    /// After Escape.
    Escape,
    /// After Escape and `[`, and whether anything has come since.
    Sequence { has_begun: bool },
    /// Before the last byte, whatever it is.
    Last,
    /// In an answer of the terminal, up to a bell, or Escape and `\`.
    Answer,
}

impl Reading {
    /// Takes the next byte; gives the key that ends with it, where that is one.
    fn take(&mut self, byte: u8) -> Option<Key> {
        // Ctrl-C, Ctrl-D, Ctrl-Z, Ctrl-\: no sequence holds them.
        if matches!(byte, 0x03 | 0x04 | 0x1a | 0x1c) {
            *self = Self::Between;
            return Some(Key::End);
        }
        if byte == 0x1b {
            *self = Self::Escape;
            return None;
        }
        if *self == Self::Between {
            // A letter beyond ASCII comes as several bytes, none of which is one.
            return byte.is_ascii().then(|| Key::Letter(char::from(byte).to_ascii_lowercase()));
        }
        *self = match (*self, byte) {
            (Self::Escape, b'[') => Self::Sequence { has_begun: false },
            (Self::Sequence { .. }, 0x20..=0x3f) => Self::Sequence { has_begun: true },
            // The console of Linux sends F1 as Escape, `[`, `[`, `A`; and on some terminals Shift and Ctrl stand as
            // digits before the last byte of F1 to F4.
            (Self::Escape, b'O' | b'N')
            | (Self::Sequence { has_begun: false }, b'[')
            | (Self::Last, b'0'..=b'9' | b';') => Self::Last,
            (Self::Escape, b']' | b'P' | b'X' | b'^' | b'_') => Self::Answer,
            (Self::Answer, other) if other != 0x07 => Self::Answer,
            _ => Self::Between,
        };
        None
    }
}

/// The terminal of standard input, in the mode for single keys until it is dropped.
#[derive(Debug)]
pub(super) struct Keys {
    input: Stdin,
    before: Termios,
    reading: Reading,
    stop: CancellationToken,
}

/// Cancels `stop` where the terminal goes away (SIGHUP) or the process is asked to end (SIGTERM, SIGINT, SIGQUIT).
/// Nothing is logged of it: the terminal is what somebody reads. Must be called inside a runtime.
pub(super) fn stop_on_signal(stop: CancellationToken) -> io::Result<()> {
    let mut hangup = signal(SignalKind::hangup())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut quit = signal(SignalKind::quit())?;
    tokio::spawn(async move {
        tokio::select! {
            _ = hangup.recv() => {}
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
            _ = quit.recv() => {}
        }
        stop.cancel();
    });
    Ok(())
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
        Ok(Self { input, before, reading: Reading::default(), stop })
    }

    /// Waits for the next key.
    pub(super) fn next(&mut self) -> io::Result<Key> {
        let mut byte = [0];
        while !self.stop.is_cancelled() {
            match self.input.lock().read(&mut byte) {
                // The terminal has gone, and nobody said so by a signal.
                Ok(0) if tcgetattr(&self.input).is_err() => return Ok(Key::End),
                // Nothing was pressed meanwhile: what began with Escape was that key alone.
                Ok(0) => self.reading = Reading::Between,
                Ok(_) => {
                    if let Some(key) = self.reading.take(byte[0]) {
                        return Ok(key);
                    }
                }
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

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::letters(b"rW ", "rw ")]
    #[case::f1_to_f4_of_xterm(b"\x1bOP\x1bOQ\x1bOR\x1bOSs", "s")]
    #[case::f5(b"\x1b[15~s", "s")]
    #[case::f3_with_shift(b"\x1b[1;2R\x1bO2Rs", "s")]
    #[case::f1_of_the_linux_console(b"\x1b[[As", "s")]
    #[case::arrows(b"\x1b[A\x1b[B\x1bOC\x1bODs", "s")]
    #[case::alt_with_a_letter(b"\x1brs", "s")]
    #[case::alt_with_an_arrow(b"\x1b\x1b[As", "s")]
    #[case::an_answer_of_the_terminal(b"\x1b]11;rgb:0/0/0\x07\x1b]4;w\x1b\\s", "s")]
    #[case::letters_beyond_ascii("ör\u{2014}s".as_bytes(), "rs")]
    #[case::ends(b"\x03\x04\x1a\x1c", "!!!!")]
    #[case::interrupted_in_a_sequence(b"\x1b[\x03r", "!r")]
    fn bytes_become_keys(#[case] bytes: &[u8], #[case] expected: &str) {
        let mut reading = Reading::default();
        let keys = bytes.iter().filter_map(|byte| reading.take(*byte));
        let shown = keys.map(|key| match key {
            Key::Letter(letter) => letter,
            Key::End => '!',
        });
        assert_eq!(shown.collect::<String>(), expected);
    }
}
