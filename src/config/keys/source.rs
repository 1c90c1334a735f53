//! The keys of `[[source]]` and of the tables inside it.

use super::fetch::{ADDRESS_RANGES, CREDENTIAL, INTERVAL, STALE_AFTER};
use super::key::{Key, Shape, TableKeys};
use crate::domain::IdentityRule;

const URL: Shape =
    Shape::Matching { what: "an address on the web", pattern: "^\\s*[Hh][Tt][Tt][Pp][Ss]?://\\S+\\s*$" };
const URLS: Shape = Shape::OneOrMore(&URL);
const SELECTOR: Shape = Shape::Text("a CSS selector");
const PATH: Shape = Shape::AnyText("a path of keys and list indexes");
/// A rule that stands beside `page` or `json`.
const RULE: Shape = Shape::AnyText("a CSS selector for `page`, a path for `json`");

fn identities() -> Vec<&'static str> {
    IdentityRule::ALL.iter().map(|rule| rule.as_str()).collect()
}

pub(in crate::config) static SOURCE: TableKeys = TableKeys {
    table: "[[source]]",
    about: "Where sanctionwatch reads: feeds, pages and JSON listings. A source has at least one of `url`, `json`, \
            `page` and `search`; they are tried in this order, and the first that can be read is taken.",
    keys: &[
        Key::new(
            "name",
            Shape::Text("a name in one line"),
            "Unique; the same name over restarts is the same source.",
        )
        .required()
        .such_as(&["\"Al Jazeera\""]),
        Key::new(
            "url",
            URLS,
            "A feed (RSS, Atom, RDF, JSON Feed), or several addresses of it, tried in order.",
        )
        .such_as(&["\"https://example.org/feed.xml\"", "[\"https://example.org/feed.xml\", \"https://example.org/rss\"]"]),
        Key::new(
            "json",
            Shape::Either(&[URLS, Shape::Table(&JSON)]),
            "A JSON listing, read with `items`, `title` and the other rules as paths; or a table with its own rules.",
        )
        .such_as(&[
            "\"https://example.org/api/releases.json\"",
            "{ url = \"https://example.org/api\", items = \"data\", title = \"title\" }",
        ]),
        Key::new(
            "page",
            Shape::Either(&[URLS, Shape::Table(&PAGE)]),
            "An HTML page, read with `item`, `title` and the other rules as CSS selectors; or a table with its own \
             rules.",
        )
        .such_as(&[
            "\"https://example.org/news\"",
            "{ url = \"https://example.org/news\", item = \".row\", title = \"h2 a\" }",
        ]),
        Key::new(
            "search",
            URLS,
            "A feed of somebody else's search for what the source published, or a list of them; asked without the \
             source's login and headers.",
        )
        .such_as(&["\"https://search.example.org/rss?q=site:example.org\""]),
        Key::new("item", SELECTOR, "Of a page: one match for each entry.")
            .otherwise("must be given beside `page`")
            .such_as(&["\".row\""]),
        Key::new(
            "items",
            PATH,
            "Of a JSON listing: the list of entries; \"\" where the document itself is that list.",
        )
        .otherwise("must be given beside `json`")
        .such_as(&["\"data.items\"", "\"\""]),
        Key::new("title", RULE, "The headline of an entry; in a page it may name the item itself.")
            .otherwise("must be given beside `page` or `json`")
            .such_as(&["\"a\""]),
        Key::new("link", RULE, "The link of an entry, which may be relative.")
            .otherwise("in a page the title's own or inner link, in a JSON listing none")
            .such_as(&["\"a\""]),
        Key::new(
            "date",
            RULE,
            "The date of an entry. In a page the attribute `datetime`, else the text; in a JSON listing a text, or \
             seconds or milliseconds since 1970.",
        )
        .otherwise("undated")
        .such_as(&["\"time\""]),
        Key::new("summary", RULE, "The summary of an entry.").such_as(&["\"p\""]),
        Key::new(
            "lang",
            Shape::Matching { what: "a language code of two letters", pattern: "^\\s*[A-Za-z]{2}([-_].*)?\\s*$" },
            "The language of the entries. What is in a language without vocabulary is counted as `no-vocabulary`.",
        )
        .otherwise("found from each text")
        .such_as(&["\"en\""]),
        Key::new(
            "speaks-for",
            Shape::Text("a country or bloc: name, code or demonym"),
            "An official source acts for its state.",
        )
        .otherwise("nobody")
        .such_as(&["\"United States\"", "\"EU\""]),
        Key::new(
            "identity",
            Shape::Term(identities),
            "By what its items are known again: `guid`, `link` or `title` alone, or `auto`: by all of them; guids that \
             change from poll to poll are found out.",
        )
        .usually("\"auto\"")
        .such_as(&["\"link\""]),
        Key::new("interval", INTERVAL, "Time between two polls.")
            .otherwise("that of [fetch]")
            .such_as(&["\"15m\""]),
        Key::new("longest-interval", INTERVAL, "The longest time between two polls.")
            .otherwise("twice `interval` where that is given, else that of [fetch]")
            .such_as(&["\"30m\""]),
        Key::new("stale-after", STALE_AFTER, "How old its newest item may grow before the operator is told.")
            .otherwise("that of [fetch]")
            .such_as(&["\"90d\""]),
        Key::new("allow-addresses", ADDRESS_RANGES, "Private address ranges that this source may be polled at.")
            .usually("[]")
            .such_as(&["[\"10.0.0.0/8\"]"]),
        Key::new(
            "full-text",
            Shape::Boolean,
            "Whether the article is read of an item that a watch may ask for, where the headline leaves it undecided \
             or it will be told. What cannot be read within two minutes is decided by what the feed says.",
        )
        .usually("false")
        .such_as(&["true"]),
        Key::new(
            "headers",
            Shape::Entries(&Shape::Either(&[Shape::Text("a text"), Shape::Table(&HEADERS)])),
            "Further headers of requests: texts, or secrets that are named like a password. Logins and headers go to \
             the scheme, host and port of the source's addresses and are left behind by a redirect elsewhere; secrets \
             need https.",
        )
        .such_as(&["{ Accept-Language = \"en\", X-Api-Key = { credential = \"agency-key\" } }"]),
        Key::new("user", Shape::Text("a user name"), "Where the server asks for a login, with its password.")
            .such_as(&["\"desk\""]),
        Key::new(
            "password-credential",
            CREDENTIAL,
            "Names a systemd credential, else a file, else an environment variable that holds the password of `user`.",
        )
        .such_as(&["\"agency-password\""]),
        Key::new(
            "token-credential",
            CREDENTIAL,
            "Or names what holds a token, for `Authorization: Bearer …`.",
        )
        .such_as(&["\"agency-token\""]),
        Key::new(
            "proxy",
            Shape::Boolean,
            "Whether it is asked over the proxy, where [fetch] has one. Say no for sources in your own network.",
        )
        .usually("true")
        .such_as(&["false"]),
        Key::new(
            "robots",
            Shape::Boolean,
            "Whether its pages, and the articles of `full-text`, are read only where their servers' robots.txt lets \
             programs do so. Say no where its owner agreed. Feeds and JSON listings are made for programs and not \
             asked.",
        )
        .usually("true")
        .such_as(&["false"]),
    ],
};

pub(in crate::config) static PAGE: TableKeys = TableKeys {
    table: "page",
    about: "An HTML page with its own rules, as a table: `page = { url = \"…\", item = \"…\", title = \"…\" }`. All but \
            `item` apply inside an item.",
    keys: &[
        Key::new("url", URLS, "Its address, or several, tried in order.")
            .required()
            .such_as(&["\"https://example.org/news\""]),
        Key::new("item", SELECTOR, "One match for each entry.").required().such_as(&["\".row\""]),
        Key::new("title", SELECTOR, "Its headline; may name the item itself.")
            .required()
            .such_as(&["\"a\"", "\"h2 a\""]),
        Key::new("link", SELECTOR, "Its link.")
            .otherwise("the title's own or inner link")
            .such_as(&["\"a\""]),
        Key::new("date", SELECTOR, "Its date: the attribute `datetime`, else the text.")
            .otherwise("undated")
            .such_as(&["\"time\""]),
        Key::new("summary", SELECTOR, "Its summary.").such_as(&["\"p\""]),
    ],
};

pub(in crate::config) static JSON: TableKeys = TableKeys {
    table: "json",
    about: "A JSON listing with its own rules, as a table: `json = { url = \"…\", items = \"…\", title = \"…\" }`. All \
            but `items` start at an item.",
    keys: &[
        Key::new("url", URLS, "Its address, or several, tried in order.")
            .required()
            .such_as(&["\"https://example.org/api/releases.json\""]),
        Key::new("items", PATH, "The list of entries; \"\" where the document itself is that list.")
            .required()
            .such_as(&["\"data.items\"", "\"\""]),
        Key::new("title", PATH, "Its headline.").required().such_as(&["\"title\""]),
        Key::new("link", PATH, "Its link, which may be relative.").such_as(&["\"links.0.url\""]),
        Key::new("date", PATH, "Its date: a text, or seconds or milliseconds since 1970.")
            .otherwise("undated")
            .such_as(&["\"published\""]),
        Key::new("summary", PATH, "Its summary.").such_as(&["\"abstract\""]),
    ],
};

pub(in crate::config) static HEADERS: TableKeys = TableKeys {
    table: "headers",
    about: "A header whose value is a secret: `headers = { X-Api-Key = { credential = \"…\" } }`.",
    keys: &[Key::new(
        "credential",
        CREDENTIAL,
        "Names a systemd credential, else a file, else an environment variable that holds the value.",
    )
    .required()
    .such_as(&["\"agency-key\""])],
};
