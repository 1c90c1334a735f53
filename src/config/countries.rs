//! Countries as an operator names them: code, name or demonym.

use super::reader::Value;
use super::vocabulary::embedded_vocabulary;
use super::wording::quoted;
use crate::domain::{Actor, Vocabulary};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// The words that are compiled in, as long as somebody holds them: they take megabytes that a daemon, once it
/// has built its judgement from them, has no use for.
static EMBEDDED: Mutex<Weak<Vocabulary>> = Mutex::new(Weak::new());

/// The vocabulary that is compiled in, to put an operator's own over. It adds names for the texts that are
/// searched; a watch names its countries by these here. Read anew where nobody holds it, which takes longer than
/// all else: who asks for many countries holds it meanwhile.
pub(super) fn embedded() -> Arc<Vocabulary> {
    let mut held = EMBEDDED.lock().unwrap_or_else(PoisonError::into_inner);
    held.upgrade().unwrap_or_else(|| {
        let vocabulary = Arc::new(embedded_vocabulary());
        *held = Arc::downgrade(&vocabulary);
        vocabulary
    })
}

/// The blocs that a state is a member of.
pub(super) fn blocs_of(member: Actor) -> Vec<Actor> {
    embedded().blocs_of(member)
}

impl Value<'_> {
    /// The country or bloc that is named.
    pub(super) fn actor(&self) -> Option<Actor> {
        let written = self.string()?;
        let vocabulary = embedded();
        vocabulary.resolve(written).or_else(|| {
            let help = vocabulary.suggest(written).map_or_else(
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
