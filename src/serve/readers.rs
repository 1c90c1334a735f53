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
use std::sync::Arc;
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
    match desk.unsubscribe(&token, watch.as_ref()).await {
        Ok(Some(reader)) => left(&reader, watch.as_ref()),
        Ok(None) => not_found().await,
        Err(error) => busy(&error),
    }
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
    match desk.confirm(&token).await {
        Ok(Some(reader)) => confirmed(&reader),
        Ok(None) => not_found().await,
        Err(error) => busy(&error),
    }
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
