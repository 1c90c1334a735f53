//! What is wrong in a configuration, and how it is told.

use super::{ConfigErrors, check_text};
use rstest::rstest;

/// Enough around a snippet that nothing else is wrong.
pub(super) const SOURCE: &str = "[[source]]\nname = \"S\"\nurl = \"https://example.org/feed\"\n";
pub(super) const WATCH: &str = "[[watch]]\nname = \"W\"\ncountries = [\"Iran\"]\n";
pub(super) const MAIL: &str = "[mail]\nfolder = \"mail\"\n";
pub(super) const SUBSCRIBER: &str = "[[subscriber]]\nemail = \"desk@example.org\"\nwatches = [\"W\"]\n";
pub(super) const SMTP: &str = "[smtp]\nhost = \"mail.example.org\"\nfrom = \"alerts@example.org\"\n";

fn errors(text: &str) -> ConfigErrors {
    check_text(text).expect_err("a wrong configuration")
}

/// Every problem as "line:column message (help)".
pub(super) fn told(text: &str) -> Vec<String> {
    all_told(&errors(text))
}

pub(super) fn all_told(errors: &ConfigErrors) -> Vec<String> {
    errors
        .iter()
        .map(|problem| {
            let place = problem.line.zip(problem.column);
            let place = place.map_or_else(|| "file".to_owned(), |(line, column)| format!("{line}:{column}"));
            let help = problem.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
            format!("{place} {}{help}", problem.message)
        })
        .collect()
}

#[rstest]
#[case::unknown_key(
    "[fetch]\nintervall = \"15m\"",
    "2:1 unknown key `intervall` in [fetch] (did you mean `interval`?)"
)]
#[case::far_key(
    "[mail]\nfolder = \"m\"\nxyzzy = 1",
    "3:1 unknown key `xyzzy` in [mail] ([mail] may hold `folder`)"
)]
#[case::unknown_table(
    "[fetsch]\ninterval = \"15m\"",
    "1:2 unknown key `fetsch` in the file (did you mean `fetch`?)"
)]
#[case::wrong_type("[fetch]\ninterval = 15", "2:12 `interval` must be a string, not an integer")]
#[case::bad_duration(
    "[fetch]\ninterval = \"15 minutes\"",
    "2:12 `15 minutes` is no duration (a whole number and a unit (s, m, h, d, w or y), such as \"15m\" or \"24h\")"
)]
#[case::too_often("[fetch]\ninterval = \"10s\"", "2:12 `interval` is out of range: `10s` (from 1m to 7d)")]
#[case::longest_is_shorter(
    "[fetch]\ninterval = \"1h\"\nlongest-interval = \"30m\"",
    "3:20 `longest-interval` is shorter than `interval` (as long as `interval`, for a source that is always polled in the same time, or longer)"
)]
#[case::bad_count(
    "[fetch]\nmost-redirects = -1",
    "2:18 `most-redirects` is out of range: `-1` (anything from 0 to 20)"
)]
#[case::bad_range(
    "[fetch]\nallow-addresses = [\"10.0.0.0/40\"]",
    "2:20 `10.0.0.0/40` is no address range (such as \"127.0.0.0/8\", \"10.1.2.3\" or \"fd00::/8\")"
)]
#[case::bad_contact(
    "[fetch]\ncontact = \"ops\\r\\nX: y\"",
    "2:11 `contact` cannot stand in a header (a mail address or the URL of a page, in plain ASCII without brackets)"
)]
#[case::missing_authority(
    "[fetch]\nca-file = \"ca.pem\"",
    "2:11 cannot read ca.pem: other files are not read here (the path is relative to this configuration file)"
)]
#[case::bad_threshold(
    "[thresholds]\nalliance = 101.0",
    "2:12 `alliance` is out of range: `101.0` (anything from 0 to 100)"
)]
#[case::not_a_number(
    "[thresholds]\nalliance = nan",
    "2:12 `alliance` is out of range: `nan` (anything from 0 to 100)"
)]
#[case::keys_before_texts(
    "[retention]\nkeys = \"90d\"",
    "2:8 keys are kept for 90d and texts for 180d: what comes back would not be known (keep keys at least as long as texts)"
)]
#[case::state_elsewhere(
    "state = \"postgres://db/x\"",
    "1:9 the state is kept in a file, not behind an address (such as \"state/sanctionwatch.db\")"
)]
#[case::blank("state = \" \"", "1:9 `state` is empty")]
#[case::include_unread(
    "include = [\"more.toml\"]",
    "1:12 cannot read more.toml: other files are not read here (the path is relative to the file that includes it)"
)]
#[case::include_itself(
    "include = [\"./x/../sanctionwatch.toml\"]",
    "1:12 ./x/../sanctionwatch.toml is read already (each file is included once, and never by itself)"
)]
#[case::one_bracket(
    "[watch]\nname = \"X\"",
    "1:1 `watch` is written as one table; there may be several (write `[[watch]]` with two brackets)"
)]
fn a_wrong_setting_is_told_at_its_place(#[case] text: &str, #[case] expected: &str) {
    let with_watch = if text.starts_with("[watch]") { "" } else { WATCH };
    assert_eq!(told(&format!("{text}\n{SOURCE}{with_watch}")), [expected]);
}

#[rstest]
#[case::no_countries("name = \"A\"", "1:1 [[watch]] has no `countries` (add `countries = [\"Iran\"]`)")]
#[case::empty("name = \"A\"\ncountries = []", "3:13 `countries` is an empty list")]
#[case::not_a_list("name = \"A\"\ncountries = \"Iran\"", "3:13 `countries` must be a list, not a string")]
#[case::typo(
    "name = \"A\"\ncountries = [\"Russia\", \"Iraan\"]",
    "3:24 unknown country `Iraan` (did you mean \"Iran\"?)"
)]
#[case::far(
    "name = \"A\"\ncountries = [\"Atlantis-on-Sea\"]",
    "3:14 unknown country `Atlantis-on-Sea` (an English name (\"Iran\"), a code (\"IR\", \"EU\") or a demonym (\"Iranian\"))"
)]
#[case::kind(
    "name = \"A\"\ncountries = [\"Iran\"]\nkinds = [\"sanction\"]",
    "4:10 `sanction` is not one of `kinds` (did you mean \"sanctions\"?)"
)]
#[case::action(
    "name = \"A\"\ncountries = [\"Iran\"]\nactions = [\"sing\"]",
    "4:12 `sing` is not one of `actions` (did you mean \"sign\"?)"
)]
#[case::never(
    "name = \"A\"\ncountries = [\"Iran\"]\nkinds = [\"sanctions\"]\nactions = [\"sign\"]",
    "5:12 the action `sign` never happens to the kinds of this watch (add \"alliance\" to `kinds`, or leave the action out)"
)]
#[case::alone(
    "name = \"A\"\ncountries = [\"Iran\"]\nwith = [\"IR\"]",
    "4:8 this watch can never match: `with` names nobody else than `countries` (name another country, or leave `with` out)"
)]
#[case::name_in_two_lines(
    "name = \"A\\nB\"\ncountries = [\"Iran\"]",
    "2:8 this name cannot be shown in one line (one line of at most 200 characters)"
)]
fn a_wrong_watch_is_told_at_its_place(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(told(&format!("[[watch]]\n{text}\n{SOURCE}")), [expected]);
}

#[rstest]
#[case::address(
    "email = \"desk\"\nwatches = [\"W\"]",
    "2:9 `email` is no mail address: Missing domain or user (such as \"desk@example.org\")"
)]
#[case::watch(
    "email = \"a@example.org\"\nwatches = [\"w\"]",
    "3:12 no watch is named `w` (did you mean \"W\"?)"
)]
#[case::no_watches("email = \"a@example.org\"\nwatches = []", "3:11 `watches` is an empty list")]
#[case::when(
    "email = \"a@example.org\"\nwatches = [\"W\"]\ndeliver = \"hourly\"",
    "4:11 `hourly` is not when to deliver (\"at once\", { daily = \"07:30\" } or { weekly = \"Mon 07:30\" })"
)]
#[case::time(
    "email = \"a@example.org\"\nwatches = [\"W\"]\ndeliver = { daily = \"25:00\" }",
    "4:21 `25:00` is no time of day (hours and minutes, such as \"07:30\")"
)]
#[case::day(
    "email = \"a@example.org\"\nwatches = [\"W\"]\ndeliver = { weekly = \"Someday 07:30\" }",
    "4:22 `Someday 07:30` is no day and time (a day and a time, such as \"Mon 07:30\")"
)]
#[case::neither(
    "email = \"a@example.org\"\nwatches = [\"W\"]\ndeliver = {}",
    "4:11 `deliver` is either daily or weekly (\"at once\", { daily = \"07:30\" } or { weekly = \"Mon 07:30\" })"
)]
#[case::zone(
    "email = \"a@example.org\"\nwatches = [\"W\"]\ntime-zone = \"Europe/Berlim\"",
    "4:13 there is no time zone `Europe/Berlim` (did you mean \"Europe/Berlin\"?)"
)]
#[case::city(
    "email = \"a@example.org\"\nwatches = [\"W\"]\ntime-zone = \"new york\"",
    "4:13 there is no time zone `new york` (did you mean \"America/New_York\"?)"
)]
#[case::twice(
    "email = \"a@example.org\"\nwatches = [\"W\"]\n[[subscriber]]\nemail = \"A@example.org\"\nwatches = [\"W\"]",
    "5:9 this subscriber is given twice (the first is at sanctionwatch.toml:2)"
)]
fn a_wrong_subscriber_is_told_at_its_place(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(told(&format!("[[subscriber]]\n{text}\n{MAIL}{SOURCE}{WATCH}")), [expected]);
}

#[rstest]
#[case::host(
    "host = \"smtp://mail\"\nfrom = \"a@example.org\"",
    "2:8 `smtp://mail` is no host name (only the name, such as \"mail.example.org\"; the port has its own key)"
)]
#[case::no_host("from = \"a@example.org\"", "1:1 [smtp] has no `host` (add `host = \"mail.example.org\"`)")]
#[case::security(
    "host = \"mail\"\nfrom = \"a@example.org\"\nsecurity = \"startls\"",
    "4:12 `startls` is not one of `security` (did you mean \"starttls\"?)"
)]
#[case::port(
    "host = \"mail\"\nfrom = \"a@example.org\"\nport = 70000",
    "4:8 `port` is out of range: `70000` (anything from 1 to 65535)"
)]
#[case::from(
    "host = \"mail\"\nfrom = \"Alerts\"",
    "3:8 `from` is no mail address (such as \"Sanctions watch <alerts@example.org>\")"
)]
#[case::no_password(
    "host = \"mail\"\nfrom = \"a@example.org\"\nuser = \"u\"",
    "4:8 [smtp] has a `user` and no `password-credential` (name a systemd credential, a file, or an environment variable that holds the password)"
)]
#[case::timeout(
    "host = \"mail\"\nfrom = \"a@example.org\"\ntimeout = \"1h\"",
    "4:11 `timeout` is out of range: `1h` (from 1s to 10m)"
)]
fn a_wrong_mail_server_is_told_at_its_place(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(told(&format!("[smtp]\n{text}\n{SOURCE}{WATCH}")), [expected]);
}

#[test]
fn a_subscriber_needs_a_way_for_mail_and_one_only() {
    assert_eq!(
        told(&format!("{SUBSCRIBER}{SOURCE}{WATCH}")),
        ["1:1 a subscriber gets mail, and no way to send mail is given \
          (add `[smtp]` (a mail server), or `[mail]` with `folder` (mail as .eml files))"]
    );
    assert_eq!(
        told(&format!("{SMTP}{MAIL}{SOURCE}{WATCH}")),
        ["4:1 mail goes either to a server or into a folder, not both \
          (remove this table, or `[smtp]` at sanctionwatch.toml:1)"]
    );
}

#[test]
fn an_empty_file_is_a_configuration_that_watches_nothing() {
    let config = check_text("").expect("a configuration").config;
    assert!(config.sources.is_empty() && config.watches.is_empty() && config.subscribers.is_empty());
}

#[test]
fn ten_errors_give_ten_problems_in_the_order_of_the_file() {
    let text = "\
statte = \"x.db\"
[fetch]
interval = 15
timeout = \"1 fortnight\"
[[source]]
name = \"A\"
url = \"gopher://example.org\"
lang = \"xyz\"
[[source]]
name = \"A\"
page = \"https://example.org/\"
item = \"li[\"
title = \"a\"
[[watch]]
name = \"W\"
countries = [\"Iram\"]
[[subscriber]]
email = \"desk\"
watches = [\"Q\"]
[mail]
folder = 7
";
    let lines: Vec<Option<usize>> = errors(text).iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [1, 3, 4, 7, 8, 10, 12, 16, 18, 19, 21].map(Some), "{}", errors(text));
}

#[test]
fn a_problem_shows_its_line_and_what_would_be_right() {
    let text = format!("{SOURCE}[[watch]]\nname = \"Иран\"\ncountries = [\"Russia\", \"Belarsu\"]\n");
    insta::assert_snapshot!(errors(&text), @r#"
    error: unknown country `Belarsu`
     --> sanctionwatch.toml:6:24
      |
    6 | countries = ["Russia", "Belarsu"]
      |                        ^^^^^^^^^
      |
      = help: did you mean "Belarus"?

    1 problem
    "#);
}

#[test]
fn several_syntax_errors_are_told_and_the_rest_is_checked_all_the_same() {
    let text = format!("[fetch]\ninterval = \ntimeout = \"x\n[mail]\nfoldr = \"m\"\n{SOURCE}{WATCH}");
    insta::assert_snapshot!(errors(&text), @r#"
    error: string values must be quoted, expected literal string
     --> sanctionwatch.toml:2:12
      |
    2 | interval = 
      |            ^

    error: invalid basic string, expected `"`
     --> sanctionwatch.toml:3:13
      |
    3 | timeout = "x
      |             ^

    error: unknown key `foldr` in [mail]
     --> sanctionwatch.toml:5:1
      |
    5 | foldr = "m"
      | ^^^^^
      |
      = help: did you mean `folder`?

    3 problems
    "#);
}

#[test]
fn a_secret_is_never_shown() {
    let text = format!("{SMTP}user = \"desk@example.org\"\npassword = \"hunter2\"\n{SOURCE}{WATCH}");
    let errors = errors(&text);
    insta::assert_snapshot!(errors, @r#"
    error: [smtp] has a `user` and no `password-credential`
     --> sanctionwatch.toml:4:8
      |
    4 | user = "****@example.org"
      |        ^^^^^^^^^^^^^^^^^^
      |
      = help: name a systemd credential, a file, or an environment variable that holds the password

    error: unknown key `password` in [smtp]
     --> sanctionwatch.toml:5:1
      |
    5 | password = *********
      | ^^^^^^^^
      |
      = help: did you mean `password-credential`?

    2 problems
    "#);
    let credential = format!("{SMTP}user = \"u\"\npassword-credential = \"hunter2\"\n{SOURCE}{WATCH}");
    let json = serde_json::to_string(check_text(&credential).unwrap_err().findings()).unwrap();
    assert!(!format!("{errors}{json}").contains("hunter2"), "{json}");
}

#[test]
fn a_program_gets_file_line_column_message_and_help() {
    let errors = errors(&format!("[fetch]\nintervall = \"15m\"\n{SOURCE}{WATCH}"));
    assert_eq!(
        serde_json::to_value(errors.findings()).unwrap(),
        serde_json::json!([{
            "severity": "error",
            "file": "sanctionwatch.toml", "line": 2, "column": 1,
            "message": "unknown key `intervall` in [fetch]", "help": "did you mean `interval`?"
        }])
    );
}
