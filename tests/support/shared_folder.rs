//! Real input beside the repository, which a fresh clone does not have.

use std::path::{Path, PathBuf};

/// A path under `../shared`, or `None`, which is printed, where it is absent.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let full = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    if full.exists() {
        return Some(full);
    }
    println!("skipped: no ../shared/{path} beside the repository");
    None
}
