//! The keys that each table may hold: the one list that unknown keys are told from, nearest keys are
//! suggested from and the shipped configuration is tested against.

/// A table's name as written in the file, and its keys.
#[derive(Debug, PartialEq, Eq)]
pub struct TableKeys {
    /// `[fetch]`, `[[source]]`; for the file's top level, "the file".
    pub table: &'static str,
    /// Every key the table may hold.
    pub keys: &'static [&'static str],
}

pub(super) static ROOT: TableKeys = TableKeys {
    table: "the file",
    keys: &[
        "state",
        "include",
        "fetch",
        "source",
        "watch",
        "subscriber",
        "webhook",
        "smtp",
        "mail",
        "templates",
        "listen",
        "operator",
        "thresholds",
        "vocabulary",
        "stories",
        "retention",
    ],
};

pub(super) static FETCH: TableKeys = TableKeys {
    table: "[fetch]",
    keys: &[
        "interval",
        "longest-interval",
        "host-pause",
        "stale-after",
        "contact",
        "timeout",
        "max-body-bytes",
        "max-redirects",
        "max-concurrent",
        "max-per-host",
        "most-articles",
        "allow-addresses",
        "first-poll-window",
        "late-window",
        "ca-file",
        "proxy",
        "proxy-user",
        "proxy-password-credential",
    ],
};

pub(super) static SOURCE: TableKeys = TableKeys {
    table: "[[source]]",
    keys: &[
        "name",
        "url",
        "page",
        "json",
        "search",
        "item",
        "items",
        "title",
        "link",
        "date",
        "summary",
        "lang",
        "speaks-for",
        "identity",
        "interval",
        "longest-interval",
        "stale-after",
        "allow-addresses",
        "full-text",
        "headers",
        "user",
        "password-credential",
        "token-credential",
        "proxy",
        "robots",
    ],
};

pub(super) static PAGE: TableKeys =
    TableKeys { table: "page", keys: &["url", "item", "title", "link", "date", "summary"] };

pub(super) static JSON: TableKeys =
    TableKeys { table: "json", keys: &["url", "items", "title", "link", "date", "summary"] };

pub(super) static HEADERS: TableKeys = TableKeys { table: "headers", keys: &["credential"] };

pub(super) static WATCH: TableKeys = TableKeys {
    table: "[[watch]]",
    keys: &[
        "name",
        "countries",
        "with",
        "kinds",
        "actions",
        "modalities",
        "direction",
        "words",
        "without",
        "sources",
        "through-blocs",
        "full-text",
        "threshold",
    ],
};

pub(super) static SUBSCRIBER: TableKeys = TableKeys {
    table: "[[subscriber]]",
    keys: &["email", "watches", "deliver", "time-zone", "quiet", "gather", "most-per-hour", "confirm"],
};

pub(super) static QUIET: TableKeys = TableKeys { table: "quiet", keys: &["from", "to", "unless"] };

pub(super) static DELIVER: TableKeys = TableKeys { table: "deliver", keys: &["daily", "weekly"] };

pub(super) static WEBHOOK: TableKeys = TableKeys {
    table: "[[webhook]]",
    keys: &["name", "url", "watches", "secret-credential", "allow-addresses"],
};

pub(super) static SMTP: TableKeys = TableKeys {
    table: "[smtp]",
    keys: &[
        "host",
        "port",
        "security",
        "user",
        "password-credential",
        "from",
        "timeout",
        "most-per-minute",
        "ca-file",
    ],
};

pub(super) static MAIL: TableKeys = TableKeys { table: "[mail]", keys: &["folder"] };

pub(super) static TEMPLATES: TableKeys = TableKeys { table: "[templates]", keys: &["html", "text"] };

pub(super) static LISTEN: TableKeys =
    TableKeys { table: "[listen]", keys: &["address", "metrics", "public-url"] };

pub(super) static OPERATOR: TableKeys =
    TableKeys { table: "[operator]", keys: &["email", "silence", "source-failing", "summary", "time-zone"] };

pub(super) static THRESHOLDS: TableKeys =
    TableKeys { table: "[thresholds]", keys: &["sanctions", "alliance"] };

pub(super) static VOCABULARY: TableKeys = TableKeys { table: "[vocabulary]", keys: &["files"] };

pub(super) static STORIES: TableKeys =
    TableKeys { table: "[stories]", keys: &["told-within", "follows-within", "most-items"] };

pub(super) static RETENTION: TableKeys = TableKeys { table: "[retention]", keys: &["texts", "keys"] };

/// Every table there is, in the order of the shipped file.
pub static TABLES: &[&TableKeys] = &[
    &ROOT,
    &FETCH,
    &SOURCE,
    &PAGE,
    &JSON,
    &HEADERS,
    &WATCH,
    &SUBSCRIBER,
    &DELIVER,
    &QUIET,
    &WEBHOOK,
    &SMTP,
    &MAIL,
    &TEMPLATES,
    &LISTEN,
    &OPERATOR,
    &THRESHOLDS,
    &VOCABULARY,
    &STORIES,
    &RETENTION,
];
