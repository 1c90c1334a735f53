//! The keys of `[fetch]`, and those of it that a source has for itself.

use super::key::{Key, Renamed, Shape, TableKeys};
use crate::config::duration::{DAY, HOUR, MINUTE, SECOND, days, years};
use std::time::Duration;

/// Longest time between two polls.
const LONGEST: Duration = days(7);

pub(super) const INTERVAL: Shape = Shape::Duration { least: SECOND, most: LONGEST };
pub(super) const STALE_AFTER: Shape = Shape::Duration { least: DAY, most: years(10) };
pub(super) const TIMEOUT: Shape = Shape::Duration { least: SECOND, most: Duration::from_mins(10) };
pub(super) const ADDRESS_RANGES: Shape = Shape::List(&Shape::Text("an address range"));
pub(super) const CREDENTIAL: Shape =
    Shape::Text("the name of a credential, a file or an environment variable");

const MEBIBYTE: u64 = 1024 * 1024;

pub(in crate::config) static FETCH: TableKeys = TableKeys {
    table: "[fetch]",
    about: "How sources are polled. A source may say some of it for itself.",
    keys: &[
        Key::new(
            "interval",
            INTERVAL,
            "Time between two polls of a source that has news with every poll. Below a minute only where \
             `allow-addresses` names this machine.",
        )
        .usually("\"15m\"")
        .such_as(&["\"15m\"", "\"1h 30m\""]),
        Key::new(
            "longest-interval",
            INTERVAL,
            "And of one that has none for long. What a feed or its server wishes (`ttl`, `skipHours`, \
             `Cache-Control`) may make it longer, up to 3h.",
        )
        .otherwise("twice `interval`")
        .such_as(&["\"30m\""]),
        Key::new(
            "host-pause",
            Shape::Duration { least: Duration::ZERO, most: MINUTE },
            "Least time between two requests to one host.",
        )
        .usually("\"1s\"")
        .such_as(&["\"2s\""]),
        Key::new(
            "stale-after",
            STALE_AFTER,
            "How old the newest item of a source may grow before the operator is told.",
        )
        .usually("\"30d\"")
        .such_as(&["\"90d\""]),
        Key::new(
            "contact",
            Shape::Text("a mail address or the URL of a page, in plain ASCII without brackets"),
            "Goes into the User-Agent, so that a server's owner can reach you.",
        )
        .such_as(&["\"ops@example.org\"", "\"https://example.org/about\""]),
        Key::new("timeout", TIMEOUT, "Most time for one request, body included.")
            .usually("\"30s\"")
            .such_as(&["\"1m\""]),
        Key::new(
            "most-body-bytes",
            Shape::Whole { least: 1024, most: 1024 * MEBIBYTE },
            "Most bytes of an answer, after decompression.",
        )
        .usually("10485760")
        .such_as(&["20971520"])
        .renamed(&[Renamed { from: "max-body-bytes", since: "0.1" }]),
        Key::new("most-redirects", Shape::Whole { least: 0, most: 20 }, "Most redirects of one request.")
            .usually("5")
            .such_as(&["3"])
            .renamed(&[Renamed { from: "max-redirects", since: "0.1" }]),
        Key::new("most-requests", Shape::Whole { least: 1, most: 256 }, "Most requests at a time, over all hosts.")
            .usually("16")
            .such_as(&["32"])
            .renamed(&[Renamed { from: "max-concurrent", since: "0.1" }]),
        Key::new(
            "most-requests-per-host",
            Shape::Whole { least: 1, most: 64 },
            "Most requests at a time to one host.",
        )
        .usually("2")
        .such_as(&["1"])
        .renamed(&[Renamed { from: "max-per-host", since: "0.1" }]),
        Key::new(
            "most-articles",
            Shape::Whole { least: 0, most: 1000 },
            "Most articles read after one poll of a source with `full-text`. The items beyond are decided by what \
             the feed says.",
        )
        .usually("10")
        .such_as(&["20"]),
        Key::new(
            "allow-addresses",
            ADDRESS_RANGES,
            "Private address ranges that may be polled. Sources at other private addresses are refused.",
        )
        .usually("[]")
        .such_as(&["[\"127.0.0.0/8\", \"10.1.2.3\"]"]),
        Key::new(
            "first-poll-window",
            Shape::Duration { least: Duration::ZERO, most: days(365) },
            "On a source's first poll, what is older is recorded and not reported.",
        )
        .usually("\"24h\"")
        .such_as(&["\"48h\""]),
        Key::new(
            "late-window",
            Shape::Duration { least: HOUR, most: days(365) },
            "On later polls, what is dated this long before the last success is recorded and not reported.",
        )
        .usually("\"7d\"")
        .such_as(&["\"14d\""]),
        Key::new(
            "ca-file",
            Shape::Text("the path of a PEM file"),
            "A certificate authority that is trusted besides the system's.",
        )
        .such_as(&["\"ca.pem\""]),
        Key::new(
            "proxy",
            Shape::Matching {
                what: "an address: http, https or socks5h, a host and a port",
                pattern: "^\\s*[A-Za-z0-9]+://\\S+\\s*$",
            },
            "Over what sources and articles are asked, whatever the environment says. Webhooks and mail go their own \
             way. The proxy resolves names: private addresses are refused here as far as they can be seen from here, \
             so let it refuse them, too.",
        )
        .such_as(&["\"http://proxy.example.org:3128\""]),
        Key::new("proxy-user", Shape::Text("a user name"), "Where the proxy wants a login.")
            .such_as(&["\"sanctionwatch\""]),
        Key::new(
            "proxy-password-credential",
            CREDENTIAL,
            "Names a systemd credential, else a file, else an environment variable that holds the password of \
             `proxy-user`.",
        )
        .such_as(&["\"proxy-password\""]),
    ],
};
