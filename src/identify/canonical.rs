//! Canonical links: the address of a text without what only says who clicked where.

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use url::Url;

/// Base64 with the letters for links, padded or not, whatever its last bits are.
const CODED: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Parameters that only track a reader. A trailing `*` matches any rest.
///
/// From the links of news feeds: analytics campaigns (`utm_*`), the broadcasters' `at_*`, share and
/// source marks. A parameter that selects the text (`id`, `p`, `article`) must never stand here.
const TRACKING: &[&str] = &[
    "utm_*",
    "at_*",
    "mc_*",
    "ns_*",
    "fbclid",
    "gclid",
    "dclid",
    "msclkid",
    "igshid",
    "yclid",
    "ocid",
    "cmpid",
    "cmp",
    "smid",
    "smtyp",
    "partner",
    "traffic_source",
    "taid",
    "maca",
    "xtor",
    "ito",
    "feedtype",
    "feedname",
    "rss",
    "from_rss",
    "ref_src",
];

/// Beginnings of hosts that show the same text for another kind of reader.
const SAME_TEXT_HOSTS: &[&str] = &["www.", "m.", "mobile.", "amp.", "touch.", "edition."];

/// Last and first parts of a path that only ask for the version for phones.
const AMP_PARTS: &[&str] = &["amp", "amp.html"];

fn is_tracking(name: &str) -> bool {
    TRACKING.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => *pattern == name,
    })
}

/// The link as identity sees it: no scheme, no `www.` or mobile host, no AMP path, no fragment, no tracking
/// parameters, no trailing slash, parameters in order of name. What only leads to another link, as the
/// links of search engines and AMP caches do, is that one, as far as it can be read from it.
#[must_use]
pub fn canonical_url(url: &Url) -> String {
    match target(url) {
        Some(target) => own(&target),
        None => own(url),
    }
}

fn own(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let mut canonical = plain_host(host).to_owned();
    if let Some(port) = url.port() {
        canonical.push(':');
        canonical.push_str(&port.to_string());
    }
    canonical.push_str(&plain_path(url.path()));
    let amp = |name: &str, value: &str| {
        name == "amp" && matches!(value, "" | "1" | "true") || name == "outputType" && value == "amp"
    };
    let mut parameters: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(name, value)| !is_tracking(name) && !amp(name, value))
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    parameters.sort();
    for (index, (name, value)) in parameters.iter().enumerate() {
        canonical.push(if index == 0 { '?' } else { '&' });
        canonical.push_str(name);
        canonical.push('=');
        canonical.push_str(value);
    }
    canonical
}

/// A host without what shows the same text to another kind of reader, as long as a host is left.
fn plain_host(host: &str) -> &str {
    let mut plain = host;
    while let Some(rest) = SAME_TEXT_HOSTS.iter().find_map(|head| plain.strip_prefix(head)) {
        if !rest.contains('.') {
            break;
        }
        plain = rest;
    }
    plain
}

/// A path without what asks for the version for phones: "/amp/story", "/story/amp", "/story.amp".
fn plain_path(path: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    if parts.len() > 1 && parts.last().is_some_and(|last| AMP_PARTS.contains(last)) {
        parts.pop();
    }
    if parts.len() > 1 && parts.first().is_some_and(|first| AMP_PARTS.contains(first)) {
        parts.remove(0);
    }
    let plain = parts.join("/");
    let plain = plain.strip_suffix(".amp").or_else(|| plain.strip_suffix(".amp.html")).unwrap_or(&plain);
    if plain.is_empty() { String::new() } else { format!("/{plain}") }
}

/// Where a link leads that stands for another one and holds it.
fn target(url: &Url) -> Option<Url> {
    let host = url.host_str()?;
    let named = |names: &[&str]| {
        let mut pairs = url.query_pairs();
        pairs
            .find(|(name, _)| names.contains(&name.as_ref()))
            .and_then(|(_, value)| value.parse::<Url>().ok())
    };
    let path = url.path();
    let found = match host.strip_prefix("www.").unwrap_or(host) {
        "google.com" if path == "/url" => named(&["url", "q"]),
        "google.com" => path.strip_prefix("/amp/").and_then(amp_target),
        "bing.com" if path.starts_with("/news/apiclick") => named(&["url"]),
        "news.google.com" => google_news_target(path),
        host if host.ends_with(".cdn.ampproject.org") => {
            ["/c/", "/v/"].iter().find_map(|kind| path.strip_prefix(kind)).and_then(amp_target)
        }
        _ => None,
    };
    found.filter(|url| matches!(url.scheme(), "http" | "https"))
}

/// "s/example.org/story" is https, "example.org/story" is http.
fn amp_target(path: &str) -> Option<Url> {
    match path.strip_prefix("s/") {
        Some(rest) => format!("https://{rest}").parse().ok(),
        None => format!("http://{path}").parse().ok(),
    }
}

/// The link that the older kind of Google News links holds in Base64 ("/articles/CBMi…"). The newer kind
/// holds a number that only its own server knows; such a link stays as it is, and headline and text tell.
fn google_news_target(path: &str) -> Option<Url> {
    let coded = path.rsplit_once("/articles/").map(|(_, coded)| coded)?;
    let bytes = CODED.decode(coded).ok()?;
    let start = bytes.windows(4).position(|four| four == b"http")?;
    let link = bytes.get(start..)?;
    let end = link.iter().position(|byte| !(0x21..=0x7e).contains(byte)).unwrap_or(link.len());
    std::str::from_utf8(link.get(..end)?).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::scheme_and_www("http://www.example.org/a", "https://example.org/a", true)]
    #[case::fragment("https://example.org/a#0", "https://example.org/a#1", true)]
    #[case::trailing_slash("https://example.org/a/", "https://example.org/a", true)]
    #[case::campaign("https://example.org/a?utm_source=rss&utm_medium=x", "https://example.org/a", true)]
    #[case::broadcaster("https://example.org/a?at_medium=RSS&at_campaign=rss", "https://example.org/a", true)]
    #[case::order("https://example.org/?b=1&a=2", "https://example.org/?a=2&b=1", true)]
    #[case::selecting_parameter("https://example.org/?p=1", "https://example.org/?p=2", false)]
    #[case::path("https://example.org/a", "https://example.org/b", false)]
    #[case::host("https://example.org/a", "https://example.com/a", false)]
    #[case::mobile("https://m.example.org/a", "https://www.example.org/a", true)]
    #[case::amp_host("https://amp.example.org/a", "https://example.org/a", true)]
    #[case::amp_end("https://example.org/a/amp/", "https://example.org/a", true)]
    #[case::amp_begin("https://example.org/amp/a", "https://example.org/a", true)]
    #[case::amp_file("https://example.org/a.amp", "https://example.org/a", true)]
    #[case::amp_parameter("https://example.org/a?outputType=amp", "https://example.org/a", true)]
    #[case::amp_cache(
        "https://example-org.cdn.ampproject.org/c/s/example.org/a",
        "https://example.org/a",
        true
    )]
    #[case::search("https://www.google.com/url?q=https://example.org/a&sa=D", "https://example.org/a", true)]
    #[case::google_news(
        "https://news.google.com/rss/articles/CBMiFWh0dHBzOi8vZXhhbXBsZS5vcmcvYdIBAA?oc=5",
        "https://example.org/a",
        true
    )]
    #[case::google_news_opaque(
        "https://news.google.com/rss/articles/CBMiAUFV",
        "https://news.google.com/rss/articles/CBMiAUFW",
        false
    )]
    #[case::a_host_must_be_left("https://m.org/a", "https://org/a", false)]
    #[case::a_story_named_amp("https://example.org/amp", "https://example.org/", false)]
    #[case::port("https://example.org:8443/a", "https://example.org/a", false)]
    fn same_text(#[case] one: &str, #[case] other: &str, #[case] same: bool) {
        let canonical = |text: &str| canonical_url(&text.parse().expect("a link"));
        assert_eq!(canonical(one) == canonical(other), same, "{} {}", canonical(one), canonical(other));
    }
}
