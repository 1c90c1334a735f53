//! The keys of `[smtp]` and `[mail]`.

use super::fetch::{CREDENTIAL, TIMEOUT};
use super::key::{Key, Shape, TableKeys};
use crate::domain::SmtpSecurity;

/// How the connection may be secured: the word, what it means, and the usual port.
pub(in crate::config) const SECURITIES: &[(&str, SmtpSecurity, u16)] = &[
    ("starttls", SmtpSecurity::StartTls, 587),
    ("tls", SmtpSecurity::Tls, 465),
    ("none", SmtpSecurity::None, 25),
];

fn securities() -> Vec<&'static str> {
    SECURITIES.iter().map(|(word, ..)| *word).collect()
}

pub(in crate::config) static SMTP: TableKeys = TableKeys {
    table: "[smtp]",
    about: "Mail over a server. Either this or [mail].",
    keys: &[
        Key::new("host", Shape::Text("a host name"), "The server: its name only, without a port.")
            .required()
            .such_as(&["\"mail.example.org\""]),
        Key::new(
            "security",
            Shape::Term(securities),
            "How the connection is secured; `none` is for a relay on this machine.",
        )
        .usually("\"starttls\"")
        .such_as(&["\"tls\""]),
        Key::new("port", Shape::Whole { least: 1, most: 65_535 }, "Its port.")
            .otherwise("587 for starttls, 465 for tls, 25 for none")
            .such_as(&["587"]),
        Key::new("user", Shape::Text("a user name"), "Where the server asks for a login.").such_as(&["\"alerts\""]),
        Key::new(
            "password-credential",
            CREDENTIAL,
            "Names a systemd credential, else a file, else an environment variable that holds the password; never the \
             password itself.",
        )
        .such_as(&["\"smtp-password\""]),
        Key::new("from", Shape::Text("a mail address, with a name where wished"), "The sender.")
            .required()
            .such_as(&["\"Sanctions watch <alerts@example.org>\""]),
        Key::new(
            "timeout",
            TIMEOUT,
            "Most time for each step. For its answer to a whole message the server has 10m in any case.",
        )
        .usually("\"60s\"")
        .such_as(&["\"2m\""]),
        Key::new(
            "most-per-minute",
            Shape::Whole { least: 1, most: 100_000 },
            "Most messages in a minute, over the one connection.",
        )
        .usually("120")
        .such_as(&["30"]),
        Key::new(
            "ca-file",
            Shape::Text("the path of a PEM file"),
            "A certificate authority that is trusted besides the system's.",
        )
        .such_as(&["\"ca.pem\""]),
    ],
};

pub(in crate::config) static MAIL: TableKeys = TableKeys {
    table: "[mail]",
    about: "Or mail as files, one .eml each, for trying out or for another program to send.",
    keys: &[Key::new("folder", Shape::Text("the path of a folder"), "Where the files are put.")
        .required()
        .such_as(&["\"mail\""])],
};
