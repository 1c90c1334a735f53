//! `group`: a filter on JSON Lines that puts items into stories.

use super::exit::{DATA, Failure};
use super::{items, output, settings};
use crate::domain::{ItemId, StoryId};
use crate::group::{Features, Grouping, Placing, Report, Window};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// JSON Lines to put into stories; standard input where not given or `-`.
    file: Option<PathBuf>,
}

pub(super) fn command(global: &super::Arguments, options: &Arguments) -> Result<ExitCode, Failure> {
    let config = settings::load_or_built_in(global)?;
    let (assessor, rules, bounds) = settings::grouping(config.as_ref());
    let mut window = Window::new(bounds);
    let mut input = items::open(options.file.as_deref())?;
    let mut out = output::stdout();
    // Items and stories are known by the place of their line among the items that were read.
    let mut ids: Vec<Value> = Vec::new();
    let (mut number, mut wrong, mut latest) = (0, false, Timestamp::UNIX_EPOCH);
    loop {
        let batch = items::read_batch(&mut input, &mut number)?;
        if batch.is_empty() {
            break;
        }
        for (number, line) in batch {
            let item = match items::read(number, &line) {
                Ok(item) => item,
                Err(error) => {
                    wrong = true;
                    output::json_line(&mut out, &error)?;
                    continue;
                }
            };
            let (assessment, text) = assessor.assess(&item.input(None));
            // What says no time stands where the item before it does.
            latest = item.published.unwrap_or(latest);
            let source = item.source.as_deref().unwrap_or_default();
            let features = Features::of(&rules, Report::new(source, latest, &text, &assessment));
            let place = i64::try_from(ids.len()).unwrap_or(i64::MAX);
            ids.push(item.id);
            let (story, placing) = window.place(&rules, ItemId(place), features, StoryId(place));
            window.evict();
            output::json_line(&mut out, &placed(&ids, place, story, &placing))?;
        }
        // Whoever feeds lines one by one gets their answers one by one.
        out.flush()?;
    }
    Ok(if wrong { ExitCode::from(DATA) } else { ExitCode::SUCCESS })
}

/// An item's line: its story, and why.
fn placed(ids: &[Value], place: i64, story: StoryId, placing: &Placing) -> Value {
    let id = |place: i64| usize::try_from(place).ok().and_then(|at| ids.get(at)).cloned().unwrap_or_default();
    let mut line = Map::new();
    let mut put = |key: &str, value: Value| line.insert(key.to_owned(), value);
    put("id", id(place));
    put("story", id(story.0));
    put("why", json!(placing.placed()));
    if let Some(ItemId(like)) = placing.like {
        put("like", id(like));
        put("score", json!((f64::from(placing.score) * 1000.0).round() / 1000.0));
    }
    if let Grouping::Development(StoryId(follows), change) = placing.grouping {
        put("follows", id(follows));
        put("change", json!(change.to_string()));
    }
    if let Some(veto) = placing.veto {
        put("veto", json!(veto));
    }
    Value::Object(line)
}
