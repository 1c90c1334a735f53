//! What came of an item's article, for a person and for a program.

use crate::store::ArticleState;
use serde_json::{Value, json};

/// In words, without a full stop.
pub(super) fn in_words(article: &ArticleState) -> String {
    match article {
        ArticleState::Awaited => "its article is waited for".to_owned(),
        ArticleState::Read => "judged with its article".to_owned(),
        ArticleState::Failed(reason) => format!("its article could not be read: {reason}"),
    }
}

/// As an object; null where nobody asked for the article.
pub(super) fn as_json(article: Option<&ArticleState>) -> Value {
    match article {
        None => Value::Null,
        Some(ArticleState::Awaited) => json!({"state": "awaited"}),
        Some(ArticleState::Read) => json!({"state": "read"}),
        Some(ArticleState::Failed(reason)) => json!({"state": "failed", "reason": reason}),
    }
}
