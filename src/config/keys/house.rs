//! The keys of the top level, and of the tables that are about the daemon as a whole.

use super::key::{Key, Shape, TableKeys};
use super::watch::POINTS;
use super::{FETCH, MAIL, SMTP, SOURCE, SUBSCRIBER, WATCH, WEBHOOK};
use crate::config::duration::{DAY, HOUR, days, years};
use std::time::Duration;

pub(super) const MAIL_ADDRESS: Shape =
    Shape::Matching { what: "a mail address", pattern: "^\\s*\\S+@\\S+\\s*$" };
pub(super) const TIME: Shape =
    Shape::Matching { what: "a time of day", pattern: "^\\s*([01]?[0-9]|2[0-3]):[0-5][0-9]\\s*$" };
pub(super) const DAY_AND_TIME: Shape = Shape::Matching {
    what: "a day of the week and a time",
    pattern: "^\\s*[A-Za-z]{3,9}\\s+([01]?[0-9]|2[0-3]):[0-5][0-9]\\s*$",
};
pub(super) const TIME_ZONE: Shape = Shape::Text("the IANA name of a time zone");

const TEMPLATE: Shape = Shape::Text("the path of a template");
const KEEPING: Shape = Shape::Duration { least: DAY, most: years(100) };
const STORY_TIME: Shape = Shape::Duration { least: HOUR, most: days(366) };

pub(in crate::config) static ROOT: TableKeys = TableKeys {
    table: "the file",
    about: "What stands before the first table, and the tables there are. Relative paths of what is read (`include`, \
            `ca-file`, `files`, a password file) start at the file that names them. Relative paths of what is written \
            (`state`, `folder`) start at systemd's state directory where the daemon is a service, else at that file.",
    keys: &[
        Key::new(
            "state",
            Shape::Text("the path of a file"),
            "Where everything is kept: one SQLite file. Its folder is made where it does not exist.",
        )
        .usually("\"state/sanctionwatch.db\"")
        .such_as(&["\"/var/lib/sanctionwatch/state/sanctionwatch.db\""]),
        Key::new(
            "include",
            Shape::List(&Shape::Text("the path of a file")),
            "Further files of the same form; their sources, watches, subscribers and webhooks are added to those here.",
        )
        .usually("[]")
        .such_as(&["[\"sources/official.toml\", \"my-sources.toml\"]"]),
        Key::new("watch", Shape::Tables(&WATCH), "What you care about."),
        Key::new("subscriber", Shape::Tables(&SUBSCRIBER), "Who gets mail."),
        Key::new("webhook", Shape::Tables(&WEBHOOK), "Programs that are told of each alert at once."),
        Key::new("smtp", Shape::Table(&SMTP), "Mail over a server."),
        Key::new("mail", Shape::Table(&MAIL), "Or mail as files."),
        Key::new("templates", Shape::Table(&TEMPLATES), "What mails look like."),
        Key::new("listen", Shape::Table(&LISTEN), "Where the daemon can be asked."),
        Key::new("operator", Shape::Table(&OPERATOR), "Who is told when nothing comes through any more."),
        Key::new("fetch", Shape::Table(&FETCH), "How sources are polled."),
        Key::new("thresholds", Shape::Table(&THRESHOLDS), "From how many points a story is reported."),
        Key::new("vocabulary", Shape::Table(&VOCABULARY), "Words, weights and points of your own."),
        Key::new("stories", Shape::Table(&STORIES), "How long stories are told on."),
        Key::new("retention", Shape::Table(&RETENTION), "How long what is stored is kept."),
        Key::new("source", Shape::Tables(&SOURCE), "Where sanctionwatch reads."),
    ],
};

pub(in crate::config) static TEMPLATES: TableKeys = TableKeys {
    table: "[templates]",
    about: "Your own templates (minijinja) instead of the built-in ones. They are tried with samples at the start and by \
            `check`.",
    keys: &[
        Key::new("html", TEMPLATE, "The HTML part of a mail.")
            .otherwise("built in")
            .such_as(&["\"mail.html\""]),
        Key::new("text", TEMPLATE, "The plain part of a mail.")
            .otherwise("built in")
            .such_as(&["\"mail.txt\""]),
    ],
};

pub(in crate::config) static LISTEN: TableKeys = TableKeys {
    table: "[listen]",
    about: "A small listener for readers' links (/unsubscribe/…, /confirm/…) and monitors (/healthz, /readyz, /metrics). \
            Keep it on loopback, behind a reverse proxy that speaks HTTPS and passes on /unsubscribe/ and /confirm/ \
            alone. Without it readers unsubscribe by mail.",
    keys: &[
        Key::new("address", Shape::Text("an address with a port"), "Where it listens.")
            .required()
            .such_as(&["\"127.0.0.1:8642\"", "\"[::]:8642\""]),
        Key::new(
            "metrics",
            Shape::Boolean,
            "Whether /metrics tells numbers to Prometheus: counts and durations, no names and no addresses.",
        )
        .otherwise("true on loopback, false elsewhere")
        .such_as(&["true"]),
        Key::new("public-url", Shape::Text("an https address"), "Where readers reach it.")
            .otherwise("they cannot")
            .such_as(&["\"https://alerts.example.org/\""]),
    ],
};

pub(in crate::config) static OPERATOR: TableKeys = TableKeys {
    table: "[operator]",
    about: "Who is told when nothing comes through any more, and when that is.",
    keys: &[
        Key::new("email", MAIL_ADDRESS, "Also where readers write to unsubscribe.")
            .otherwise("only the log is told")
            .such_as(&["\"ops@example.org\""]),
        Key::new(
            "silence",
            Shape::Duration { least: Duration::from_mins(5), most: days(30) },
            "How long no source may be read, or no message delivered. Then the operator is told once, the log has an \
             error, and /healthz answers 503.",
        )
        .usually("\"6h\"")
        .such_as(&["\"12h\""]),
        Key::new(
            "source-failing",
            Shape::Duration { least: HOUR, most: days(30) },
            "How long one source must have failed before that is told.",
        )
        .usually("\"24h\"")
        .such_as(&["\"48h\""]),
        Key::new("summary", DAY_AND_TIME, "When a summary of the week is sent, where wished.")
            .such_as(&["\"Mon 08:00\""]),
        Key::new("time-zone", TIME_ZONE, "In which these times are meant and shown.")
            .usually("\"UTC\"")
            .such_as(&["\"Europe/Berlin\""]),
    ],
};

pub(in crate::config) static THRESHOLDS: TableKeys = TableKeys {
    table: "[thresholds]",
    about: "From how many points a story is reported. Lower finds more and errs more.",
    keys: &[
        Key::new(
            "sanctions",
            POINTS,
            "For sanctions, and for tariffs and blockades where a watch asks for them.",
        )
        .usually("3.0")
        .such_as(&["2.5"]),
        Key::new("alliance", POINTS, "For alliances.").usually("3.0").such_as(&["3.5"]),
    ],
};

pub(in crate::config) static VOCABULARY: TableKeys = TableKeys {
    table: "[vocabulary]",
    about: "Your own words, weights and points, or one more language. config/vocabulary/README.md explains every key of \
            such a file.",
    keys: &[Key::new(
        "files",
        Shape::List(&Shape::Text("the path of a file")),
        "Read over what is built in, later files over earlier ones.",
    )
    .usually("[]")
    .such_as(&["[\"my-words.toml\"]"])],
};

pub(in crate::config) static STORIES: TableKeys = TableKeys {
    table: "[stories]",
    about: "Items of many sources about one event are one story, and alert once. What comes of it later (the threat \
            carried out, the next package, the denial) is a story of its own that follows it.",
    keys: &[
        Key::new(
            "told-within",
            STORY_TIME,
            "How long after its newest item a story is told on; later, the same words tell another event.",
        )
        .usually("\"3d\"")
        .such_as(&["\"5d\""]),
        Key::new("follows-within", STORY_TIME, "How long a development may follow; at least `told-within`.")
            .usually("\"30d\"")
            .such_as(&["\"60d\""]),
        Key::new(
            "most-items",
            Shape::Whole { least: 100, most: 1_000_000 },
            "Most items held in memory to compare with, about 1.5 kB each.",
        )
        .usually("50000")
        .such_as(&["20000"]),
    ],
};

pub(in crate::config) static RETENTION: TableKeys = TableKeys {
    table: "[retention]",
    about: "How long what is stored is kept.",
    keys: &[
        Key::new("texts", KEEPING, "Texts of items, for explaining alerts.")
            .usually("\"180d\"")
            .such_as(&["\"90d\""]),
        Key::new(
            "keys",
            KEEPING,
            "Keys of items, so that what comes back is known; at least as long as `texts`.",
        )
        .usually("\"2y\"")
        .such_as(&["\"3y\""]),
    ],
};
