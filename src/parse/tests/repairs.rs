//! What real feeds get wrong: each shape is read, and the repair it took is told.

use super::*;

#[rstest]
#[case::mark_and_blanks_before(
    "\u{feff}\r\n\0 <?xml version='1.0'?><rss version='2.0'><channel><item><title>Minsk</title></item></channel></rss>",
    "Minsk",
    None
)]
#[case::text_before(
    "HTTP/1.1 200 OK <rss version='2.0'><channel><item><title>Minsk</title></item></channel></rss>",
    "Minsk",
    None
)]
#[case::unescaped_less_than(
    "<rss version='2.0'><channel><item><title>Minsk < Tehran</title></item></channel></rss>",
    "Minsk < Tehran",
    Repair::ItemByItem
)]
#[case::control_characters(
    "<rss version='2.0'><channel><item><title>Min\u{8}sk & co\u{1f}</title></item></channel></rss>",
    "Minsk & co",
    Repair::ControlCharacters
)]
#[case::undeclared_prefixes(
    "<rss version='2.0'><channel><item><title>Minsk</title><dc:creator>x</dc:creator><media:content url='/a'/></item></channel></rss>",
    "Minsk",
    None
)]
#[case::empty_media_elements(
    "<rss version='2.0' xmlns:media='http://search.yahoo.com/mrss/'><channel><item><title>Minsk</title><media:content/><media:group/><media:thumbnail url=''/><media:title></media:title></item></channel></rss>",
    "Minsk",
    Repair::ItemByItem
)]
#[case::unclosed_character_data(
    "<rss version='2.0'><channel><item><title>Minsk</title><description><![CDATA[Eight agreements</description></item></channel></rss>",
    "Minsk",
    Repair::ItemByItem
)]
#[case::title_of_a_film(
    "<rss version='2.0' xmlns:media='http://search.yahoo.com/mrss/'><channel><item><media:title>Minsk</media:title></item></channel></rss>",
    "Minsk",
    Repair::Completed
)]
#[case::mislabelled_encoding(
    "<?xml version='1.0' encoding='windows-1251'?><rss version='2.0'><channel><item><title>Минск</title></item></channel></rss>",
    "Минск",
    Repair::Encoding
)]
#[case::truncated(
    "<rss version='2.0'><channel><item><title>Minsk</title><link>/a</link><description>Eight agr",
    "Minsk",
    Repair::ItemByItem
)]
#[case::bare_ampersand(
    "<rss version='2.0'><channel><item><title>AT&T & Minsk &amp; &#x1F;co</title></item></channel></rss>",
    "AT&T & Minsk & co",
    Repair::BareAmpersand
)]
#[case::warning_before(
    "Notice: x\n<br /><b>Warning</b>: y <?xml version='1.0' encoding='koi8-r'?><rss version='2.0'><channel><item><title>Minsk</title></item></channel></rss>",
    "Minsk",
    Repair::JunkBeforeRoot
)]
#[case::atom_03(
    "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><title>Minsk</title><issued>2026-11-01T00:00:00Z</issued></entry></feed>",
    "Minsk",
    Repair::OldNames
)]
#[case::rss_090(
    "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://my.netscape.com/rdf/simple/0.9/'><channel><title>W</title></channel><item><title>Minsk</title><link>/a</link></item></rdf:RDF>",
    "Minsk",
    Repair::Namespace
)]
#[case::rss_with_namespace(
    "<rss version='2.0' xmlns='http://backend.userland.com/rss2'><channel><item><title>Minsk</title></item></channel></rss>",
    "Minsk",
    Repair::Namespace
)]
#[case::atom_over_https(
    "<feed xmlns='https://www.w3.org/2005/Atom'><entry><title>Minsk</title></entry></feed>",
    "Minsk",
    Repair::Namespace
)]
#[case::no_version(
    "<rss><channel><item><title>Minsk</title></item></channel></rss>",
    "Minsk",
    Repair::Version
)]
#[case::odd_version(
    "<rss version='0.94'><channel><item><title>Minsk</title></item></channel></rss>",
    "Minsk",
    Repair::Version
)]
#[case::capitals(
    "<RSS VERSION='2.0'><CHANNEL><ITEM><TITLE>Minsk</TITLE></ITEM></CHANNEL></RSS>",
    "Minsk",
    Repair::ItemByItem
)]
#[case::rss_11(
    "<Channel xmlns='http://purl.org/net/rss1.1#'><items><item><title>Minsk</title></item></items></Channel>",
    "Minsk",
    Repair::ItemByItem
)]
#[case::misnested(
    "<rss version='2.0'><channel><item><title>Minsk</title><description><p>x<br></description></item></channel></rss>",
    "Minsk",
    Repair::ItemByItem
)]
#[case::title_with_markup(
    "<rss version='2.0'><channel><item><title><b>Minsk</b></title></item></channel></rss>",
    "Minsk",
    Repair::Completed
)]
fn broken_feeds_are_mended(
    #[case] text: &str,
    #[case] title: &str,
    #[case] repair: impl Into<Option<Repair>>,
) {
    let parsed = feed(text).unwrap();
    let found: Vec<_> = parsed.entries.iter().map(|entry| entry.title.as_str()).collect();
    assert_eq!(found, [title]);
    match repair.into() {
        Some(repair) => assert!(parsed.repairs.contains(&repair), "{:?}", parsed.repairs),
        None => assert_eq!(parsed.repairs, [], "what is no fault of the feed needs no repair"),
    }
}

#[test]
fn a_truncated_feed_gives_its_whole_fields() {
    let text = "<rss version='2.0'><channel><item><title>One</title></item><item><title>Two</title><description>half a te";
    assert_eq!(titles(text), ["One", "Two"]);
    let text = "<rss version='2.0'><channel><item><title>One</title></item><item><title>Minsk sig";
    assert_eq!(titles(text), ["One"]);
}

#[test]
fn what_is_said_of_a_broadcast_stands_in_for_a_summary() {
    let text = "<rss version='2.0' xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd'><channel>\
                <item><title>Minsk</title><itunes:summary>Eight agreements</itunes:summary></item></channel></rss>";
    assert_eq!(feed(text).unwrap().entries[0].summary, "Eight agreements");
}
