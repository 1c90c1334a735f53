//! `explain`: why a text was, or was not, reported.

use super::exit::{Failure, USAGE};
use super::{assessed, output, runtime, settings};
use crate::alerting;
use crate::assess::{Assessor, Input};
use crate::config::{Config, embedded_vocabulary};
use crate::daemon::Clock;
use crate::deliver::words::relation_line;
use crate::domain::{
    Assessment, CleanText, DropReason, ItemId, KindResult, Language, Relation, Score, Source, StoryId,
    Thresholds, WatchName,
};
use crate::store::{ItemSummary, Store};
use anyhow::anyhow;
use serde_json::json;
use std::io::{Read, Write};
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The headline; `-` reads a text from standard input: the first line is the headline, what
    /// follows up to a blank line the summary, the rest the article.
    #[arg(required_unless_present_any = ["story", "item"], conflicts_with = "story")]
    title: Option<String>,
    /// The summary.
    #[arg(long, default_value = "")]
    summary: String,
    /// The language, as two letters; recognised where not given.
    #[arg(long)]
    lang: Option<Language>,
    /// Judge it as an item of this configured source: in its language, and for whom it speaks.
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Explain a stored story by its number instead.
    #[arg(long, value_name = "ID")]
    story: Option<i64>,
    /// Explain a stored item by its number in `stories --dropped` instead.
    #[arg(long, value_name = "ID", conflicts_with_all = ["title", "story"])]
    item: Option<i64>,
    /// Print one JSON object; for a story, one for each of its items.
    #[arg(long)]
    json: bool,
}

/// The parts of a text.
#[derive(Debug, Default, PartialEq, Eq)]
struct Text {
    title: String,
    summary: String,
    body: String,
}

pub(super) fn command(global: &super::Arguments, options: &Arguments) -> Result<ExitCode, Failure> {
    let config = settings::load_or_built_in(global)?;
    let mut out = output::stdout();
    if options.story.is_some() || options.item.is_some() {
        let config =
            config.ok_or_else(|| Failure::new(USAGE, anyhow!("what is stored needs a configuration")))?;
        if let Some(id) = options.story {
            explain_story(&mut out, &config, StoryId(id), options.json)?;
        }
        if let Some(id) = options.item {
            explain_item(&mut out, &config, ItemId(id), options.json)?;
        }
    } else {
        let text = text(options)?;
        let thresholds = config.as_ref().map_or_else(Thresholds::default, |config| config.thresholds);
        let assessor = match &config {
            Some(config) => Assessor::new(&config.vocabulary, thresholds),
            None => Assessor::new(&embedded_vocabulary(), thresholds),
        };
        let source = options.source.as_deref().map(|name| source(config.as_ref(), name)).transpose()?;
        let (assessment, clean) = assessor.assess(&Input {
            title: &text.title,
            summary: &text.summary,
            body: &text.body,
            language: options.lang.or(source.and_then(|source| source.language)),
            published: Some(Clock::System.now()),
            speaks_for: source.and_then(|source| source.speaks_for),
        });
        if options.json {
            let mut line = assessed::line(&json!(null), &assessment, Some(&clean));
            if let Some(line) = line.as_object_mut() {
                line.remove("id");
                line.insert("unreported".to_owned(), json!(assessment.unreported));
                let watches = config.as_ref().map(|config| watches(config, &assessment));
                line.insert("watches".to_owned(), json!(watches));
            }
            output::json_line(&mut out, &line)?;
        } else {
            print(&mut out, &assessment, &clean, thresholds)?;
            if let Some(config) = &config {
                print_watches(&mut out, config, &assessment)?;
            }
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// A configured source by its name.
fn source<'a>(config: Option<&'a Config>, name: &str) -> Result<&'a Source, Failure> {
    config
        .and_then(|config| config.sources.iter().find(|source| source.name.as_str() == name))
        .ok_or_else(|| Failure::new(USAGE, anyhow!("there is no source `{name}`; `sources` lists them")))
}

fn text(options: &Arguments) -> Result<Text, Failure> {
    match options.title.as_deref() {
        Some("-") => {
            let mut all = String::new();
            std::io::stdin().read_to_string(&mut all)?;
            Ok(split(&all))
        }
        title => Ok(Text {
            title: title.unwrap_or_default().to_owned(),
            summary: options.summary.clone(),
            body: String::new(),
        }),
    }
}

/// The first line is the headline, what follows up to a blank line the summary, the rest the body.
fn split(all: &str) -> Text {
    let all = all.replace("\r\n", "\n");
    let (title, rest) = all.trim_start().split_once('\n').unwrap_or((all.trim(), ""));
    let (summary, body) = rest.trim_start_matches('\n').split_once("\n\n").unwrap_or((rest, ""));
    Text { title: title.trim().to_owned(), summary: summary.trim().to_owned(), body: body.trim().to_owned() }
}

fn explain_story(out: &mut impl Write, config: &Config, id: StoryId, as_json: bool) -> Result<(), Failure> {
    runtime()?.block_on(async {
        let store = Store::open_beside(&config.state).await?;
        let story = store.story(id).await?;
        let items = store.story_items(id).await?;
        store.close().await;
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
    })
}

fn explain_item(out: &mut impl Write, config: &Config, id: ItemId, as_json: bool) -> Result<(), Failure> {
    runtime()?.block_on(async {
        let store = Store::open_beside(&config.state).await?;
        let item = store.item(id).await?;
        store.close().await;
        let item = item.ok_or_else(|| Failure::new(USAGE, anyhow!("there is no item {id}")))?;
        if as_json {
            return output::json_line(out, &assessed::line(&json!(item.id), &item.assessment, None));
        }
        Ok(print_item(out, &item)?)
    })
}

fn print_item(out: &mut impl Write, item: &ItemSummary) -> std::io::Result<()> {
    let reason = item.reason.map_or("told", output::in_words);
    writeln!(out, "{}: {} ({reason})", item.source, output::plain(&item.title))?;
    for relation in &item.assessment.relations {
        print_relation(out, relation)?;
    }
    writeln!(out)
}

fn print(
    out: &mut impl Write,
    assessment: &Assessment,
    clean: &CleanText,
    thresholds: Thresholds,
) -> std::io::Result<()> {
    writeln!(out, "{}", output::plain(&clean.title))?;
    for relation in &assessment.relations {
        writeln!(out)?;
        print_relation(out, relation)?;
    }
    writeln!(out)?;
    let mut verdict = |kind: &str, result: KindResult, threshold: Score| {
        let reached = if result.reported { "reported" } else { "not reported" };
        writeln!(out, "{kind:9}  {reached}: {} of the {threshold} points it takes", result.score)
    };
    verdict("sanctions", assessment.sanctions, thresholds.sanctions)?;
    verdict("alliance", assessment.alliance, thresholds.alliance)?;
    let language =
        assessment.lang.map_or_else(|| "not recognised".to_owned(), |language| language.to_string());
    writeln!(out, "language   {language}")?;
    if let Some(reason) = assessment.unreported {
        writeln!(out, "reason     {} ({reason})", output::in_words(reason))?;
    }
    Ok(())
}

/// A relation with every point of its score.
pub(super) fn print_relation(out: &mut impl Write, relation: &Relation) -> std::io::Result<()> {
    writeln!(out, "{}  = {}", relation_line(relation), relation.score)?;
    // What adds nothing is for programs that check the sum.
    for evidence in relation.evidence.iter().filter(|evidence| evidence.weight != Score::ZERO) {
        let sign = if evidence.weight < Score::ZERO { "" } else { "+" };
        writeln!(
            out,
            "  {:>6}  {:28} “{}”  ({} {}–{})",
            format!("{sign}{}", evidence.weight),
            evidence.rule,
            output::plain(&evidence.text),
            evidence.field,
            evidence.start,
            evidence.end
        )?;
    }
    Ok(())
}

/// The watches that ask for what the text says.
fn watches<'a>(config: &'a Config, assessment: &Assessment) -> Vec<&'a WatchName> {
    let reported = |relation: &Relation| config.thresholds.reaches(relation);
    config
        .watches
        .iter()
        .filter(|watch| alerting::matches(watch, &assessment.relations, reported))
        .map(|watch| &watch.name)
        .collect()
}

fn print_watches(out: &mut impl Write, config: &Config, assessment: &Assessment) -> std::io::Result<()> {
    let names: Vec<&str> = watches(config, assessment).into_iter().map(WatchName::as_str).collect();
    if names.is_empty() {
        let reported = assessment.sanctions.reported || assessment.alliance.reported;
        let why = if reported { output::in_words(DropReason::NoWatch) } else { "nothing to ask for" };
        writeln!(out, "watches    none: {why}")
    } else {
        writeln!(out, "watches    {}", names.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_split_into_headline_summary_and_article() {
        let text = split("Headline here\nA summary\nover two lines.\n\nFirst paragraph.\n\nSecond.\n");
        assert_eq!(text.title, "Headline here");
        assert_eq!(text.summary, "A summary\nover two lines.");
        assert_eq!(text.body, "First paragraph.\n\nSecond.");
        assert_eq!(split("Only a headline").title, "Only a headline");
    }
}
