//! `deliveries`: the outbox, and an operator's decisions on it.

use super::exit::{Failure, USAGE};
use super::{look, output, runtime, settings};
use crate::config::Config;
use crate::daemon::Clock;
use crate::domain::{DeliveryId, DeliveryState};
use crate::store::{DROPPED, DeliverySummary, Store, WaitingAlerts};
use anyhow::anyhow;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::io::Write;
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Option<Action>,
    /// Only deliveries in this state: pending, in-doubt, sent, refused, given-up.
    #[arg(long, value_name = "STATE")]
    state: Option<String>,
    /// Only deliveries to this address, or to the webhook of this name.
    #[arg(long, value_name = "ADDRESS")]
    to: Option<String>,
    /// At most so many, the newest first.
    #[arg(long, value_name = "NUMBER", default_value_t = 50)]
    most: u32,
    /// Print JSON Lines.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Show a delivery's bytes as they are sent.
    Show {
        /// Its number in the list.
        id: i64,
    },
    /// Send a delivery again, with the same Message-ID; the daemon takes it up within half a minute.
    Retry {
        /// Its number in the list.
        id: i64,
    },
    /// Give a waiting delivery up.
    Drop {
        /// Its number in the list.
        id: i64,
    },
}

pub(super) fn command(global: &super::Arguments, options: &Arguments) -> Result<ExitCode, Failure> {
    let config = settings::load(global)?;
    let state = options
        .state
        .as_deref()
        .map(str::parse::<DeliveryState>)
        .transpose()
        .map_err(|error| Failure::new(USAGE, error.into()))?;
    let now = Clock::System.now();
    let mut out = output::stdout();
    match options.action {
        None => list(&mut out, &config, (state, options), now)?,
        Some(Action::Show { id }) => {
            let delivery = look(&config, async |store| store.delivery(DeliveryId(id)).await)?;
            out.write_all(&delivery.ok_or_else(|| unknown(id))?.bytes)?;
        }
        Some(Action::Retry { id }) => {
            let was = decide(&config, id, DeliveryState::Pending, "sent again by the operator", now)?;
            let copy =
                if was == DeliveryState::Sent { ", a second copy under the same Message-ID" } else { "" };
            writeln!(out, "delivery {id} will be sent{copy}")?;
        }
        Some(Action::Drop { id }) => {
            decide(&config, id, DeliveryState::GivenUp, DROPPED, now)?;
            writeln!(out, "delivery {id} is given up")?;
        }
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// What waits for a message, where everything is asked for, and the messages.
fn list(
    out: &mut impl Write,
    config: &Config,
    (state, options): (Option<DeliveryState>, &Arguments),
    now: Timestamp,
) -> Result<(), Failure> {
    let to = options.to.as_deref().map(str::trim);
    let (waiting, deliveries) = look(config, async |store| {
        Ok((store.waiting_alerts().await?, store.list_deliveries(state, to, options.most).await?))
    })?;
    let asked = |waiting: &&WaitingAlerts| {
        let same = to.is_none_or(|to| to.eq_ignore_ascii_case(&waiting.address));
        same && !options.json && state.is_none()
    };
    for waiting in waiting.iter().filter(asked) {
        let (alerts, address, due) = (waiting.alerts, &waiting.address, output::ago(now, Some(waiting.due)));
        writeln!(out, "    –  waiting   {alerts} for {address}, due {due}")?;
    }
    for delivery in &deliveries {
        if options.json {
            output::json_line(out, &as_json(delivery))?;
        } else {
            print(out, delivery, now)?;
        }
    }
    Ok(())
}

fn unknown(id: i64) -> Failure {
    Failure::new(USAGE, anyhow!("there is no delivery {id}"))
}

fn decide(
    config: &Config,
    id: i64,
    state: DeliveryState,
    answer: &str,
    now: Timestamp,
) -> Result<DeliveryState, Failure> {
    runtime()?.block_on(async {
        let store = Store::open_beside(&config.state).await?;
        let was = decide_in(&store, id, (state, answer), now).await?;
        store.close().await;
        Ok(was)
    })
}

/// What a delivery was before.
async fn decide_in(
    store: &Store,
    id: i64,
    (state, answer): (DeliveryState, &str),
    now: Timestamp,
) -> Result<DeliveryState, Failure> {
    let id = DeliveryId(id);
    let delivery = store.delivery(id).await?.ok_or_else(|| unknown(id.0))?;
    let open = matches!(delivery.state, DeliveryState::Pending | DeliveryState::InDoubt);
    if state == DeliveryState::GivenUp && !open {
        return Err(Failure::new(
            USAGE,
            anyhow!("delivery {id} is {}; only a waiting one can be dropped", delivery.state),
        ));
    }
    if state == DeliveryState::Pending && delivery.bytes.is_empty() {
        return Err(Failure::new(USAGE, anyhow!("the text of delivery {id} was cleared away with age")));
    }
    let mut transaction = store.begin().await?;
    if !transaction.decide_delivery(id, state, answer, now).await? {
        return Err(Failure::new(USAGE, anyhow!("delivery {id} was settled just now and is left as it is")));
    }
    transaction.commit().await?;
    Ok(delivery.state)
}

// Addresses are shown here: this is the operator's own terminal, not a log.
fn print(out: &mut impl Write, delivery: &DeliverySummary, now: Timestamp) -> std::io::Result<()> {
    let (channel, address) = delivery.recipient.channel_and_address();
    writeln!(
        out,
        "{:>5}  {:9} {channel} {address}  {}  ({})",
        delivery.id,
        delivery.state,
        output::plain(&delivery.subject),
        output::ago(now, Some(delivery.created))
    )?;
    if delivery.state != DeliveryState::Sent
        && let Some(answer) = &delivery.answer
    {
        let next = match delivery.state {
            DeliveryState::Pending | DeliveryState::InDoubt => {
                format!(", next attempt {}", output::ago(now, Some(delivery.due)))
            }
            _ => String::new(),
        };
        let attempts = match delivery.attempts {
            0 => String::new(),
            1 => "after one attempt: ".to_owned(),
            several => format!("after {several} attempts: "),
        };
        writeln!(out, "       {attempts}{}{next}", output::plain(answer))?;
    }
    Ok(())
}

fn as_json(delivery: &DeliverySummary) -> Value {
    let (channel, address) = delivery.recipient.channel_and_address();
    json!({
        "id": delivery.id,
        "channel": channel,
        "to": address,
        "message_id": delivery.message_id.as_str(),
        "subject": delivery.subject,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "alerts": delivery.alerts,
        "created": delivery.created,
        "due": delivery.due,
        "answer": delivery.answer,
    })
}
