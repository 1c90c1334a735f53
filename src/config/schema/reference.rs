//! The reference page: every table and every key, in Markdown.

use super::words;
use crate::config::keys::{Key, Shape, TABLES, TableKeys};

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
    let mut page = HEAD.to_owned();
    for table in TABLES {
        section(&mut page, table);
    }
    page
}

fn section(page: &mut String, table: &TableKeys) {
    let title =
        if table.table.starts_with('[') { format!("`{}`", table.table) } else { table.table.to_owned() };
    page.push_str(&format!("\n## {title}\n\n{}\n", table.about));
    for key in table.keys {
        entry(page, key);
    }
}

fn entry(page: &mut String, key: &Key) {
    let facts: Vec<String> = std::iter::once(words::shape(&key.shape)).chain(words::fallback(key)).collect();
    page.push_str(&format!("\n### `{}`\n\n{}\\\n*{}*\n", key.name, key.about, facts.join("; ")));
    for former in key.renamed {
        let until = former.until();
        page.push_str(&format!(
            "\nCalled `{}` before; version {until} will not know that name.\n",
            former.from
        ));
    }
    let has_section = matches!(key.shape, Shape::Table(_) | Shape::Tables(_));
    if !has_section || !key.examples.is_empty() {
        let lines = key.examples.iter().map(|example| format!("{} = {example}\n", key.name));
        page.push_str(&format!("\n```toml\n{}```\n", lines.collect::<String>()));
    }
}
