//! Countries as an operator names them: code, name or demonym.

use super::reader::Value;
use super::vocabulary::embedded_vocabulary;
use super::wording::quoted;
use crate::domain::{Actor, Vocabulary};
use std::sync::{Arc, LazyLock};

/// The names that are compiled in. An operator's own vocabulary adds names for the texts that are
/// searched; a watch names its countries by these.
static VOCABULARY: LazyLock<Arc<Vocabulary>> = LazyLock::new(|| Arc::new(embedded_vocabulary()));

/// The vocabulary that is compiled in, to put an operator's own over.
pub(super) fn embedded() -> Arc<Vocabulary> {
    Arc::clone(&VOCABULARY)
}

/// The blocs that a state is a member of.
pub(super) fn blocs_of(member: Actor) -> Vec<Actor> {
    VOCABULARY.blocs_of(member)
}

impl Value<'_> {
    /// The country or bloc that is named.
    pub(super) fn actor(&self) -> Option<Actor> {
        let written = self.string()?;
        VOCABULARY.resolve(written).or_else(|| {
            let help = VOCABULARY.suggest(written).map_or_else(
                || {
                    "an English name (\"Iran\"), a code (\"IR\", \"EU\") or a demonym (\"Iranian\")"
                        .to_owned()
                },
                |(near, _)| format!("did you mean \"{near}\"?"),
            );
            self.wrong(format!("unknown country {}", quoted(written)), help)
        })
    }
}
