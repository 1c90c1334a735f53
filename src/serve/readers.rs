//! Readers' links: leave all alerts or those of one watch, and confirm an address.

use super::Desk;
use super::page::{Page, busy, not_found};
use crate::domain::{Standing, SubscriberKey, Subscription, Token, WatchName};
use crate::store::StoreError;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use std::collections::BTreeSet;
use std::future::Future;
use std::sync::Arc;
use tokio_util::task::TaskTracker;
use url::form_urlencoded;

type Asked = (State<Arc<Desk>>, Path<String>);

pub(super) async fn ask_to_leave((State(desk), Path(token)): Asked) -> Response {
    match desk.owner(&token).await {
        Ok(Some(reader)) if reader.unsubscribed.is_some() => left(&reader, None),
        Ok(Some(reader)) => {
            let mut buttons = vec![("Unsubscribe from everything".to_owned(), None)];
            let watches = desk.watches(&reader);
            if watches.len() > 1 {
                let button = |watch: &WatchName| (format!("Only from “{watch}”"), Some(watch.to_string()));
                buttons.extend(watches.iter().map(button));
            }
            let sentences = vec![format!("Alerts to {}", reader.address.as_str())];
            Page { heading: "Unsubscribe?", sentences, buttons }.answer(StatusCode::OK)
        }
        Ok(None) => not_found().await,
        Err(error) => busy(&error),
    }
}

/// By the button of the page, or by that of a mail program, whose body is `List-Unsubscribe=One-Click`.
pub(super) async fn leave((State(desk), Path(token)): Asked, body: Bytes) -> Response {
    let named = form_urlencoded::parse(&body).find(|(key, _)| key == "watch");
    let watch = named.and_then(|(_, name)| WatchName::new(&name));
    let writes = desk.writes.clone();
    to_its_end(&writes, async move {
        match desk.unsubscribe(&token, watch.as_ref()).await {
            Ok(Some(reader)) => left(&reader, watch.as_ref()),
            Ok(None) => not_found().await,
            Err(error) => busy(&error),
        }
    })
    .await
}

fn left(reader: &Subscription, watch: Option<&WatchName>) -> Response {
    let of = watch.map(|watch| format!(" of “{watch}”")).unwrap_or_default();
    let sentences = vec![
        format!("{} gets no more alerts{of}.", reader.address.as_str()),
        "If that was a mistake, write to whoever runs this service.".to_owned(),
    ];
    Page { heading: "Unsubscribed", sentences, buttons: Vec::new() }.answer(StatusCode::OK)
}

pub(super) async fn ask_to_confirm((State(desk), Path(token)): Asked) -> Response {
    match desk.owner(&token).await {
        Ok(Some(reader)) if reader.confirmed.is_some() => confirmed(&reader),
        Ok(Some(reader)) => {
            let sentences = vec![format!("Send alerts to {}?", reader.address.as_str())];
            let buttons = vec![("Yes, send me alerts".to_owned(), None)];
            Page { heading: "Confirm your address", sentences, buttons }.answer(StatusCode::OK)
        }
        Ok(None) => not_found().await,
        Err(error) => busy(&error),
    }
}

pub(super) async fn confirm((State(desk), Path(token)): Asked) -> Response {
    let writes = desk.writes.clone();
    to_its_end(&writes, async move {
        match desk.confirm(&token).await {
            Ok(Some(reader)) => confirmed(&reader),
            Ok(None) => not_found().await,
            Err(error) => busy(&error),
        }
    })
    .await
}

/// What answers a wish is done although the connection ends before: it may wait for its turn to write for
/// longer than a connection has, and who pressed the button has said what they want.
async fn to_its_end(
    writes: &TaskTracker,
    answered: impl Future<Output = Response> + Send + 'static,
) -> Response {
    writes.spawn(answered).await.unwrap_or_else(|ended| busy(&ended))
}

fn confirmed(reader: &Subscription) -> Response {
    let mut sentences = vec![format!("{} is confirmed.", reader.address.as_str())];
    if reader.standing(true) == Standing::Active {
        sentences.push("You get alerts from now on; each says how to end them.".to_owned());
    }
    Page { heading: "Thank you", sentences, buttons: Vec::new() }.answer(StatusCode::OK)
}

impl Desk {
    /// Whose link it is. Who is configured no more is not known.
    async fn owner(&self, token: &str) -> Result<Option<Subscription>, StoreError> {
        let Ok(token) = token.parse::<Token>() else { return Ok(None) };
        let found = self.store.subscription_of(&token).await?;
        Ok(found.filter(|reader| self.subscribers.iter().any(|one| is(&one.key, reader))))
    }

    /// The watches that a reader has and has not left.
    fn watches(&self, reader: &Subscription) -> BTreeSet<WatchName> {
        let configured = self.subscribers.iter().find(|one| is(&one.key, reader));
        configured.map(|one| one.watches.difference(&reader.left).cloned().collect()).unwrap_or_default()
    }

    async fn unsubscribe(
        &self,
        token: &str,
        watch: Option<&WatchName>,
    ) -> Result<Option<Subscription>, StoreError> {
        let Some(reader) = self.owner(token).await? else { return Ok(None) };
        let mut transaction = self.store.begin().await?;
        transaction.unsubscribe(&reader.address, watch, (self.now)()).await?;
        transaction.commit().await?;
        tracing::info!(watch = watch.map(WatchName::as_str), "a subscriber has unsubscribed");
        Ok(Some(reader))
    }

    async fn confirm(&self, token: &str) -> Result<Option<Subscription>, StoreError> {
        let Some(reader) = self.owner(token).await? else { return Ok(None) };
        let mut transaction = self.store.begin().await?;
        transaction.confirm(&reader.address, (self.now)()).await?;
        let reader = transaction.subscription(&reader.address).await?;
        transaction.commit().await?;
        tracing::info!("a subscriber has confirmed the address");
        Ok(reader)
    }
}

fn is(key: &SubscriberKey, reader: &Subscription) -> bool {
    matches!(key, SubscriberKey::Mail(address) if *address == reader.address)
}

#[cfg(test)]
mod tests {
    use crate::config::check_text;
    use crate::domain::{MailAddress, Standing, Token};
    use crate::serve::limits::Limits;
    use crate::serve::{Desk, Health, answer_within, router};
    use crate::store::Store;
    use jiff::Timestamp;
    use rstest::rstest;
    use std::sync::Arc;
    use std::time::Duration;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};
    use tokio_util::task::TaskTracker;

    const TOKEN: &str = "0123456789abcdef0123456789abcdef";

    #[rstest]
    #[case::unsubscribe("unsubscribe", Standing::Unsubscribed)]
    #[case::confirm("confirm", Standing::Active)]
    #[tokio::test]
    async fn a_wish_that_waits_for_the_writer_is_done_when_its_connection_is_gone(
        #[case] wish: &str,
        #[case] expected: Standing,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let (store, _lock) = Store::open(&folder.path().join("news.db")).await.unwrap();
        let token: Token = TOKEN.parse().unwrap();
        let address: MailAddress = "desk@example.org".parse().unwrap();
        let mut transaction = store.begin().await.unwrap();
        transaction.add_subscription(&address, &token, Timestamp::UNIX_EPOCH).await.unwrap();
        transaction.commit().await.unwrap();
        let text = "[[watch]]\nname = \"Iran\"\ncountries = [\"Iran\"]\n\
            [[source]]\nname = \"News\"\nurl = \"https://example.org/feed\"\nlang = \"en\"\n\
            [[subscriber]]\nemail = \"desk@example.org\"\nwatches = [\"Iran\"]\n[mail]\nfolder = \"mail\"\n";
        let config = check_text(text).unwrap_or_else(|errors| panic!("{errors}")).config;
        let writes = TaskTracker::new();
        let desk = Desk {
            store: store.clone(),
            subscribers: config.subscribers,
            now: Box::new(|| Timestamp::UNIX_EPOCH),
            health: Box::new(|_, _| Health { healthy: true, alarms: Vec::new() }),
            idle: Box::new(|| None),
            metrics: None,
            writes: writes.clone(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = listener.local_addr().unwrap();
        let limits = Limits { time: Duration::from_millis(500), connections: 9 };
        tokio::spawn(answer_within(limits, listener, router(Arc::new(desk)), std::future::pending()));

        let held = store.begin().await.unwrap();
        let mut stream = TcpStream::connect(server).await.unwrap();
        let request = format!("POST /{wish}/{TOKEN} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // One that is cut off may end in an error.
        let _ended = stream.read_to_end(&mut answer).await;
        assert!(answer.is_empty(), "{}", String::from_utf8_lossy(&answer));
        drop(held);
        writes.close();
        writes.wait().await;
        let found = store.subscription_of(&token).await.unwrap().unwrap();
        assert_eq!(found.standing(true), expected);
    }
}
