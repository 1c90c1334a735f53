//! What the definitions of keys are printed as: a JSON Schema for editors, a page for people.
//!
//! Owns: both forms. Calls: `keys`. Pure.

mod json;
mod reference;
#[cfg(test)]
mod tests;
mod words;

pub use json::{json_schema, vocabulary_json_schema};
pub use reference::reference;
