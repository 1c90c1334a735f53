//! Logins and headers: to whom they go, and what is told where they are refused.

use super::*;
use crate::domain::{Address, Login};
use reqwest::header::AUTHORIZATION;

fn own(login: Option<Login>) -> OwnHeaders {
    let mut headers = HeaderMap::new();
    headers.insert("x-key", HeaderValue::from_static("hunter2"));
    if login.is_some() {
        headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer hunter2"));
    }
    headers.iter_mut().for_each(|(_, value)| value.set_sensitive(true));
    OwnHeaders { headers, login }
}

/// Asks `at` for a source that is configured at `configured`.
async fn ask(configured: &str, at: &str, own_headers: OwnHeaders) -> Result<Fetched, FetchError> {
    ask_for(SourceForm::Feed, configured, at, own_headers).await
}

async fn ask_for(
    form: SourceForm,
    configured: &str,
    at: &str,
    own_headers: OwnHeaders,
) -> Result<Fetched, FetchError> {
    let url = |text| Url::parse(text).unwrap();
    let address = Address { url: url(configured), form: Arc::new(form) };
    let source = Source { addresses: vec![address], own_headers, ..source(&["127.0.0.0/8"]) };
    Fetcher::new(&settings())
        .unwrap()
        .get(&source, &SourceForm::Feed, &url(at), &Validators::default(), now())
        .await
}

/// A server that says in its body which secrets it was told; `/away` leads elsewhere.
async fn telling(away: String) -> SocketAddr {
    answering(move |head| {
        if head.starts_with("get /away ") {
            return format!("HTTP/1.1 302 Found\r\nLocation: {away}\r\nContent-Length: 0\r\n\r\n")
                .into_bytes();
        }
        let told = ["x-key: hunter2\r\n", "authorization: bearer hunter2\r\n"]
            .map(|header| if head.contains(header) { '1' } else { '0' });
        format!("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}{}", told[0], told[1]).into_bytes()
    })
    .await
}

async fn told(configured: &str, at: &str) -> String {
    match ask(configured, at, own(Some(Login::Token))).await {
        Ok(Fetched::Body(body)) => String::from_utf8(body.bytes).unwrap(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn they_go_to_the_configured_server_and_are_left_behind_by_a_redirect_elsewhere() {
    let other = telling(String::new()).await;
    let server = telling(format!("http://{other}/")).await;
    let configured = format!("http://{server}/feed");
    assert_eq!(told(&configured, &configured).await, "11");
    assert_eq!(told(&configured, &format!("http://{server}/away")).await, "00", "another port");
    assert_eq!(told(&configured, &format!("http://{other}/")).await, "00", "it has moved for good");
    let named = format!("http://localhost:{}/", server.port());
    assert_eq!(told(&configured, &named).await, "00", "another name of the same server");
    assert_eq!(told(&named, &named).await, "11");

    let own = own(Some(Login::Token));
    let searched = ask_for(SourceForm::Search, &configured, &configured, own).await;
    assert!(
        matches!(searched, Ok(Fetched::Body(body)) if body.bytes == b"00"),
        "who searches is not its server"
    );

    let back = telling(format!("http://{server}/x")).await;
    assert_eq!(
        told(&configured, &format!("http://{back}/away")).await,
        "11",
        "back at the configured server"
    );
}

#[rstest]
#[case::missing(
    401,
    OwnHeaders::default(),
    "401 (login required): give `user` and `password-credential`, or `token-credential`"
)]
#[case::password(
    401,
    own(Some(Login::Password)),
    "401 (login required): the password of `password-credential` was refused"
)]
#[case::token(403, own(Some(Login::Token)), "403 (forbidden): the token of `token-credential` was refused")]
#[case::headers(403, own(None), "403 (forbidden): what `headers` say was refused")]
#[case::unseen(
    401,
    OwnHeaders { login: Some(Login::Token), ..OwnHeaders::default() },
    "401 (login required): the token of `token-credential` cannot be seen from here"
)]
#[case::plain(403, OwnHeaders::default(), "403 (forbidden)")]
#[case::other(404, own(Some(Login::Token)), "404 (not found)")]
#[tokio::test]
async fn a_refusal_leads_to_the_mistake(
    #[case] status: u16,
    #[case] own: OwnHeaders,
    #[case] expected: &str,
) {
    let answer = move |_: &str| format!("HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n").into_bytes();
    let url = format!("http://{}/", answering(answer).await);
    let error = ask(&url, &url, own).await.unwrap_err();
    assert_eq!(error.to_string(), format!("the server answers {expected}"));
    assert!(!error.is_temporary());
}

#[tokio::test]
async fn a_refusal_elsewhere_says_that_nothing_was_sent() {
    let other = answering(|_| b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n".to_vec()).await;
    let server = telling(format!("http://{other}/")).await;
    let url = format!("http://{server}/away");
    let error = ask(&url, &url, own(Some(Login::Token))).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the server answers 401 (login required): it led to 127.0.0.1, and logins and headers go to the \
         configured address only"
    );
}
