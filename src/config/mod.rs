//! Configuration: what is written (raw TOML) becomes what is meant (checked domain values), all errors at once.
//!
//! Owns: every TOML format of the project and its diagnostics. Calls: `domain`. Reads files and the
//! environment only in `load`; a wrong file stops the program with exit code 78 and is never half used.

mod model;
mod problem;

pub use model::{Config, Retention, Thresholds};
pub use problem::Problem;
