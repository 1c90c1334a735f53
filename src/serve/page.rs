//! The pages that readers see: small, without anything from elsewhere, and kept by no cache.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use minijinja::{AutoEscape, Environment, context};

const TEMPLATE: &str = include_str!("page.html");

/// One page: a heading, sentences, and what can be pressed.
#[derive(Debug, Default)]
pub(super) struct Page {
    pub(super) heading: &'static str,
    pub(super) sentences: Vec<String>,
    /// Each button: what it says, and the watch that it names.
    pub(super) buttons: Vec<(String, Option<String>)>,
}

impl Page {
    pub(super) fn answer(self, status: StatusCode) -> Response {
        let html = self.html().unwrap_or_else(|error| {
            tracing::error!(%error, "a page could not be made");
            String::new()
        });
        let headers = [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (
                header::CONTENT_SECURITY_POLICY,
                "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
            ),
        ];
        (status, headers, html).into_response()
    }

    fn html(self) -> Result<String, minijinja::Error> {
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        environment.add_template("page.html", TEMPLATE)?;
        let Self { heading, sentences, buttons } = self;
        environment.get_template("page.html")?.render(context! { heading, sentences, buttons })
    }
}

/// What is not there, and what a token does not open.
pub(super) async fn not_found() -> Response {
    let sentences = vec!["This link is not known here. It may be from an older message.".to_owned()];
    Page { heading: "Nothing here", sentences, buttons: Vec::new() }.answer(StatusCode::NOT_FOUND)
}

/// What could not be done at present.
pub(super) fn busy(error: &impl std::fmt::Display) -> Response {
    tracing::error!(%error, "a reader's request could not be answered");
    let sentences = vec!["That did not work. Please try again in a minute.".to_owned()];
    Page { heading: "Not now", sentences, buttons: Vec::new() }.answer(StatusCode::SERVICE_UNAVAILABLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_escapes_what_it_is_told() {
        let page = Page {
            heading: "Unsubscribe",
            sentences: vec!["<script>alert(1)</script>".to_owned()],
            buttons: vec![("From \"x\"".to_owned(), Some("a\"><b>".to_owned()))],
        };
        let html = page.html().unwrap();
        assert!(!html.contains("<script>") && !html.contains("<b>"), "{html}");
        assert!(html.contains("value=\"a&quot;&gt;&lt;b&gt;\""), "{html}");
    }
}
