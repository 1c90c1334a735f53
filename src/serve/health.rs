//! What monitors ask: whether anything is still polled and delivered, whether the daemon is at work, and numbers.

use super::page::not_found;
use super::{Desk, exposition};
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

/// 200 where the daemon works and its database takes what is written, 503 where it does not: before a reload has
/// ended, on a full disk, and once the end has begun.
pub(super) async fn ready(State(desk): State<Arc<Desk>>) -> Response {
    let (status, said) = match desk.store.answers().await {
        Ok(()) => match (desk.idle)() {
            None => (StatusCode::OK, "ready\n".to_owned()),
            Some(reason) => (StatusCode::SERVICE_UNAVAILABLE, format!("{reason}\n")),
        },
        Err(error) => {
            tracing::error!(%error, "the database could not be asked whether it answers");
            (StatusCode::SERVICE_UNAVAILABLE, "the database cannot be read\n".to_owned())
        }
    };
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], said).into_response()
}

/// All numbers, where they are to be told.
pub(super) async fn numbers(State(desk): State<Arc<Desk>>) -> Response {
    let Some(metrics) = &desk.metrics else { return not_found().await };
    match metrics().await {
        Ok(page) => ([(header::CONTENT_TYPE, exposition::CONTENT_TYPE)], page).into_response(),
        Err(error) => {
            tracing::error!(%error, "the database could not be asked for numbers");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
