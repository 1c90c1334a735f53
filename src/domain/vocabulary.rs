//! The vocabulary: what the texts of each language are searched for, as the configuration means it.

/// What the texts of each language are searched for.
#[derive(Debug, Clone, Default)]
pub struct Vocabulary {}
