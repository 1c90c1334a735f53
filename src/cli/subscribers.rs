//! `subscribers`: who gets mail and how they stand, and an operator's decisions on them.

use super::exit::{Failure, USAGE};
use super::{look, may_be_there, output, runtime, settings};
use crate::config::Config;
use crate::daemon::{Clock, random_token};
use crate::domain::{
    DeliverWhen, MailAddress, Standing, Subscriber, SubscriberKey, Subscription, Token, WatchName,
};
use crate::store::{Store, Transaction};
use anyhow::anyhow;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::io::Write;
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
    /// Print JSON Lines.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Send a subscriber nothing until they are resumed.
    Suspend(Whom),
    /// Send a suspended subscriber alerts again, from now on.
    Resume(Whom),
    /// End a subscriber's alerts because they asked for it, of one watch or of all. It outlives restarts.
    Unsubscribe(WhomAndWatch),
    /// Take an unsubscription back because they asked for it.
    Resubscribe(WhomAndWatch),
    /// Ask a subscriber again to confirm the address; the daemon sends the question within a minute.
    Ask(Whom),
    /// Confirm an address by the token of the message that asked for it.
    Confirm {
        /// The token: 32 digits and letters.
        token: String,
    },
    /// Delete everything that is kept of an address: alerts, messages, decisions. It must have been taken
    /// out of the configuration before.
    Forget(Whom),
}

#[derive(Debug, clap::Args)]
struct Whom {
    /// The address.
    address: MailAddress,
}

#[derive(Debug, clap::Args)]
struct WhomAndWatch {
    /// The address.
    address: MailAddress,
    /// Only this watch.
    #[arg(long, value_name = "NAME")]
    watch: Option<String>,
}

pub(super) fn command(global: &super::Arguments, options: &Arguments) -> Result<ExitCode, Failure> {
    let config = settings::load(global)?;
    let mut out = output::stdout();
    match &options.action {
        None => list(&mut out, &config, options.json)?,
        Some(action) => {
            let said = runtime()?.block_on(async {
                let store = Store::open_beside(&config.state).await?;
                let mut transaction = store.begin().await?;
                let said = act(&mut transaction, &store, &config, action, Clock::System.now()).await?;
                transaction.commit().await?;
                store.close().await;
                Ok::<_, Failure>(said)
            })?;
            writeln!(out, "{said}")?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// Does what is asked for; what was done, in words.
async fn act(
    transaction: &mut Transaction,
    store: &Store,
    config: &Config,
    action: &Action,
    now: Timestamp,
) -> Result<String, Failure> {
    Ok(match action {
        Action::Suspend(Whom { address }) => {
            let address = known(transaction, config, address, now).await?;
            transaction.suspend(&address, "by the operator", now).await?;
            format!("{} is suspended; what waited is cancelled", address.as_str())
        }
        Action::Resume(Whom { address }) => {
            let address = known(transaction, config, address, now).await?;
            transaction.resume(&address).await?;
            format!("{} gets alerts again, from now on", address.as_str())
        }
        Action::Unsubscribe(WhomAndWatch { address, watch }) => {
            let watch = watch_of(config, address, watch.as_deref())?;
            let address = known(transaction, config, address, now).await?;
            transaction.unsubscribe(&address, watch.as_ref(), now).await?;
            format!("{} gets no more alerts{}", address.as_str(), of(watch.as_ref()))
        }
        Action::Resubscribe(WhomAndWatch { address, watch }) => {
            let watch = watch_of(config, address, watch.as_deref())?;
            let address = known(transaction, config, address, now).await?;
            transaction.resubscribe(&address, watch.as_ref()).await?;
            format!("{} gets alerts{} again, from now on", address.as_str(), of(watch.as_ref()))
        }
        Action::Ask(Whom { address }) => {
            let subscriber = settings::subscriber(config, address)?;
            let address = known(transaction, config, address, now).await?;
            let standing = standing(subscriber, transaction.subscription(&address).await?.as_ref());
            if standing != Standing::Unconfirmed {
                let is = anyhow!("{} is {standing}: there is nothing to confirm", address.as_str());
                return Err(Failure::new(USAGE, is));
            }
            if !transaction.ask_again(&address).await? {
                return Err(Failure::new(USAGE, anyhow!("nothing is known of {}", address.as_str())));
            }
            format!("{} will be asked again", address.as_str())
        }
        Action::Confirm { token } => {
            let unknown =
                || Failure::new(USAGE, anyhow!("no message asked for a confirmation by this token"));
            let token: Token = token.trim().parse().map_err(|_| unknown())?;
            let reader = store.subscription_of(&token).await?.ok_or_else(unknown)?;
            transaction.confirm(&reader.address, now).await?;
            format!("{} is confirmed", reader.address.as_str())
        }
        Action::Forget(Whom { address }) => {
            if let Ok(found) = settings::subscriber(config, address) {
                let found = written(&found.key);
                return Err(Failure::new(
                    USAGE,
                    anyhow!(
                        "{found} is still in the configuration; take it out and restart the daemon first"
                    ),
                ));
            }
            let gone = transaction.forget(address).await?;
            if !gone.subscription && gone.alerts + gone.deliveries == 0 {
                return Err(Failure::new(USAGE, anyhow!("nothing is kept of {}", address.as_str())));
            }
            format!(
                "{} is forgotten: {} alerts and {} messages are deleted",
                address.as_str(),
                gone.alerts,
                gone.deliveries
            )
        }
    })
}

/// A configured address as it is written there, known to the state from now on.
async fn known(
    transaction: &mut Transaction,
    config: &Config,
    address: &MailAddress,
    now: Timestamp,
) -> Result<MailAddress, Failure> {
    let subscriber = settings::subscriber(config, address)?;
    let SubscriberKey::Mail(address) = &subscriber.key else {
        return Err(Failure::new(USAGE, anyhow!("{} gets no mail", written(&subscriber.key))));
    };
    transaction.add_subscription(address, &random_token()?, now).await?;
    Ok(address.clone())
}

/// A watch that the subscriber has.
fn watch_of(
    config: &Config,
    address: &MailAddress,
    name: Option<&str>,
) -> Result<Option<WatchName>, Failure> {
    let Some(name) = name else { return Ok(None) };
    let subscriber = settings::subscriber(config, address)?;
    let found = subscriber.watches.iter().find(|watch| watch.as_str() == name.trim());
    found.cloned().map(Some).ok_or_else(|| {
        let has: Vec<&str> = subscriber.watches.iter().map(WatchName::as_str).collect();
        Failure::new(USAGE, anyhow!("{} has no watch `{name}`, but {}", address.as_str(), has.join(", ")))
    })
}

fn of(watch: Option<&WatchName>) -> String {
    watch.map(|watch| format!(" of \u{201c}{watch}\u{201d}")).unwrap_or_default()
}

fn written(key: &SubscriberKey) -> &str {
    match key {
        SubscriberKey::Journal => "the log",
        SubscriberKey::Mail(address) => address.as_str(),
        SubscriberKey::Webhook(name) => name.as_str(),
    }
}

/// Everybody who is configured, with what the state knows of them; then those whom only the state knows.
fn list(out: &mut impl Write, config: &Config, as_lines: bool) -> Result<(), Failure> {
    let mut known: Vec<Subscription> = Vec::new();
    if may_be_there(&config.state) {
        known = look(config, async |store| store.subscriptions().await)?;
    }
    let now = Clock::System.now();
    for subscriber in &config.subscribers {
        let is =
            |one: &Subscription| matches!(&subscriber.key, SubscriberKey::Mail(key) if *key == one.address);
        let at = known.iter().position(is);
        let state = at.map(|at| known.swap_remove(at));
        if as_lines {
            output::json_line(out, &as_json(subscriber, state.as_ref()))?;
        } else {
            print(out, subscriber, state.as_ref(), now)?;
        }
    }
    for left in &known {
        if as_lines {
            let line = json!({"address": left.address.as_str(), "standing": "not-configured"});
            output::json_line(out, &line)?;
        } else {
            writeln!(
                out,
                "{}  not in the configuration; `subscribers forget` deletes what is kept",
                left.address.as_str()
            )?;
        }
    }
    Ok(())
}

fn standing(subscriber: &Subscriber, state: Option<&Subscription>) -> Standing {
    match state {
        Some(state) => state.standing(subscriber.confirm),
        None if subscriber.confirm => Standing::Unconfirmed,
        None => Standing::Active,
    }
}

// Addresses are shown here: this is the operator's own terminal, not a log.
fn print(
    out: &mut impl Write,
    subscriber: &Subscriber,
    state: Option<&Subscription>,
    now: Timestamp,
) -> std::io::Result<()> {
    let standing = standing(subscriber, state);
    let since = state.and_then(|state| match standing {
        Standing::Active => None,
        Standing::Unconfirmed => state.asked.map(|at| format!("asked {}", output::ago(now, Some(at)))),
        Standing::Suspended => {
            let (at, why) = state.suspended.as_ref()?;
            Some(format!("{}: {}", output::ago(now, Some(*at)), output::plain(why)))
        }
        Standing::Unsubscribed => state.unsubscribed.map(|at| output::ago(now, Some(at))),
    });
    let since = since.map(|since| format!(" ({since})")).unwrap_or_default();
    writeln!(out, "{}  {standing}{since}, {}", written(&subscriber.key), when(subscriber.deliver))?;
    let watches: Vec<String> = subscriber
        .watches
        .iter()
        .map(|watch| {
            let left = state.is_some_and(|state| state.left.contains(watch));
            format!("{watch}{}", if left { " (left)" } else { "" })
        })
        .collect();
    writeln!(out, "    {}", watches.join(", "))
}

fn when(deliver: DeliverWhen) -> String {
    match deliver {
        DeliverWhen::AtOnce => "at once".to_owned(),
        DeliverWhen::Daily(time) => format!("daily at {}", time.strftime("%H:%M")),
        DeliverWhen::Weekly(day, time) => {
            let day = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
                .get(usize::from(day.to_monday_zero_offset().unsigned_abs()))
                .copied()
                .unwrap_or_default();
            format!("weekly on {day} at {}", time.strftime("%H:%M"))
        }
    }
}

fn as_json(subscriber: &Subscriber, state: Option<&Subscription>) -> Value {
    let suspended = state.and_then(|state| state.suspended.as_ref());
    json!({
        "address": written(&subscriber.key),
        "standing": standing(subscriber, state),
        "deliver": when(subscriber.deliver),
        "watches": subscriber.watches,
        "left": state.map(|state| &state.left),
        "asked": state.and_then(|state| state.asked),
        "confirmed": state.and_then(|state| state.confirmed),
        "suspended": suspended.map(|(at, _)| at),
        "suspended_why": suspended.map(|(_, why)| why),
        "refusals": state.map_or(0, |state| state.refusals),
        "unsubscribed": state.and_then(|state| state.unsubscribed),
    })
}
