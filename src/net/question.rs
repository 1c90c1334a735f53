//! What is asked of a server, besides the address.

use ipnet::IpNet;
use reqwest::header::HeaderMap;
use url::{Origin, Url};

/// How a document is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// Go along on each hop.
    pub headers: &'a HeaderMap,
    /// Go along where they are meant to.
    pub confided: Confided<'a>,
    /// Adds to the ranges that all may be asked at.
    pub allow: &'a [IpNet],
    /// Whether nothing but public addresses may be asked, whatever the ranges are: a stranger gave the address.
    pub public_only: bool,
    /// Whether it is asked over the proxy, where there is one.
    pub over_proxy: bool,
    /// So much of a body is read and no more; `None`: one beyond the limit is an error.
    pub cut_at: Option<usize>,
}

/// Headers for some servers and no others, such as a login. A redirect elsewhere leaves them behind.
#[derive(Debug, Clone, Copy, Default)]
pub struct Confided<'a> {
    /// The headers; they stand before those of the question. `None`: there are none.
    pub headers: Option<&'a HeaderMap>,
    /// The servers: scheme, host and port.
    pub to: &'a [Origin],
}

impl Question<'_> {
    /// The headers of a hop, and whether what is confided is among them.
    pub(super) fn headers_for(&self, url: &Url) -> (HeaderMap, bool) {
        let mut headers = self.headers.clone();
        let own = self.confided.headers.filter(|_| self.confided.to.contains(&url.origin()));
        for (name, value) in own.into_iter().flatten() {
            headers.insert(name, value.clone());
        }
        (headers, own.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;
    use rstest::rstest;

    #[rstest]
    #[case::the_address("https://a.example/feed", true)]
    #[case::another_path("https://a.example/?q=1", true)]
    #[case::the_port_written_out("https://A.example:443/", true)]
    #[case::a_second_address("http://127.0.0.1:8080/x", true)]
    #[case::another_scheme("http://a.example/feed", false)]
    #[case::another_port("https://a.example:8443/feed", false)]
    #[case::another_host("https://www.a.example/feed", false)]
    #[case::a_host_that_begins_alike("https://a.example.evil.example/feed", false)]
    #[case::another_scheme_at_a_port("https://127.0.0.1:8080/x", false)]
    fn what_is_confided_goes_where_it_is_meant_to(#[case] url: &str, #[case] told: bool) {
        let origin = |url: &str| Url::parse(url).unwrap().origin();
        let own = HeaderMap::from_iter([("x-key".parse().unwrap(), HeaderValue::from_static("k"))]);
        let to = [origin("https://a.example/"), origin("http://127.0.0.1:8080/")];
        let question = Question {
            headers: &HeaderMap::new(),
            confided: Confided { headers: Some(&own), to: &to },
            allow: &[],
            public_only: false,
            over_proxy: true,
            cut_at: None,
        };
        let (headers, confided) = question.headers_for(&Url::parse(url).unwrap());
        assert_eq!((headers.contains_key("x-key"), confided), (told, told));
    }
}
