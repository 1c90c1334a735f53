//! Webhooks: what is signed, and what each answer or its absence means.

use super::{delivery, send};
use crate::deliver::channel::{Channel, SendError, WebhookChannel};
use crate::domain::{Delivery, FetchSettings, MessageId, Recipient, Webhook};
use crate::net::Client;
use rstest::rstest;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn channel_to(url: &str, allow: &[&str]) -> Channel {
    let webhook = Webhook {
        name: "Desk bot".parse().unwrap(),
        url: url.parse().unwrap(),
        secret: SECRET.parse().unwrap(),
        allow_addresses: allow.iter().map(|range| range.parse().unwrap()).collect(),
    };
    let settings = FetchSettings { timeout: Duration::from_secs(1), ..FetchSettings::default() };
    let client = Arc::new(Client::new(&settings).unwrap());
    Channel::Webhook(Box::new(WebhookChannel::new(webhook, client).unwrap()))
}

fn to_bot(bytes: &[u8]) -> Delivery {
    delivery(Recipient::Webhook("Desk bot".parse().unwrap()), bytes)
}

/// A server that gives each request `answer`, or none where that is empty, and what it was sent.
async fn server(answer: &'static str) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let all = heard.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = String::new();
            let mut bytes = [0; 4096];
            while !request.ends_with('}') {
                let length = stream.read(&mut bytes).await.unwrap();
                request.push_str(str::from_utf8(&bytes[..length]).unwrap());
                if length == 0 {
                    break;
                }
            }
            all.lock().unwrap().push(request);
            if answer == "hang" {
                tokio::time::sleep(Duration::from_mins(1)).await;
            }
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (address, heard)
}

#[tokio::test]
async fn the_request_is_the_one_that_the_convention_gives_as_its_example() {
    let (address, heard) = server("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").await;
    let mut channel = channel_to(&format!("http://{address}/in"), &["127.0.0.0/8"]);
    let mut delivery = to_bot(br#"{"test": 2432232314}"#);
    delivery.message_id = MessageId::from_stored("msg_p5jXN8AQM9LWM0D4loKWxJek".into());
    let now = "2021-02-25T15:02:10Z".parse().unwrap();
    let answer = channel.offer(&delivery, now).await.unwrap().complete().await.unwrap();
    assert_eq!(answer.as_str(), "204 No Content");
    let request = heard.lock().unwrap().concat();
    assert!(request.starts_with("POST /in HTTP/1.1\r\n"), "{request}");
    for line in [
        "webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp: 1614265330",
        "webhook-signature: v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        "content-type: application/json",
    ] {
        assert!(request.contains(&format!("\r\n{line}\r\n")), "{line}: {request}");
    }
    assert!(request.ends_with("\r\n\r\n{\"test\": 2432232314}"), "{request}");
}

#[rstest]
#[case("429 Slow\r\nRetry-After: 120", "temporary 120", "429 Too Many Requests: more later")]
#[case("503 No", "temporary 0", "503 Service Unavailable: more later")]
#[case("408 No", "temporary 0", "408 Request Timeout: more later")]
#[case("425 No", "temporary 0", "425 Too Early: more later")]
#[case("500 No", "temporary 0", "500 Internal Server Error: more later")]
#[case("400 No", "message", "400 Bad Request: more later")]
#[case("413 No", "message", "413 Payload Too Large: more later")]
#[case("401 No", "channel", "401 Unauthorized: more later")]
#[case("403 No", "channel", "403 Forbidden: more later")]
#[case("404 No", "channel", "404 Not Found: more later")]
#[case("410 Gone", "recipient", "410 Gone: more later; take this webhook out of the configuration")]
#[case(
    "308 Moved\r\nLocation: https://me:pass@elsewhere.example/T1/B2/KEY?key=1#key",
    "message",
    "it answers 308 and leads to https://elsewhere.example; no redirect is followed: configure the address itself"
)]
#[case("302 Found", "message", "it answers 302, a redirect that leads nowhere")]
#[tokio::test]
async fn an_answer_means(#[case] status: &str, #[case] class: &str, #[case] words: &str) {
    let answer =
        format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 10\r\n\r\nmore later").leak();
    let (address, heard) = server(answer).await;
    let mut channel = channel_to(&format!("http://{address}/in"), &["127.0.0.0/8"]);
    let error = send(&mut channel, &to_bot(b"{}")).await.unwrap_err();
    let told = match &error {
        SendError::Temporary { rest: Some(rest), .. } => format!("temporary {}", rest.as_secs()),
        SendError::Channel { .. } => "channel".to_owned(),
        SendError::Message { .. } => "message".to_owned(),
        SendError::Recipient { .. } => "recipient".to_owned(),
        other => format!("{other:?}"),
    };
    assert_eq!((told.as_str(), error.answer().as_str()), (class, words));
    assert_eq!(heard.lock().unwrap().len(), 1, "asked once");
}

#[rstest]
#[case::silence("hang")]
#[case::cut("")]
#[case::no_http("SSH-2.0-x\r\n")]
#[tokio::test]
async fn without_an_answer_it_is_in_doubt_and_the_webhook_rests(#[case] answer: &'static str) {
    let (address, _heard) = server(answer).await;
    let mut channel = channel_to(&format!("http://{address}/in"), &["127.0.0.0/8"]);
    let error = send(&mut channel, &to_bot(b"{}")).await.unwrap_err();
    assert!(matches!(error, SendError::InDoubt { rest: Some(_), .. }), "{error:?}");
}

#[tokio::test]
async fn an_offer_that_is_dropped_calls_nobody() {
    let (address, heard) = server("HTTP/1.1 204 No Content\r\n\r\n").await;
    let mut channel = channel_to(&format!("http://{address}/in"), &["127.0.0.0/8"]);
    drop(channel.offer(&to_bot(b"{}"), "2026-11-23T14:12:13Z".parse().unwrap()).await.unwrap());
    assert!(heard.lock().unwrap().is_empty());
}

#[rstest]
#[case::written_private_address("http://127.0.0.1:9/in", &[], "127.0.0.1 is no public address")]
#[case::name_of_a_private_address("https://localhost:9/in", &[], "which is no public address")]
#[case::nobody_listens("http://127.0.0.1:9/in", &["127.0.0.0/8"], "no connection to 127.0.0.1")]
#[case::no_such_name("https://nowhere.invalid/in", &[], "nowhere.invalid cannot be resolved")]
#[tokio::test]
async fn without_a_connection_the_webhook_is_held(
    #[case] url: &str,
    #[case] allow: &[&str],
    #[case] words: &str,
) {
    let error = send(&mut channel_to(url, allow), &to_bot(b"{}")).await.unwrap_err();
    assert!(error.holds_channel() && error.to_string().contains(words), "{error}");
}

#[tokio::test]
async fn a_server_that_never_shakes_hands_was_told_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}/in", listener.local_addr().unwrap());
    let error = send(&mut channel_to(&url, &["127.0.0.0/8"]), &to_bot(b"{}")).await.unwrap_err();
    assert!(error.holds_channel(), "{error}");
}

#[tokio::test]
async fn a_webhook_gets_only_what_is_its_own_and_shows_no_secret() {
    let mut channel = channel_to("https://hooks.example.org/in", &[]);
    let other = delivery(Recipient::Webhook("Another".parse().unwrap()), b"{}");
    assert!(send(&mut channel, &other).await.unwrap_err().is_permanent());
    assert_eq!(format!("{channel:?}"), "Webhook(WebhookChannel { name: WebhookName(\"Desk bot\"), .. })");
}
