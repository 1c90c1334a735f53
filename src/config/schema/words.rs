//! What a value looks like, in words.

use crate::config::duration::written;
use crate::config::keys::{Fallback, Key, Shape};
use crate::config::wording::one_of;

/// What a value looks like: "a duration, 1s to 7d".
pub(super) fn shape(shape: &Shape) -> String {
    match shape {
        Shape::Text(what) | Shape::AnyText(what) | Shape::Matching { what, .. } => (*what).to_owned(),
        Shape::Duration { least, most } => format!("a duration, {} to {}", written(*least), written(*most)),
        Shape::Whole { least, most } => format!("a whole number, {least} to {most}"),
        Shape::Number { least, most } => format!("a number, {least} to {most}"),
        Shape::AnyNumber => "a number".to_owned(),
        Shape::Boolean => "true or false".to_owned(),
        Shape::Term(words) => match words().as_slice() {
            [only] => format!("\"{only}\""),
            words => one_of(words),
        },
        Shape::List(of) => format!("a list; each: {}", self::shape(of)),
        Shape::FilledList(of) => format!("a list of at least one; each: {}", self::shape(of)),
        Shape::OneOrMore(of) => format!("{}, or a list of such", self::shape(of)),
        Shape::Table(keys) => format!("a table ({})", keys.table),
        Shape::Tables(keys) => format!("tables, each under its own {}", keys.table),
        Shape::Entries(of) => format!("a table of names and values; each value: {}", self::shape(of)),
        Shape::Named { of, .. } => format!("a table; each value: {}", self::shape(of)),
        Shape::Either(shapes) => shapes.iter().map(self::shape).collect::<Vec<_>>().join("; or "),
    }
}

/// What holds where a key is not given: "default: `\"15m\"`".
pub(super) fn fallback(key: &Key) -> Option<String> {
    match key.fallback {
        _ if matches!(key.shape, Shape::Table(_) | Shape::Tables(_)) && key.examples.is_empty() => None,
        Fallback::Required => Some("required".to_owned()),
        Fallback::Value(value) => Some(format!("default: `{value}`")),
        Fallback::Told(told) => Some(format!("default: {told}")),
        Fallback::Nothing => Some("default: none".to_owned()),
    }
}
