//! Canonical links: the address of a text without what only says who clicked where.

use url::Url;

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

fn is_tracking(name: &str) -> bool {
    TRACKING.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => *pattern == name,
    })
}

/// The link as identity sees it: no scheme, no `www.`, no fragment, no tracking parameters, no
/// trailing slash, parameters in order of name.
#[must_use]
pub fn canonical_url(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    let mut canonical = host.to_owned();
    if let Some(port) = url.port() {
        canonical.push(':');
        canonical.push_str(&port.to_string());
    }
    canonical.push_str(url.path().trim_end_matches('/'));
    let mut parameters: Vec<(String, String)> =
        url.query_pairs().filter(|(name, _)| !is_tracking(name)).map(|(a, b)| (a.into(), b.into())).collect();
    parameters.sort();
    for (index, (name, value)) in parameters.iter().enumerate() {
        canonical.push(if index == 0 { '?' } else { '&' });
        canonical.push_str(name);
        canonical.push('=');
        canonical.push_str(value);
    }
    canonical
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
    #[case::port("https://example.org:8443/a", "https://example.org/a", false)]
    fn same_text(#[case] one: &str, #[case] other: &str, #[case] same: bool) {
        let canonical = |text: &str| canonical_url(&text.parse().expect("a link"));
        assert_eq!(canonical(one) == canonical(other), same, "{} {}", canonical(one), canonical(other));
    }
}
