//! `[operator]`, `[listen]` and `[templates]`: who is told of trouble, where the daemon can be asked, and
//! what its mails look like.

use super::mail::HOW_TO_SEND;
use super::odd::{Clock, skipped};
use super::subscriber::mail_address;
use super::{World, times};
use crate::config::model::TemplateFiles;
use crate::config::reader::{Table, Value};
use crate::config::wording::quoted;
use crate::domain::{ListenSettings, OperatorSettings};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::net::SocketAddr;
use url::{Host, Url};

pub(super) fn operator(table: Option<&Table<'_>>, mail_given: bool, now: Timestamp) -> OperatorSettings {
    let default = OperatorSettings::default();
    let Some(table) = table else { return default };
    let email = table.value("email").and_then(|value| {
        let address = mail_address(&value);
        if address.is_some() && !mail_given {
            return value.wrong("the operator gets mail, and no way to send mail is given", HOW_TO_SEND);
        }
        address
    });
    let time_zone = table.or("time-zone", TimeZone::UTC, |value| times::time_zone(&value));
    let summary = table.value("summary").and_then(|value| {
        let summary = times::weekly(&value);
        if let Some((day, time)) = summary {
            skipped(&value, Clock { zone: &time_zone, now }, time, Some(day), "the summary comes");
        }
        if table.value("email").is_none() {
            return value.wrong("a summary is sent by mail, and the operator has no `email`", "add `email`");
        }
        summary
    });
    OperatorSettings {
        email,
        silence: table.or("silence", default.silence, |value| value.duration()),
        source_failing: table.or("source-failing", default.source_failing, |value| value.duration()),
        summary,
        time_zone,
    }
}

pub(super) fn listen(table: Option<&Table<'_>>) -> Option<ListenSettings> {
    let table = table?;
    let address = table.required("address").and_then(|value| {
        let written = value.string()?.trim();
        written.parse::<SocketAddr>().ok().or_else(|| {
            value.wrong(
                format!("{} is no address with a port", quoted(written)),
                "such as \"127.0.0.1:8642\", or \"[::]:8642\" for every interface",
            )
        })
    });
    let public_url = table.value("public-url").and_then(|value| public_url(&value));
    let loopback = address.is_none_or(|address| address.ip().is_loopback());
    let metrics = table.or("metrics", loopback, |value| value.boolean());
    Some(ListenSettings { address: address?, public_url, metrics })
}

/// The base of the links that readers get. Mail programs press a one-click link only over HTTPS (RFC 8058);
/// plain HTTP is for trying it out on one machine.
fn public_url(value: &Value<'_>) -> Option<Url> {
    const EXAMPLE: &str = "such as \"https://alerts.example.org/\"";
    let written = value.string()?.trim();
    let Some(mut url) = Url::parse(written).ok().filter(|url| !url.cannot_be_a_base()) else {
        return value.wrong(format!("{} is no address", quoted(written)), EXAMPLE);
    };
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    if url.scheme() != "https" && !(url.scheme() == "http" && loopback) {
        return value.wrong("readers' links must be https", EXAMPLE);
    }
    if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        return value.wrong("only scheme, host, port and path", EXAMPLE);
    }
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Some(url)
}

pub(super) fn templates(table: Option<&Table<'_>>, world: &World<'_>) -> TemplateFiles {
    let Some(table) = table else { return TemplateFiles::default() };
    let read = |value: Value<'_>| world.text(&value);
    TemplateFiles { html: table.value("html").and_then(read), text: table.value("text").and_then(read) }
}
