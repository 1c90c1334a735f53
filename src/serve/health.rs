//! Whether anything is still polled and delivered, for a monitor to ask.

use super::Desk;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::sync::Arc;

/// How things stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Health {
    /// Whether nothing is wrong.
    pub healthy: bool,
    /// What is wrong, in words.
    pub alarms: Vec<String>,
}

/// 200 where all is well, 503 where it is not, and what is wrong.
pub(super) async fn answer(State(desk): State<Arc<Desk>>) -> Response {
    let now = (desk.now)();
    let health = match desk.store.signals(now).await {
        Ok(signals) => (desk.health)(signals, now),
        Err(error) => {
            tracing::error!(%error, "the database could not be asked how things stand");
            Health { healthy: false, alarms: vec!["the database cannot be read".to_owned()] }
        }
    };
    let status = if health.healthy { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = serde_json::to_string(&health).unwrap_or_default();
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
