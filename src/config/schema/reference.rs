//! The reference page: every table and every key, in Markdown.

use super::words;
use crate::config::keys::{Key, Shape, TABLES, TableKeys};
use std::fmt::{self, Write};

/// The first lines of the page.
const HEAD: &str = "\
# Configuration: every table and every key

`sanctionwatch schema --reference` prints this page from the definitions that the program reads its configuration
by; a test keeps them equal. [config/sanctionwatch.toml](../config/sanctionwatch.toml) shows the same keys in a file
that works, and the [README](../README.md) what they are good for.

- **Durations** are whole numbers with a unit: `\"90s\"`, `\"15m\"`, `\"1h 30m\"`, `\"24h\"`, `\"180d\"`, `\"4w\"`, `\"2y\"`
  (365 days each).
- **Countries** are names, codes or demonyms: `\"Iran\"`, `\"IR\"`, `\"Iranian\"`; blocs likewise: `\"EU\"`, `\"NATO\"`.
- **Secrets** are never written here, only named: a systemd credential, else a file, else an environment variable.
- Unknown keys are errors. A key that was renamed is understood by its old name for one version, with a warning.
";

/// The reference page.
pub fn reference() -> String {
    format!("{HEAD}{Sections}")
}

/// All sections, one for each table.
struct Sections;

impl fmt::Display for Sections {
    fn fmt(&self, page: &mut fmt::Formatter<'_>) -> fmt::Result {
        TABLES.iter().try_for_each(|table| section(page, table))
    }
}

fn section(page: &mut impl Write, table: &TableKeys) -> fmt::Result {
    write!(page, "\n## {}\n\n{}\n", heading(table), table.about)?;
    let (tables, keys): (Vec<&Key>, Vec<&Key>) = table.keys.iter().partition(|key| section_of(key).is_some());
    for key in keys {
        entry(page, key)?;
    }
    if !tables.is_empty() {
        page.write_str("\n### Tables\n\n")?;
    }
    for (key, of) in tables.iter().filter_map(|key| Some((key, section_of(key)?))) {
        writeln!(page, "- [`{}`](#{}): {}", of.table, key.name, key.about)?;
    }
    Ok(())
}

/// A table as a heading.
fn heading(table: &TableKeys) -> String {
    if table.table.starts_with('[') || !table.table.contains(' ') {
        return format!("`{}`", table.table);
    }
    "The top of the file".to_owned()
}

/// The table that has a section of its own and nothing else to be told at its key.
fn section_of(key: &Key) -> Option<&'static TableKeys> {
    match key.shape {
        Shape::Table(keys) | Shape::Tables(keys) if key.examples.is_empty() => Some(keys),
        _ => None,
    }
}

fn entry(page: &mut impl Write, key: &Key) -> fmt::Result {
    let facts: Vec<String> = std::iter::once(words::shape(&key.shape)).chain(words::fallback(key)).collect();
    write!(page, "\n### `{}`\n\n{}\\\n*{}*\n", key.name, key.about, facts.join("; "))?;
    for former in key.renamed {
        let until = former.until();
        write!(page, "\nCalled `{}` before; version {until} will not know that name.\n", former.from)?;
    }
    page.write_str("\n```toml\n")?;
    for example in key.examples {
        writeln!(page, "{} = {example}", key.name)?;
    }
    page.write_str("```\n")
}
