//! What is wrong when nothing comes through, and how that is known. Pure.
//!
//! Measured at what came through, not at what runs: when a source was last read, and what each way out last
//! accepted. A message that fails for a reason of its own speaks against the way out only where nothing
//! was accepted since it was made, so that one that cannot be sent neither raises an alarm for days nor
//! has one come and go with every other message. Where the reason is its recipient's, a second recipient must
//! fare the same. What is told to the operator does not count as accepted: a notice must not end the alarm
//! that it tells of.

use crate::domain::{SourceName, SubscriberKey, Way};
use crate::store::{Signals, Stuck, Undelivered};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Alarm {
    /// No source could be read.
    NothingPolled,
    /// A way out has something to deliver and accepted nothing.
    NothingDelivered(Way),
    /// Alerts that are due stand in no message, while their way out accepts others.
    NotRendered(Way),
}

impl Alarm {
    /// The name under which the store knows it.
    pub(super) fn name(&self) -> String {
        match self {
            Self::NothingPolled => "nothing-polled".to_owned(),
            Self::NothingDelivered(way) => format!("nothing-delivered {}", way.written()),
            Self::NotRendered(way) => format!("not-rendered {}", way.written()),
        }
    }

    /// The alarm that the store knows under a name.
    pub(super) fn named(name: &str) -> Option<Self> {
        if name == "nothing-polled" {
            return Some(Self::NothingPolled);
        }
        let (what, way) = name.split_once(' ')?;
        let way = way.parse().ok()?;
        match what {
            "nothing-delivered" => Some(Self::NothingDelivered(way)),
            "not-rendered" => Some(Self::NotRendered(way)),
            _ => None,
        }
    }

    /// What is so while it lasts.
    pub(super) fn begins(&self) -> String {
        match self {
            Self::NothingPolled => "no source can be read".to_owned(),
            Self::NothingDelivered(Way::Mail) => "no mail can be delivered".to_owned(),
            Self::NothingDelivered(way) => format!("{way} takes nothing"),
            Self::NotRendered(way) => format!("alerts for {way} are due and do not go out"),
        }
    }

    /// What is so when it is over because something came through.
    pub(super) fn ends(&self) -> String {
        match self {
            Self::NothingPolled => "sources can be read again".to_owned(),
            Self::NothingDelivered(Way::Mail) => "mail is delivered again".to_owned(),
            Self::NothingDelivered(way) => format!("{way} takes messages again"),
            Self::NotRendered(way) => format!("alerts for {way} go out again"),
        }
    }

    /// What is so when it is over and nothing came through.
    pub(super) fn lapses(&self) -> String {
        match self {
            Self::NothingPolled => "no source is to be read any more".to_owned(),
            Self::NothingDelivered(way) | Self::NotRendered(way) => {
                format!("nothing waits for {way} any more")
            }
        }
    }

    /// Whether something has come through since a time that would end it.
    pub(super) fn is_mended(&self, signals: &Signals, since: Timestamp) -> bool {
        match self {
            Self::NothingPolled => signals.sources.values().any(|read| read.last_success > Some(since)),
            Self::NothingDelivered(way) => signals.accepted.get(way).is_some_and(|at| *at > since),
            Self::NotRendered(_) => true,
        }
    }
}

/// What an alarm that the store knows by a name says, and since when it is so. A name that means nothing any
/// more stands for itself.
#[must_use]
pub fn in_words(name: &str, since: Timestamp) -> String {
    let begins = Alarm::named(name).map_or_else(|| name.to_owned(), |alarm| alarm.begins());
    format!("{begins} since {since:.0}")
}

/// What is measured against.
#[derive(Debug)]
pub(super) struct Measure<'a> {
    /// Since when the daemon has run and its clock has gone on as clocks do.
    pub(super) steady: Timestamp,
    /// How long nothing may come through.
    pub(super) silence: Duration,
    /// The sources that are to be read.
    pub(super) sources: BTreeSet<&'a SourceName>,
    /// Who is told.
    pub(super) subscribers: BTreeSet<&'a SubscriberKey>,
}

impl Measure<'_> {
    /// Whether sources and ways out have had `grace` to do their work since the start.
    pub(super) fn is_settled(&self, grace: Duration, now: Timestamp) -> bool {
        SignedDuration::try_from(grace.min(self.silence))
            .is_ok_and(|grace| now.duration_since(self.steady) >= grace)
    }

    fn has_one_reader(&self) -> bool {
        self.subscribers.iter().filter(|key| matches!(key, SubscriberKey::Mail(_))).count() == 1
    }
}

/// What is wrong at `now`, and since when.
pub(super) fn alarms(signals: &Signals, measure: &Measure<'_>, now: Timestamp) -> BTreeMap<Alarm, Timestamp> {
    let too_long = |since: &Timestamp| {
        SignedDuration::try_from(measure.silence).is_ok_and(|silence| now.duration_since(*since) > silence)
    };
    let mut wrong = BTreeMap::new();
    if !measure.sources.is_empty() {
        wrong.insert(Alarm::NothingPolled, unread_since(signals, measure));
    }
    let ways: BTreeSet<Way> = signals.undelivered.iter().map(|stuck| Way::from(&stuck.to)).collect();
    for way in ways {
        let accepted = signals.accepted.get(&way).copied();
        let stuck = || signals.undelivered.iter().filter(|stuck| Way::from(&stuck.to) == way);
        let overtaken = |stuck: &&Undelivered| stuck.stuck == Stuck::Due && accepted >= Some(stuck.due);
        if let Some(since) = stuck().filter(overtaken).map(|stuck| stuck.due).min() {
            wrong.insert(Alarm::NotRendered(way.clone()), since);
        }
        if let Some(since) = silent_since(&way, stuck(), accepted, measure) {
            wrong.insert(Alarm::NothingDelivered(way), since);
        }
    }
    wrong.retain(|_, since| too_long(since));
    wrong
}

/// Since when no source was read: where none ever was, since it was first tried.
fn unread_since(signals: &Signals, measure: &Measure<'_>) -> Timestamp {
    let read = || signals.sources.iter().filter(|(name, _)| measure.sources.contains(name));
    let last = read().filter_map(|(_, reading)| reading.last_success).max();
    let tried = || read().filter_map(|(_, reading)| reading.failing_since).min();
    last.or_else(tried).unwrap_or(measure.steady)
}

/// Since when a way out has had something to deliver and accepted nothing.
fn silent_since<'a>(
    way: &Way,
    stuck: impl Iterator<Item = &'a Undelivered>,
    accepted: Option<Timestamp>,
    measure: &Measure<'_>,
) -> Option<Timestamp> {
    let mut silent = Vec::new();
    let mut refused: BTreeMap<&SubscriberKey, Timestamp> = BTreeMap::new();
    for stuck in stuck {
        let since = |moment: Timestamp| accepted.map_or(moment, |accepted| accepted.max(moment));
        let is_own = stuck.fresh
            && !stuck.to_operator
            && (stuck.to == SubscriberKey::Journal || measure.subscribers.contains(&stuck.to));
        match (stuck.stuck, Blame::of(way, stuck.answer.as_deref())) {
            (Stuck::Due, _) if accepted < Some(stuck.due) => silent.push(stuck.due),
            (Stuck::Open, Blame::Nobody) => silent.push(since(stuck.due)),
            (Stuck::Open, Blame::Channel) => silent.push(since(stuck.made)),
            (Stuck::Open | Stuck::Lost, Blame::Message) if is_own => silent.push(stuck.made),
            (Stuck::Open | Stuck::Lost, blame @ (Blame::Recipient | Blame::Mailbox)) if is_own => {
                if blame == Blame::Recipient && measure.has_one_reader() {
                    silent.push(stuck.made);
                }
                let first = refused.entry(&stuck.to).or_insert(stuck.made);
                *first = stuck.made.min(*first);
            }
            _ => {}
        }
    }
    let mut refused: Vec<Timestamp> = refused.into_values().collect();
    refused.sort_unstable();
    silent.into_iter().chain(refused.get(1).copied()).min()
}

/// Whom an answer speaks against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Blame {
    /// It was not tried yet.
    Nobody,
    /// The way out, which takes nothing at present.
    Channel,
    /// The message, or what lies behind: the server does not say.
    Message,
    /// The recipient, or us: servers keep until RCPT TO what they have against a sender.
    Recipient,
    /// The recipient's mailbox: the server says so.
    Mailbox,
}

impl Blame {
    /// Read from the answer as it is kept, which begins as `SendError` puts it.
    fn of(way: &Way, answer: Option<&str>) -> Self {
        const FAILED: [&str; 4] =
            ["refused for now", "the message was refused", "the recipient was refused", "handed over"];
        let Some(answer) = answer else { return Self::Nobody };
        if answer.starts_with("the channel failed") {
            Self::Channel
        } else if !FAILED.iter().any(|begin| answer.starts_with(begin)) {
            Self::Nobody
        } else if *way != Way::Mail {
            Self::Message
        } else if answer.starts_with("the recipient was refused") || tells_of_mailbox(answer) {
            Self::Mailbox
        } else if answer.starts_with("refused for now at RCPT TO") {
            Self::Recipient
        } else {
            Self::Message
        }
    }
}

/// Whether an answer has a status code of RFC 3463 that speaks of this one address or mailbox: all of the
/// class X.1, and of X.2 that it is disabled or full.
fn tells_of_mailbox(answer: &str) -> bool {
    answer.split_whitespace().any(|word| {
        let detail = word.strip_prefix("4.").or_else(|| word.strip_prefix("5."));
        detail.is_some_and(|detail| detail.starts_with("1.") || matches!(detail, "2.1" | "2.2"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Reading;
    use rstest::rstest;

    const FULL: &str = "refused for now at RCPT TO: 452 4.2.2 mailbox full";
    const GREY: &str = "refused for now at RCPT TO: 451 4.7.1 try later";
    const UNKNOWN: &str = "the recipient was refused: 550 5.1.1 no such user";
    const SPAM: &str = "the message was refused at the message: 550 5.7.26 not authenticated";
    const DOWN: &str = "the channel failed at connecting: connection refused";

    fn hours(ago: i64) -> Timestamp {
        let now: Timestamp = "2026-08-12T09:00:00Z".parse().unwrap();
        now - SignedDuration::from_hours(ago)
    }

    fn reader(name: &str) -> SubscriberKey {
        SubscriberKey::Mail(format!("{name}@example.org").parse().unwrap())
    }

    fn webhook() -> SubscriberKey {
        SubscriberKey::Webhook("Desk bot".parse().unwrap())
    }

    /// Found `ago`, with what its way out accepted `accepted` hours ago.
    fn undelivered(to: SubscriberKey, stuck: Stuck, answer: &str, ago: i64) -> Undelivered {
        let answer = Some(answer.to_owned()).filter(|answer| !answer.is_empty());
        let (made, due) = (hours(ago), hours(ago));
        Undelivered { to, to_operator: false, stuck, answer, fresh: true, made, due, count: 1 }
    }

    fn found(undelivered: Vec<Undelivered>, accepted: &[(Way, i64)], readers: usize) -> Vec<(Alarm, i64)> {
        let accepted: BTreeMap<Way, Timestamp> =
            accepted.iter().map(|(way, ago)| (way.clone(), hours(*ago))).collect();
        let fresh = |mut one: Undelivered| {
            one.fresh = accepted.get(&Way::from(&one.to)).is_none_or(|at| one.made > *at);
            one
        };
        let undelivered = undelivered.into_iter().map(fresh).collect();
        let signals = Signals { undelivered, accepted, ..Signals::default() };
        let known: Vec<_> =
            ["a", "b", "c"].map(reader).into_iter().take(readers).chain([webhook()]).collect();
        let measure = Measure {
            steady: hours(100),
            silence: Duration::from_hours(6),
            sources: BTreeSet::new(),
            subscribers: known.iter().collect(),
        };
        let wrong = alarms(&signals, &measure, hours(0));
        wrong.into_iter().map(|(alarm, since)| (alarm, hours(0).duration_since(since).as_hours())).collect()
    }

    #[rstest]
    #[case::read_now(Some(0), None, 100, &[])]
    #[case::not_read_for_long(Some(7), Some(6), 100, &[7])]
    #[case::never_read(None, Some(8), 0, &[8])]
    #[case::never_read_and_never_tried(None, None, 7, &[7])]
    #[case::not_read_yet(None, None, 1, &[])]
    fn sources_must_be_read(
        #[case] read: Option<i64>,
        #[case] failing: Option<i64>,
        #[case] steady: i64,
        #[case] expected: &[i64],
    ) {
        let [name, removed] = ["Meridian", "Old feed"].map(|name| SourceName::new(name).unwrap());
        let reading = Reading { last_success: read.map(hours), failing_since: failing.map(hours) };
        let other = Reading { last_success: Some(hours(0)), failing_since: None };
        let sources = BTreeMap::from([(name.clone(), reading), (removed, other)]);
        let signals = Signals { sources, ..Signals::default() };
        let measure = Measure {
            steady: hours(steady),
            silence: Duration::from_hours(6),
            sources: BTreeSet::from([&name]),
            subscribers: BTreeSet::new(),
        };
        let wrong = alarms(&signals, &measure, hours(0));
        let expected: Vec<_> = expected.iter().map(|ago| (Alarm::NothingPolled, hours(*ago))).collect();
        assert_eq!(wrong.into_iter().collect::<Vec<_>>(), expected);
    }

    #[rstest]
    #[case::held(Stuck::Open, DOWN, 7, None, 3, Some(7))]
    #[case::held_since_something_went(Stuck::Open, DOWN, 90, Some(8), 3, Some(8))]
    #[case::held_for_an_hour(Stuck::Open, DOWN, 1, Some(90), 3, None)]
    #[case::held_while_others_go(Stuck::Open, DOWN, 7, Some(2), 3, None)]
    #[case::never_tried(Stuck::Open, "", 7, Some(90), 3, Some(7))]
    #[case::never_rendered(Stuck::Due, "", 7, Some(90), 3, Some(7))]
    #[case::one_mailbox_is_full(Stuck::Open, FULL, 60, Some(61), 3, None)]
    #[case::the_only_mailbox_is_full(Stuck::Open, FULL, 60, None, 1, None)]
    #[case::one_reader_of_many_is_put_off(Stuck::Open, GREY, 60, None, 3, None)]
    #[case::the_only_reader_is_put_off(Stuck::Open, GREY, 60, None, 1, Some(60))]
    #[case::one_address_is_gone(Stuck::Lost, UNKNOWN, 60, None, 3, None)]
    #[case::refused_for_good(Stuck::Lost, SPAM, 7, Some(90), 3, Some(7))]
    #[case::refused_and_others_go(Stuck::Lost, SPAM, 7, Some(6), 3, None)]
    #[case::refused_and_others_went_for_long(Stuck::Lost, SPAM, 90, Some(89), 3, None)]
    #[case::dropped_by_hand(Stuck::Lost, "given up by the operator", 60, None, 3, None)]
    fn mail_must_go_out(
        #[case] stuck: Stuck,
        #[case] answer: &str,
        #[case] made: i64,
        #[case] accepted: Option<i64>,
        #[case] readers: usize,
        #[case] expected: Option<i64>,
    ) {
        let accepted: Vec<_> = accepted.map(|ago| (Way::Mail, ago)).into_iter().collect();
        let wrong = found(vec![undelivered(reader("a"), stuck, answer, made)], &accepted, readers);
        let expected: Vec<_> =
            expected.map(|ago| (Alarm::NothingDelivered(Way::Mail), ago)).into_iter().collect();
        assert_eq!(wrong, expected);
    }

    #[test]
    fn two_recipients_that_are_refused_are_the_way_out_from_the_second_on() {
        let two = |later| {
            vec![
                undelivered(reader("a"), Stuck::Open, FULL, 60),
                undelivered(reader("b"), Stuck::Lost, UNKNOWN, later),
            ]
        };
        assert_eq!(found(two(7), &[], 3), [(Alarm::NothingDelivered(Way::Mail), 7)]);
        assert_eq!(found(two(1), &[], 3), [], "the second one a short while ago");
        assert_eq!(found(two(7), &[], 1), [], "the second one is a subscriber no more");
    }

    #[test]
    fn each_way_out_is_measured_by_what_it_accepted_itself() {
        let bot = Way::from(&webhook());
        let held = || vec![undelivered(reader("a"), Stuck::Open, DOWN, 7)];
        let mail = (Alarm::NothingDelivered(Way::Mail), 7);
        assert_eq!(found(held(), &[(bot.clone(), 0)], 2), [mail], "a webhook that works hides nothing");
        let gone = || vec![undelivered(webhook(), Stuck::Lost, UNKNOWN, 7)];
        let silent = (Alarm::NothingDelivered(bot), 7);
        assert_eq!(found(gone(), &[(Way::Mail, 0)], 2), [silent], "nor mail that does");
    }

    #[test]
    fn alerts_that_were_overtaken_are_told_of_however_much_else_goes_out() {
        let due = vec![undelivered(reader("a"), Stuck::Due, "", 7)];
        assert_eq!(found(due, &[(Way::Mail, 0)], 2), [(Alarm::NotRendered(Way::Mail), 7)]);
    }

    #[test]
    fn a_notice_to_the_operator_speaks_for_the_way_out_only_where_it_is_held() {
        let notice = |answer| {
            vec![Undelivered { to_operator: true, ..undelivered(reader("ops"), Stuck::Open, answer, 7) }]
        };
        assert_eq!(found(notice(DOWN), &[], 3), [(Alarm::NothingDelivered(Way::Mail), 7)]);
        assert_eq!(found(notice(SPAM), &[], 3), []);
    }

    #[test]
    fn an_alarm_is_known_by_its_name() {
        for alarm in [
            Alarm::NothingPolled,
            Alarm::NothingDelivered(Way::from(&webhook())),
            Alarm::NotRendered(Way::Mail),
        ] {
            assert_eq!(Alarm::named(&alarm.name()), Some(alarm));
        }
        assert_eq!(Alarm::named("nothing-delivered"), None);
    }
}
