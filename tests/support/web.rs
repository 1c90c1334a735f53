//! A web server that serves feeds, takes what it is sent, keeps a log of both, and misbehaves on request.

use super::Log;
use super::port::{Listening, Port, Stop};
use flate2::{Compress, Compression, FlushCompress};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// More than any program may want to read.
const ENDLESS_BYTES: u64 = 10_000_000_000;
/// Most bytes of a request.
const MAX_REQUEST: u64 = 1024 * 1024;
const LAST_MODIFIED: &str = "Sun, 01 Nov 2026 10:00:00 GMT";

/// What the server was asked.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// The status it got; 0 where it got none.
    pub(crate) status: u16,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(crate) fn is_conditional(&self) -> bool {
        self.header("if-none-match").is_some() || self.header("if-modified-since").is_some()
    }
}

/// What a path answers.
#[derive(Debug, Clone)]
pub(crate) enum Route {
    /// A body with both validators: 304 to who sends one of them back.
    File { kind: &'static str, body: Vec<u8> },
    /// One file for each request, the last one from then on.
    Rounds(Vec<Vec<u8>>),
    /// A body with this status and these headers, and no validators.
    Plain { status: u16, headers: Vec<(&'static str, String)>, body: Vec<u8> },
    /// One status for each request, the last one from then on.
    Statuses(Vec<u16>),
    /// Takes the request and says nothing.
    Hang,
    /// A feed, one byte at a time, far slower than anyone should wait.
    Drip,
    /// The beginning of a feed and then ten gigabytes of it.
    Endless,
    /// A small body that unpacks to a gigabyte.
    GzipBomb,
    /// Promises more bytes than it sends.
    CutShort,
}

impl Route {
    pub(crate) fn feed(body: impl Into<Vec<u8>>) -> Self {
        Self::File { kind: "application/rss+xml; charset=utf-8", body: body.into() }
    }

    pub(crate) fn status(status: u16) -> Self {
        Self::Plain { status, headers: vec![], body: b"no feed today".to_vec() }
    }

    pub(crate) fn redirect(to: impl Into<String>) -> Self {
        Self::Plain { status: 302, headers: vec![("Location", to.into())], body: vec![] }
    }

    pub(crate) fn html() -> Self {
        let body =
            "<!DOCTYPE html><html><head><title>Sign in</title></head><body><p>Not a feed.</p></body></html>";
        Self::Plain {
            status: 200,
            headers: vec![("Content-Type", "text/html".into())],
            body: body.as_bytes().to_vec(),
        }
    }
}

#[derive(Debug, Default)]
struct Site {
    routes: Mutex<BTreeMap<String, (Route, usize)>>,
    log: Log<Request>,
}

/// A web server on a loopback port of its own.
#[derive(Debug)]
pub(crate) struct WebServer {
    port: Port,
    site: Arc<Site>,
    _listening: Listening,
}

impl WebServer {
    pub(crate) fn start() -> Self {
        let port = Port::reserve();
        let site = Arc::new(Site::default());
        let shared = site.clone();
        let listening = port.listen(move |connection, stop| {
            // A client that goes away in the middle is no fault of the server's.
            let _gone = answer(&shared, connection, stop);
        });
        Self { port, site, _listening: listening }
    }

    /// Serves `route` at `path` from now on, and tells its address.
    pub(crate) fn serve(&self, path: &str, route: Route) -> String {
        self.site.routes.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), (route, 0));
        self.url(path)
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.port.address())
    }

    /// The requests for `path`, in the order of their answers.
    pub(crate) fn requests(&self, path: &str) -> Vec<Request> {
        self.site.log.all().into_iter().filter(|request| request.path == path).collect()
    }

    /// Every request there was.
    pub(crate) fn all_requests(&self) -> Vec<Request> {
        self.site.log.all()
    }

    /// Waits until `path` was asked for `count` times.
    pub(crate) fn wait_for_requests(&self, path: &str, count: usize) {
        let enough = |log: &[Request]| log.iter().filter(|request| request.path == path).count() >= count;
        if let Err(log) = self.site.log.wait(enough) {
            panic!("{path} was not asked for {count} times: {log:?}");
        }
    }
}

fn read_request(connection: &TcpStream) -> std::io::Result<Request> {
    connection.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut reader = BufReader::new(connection.take(MAX_REQUEST));
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut words = first.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if path.is_empty() {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.push((name.trim().to_owned(), value.trim().to_owned()));
    }
    let mut request =
        Request { method: method.to_owned(), path: path.to_owned(), headers, body: vec![], status: 0 };
    let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    reader.take(length).read_to_end(&mut request.body)?;
    Ok(request)
}

fn answer(site: &Site, mut connection: TcpStream, stop: &Stop) -> std::io::Result<()> {
    let mut request = read_request(&connection)?;
    let (route, turn) = {
        let mut routes = site.routes.lock().unwrap_or_else(PoisonError::into_inner);
        match routes.get_mut(&request.path) {
            Some((route, turn)) => {
                *turn += 1;
                (route.clone(), *turn - 1)
            }
            None => (Route::status(404), 0),
        }
    };
    let reply = Reply::to(&request, &route, turn);
    request.status = reply.as_ref().map_or(0, |reply| reply.status);
    // Logged before the answer goes out: whoever has the answer finds the request in the log.
    site.log.push(request);
    match (reply, route) {
        (Some(reply), _) => reply.send(&mut connection),
        (None, Route::Drip) => drip(&mut connection, stop),
        (None, Route::Endless) => endless(&mut connection, stop),
        (None, _) => hang(&mut connection, stop),
    }
}

/// A whole answer.
struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Reply {
    /// `None` for the routes that never come to an end.
    fn to(request: &Request, route: &Route, turn: usize) -> Option<Self> {
        let reply = |status, headers, body| Some(Self { status, headers, body });
        match route {
            Route::File { kind, body } => Some(Self::file(request, kind, body)),
            Route::Rounds(rounds) => {
                let body = rounds.get(turn).or(rounds.last()).cloned().unwrap_or_default();
                Some(Self::file(request, "application/rss+xml", &body))
            }
            Route::Plain { status, headers, body } => reply(*status, headers.clone(), body.clone()),
            Route::Statuses(statuses) => {
                let status = statuses.get(turn).or(statuses.last()).copied().unwrap_or(200);
                reply(status, vec![], b"as you say".to_vec())
            }
            Route::GzipBomb => reply(
                200,
                vec![("Content-Type", "application/rss+xml".into()), ("Content-Encoding", "gzip".into())],
                gzip_bomb(),
            ),
            Route::CutShort => reply(
                200,
                vec![("Content-Length", "100000".into())],
                b"<rss version=\"2.0\"><channel>".to_vec(),
            ),
            Route::Hang | Route::Drip | Route::Endless => None,
        }
    }

    fn file(request: &Request, kind: &str, body: &[u8]) -> Self {
        let etag = format!("\"{}\"", hex(&Sha256::digest(body)[..8]));
        let headers = vec![
            ("Content-Type", kind.to_owned()),
            ("ETag", etag.clone()),
            ("Last-Modified", LAST_MODIFIED.to_owned()),
        ];
        // RFC 9110: If-Modified-Since counts only where there is no If-None-Match.
        let unchanged = match request.header("if-none-match") {
            Some(known) => known == etag,
            None => request.header("if-modified-since") == Some(LAST_MODIFIED),
        };
        if unchanged {
            Self { status: 304, headers, body: vec![] }
        } else {
            Self { status: 200, headers, body: body.to_vec() }
        }
    }

    fn send(&self, connection: &mut TcpStream) -> std::io::Result<()> {
        let mut head = format!("HTTP/1.1 {} Scripted\r\nConnection: close\r\n", self.status);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let told = self.headers.iter().any(|(name, _)| *name == "Content-Length");
        if !told && self.status != 304 {
            head.push_str(&format!("Content-Length: {}\r\n", self.body.len()));
        }
        connection.write_all(format!("{head}\r\n").as_bytes())?;
        connection.write_all(&self.body)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The beginning of a feed and a gigabyte of white space, about a megabyte packed.
///
/// Packed by repeating one fully flushed block, which costs a megabyte's work. It has no end and no
/// checksum: nobody may want to read that far.
fn gzip_bomb() -> Vec<u8> {
    let mut pack = Compress::new(Compression::best(), false);
    let mut packed_block = |bytes: &[u8]| {
        let mut block = Vec::with_capacity(bytes.len() + 1024);
        pack.compress_vec(bytes, &mut block, FlushCompress::Full).unwrap();
        block
    };
    let start = packed_block(b"<rss version=\"2.0\"><channel><title>");
    let blank = packed_block(&vec![b' '; 1024 * 1024]);
    let gzip_header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    [&gzip_header[..], &start, &blank.repeat(1024)].concat()
}

/// Keeps the connection until the client closes it or the server stops.
fn hang(connection: &mut TcpStream, stop: &Stop) -> std::io::Result<()> {
    connection.set_read_timeout(Some(Duration::from_millis(50)))?;
    while !stop.is_set() {
        match connection.read(&mut [0; 64]) {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn drip(connection: &mut TcpStream, stop: &Stop) -> std::io::Result<()> {
    connection.set_nodelay(true)?;
    connection.set_read_timeout(Some(Duration::from_millis(200)))?;
    connection.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n")?;
    for byte in b"<rss version=\"2.0\"><channel><title>drip".iter().cycle() {
        if stop.is_set() {
            break;
        }
        connection.write_all(&[*byte])?;
        // The time-out of a read is the pause: it ends early when the client goes away.
        if matches!(connection.read(&mut [0; 8]), Ok(0)) {
            break;
        }
    }
    Ok(())
}

fn endless(connection: &mut TcpStream, stop: &Stop) -> std::io::Result<()> {
    write!(
        connection,
        "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: {ENDLESS_BYTES}\r\n\r\n"
    )?;
    connection.write_all(b"<rss version=\"2.0\"><channel><title>")?;
    let block = vec![b'a'; 64 * 1024];
    let mut sent = 0;
    while sent < ENDLESS_BYTES && !stop.is_set() {
        connection.write_all(&block)?;
        sent += block.len() as u64;
    }
    Ok(())
}
