//! Problems: what is wrong, or odd, at one place of one text, and what would be right.

use serde::Serialize;
use std::ops::Range;

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The configuration cannot be used.
    Error,
    /// It can be used, and it is hardly what was meant.
    Warning,
}

/// Something wrong in a configuration text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// The bytes it is about; `None` where it is about the whole file.
    pub span: Option<Range<usize>>,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What would be right, where that can be said.
    pub help: Option<String>,
}
