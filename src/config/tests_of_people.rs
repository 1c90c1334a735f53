//! What watches, subscribers, the operator and the listener may say, and what they mean.

use super::tests::{MAIL, SOURCE, SUBSCRIBER, WATCH};
use super::{Config, check_text};
use crate::domain::{Direction, Modality, QuietHours, Score};
use jiff::civil::{Time, Weekday};
use rstest::rstest;
use std::time::Duration;

fn config(text: &str) -> Config {
    check_text(text).unwrap_or_else(|errors| panic!("{errors}")).config
}

/// The first problem, with its help.
fn told(text: &str) -> String {
    let errors = check_text(text).expect_err("a wrong configuration");
    let first = errors.iter().next().expect("a problem");
    format!("{} ({})", first.message, first.help.as_deref().unwrap_or_default())
}

#[test]
fn a_watch_asks_for_all_that_it_names() {
    let text = format!(
        "{SOURCE}{WATCH}modalities = [\"fact\", \"planned\"]\ndirection = \"targeted\"\n\
         words = [\"Oil\", \"drone*\"]\nwithout = [\"football\"]\nsources = [\"S\"]\n"
    );
    let watch = config(&text).watches.remove(0);
    assert_eq!(watch.modalities.into_iter().collect::<Vec<_>>(), [Modality::Fact, Modality::Planned]);
    assert_eq!(watch.direction, Direction::Targeted);
    let words: Vec<String> = watch.words.iter().map(ToString::to_string).collect();
    assert_eq!(words, ["drone*", "oil"]);
    assert_eq!((watch.without.len(), watch.sources.len()), (1, 1));
}

#[test]
fn a_watch_that_says_nothing_of_it_asks_for_everything() {
    let watch = config(&format!("{SOURCE}{WATCH}")).watches.remove(0);
    assert_eq!(watch.modalities.len(), Modality::ALL.len());
    assert_eq!(watch.direction, Direction::Any);
    assert!(watch.words.is_empty() && watch.without.is_empty() && watch.sources.is_empty());
}

#[test]
fn a_subscriber_may_want_silence_and_fewer_messages() {
    let text = format!(
        "{SOURCE}{WATCH}{MAIL}{SUBSCRIBER}quiet = {{ from = \"22:00\", to = \"7:00\", unless = 6.0 }}\n\
         gather = \"10m\"\nmost-per-hour = 3\nconfirm = true\n"
    );
    let subscriber = config(&text).subscribers.remove(0);
    let quiet = QuietHours {
        from: Time::constant(22, 0, 0, 0),
        to: Time::constant(7, 0, 0, 0),
        unless: Some(Score::from_points(6.0)),
    };
    assert_eq!(subscriber.quiet, Some(quiet));
    assert_eq!(subscriber.gather, Duration::from_mins(10));
    assert_eq!((subscriber.most_per_hour.get(), subscriber.confirm), (3, true));
}

#[test]
fn the_operator_and_the_listener_have_their_tables() {
    let text = format!(
        "{SOURCE}{WATCH}{MAIL}[operator]\nemail = \"ops@example.org\"\nsilence = \"2h\"\nsummary = \"Mon 08:00\"\n\
         [listen]\naddress = \"127.0.0.1:8642\"\npublic-url = \"https://alerts.example.org/sw\"\n"
    );
    let config = config(&text);
    assert_eq!(config.operator.silence, Duration::from_hours(2));
    assert_eq!(config.operator.summary, Some((Weekday::Monday, Time::constant(8, 0, 0, 0))));
    let listen = config.listen.expect("a listener");
    assert_eq!(listen.public_url.expect("a base").as_str(), "https://alerts.example.org/sw/");
}

#[rstest]
#[case::on_this_machine("address = \"127.0.0.1:8642\"", true)]
#[case::to_others("address = \"0.0.0.0:8642\"", false)]
#[case::switched_off("address = \"[::1]:8642\"\nmetrics = false", false)]
#[case::switched_on("address = \"[::]:8642\"\nmetrics = true", true)]
fn numbers_are_told_on_this_machine_unless_the_file_says_otherwise(
    #[case] keys: &str,
    #[case] expected: bool,
) {
    let config = config(&format!("{SOURCE}{WATCH}[listen]\n{keys}\n"));
    assert_eq!(config.listen.expect("a listener").metrics, expected);
}

#[rstest]
#[case::modality(
    "[[watch]]\nmodalities = [\"facts\"]",
    "`facts` is not one of `modalities` (did you mean \"fact\"?)"
)]
#[case::direction(
    "[[watch]]\ndirection = \"act\"",
    "`act` is not one of `direction` (there are `any`, `acting` or `targeted`)"
)]
#[case::word(
    "[[watch]]\nwords = [\"*\"]",
    "`*` is no word to look for (a word or a phrase, such as \"uranium\"; a final * stands for any ending, as in \"drone*\")"
)]
#[case::source(
    "[[watch]]\nsources = [\"Meridan\"]",
    "no source is named `Meridan` (did you mean \"Meridian\"?)"
)]
#[case::no_time(
    "[[subscriber]]\nquiet = { from = \"22\", to = \"07:00\" }",
    "`22` is no time of day (hours and minutes, such as \"07:30\")"
)]
#[case::no_span(
    "[[subscriber]]\nquiet = { from = \"07:00\", to = \"07:00\" }",
    "these quiet hours end when they begin (such as { from = \"22:00\", to = \"07:00\" })"
)]
#[case::quiet_digest(
    "[[subscriber]]\ndeliver = { daily = \"07:30\" }\nquiet = { from = \"22:00\", to = \"07:00\" }",
    "quiet hours are for alerts that come at once: a digest comes at its hour (leave `quiet` out, or set `deliver` to \"at once\")"
)]
#[case::too_many(
    "[[subscriber]]\nmost-per-hour = 0",
    "`most-per-hour` is out of range: `0` (anything from 1 to 10000)"
)]
#[case::plain_http(
    "[listen]\naddress = \"127.0.0.1:1\"\npublic-url = \"http://alerts.example.org/\"",
    "readers' links must be https (such as \"https://alerts.example.org/\")"
)]
#[case::no_port(
    "[listen]\naddress = \"localhost\"",
    "`localhost` is no address with a port (such as \"127.0.0.1:8642\", or \"[::]:8642\" for every interface)"
)]
#[case::summary_to_nobody(
    "[operator]\nsummary = \"Mon 08:00\"",
    "a summary is sent by mail, and the operator has no `email` (add `email`)"
)]
fn what_is_wrong_is_told(#[case] snippet: &str, #[case] expected: &str) {
    let source = SOURCE.replace("\"S\"", "\"Meridian\"");
    let text = match snippet.split_once('\n') {
        Some(("[[watch]]", rest)) => format!("{source}{WATCH}{rest}\n"),
        Some(("[[subscriber]]", rest)) => format!("{source}{WATCH}{MAIL}{SUBSCRIBER}{rest}\n"),
        _ => format!("{source}{WATCH}{MAIL}{snippet}\n"),
    };
    assert_eq!(told(&text), expected);
}
