//! The JSON shape of a relation: a promise of the command line (`assess`) and of webhooks alike.
//!
//! Owns: which sides are written, and when. Calls: `domain`. Pure, and cannot fail.

use crate::domain::{Kind, Relation};
use serde_json::{Map, Value, json};

/// For sanctions `from`, `to` and `by` are always there, empty where not told; for alliances
/// `between` is, and `from` and `to` where one gives and the other takes. `also` is there where
/// somebody takes part without a side.
#[must_use]
pub fn relation(relation: &Relation) -> Value {
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| object.insert(key.to_owned(), value);
    put("kind", json!(relation.kind));
    put("action", json!(relation.action));
    if relation.kind == Kind::Alliance {
        put("between", json!(relation.between));
        if !relation.from.is_empty() || !relation.to.is_empty() {
            put("from", json!(relation.from));
            put("to", json!(relation.to));
        }
        if !relation.by.is_empty() {
            put("by", json!(relation.by));
        }
    } else {
        put("from", json!(relation.from));
        put("to", json!(relation.to));
        put("by", json!(relation.by));
    }
    if !relation.also.is_empty() {
        put("also", json!(relation.also));
    }
    put("modality", json!(relation.modality));
    put("score", json!(relation.score));
    put("evidence", json!(relation.evidence));
    Value::Object(object)
}
