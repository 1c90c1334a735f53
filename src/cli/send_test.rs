//! `send-test`: a sample alert and a sample digest, and what the server said of them.

use super::exit::{CONFIG, Failure, UNAVAILABLE};
use super::{output, runtime, settings};
use crate::config::Config;
use crate::daemon::{self, Clock};
use crate::deliver::channel::{Channel, FolderChannel, SendError, SmtpChannel, Stage};
use crate::deliver::render::{self, Letterhead, Rendered, Unsubscribe};
use crate::deliver::sample::sample_alerts;
use crate::domain::{
    Delivery, DeliveryId, DeliveryState, MailAddress, Purpose, Recipient, Subscriber, SubscriberKey,
    WatchName,
};
use anyhow::{Context, anyhow};
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::io::Write;
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// To whom.
    address: MailAddress,
}

pub(super) fn command(global: &super::Arguments, options: &Arguments) -> Result<ExitCode, Failure> {
    let config = settings::load_to_send(global)?.config;
    let (mut channel, way) = channel(&config)?;
    let recipient = match &channel {
        Channel::Folder(_) => Recipient::File(options.address.clone()),
        _ => Recipient::Smtp(options.address.clone()),
    };
    let now = Clock::System.now();
    let samples = samples(&config, &options.address, now)?;
    let mut out = output::stdout();
    let done = runtime()?.block_on(async {
        for (what, rendered) in samples {
            let delivery = Delivery {
                id: DeliveryId(0),
                purpose: Purpose::Alerts,
                recipient: recipient.clone(),
                message_id: rendered.message_id,
                subject: rendered.subject,
                bytes: rendered.bytes,
                state: DeliveryState::Pending,
                attempts: 0,
                created: now,
            };
            let answer = match channel.offer(&delivery, now).await {
                Ok(offered) => offered.complete().await,
                Err(error) => Err(error),
            };
            match answer {
                Ok(answer) => writeln!(out, "{what}: sent by {way}: {}", output::plain(answer.as_str()))?,
                Err(error) => {
                    writeln!(out, "{what}: {}", output::plain(&error.to_string()))?;
                    channel.close().await;
                    return Ok(Some(error));
                }
            }
        }
        channel.close().await;
        Ok::<_, Failure>(None)
    })?;
    out.flush()?;
    match done {
        None => Ok(ExitCode::SUCCESS),
        Some(error) => Err(Failure::new(UNAVAILABLE, anyhow!("{}", advice(&error)))),
    }
}

/// The way mail leaves, and what an operator knows it by.
fn channel(config: &Config) -> Result<(Channel, String), Failure> {
    if let Some(smtp) = config.smtp.clone() {
        let way = format!("{}:{}", smtp.host, smtp.port);
        let channel = SmtpChannel::new(smtp).map_err(|error| Failure::new(CONFIG, error.into()))?;
        return Ok((Channel::Smtp(Box::new(channel)), way));
    }
    let Some(folder) = &config.mail_folder else {
        return Err(Failure::new(
            CONFIG,
            anyhow!("no way to send mail is configured: add `[smtp]` or `[mail]`"),
        ));
    };
    Ok((Channel::Folder(FolderChannel::new(folder.clone())), folder.display().to_string()))
}

/// A sample alert and a sample digest, as they would be sent to a subscriber.
fn samples(
    config: &Config,
    address: &MailAddress,
    now: Timestamp,
) -> Result<[(&'static str, Rendered); 2], Failure> {
    let watch = config.watches.first().map(|watch| watch.name.clone());
    let watch = watch.or_else(|| WatchName::new("Sample")).context("a sample has a watch")?;
    let alerts = sample_alerts(&watch, now);
    let key = SubscriberKey::Mail(address.clone());
    let known = config.subscribers.iter().find(|subscriber| subscriber.key == key).cloned();
    let subscriber = known.unwrap_or_else(|| Subscriber::usual(key, BTreeSet::from([watch])));
    let sender = daemon::sender(config).context("cannot set up the delivery of mail")?;
    // As a real one looks, and nobody's.
    let page = daemon::page(config, "unsubscribe", &daemon::random_token()?);
    let letterhead = Letterhead {
        subscriber: &subscriber,
        sender: &sender,
        unsubscribe: Unsubscribe { page: page.as_ref(), mail: daemon::answered(config, &sender) },
    };
    let templates = daemon::templates(config)?;
    let render = |alerts| {
        let rendered = render::mail(alerts, &letterhead, &templates, now);
        rendered.map_err(|error| Failure::internal(error.into()))
    };
    Ok([
        ("A sample alert", render(alerts.get(..1).unwrap_or_default())?),
        ("A sample digest", render(&alerts)?),
    ])
}

/// What to look at, by where it failed.
fn advice(error: &SendError) -> &'static str {
    match error {
        SendError::Channel { stage: Stage::Connect, .. } => {
            "no server answers there: look at `host`, `port` and `security` in [smtp] (a port for `tls` does not \
             speak `starttls`), and at firewalls"
        }
        SendError::Channel { stage: Stage::StartTls, .. } => {
            "no encrypted connection: `host` must be a name in the server's certificate; `ca-file` names an \
             authority of your own; a server without STARTTLS wants `security = \"tls\"` (port 465)"
        }
        SendError::Channel { stage: Stage::Login, .. } => {
            "the login was refused: look at `user`, and at what `password-credential` holds"
        }
        SendError::Channel { stage: Stage::Sender, .. } => {
            "the server does not take mail in this name: look at `from`, and whether `user` may send for it"
        }
        SendError::Temporary { stage: Stage::Recipient, .. } => {
            "the server does not take mail for this address from here now: where it speaks of relaying, it wants \
             a login (`user`, `password-credential`); where it speaks of greylisting, later is enough"
        }
        SendError::Recipient { .. } => "the address is refused there: is it written right?",
        SendError::Message { .. } => "the message itself is refused: the server's answer says why",
        SendError::InDoubt { .. } => "the message was handed over and no answer came: it may have arrived",
        SendError::Channel { stage: Stage::Write, .. } => "the folder cannot be written: look at its rights",
        SendError::Channel { .. } | SendError::Temporary { .. } => {
            "the server will not have it now: its answer says why; the daemon would try again"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::check_text;

    #[test]
    fn the_samples_are_an_alert_and_a_digest_for_the_first_watch() {
        let text = "[[watch]]\nname = \"Cuba\"\ncountries = [\"Cuba\"]\n[mail]\nfolder = \"m\"\n\
                    [[source]]\nname = \"S\"\nurl = \"https://example.org/\"\n";
        let config = check_text(text).unwrap_or_else(|errors| panic!("{errors}")).config;
        let now = "2026-08-12T09:00:00Z".parse().unwrap();
        let [(_, alert), (_, digest)] =
            samples(&config, &"a@example.org".parse().unwrap(), now).map_err(|_| "failed").unwrap();
        assert!(digest.subject.contains("stories: "), "{}", digest.subject);
        assert_ne!(alert.message_id, digest.message_id);
        assert!(String::from_utf8_lossy(&alert.bytes).contains("Watch: Cuba"));
    }
}
