//! What is odd in a configuration that can be used, and what is not.

use super::tests::{MAIL, SOURCE, SUBSCRIBER, WATCH};
use super::{Environment, Findings, Severity, load};
use rstest::rstest;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// In a folder that everybody may enter, late in November.
fn warnings(text: &str, files: &[(&str, &str, u32)]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let open = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    open(folder.path(), 0o755);
    let main = folder.path().join("sanctionwatch.toml");
    for (name, text, mode) in files.iter().chain([&("sanctionwatch.toml", text, 0o644)]) {
        fs::write(folder.path().join(name), text).unwrap();
        open(&folder.path().join(name), *mode);
    }
    let environment = Environment::of_variables([]).at("2026-11-29T12:00:00Z".parse().unwrap());
    let loaded = load(&main, &environment).unwrap_or_else(|errors| panic!("{errors}"));
    told(&loaded.warnings)
}

fn told(findings: &Findings) -> Vec<String> {
    findings
        .iter()
        .map(|warning| {
            assert_eq!(warning.severity, Severity::Warning);
            let place = warning.line.zip(warning.column);
            let place = place.map_or_else(|| "file".to_owned(), |(line, column)| format!("{line}:{column}"));
            format!("{place} {}", warning.message)
        })
        .collect()
}

#[rstest]
#[case::renamed("[fetch]\nmax-redirects = 3", &["2:1 `max-redirects` is called `most-redirects` now"])]
#[case::too_high(
    "[thresholds]\nalliance = 50",
    &["2:12 no item can score 50.0: none is reported"]
)]
#[case::high_and_reachable("[thresholds]\nalliance = 9.0", &[])]
#[case::watch_too_high(
    "[[watch]]\nname = \"V\"\ncountries = [\"Cuba\"]\nthreshold = 80",
    &["4:13 no item can score 80.0: \"V\" tells nothing"]
)]
#[case::same_country(
    "[[watch]]\nname = \"V\"\ncountries = [\"Iran\", \"IR\"]\nwith = [\"Cuba\", \"Cuban\"]",
    &["3:22 Iran is named twice", "4:17 Cuba is named twice"]
)]
#[case::kind_without_action(
    "[[watch]]\nname = \"V\"\ncountries = [\"Iran\"]\nkinds = [\"sanctions\", \"alliance\"]\nactions = [\"sign\"]",
    &["4:10 none of this watch's `actions` ever happens to the kind `sanctions`"]
)]
#[case::usual_kinds_need_no_action_each("[[watch]]\nname = \"V\"\ncountries = [\"Iran\"]\nactions = [\"sign\"]", &[])]
#[case::contradiction(
    "[[watch]]\nname = \"V\"\ncountries = [\"Iran\"]\nwords = [\"oil\", \"drones\"]\nwithout = [\"drone*\"]",
    &["4:17 this word never counts: what holds it is left out"]
)]
#[case::same_feed(
    "[[source]]\nname = \"T\"\nurl = \"http://EXAMPLE.org/feed/\"",
    &["6:7 \"T\" reads this feed already"]
)]
#[case::same_feed_with_a_login(
    "[[source]]\nname = \"T\"\nurl = \"https://example.org/feed\"\nheaders = { Accept-Language = \"de\" }",
    &[]
)]
#[case::a_search_for_the_same_feed(
    "[[source]]\nname = \"T\"\nurl = \"https://t.example/feed\"\nsearch = \"https://example.org/feed\"",
    &["7:7 \"T\" reads this feed already"]
)]
#[case::same_page_by_the_same_rules(
    "[[source]]\nname = \"T\"\npage = \"https://t.example/news\"\nitem = \".row\"\ntitle = \"a\"\n\
     [[source]]\nname = \"U\"\npage = \"https://t.example/news/\"\nitem = \".row\"\ntitle = \"a\"",
    &["8:8 \"T\" reads this page already, by the same rules"]
)]
#[case::same_page_by_other_rules(
    "[[source]]\nname = \"T\"\npage = \"https://example.org/feed\"\nitem = \"a\"\ntitle = \"a\"",
    &[]
)]
#[case::unread_language(
    "[[source]]\nname = \"T\"\nurl = \"https://t.example/\"\nlang = \"it\"\n\
     [[watch]]\nname = \"V\"\ncountries = [\"Iran\"]\nsources = [\"T\"]",
    &["8:11 the sources of \"V\" are in languages that are not read (it)"]
)]
#[case::unread_language_beside_another(
    "[[source]]\nname = \"T\"\nurl = \"https://t.example/\"\nlang = \"it\"\n\
     [[watch]]\nname = \"V\"\ncountries = [\"Iran\"]\nsources = [\"T\", \"S\"]",
    &[]
)]
#[case::open_address(
    "[[source]]\nname = \"T\"\nurl = [\"https://t.example/\", \"https://t.example/?lang=de&token=k\"]",
    &["3:30 `token` in this address looks like a secret, and everybody on this machine can read this file"]
)]
#[case::address_of_a_section("[[source]]\nname = \"T\"\nurl = \"https://t.example/?key=politics&page=2\"", &[])]
#[case::watches_alike(
    "[[watch]]\nname = \"V\"\ncountries = [\"Cuba\", \"Iran\"]\n[[watch]]\nname = \"X\"\ncountries = [\"IR\", \"Cuban\"]\n\
     [[watch]]\nname = \"Y\"\ncountries = [\"IR\", \"Cuba\"]\nthreshold = 4.0",
    &["5:8 \"X\" asks for the same as \"V\""]
)]
#[case::open_header(
    "[[source]]\nname = \"T\"\nurl = \"https://t.example/\"\nheaders = { X-Api-Key = \"k\", Accept = \"*/*\" }",
    &["4:25 this header looks like a secret, and everybody on this machine can read this file"]
)]
fn what_is_odd_is_told_at_its_place(#[case] text: &str, #[case] expected: &[&str]) {
    assert_eq!(warnings(&format!("{text}\n{SOURCE}{WATCH}"), &[]), expected);
}

#[rstest]
#[case::day_that_is_cut_short(
    "deliver = { daily = \"02:30\" }\ntime-zone = \"Europe/Berlin\"",
    &["1:21 there is no 02:30 on 2027-03-28 in Europe/Berlin: the clocks go forward"]
)]
#[case::another_weekday("deliver = { weekly = \"Mon 02:30\" }\ntime-zone = \"Europe/Berlin\"", &[])]
#[case::quiet_hours(
    "quiet = { from = \"22:00\", to = \"02:15\" }\ntime-zone = \"America/New_York\"",
    &["1:32 there is no 02:15 on 2027-03-14 in America/New_York: the clocks go forward"]
)]
#[case::quiet_for_all(
    "quiet = { from = \"22:00\", to = \"06:00\", unless = 40.0 }",
    &["1:50 no item can score 40.0: nothing comes in the quiet hours"]
)]
#[case::quiet_for_most("quiet = { from = \"22:00\", to = \"06:00\", unless = 6.0 }", &[])]
#[case::no_summer_time("deliver = { daily = \"02:30\" }", &[])]
fn a_time_that_the_clocks_skip_is_told_of(#[case] text: &str, #[case] expected: &[&str]) {
    let (header, rest) = SUBSCRIBER.split_once('\n').unwrap();
    let found = warnings(&format!("{MAIL}{SOURCE}{WATCH}{header}\n{text}\n{rest}"), &[]);
    let found: Vec<String> = found
        .iter()
        .map(|told| {
            let (line, rest) = told.split_once(':').unwrap();
            format!(
                "{}:{rest}",
                line.parse::<usize>().unwrap() - format!("{MAIL}{SOURCE}{WATCH}").lines().count() - 1
            )
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn a_watch_that_nobody_hears_of_is_told_where_there_are_subscribers() {
    let another = "[[watch]]\nname = \"V\"\ncountries = [\"Cuba\"]\n";
    let told = warnings(&format!("{another}{SOURCE}{WATCH}{MAIL}{SUBSCRIBER}"), &[]);
    assert_eq!(told, ["2:8 nobody subscribes to \"V\": its alerts go to the log only"]);
    assert_eq!(warnings(&format!("{another}{SOURCE}{WATCH}"), &[]), [""; 0]);
}

#[test]
fn a_secret_that_everybody_may_read_is_told_of() {
    let text = "[[source]]\nname = \"S\"\nurl = \"https://a.example/\"\ntoken-credential = \"key\"\n";
    let told = |mode| warnings(&format!("{text}{WATCH}"), &[("key", "hunter2", mode)]);
    assert_eq!(told(0o644), ["4:20 everybody on this machine can read the file with this token"]);
    assert_eq!(told(0o640), [""; 0]);
}

#[test]
fn a_configuration_without_sources_or_watches_is_told_of_as_a_whole() {
    assert_eq!(
        warnings("", &[]),
        [
            "file there is no `[[source]]`, so nothing will be read",
            "file there is no `[[watch]]`, so nothing will be told"
        ]
    );
}

#[test]
fn a_country_that_no_source_can_name_is_told_of() {
    let words = "language = \"it\"\n[[actor]]\ncode = \"IR\"\nnames = [\"Iran\"]\n";
    let text = "[vocabulary]\nfiles = [\"it.toml\"]\n[[source]]\nname = \"T\"\nurl = \"https://t.example/\"\n\
                lang = \"it\"\n[[watch]]\nname = \"V\"\ncountries = [\"Iran\", \"Cuba\"]\n";
    assert_eq!(
        warnings(text, &[("it.toml", words, 0o644)]),
        ["9:22 Cuba has no name in the languages of this watch's sources (it)"]
    );
    let partner = text.replace("\"Iran\", \"Cuba\"]", "\"Iran\"]\nwith = [\"Cuba\"]");
    assert_eq!(
        warnings(&partner, &[("it.toml", words, 0o644)]),
        ["10:9 Cuba has no name in the languages of this watch's sources (it)"]
    );
    let official = text.replace("lang =", "speaks-for = \"Cuba\"\nlang =");
    assert_eq!(warnings(&official, &[("it.toml", words, 0o644)]), [""; 0]);
}

/// What a threshold is measured by are the words of the languages that are read.
#[test]
fn a_threshold_that_the_words_of_the_sources_cannot_reach_is_told_of() {
    let words = "language = \"it\"\n[[actor]]\ncode = \"IR\"\nnames = [\"Iran\"]\n\
                 [[cue]]\nrole = \"noun\"\nkind = \"sanctions\"\nrule = \"sanctions\"\nweight = 2.0\nmatch = [\"sanzioni\"]\n";
    let text = "[vocabulary]\nfiles = [\"it.toml\"]\n[[source]]\nname = \"T\"\nurl = \"https://t.example/\"\n\
                lang = \"it\"\n[[watch]]\nname = \"V\"\ncountries = [\"Iran\"]\nkinds = [\"sanctions\"]\nthreshold = 10.0\n";
    assert_eq!(
        warnings(text, &[("it.toml", words, 0o644)]),
        ["11:13 no item can score 10.0: \"V\" tells nothing"]
    );
    // Nobody knows in which language it may come.
    let any = text.replace("lang = \"it\"\n", "");
    assert_eq!(warnings(&any, &[("it.toml", words, 0o644)]), [""; 0]);
}

#[test]
fn warnings_stand_beside_errors_and_errors_alone_refuse() {
    let text = format!("[fetch]\nmax-redirects = 3\ntimeout = 5\n{SOURCE}{WATCH}");
    let errors = super::check_text(&text).unwrap_err();
    let told: Vec<(Severity, &str)> =
        errors.iter().map(|found| (found.severity, found.message.as_str())).collect();
    assert_eq!(
        told,
        [
            (Severity::Warning, "`max-redirects` is called `most-redirects` now"),
            (Severity::Error, "`timeout` must be a string, not an integer"),
        ]
    );
    assert!(errors.to_string().ends_with("1 problem, 1 warning"), "{errors}");
}
