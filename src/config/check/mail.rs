//! `[smtp]` and `[mail]`: how mail leaves, to a server or into a folder.

use super::secret::secret;
use super::{World, single};
use crate::config::duration::SECOND;
use crate::config::keys::{self, SECURITIES};
use crate::config::reader::{Table, Value};
use crate::config::wording::{nearest, one_of, quoted};
use crate::domain::{MailAddress, Secret, SmtpSecurity, SmtpSettings};
use lettre::message::Mailbox;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

/// Most messages in a minute, unless the operator says otherwise. One connection hands them over one after the
/// other.
const USUAL_MOST_PER_MINUTE: NonZeroU32 = NonZeroU32::MIN.saturating_add(119);

/// So long a server may take for its answer to a whole message, whatever `timeout` says (RFC 5321 §4.5.3.2.6).
const LEAST_ANSWER_TIMEOUT: Duration = Duration::from_mins(10);

/// What helps where somebody is to get mail and no way is given.
pub(super) const HOW_TO_SEND: &str =
    "add `[smtp]` (a mail server), or `[mail]` with `folder` (mail as .eml files)";

/// The two ways, of which one at most is usable.
pub(super) struct MailSettings {
    /// One of them is written, be it right or wrong.
    pub(super) given: bool,
    pub(super) smtp: Option<SmtpSettings>,
    pub(super) folder: Option<PathBuf>,
}

pub(super) fn settings(roots: &[Table<'_>], world: &World<'_>) -> MailSettings {
    let smtp_table = single(roots, "smtp", &keys::SMTP);
    let mail_table = single(roots, "mail", &keys::MAIL);
    if let (Some(smtp), Some(mail)) = (&smtp_table, &mail_table) {
        mail.mark.wrong_with_help(
            "mail goes either to a server or into a folder, not both",
            format!("remove this table, or `[smtp]` at {}", smtp.mark),
        );
    }
    MailSettings {
        given: smtp_table.is_some() || mail_table.is_some(),
        smtp: smtp_table.and_then(|table| smtp(&table, world)),
        folder: mail_table.and_then(|table| {
            let value = table.required("folder")?;
            Some(world.output_path(&value.mark.file.path, value.string()?))
        }),
    }
}

fn smtp(table: &Table<'_>, world: &World<'_>) -> Option<SmtpSettings> {
    let host = table.required("host").and_then(|value| host(&value));
    let (security, default_port) =
        table.or("security", (SmtpSecurity::StartTls, 587), |value| security(&value));
    let port =
        table.or("port", default_port, |value| value.integer().and_then(|port| u16::try_from(port).ok()));
    let login = login(table, world, "user", "password-credential");
    if let (SmtpSecurity::None, Some(user), Some(host)) = (security, table.value("user"), &host)
        && !is_this_machine(host)
    {
        user.mark.wrong_with_help(
            "the password would cross the network unencrypted",
            "set `security` to \"starttls\" or \"tls\", or leave out `user` and `password-credential`",
        );
    }
    let from = table.required("from").and_then(|value| sender(&value));
    let timeout = table.or("timeout", 60 * SECOND, |value| value.duration());
    let most_per_minute = table.or("most-per-minute", USUAL_MOST_PER_MINUTE, |value| {
        value.integer().and_then(|most| u32::try_from(most).ok()?.try_into().ok())
    });
    let ca_file = table.value("ca-file").and_then(|value| world.certificates(&value));
    let (from_name, from) = from?;
    Some(SmtpSettings {
        host: host?,
        port,
        security,
        login,
        from_name,
        from,
        timeout,
        answer_timeout: timeout.max(LEAST_ANSWER_TIMEOUT),
        most_per_minute,
        ca_file,
    })
}

/// Whether nobody stands between us and a host.
pub(super) fn is_this_machine(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

fn host(value: &Value<'_>) -> Option<String> {
    let text = value.string()?.trim();
    // A bare IPv6 address needs no brackets here, as it has no port behind it.
    let valid =
        text.parse::<IpAddr>().is_ok() || (!text.contains(['/', ':', '@']) && url::Host::parse(text).is_ok());
    if valid {
        Some(text.to_owned())
    } else {
        value.wrong(
            format!("{} is no host name", quoted(text)),
            "only the name, such as \"mail.example.org\"; the port has its own key",
        )
    }
}

fn security(value: &Value<'_>) -> Option<(SmtpSecurity, u16)> {
    let written = value.string()?.trim();
    if let Some((_, security, port)) = SECURITIES.iter().find(|(word, ..)| *word == written) {
        return Some((*security, *port));
    }
    let words: Vec<&str> = SECURITIES.iter().map(|(word, ..)| *word).collect();
    let help = nearest(written, words.iter().copied())
        .map_or_else(|| format!("there are {}", one_of(&words)), |near| format!("did you mean \"{near}\"?"));
    value.wrong(format!("{} is not one of `security`", quoted(written)), help)
}

/// A user's name and the password that goes with it, by their keys.
pub(super) fn login(
    table: &Table<'_>,
    world: &World<'_>,
    user_key: &'static str,
    password_key: &'static str,
) -> Option<(String, Secret)> {
    let (user, credential) = (table.value(user_key), table.value(password_key));
    let user_text = user.as_ref().and_then(Value::string);
    let secret_text = credential.as_ref().and_then(|value| secret(value, world, "password"));
    match (user, credential) {
        (Some(_), Some(_)) => Some((user_text?.to_owned(), secret_text?)),
        (Some(one), None) => one.wrong(
            format!("{} has a `{user_key}` and no `{password_key}`", table.name()),
            "name a systemd credential, a file, or an environment variable that holds the password",
        ),
        (None, Some(one)) => one.wrong(
            format!("{} has a `{password_key}` and no `{user_key}`", table.name()),
            "add the user name, or leave both out",
        ),
        (None, None) => None,
    }
}

/// "Name <address>" or only the address.
fn sender(value: &Value<'_>) -> Option<(Option<String>, MailAddress)> {
    let text = value.string()?.trim();
    let parsed = (!text.chars().any(char::is_control)).then(|| text.parse::<Mailbox>().ok());
    let Some(mailbox) = parsed.flatten() else {
        return value.wrong("`from` is no mail address", "such as \"Sanctions watch <alerts@example.org>\"");
    };
    Some((mailbox.name, mailbox.email.to_string().parse().ok()?))
}
