//! The self-written feeds, with dates that are counted back from now.

use jiff::{SignedDuration, Timestamp};
use std::path::Path;

/// The story that must always work, as `news.xml` tells it.
pub(crate) const ROADMAP: &str = "Iran, Belarus put their names to cooperation roadmap in Tehran";
/// A sanctions story of `news.xml`, told word for word by `wire.xml`, too.
pub(crate) const OIL: &str = "US imposes sanctions on Iran over oil exports";
/// A sanctions story of `news.xml` older than any first-poll window.
pub(crate) const OLD: &str = "EU imposes sanctions on Belarus over border crossings";
/// A story of `news.xml` that concerns nobody's watch.
pub(crate) const FOOTBALL: &str = "Georgia beat Jordan in friendly as striker scores twice";

/// A fixture of `tests/fixtures`, its `{{rfc2822 HOURS}}` and `{{rfc3339 HOURS}}` replaced by the
/// time that many hours ago.
pub(crate) fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut parts = text.split("{{");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (mark, rest) = part.split_once("}}").expect("a mark is closed");
        let (form, hours) = mark.split_once(' ').expect("a mark has a form and hours");
        filled.push_str(&written(ago(hours.parse().unwrap()), form));
        filled.push_str(rest);
    }
    filled
}

/// An RSS feed of one item for each headline, an hour old, with links that follow from the headline.
pub(crate) fn rss(headlines: &[&str]) -> String {
    let link = |headline| format!("https://news.example/{}", slug(headline));
    linked_rss(&headlines.iter().map(|headline| (*headline, link(headline))).collect::<Vec<_>>())
}

/// An RSS feed of one item for each headline, an hour old, with these links.
pub(crate) fn linked_rss(headlines: &[(&str, String)]) -> String {
    let date = written(ago(1), "rfc2822");
    let items: String = headlines
        .iter()
        .map(|(headline, link)| {
            let slug = slug(headline);
            format!(
                "<item><title>{headline}</title><link>{link}</link>\
                 <guid isPermaLink=\"false\">{slug}</guid><pubDate>{date}</pubDate></item>"
            )
        })
        .collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\"><channel>\
         <title>News</title><link>https://news.example/</link><description>d</description>{items}\
         </channel></rss>"
    )
}

/// The last part of the link that [`rss`] gives a headline.
pub(crate) fn slug(headline: &str) -> String {
    headline.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// An RSS feed of one item so many hours old, known by `key` in its guid and link.
pub(crate) fn one_item(headline: &str, key: &str, hours_ago: i64) -> String {
    let date = written(ago(hours_ago), "rfc2822");
    format!(
        "<rss version=\"2.0\"><channel><title>News</title><item><title>{headline}</title>\
         <link>https://news.example/{key}</link><guid isPermaLink=\"false\">{key}</guid>\
         <pubDate>{date}</pubDate></item></channel></rss>"
    )
}

/// A day of the week that is neither today nor tomorrow, as the configuration writes it.
pub(crate) fn weekday_after_tomorrow() -> &'static str {
    let day = ago(-48).strftime("%a").to_string();
    ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].into_iter().find(|known| *known == day).unwrap()
}

fn ago(hours: i64) -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "the program under test reads the real clock")]
    let now = Timestamp::now();
    now - SignedDuration::from_hours(hours)
}

fn written(time: Timestamp, form: &str) -> String {
    match form {
        "rfc2822" => time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string(),
        "rfc3339" => time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        other => panic!("no form of a date: {other}"),
    }
}
