//! Self-written news: as varied as what is polled, the same for the same number.

use fastrand::Rng;
use jiff::Timestamp;
use std::fmt::Write;

const STATES: [&str; 28] = [
    "Iran",
    "Belarus",
    "Russia",
    "China",
    "North Korea",
    "Syria",
    "Venezuela",
    "Cuba",
    "Myanmar",
    "Canada",
    "Japan",
    "India",
    "Turkey",
    "Poland",
    "Norway",
    "Serbia",
    "Egypt",
    "Kenya",
    "Nigeria",
    "Brazil",
    "Mexico",
    "Vietnam",
    "Armenia",
    "Ukraine",
    "France",
    "Germany",
    "the United Kingdom",
    "the United States",
];
const SECTORS: [&str; 12] = [
    "oil exports",
    "rail freight",
    "drone parts",
    "shipping insurance",
    "fertiliser",
    "microchips",
    "timber",
    "aviation fuel",
    "grain",
    "banking",
    "uranium",
    "fisheries",
];
const PLACES: [&str; 14] = [
    "Arden",
    "Brackwater",
    "Castellane",
    "Dunmore",
    "Eastvale",
    "Fenwick",
    "Greyhaven",
    "Holloway",
    "Ironbridge",
    "Kelso",
    "Lowmoor",
    "Marsh End",
    "Northgate",
    "Oxmead",
];
const PEOPLE: [&str; 10] =
    ["Ahlberg", "Bakare", "Costa", "Demir", "Endo", "Farkas", "Gruber", "Hossain", "Ivanova", "Jansen"];
/// What is told of states: one in eight items.
const TOLD: [&str; 8] = [
    "{A} imposes sanctions on {B} over {sector}",
    "{A} and {B} sign agreement on {sector}",
    "{A} threatens {B} with new sanctions after talks in {place}",
    "{A} extends sanctions against {B} for six months",
    "{A} lifts restrictions on {sector} from {B}",
    "{A} and {B} deepen military cooperation, minister {name} says",
    "{B} denounces sanctions of {A} as illegal",
    "{A} suspends its treaty with {B} on {sector}",
];
const OTHER: [&str; 12] = [
    "{place} council approves budget for {number} new homes",
    "Storm leaves {number} households in {place} without power",
    "{name} scores twice as {place} win the cup",
    "Prices of {sector} rise for the {number}th week",
    "Court in {place} jails {number} over fraud",
    "Museum in {place} reopens after {number} years",
    "Union calls strike at {place} harbour",
    "Scientists in {A} find {number} new species",
    "{name} named head of the {place} hospital",
    "Election in {A}: {name} leads by {number} points",
    "Trains between {place} and {A} delayed by {number} minutes",
    "Football league bans {name} for {number} games",
];
const SENTENCES: [&str; 10] = [
    "Officials in {place} said that {number} people had taken part.",
    "The ministry of {A} did not answer questions on {sector}.",
    "\"We expected this,\" said {name}, who has followed the matter for {number} years.",
    "Analysts pointed to {sector}, which fell by {number} per cent last year.",
    "A spokesman for {B} called the step regrettable.",
    "The decision takes effect in {number} days.",
    "Residents of {place} were told to stay at home.",
    "{name} had visited {A} and {B} in the spring.",
    "The report runs to {number} pages and was written in {place}.",
    "Trade between {A} and {B} reached {number} million last year.",
];

/// A feed of these entries, by their numbers and dates.
pub(super) fn feed(number: usize, entries: impl Iterator<Item = (usize, Timestamp)>) -> String {
    let mut feed = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\"><channel><title>Wire {number}</title>\
         <link>https://wire{number}.example/</link><description>News</description><language>en</language>"
    );
    for (entry, date) in entries {
        let _written = write!(
            feed,
            "{}<guid isPermaLink=\"false\">{number}-{entry}</guid>\
             <link>https://wire{number}.example/news/{entry}?utm_source=rss</link><pubDate>{}</pubDate></item>",
            item(number, entry),
            date.strftime("%a, %d %b %Y %H:%M:%S +0000")
        );
    }
    feed.push_str("</channel></rss>");
    feed
}

/// An item's headline and text. One in twelve is copied by each of four feeds with another first sentence.
fn item(feed: usize, entry: usize) -> String {
    let copied = entry.is_multiple_of(12);
    let author = if copied { feed / 4 } else { feed };
    let mut rng = Rng::with_seed(author as u64 * 1_000_003 + entry as u64);
    let templates: &[&str] = if rng.u8(..8) == 0 { &TOLD } else { &OTHER };
    let mut fill = Fill::new(&mut rng);
    let title = fill.sentence(templates);
    let text: Vec<String> = (0..6).map(|_| fill.sentence(&SENTENCES)).collect();
    let mut own = Rng::with_seed(feed as u64);
    let first = Fill::new(&mut own).sentence(&SENTENCES);
    format!(
        "<item><title>{title}</title><description><![CDATA[<p>{first} {}</p><p>{}</p><img src=\"/{entry}.jpg\">\
         <p><a href=\"/news/{entry}\">Read&nbsp;on</a></p>]]></description>",
        text[..3].join(" "),
        text[3..].join(" ")
    )
}

/// One item's words: the same states all through.
struct Fill<'a> {
    rng: &'a mut Rng,
    acting: &'static str,
    other: &'static str,
}

impl<'a> Fill<'a> {
    fn new(rng: &'a mut Rng) -> Self {
        let first = rng.usize(..STATES.len());
        let second = (first + rng.usize(1..STATES.len())) % STATES.len();
        Self { acting: STATES[first], other: STATES[second], rng }
    }

    fn sentence(&mut self, templates: &[&str]) -> String {
        let template = templates[self.rng.usize(..templates.len())];
        template
            .replace("{A}", self.acting)
            .replace("{B}", self.other)
            .replace("{sector}", SECTORS[self.rng.usize(..SECTORS.len())])
            .replace("{place}", PLACES[self.rng.usize(..PLACES.len())])
            .replace("{name}", PEOPLE[self.rng.usize(..PEOPLE.len())])
            .replace("{number}", &self.rng.u32(2..900).to_string())
    }
}
