//! Over a proxy: who is asked, with what, and what is refused before it is asked.

use super::*;
use crate::domain::{ProxySettings, Secret};

fn over(proxy: &str) -> FetchSettings {
    let login = Some(("desk".to_owned(), Secret::new("hunter2:é@".to_owned())));
    FetchSettings { proxy: Some(ProxySettings { address: Url::parse(proxy).unwrap(), login }), ..settings() }
}

async fn get_over(settings: &FetchSettings, source: &Source, url: &str) -> Result<Fetched, FetchError> {
    let url = Url::parse(url).unwrap();
    Fetcher::new(settings).unwrap().get(source, &SourceForm::Feed, &url, &Validators::default(), now()).await
}

fn body(result: Result<Fetched, FetchError>) -> String {
    match result {
        Ok(Fetched::Body(body)) => String::from_utf8(body.bytes).unwrap(),
        other => panic!("{other:?}"),
    }
}

/// A proxy that counts its requests and gives the first line and the login of each back as its answer.
async fn proxy(answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> (String, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let address = answering(move |head| {
        count.fetch_add(1, Ordering::SeqCst);
        answer(head)
    })
    .await;
    (format!("http://{address}"), asked)
}

fn echo(head: &str) -> Vec<u8> {
    let login = head.lines().find(|line| line.starts_with("proxy-authorization")).unwrap_or_default();
    let said = format!("{} {login}", head.lines().next().unwrap_or_default());
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{said}", said.len()).into_bytes()
}

#[tokio::test]
async fn the_proxy_is_asked_for_names_that_only_it_can_resolve() {
    let (at, asked) = proxy(echo).await;
    let found = body(get_over(&over(&at), &source(&[]), "http://feeds.invalid/x").await);
    // desk:hunter2:é@, in the small letters that the test's server reads.
    assert_eq!(
        found,
        "get http://feeds.invalid/x http/1.1 proxy-authorization: basic zgvzazpodw50zxiyosopqa=="
    );
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[rstest]
#[case::address("http://10.0.0.1/")]
#[case::octal("http://0300.0250.1.1/")]
#[case::metadata("http://169.254.169.254/")]
#[case::name("http://localhost/")]
#[case::tunnel("https://localhost/")]
#[tokio::test]
async fn a_private_address_is_refused_before_the_proxy_is_asked(#[case] url: &str) {
    let (at, asked) = proxy(echo).await;
    let refused = net(get_over(&over(&at), &source(&[]), url).await);
    assert!(matches!(refused, NetError::AddressRefused { .. }), "{refused:?}");
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_redirect_that_the_proxy_hands_on_is_checked_like_any_other() {
    let to = |head: &str| {
        let to = if head.contains("/name") { "http://localhost/" } else { "http://10.0.0.1/" };
        format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n").into_bytes()
    };
    let (at, asked) = proxy(to).await;
    for path in ["name", "address"] {
        let refused = net(get_over(&over(&at), &source(&[]), &format!("http://feeds.invalid/{path}")).await);
        assert!(matches!(refused, NetError::AddressRefused { .. }), "{refused:?}");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_source_of_the_own_network_is_asked_directly() {
    let (at, asked) = proxy(echo).await;
    let server = answering(|_| b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\ndirect".to_vec()).await;
    let own = Source { over_proxy: false, ..source(&["127.0.0.0/8"]) };
    assert_eq!(body(get_over(&over(&at), &own, &format!("http://{server}/")).await), "direct");
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn what_fails_at_the_proxy_says_so() {
    let (at, _) = proxy(|_| b"HTTP/1.1 407 Login\r\nContent-Length: 0\r\n\r\n".to_vec()).await;
    let refused = get_over(&over(&at), &source(&[]), "http://feeds.invalid/").await.unwrap_err();
    assert!(refused.to_string().contains("407 (the proxy wants a login: `proxy-user`"), "{refused}");
    let tunnel = net(get_over(&over(&at), &source(&[]), "https://feeds.invalid/").await);
    assert!(
        tunnel.to_string().starts_with("no connection to feeds.invalid over the proxy 127.0.0.1: "),
        "{tunnel}"
    );
    assert!(tunnel.is_temporary());
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let closed =
        net(get_over(&over(&format!("http://{nobody}")), &source(&[]), "http://feeds.invalid/").await);
    assert!(matches!(closed, NetError::Proxy { .. }), "{closed:?}");
    let unknown =
        net(get_over(&over("http://proxy.invalid:3128"), &source(&[]), "http://feeds.invalid/").await);
    assert!(matches!(unknown, NetError::Proxy { .. }), "{unknown:?}");
}

#[tokio::test]
async fn a_socks_proxy_resolves_the_name() {
    let address = server(|mut stream| async move {
        let mut greeting = [0; 2];
        stream.read_exact(&mut greeting).await.unwrap();
        let mut methods = vec![0; usize::from(greeting[1])];
        stream.read_exact(&mut methods).await.unwrap();
        stream.write_all(&[5, 0]).await.unwrap();
        let mut request = [0; 5];
        stream.read_exact(&mut request).await.unwrap();
        let mut name = vec![0; usize::from(request[4]) + 2];
        stream.read_exact(&mut name).await.unwrap();
        let name = String::from_utf8_lossy(&name[..name.len() - 2]).into_owned();
        stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await.unwrap();
        head(&mut stream).await;
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{name}", name.len());
        let _gone = stream.write_all(answer.as_bytes()).await;
    })
    .await;
    let at = ProxySettings { address: Url::parse(&format!("socks5h://{address}")).unwrap(), login: None };
    let settings = FetchSettings { proxy: Some(at), ..settings() };
    assert_eq!(body(get_over(&settings, &source(&[]), "http://feeds.invalid/").await), "feeds.invalid");
}

#[tokio::test]
async fn the_login_is_never_shown() {
    let (at, _) = proxy(echo).await;
    let settings = over(&at);
    let fetcher = Fetcher::new(&settings).unwrap();
    let url = Url::parse("http://feeds.invalid/").unwrap();
    let asked = fetcher.get(&source(&[]), &SourceForm::Feed, &url, &Validators::default(), now()).await;
    assert!(asked.is_ok(), "{asked:?}");
    let shown = format!("{settings:?} {fetcher:?}");
    assert!(!shown.contains("hunter2") && !shown.contains("ZGVzaz"), "{shown}");
}
