//! Articles: headline, summary and text of one news page, without rules of its own.
//!
//! Owns: where pages of all kinds put these. Pure. What a page says of itself to other programs
//! (Open Graph) is trusted before what it shows; its main text is found by the rules of Mozilla's
//! reader view, and where these are not sure, by its paragraphs outside of menus and footers.

use super::error::ParseError;
use super::wall::{self, Seen};
use super::{MAX_SUMMARY_CHARS, MAX_TITLE_CHARS, believable, date, decode, language, page_tree};
use crate::domain::Language;
use crate::text;
use dom_query::{Document, NodeRef};
use dom_smoothie::{Readability, TextMode};
use jiff::Timestamp;
use std::panic::{AssertUnwindSafe, catch_unwind};
use url::Url;

/// Most characters of an article's text; what follows is background.
const MAX_BODY_CHARS: usize = 16_000;
/// Of fewer characters the reader view's rules are not sure: they take in whatever the page shows.
const SURE_CHARS: usize = 500;
/// Most elements of a page that the reader view's rules are tried on: some of them take quadratic time. Long
/// news pages have some 5,000.
const MAX_ELEMENTS: usize = 15_000;
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

/// Whether a file that somebody names is a news page, not a text.
pub fn is_page_file(bytes: &[u8]) -> bool {
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let begins =
        |with: &str| start.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with.as_bytes()));
    ["<!doctype", "<html", "<head", "<body", "<!--", "<?xml"].iter().any(|with| begins(with))
}

/// Reads a news page. `content_type` is the answer's header and `address` where it came from in the end,
/// both unknown of a saved page; a date more than an hour after `now` is no date. A wall is an error.
pub fn article(
    body: &[u8],
    content_type: Option<&str>,
    address: Option<&Url>,
    now: Timestamp,
) -> Result<Article, ParseError> {
    let page = decode::page(body, content_type);
    if page.trim().is_empty() {
        return Err(ParseError::Empty);
    }
    if !is_page(&page, content_type) {
        return Err(ParseError::NotAPage { start: text::one_line(&page, MAX_START_CHARS) });
    }
    let tree = page_tree::build_in(Document::default(), &page)?;
    let said = Said::of(&tree);
    let titles = [said.title.as_deref(), said.heading.as_deref(), said.page_title.as_deref()];
    let title = titles
        .into_iter()
        .flatten()
        .map(|title| text::plain(title, MAX_TITLE_CHARS))
        .find(|title| !title.is_empty());
    let summary = text::plain(said.summary.as_deref().unwrap_or_default(), MAX_SUMMARY_CHARS);
    let published = said.published.as_deref().and_then(date::read).filter(|time| believable(*time, now));
    let language = said.language.as_deref().and_then(language);
    let (body, shown) = texts(tree, &page)?;
    if let Some(wall) = wall::wall(&Seen { address, page: &page, titles, text: &shown }) {
        return Err(ParseError::Wall {
            wall,
            title: text::one_line(&title.unwrap_or_default(), MAX_START_CHARS),
        });
    }
    let Some(title) = title else {
        return Err(ParseError::NoArticle);
    };
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
    language: Option<String>,
}

impl Said {
    fn of(tree: &Document) -> Self {
        let mut said = Self::default();
        let (mut described, mut timed) = (None, None);
        for element in tree.root().descendants_it().filter(NodeRef::is_element) {
            let attribute = |name| element.attr(name).map(String::from);
            match element.node_name().as_deref() {
                Some("html") if said.language.is_none() => said.language = attribute("lang"),
                Some("meta") => {
                    let Some(content) = attribute("content").filter(|text| !text.trim().is_empty()) else {
                        continue;
                    };
                    let slot = match attribute("property").or_else(|| attribute("name")).as_deref() {
                        Some("og:title") => &mut said.title,
                        Some("og:description") => &mut said.summary,
                        Some("description") => &mut described,
                        Some("article:published_time") => &mut said.published,
                        _ => continue,
                    };
                    slot.get_or_insert(content);
                }
                Some("title") if said.page_title.is_none() => said.page_title = Some(words(element)),
                Some("h1") if said.heading.is_none() => {
                    said.heading = Some(words(element)).filter(|text| !text.trim().is_empty());
                }
                Some("time") if timed.is_none() => timed = attribute("datetime"),
                _ => {}
            }
        }
        said.summary = said.summary.or(described);
        said.published = said.published.or(timed);
        said
    }
}

/// The article's text, and what the page says: of a page without an article all that it shows.
fn texts(tree: Document, page: &str) -> Result<(String, String), ParseError> {
    let read = main_text(tree);
    if read.chars().count() >= SURE_CHARS {
        return Ok((read.clone(), read));
    }
    // The reader view's rules have used the tree up.
    let tree = page_tree::build_in(Document::default(), page)?;
    let body = paragraphs(&tree);
    let shown = if body.is_empty() { lines(words(tree.root()).lines()) } else { body.clone() };
    Ok((body, shown))
}

/// The main text by the rules of the reader view, a line for each paragraph; empty where they find none.
fn main_text(tree: Document) -> String {
    let settings = dom_smoothie::Config {
        char_threshold: SURE_CHARS,
        max_elements_to_parse: MAX_ELEMENTS,
        // Not needed, and one more reader of what strangers write.
        disable_json_ld: true,
        text_mode: TextMode::Formatted,
        ..dom_smoothie::Config::default()
    };
    // What strangers write must not end the daemon, whatever the rules take for impossible.
    let read = catch_unwind(AssertUnwindSafe(|| {
        Readability::with_document(tree, None, Some(settings)).and_then(|mut reader| reader.parse())
    }));
    match read {
        Ok(Ok(article)) => lines(article.text_content.lines()),
        Ok(Err(_)) | Err(_) => String::new(),
    }
}

/// The paragraphs of the article: those of the `article` element with the most text, else those of
/// `main`, else all.
fn paragraphs(tree: &Document) -> String {
    let root = tree.root();
    let named = |name: &'static str| root.descendants_it().filter(move |element| is(element, name));
    // Pages list other articles as `article`, too; ten are enough to find the one.
    let longest = named("article").take(10).map(text_of).max_by_key(String::len);
    let found = longest.filter(|text| !text.is_empty());
    let found = found.or_else(|| named("main").next().map(text_of).filter(|text| !text.is_empty()));
    found.unwrap_or_else(|| text_of(root))
}

/// The paragraphs below an element, one line each.
fn text_of(root: NodeRef<'_>) -> String {
    let paragraphs = root.descendants_it().filter(|element| is(element, "p") && !is_around(element, root));
    lines(paragraphs.map(words))
}

/// An element's text.
fn words(element: NodeRef<'_>) -> String {
    String::from(element.formatted_text())
}

fn is(element: &NodeRef<'_>, name: &str) -> bool {
    element.node_name().as_deref() == Some(name)
}

/// Whether an element stands in something that is not the article.
fn is_around(element: &NodeRef<'_>, root: NodeRef<'_>) -> bool {
    let within = element.ancestors_it(None).take_while(|outer| outer.id != root.id);
    within.filter_map(|outer| outer.node_name()).any(|name| AROUND.contains(&&*name))
}

/// Lines cleaned, without empty ones, as many as an article has at most.
fn lines(all: impl Iterator<Item = impl AsRef<str>>) -> String {
    let mut text = String::new();
    let mut chars = 0;
    for line in all {
        let line = text::one_line(line.as_ref(), MAX_BODY_CHARS - chars);
        if line.is_empty() {
            continue;
        }
        if !text.is_empty() {
            text.push('\n');
        }
        chars += line.chars().count();
        text.push_str(&line);
        if chars >= MAX_BODY_CHARS {
            break;
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::Wall;
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
        article(
            page.as_bytes(),
            content_type,
            Some(&address),
            "2026-11-23T12:00:00Z".parse().expect("a time"),
        )
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
    fn a_long_text_is_found_without_an_article_element() {
        let paragraph = "<p>The ministers, who met in Minsk, agreed on trade, mining and transport.</p>";
        let page = format!(
            "<html><head><title>Ministers meet in Minsk</title></head><body><div class='menu'><a href='/a'>World\
             </a><a href='/b'>Sport</a></div><div class='related'><ul><li><a href='/c'>Sanctions on banks</a>\
             </li></ul></div><div class='story'>{}</div><div class='footer'>All rights reserved</div></body></html>",
            paragraph.repeat(12)
        );
        let article = read(&page, None).expect("an article");
        assert_eq!(article.body.lines().count(), 12, "{}", article.body);
        assert!(article.body.lines().all(|line| line.starts_with("The ministers, who")), "{}", article.body);
    }

    #[rstest]
    #[case::challenge("<title>Just a moment...</title><p>Enable cookies to go on.</p>", Wall::Bots)]
    #[case::consent(
        "<title>The Example</title><div>Cookies: we need your consent. <button>Accept all</button></div>",
        Wall::Consent
    )]
    #[case::missing("<title>The Example</title><h1>404</h1><p>There is nothing here.</p>", Wall::Error)]
    fn walls_are_no_articles(#[case] page: &str, #[case] expected: Wall) {
        let error = read(page, Some("text/html")).expect_err("a wall");
        assert!(matches!(&error, ParseError::Wall { wall, .. } if *wall == expected), "{error}");
    }

    #[rstest]
    #[case("<!DOCTYPE html><p>A", true)]
    #[case("\u{feff}\n <HTML lang=en>", true)]
    #[case("Headline\n\n<html>", false)]
    #[case("<3 is no tag", false)]
    #[case("", false)]
    fn saved_pages_are_told_from_texts(#[case] text: &str, #[case] expected: bool) {
        assert_eq!(is_page_file(text.as_bytes()), expected);
    }

    #[test]
    fn a_page_without_end_is_cut() {
        let page = format!("<h1>A</h1>{}", "<p>words and words</p>".repeat(MAX_ELEMENTS));
        let article = read(&page, None).expect("an article");
        assert!(
            article.body.starts_with("words and words\nwords"),
            "more elements than the reader view is given"
        );
        assert!(article.body.chars().count() <= MAX_BODY_CHARS + 2_000, "{}", article.body.len());
    }
}
