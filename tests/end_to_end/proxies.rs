//! Behind a proxy: it is asked for every source but those that are asked directly.

use crate::support::feeds::{OIL, ROADMAP, rss};
use crate::support::project::{PASSWORD, Project};
use crate::support::web::{Route, WebServer};

#[test]
fn sources_are_asked_over_the_proxy_except_those_of_the_own_network() {
    let (proxy, web) = (WebServer::start(), WebServer::start());
    let far = "http://feeds.invalid/far.xml";
    proxy.serve(far, Route::feed(rss(&[OIL])));
    let near = web.serve("/near.xml", Route::feed(rss(&[ROADMAP])));
    let mut project = Project::new().source("Far", far).source("Near", &near).with_last("proxy = false");
    let keys = format!(
        "timeout = \"3s\"\nproxy = \"{}\"\nproxy-user = \"desk\"\nproxy-password-credential = \"smtp-password\"",
        proxy.url("")
    );
    project.change("timeout = \"3s\"", &keys);

    let first = project.once();

    assert_eq!(first.numbers(["sources.changed", "sources.failed", "entries"]), [2, 0, 2]);
    assert_eq!(proxy.requests(far)[0].header("proxy-authorization"), Some("Basic ZGVzazpjb3JyZWN0IGhvcnNl"));
    assert_eq!((proxy.all_requests().len(), web.requests("/near.xml").len()), (1, 1));
    assert!(!first.ended.to_string().contains(PASSWORD), "{}", first.ended);
}

#[test]
fn a_proxy_that_is_away_is_named() {
    let proxy = WebServer::start();
    let address = proxy.url("");
    drop(proxy);
    let mut project = Project::new().source("Far", "http://feeds.invalid/far.xml");
    project.change("timeout = \"3s\"", &format!("timeout = \"3s\"\nproxy = \"{address}\""));

    let failed = project.once_ending(69);

    let reason = &failed.failures()["Far"];
    assert!(reason.starts_with("no connection to feeds.invalid over the proxy 127.0.0.1: "), "{reason}");
}
