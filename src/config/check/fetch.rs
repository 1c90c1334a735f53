//! `[fetch]`: how sources are polled, and what a source may say of it for itself.

use super::{World, proxy};
use crate::config::duration::MINUTE;
use crate::config::reader::{Table, Value};
use crate::config::wording::quoted;
use crate::domain::{FetchSettings, Interval};
use ipnet::IpNet;
use std::net::IpAddr;
use std::time::Duration;

pub(super) fn settings(table: Option<&Table<'_>>, world: &World<'_>) -> FetchSettings {
    let default = FetchSettings::default();
    let Some(table) = table else { return default };
    let allow_addresses = table.or("allow-addresses", Vec::new(), |value| addresses(&value));
    let count = |key, default: usize| {
        table.or(key, default, |value| value.integer().and_then(|number| usize::try_from(number).ok()))
    };
    let time = |key, default: Duration| table.or(key, default, |value| value.duration());
    FetchSettings {
        contact: table.value("contact").and_then(|value| contact(&value)),
        interval: intervals(table, default.interval, &[&allow_addresses]),
        host_pause: time("host-pause", default.host_pause),
        timeout: time("timeout", default.timeout),
        most_body_bytes: table.or("most-body-bytes", default.most_body_bytes, |value| value.integer()),
        most_redirects: table.or("most-redirects", default.most_redirects, |value| {
            value.integer().and_then(|number| u8::try_from(number).ok())
        }),
        most_requests: count("most-requests", default.most_requests),
        most_requests_per_host: count("most-requests-per-host", default.most_requests_per_host),
        most_articles: count("most-articles", default.most_articles),
        first_poll_window: time("first-poll-window", default.first_poll_window),
        late_window: time("late-window", default.late_window),
        stale_after: time("stale-after", default.stale_after),
        proxy: proxy::proxy(table, world),
        ca_file: table.value("ca-file").and_then(|value| world.certificates(&value)),
        allow_addresses,
    }
}

/// The times between two polls, `interval` and `longest-interval`: the longest is twice the other where it is
/// not given beside it.
pub(super) fn intervals(table: &Table<'_>, usual: Interval, allowed: &[&[IpNet]]) -> Interval {
    let written = table.value("interval");
    let least = written.as_ref().and_then(|value| interval(value, allowed));
    let longest = table.value("longest-interval");
    let most = longest.as_ref().and_then(|value| interval(value, allowed));
    let twice = |least: Duration, longest: Duration| (least * 2).min(longest).max(least);
    let found = Interval {
        least: least.unwrap_or(usual.least),
        most: most
            .or_else(|| Some(twice(least?, *written.as_ref()?.duration_range().end())))
            .unwrap_or(usual.most),
    };
    if let (Some(value), true) = (&longest, most.is_some() && found.most < found.least) {
        value.wrong::<()>(
            "`longest-interval` is shorter than `interval`",
            "as long as `interval`, for a source that is always polled in the same time, or longer",
        );
    }
    Interval { most: found.most.max(found.least), ..found }
}

/// The time between two polls: a minute at least, except where the source may be on this machine.
fn interval(value: &Value<'_>, allowed: &[&[IpNet]]) -> Option<Duration> {
    let local = allowed.iter().copied().flatten().any(|net| net.addr().is_loopback());
    let range = value.duration_range();
    value.duration_of(if local { *range.start() } else { MINUTE }..=*range.end())
}

/// Goes into a header, so it must be one line of plain ASCII.
fn contact(value: &Value<'_>) -> Option<String> {
    const MOST: usize = 200;
    let text = value.string()?.trim();
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    if !plain || text.contains(['(', ')', '\\']) || text.len() > MOST {
        return value.wrong(
            "`contact` cannot stand in a header",
            "a mail address or the URL of a page, in plain ASCII without brackets",
        );
    }
    Some(text.to_owned())
}

/// Address ranges; a single address is a range of one.
pub(super) fn addresses(value: &Value<'_>) -> Option<Vec<IpNet>> {
    let entries = value.list()?;
    Some(
        entries
            .iter()
            .filter_map(|entry| {
                let text = entry.string()?.trim();
                let range = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
                range.ok().or_else(|| {
                    entry.wrong(
                        format!("{} is no address range", quoted(text)),
                        "such as \"127.0.0.0/8\", \"10.1.2.3\" or \"fd00::/8\"",
                    )
                })
            })
            .collect(),
    )
}
