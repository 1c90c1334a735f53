//! robots.txt: of which requests it is asked, what its answers mean, and where they come from.

use super::*;
use crate::domain::{Address, PageRules};

fn page() -> SourceForm {
    let selector = |text| scraper::Selector::parse(text).unwrap();
    let (item, title) = (selector("li"), selector("a"));
    SourceForm::Page(Box::new(PageRules { item, title, link: None, date: None, summary: None }))
}

fn local() -> Source {
    source(&["127.0.0.0/8"])
}

/// A server that answers robots.txt so and any other path with itself, and the paths it was asked for.
async fn with_robots(robots: impl Into<Vec<u8>>) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (robots, log) = (robots.into(), Arc::clone(&asked));
    let address = answering(move |head| {
        let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
        log.lock().unwrap().push(path.clone());
        match path.as_str() {
            "/robots.txt" => robots.clone(),
            "/moved" => b"HTTP/1.1 302 Found\r\nLocation: /secret\r\nContent-Length: 0\r\n\r\n".to_vec(),
            _ => format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{path}", path.len()).into_bytes(),
        }
    })
    .await;
    (address, asked)
}

fn file(text: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{text}", text.len()).into_bytes()
}

fn at(address: SocketAddr, path: &str) -> Url {
    Url::parse(&format!("http://{address}{path}")).unwrap()
}

#[tokio::test]
async fn pages_and_articles_are_asked_for_as_robots_txt_says_and_it_is_asked_once() {
    let (address, asked) = with_robots(file("User-agent: *\nDisallow: /secret\n")).await;
    let fetcher = Fetcher::new(&settings()).unwrap();
    let nothing = Validators::default();
    let refused = FetchError::Disallowed { path: "/secret".to_owned() };
    let allow = ["127.0.0.0/8".parse().unwrap()];

    assert!(fetcher.get(&local(), &page(), &at(address, "/list"), &nothing, now()).await.is_ok());
    assert_eq!(
        fetcher.get(&local(), &page(), &at(address, "/secret?key=1"), &nothing, now()).await,
        Err(refused.clone())
    );
    assert_eq!(
        fetcher.get(&local(), &page(), &at(address, "/moved"), &nothing, now()).await,
        Err(refused.clone())
    );
    let feed = Address { url: at(address, "/feed"), form: Arc::new(SourceForm::Feed) };
    let beside = Source { addresses: vec![feed], ..local() };
    let article = fetcher.article(&beside, &at(address, "/secret"), now()).await;
    assert_eq!(article, Err(refused.clone()));
    assert_eq!(*asked.lock().unwrap(), ["/robots.txt", "/list", "/moved"], "nothing that is not allowed");

    assert!(fetcher.page_for_person(&at(address, "/secret"), &allow, now()).await.is_ok());
    assert!(fetcher.article(&beside, &at(address, "/list"), now()).await.is_ok());
    // A feed of the web must not lead to pages of this network, whatever the source itself may be asked at.
    let elsewhere = fetcher.article(&local(), &at(address, "/list"), now()).await;
    assert!(matches!(elsewhere, Err(FetchError::Net(NetError::AddressRefused { .. }))), "{elsewhere:?}");
    let open_to_all = FetchSettings { allow_addresses: allow.to_vec(), ..settings() };
    let elsewhere = Fetcher::new(&open_to_all).unwrap().article(&local(), &at(address, "/list"), now()).await;
    assert!(matches!(elsewhere, Err(FetchError::Net(NetError::AddressRefused { .. }))), "{elsewhere:?}");
    let agreed = Source { asks_robots: false, ..local() };
    assert!(fetcher.get(&agreed, &page(), &at(address, "/secret"), &nothing, now()).await.is_ok());
    assert!(fetcher.get(&local(), &SourceForm::Feed, &at(address, "/secret"), &nothing, now()).await.is_ok());
    assert_eq!(asked.lock().unwrap().iter().filter(|path| *path == "/robots.txt").count(), 1);
    assert_eq!(
        refused.to_string(),
        "its robots.txt does not allow /secret to programs; where its owner agrees, set `robots = false`"
    );
    assert!(!refused.is_temporary());
}

#[rstest]
#[case::none(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n".to_vec(), None)]
#[case::forbidden(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n".to_vec(), None)]
#[case::login(b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n".to_vec(), None)]
#[case::a_page_instead(file("<html><body>Not found: /"), None)]
#[case::a_loop(b"HTTP/1.1 302 Found\r\nLocation: /robots.txt\r\nContent-Length: 0\r\n\r\n".to_vec(), None)]
#[case::broken(b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n".to_vec(), Some("the server answers 500 (server error)"))]
#[case::busy(
    b"HTTP/1.1 503 Busy\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n".to_vec(),
    Some("the server answers 503 (unavailable at the moment)")
)]
#[case::too_many(b"HTTP/1.1 429 No\r\nContent-Length: 0\r\n\r\n".to_vec(), Some("the server answers 429 (too many requests)"))]
#[case::no_answer(Vec::new(), Some("a broken answer from 127.0.0.1: "))]
#[tokio::test]
async fn what_stands_for_a_file_allows_all_or_nothing_for_now(
    #[case] robots: Vec<u8>,
    #[case] refused: Option<&str>,
) {
    let busy = robots.starts_with(b"HTTP/1.1 503");
    let (address, _) = with_robots(robots).await;
    let fetcher = Fetcher::new(&settings()).unwrap();
    let found = fetcher.get(&local(), &page(), &at(address, "/list"), &Validators::default(), now()).await;
    match (found, refused) {
        (Ok(_), None) => {}
        (Err(error), Some(detail)) => {
            let expected =
                format!("the robots.txt of 127.0.0.1 cannot be read, and without it no page is: {detail}");
            assert!(error.to_string().starts_with(&expected), "{error}");
            assert!(error.is_temporary());
            assert_eq!(error.retry_after(), busy.then_some(Duration::from_mins(2)));
        }
        (found, _) => panic!("{found:?}"),
    }
}

#[tokio::test]
async fn an_endless_file_is_read_to_its_limit() {
    let address = server(|mut stream| async move {
        let head = head(&mut stream).await;
        let _gone = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nuser-agent: *\ndisallow: /secret\n").await;
        while head.starts_with("get /robots.txt") && stream.write_all(&[b'#'; 4096]).await.is_ok() {}
    })
    .await;
    let fetcher = Fetcher::new(&settings()).unwrap();
    let get = |path| {
        let (fetcher, url) = (&fetcher, at(address, path));
        async move { fetcher.get(&local(), &page(), &url, &Validators::default(), now()).await }
    };
    assert!(get("/list").await.is_ok());
    assert!(matches!(get("/secret").await, Err(FetchError::Disallowed { .. })));
}

#[tokio::test]
async fn a_page_that_leads_elsewhere_is_the_other_servers_to_allow() {
    let (other, asked) = with_robots(file("User-agent: *\nDisallow: /\n")).await;
    let led = answering(move |head| {
        let to = if head.starts_with("get /robots.txt") { "404 No" } else { "302 Found" };
        format!("HTTP/1.1 {to}\r\nLocation: http://{other}/there\r\nContent-Length: 0\r\n\r\n").into_bytes()
    })
    .await;
    let fetcher = Fetcher::new(&settings()).unwrap();
    let found = fetcher.get(&local(), &page(), &at(led, "/list"), &Validators::default(), now()).await;
    assert_eq!(found, Err(FetchError::Disallowed { path: "127.0.0.1/there".to_owned() }));
    assert_eq!(*asked.lock().unwrap(), ["/robots.txt"]);
}

#[tokio::test]
async fn a_file_that_leads_into_a_private_network_is_not_followed() {
    let (address, asked) = with_robots(
        b"HTTP/1.1 302 Found\r\nLocation: http://10.0.0.1/\r\nContent-Length: 0\r\n\r\n".to_vec(),
    )
    .await;
    let fetcher = Fetcher::new(&settings()).unwrap();
    let found = fetcher.get(&local(), &page(), &at(address, "/list"), &Validators::default(), now()).await;
    assert!(matches!(net(found), NetError::AddressRefused { .. }));
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_host_that_sends_several_sources_away_rests_be_it_for_feeds_or_articles() {
    let busy = b"HTTP/1.1 429 Later\r\nRetry-After: 600\r\nContent-Length: 0\r\n\r\n";
    let address = answering(|_| busy.to_vec()).await;
    let fetcher = Fetcher::new(&settings()).unwrap();
    let named = |name: &str| {
        let feed = Address { url: at(address, "/feed"), form: Arc::new(SourceForm::Feed) };
        Source { name: SourceName::new(name).unwrap(), addresses: vec![feed], asks_robots: false, ..local() }
    };
    let (one, other) = (named("one"), named("other"));
    let polled =
        fetcher.get(&one, &SourceForm::Feed, &at(address, "/feed"), &Validators::default(), now()).await;
    assert!(polled.is_err() && fetcher.rests_until(&one, now()).is_none(), "one source is one source");
    assert!(fetcher.article(&other, &at(address, "/story"), now()).await.is_err());
    let rests = fetcher.rests_until(&one, now()).expect("it rests");
    assert_eq!(rests.duration_since(now()).as_secs(), 600);
}
