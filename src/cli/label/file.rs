//! Labels as JSON Lines, in and out.

use crate::cli::exit::{DATA, Failure};
use crate::cli::{backtest, output};
use crate::domain::Labelled;
use crate::store::Store;
use anyhow::anyhow;
use jiff::Timestamp;
use serde_json::json;
use std::io::Write;
use std::path::Path;

/// Prints labels, each with its text.
pub(super) fn export(out: &mut impl Write, labels: &[Labelled]) -> Result<(), Failure> {
    for label in labels {
        let line = json!({
            "id": label.name,
            "lang": label.language.map(|language| language.to_string()).unwrap_or_default(),
            "published": label.published.map(|moment| moment.to_string()).unwrap_or_default(),
            "source": label.source,
            "title": label.title,
            "summary": label.summary,
            "label": label.label,
        });
        output::json_line(out, &line)?;
    }
    Ok(())
}

/// Takes labels in, all or none; each is known to be of a stored item where one has its text. Labels whose item is
/// not here are kept with their texts.
pub(super) async fn import(
    out: &mut impl Write,
    store: &Store,
    path: &Path,
    now: Timestamp,
) -> Result<(), Failure> {
    let lines = backtest::lines(path)?;
    let all = lines.len();
    let (mut new, mut changed, mut here) = (0, 0, 0);
    let mut transaction = store.begin().await?;
    for (item, label) in lines {
        let Some(label) = label else { continue };
        let known = transaction.known_items(&item.source, &item.keys.keys).await?;
        let same = known.iter().find(|one| one.source == item.source && one.content == item.keys.content);
        let label = Labelled {
            name: item.id,
            item: same.map(|one| one.id),
            language: item.language,
            published: item.entry.published,
            source: item.source.to_string(),
            title: item.entry.title,
            summary: item.entry.summary,
            label,
        };
        here += usize::from(label.item.is_some());
        if transaction.keep_label(&label, now).await? {
            new += 1;
        } else {
            changed += 1;
        }
    }
    if new + changed == 0 {
        return Err(Failure::new(DATA, anyhow!("{}: no line of it has a `label`", path.display())));
    }
    transaction.commit().await?;
    writeln!(
        out,
        "{} labels taken in: {new} new, {changed} known before; {here} of stored items",
        new + changed
    )?;
    if all > new + changed {
        output::complain(&format!("{} lines have no `label`", all - new - changed));
    }
    Ok(())
}
