//! `[fetch]`: how sources are polled, and what a source may say of it for itself.

use super::{World, proxy};
use crate::config::duration::{DAY, HOUR, MINUTE, SECOND, YEAR};
use crate::config::reader::{Table, Value};
use crate::config::wording::quoted;
use crate::domain::{FetchSettings, Interval};
use ipnet::IpNet;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

const MEBIBYTE: u64 = 1024 * 1024;

pub(super) fn settings(table: Option<&Table<'_>>, world: &World<'_>) -> FetchSettings {
    let default = FetchSettings::default();
    let Some(table) = table else { return default };
    let allow_addresses = table.or("allow-addresses", Vec::new(), |value| addresses(&value));
    let count = |key, default: usize, range: RangeInclusive<u64>| {
        table.or(key, default, |value| value.integer(range).and_then(|number| usize::try_from(number).ok()))
    };
    FetchSettings {
        contact: table.value("contact").and_then(|value| contact(&value)),
        interval: intervals(table, default.interval, &[&allow_addresses]),
        host_pause: table
            .or("host-pause", default.host_pause, |value| value.duration(Duration::ZERO..=MINUTE)),
        timeout: table.or("timeout", default.timeout, |value| timeout(&value)),
        max_body_bytes: table
            .or("max-body-bytes", default.max_body_bytes, |value| value.integer(1024..=1024 * MEBIBYTE)),
        max_redirects: table.or("max-redirects", default.max_redirects, |value| {
            value.integer(0..=20).and_then(|number| u8::try_from(number).ok())
        }),
        max_concurrent: count("max-concurrent", default.max_concurrent, 1..=256),
        max_per_host: count("max-per-host", default.max_per_host, 1..=64),
        most_articles: count("most-articles", default.most_articles, 0..=1000),
        first_poll_window: table.or("first-poll-window", default.first_poll_window, |value| {
            value.duration(Duration::ZERO..=365 * DAY)
        }),
        late_window: table.or("late-window", default.late_window, |value| value.duration(HOUR..=365 * DAY)),
        stale_after: table.or("stale-after", default.stale_after, |value| stale_after(&value)),
        proxy: proxy::proxy(table, world),
        ca_file: table.value("ca-file").and_then(|value| world.certificates(&value)),
        allow_addresses,
    }
}

/// One step's or one request's most time.
pub(super) fn timeout(value: &Value<'_>) -> Option<Duration> {
    value.duration(SECOND..=10 * MINUTE)
}

/// How old a source's newest item may grow.
pub(super) fn stale_after(value: &Value<'_>) -> Option<Duration> {
    value.duration(DAY..=10 * YEAR)
}

/// The times between two polls, `interval` and `longest-interval`: the longest is twice the other where it is
/// not given beside it.
pub(super) fn intervals(table: &Table<'_>, usual: Interval, allowed: &[&[IpNet]]) -> Interval {
    let least = table.value("interval").and_then(|value| interval(&value, allowed));
    let longest = table.value("longest-interval");
    let most = longest.as_ref().and_then(|value| interval(value, allowed));
    let twice = |least: Duration| (least * 2).min(LONGEST).max(least);
    let found = Interval {
        least: least.unwrap_or(usual.least),
        most: most.unwrap_or_else(|| least.map_or(usual.most, twice)),
    };
    if let (Some(value), true) = (&longest, most.is_some() && found.most < found.least) {
        value.wrong::<()>(
            "`longest-interval` is shorter than `interval`",
            "as long as `interval`, for a source that is always polled in the same time, or longer",
        );
    }
    Interval { most: found.most.max(found.least), ..found }
}

/// Longest time between two polls.
const LONGEST: Duration = Duration::from_hours(7 * 24);

/// The time between two polls: a minute at least, except where the source may be on this machine.
fn interval(value: &Value<'_>, allowed: &[&[IpNet]]) -> Option<Duration> {
    let local = allowed.iter().copied().flatten().any(|net| net.addr().is_loopback());
    value.duration(if local { SECOND } else { MINUTE }..=LONGEST)
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
