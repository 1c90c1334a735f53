//! Articles: headline, summary and text of one news page, without rules of its own.
//!
//! Owns: where pages of all kinds put these. Pure. What a page says of itself to other programs
//! (Open Graph) is trusted before what it shows; of its paragraphs only those count that stand in
//! the article, and never a menu's or a footer's.

use super::error::ParseError;
use super::page::words;
use super::{MAX_SUMMARY_CHARS, MAX_TITLE_CHARS, believable, date, decode, language, page_tree};
use crate::domain::Language;
use crate::text;
use jiff::Timestamp;
use scraper::{ElementRef, Html};
use url::Url;

/// Most characters of an article's text; what follows is background.
const MAX_BODY_CHARS: usize = 16_000;
/// Most characters of a page's beginning in an error.
const MAX_START_CHARS: usize = 80;
/// Elements whose paragraphs are not the article's.
const AROUND: [&str; 6] = ["nav", "footer", "aside", "header", "form", "figure"];

/// One news page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Article {
    /// The headline.
    pub title: String,
    /// What the page gives as its description; may be empty.
    pub summary: String,
    /// The paragraphs of the article; may be empty.
    pub body: String,
    /// When it says it was published.
    pub published: Option<Timestamp>,
    /// The language the page declares.
    pub language: Option<Language>,
}

/// Reads a news page. `content_type` is the answer's header; a date more than an hour after `now` is
/// no date.
pub fn article(
    body: &[u8],
    content_type: Option<&str>,
    address: &Url,
    now: Timestamp,
) -> Result<Article, ParseError> {
    let page = decode::page(body, content_type);
    if page.trim().is_empty() {
        return Err(ParseError::Empty);
    }
    if !is_page(&page, content_type) {
        return Err(ParseError::NotAPage { start: text::one_line(&page, MAX_START_CHARS) });
    }
    let tree = page_tree::build(&page)?;
    let said = Said::of(&tree);
    let title = [said.title.as_deref(), said.heading.as_deref(), said.page_title.as_deref()]
        .into_iter()
        .flatten()
        .map(|title| text::plain(title, MAX_TITLE_CHARS))
        .find(|title| !title.is_empty());
    let summary = text::plain(said.summary.as_deref().unwrap_or_default(), MAX_SUMMARY_CHARS);
    let body = paragraphs(&tree);
    let Some(title) = title else {
        return Err(ParseError::NoArticle { host: address.host_str().unwrap_or_default().to_owned() });
    };
    let published = said.published.as_deref().and_then(date::read).filter(|time| believable(*time, now));
    let language = tree.root_element().attr("lang").and_then(language);
    Ok(Article { title, summary, body, published, language })
}

/// Whether a text is a web page: not a feed, JSON, a picture or a PDF.
fn is_page(page: &str, content_type: Option<&str>) -> bool {
    let kind = content_type.map(str::to_ascii_lowercase);
    let readable = kind.is_none_or(|kind| ["html", "xml", "text/"].iter().any(|known| kind.contains(known)));
    let start: String = page.chars().take(2_000).collect::<String>().to_ascii_lowercase();
    let feed =
        ["<rss", "<feed", "<rdf:rdf"].iter().any(|root| start.contains(root)) && !start.contains("<html");
    readable && !feed && start.trim_start_matches('\u{feff}').trim_start().starts_with('<')
}

/// What a page says of itself.
#[derive(Debug, Default)]
struct Said {
    title: Option<String>,
    heading: Option<String>,
    page_title: Option<String>,
    summary: Option<String>,
    published: Option<String>,
}

impl Said {
    fn of(tree: &Html) -> Self {
        let mut said = Self::default();
        let (mut described, mut timed) = (None, None);
        for element in tree.root_element().descendants().filter_map(ElementRef::wrap) {
            match element.value().name() {
                "meta" => {
                    let Some(content) = element.attr("content").filter(|text| !text.trim().is_empty()) else {
                        continue;
                    };
                    let slot = match element.attr("property").or_else(|| element.attr("name")) {
                        Some("og:title") => &mut said.title,
                        Some("og:description") => &mut said.summary,
                        Some("description") => &mut described,
                        Some("article:published_time") => &mut said.published,
                        _ => continue,
                    };
                    slot.get_or_insert_with(|| content.to_owned());
                }
                "title" if said.page_title.is_none() => {
                    said.page_title = Some(element.text().collect());
                }
                "h1" if said.heading.is_none() => {
                    said.heading = Some(words(element)).filter(|text| !text.trim().is_empty());
                }
                "time" if timed.is_none() => timed = element.attr("datetime").map(str::to_owned),
                _ => {}
            }
        }
        said.summary = said.summary.or(described);
        said.published = said.published.or(timed);
        said
    }
}

/// The paragraphs of the article: those of the `article` element with the most text, else those of
/// `main`, else all.
fn paragraphs(tree: &Html) -> String {
    let elements = || tree.root_element().descendants().filter_map(ElementRef::wrap);
    let named = |name: &'static str| elements().filter(move |element| element.value().name() == name);
    // Pages list other articles as `article`, too; ten are enough to find the one.
    let longest = named("article").take(10).map(text_of).max_by_key(String::len);
    let found = longest.filter(|text| !text.is_empty());
    let found = found.or_else(|| named("main").next().map(text_of).filter(|text| !text.is_empty()));
    found.unwrap_or_else(|| text_of(tree.root_element()))
}

/// The paragraphs below an element, one line each.
fn text_of(root: ElementRef<'_>) -> String {
    let mut text = String::new();
    let mut chars = 0;
    for element in root.descendants().filter_map(ElementRef::wrap) {
        if element.value().name() != "p" || is_around(element, root) {
            continue;
        }
        let paragraph = text::plain(&words(element), MAX_BODY_CHARS - chars);
        if paragraph.is_empty() {
            continue;
        }
        if !text.is_empty() {
            text.push('\n');
        }
        chars += paragraph.chars().count();
        text.push_str(&paragraph);
        if chars >= MAX_BODY_CHARS {
            break;
        }
    }
    text
}

/// Whether an element stands in something that is not the article.
fn is_around(element: ElementRef<'_>, root: ElementRef<'_>) -> bool {
    let within = element.ancestors().filter_map(ElementRef::wrap);
    within.take_while(|outer| *outer != root).any(|outer| AROUND.contains(&outer.value().name()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const PAGE: &str = r#"<!DOCTYPE html><html lang="en-GB"><head><title>Minsk and Tehran sign &amp; seal - Wire</title>
<meta property="og:title" content="Minsk and Tehran sign &quot;roadmap&quot;">
<meta name="description" content="The second choice."><meta property="og:description" content="Eight accords.">
<meta property="article:published_time" content="2026-11-20T08:00:00Z"></head><body>
<nav><p>Menu of sanctions</p></nav><article><p>Another story.</p></article>
<article><header><p>By a reporter</p></header><h1>Shown headline</h1><p>The <b>presidents</b> met.</p>
<script>var p = "<p>no</p>";</script><p>They signed a roadmap.</p><footer><p>All rights reserved</p></footer></article>
</body></html>"#;

    fn read(page: &str, content_type: Option<&str>) -> Result<Article, ParseError> {
        let address = Url::parse("https://news.example/story").expect("an address");
        article(page.as_bytes(), content_type, &address, "2026-11-23T12:00:00Z".parse().expect("a time"))
    }

    #[test]
    fn a_page_is_read_by_what_it_says_of_itself() {
        let article = read(PAGE, Some("text/html; charset=utf-8")).expect("an article");
        assert_eq!(article.title, "Minsk and Tehran sign \"roadmap\"");
        assert_eq!(article.summary, "Eight accords.");
        assert_eq!(article.body, "The presidents met.\nThey signed a roadmap.");
        assert_eq!(article.published, "2026-11-20T08:00:00Z".parse().ok());
        assert_eq!(article.language, Some(Language::ENGLISH));
    }

    #[rstest]
    #[case::heading("<h1>Told <i>here</i></h1><main><p>One.</p></main><p>Two.</p>", "Told here", "One.")]
    #[case::title_only("<title>Only a title</title><div>no paragraph</div>", "Only a title", "")]
    #[case::no_article("<html><h1>A</h1><p>One.<p>Two.", "A", "One.\nTwo.")]
    #[case::future("<h1>A</h1><time datetime='2031-01-01'>2031</time>", "A", "")]
    fn simple_pages_are_read_too(#[case] page: &str, #[case] title: &str, #[case] body: &str) {
        let article = read(page, None).expect("an article");
        assert_eq!((article.title.as_str(), article.body.as_str()), (title, body));
        assert_eq!((article.published, article.language), (None, None));
    }

    #[rstest]
    #[case::empty(" \n", None)]
    #[case::feed(
        "<?xml version='1.0'?><rss version='2.0'><channel><title>Wire</title></channel></rss>",
        None
    )]
    #[case::json("{\"title\": \"<p>\"}", Some("application/json"))]
    #[case::picture("<svg>", Some("image/png"))]
    #[case::text("just words", Some("text/plain"))]
    #[case::no_title("<html><body><p>Words without a headline.</p></body></html>", None)]
    fn what_is_no_article_is_told(#[case] page: &str, #[case] content_type: Option<&str>) {
        assert!(read(page, content_type).is_err());
    }

    #[test]
    fn a_page_without_end_is_cut() {
        let page = format!("<h1>A</h1>{}", "<p>words and words</p>".repeat(20_000));
        let article = read(&page, None).expect("an article");
        assert!(article.body.chars().count() <= MAX_BODY_CHARS + 2_000, "{}", article.body.len());
    }
}
