//! `explain`: why a text was, or was not, reported.
//!
//! Owns: what can be asked for. `subject` finds the text, the one judgement of `assess` explains it,
//! and `marked`, `report` and `watches` show that to a person, `as_json` to a program.

mod as_json;
mod marked;
mod report;
mod subject;
mod watches;

pub(super) use report::{print_relation, signed};
pub(super) use watches::reason;

use super::exit::{DATA, Failure, USAGE};
use super::paint::Paint;
use super::{article, assessed, look, output, settings};
use crate::alerting::{self, Asked};
use crate::assess::{Explanation, Input};
use crate::config::Config;
use crate::daemon::Clock;
use crate::domain::{Language, StoryId, Thresholds};
use crate::store::ItemSummary;
use crate::{telling, text};
use anyhow::anyhow;
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use subject::Subject;
use url::Url;

#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("subject").required(true).args(["what", "url", "file", "story"])))]
pub(super) struct Arguments {
    /// A headline, or the number of a stored item as `stories --dropped` lists it.
    #[arg(value_name = "HEADLINE|ITEM-ID")]
    what: Option<String>,
    /// Explain the news page at this address. It is fetched once, within the limits of `[fetch]`.
    #[arg(long)]
    url: Option<Url>,
    /// Explain a saved news page, or a text: its first line is the headline, what follows up to a blank
    /// line the summary, the rest the article. `-` is standard input.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Show a stored story by its number: what each of its items was judged to say.
    #[arg(long, value_name = "ID")]
    story: Option<i64>,
    /// The summary to a headline.
    #[arg(long, conflicts_with_all = ["url", "file", "story"])]
    summary: Option<String>,
    /// The language, as two letters; recognised where not given.
    #[arg(long)]
    lang: Option<Language>,
    /// Judge it as an item of this configured source: in its language, and for whom it speaks.
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Print the article's text as it is read from a page, and judge nothing.
    #[arg(long, conflicts_with_all = ["what", "story", "summary", "json"])]
    text_only: bool,
    /// Print one JSON object; for a story, one for each of its items.
    #[arg(long)]
    json: bool,
}

pub(super) fn command(global: &super::Arguments, options: &Arguments) -> Result<ExitCode, Failure> {
    let config = settings::load_or_built_in(global)?;
    let mut out = output::stdout();
    if let Some(id) = options.story {
        explain_story(&mut out, needed(config.as_ref())?, StoryId(id), options.json)?;
    } else {
        let subject = Subject::of(options, config.as_ref())?;
        if options.text_only {
            print_text(&mut out, &subject)?;
            out.flush()?;
            return Ok(ExitCode::SUCCESS);
        }
        explain(&mut out, config.as_ref(), &subject, options.json)?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// The article's text, cleaned for a terminal, a line for each paragraph.
fn print_text(out: &mut impl Write, subject: &Subject) -> Result<(), Failure> {
    let body = &subject.text.body;
    if body.is_empty() {
        return Err(Failure::new(DATA, anyhow!("there is no article's text")));
    }
    for line in body.lines() {
        writeln!(out, "{}", text::part_of_line(line))?;
    }
    Ok(())
}

/// The configuration, for what is stored.
fn needed(config: Option<&Config>) -> Result<&Config, Failure> {
    config.ok_or_else(|| Failure::new(USAGE, anyhow!("what is stored needs a configuration")))
}

fn explain(
    out: &mut impl Write,
    config: Option<&Config>,
    subject: &Subject,
    as_json: bool,
) -> Result<(), Failure> {
    let thresholds = config.map_or_else(Thresholds::default, |config| config.thresholds);
    let explanation = explanation(config, subject);
    let text = &explanation.text;
    if [&text.title, &text.summary, &text.body].iter().all(|part| part.trim().is_empty()) {
        return Err(Failure::new(DATA, anyhow!("there is no text to explain")));
    }
    let told = alerting::Text { title: &text.title, summary: &text.summary, source: subject.source.as_ref() };
    let watches = config.map(|config| {
        Asked::all(&config.watches, config.thresholds, &explanation.assessment.relations, told)
    });
    let stored = subject.stored.as_deref();
    if as_json {
        let line = as_json::line(&explanation, watches.as_deref(), stored);
        return output::json_line(out, &line);
    }
    let paint = Paint::of_stdout();
    if let Some(stored) = stored {
        report::print_stored(out, stored, &explanation, Clock::System.now(), paint)?;
    }
    marked::print(out, &explanation, paint)?;
    report::print(out, &explanation, thresholds, subject.language.is_some(), paint)?;
    if let (Some(config), Some(watches)) = (config, watches) {
        watches::print(out, config, &explanation.assessment, &watches, paint)?;
    }
    Ok(())
}

/// What a text says. A stored item is judged as the daemon judges it: its article decides where it tells more
/// than headline and summary do, and is left aside where it does not.
fn explanation(config: Option<&Config>, subject: &Subject) -> Explanation {
    let assessor = settings::assessor(config);
    let input = Input {
        title: &subject.text.title,
        summary: &subject.text.summary,
        body: &subject.text.body,
        language: subject.language,
        published: subject.published,
        speaks_for: subject.speaks_for,
    };
    if let (Some(config), Some(stored)) = (config, &subject.stored)
        && !input.body.is_empty()
    {
        let without = Input { body: "", ..input };
        let before = assessor.assess(&without).0;
        let asking = (config.watches.as_slice(), config.thresholds);
        let source = subject.source.as_ref().unwrap_or(&stored.item.source);
        if telling::with_article(&assessor, asking, source, &input, &before).0 == before {
            return assessor.explain(&without);
        }
    }
    assessor.explain(&input)
}

fn explain_story(out: &mut impl Write, config: &Config, id: StoryId, as_json: bool) -> Result<(), Failure> {
    let (story, items) =
        look(config, async |store| Ok((store.story(id).await?, store.story_items(id).await?)))?;
    let story = story.ok_or_else(|| Failure::new(USAGE, anyhow!("there is no story {id}")))?;
    if as_json {
        for item in &items {
            let line = assessed::line(&json!(item.id), &item.assessment, None);
            output::json_line(out, &line)?;
        }
        return Ok(());
    }
    super::stories::print_story(out, &story, Clock::System.now())?;
    for item in &items {
        print_item(out, item)?;
    }
    Ok(())
}

fn print_item(out: &mut impl Write, item: &ItemSummary) -> std::io::Result<()> {
    let reason = item.reason.map_or("told", output::in_words);
    writeln!(out, "{:>5}  {}: {} ({reason})", item.id, item.source, output::plain(&item.title))?;
    if let Some(state) = &item.article {
        writeln!(out, "       {}", output::plain(&article::in_words(state)))?;
    }
    for relation in &item.assessment.relations {
        print_relation(out, relation)?;
    }
    writeln!(out)
}
