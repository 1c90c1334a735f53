//! What a connection may cost: its time and its number. A client that says nothing, or reads nothing, is
//! left; more clients than the bound wait in the system's queue.

use axum::serve::Listener;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Sleep;

/// How long a connection may take, and how many there may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// From its first byte to its last: each brings one request and one answer.
    pub(super) time: Duration,
    /// At the same time.
    pub(super) connections: usize,
}

/// A listener that keeps to its limits.
pub(super) struct Limited {
    listener: TcpListener,
    time: Duration,
    free: Arc<Semaphore>,
}

impl Limited {
    pub(super) fn new(listener: TcpListener, limits: Limits) -> Self {
        Self { listener, time: limits.time, free: Arc::new(Semaphore::new(limits.connections)) }
    }
}

impl Listener for Limited {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        // Nobody closes the semaphore; without a permit the connection would only not be counted.
        let permit = Arc::clone(&self.free).acquire_owned().await.ok();
        let (stream, address) = Listener::accept(&mut self.listener).await;
        (Connection { stream, end: Box::pin(tokio::time::sleep(self.time)), _permit: permit }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection that fails when its time is over, whatever it waits for.
pub(super) struct Connection {
    stream: TcpStream,
    end: Pin<Box<Sleep>>,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Connection {
    /// What `step` does, or the end of the time.
    fn in_time<T>(
        &mut self,
        context: &mut Context<'_>,
        step: impl FnOnce(Pin<&mut TcpStream>, &mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if self.end.as_mut().poll(context).is_ready() {
            return Poll::Ready(Err(ErrorKind::TimedOut.into()));
        }
        step(Pin::new(&mut self.stream), context)
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.in_time(context, |stream, context| stream.poll_read(context, buffer))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.in_time(context, |stream, context| stream.poll_write(context, bytes))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.in_time(context, AsyncWrite::poll_flush)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.in_time(context, AsyncWrite::poll_shutdown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::answer_within;
    use axum::Router;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    /// A server with these limits, and where it is.
    async fn server(limits: Limits) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().route("/", get(|| async { "well" }));
        tokio::spawn(answer_within(limits, listener, router, std::future::pending()));
        address
    }

    async fn connect(address: SocketAddr, said: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(said).await.unwrap();
        stream
    }

    /// All that comes until the connection ends.
    async fn heard(mut stream: TcpStream) -> String {
        let mut text = Vec::new();
        // One that is cut off may end in an error.
        let _ended = stream.read_to_end(&mut text).await;
        String::from_utf8(text).unwrap()
    }

    #[tokio::test]
    async fn who_does_not_end_a_request_is_left_and_who_does_is_answered_once() {
        let address = server(Limits { time: Duration::from_secs(2), connections: 9 }).await;
        for said in [b"".as_slice(), b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\n"] {
            assert!(!heard(connect(address, said).await).await.contains("well"));
        }
        let twice = [REQUEST, REQUEST].concat();
        let answer = heard(connect(address, &twice).await).await;
        assert_eq!(answer.matches("well").count(), 1, "{answer}");
        assert!(answer.to_lowercase().contains("connection: close"), "{answer}");
    }

    #[tokio::test]
    async fn more_connections_than_the_bound_wait_for_their_turn() {
        let address = server(Limits { time: Duration::from_secs(30), connections: 2 }).await;
        let idle = [connect(address, b"").await, connect(address, b"").await];
        let mut third = connect(address, REQUEST).await;
        let early = tokio::time::timeout(Duration::from_millis(300), third.read_u8()).await;
        assert!(early.is_err(), "answered while two others were there");
        drop(idle);
        assert!(heard(third).await.contains("well"));
    }
}
