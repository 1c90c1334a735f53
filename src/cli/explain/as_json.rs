//! The JSON shape of an explanation: that of an assessment, and what led to it.

use super::subject::Stored;
use crate::alerting::Asked;
use crate::assess::{Explanation, Near};
use crate::cli::{article, assessed};
use serde_json::{Value, json};

/// An explanation. `relation` is an index into `relations` where it is a number; `watches` is null
/// without a configuration, and `stored` is there for stored items only.
pub(super) fn line(
    explanation: &Explanation,
    watches: Option<&[Asked<'_>]>,
    stored: Option<&Stored>,
) -> Value {
    let id = json!(stored.map(|stored| stored.item.id));
    let mut line = assessed::line(&id, &explanation.assessment, Some(&explanation.text));
    let watches = watches.map(|watches| watches.iter().map(watch).collect::<Vec<_>>());
    if let Some(line) = line.as_object_mut() {
        if let Some(stored) = stored {
            line.insert("stored".to_owned(), self::stored(stored, explanation));
        } else {
            line.shift_remove("id");
        }
        line.insert("unreported".to_owned(), json!(explanation.assessment.unreported));
        line.insert("marks".to_owned(), json!(explanation.marks));
        line.insert("clauses".to_owned(), json!(explanation.clauses));
        line.insert("near".to_owned(), explanation.near.iter().map(near).collect());
        line.insert("watches".to_owned(), json!(watches));
    }
    line
}

fn near(near: &Near) -> Value {
    match near {
        Near::Weak { relation, lacks } => json!({"why": "score", "relation": relation, "lacks": lacks}),
        Near::Off { relation } => json!({"why": "off", "relation": relation}),
        Near::Nobody(relation) => json!({"why": "nobody", "draft": assessed::relation(relation)}),
        Near::LeftOut(relation) => json!({"why": "left-out", "draft": assessed::relation(relation)}),
        Near::Frameless(mark) => json!({"why": "no-parties", "word": mark}),
    }
}

fn watch(asked: &Asked<'_>) -> Value {
    json!({
        "name": asked.watch.name,
        "matches": asked.matches(),
        "mismatches": asked.mismatches,
    })
}

/// `judged_by_article`: whether the article is part of what is judged here.
fn stored(stored: &Stored, explanation: &Explanation) -> Value {
    let item = &stored.item;
    json!({
        "source": item.source,
        "url": item.url,
        "published": item.published,
        "first_seen": item.first_seen,
        "reason": item.reason,
        "story": item.story,
        "article": article::as_json(item.article.as_ref()),
        "passage": stored.article.passage,
        "article_kept": !stored.article.text.is_empty(),
        "judged_by_article": !explanation.text.body.is_empty(),
        "relations": item.assessment.relations.iter().map(assessed::relation).collect::<Vec<_>>(),
    })
}
