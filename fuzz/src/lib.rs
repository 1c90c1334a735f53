//! What is held against whatever eats bytes. A fuzz target hands it bytes without end, a test the seeds and some
//! thousand changes of each (`tests/hostile_bytes.rs`).
#![allow(clippy::panic, clippy::expect_used, reason = "a broken promise is to end the run")]
#![allow(unreachable_pub, reason = "a crate to the fuzz targets, a module to the test")]

use jiff::Timestamp;
use sanctionwatch::assess::{Assessor, Input};
use sanctionwatch::config::{check_text, embedded_vocabulary};
use sanctionwatch::deliver::render::{self, Letterhead, Sender, Templates, Unsubscribe};
use sanctionwatch::deliver::sample::sample_alerts;
use sanctionwatch::domain::{
    DueAlert, Field, Language, ListingRules, MailAddress, PageRules, Score, SourceForm, Subscriber,
    Thresholds, WatchName,
};
use sanctionwatch::fetch::RobotsRules;
use sanctionwatch::identify::canonical_url;
use sanctionwatch::parse::{self, MAX_ENTRIES, MAX_SUMMARY_CHARS, MAX_TITLE_CHARS, Parsed};
use sanctionwatch::text::{normal_title, one_line, part_of_line, plain};
use scraper::Selector;
use std::sync::LazyLock;
use url::Url;

/// Panics where bytes break a promise.
pub type Check = fn(&[u8]);

/// Every target by its name.
pub const TARGETS: &[(&str, Check)] = &[
    ("announced", announced),
    ("article", article),
    ("assess", assess),
    ("config", config),
    ("date", date),
    ("decode", decode),
    ("feed", feed),
    ("link", link),
    ("listing", listing),
    ("mail", mail),
    ("opml", opml),
    ("page", page),
    ("robots", robots),
    ("text", text),
];

static ADDRESS: LazyLock<Url> = LazyLock::new(|| "https://news.example/feed".parse().expect("an address"));

fn now() -> Timestamp {
    Timestamp::from_second(1_795_435_200).expect("a time")
}

/// The first line, and the rest.
fn halves(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    (&bytes[..end], bytes.get(end + 1..).unwrap_or_default())
}

fn in_bounds(parsed: Parsed) {
    assert!(parsed.entries.len() <= MAX_ENTRIES);
    for entry in parsed.entries {
        assert!(entry.title.chars().count() <= MAX_TITLE_CHARS);
        assert!(entry.summary.chars().count() <= MAX_SUMMARY_CHARS);
        assert!(!entry.title.is_empty() || !entry.summary.is_empty());
        assert!(!entry.title.contains(char::is_control) && !entry.summary.contains(char::is_control));
        assert!(entry.url.is_none_or(|url| matches!(url.scheme(), "http" | "https")));
        assert!(entry.published.is_none_or(|time| time.as_second() <= now().as_second() + 3600));
    }
}

/// Any bytes as a feed: what comes out keeps its bounds.
pub fn feed(bytes: &[u8]) {
    if let Ok(parsed) = parse::entries(&SourceForm::Feed, bytes, None, &ADDRESS, now()) {
        in_bounds(parsed);
    }
}

/// A content type in the first line and any bytes under it, whatever the two say of the encoding.
pub fn decode(bytes: &[u8]) {
    let (content_type, body) = halves(bytes);
    let content_type = String::from_utf8_lossy(content_type);
    let item = [body, b"<rss version='2.0'><channel><item><title>", body, b"</title></item></channel></rss>"];
    for body in [body, &item.concat()] {
        if let Ok(parsed) = parse::entries(&SourceForm::Feed, body, Some(&content_type), &ADDRESS, now()) {
            in_bounds(parsed);
        }
    }
}

/// Any bytes as a page with rules.
pub fn page(bytes: &[u8]) {
    static FORM: LazyLock<SourceForm> = LazyLock::new(|| {
        let select = |text: &str| Selector::parse(text).expect("a selector");
        SourceForm::Page(Box::new(PageRules {
            item: select("li, div, a"),
            title: select("a, b"),
            link: Some(select("a")),
            date: Some(select("time, i")),
            summary: Some(select("p")),
        }))
    });
    if let Ok(parsed) = parse::entries(&FORM, bytes, None, &ADDRESS, now()) {
        in_bounds(parsed);
    }
}

/// Any bytes as a JSON listing.
pub fn listing(bytes: &[u8]) {
    static FORM: LazyLock<SourceForm> = LazyLock::new(|| {
        let path = |text: &str| text.parse().expect("a path");
        SourceForm::Json(Box::new(ListingRules {
            items: path("data.releases"),
            title: path("title"),
            link: Some(path("links.0")),
            date: Some(path("at")),
            summary: Some(path("text")),
        }))
    });
    if let Ok(parsed) = parse::entries(&FORM, bytes, Some("application/json"), &ADDRESS, now()) {
        in_bounds(parsed);
    }
}

/// Any bytes as a list of feeds.
pub fn opml(bytes: &[u8]) {
    let Some(list) = parse::outlines(bytes) else { return };
    for outline in list.outlines {
        assert!(!outline.title.contains(char::is_control));
        assert!(!outline.folder.contains(char::is_control));
    }
}

/// Any bytes as a robots.txt, with a path in their first line.
pub fn robots(bytes: &[u8]) {
    let (path, file) = bytes.split_at(bytes.iter().position(|byte| *byte == b'\n').unwrap_or(0));
    let rules = RobotsRules::read(file);
    let _either = rules.allows(&String::from_utf8_lossy(path));
    assert!(rules.allows("/robots.txt"), "itself is always allowed");
    assert!(rules.pause.as_secs() <= 60);
}

/// Any bytes as a page that announces feeds.
pub fn announced(bytes: &[u8]) {
    let Ok(feeds) = parse::announced(bytes, Some("text/html"), &ADDRESS) else { return };
    for feed in feeds {
        assert!(matches!(feed.address.scheme(), "http" | "https"));
        assert!(!feed.title.contains(char::is_control));
    }
}

/// Any bytes as a news page: what comes out has a headline and holds no control character.
pub fn article(bytes: &[u8]) {
    let Ok(article) = parse::article(bytes, Some("text/html"), Some(&ADDRESS), now()) else { return };
    assert!(!article.title.is_empty());
    assert!(!article.title.contains(char::is_control));
}

/// Any text as a date: never one in the future.
pub fn date(bytes: &[u8]) {
    let date = String::from_utf8_lossy(bytes).replace(['<', '>', '&'], "");
    feed(
        format!(
            "<rss version='2.0'><channel><item><title>x</title><pubDate>{date}</pubDate></item></channel></rss>"
        )
        .as_bytes(),
    );
}

/// Any address as a link: the same link is always the same.
pub fn link(bytes: &[u8]) {
    let Ok(mut url) = Url::parse(&String::from_utf8_lossy(bytes)) else { return };
    if !matches!(url.scheme(), "http" | "https") {
        return;
    }
    let canonical = canonical_url(&url);
    assert!(!canonical.is_empty());
    url.set_fragment(Some("part"));
    assert_eq!(canonical_url(&url), canonical);
}

/// Any text through the text stage: bounds hold, and no control character survives.
pub fn text(bytes: &[u8]) {
    let text = &*String::from_utf8_lossy(bytes);
    let plain = plain(text, 200);
    assert!(plain.chars().count() <= 200);
    assert!(!plain.contains(char::is_control));
    assert_eq!(plain.trim(), plain);
    let line = one_line(text, 80);
    assert!(line.chars().count() <= 80);
    assert!(!line.contains(char::is_control));
    assert!(!part_of_line(text).contains(char::is_control));
    let normal = normal_title(text);
    assert_eq!(normal_title(&normal), normal);
}

/// Any text as a configuration: what is wrong can be shown.
pub fn config(bytes: &[u8]) {
    if let Err(errors) = check_text(&String::from_utf8_lossy(bytes)) {
        assert!(errors.findings().iter().count() > 0);
        assert!(!errors.findings().render(false).is_empty());
    }
}

/// Any headline, in the first line, and summary: scores are the sums of their evidence, and evidence stands
/// where it says.
pub fn assess(bytes: &[u8]) {
    static ASSESSOR: LazyLock<Assessor> =
        LazyLock::new(|| Assessor::new(&embedded_vocabulary(), Thresholds::default()));
    let (title, summary) = halves(bytes);
    let (title, summary) = (&*String::from_utf8_lossy(title), &*String::from_utf8_lossy(summary));
    let input = Input { title, summary, language: Some(Language::ENGLISH), ..Input::default() };
    let (assessment, text) = ASSESSOR.assess(&input);
    for relation in &assessment.relations {
        let sum: Score = relation.evidence.iter().map(|evidence| evidence.weight).sum();
        assert_eq!(sum, relation.score);
        for evidence in &relation.evidence {
            let field = match evidence.field {
                Field::Title => &text.title,
                Field::Summary => &text.summary,
                Field::Body => &text.body,
            };
            assert_eq!(field.get(evidence.start..evidence.end), Some(evidence.text.as_str()));
        }
    }
}

/// Any headline, in the first line, and summary in what is sent: no line is added, and a mail is 7-bit.
pub fn mail(bytes: &[u8]) {
    struct Desk {
        subscriber: Subscriber,
        sender: Sender,
        templates: Templates,
        alert: DueAlert,
    }
    static DESK: LazyLock<Desk> = LazyLock::new(|| {
        let text = "[[watch]]\nname = \"Iran\"\ncountries = [\"Iran\"]\n\
                    [[subscriber]]\nemail = \"desk@example.org\"\nwatches = [\"Iran\"]\n\
                    [mail]\nfolder = \"mail\"\n";
        let checked = check_text(text).unwrap_or_else(|errors| panic!("{errors}"));
        let watch = WatchName::new("Iran").expect("a name");
        Desk {
            subscriber: checked.config.subscribers[0].clone(),
            sender: Sender { name: None, address: address() },
            templates: Templates::with_files(None, None).expect("templates"),
            alert: sample_alerts(&watch, now()).swap_remove(0),
        }
    });
    fn address() -> MailAddress {
        "watch@example.org".parse().expect("an address")
    }
    let (title, summary) = halves(bytes);
    let mut alert = DESK.alert.clone();
    alert.story.title = String::from_utf8_lossy(title).into_owned();
    alert.story.summary = String::from_utf8_lossy(summary).into_owned();
    let line = render::journal(&alert).expect("a line");
    assert!(!line.subject.contains(char::is_control));
    let from = address();
    let letterhead = Letterhead {
        subscriber: &DESK.subscriber,
        sender: &DESK.sender,
        unsubscribe: Unsubscribe { page: None, mail: &from },
    };
    let mail = render::mail(&[alert], &letterhead, &DESK.templates, now()).expect("a mail");
    assert!(mail.bytes.is_ascii());
    let (head, _) = halves_of_mail(&mail.bytes);
    for name in ["subject:", "from:", "to:", "message-id:"] {
        let lines = head.lines().filter(|line| line.to_ascii_lowercase().starts_with(name));
        assert_eq!(lines.count(), 1, "{name} {head}");
    }
    assert!(!head.to_ascii_lowercase().contains("\r\nbcc:"), "{head}");
}

fn halves_of_mail(bytes: &[u8]) -> (&str, &str) {
    let text = std::str::from_utf8(bytes).expect("7-bit");
    text.split_once("\r\n\r\n").expect("a head and a body")
}
