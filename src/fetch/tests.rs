//! Fetching from a real server on loopback that answers what each row says.

mod certificates;
mod logins;
mod proxy;
mod robots;

use super::*;
use crate::domain::{IdentityRule, Interval, OwnHeaders, SourceForm, SourceName};
use ipnet::IpNet;
use rstest::rstest;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

fn settings() -> FetchSettings {
    FetchSettings {
        contact: Some("ops@desk.example".to_owned()),
        interval: Interval::fixed(Duration::from_mins(15)),
        host_pause: Duration::ZERO,
        stale_after: Duration::from_hours(24),
        timeout: Duration::from_secs(20),
        most_body_bytes: 64 * 1024,
        most_redirects: 5,
        most_requests: 8,
        most_requests_per_host: 2,
        most_articles: 10,
        allow_addresses: Vec::new(),
        first_poll_window: Duration::from_hours(24),
        late_window: Duration::from_hours(6),
        ca_file: None,
        proxy: None,
    }
}

fn source(allow: &[&str]) -> Source {
    Source {
        name: SourceName::new("Test").unwrap(),
        addresses: Vec::new(),
        language: None,
        speaks_for: None,
        identity: IdentityRule::Auto,
        stale_after: Duration::from_hours(24),
        interval: Interval::fixed(Duration::from_mins(15)),
        own_headers: OwnHeaders::default(),
        over_proxy: true,
        asks_robots: true,
        allow_addresses: allow.iter().map(|range| range.parse::<IpNet>().unwrap()).collect(),
        full_text: false,
    }
}

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

/// Reads a request's head.
async fn head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).await.is_ok_and(|length| length > 0) {
        head.push(byte[0]);
    }
    String::from_utf8_lossy(&head).to_lowercase()
}

/// A server that gives each connection to `answer`.
async fn server<A, F>(answer: A) -> SocketAddr
where
    A: Fn(TcpStream) -> F + Send + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream));
        }
    });
    address
}

/// A server that answers each request by its head, and closes.
async fn answering(answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> SocketAddr {
    let answer = Arc::new(answer);
    server(move |mut stream| {
        let answer = Arc::clone(&answer);
        async move {
            let head = head(&mut stream).await;
            let _gone = stream.write_all(&answer(&head)).await;
            let _gone = stream.shutdown().await;
        }
    })
    .await
}

async fn get_with(
    settings: &FetchSettings,
    url: &str,
    validators: &Validators,
) -> Result<Fetched, FetchError> {
    let url = Url::parse(url).unwrap();
    Fetcher::new(settings)
        .unwrap()
        .get(&source(&["127.0.0.0/8"]), &SourceForm::Feed, &url, validators, now())
        .await
}

async fn get(url: &str) -> Result<Fetched, FetchError> {
    get_with(&settings(), url, &Validators::default()).await
}

fn net(result: Result<Fetched, FetchError>) -> NetError {
    match result {
        Err(FetchError::Net(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_document_comes_with_its_validators_and_they_go_back_as_they_came() {
    let address = answering(|head| {
        let asked = head.contains("if-none-match: w/\"a,b\"\r\n")
            && head.contains("if-modified-since: last tuesday\r\n");
        if asked {
            return b"HTTP/1.1 304 Not Modified\r\n\r\n".to_vec();
        }
        assert!(head.contains(&format!(
            "user-agent: sanctionwatch/{} (+ops@desk.example)\r\n",
            env!("CARGO_PKG_VERSION")
        )));
        assert!(head.contains("accept: application/rss+xml") && head.contains("gzip") && head.contains("br"));
        assert!(!head.contains("referer") && !head.contains("cookie"));
        b"HTTP/1.1 200 OK\r\nETag: w/\"a,b\"\r\nLast-Modified: last tuesday\r\nContent-Type: text/xml\r\n\
          Set-Cookie: a=b\r\nContent-Length: 4\r\n\r\n<x/>"
            .to_vec()
    })
    .await;
    let url = format!("http://{address}/feed");
    let Ok(Fetched::Body(body)) = get(&url).await else { panic!("no body") };
    assert_eq!(body.bytes, b"<x/>");
    assert_eq!(body.content_type.as_deref(), Some("text/xml"));
    assert_eq!(body.final_url.as_str(), url);
    assert_eq!(
        get_with(&settings(), &url, &body.validators).await,
        Ok(Fetched::Unchanged(Manners::default()))
    );
}

#[tokio::test]
async fn nothing_new_is_no_answer_to_a_first_request() {
    let address = answering(|_| b"HTTP/1.1 304 Not Modified\r\n\r\n".to_vec()).await;
    assert_eq!(get(&format!("http://{address}/")).await, Err(FetchError::NotModifiedUnasked));
}

#[rstest]
#[case::seconds("429 Too Many", "Retry-After: 120\r\n", 429, Some(120), true)]
#[case::date("503 Busy", "Retry-After: Mon, 23 Nov 2026 12:05:00 GMT\r\n", 503, Some(300), true)]
#[case::years("503 Busy", "Retry-After: 315360000\r\n", 503, Some(86_400), true)]
#[case::none("500 Oops", "", 500, None, true)]
#[case::gone("410 Gone", "", 410, None, false)]
#[case::forbidden("403 Forbidden", "", 403, None, false)]
#[case::no_content("204 No Content", "", 204, None, false)]
#[tokio::test]
async fn other_answers_are_errors(
    #[case] line: &'static str,
    #[case] header: &'static str,
    #[case] status: u16,
    #[case] seconds: Option<u64>,
    #[case] temporary: bool,
) {
    let address = answering(move |_| format!("HTTP/1.1 {line}\r\n{header}\r\n").into_bytes()).await;
    let error = get(&format!("http://{address}/")).await.unwrap_err();
    assert_eq!(error, FetchError::Status { status, retry_after: seconds.map(Duration::from_secs) });
    assert_eq!((error.retry_after().map(|wait| wait.as_secs()), error.is_temporary()), (seconds, temporary));
}

#[tokio::test]
async fn redirects_are_followed_and_bounded() {
    let address = answering(|head| {
        let to = match head.split(' ').nth(1) {
            Some("/loop") => "/loop",
            Some("/one") => "two?x=1",
            Some("/nowhere") => "http://",
            _ => return b"HTTP/1.1 200 OK\r\n\r\nhere".to_vec(),
        };
        format!("HTTP/1.1 301 Moved\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n").into_bytes()
    })
    .await;
    let Ok(Fetched::Body(body)) = get(&format!("http://{address}/one")).await else { panic!("no body") };
    assert_eq!((body.final_url.path(), body.bytes.as_slice()), ("/two", b"here".as_slice()));
    assert_eq!(net(get(&format!("http://{address}/loop")).await), NetError::TooManyRedirects { limit: 5 });
    assert_eq!(net(get(&format!("http://{address}/nowhere")).await), NetError::BadRedirect);
}

#[rstest]
#[case::metadata("http://169.254.169.254/latest/meta-data")]
#[case::private("http://10.0.0.1/")]
#[case::carrier("http://100.64.0.1/")]
#[case::nat64("http://[64:ff9b::a00:1]/")]
#[case::octal("http://0300.0250.1.1/")]
#[case::mapped("http://[::ffff:192.168.0.1]/")]
#[case::decimal("http://167772161/")]
#[tokio::test]
async fn a_redirect_into_a_private_network_is_refused(#[case] target: &'static str) {
    let address =
        answering(move |_| format!("HTTP/1.1 302 Found\r\nLocation: {target}\r\n\r\n").into_bytes()).await;
    assert!(matches!(net(get(&format!("http://{address}/")).await), NetError::AddressRefused { .. }));
}

#[tokio::test]
async fn a_redirect_to_another_scheme_is_refused() {
    let address = answering(|_| b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n".to_vec()).await;
    assert_eq!(
        net(get(&format!("http://{address}/")).await),
        NetError::BadScheme { scheme: "file".to_owned() }
    );
}

#[tokio::test]
async fn loopback_is_refused_unless_the_source_allows_it() {
    let reached = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&reached);
    let address = answering(move |_| {
        seen.fetch_add(1, Ordering::SeqCst);
        b"HTTP/1.1 200 OK\r\n\r\nhere".to_vec()
    })
    .await;
    let fetcher = Fetcher::new(&settings()).unwrap();
    // A name goes through the resolver, an address does not: both must be refused.
    for host in ["127.0.0.1", "localhost"] {
        let url = Url::parse(&format!("http://{host}:{}/", address.port())).unwrap();
        let refused = fetcher.get(&source(&[]), &SourceForm::Feed, &url, &Validators::default(), now()).await;
        assert!(matches!(net(refused), NetError::AddressRefused { host: found, .. } if found == host));
        assert_eq!(reached.load(Ordering::SeqCst), 0);
    }
    for host in ["127.0.0.1", "localhost"] {
        let url = Url::parse(&format!("http://{host}:{}/", address.port())).unwrap();
        let found = fetcher
            .get(&source(&["127.0.0.0/8"]), &SourceForm::Feed, &url, &Validators::default(), now())
            .await;
        assert!(matches!(found, Ok(Fetched::Body(_))), "{host}: {found:?}");
    }
}

/// Bytes that gzip to a thousandth: the library to make a bomb is not among ours, so it is written as
/// DEFLATE by hand: a literal zero, then copies of 258 bytes.
fn gzip_bomb(copies: usize) -> Vec<u8> {
    let mut bits: Vec<bool> = vec![true, true, false];
    bits.extend([false, false, true, true, false, false, false, false]);
    for _ in 0..copies {
        // Length 258 is symbol 285 (11000101), distance 1 is symbol 0 in five bits.
        bits.extend([true, true, false, false, false, true, false, true]);
        bits.extend([false; 5]);
    }
    bits.extend([false; 7]);
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    for byte in bits.chunks(8) {
        bytes.push(byte.iter().enumerate().map(|(at, bit)| u8::from(*bit) << at).sum());
    }
    bytes
}

#[tokio::test]
async fn a_body_is_counted_after_decompression() {
    let bomb = |copies| {
        let body = gzip_bomb(copies);
        let head =
            format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", body.len());
        [head.into_bytes(), body].concat()
    };
    let large = bomb(100_000);
    assert!(large.len() > 64 * 1024);
    let address =
        answering(
            move |head| {
                if head.starts_with("get /small") { bomb(400)[..100].to_vec() } else { large.clone() }
            },
        )
        .await;
    assert_eq!(net(get(&format!("http://{address}/")).await), NetError::TooLarge { limit: 64 * 1024 });
    let mut roomy = settings();
    roomy.most_body_bytes = 200_000;
    // The trailer is missing, and the first bomb is much larger: neither is a document.
    assert!(matches!(
        net(get_with(&roomy, &format!("http://{address}/small"), &Validators::default()).await),
        NetError::Protocol { .. }
    ));
    assert_eq!(
        net(get_with(&roomy, &format!("http://{address}/"), &Validators::default()).await),
        NetError::TooLarge { limit: 200_000 }
    );
}

/// 64 MiB of blanks as Brotli packs them.
const BROTLI_BOMB: [u8; 54] = [
    207, 255, 255, 127, 248, 37, 64, 226, 177, 64, 32, 247, 254, 159, 255, 255, 255, 240, 75, 0, 196, 97, 1,
    128, 238, 253, 63, 255, 255, 255, 225, 151, 0, 136, 195, 34, 0, 221, 251, 127, 254, 255, 255, 195, 47, 1,
    16, 135, 5, 0, 186, 247, 255, 3,
];

#[tokio::test]
async fn fifty_bytes_of_brotli_that_unpack_to_megabytes_end_at_the_limit() {
    let address = answering(|_| {
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: {}\r\n\r\n",
            BROTLI_BOMB.len()
        );
        [head.into_bytes(), BROTLI_BOMB.to_vec()].concat()
    })
    .await;
    let started = Instant::now();
    assert_eq!(net(get(&format!("http://{address}/")).await), NetError::TooLarge { limit: 64 * 1024 });
    assert!(started.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn headers_without_end_are_a_broken_answer() {
    let address = server(|mut stream| async move {
        head(&mut stream).await;
        let _gone = stream.write_all(b"HTTP/1.1 200 OK\r\n").await;
        while stream.write_all(b"X-More: and more\r\n").await.is_ok() {}
    })
    .await;
    let error = net(get(&format!("http://{address}/")).await);
    assert!(matches!(error, NetError::Protocol { .. }), "{error:?}");
}

#[tokio::test]
async fn what_follows_the_announced_length_is_not_read() {
    let address = answering(|_| b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nherehidden".to_vec()).await;
    let Ok(Fetched::Body(body)) = get(&format!("http://{address}/")).await else { panic!("no body") };
    assert_eq!(body.bytes, b"here");
}

#[tokio::test]
async fn an_endless_body_ends_at_the_limit() {
    let address = server(|mut stream| async move {
        head(&mut stream).await;
        let _gone = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        while stream.write_all(&[b'x'; 4096]).await.is_ok() {}
    })
    .await;
    assert_eq!(net(get(&format!("http://{address}/")).await), NetError::TooLarge { limit: 64 * 1024 });
    let announced = answering(|_| b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\nx".to_vec()).await;
    assert_eq!(net(get(&format!("http://{announced}/")).await), NetError::TooLarge { limit: 64 * 1024 });
}

#[tokio::test]
async fn silence_and_dripping_end_at_the_time_limit() {
    let silent = server(|mut stream| async move {
        head(&mut stream).await;
        std::future::pending::<()>().await;
    })
    .await;
    let dripping = server(|mut stream| async move {
        head(&mut stream).await;
        let _gone = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n").await;
        while stream.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    let mut hasty = settings();
    hasty.timeout = Duration::from_secs(1);
    for address in [silent, dripping] {
        let started = Instant::now();
        let found = get_with(&hasty, &format!("http://{address}/"), &Validators::default()).await;
        assert_eq!(net(found), NetError::Timeout { seconds: 1 });
        assert!(started.elapsed() < Duration::from_secs(15));
    }
}

#[rstest]
#[case::short_body(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort".to_vec())]
#[case::bad_chunks(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n".to_vec())]
#[case::no_http(b"\x16\x03\x01\x02 what".to_vec())]
#[case::closed(Vec::new())]
#[case::many_headers([b"HTTP/1.1 200 OK\r\n".to_vec(), b"X-A: b\r\n".repeat(5_000), b"\r\n".to_vec()].concat())]
#[case::long_header([b"HTTP/1.1 200 OK\r\nX-A: ".to_vec(), b"b".repeat(2_000_000), b"\r\n\r\n".to_vec()].concat())]
#[case::no_gzip(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope".to_vec())]
#[tokio::test]
async fn broken_answers_are_errors(#[case] answer: Vec<u8>) {
    let address = answering(move |_| answer.clone()).await;
    let error = net(get(&format!("http://{address}/")).await);
    assert!(matches!(error, NetError::Protocol { .. }), "{error:?}");
    assert!(error.is_temporary());
}

#[tokio::test]
async fn no_connection_and_no_name_are_told_apart() {
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let closed = net(get(&format!("http://{address}/")).await);
    assert!(matches!(closed, NetError::Connect { .. }), "{closed:?}");
    // RFC 6761: `.invalid` never resolves.
    let unknown = net(get("http://nowhere.invalid/").await);
    assert!(matches!(unknown, NetError::Dns { .. }), "{unknown:?}");
    let plain = server(|mut stream| async move {
        let _gone = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        let _rest = stream.read_to_end(&mut Vec::new()).await;
    })
    .await;
    let insecure = net(get(&format!("https://{plain}/")).await);
    assert!(matches!(insecure, NetError::Tls { .. }), "{insecure:?}");
}

#[tokio::test]
async fn at_most_so_many_requests_run_at_one_host() {
    let under_way = Arc::new(AtomicUsize::new(0));
    let most = Arc::new(Mutex::new(0));
    let (counted, highest) = (Arc::clone(&under_way), Arc::clone(&most));
    let pair = Arc::new(tokio::sync::Barrier::new(2));
    let address = server(move |mut stream| {
        let (under_way, most, both) = (Arc::clone(&counted), Arc::clone(&highest), Arc::clone(&pair));
        async move {
            head(&mut stream).await;
            let here = under_way.fetch_add(1, Ordering::SeqCst) + 1;
            {
                let mut most = most.lock().unwrap();
                *most = here.max(*most);
            }
            // Each answer waits for a second request to be under way: one at a time would never end.
            both.wait().await;
            under_way.fetch_sub(1, Ordering::SeqCst);
            let _gone =
                stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").await;
        }
    })
    .await;
    let fetcher = Arc::new(Fetcher::new(&settings()).unwrap());
    let mut polls = tokio::task::JoinSet::new();
    for number in 0..10 {
        let fetcher = Arc::clone(&fetcher);
        polls.spawn(async move {
            let url = Url::parse(&format!("http://{address}/{number}")).unwrap();
            fetcher
                .get(&source(&["127.0.0.0/8"]), &SourceForm::Feed, &url, &Validators::default(), now())
                .await
        });
    }
    for result in polls.join_all().await {
        assert!(result.is_ok(), "{result:?}");
    }
    assert_eq!(*most.lock().unwrap(), 2);
}

#[test]
fn validators_that_are_no_headers_are_dropped() {
    let validators = Validators { etag: Some("a\r\nBcc: x".to_owned()), last_modified: None };
    let (headers, conditional) = request_headers(&validators);
    assert!(!conditional && !headers.contains_key(IF_NONE_MATCH));
}

#[test]
fn a_client_that_cannot_be_made_says_why() {
    let mut wrong = settings();
    wrong.ca_file = Some("/nonexistent/ca.pem".into());
    let error = Fetcher::new(&wrong).unwrap_err();
    assert!(error.to_string().contains("/nonexistent/ca.pem"), "{error}");
    let mut wrong = settings();
    wrong.contact = Some("a\nb".to_owned());
    assert!(matches!(Fetcher::new(&wrong), Err(NetError::Setup { .. })));
}
