//! A stream that bounds what a mail server may say. lettre reads a reply line to its end before it
//! looks at its length, and keeps what was sent in plain text behind the answer to STARTTLS, where
//! anybody on the way could have put it; neither passes here. With TLS from the first byte lettre opens
//! the connection itself: there the server is known before it says anything, and only the time limits.

use lettre::transport::smtp::client::AsyncTokioStream;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// Most bytes of plain text read without one written: replies are a few lines.
const MAX_REPLY: usize = 16 * 1024;

/// The same under TLS, where the server's certificates come too.
const MAX_ENCRYPTED_REPLY: usize = 128 * 1024;

/// First byte of a TLS record that holds a handshake message.
const TLS_HANDSHAKE: u8 = 0x16;

/// A connection that ends where the server says too much.
#[derive(Debug)]
pub(super) struct Guard {
    stream: TcpStream,
    unanswered: usize,
    /// Most bytes that may be unanswered.
    limit: usize,
    /// Everything read since STARTTLS was written, while the handshake has not begun.
    starttls_reply: Option<Vec<u8>>,
}

impl Guard {
    pub(super) const fn new(stream: TcpStream) -> Self {
        Self { stream, unanswered: 0, limit: MAX_REPLY, starttls_reply: None }
    }
}

impl AsyncTokioStream for Guard {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.peer_addr()
    }
}

impl AsyncRead for Guard {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        let read = &buffer.filled()[before..];
        self.unanswered += read.len();
        let refuse = |what: &str| Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, what)));
        if self.unanswered > self.limit {
            return refuse("the server's reply does not end");
        }
        if let Some(reply) = &mut self.starttls_reply {
            reply.extend_from_slice(read);
            if goes_on_after_reply(reply) {
                return refuse("the server said more than the answer to STARTTLS");
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Guard {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.unanswered = 0;
        if bytes.starts_with(b"STARTTLS") {
            self.starttls_reply = Some(Vec::new());
        } else if bytes.first() == Some(&TLS_HANDSHAKE) {
            self.starttls_reply = None;
            self.limit = MAX_ENCRYPTED_REPLY;
        }
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// Whether bytes follow the last line of a reply ("220 ready", not "220-more follows").
fn goes_on_after_reply(bytes: &[u8]) -> bool {
    let mut read = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        read += line.len();
        if line.ends_with(b"\n") && line.get(3) != Some(&b'-') {
            return read < bytes.len();
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(b"220 ready\r\n", false)]
    #[case(b"220-one\r\n220 two\r\n", false)]
    #[case(b"220 rea", false)]
    #[case(b"220 ready\r\n250-evil\r\n", true)]
    #[case(b"220-one\r\n220 two\r\n2", true)]
    fn what_follows_a_reply_is_seen(#[case] bytes: &[u8], #[case] expected: bool) {
        assert_eq!(goes_on_after_reply(bytes), expected);
    }
}
