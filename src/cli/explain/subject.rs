//! Subject: what is to be explained, wherever it comes from: the command line, a file, the web, the store.

use super::Arguments;
use crate::cli::exit::{DATA, Failure, NO_INPUT, UNAVAILABLE, USAGE};
use crate::cli::{look, runtime};
use crate::config::Config;
use crate::daemon::Clock;
use crate::domain::{Actor, FetchSettings, ItemId, Language, Source, SourceName};
use crate::fetch::Fetcher;
use crate::parse;
use crate::store::{ItemSummary, KeptArticle};
use anyhow::anyhow;
use jiff::Timestamp;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use url::Url;

/// The parts of a text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Text {
    pub(super) title: String,
    pub(super) summary: String,
    pub(super) body: String,
}

/// A text with what is known of it.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) text: Text,
    pub(super) language: Option<Language>,
    pub(super) published: Option<Timestamp>,
    pub(super) speaks_for: Option<Actor>,
    /// Who tells it.
    pub(super) source: Option<SourceName>,
    /// As it was stored, where it was.
    pub(super) stored: Option<Box<Stored>>,
}

/// A stored item with what is kept of its article.
#[derive(Debug)]
pub(super) struct Stored {
    pub(super) item: ItemSummary,
    pub(super) article: KeptArticle,
}

impl Subject {
    /// What the command line asks for.
    pub(super) fn of(options: &Arguments, config: Option<&Config>) -> Result<Self, Failure> {
        let named = options.source.as_deref().map(|name| source(config, name)).transpose()?;
        let mut subject = match options {
            Arguments { url: Some(url), .. } => fetched(url, config, named)?,
            Arguments { file: Some(path), .. } => file(path)?,
            Arguments { what: Some(what), .. } if what == "-" => file(Path::new("-"))?,
            Arguments { what: Some(what), .. } => match what.parse::<i64>() {
                Ok(id) => stored(ItemId(id), config)?,
                Err(_) => Self::new(Text { title: what.clone(), ..Text::default() }),
            },
            Arguments { what: None, .. } => Self::new(Text::default()),
        };
        if let Some(summary) = &options.summary {
            subject.text.summary.clone_from(summary);
        }
        if let Some(source) = named {
            subject.language = source.language.or(subject.language);
            subject.speaks_for = source.speaks_for;
            subject.source = Some(source.name.clone());
        }
        subject.language = options.lang.or(subject.language);
        Ok(subject)
    }

    /// A text of today.
    fn new(text: Text) -> Self {
        let published = Some(Clock::System.now());
        Self { text, language: None, published, speaks_for: None, source: None, stored: None }
    }
}

/// A configured source by its name.
fn source<'a>(config: Option<&'a Config>, name: &str) -> Result<&'a Source, Failure> {
    config
        .and_then(|config| config.sources.iter().find(|source| source.name.as_str() == name))
        .ok_or_else(|| Failure::new(USAGE, anyhow!("there is no source `{name}`; `sources` lists them")))
}

/// What stands in a file: a text, or a saved news page; `-` is standard input.
fn file(path: &Path) -> Result<Subject, Failure> {
    let bytes = read(path)?;
    if parse::is_page_file(&bytes) {
        return page(&bytes, None, None);
    }
    let text = String::from_utf8(bytes)
        .map_err(|_| Failure::new(DATA, anyhow!("{} is no text in UTF-8", path.display())))?;
    Ok(Subject::new(split(&text)))
}

/// A file's bytes.
fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let cannot = |error: std::io::Error| {
        let error = anyhow::Error::new(error).context(format!("cannot read {}", path.display()));
        Failure::new(NO_INPUT, error)
    };
    let input: Box<dyn Read> = if path.as_os_str() == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(File::open(path).map_err(cannot)?)
    };
    let mut bytes = Vec::new();
    let most = parse::MAX_PAGE_BYTES;
    input.take(most as u64 + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() > most {
        return Err(Failure::new(DATA, anyhow!("{} is larger than {most} bytes", path.display())));
    }
    Ok(bytes)
}

/// The first line is the headline, what follows up to a blank line the summary, the rest the body.
fn split(all: &str) -> Text {
    let all = all.replace("\r\n", "\n");
    let all = all.trim_start_matches('\u{feff}').trim();
    let (title, rest) = all.split_once('\n').unwrap_or((all, ""));
    let parts = rest.trim_start_matches('\n').split_once("\n\n");
    // One block behind a blank line is the article, not its summary.
    let whole = if rest.starts_with('\n') { ("", rest) } else { (rest, "") };
    let (summary, body) = parts.unwrap_or(whole);
    Text { title: title.trim().to_owned(), summary: summary.trim().to_owned(), body: body.trim().to_owned() }
}

/// One page of the web, asked for as politely and as guardedly as a source; robots.txt is not for people.
fn fetched(url: &Url, config: Option<&Config>, source: Option<&Source>) -> Result<Subject, Failure> {
    let settings = config.map_or_else(FetchSettings::default, |config| config.fetch.clone());
    let fetcher = Fetcher::new(&settings).map_err(|error| Failure::internal(error.into()))?;
    let allow = source.map(|source| source.allow_addresses.as_slice()).unwrap_or_default();
    let body = runtime()?
        .block_on(fetcher.page_for_person(url, allow, Clock::System.now()))
        .map_err(|error| Failure::new(UNAVAILABLE, error.into()))?;
    page(&body.bytes, body.content_type.as_deref(), Some(&body.final_url))
}

/// What stands on a news page.
fn page(bytes: &[u8], content_type: Option<&str>, address: Option<&Url>) -> Result<Subject, Failure> {
    let now = Clock::System.now();
    let article = parse::article(bytes, content_type, address, now)
        .map_err(|error| Failure::new(DATA, error.into()))?;
    Ok(Subject {
        text: Text { title: article.title, summary: article.summary, body: article.body },
        language: article.language,
        published: article.published.or(Some(now)),
        speaks_for: None,
        source: None,
        stored: None,
    })
}

/// A stored item, judged as its source was, and with its article where that is kept.
fn stored(id: ItemId, config: Option<&Config>) -> Result<Subject, Failure> {
    let config = super::needed(config)?;
    let (item, article) =
        look(config, async |store| Ok((store.item(id).await?, store.kept_article(id).await?)))?;
    let item = item.ok_or_else(|| Failure::new(USAGE, anyhow!("there is no item {id}")))?;
    let source = config.sources.iter().find(|source| source.name == item.source);
    Ok(Subject {
        text: Text { title: item.title.clone(), summary: item.summary.clone(), body: article.text.clone() },
        language: source.and_then(|source| source.language).or(item.assessment.lang),
        published: item.published,
        speaks_for: source.and_then(|source| source.speaks_for),
        source: Some(item.source.clone()),
        stored: Some(Box::new(Stored { item, article })),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_split_into_headline_summary_and_article() {
        let text =
            split("\u{feff}Headline here\r\nA summary\nover two lines.\n\nFirst paragraph.\n\nSecond.\n");
        assert_eq!(text.title, "Headline here");
        assert_eq!(text.summary, "A summary\nover two lines.");
        assert_eq!(text.body, "First paragraph.\n\nSecond.");
        assert_eq!(split("Only a headline").title, "Only a headline");
        let article = split("Headline\n\nOne block of an article.");
        assert_eq!((article.summary.as_str(), article.body.as_str()), ("", "One block of an article."));
        let apart = split("Headline\n\nA summary.\n\nFirst paragraph.");
        assert_eq!((apart.summary.as_str(), apart.body.as_str()), ("A summary.", "First paragraph."));
    }
}
