//! One attempt at a delivery: the intent is committed before a message is handed over and the answer after
//! it, so that a crash leaves it pending, in doubt or sent, and never lost. If the intent cannot be
//! committed, nothing is sent. A way out that is down holds its own deliveries and nobody else's.

use super::House;
use super::clock::jitter;
use super::metrics::AttemptResult;
use super::operator::OperatorNotice;
use super::outlets::Outlet;
use crate::deliver::channel::SendError;
use crate::domain::{Delivery, DeliveryState, MailAddress, Recipient, Way};
use crate::schedule::{self, Retry};
use crate::store::{Settled, StoreError, Transaction};
use jiff::SignedDuration;
use std::collections::BTreeSet;
use std::time::Instant;

/// So often in a row an address is refused for good before its subscriber is told nothing more.
const SUSPENDED_AFTER: u32 = 3;

impl House {
    /// One attempt; the state it left the delivery in, or `None` where the way out is held.
    pub(super) async fn send(
        &self,
        outlet: &mut Outlet,
        delivery: &Delivery,
    ) -> Result<Option<DeliveryState>, StoreError> {
        let now = self.clock.now();
        if outlet.pause(now).is_some() {
            return Ok(None);
        }
        if let Some(Err(next)) = outlet.rate.as_mut().map(|rate| rate.take(now)) {
            outlet.paused = Some(next);
            return Ok(None);
        }
        let begun = Instant::now();
        let answer = match outlet.channel.offer(delivery, now).await {
            Err(error) => Err(error),
            Ok(offered) => {
                let mut transaction = self.store.begin().await?;
                let open = transaction.intend(delivery.id).await?;
                transaction.commit().await?;
                if !open {
                    // An operator dropped it since it was taken from the outbox.
                    return Ok(None);
                }
                offered.complete().await
            }
        };
        let now = self.clock.now();
        let attempted = |result| self.metrics.attempted(&delivery.recipient, result, begun.elapsed());
        let error = match answer {
            Ok(answer) => {
                outlet.failures = 0;
                outlet.paused = None;
                outlet.told = false;
                attempted(AttemptResult::Sent);
                let sent = Settled {
                    state: DeliveryState::Sent,
                    due: now,
                    attempted: true,
                    answer: answer.as_str(),
                };
                // Before that is written down: where it cannot be, it is all that anybody knows.
                self.say_accepted(delivery).await;
                return self.settle(delivery, sent, false).await.map(Some);
            }
            Err(error) => error,
        };
        let reason = error.to_string();
        // What was in doubt before and could not be handed over now is in doubt still.
        let open = |error: &SendError| {
            if matches!(error, SendError::InDoubt { .. }) || delivery.state == DeliveryState::InDoubt {
                DeliveryState::InDoubt
            } else {
                DeliveryState::Pending
            }
        };
        let mut rested = now;
        if let Some(least) = error.rest() {
            outlet.failures = outlet.failures.saturating_add(1);
            let asked = SignedDuration::try_from(least).ok().and_then(|least| now.checked_add(least).ok());
            rested = schedule::channel_pause(outlet.failures, now, jitter()).max(asked.unwrap_or(now));
            outlet.paused = Some(rested);
        }
        let (id, doubt) = (delivery.id, doubt(open(&error)));
        let settled = if error.holds_channel() {
            attempted(AttemptResult::Held);
            if !outlet.told {
                outlet.told = true;
                tracing::error!(to = outlet.name, %reason, "nothing can be delivered; it is kept and tried again");
            }
            Settled { state: open(&error), due: rested, attempted: false, answer: &reason }
        } else if error.is_permanent() {
            attempted(AttemptResult::Refused);
            tracing::error!(to = outlet.name, delivery = %id, %reason, "a delivery was refused for good{doubt}");
            Settled { state: DeliveryState::Refused, due: now, attempted: true, answer: &reason }
        } else {
            match schedule::retry(delivery.attempts + 1, delivery.created, now, jitter()) {
                Retry::At(due) => {
                    attempted(match open(&error) {
                        DeliveryState::InDoubt => AttemptResult::InDoubt,
                        _ => AttemptResult::Later,
                    });
                    tracing::warn!(delivery = %id, %reason, "a delivery is tried again later{doubt}");
                    Settled { state: open(&error), due: due.max(rested), attempted: true, answer: &reason }
                }
                Retry::GiveUp => {
                    attempted(AttemptResult::GivenUp);
                    tracing::error!(
                        delivery = %id, %reason, "a delivery was tried for days and is given up{doubt}"
                    );
                    Settled { state: DeliveryState::GivenUp, due: now, attempted: true, answer: &reason }
                }
            }
        };
        let blames_address = matches!(error, SendError::Recipient { .. });
        self.settle(delivery, settled, blames_address).await.map(Some)
    }

    /// Says in the log that a message has gone, what it tells and by which way, and not to whom. Of the journal the
    /// alerts themselves are there.
    async fn say_accepted(&self, delivery: &Delivery) {
        let way = delivery.recipient.way();
        if way == Way::Journal {
            return;
        }
        // For a line of the log alone nothing is given up.
        let carried = self.store.alerts_of(delivery.id).await.unwrap_or_default();
        let alerts = listed(carried.iter().map(|(alert, _)| alert.0));
        let stories = listed(carried.iter().map(|(_, story)| story.0).collect::<BTreeSet<_>>());
        let (id, purpose, doubt) = (delivery.id, delivery.purpose.as_str(), doubt(delivery.state));
        tracing::info!(delivery = %id, %way, purpose, stories, alerts, "a message was accepted{doubt}");
    }

    /// Writes down where an attempt has left a delivery, and what that says of its recipient. What was decided
    /// while the attempt was under way stands: it is not tried again for somebody who has left meanwhile.
    async fn settle(
        &self,
        delivery: &Delivery,
        settled: Settled<'_>,
        blames_address: bool,
    ) -> Result<DeliveryState, StoreError> {
        let mut transaction = self.store.begin().await?;
        let stands = transaction.settle(delivery.id, settled).await?;
        if let Recipient::Smtp(address) = &delivery.recipient {
            if settled.state == DeliveryState::Sent {
                transaction.clear_refusals(address).await?;
            } else if blames_address {
                self.count_refusal(&mut transaction, address, settled).await?;
            }
        }
        let unwanted = transaction.give_up_unwanted(delivery.id, self.clock.now()).await?;
        transaction.commit().await?;
        Ok(if stands && !unwanted { settled.state } else { DeliveryState::GivenUp })
    }

    /// An address that is refused for good again and again is told nothing more, and the operator that.
    async fn count_refusal(
        &self,
        transaction: &mut Transaction,
        address: &MailAddress,
        settled: Settled<'_>,
    ) -> Result<(), StoreError> {
        if transaction.count_refusal(address).await? != SUSPENDED_AFTER {
            return Ok(());
        }
        tracing::error!(
            "a subscriber is suspended: the address was refused {SUSPENDED_AFTER} times; `subscribers` shows whose"
        );
        transaction.suspend(address, settled.answer, settled.due).await?;
        let lines = vec![
            format!(
                "{} was refused {SUSPENDED_AFTER} times in a row and gets no more mail.",
                address.as_str()
            ),
            format!("The server's last answer: {}", settled.answer),
            format!("When the address works again: sanctionwatch subscribers resume {}", address.as_str()),
        ];
        let subject = "a subscriber is suspended";
        let notice = OperatorNotice { subject, lines, about: Some(address), at: settled.due };
        self.tell_operator(transaction, &notice).await
    }
}

/// What an attempt leaves open, or the one before it has left, behind what is said of the attempt.
fn doubt(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::InDoubt => "; a copy of it may have arrived already",
        _ => "",
    }
}

/// Numbers as they stand in a field of the log: "3,14"; of many the first ones, and how many more.
fn listed(numbers: impl IntoIterator<Item = i64>) -> String {
    const MOST: usize = 20;
    let all: Vec<String> = numbers.into_iter().map(|number| number.to_string()).collect();
    match all.split_at_checked(MOST) {
        Some((first, more)) if !more.is_empty() => format!("{} and {} more", first.join(","), more.len()),
        _ => all.join(","),
    }
}
