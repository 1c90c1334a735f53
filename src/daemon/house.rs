//! The house: everything that is wired together, at the start and where the configuration is read again. What
//! the old house had that the new configuration does not change goes over to the new one.

use super::Clock;
use super::beginnings::Beginnings;
use super::bell::Bell;
use super::clock::random_token;
use super::metrics::Metrics;
use super::outage::Network;
use super::outlets::{self, Channels};
use super::parts::Ended;
use super::pulse::Pulses;
use super::quiet::Quiet;
use super::turns::Turns;
use super::writing::Writing;
use crate::assess::Assessor;
use crate::config::Config;
use crate::deliver::render::{Sender, TemplatePart, Templates};
use crate::domain::{Assessment, MailAddress, Recipient, Subscriber, SubscriberKey, Way};
use crate::fetch::Fetcher;
use crate::group::{Features, Report, Rules, Window};
use crate::store::{StateLock, Store};
use anyhow::Context;
use jiff::Timestamp;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex as Lock;
use std::sync::atomic::AtomicU64;
use tokio::sync::Mutex;

/// What every task works with.
#[derive(Debug)]
pub struct House {
    /// The configuration, as it was meant, but for its vocabulary: the judgement was built from that, and it is let go.
    pub config: Config,
    /// The judgement.
    pub assessor: Arc<Assessor>,
    /// What grouping must know of languages and blocs.
    pub rules: Arc<Rules>,
    /// The items of the last days, which new ones are compared with; nothing until somebody holds it. Whoever
    /// writes holds it.
    pub(super) window: Arc<Mutex<Option<Window>>>,
    /// The way to the web.
    pub fetcher: Arc<Fetcher>,
    /// The database.
    pub store: Store,
    /// What it need not be asked for, and what it is to be told.
    pub(super) quiet: Arc<Quiet>,
    /// What the tasks of its sources begin with.
    pub(super) beginnings: Beginnings,
    /// Whether anything can be read.
    pub(super) network: Arc<Network>,
    /// Whether the database takes what is written.
    pub(super) writing: Arc<Writing>,
    /// The time.
    pub clock: Clock,
    /// When it was opened.
    pub started: Timestamp,
    /// Since when it has been open and its clock has gone on without a leap.
    pub(super) steady: Arc<Lock<Timestamp>>,
    /// In whose name mail is sent.
    pub sender: Sender,
    /// What mails look like.
    pub templates: Templates,
    /// The ways out.
    pub channels: Channels,
    /// Rung when an alert may have fallen due.
    pub bell: Arc<Bell>,
    /// Whether every part goes on.
    pub(super) pulses: Arc<Pulses>,
    /// How often a part has panicked.
    pub(super) panics: Arc<AtomicU64>,
    /// What was counted since the start.
    pub(super) metrics: Arc<Metrics>,
    /// Who works on a way out: never two at once, also while one house follows another.
    pub(super) turns: Arc<Turns>,
    lock: Arc<StateLock>,
}

impl House {
    /// Wires everything: opens the state and takes its lock, and makes ready what was left there.
    pub async fn open(mut config: Config, clock: Clock) -> anyhow::Result<Arc<Self>> {
        let (vocabulary, thresholds) = (std::mem::take(&mut config.vocabulary), config.thresholds);
        // Beside the look through the database: each takes as long.
        let judging = tokio::task::spawn_blocking(move || {
            (Assessor::new(&vocabulary, thresholds), Rules::new(&vocabulary))
        });
        let (store, lock) = Store::open(&config.state).await?;
        let (assessor, rules) = judging.await?;
        let started = clock.now();
        let panics = Arc::<AtomicU64>::default();
        let house = Self {
            assessor: Arc::new(assessor),
            sender: sender(&config)?,
            templates: templates(&config)?,
            rules: Arc::new(rules),
            window: Arc::default(),
            fetcher: Arc::new(Fetcher::new(&config.fetch)?),
            store,
            quiet: Arc::default(),
            beginnings: Beginnings::default(),
            network: Arc::default(),
            writing: Arc::default(),
            channels: channels(&config)?,
            bell: Arc::default(),
            pulses: Arc::default(),
            metrics: Arc::new(Metrics::new(Arc::clone(&panics))),
            panics,
            turns: Arc::default(),
            started,
            steady: Arc::new(Lock::new(started)),
            clock,
            config,
            lock: Arc::new(lock),
        };
        house.move_in(true).await?;
        Ok(Arc::new(house))
    }

    /// The house as another configuration has it, with the same state, which that cannot change. The old one
    /// goes on until [`Self::take_over`].
    pub(super) fn renewed(&self, mut config: Config) -> anyhow::Result<Arc<Self>> {
        anyhow::ensure!(
            config.state == self.config.state,
            "`state` cannot be changed while the daemon runs: stop it, change the file, and start it"
        );
        let vocabulary = std::mem::take(&mut config.vocabulary);
        let same_words = config.own_words == self.config.own_words;
        let (assessor, rules) = if same_words && config.thresholds == self.config.thresholds {
            (Arc::clone(&self.assessor), Arc::clone(&self.rules))
        } else {
            let rules = if same_words { Arc::clone(&self.rules) } else { Arc::new(Rules::new(&vocabulary)) };
            (Arc::new(Assessor::new(&vocabulary, config.thresholds)), rules)
        };
        let window = if same_words && config.stories == self.config.stories {
            Arc::clone(&self.window)
        } else {
            Arc::default()
        };
        let fetcher = if config.fetch == self.config.fetch {
            Arc::clone(&self.fetcher)
        } else {
            Arc::new(Fetcher::new(&config.fetch)?)
        };
        let house = Self {
            assessor,
            sender: sender(&config)?,
            templates: templates(&config)?,
            rules,
            window,
            fetcher,
            store: self.store.clone(),
            quiet: Arc::clone(&self.quiet),
            beginnings: Beginnings::default(),
            network: Arc::clone(&self.network),
            writing: Arc::clone(&self.writing),
            channels: channels(&config)?,
            bell: Arc::clone(&self.bell),
            pulses: Arc::clone(&self.pulses),
            panics: Arc::clone(&self.panics),
            metrics: Arc::clone(&self.metrics),
            turns: Arc::clone(&self.turns),
            started: self.started,
            steady: Arc::clone(&self.steady),
            clock: self.clock.clone(),
            config,
            lock: Arc::clone(&self.lock),
        };
        Ok(Arc::new(house))
    }

    /// Makes the state ready for this house, where nobody works in the old one any more.
    pub(super) async fn take_over(&self, old: &House, ended: Ended) -> anyhow::Result<()> {
        if ended == Ended::CutOff {
            *self.window.lock().await = None;
        }
        // What waits for a way out that is as it was waits on.
        let same = |way: &Way| self.has_same(way, old);
        self.channels.inherit(&old.channels, same);
        let same_ways = self.channels.ways().chain(old.channels.ways()).all(same);
        self.move_in(!same_ways).await
    }

    /// Whether a way out is as another house has it.
    fn has_same(&self, way: &Way, other: &House) -> bool {
        let (own, others) = (&self.config, &other.config);
        match way {
            Way::Journal => true,
            Way::Mail => own.smtp == others.smtp && own.mail_folder == others.mail_folder,
            Way::Webhook(name) => {
                let webhook =
                    |config: &'_ Config| config.webhooks.iter().find(|one| one.name == *name).cloned();
                webhook(own) == webhook(others)
            }
        }
    }

    /// Writes down which process this is.
    pub(super) fn say_who(&self) -> std::io::Result<()> {
        self.lock.say_who()
    }

    /// Makes ready what stands in the state.
    async fn move_in(&self, hastens: bool) -> anyhow::Result<()> {
        if let Err(error) = self.write_quiet().await {
            // They are written when there is room; the sources are asked a little early at most.
            self.note_refusal(error)?;
        }
        let states = self.store.source_states().await?;
        self.network.recall(states.values().filter_map(|state| state.last_success).max());
        self.quiet.recall(&states);
        let awaiting = self.store.sources_awaiting().await?.into_iter().collect();
        self.beginnings.fill(&self.config.sources, states, &awaiting);
        self.resume(hastens).await
    }

    /// What an item that was judged is compared by.
    pub(super) fn features(
        &self,
        source: &str,
        title: &str,
        summary: &str,
        when: Timestamp,
        assessment: &Assessment,
    ) -> Features {
        let text = self.assessor.clean(title, summary);
        Features::of(&self.rules, Report::new(source, when, &text, assessment))
    }

    /// Takes up what the last process left: alerts and deliveries of people who are gone or have left are
    /// cancelled, what waited for a channel is tried at once where it `hastens`.
    async fn resume(&self, hastens: bool) -> anyhow::Result<()> {
        let mut present: Vec<SubscriberKey> =
            self.config.subscribers.iter().map(|subscriber| subscriber.key.clone()).collect();
        present.push(SubscriberKey::Journal);
        let now = self.clock.now();
        let mut transaction = self.store.begin().await?;
        // Before anybody is looked for.
        transaction.spell_addresses().await?;
        let alerts = transaction.cancel_alerts_of_others(&present).await?;
        let operator = self.config.operator.email.clone().map(SubscriberKey::Mail);
        let reached: Vec<SubscriberKey> = present.iter().cloned().chain(operator).collect();
        let deliveries = transaction.give_up_deliveries_to_others(&reached, now).await?;
        for key in &present {
            if let SubscriberKey::Mail(address) = key {
                transaction.add_subscription(address, &random_token()?, now).await?;
            }
        }
        transaction.stop_what_nobody_wants(now).await?;
        self.ask_for_confirmation(&mut transaction, now).await?;
        if hastens {
            transaction.hasten(now).await?;
        }
        transaction.commit().await?;
        if alerts + deliveries > 0 {
            tracing::info!(alerts, deliveries, "what waited for subscribers who were removed is cancelled");
        }
        Ok(())
    }

    /// Ends the work on the database; whatever is still under way there fails.
    pub async fn close(&self) {
        self.store.clone().close().await;
    }

    /// How somebody is reached: the state knows an address in small letters, mail goes to it as the file has
    /// it.
    #[must_use]
    pub fn recipient(&self, key: &SubscriberKey) -> Recipient {
        match key {
            SubscriberKey::Journal => Recipient::Journal,
            SubscriberKey::Mail(address) => match self.subscriber(key).map(|found| &found.key) {
                Some(SubscriberKey::Mail(written)) => self.mail_to(written),
                _ => self.mail_to(address),
            },
            SubscriberKey::Webhook(name) => Recipient::Webhook(name.clone()),
        }
    }

    /// How an address is reached.
    #[must_use]
    pub fn mail_to(&self, address: &MailAddress) -> Recipient {
        if self.config.smtp.is_some() {
            Recipient::Smtp(address.clone())
        } else {
            Recipient::File(address.clone())
        }
    }

    /// A subscriber by key; `None` for the journal and for someone who was removed.
    #[must_use]
    pub fn subscriber(&self, key: &SubscriberKey) -> Option<&Subscriber> {
        self.config.subscribers.iter().find(|subscriber| subscriber.key == *key)
    }
}

/// In whose name mail is sent.
fn sender(config: &Config) -> anyhow::Result<Sender> {
    outlets::sender(config).context("cannot set up the delivery of mail")
}

fn channels(config: &Config) -> anyhow::Result<Channels> {
    Channels::new(config).context("cannot set up the delivery of mail")
}

/// The operator's own templates where there are any, tried with samples.
pub fn templates(config: &Config) -> anyhow::Result<Templates> {
    let files = &config.templates;
    let text = |file: &Option<(PathBuf, String)>| file.as_ref().map(|(_, text)| text.clone());
    Templates::with_files(text(&files.html), text(&files.text)).map_err(|error| {
        let file = match error.part {
            TemplatePart::Html => &files.html,
            TemplatePart::Text => &files.text,
        };
        let place = file.as_ref().map(|(path, _)| path.display().to_string()).unwrap_or_default();
        anyhow::Error::new(error).context(format!("a template of mails cannot be used: {place}"))
    })
}
