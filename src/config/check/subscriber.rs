//! `[[subscriber]]`: who gets mail, for which watches, when.

use super::mail::HOW_TO_SEND;
use super::odd::{Clock, skipped};
use super::{Seen, points, times};
use crate::config::keys;
use crate::config::reader::{Table, Value};
use crate::config::wording::{nearest, one_of, quoted};
use crate::domain::{DeliverWhen, MailAddress, QuietHours, Subscriber, SubscriberKey, Watch, WatchName};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// What happens to a digest whose time is skipped.
const DIGEST: &str = "the digest comes";

const WHEN: &str = "\"at once\", { daily = \"07:30\" } or { weekly = \"Mon 07:30\" }";

pub(super) fn all(
    tables: &[Table<'_>],
    watches: &[(WatchName, Option<Watch>)],
    mail_given: bool,
    now: Timestamp,
) -> Vec<Subscriber> {
    let mut seen = Seen::new("this subscriber");
    if let (Some(first), false) = (tables.first(), mail_given) {
        first.mark.missing("a subscriber gets mail, and no way to send mail is given", HOW_TO_SEND);
    }
    tables
        .iter()
        .filter_map(|table| {
            let address = table.required("email").and_then(|value| {
                let address = mail_address(&value)?;
                seen.is_new(address.key(), &value.mark).then_some(address)
            });
            let names = table.required("watches").and_then(|value| value.filled_list());
            let names = names.into_iter().flatten().filter_map(|value| watch_name(&value, watches)).collect();
            let usual = Subscriber::usual(SubscriberKey::Mail(address?), names);
            let time_zone = table.or("time-zone", TimeZone::UTC, |value| times::time_zone(&value));
            let clock = Clock { zone: &time_zone, now };
            let deliver = table.or("deliver", usual.deliver, |value| deliver(&value, clock));
            Some(Subscriber {
                deliver,
                quiet: table.value("quiet").and_then(|value| quiet(&value, deliver, clock)),
                gather: table.or("gather", usual.gather, |value| value.duration()),
                most_per_hour: table.or("most-per-hour", usual.most_per_hour, |value| {
                    let most = value.integer()?;
                    u32::try_from(most).ok()?.try_into().ok()
                }),
                confirm: table.or("confirm", usual.confirm, |value| value.boolean()),
                time_zone,
                ..usual
            })
        })
        .collect()
}

/// A mail address. Its text is never quoted: messages end in logs.
pub(super) fn mail_address(value: &Value<'_>) -> Option<MailAddress> {
    value
        .string()?
        .parse()
        .map_err(|error| {
            value.wrong::<()>(
                format!("`{}` is no mail address: {error}", value.key),
                "such as \"desk@example.org\"",
            )
        })
        .ok()
}

pub(super) fn watch_name(value: &Value<'_>, watches: &[(WatchName, Option<Watch>)]) -> Option<WatchName> {
    let written = value.string()?.trim();
    let known = watches.iter().map(|(name, _)| name);
    if let Some(name) = known.clone().find(|name| name.as_str() == written) {
        return Some(name.clone());
    }
    let names: Vec<&str> = known.map(WatchName::as_str).collect();
    let help = match nearest(written, names.iter().copied()) {
        Some(near) => format!("did you mean \"{near}\"?"),
        None if names.is_empty() => "no `[[watch]]` is given".to_owned(),
        None => format!("there are {}", one_of(&names)),
    };
    value.mark.missing(format!("no watch is named {}", quoted(written)), help);
    None
}

fn deliver(value: &Value<'_>, clock: Clock<'_>) -> Option<DeliverWhen> {
    if value.is_string() {
        let written = value.string()?.trim();
        if written == "at once" {
            return Some(DeliverWhen::AtOnce);
        }
        return value.wrong(format!("{} is not when to deliver", quoted(written)), WHEN);
    }
    let table = value.table(&keys::DELIVER)?;
    let (daily, weekly) = (table.value("daily"), table.value("weekly"));
    match (daily, weekly) {
        (Some(daily), None) => {
            let time = times::time(&daily)?;
            skipped(&daily, clock, time, None, DIGEST);
            Some(DeliverWhen::Daily(time))
        }
        (None, Some(weekly)) => {
            let (day, time) = times::weekly(&weekly)?;
            skipped(&weekly, clock, time, Some(day), DIGEST);
            Some(DeliverWhen::Weekly(day, time))
        }
        _ => value.wrong("`deliver` is either daily or weekly", WHEN),
    }
}

/// `{ from = "22:00", to = "07:00", unless = 6.0 }`.
fn quiet(value: &Value<'_>, deliver: DeliverWhen, clock: Clock<'_>) -> Option<QuietHours> {
    let table = value.table(&keys::QUIET)?;
    let from = table.required("from").and_then(|value| times::time(&value));
    let to = table.required("to").and_then(|value| times::time(&value));
    let unless = table.value("unless").and_then(|value| points(&value));
    let (from, to) = (from?, to?);
    if from == to {
        return value
            .wrong("these quiet hours end when they begin", "such as { from = \"22:00\", to = \"07:00\" }");
    }
    if deliver != DeliverWhen::AtOnce {
        return value.wrong(
            "quiet hours are for alerts that come at once: a digest comes at its hour",
            "leave `quiet` out, or set `deliver` to \"at once\"",
        );
    }
    if let Some(value) = table.value("to") {
        skipped(&value, clock, to, None, "what waits comes");
    }
    Some(QuietHours { from, to, unless })
}
