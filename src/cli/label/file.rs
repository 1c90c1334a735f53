//! Labels as JSON Lines, in and out.

use crate::backtest;
use crate::cli::exit::{DATA, Failure};
use crate::cli::{items, output};
use crate::config::Config;
use crate::domain::{Entry, Label, Labelled, SourceName};
use crate::parallel;
use crate::store::Store;
use anyhow::anyhow;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};
use std::io::Write;
use std::path::Path;

/// So many wrong lines are told one by one; a file that is something else altogether has nothing but such.
const MOST_TOLD: usize = 20;

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

/// What a file says: its labels, each with its text as an item of the past, and how many lines have none.
#[derive(Debug)]
pub(super) struct Labels {
    labels: Vec<(backtest::Item, Label)>,
    bare: usize,
}

/// Reads a whole file; where a line of it is wrong, nothing of it is taken, and each is told with its reason.
pub(super) fn read(path: &Path, config: &Config, now: Timestamp) -> Result<Labels, Failure> {
    let mut input = items::open(Some(path))?;
    let (mut number, mut lines) = (0, Vec::new());
    loop {
        let batch = items::read_batch(&mut input, &mut number)?;
        if batch.is_empty() {
            break;
        }
        lines.extend(batch);
    }
    let all = lines.len();
    let read = parallel::map(&lines, |(number, line)| (*number, line_of(*number, line, config, now)));
    let (mut labels, mut wrong, mut first_of) = (Vec::new(), Vec::new(), BTreeMap::new());
    for (number, read) in read {
        match read {
            Ok(Some((item, label))) => {
                if let Some(first) = first_of.get(&item.id) {
                    let id = output::plain(&item.id);
                    wrong.push((number, format!("its id {id} is that of line {first}, too")));
                } else {
                    first_of.insert(item.id.clone(), number);
                    labels.push((item, label));
                }
            }
            Ok(None) => {}
            Err(reason) => wrong.push((number, reason)),
        }
    }
    for (number, reason) in wrong.iter().take(MOST_TOLD) {
        output::complain(&format!("line {number}: {reason}"));
    }
    if wrong.len() > MOST_TOLD {
        output::complain(&format!("… and {} more", wrong.len() - MOST_TOLD));
    }
    let refused = if !wrong.is_empty() {
        format!("{} cannot be read; nothing is stored", output::count(wrong.len(), "line", "lines"))
    } else if labels.is_empty() {
        "no line of it has a `label`".to_owned()
    } else {
        return Ok(Labels { bare: all - labels.len(), labels });
    };
    Err(Failure::new(DATA, anyhow!("{}: {refused}", path.display())))
}

/// The label on a line with its text, `None` where it has no label, or why it cannot be taken.
fn line_of(
    number: usize,
    line: &[u8],
    config: &Config,
    now: Timestamp,
) -> Result<Option<(backtest::Item, Label)>, String> {
    #[derive(Deserialize)]
    struct OnlyLabel {
        label: Option<Label>,
    }
    let item = items::read(number, line).map_err(|answer| {
        answer.get("error").and_then(Value::as_str).unwrap_or("it is no item").to_owned()
    })?;
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    let only: OnlyLabel = serde_json::from_slice(line)
        .map_err(|error| format!("its label: {error}").replace(" at line 1 column", " at column"))?;
    let Some(label) = only.label else { return Ok(None) };
    if let Some(code) = label.strange_countries().next() {
        let meant = config.vocabulary.resolve(code).map(|actor| format!("; did you mean {actor}?"));
        return Err(format!(
            "its label: `{}` is no code of a country or bloc{}",
            output::plain(code),
            meant.unwrap_or_default()
        ));
    }
    if let Some(kind) = label.strange_kinds().next() {
        return Err(format!(
            "its label: a pair begins with sanctions or alliance, not with `{}`",
            output::plain(kind)
        ));
    }
    let entry = Entry {
        guid: None,
        url: item.url,
        title: item.title,
        summary: item.summary,
        published: item.published,
        language: None,
    };
    let id = item.id.as_str().map_or_else(|| item.id.to_string(), str::to_owned);
    let source = item.source.as_deref().and_then(SourceName::new).unwrap_or_else(SourceName::unknown);
    let past = backtest::Item::new(id, source, entry, item.published.unwrap_or(now));
    Ok(Some((backtest::Item { language: item.language, ..past }, label)))
}

/// Takes labels in, all or none; each is known to be of a stored item where one has its text. Labels whose item is
/// not here are kept with their texts.
pub(super) async fn import(store: &Store, file: Labels, now: Timestamp) -> Result<(), Failure> {
    let Labels { labels, bare } = file;
    let (mut new, mut changed) = (0, 0);
    let mut here = HashSet::new();
    let mut transaction = store.begin().await?;
    for (item, label) in labels {
        let known = transaction.known_items(&item.source, &item.keys.keys).await?;
        let same = known.iter().find(|one| one.source == item.source && one.content == item.keys.content);
        let label = Labelled {
            name: item.id,
            // An item has one label: a second one of the same text is kept without.
            item: same.map(|one| one.id).filter(|id| here.insert(*id)),
            language: item.language,
            published: item.entry.published,
            source: item.source.to_string(),
            title: item.entry.title,
            summary: item.entry.summary,
            label,
        };
        if transaction.keep_label(&label, now).await? {
            new += 1;
        } else {
            changed += 1;
        }
    }
    transaction.commit().await?;
    let mut out = output::stdout();
    writeln!(
        out,
        "{} taken in: {new} new, {changed} known before; {} of stored items",
        output::count(new + changed, "label", "labels"),
        here.len()
    )?;
    out.flush()?;
    if bare > 0 {
        output::complain(&format!("{} no `label`", output::count(bare, "line has", "lines have")));
    }
    Ok(())
}
