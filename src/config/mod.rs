//! Configuration: what is written (raw TOML) becomes what is meant (checked domain values), all errors at once.
//!
//! Owns: every TOML format of the project and its diagnostics. Calls: `domain`. Reads files and the
//! environment only in `load`; a wrong file stops the program with exit code 78 and is never half used.

mod check;
mod countries;
mod diagnostics;
mod duration;
mod environment;
mod keys;
mod load;
mod model;
mod problem;
mod reader;
mod schema;
mod secrets;
mod source_file;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_logins;
#[cfg(test)]
mod tests_of_people;
#[cfg(test)]
mod tests_of_proxies;
#[cfg(test)]
mod tests_of_reading;
#[cfg(test)]
mod tests_of_sources;
#[cfg(test)]
mod tests_of_warnings;
#[cfg(test)]
mod tests_of_webhooks;
mod vocabulary;
mod wording;

pub use diagnostics::{ConfigErrors, Diagnostic, Findings};
pub use environment::{Environment, NoConfiguration, default_path};
pub use keys::{Fallback, Key, Renamed, Shape, TABLES, TableKeys};
pub use load::{Loaded, check_text, load};
pub use model::{Config, Retention, TemplateFiles};
pub use problem::{Problem, Severity};
pub use schema::{json_schema, reference, vocabulary_json_schema};
pub use vocabulary::{WordsError, add_vocabulary, embedded_vocabulary, vocabulary_in_checkout};
