//! Problems: what is wrong at one place of one text, and what would be right.

use std::ops::Range;

/// Something wrong in a configuration text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The bytes it is about; `None` where it is about the whole file.
    pub span: Option<Range<usize>>,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What would be right, where that can be said.
    pub help: Option<String>,
}
