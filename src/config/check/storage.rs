//! `state`, `[stories]` and `[retention]`: where the state lives, and how long what.

use super::{World, only};
use crate::config::duration::written;
use crate::config::model::Retention;
use crate::config::reader::{Table, Value};
use crate::domain::StoryWindow;
use std::path::{Path, PathBuf};

const DEFAULT_STATE: &str = "state/sanctionwatch.db";

pub(super) fn state(roots: &[Table<'_>], world: &World<'_>) -> PathBuf {
    let given = only(roots, "state").and_then(|value| state_path(&value, world));
    let main = roots.first().map_or(Path::new(""), |root| &root.mark.file.path);
    given.unwrap_or_else(|| world.output_path(main, DEFAULT_STATE))
}

fn state_path(value: &Value<'_>, world: &World<'_>) -> Option<PathBuf> {
    let text = value.string()?;
    if text.contains("://") {
        return value.wrong(
            "the state is kept in a file, not behind an address",
            format!("such as \"{DEFAULT_STATE}\""),
        );
    }
    if text.ends_with('/') || text.contains('\0') {
        return value.wrong("`state` names a file, not a folder", format!("such as \"{DEFAULT_STATE}\""));
    }
    Some(world.output_path(&value.mark.file.path, text))
}

pub(super) fn stories(table: Option<&Table<'_>>) -> StoryWindow {
    let default = StoryWindow::default();
    let Some(table) = table else { return default };
    let read = |value: Value<'_>| value.duration();
    let told_within = table.or("told-within", default.told_within, read);
    let follows_within = table.or("follows-within", default.follows_within.max(told_within), read);
    if follows_within < told_within
        && let Some(value) = table.value("follows-within")
    {
        value.mark.wrong_with_help(
            format!(
                "a story is told on for {} and followed for {}",
                written(told_within),
                written(follows_within)
            ),
            "follow stories at least as long as they are told on",
        );
    }
    let items = table.or("most-items", default.items, |value| {
        value.integer().and_then(|items| usize::try_from(items).ok())
    });
    StoryWindow { told_within, follows_within, items }
}

pub(super) fn retention(table: Option<&Table<'_>>) -> Retention {
    let default = Retention::default();
    let Some(table) = table else { return default };
    let read = |value: Value<'_>| value.duration();
    let texts = table.or("texts", default.texts, read);
    let keys = table.or("keys", default.keys, read);
    if keys < texts {
        // Points at what was written of the two.
        let value = table.value("keys").or_else(|| table.value("texts"));
        if let Some(value) = value {
            value.mark.wrong_with_help(
                format!(
                    "keys are kept for {} and texts for {}: what comes back would not be known",
                    written(keys),
                    written(texts)
                ),
                "keep keys at least as long as texts",
            );
        }
    }
    Retention { texts, keys }
}
