//! What a connection may cost: its time and its number. A client that says nothing, or reads nothing, is
//! left. Where there are as many as the bound, the one that is there for longest makes room for the next: clients that
//! say nothing, or read nothing, keep no monitor out.

use axum::serve::Listener;
use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::{Instant, Sleep};

/// How long a connection may take, and how many there may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// From its first byte to its last: each brings one request and one answer.
    pub(super) time: Duration,
    /// How long one is kept at least, where others want its place. An answer takes milliseconds.
    pub(super) kept: Duration,
    /// At the same time.
    pub(super) connections: usize,
}

/// A listener that keeps to its limits.
pub(super) struct Limited {
    listener: TcpListener,
    limits: Limits,
    free: Arc<Semaphore>,
    /// Who is there, the oldest first.
    present: VecDeque<(Instant, oneshot::Sender<()>)>,
}

impl Limited {
    pub(super) fn new(listener: TcpListener, limits: Limits) -> Self {
        let free = Arc::new(Semaphore::new(limits.connections));
        Self { listener, limits, free, present: VecDeque::new() }
    }

    /// A place for one more connection. Nobody closes the semaphore; without a permit the connection would only not be
    /// counted.
    async fn place(&mut self) -> Option<OwnedSemaphorePermit> {
        loop {
            let free = Arc::clone(&self.free).acquire_owned();
            let kept = self.limits.kept;
            let Some((since, _)) = self.present.front() else { return free.await.ok() };
            tokio::select! {
                biased;
                permit = free => return permit.ok(),
                () = tokio::time::sleep_until(*since + kept) => {}
            }
            // Who has gone meanwhile hears nothing of it.
            let left = self.present.pop_front().is_some_and(|(_, leave)| leave.send(()).is_ok());
            let free = Arc::clone(&self.free).acquire_owned();
            if left && let Ok(permit) = tokio::time::timeout(kept, free).await {
                return permit.ok();
            }
        }
    }
}

impl Listener for Limited {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let (stream, address) = Listener::accept(&mut self.listener).await;
        self.present.retain(|(_, leave)| !leave.is_closed());
        let permit = self.place().await;
        let (leave, asked_to_leave) = oneshot::channel();
        self.present.push_back((Instant::now(), leave));
        let end = Box::pin(tokio::time::sleep(self.limits.time));
        (Connection { stream, end, place_wanted: Some(asked_to_leave), _permit: permit }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection that fails when its time is over, whatever it waits for.
pub(super) struct Connection {
    stream: TcpStream,
    end: Pin<Box<Sleep>>,
    /// Told when its place is wanted; nothing once the listener has ended.
    place_wanted: Option<oneshot::Receiver<()>>,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Connection {
    /// What `step` does, or the end of the time.
    fn in_time<T>(
        &mut self,
        context: &mut Context<'_>,
        step: impl FnOnce(Pin<&mut TcpStream>, &mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        let must_leave = match self.place_wanted.as_mut().map(|asked| Pin::new(asked).poll(context)) {
            Some(Poll::Ready(asked)) => {
                // Not asked again: the listener itself has ended, or it wants the place.
                self.place_wanted = None;
                asked.is_ok()
            }
            Some(Poll::Pending) | None => false,
        };
        if must_leave || self.end.as_mut().poll(context).is_ready() {
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

    const LONG: Duration = Duration::from_hours(1);
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
        let ending = stream.read_to_end(&mut text);
        let _ended = tokio::time::timeout(Duration::from_mins(1), ending).await.expect("it ends");
        String::from_utf8(text).unwrap()
    }

    #[tokio::test]
    async fn who_does_not_end_a_request_is_left_and_who_does_is_answered_once() {
        let address = server(Limits { time: Duration::from_secs(2), kept: LONG, connections: 9 }).await;
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
        let address = server(Limits { time: LONG, kept: LONG, connections: 2 }).await;
        let idle = [connect(address, b"").await, connect(address, b"").await];
        let mut third = connect(address, REQUEST).await;
        let early = tokio::time::timeout(Duration::from_millis(300), third.read_u8()).await;
        assert!(early.is_err(), "answered while two others were there");
        drop(idle);
        assert!(heard(third).await.contains("well"));
    }

    #[tokio::test]
    async fn who_has_asked_is_answered_though_the_listener_has_ended() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (asked, go_on) = (Arc::new(tokio::sync::Notify::new()), Arc::new(tokio::sync::Notify::new()));
        let (has_asked, may_go_on) = (Arc::clone(&asked), Arc::clone(&go_on));
        let slow = get(move || async move {
            has_asked.notify_one();
            may_go_on.notified().await;
            "well"
        });
        let (stop, stopped) = oneshot::channel::<()>();
        let limits = Limits { time: LONG, kept: LONG, connections: 2 };
        let until = async { drop(stopped.await) };
        let serving = tokio::spawn(answer_within(limits, listener, Router::new().route("/", slow), until));
        let client = connect(address, REQUEST).await;
        asked.notified().await;
        stop.send(()).unwrap();
        // The listener is gone when nobody can connect any more.
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
        go_on.notify_one();
        assert!(heard(client).await.contains("well"));
        serving.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn who_says_nothing_keeps_nobody_out() {
        let kept = Duration::from_millis(100);
        let address = server(Limits { time: LONG, kept, connections: 2 }).await;
        let [first, second] = [connect(address, b"").await, connect(address, b"GET / HT").await];
        assert!(heard(connect(address, REQUEST).await).await.contains("well"));
        assert_eq!(heard(first).await, "", "the oldest is sent away");
        let third = connect(address, b"").await;
        assert!(heard(connect(address, REQUEST).await).await.contains("well"));
        assert_eq!(heard(second).await, "");
        drop(third);
    }
}
