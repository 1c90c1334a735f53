//! A loopback port that stays ours whether somebody listens on it or not.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use tokio::net::TcpSocket;

/// A bound port. While nobody listens, connections are refused, and no other test can take it.
#[derive(Debug)]
pub(crate) struct Port {
    address: SocketAddr,
    _placeholder: TcpSocket,
}

impl Port {
    pub(crate) fn reserve() -> Self {
        let placeholder = TcpSocket::new_v4().unwrap();
        placeholder.set_reuseaddr(true).unwrap();
        placeholder.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
        let address = placeholder.local_addr().unwrap();
        Self { address, _placeholder: placeholder }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Listens until the returned value is dropped; each connection runs in a thread of its own.
    pub(crate) fn listen<F>(&self, handle: F) -> Listening
    where
        F: Fn(TcpStream, &Stop) + Send + Sync + 'static,
    {
        let listener = TcpListener::bind(self.address).unwrap();
        let stop = Stop(Arc::new(AtomicBool::new(false)));
        let seen = stop.clone();
        let handle = Arc::new(handle);
        let thread = std::thread::spawn(move || {
            for connection in listener.incoming() {
                if seen.is_set() {
                    break;
                }
                let Ok(connection) = connection else { continue };
                let (handle, stop) = (handle.clone(), seen.clone());
                std::thread::spawn(move || handle(connection, &stop));
            }
        });
        Listening { address: self.address, stop, thread: Some(thread) }
    }
}

/// Tells the threads of a server that it is over.
#[derive(Debug, Clone)]
pub(crate) struct Stop(Arc<AtomicBool>);

impl Stop {
    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// A server that listens; dropping it closes the port.
#[derive(Debug)]
pub(crate) struct Listening {
    address: SocketAddr,
    stop: Stop,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.stop.0.store(true, Ordering::SeqCst);
        // `accept` has no time-out: one connection of our own lets it see the flag.
        let woken = TcpStream::connect(self.address).is_ok();
        if let (true, Some(thread)) = (woken, self.thread.take()) {
            drop(thread.join());
        }
    }
}
