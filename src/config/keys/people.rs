//! The keys of `[[subscriber]]` and `[[webhook]]`.

use super::fetch::{ADDRESS_RANGES, CREDENTIAL};
use super::house::{DAY_AND_TIME, MAIL_ADDRESS, TIME, TIME_ZONE};
use super::key::{Key, Shape, TableKeys};
use super::watch::POINTS;
use std::time::Duration;

const WATCHES: Shape = Shape::FilledList(&Shape::Text("the name of a watch"));

fn at_once() -> Vec<&'static str> {
    vec!["at once"]
}

pub(in crate::config) static SUBSCRIBER: TableKeys = TableKeys {
    table: "[[subscriber]]",
    about: "Who gets mail. Without any, alerts go to the log only; they go there in any case. A subscriber needs \
            [smtp] or [mail].",
    keys: &[
        Key::new(
            "email",
            MAIL_ADDRESS,
            "The address; the same address over restarts is the same subscriber.",
        )
        .required()
        .such_as(&["\"desk@example.org\""]),
        Key::new("watches", WATCHES, "Names of watches.").required().such_as(&["[\"Iran and Belarus\"]"]),
        Key::new(
            "deliver",
            Shape::Either(&[Shape::Term(at_once), Shape::Table(&DELIVER)]),
            "\"at once\", or a digest: `{ daily = \"07:30\" }` or `{ weekly = \"Mon 07:30\" }`.",
        )
        .usually("\"at once\"")
        .such_as(&["{ daily = \"07:30\" }", "{ weekly = \"Mon 07:30\" }"]),
        Key::new("time-zone", TIME_ZONE, "In which times are meant and shown.")
            .usually("\"UTC\"")
            .such_as(&["\"Europe/Berlin\""]),
        Key::new(
            "quiet",
            Shape::Table(&QUIET),
            "Hours in which nothing is sent at once, but for what scores at least `unless`: it comes when they end.",
        )
        .such_as(&["{ from = \"22:00\", to = \"07:00\" }", "{ from = \"22:00\", to = \"07:00\", unless = 6.0 }"]),
        Key::new(
            "gather",
            Shape::Duration { least: Duration::ZERO, most: Duration::from_hours(24) },
            "How long after a message further alerts are gathered into the next one: the first comes at once, a burst \
             comes as two.",
        )
        .usually("\"2m\"")
        .such_as(&["\"10m\""]),
        Key::new(
            "most-per-hour",
            // A program that reads mail may want more than any person.
            Shape::Whole { least: 1, most: 10_000 },
            "Most messages in an hour; what is more comes as one when the hour is over.",
        )
        .usually("12")
        .such_as(&["4"]),
        Key::new(
            "confirm",
            Shape::Boolean,
            "Whether nothing but one question is sent before the address was confirmed.",
        )
        .usually("false")
        .such_as(&["true"]),
    ],
};

pub(in crate::config) static DELIVER: TableKeys = TableKeys {
    table: "deliver",
    about: "When a digest is sent, in the subscriber's zone: either every day or every week.",
    keys: &[
        Key::new("daily", TIME, "Every day at this time.").such_as(&["\"07:30\""]),
        Key::new("weekly", DAY_AND_TIME, "Every week on this day at this time.").such_as(&["\"Mon 07:30\""]),
    ],
};

pub(in crate::config) static QUIET: TableKeys = TableKeys {
    table: "quiet",
    about: "Quiet hours, in the subscriber's zone; they may run over midnight.",
    keys: &[
        Key::new("from", TIME, "When they begin.").required().such_as(&["\"22:00\""]),
        Key::new("to", TIME, "When they end.").required().such_as(&["\"07:00\""]),
        Key::new("unless", POINTS, "What scores at least so much is sent all the same.").such_as(&["6.0"]),
    ],
};

pub(in crate::config) static WEBHOOK: TableKeys = TableKeys {
    table: "[[webhook]]",
    about: "Programs that are told of each alert at once: one signed POST of a JSON object for each.",
    keys: &[
        Key::new(
            "name",
            Shape::Text("a name in one line"),
            "Unique; the same name over restarts is the same webhook, also at another address.",
        )
        .required()
        .such_as(&["\"Desk bot\""]),
        Key::new(
            "url",
            Shape::Matching { what: "an address on the web", pattern: "^\\s*[Hh][Tt][Tt][Pp][Ss]?://\\S+\\s*$" },
            "https, or http at a private address that is listed in `allow-addresses`.",
        )
        .required()
        .such_as(&["\"https://hooks.example.org/in\""]),
        Key::new("watches", WATCHES, "Names of watches.").required().such_as(&["[\"Iran and Belarus\"]"]),
        Key::new(
            "secret-credential",
            CREDENTIAL,
            "Names a systemd credential, else a file, else an environment variable that holds the secret, at least 16 \
             bytes; behind `whsec_` they are written in Base64.",
        )
        .required()
        .such_as(&["\"desk-bot-secret\""]),
        Key::new(
            "allow-addresses",
            ADDRESS_RANGES,
            "Private address ranges that it may be called at. Those of [fetch] are for sources only.",
        )
        .usually("[]")
        .such_as(&["[\"10.0.0.0/8\"]"]),
    ],
};
