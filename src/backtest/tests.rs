//! Replays of a few lines, with the words that are built in.

use super::*;
use crate::config::{Config, check_text};
use crate::domain::Truth::{Borderline, No, Yes};
use crate::domain::{
    Cue, DropReason, Entry, Kind, Label, Language, LanguageWords, Score, SourceName, SubscriberKey, Verdict,
    WordClass,
};
use jiff::{SignedDuration, Timestamp};
use rstest::rstest;
use std::collections::BTreeSet;
use std::sync::Arc;

const CUBA: &str = "[[watch]]\nname = \"Cuba\"\ncountries = [\"Cuba\"]\n";
const IRAN: &str = "[[watch]]\nname = \"Iran\"\ncountries = [\"Iran\"]\n";

const BAN: &str = "US imposes sanctions on Cuban port operator";
const BAN_ELSEWHERE: &str = "US imposes sanctions on Cuban port operator, freezes assets";
const THREAT: &str = "US threatens sanctions on Iran over tanker seizures in Gulf";
const DONE: &str = "US imposes sanctions on Iran over tanker seizures in Gulf";
const LIFTED: &str = "US lifts sanctions on Iran over tanker seizures in Gulf";
const PACT: &str = "Cuba and Vietnam sign agreement on rice";
const STREET: &str = "Cuba Street traders and Australian investors sign agreement on market hall";
const RAIN: &str = "Rain ends drought in the south";

fn config(text: &str) -> Config {
    check_text(text).expect("a configuration").config
}

fn setup(config: &Config) -> Setup<'_> {
    let told = (config.watches.as_slice(), config.subscribers.as_slice());
    Setup::new(&config.vocabulary, (config.thresholds, config.stories), told, &config.sources)
}

fn at(hours: i64) -> Timestamp {
    "2026-11-02T07:00:00Z".parse::<Timestamp>().expect("a time") + SignedDuration::from_hours(hours)
}

/// An item of a source with a link of its own, published at an hour.
fn item(hours: i64, source: &str, link: &str, title: &str) -> Item {
    let entry = Entry {
        guid: None,
        url: Some(format!("https://news.example/{link}").parse().expect("a link")),
        title: title.to_owned(),
        summary: String::new(),
        published: Some(at(hours)),
        language: Some(Language::ENGLISH),
    };
    Item::new(link.to_owned(), SourceName::new(source).expect("a name"), entry, at(hours))
}

fn replayed(config: &Config, items: &[Item]) -> Replay {
    let setup = setup(config);
    let judged = judge(&setup, items);
    replay(&setup, items, &judged)
}

const DUPLICATE: DropReason = DropReason::Duplicate;

#[rstest]
#[case::told(CUBA, vec![item(0, "A", "1", BAN)], &[Fate::Told(0)])]
#[case::told_once(CUBA, vec![item(0, "A", "1", BAN), item(1, "B", "2", BAN_ELSEWHERE)],
    &[Fate::Told(0), Fate::Untold(DUPLICATE, Some(0))])]
#[case::the_same_item_again(CUBA, vec![item(0, "A", "1", BAN), item(0, "A", "1", BAN)],
    &[Fate::Told(0), Fate::Again(0)])]
#[case::two_things(CUBA, vec![item(0, "A", "1", BAN), item(1, "A", "2", PACT)], &[Fate::Told(0), Fate::Told(1)])]
#[case::nobody_asks(IRAN, vec![item(0, "A", "1", BAN)], &[Fate::Untold(DropReason::NoWatch, Some(0))])]
#[case::nothing_said(CUBA, vec![item(0, "A", "1", RAIN)], &[Fate::Untold(DropReason::NoCue, None)])]
#[case::old(CUBA, vec![Item { old: Some(DropReason::TooOld), ..item(0, "A", "1", BAN) }],
    &[Fate::Untold(DropReason::TooOld, Some(0))])]
#[case::told_by_a_fresh_copy_of_an_old_one(CUBA,
    vec![Item { old: Some(DropReason::Baseline), ..item(0, "A", "1", BAN) }, item(1, "B", "2", BAN_ELSEWHERE)],
    &[Fate::Untold(DropReason::Baseline, Some(0)), Fate::Told(0)])]
#[case::developments(IRAN,
    vec![item(0, "A", "1", THREAT), item(30, "A", "2", DONE), item(60, "A", "3", LIFTED)],
    &[Fate::Told(0), Fate::Told(1), Fate::Told(2)])]
fn items_have_the_fates_that_the_daemon_gives_them(
    #[case] text: &str,
    #[case] items: Vec<Item>,
    #[case] expected: &[Fate],
) {
    assert_eq!(replayed(&config(text), &items).fates, expected);
}

#[test]
fn what_comes_of_a_story_follows_it() {
    let items = [item(0, "A", "1", THREAT), item(30, "A", "2", DONE)];
    let replay = replayed(&config(IRAN), &items);
    let follows = replay.stories[1].follows.map(|(story, change)| (story, change.to_string()));
    assert_eq!(follows, Some((0, "carried out".to_owned())));
}

#[test]
fn an_edit_that_says_the_contrary_is_told_again() {
    let items = [item(0, "A", "1", DONE), item(2, "A", "1", LIFTED)];
    let replay = replayed(&config(IRAN), &items);
    assert_eq!(replay.fates, [Fate::Told(0), Fate::Again(0)]);
    assert_eq!(replay.stories[0].revision, 2);
    assert_eq!(replay.alerts.iter().map(|alert| alert.item).collect::<Vec<_>>(), [0, 1]);
    // In other words it is silent.
    let reworded = "US imposes new sanctions on Iran over tanker seizures in Gulf";
    let replay = replayed(&config(IRAN), &[item(0, "A", "1", DONE), item(2, "A", "1", reworded)]);
    assert_eq!((replay.stories[0].revision, replay.alerts.len()), (1, 1));
}

#[test]
fn volumes_are_counted_by_watch_and_by_reader() {
    let text = format!(
        "{CUBA}{IRAN}[[subscriber]]\nemail = \"desk@example.org\"\nwatches = [\"Iran\"]\n[mail]\nfolder = \"mail\"\n"
    );
    let config = config(&text);
    let items = [item(0, "A", "1", BAN), item(1, "A", "2", PACT), item(48, "A", "3", DONE)];
    let replay = replayed(&config, &items);
    let setup = setup(&config);
    let counted: Vec<(usize, f64, usize)> = watches(&setup, &replay)
        .iter()
        .map(|(_, volume)| (volume.alerts, volume.a_day, volume.busiest.map_or(0, |(_, most)| most)))
        .collect();
    assert_eq!(counted, [(2, 1.0, 2), (1, 0.5, 1)]);
    let readers: Vec<(bool, usize)> = subscribers(&setup, &replay)
        .iter()
        .map(|(key, volume)| (*key == SubscriberKey::Journal, volume.alerts))
        .collect();
    assert_eq!(readers, [(true, 3), (false, 1)]);
    assert!((replayed(&config, &items[..1]).days() - 1.0).abs() < f64::EPSILON, "an hour counts as a day");
}

#[test]
fn the_nearest_is_told_with_what_it_lacks() {
    let strict = format!("{CUBA}threshold = 6.0\n{IRAN}");
    let config = config(&strict);
    let items = [item(0, "A", "1", BAN), item(1, "A", "2", RAIN), item(2, "B", "3", BAN)];
    let setup = setup(&config);
    let judged = judge(&setup, &items);
    let replay = replay(&setup, &items, &judged);
    let near = near(&setup, &items, (&judged, &replay), 5);
    let told: Vec<_> =
        near.iter().map(|near| (near.item, near.watch.name.as_str(), near.mismatches.clone())).collect();
    assert_eq!(told, [(0, "Cuba", vec![crate::alerting::Mismatch::Score])], "a headline stands there once");
}

/// What differs: which story of the one and of the other, the item, and what made the difference.
fn differences(before: &str, after: &str, items: &[Item]) -> Vec<String> {
    let (before, after) = (config(before), config(after));
    let (one, other) = (setup(&before), setup(&after));
    let (judged, judged_too) = (judge(&one, items), judge(&other, items));
    let (was, is) = (replay(&one, items, &judged), replay(&other, items, &judged_too));
    let before = Side { setup: &one, judged: &judged, replay: &was };
    let after = Side { setup: &other, judged: &judged_too, replay: &is };
    let shown = |difference: Difference<'_>| {
        let sort = match (difference.before, difference.after) {
            (None, _) => "appears",
            (_, None) => "disappears",
            _ => "changes",
        };
        let why = match difference.why {
            None => String::new(),
            Some(Why::Says(reason)) => format!(", {reason}"),
            Some(Why::PartOf(story)) => format!(", part of {story}"),
            Some(Why::Lacks(lacks)) => {
                let shown = lacks.iter().map(|lack| {
                    let mismatches = lack.nearest.as_ref().map(|(_, _, mismatches)| mismatches);
                    format!(", {} {mismatches:?}", lack.name)
                });
                shown.collect::<Vec<_>>().concat()
            }
        };
        let (gone, come) = (difference.gone.len(), difference.come.len());
        let names = |names: &BTreeSet<crate::domain::WatchName>| {
            names.iter().map(|name| name.as_str().to_owned()).collect::<Vec<_>>().join(" ")
        };
        let watches =
            format!("-[{}] +[{}]", names(&difference.watches_gone), names(&difference.watches_come));
        format!("{sort} {}{why}; {watches}; evidence -{gone} +{come}", difference.item)
    };
    compare(items, before, after).into_iter().map(shown).collect()
}

#[rstest]
#[case::nothing(CUBA, CUBA, &[])]
#[case::a_higher_threshold(CUBA, "[[watch]]\nname = \"Cuba\"\ncountries = [\"Cuba\"]\nthreshold = 6.0\n",
    &["disappears 0, Cuba Some([Score]); -[Cuba] +[]; evidence -0 +0",
      "disappears 2, Cuba Some([Score]); -[Cuba] +[]; evidence -0 +0"])]
#[case::another_kind("[[watch]]\nname = \"Cuba\"\ncountries = [\"Cuba\"]\nkinds = [\"sanctions\"]\n", CUBA,
    &["appears 1, Cuba Some([Kind]); -[] +[Cuba]; evidence -0 +0",
      "appears 2, Cuba Some([Kind]); -[] +[Cuba]; evidence -0 +0"])]
#[case::another_name(CUBA, "[[watch]]\nname = \"Havana\"\ncountries = [\"Cuba\"]\n",
    &["changes 0, Cuba None, Havana None; -[Cuba] +[Havana]; evidence -0 +0", "changes 1, Cuba None, Havana None; -[Cuba] +[Havana]; evidence -0 +0",
      "changes 2, Cuba None, Havana None; -[Cuba] +[Havana]; evidence -0 +0"])]
#[case::by_one_watch_fewer("[[watch]]\nname = \"Cuba\"\ncountries = [\"Cuba\"]\n[[watch]]\nname = \"US\"\ncountries = [\"US\"]\n",
    "[[watch]]\nname = \"Cuba\"\ncountries = [\"Cuba\"]\nthreshold = 6.0\n[[watch]]\nname = \"US\"\ncountries = [\"US\"]\n",
    &["disappears 2, Cuba Some([Score]); -[Cuba] +[]; evidence -0 +0",
      "changes 0, Cuba Some([Score]); -[Cuba] +[]; evidence -0 +0"])]
#[case::no_watch_any_more(CUBA, IRAN,
    &["disappears 0, Cuba None; -[Cuba] +[]; evidence -0 +0", "disappears 1, Cuba None; -[Cuba] +[]; evidence -0 +0",
      "disappears 2, Cuba None; -[Cuba] +[]; evidence -0 +0"])]
fn two_configurations_differ_story_by_story(
    #[case] before: &str,
    #[case] after: &str,
    #[case] expected: &[&str],
) {
    let items = [item(0, "A", "1", BAN), item(1, "A", "2", PACT), item(2, "A", "3", STREET)];
    assert_eq!(differences(before, after, &items), expected);
}

/// The words of English, to change them.
fn english(config: &mut Config) -> &mut LanguageWords {
    let vocabulary = Arc::make_mut(&mut config.vocabulary);
    vocabulary.languages.get_mut(&Language::ENGLISH).expect("English")
}

fn cue<'c>(config: &'c mut Config, pattern: &str) -> &'c mut Cue {
    let cues = &mut english(config).cues;
    cues.iter_mut().find(|cue| cue.patterns.contains(pattern)).expect("a cue")
}

/// What two configurations judge alike is judged once: by either it is what it would be alone.
#[rstest]
#[case::nothing(|_: &mut Config| ())]
#[case::a_watch(|other: &mut Config| other.watches[0].threshold = Some(Score::from_points(0.5)))]
#[case::a_higher_threshold(|other: &mut Config| other.thresholds.sanctions = Score::from_points(4.0))]
#[case::a_lower_threshold(|other: &mut Config| other.thresholds.alliance = Score::from_points(1.0))]
#[case::what_is_told_again(|other: &mut Config| other.thresholds.sanctions = Score::from_points(5.0))]
#[case::a_new_cue(|other: &mut Config| {
    let new = Cue { patterns: ["rice".to_owned()].into(), ..cue(other, "sanctions").clone() };
    english(other).cues.push(new);
})]
#[case::a_cue_gone(|other: &mut Config| english(other).cues.retain(|cue| !cue.patterns.contains("sanctions")))]
#[case::a_weight(|other: &mut Config| cue(other, "sanctions").weight = Score::from_points(0.5))]
#[case::a_word_more(|other: &mut Config| {
    cue(other, "sanctions").patterns.insert("drought".to_owned());
})]
#[case::a_word_less(|other: &mut Config| {
    cue(other, "sanctions").patterns.remove("sanctions");
})]
#[case::a_beginning(|other: &mut Config| {
    cue(other, "sanctions").patterns.insert("*operator".to_owned());
})]
#[case::a_mask(|other: &mut Config| {
    english(other).masks.insert("cuba street".to_owned());
})]
#[case::a_small_word(|other: &mut Config| {
    english(other).words.entry(WordClass::Target).or_default().insert("for".to_owned());
})]
#[case::a_name(|other: &mut Config| {
    let names = english(other).actors.get_mut(&"CU".parse().expect("a code")).expect("names");
    names.surfaces.retain(|surface| surface.text != "Cuban");
})]
#[case::a_small_word_of_another_language(|other: &mut Config| {
    let german = "de".parse::<Language>().expect("a language");
    let words = Arc::make_mut(&mut other.vocabulary).languages.get_mut(&german).expect("German");
    words.words.entry(WordClass::Target).or_default().insert("harbour".to_owned());
})]
#[case::a_publisher(|other: &mut Config| {
    english(other).words.entry(WordClass::Publisher).or_default().insert("harbour".to_owned());
})]
#[case::points(|other: &mut Config| Arc::make_mut(&mut other.vocabulary).points.target = Score::from_points(0.1))]
#[case::a_language_less(|other: &mut Config| {
    Arc::make_mut(&mut other.vocabulary).languages.remove(&Language::ENGLISH);
})]
#[case::for_whom_a_source_speaks(|other: &mut Config| other.sources[0].speaks_for = "IR".parse().ok())]
fn what_two_configurations_judge_alike_is_judged_once_and_the_same(#[case] change: fn(&mut Config)) {
    let text = format!("{CUBA}{IRAN}[[source]]\nname = \"A\"\nurl = \"https://news.example/\"\n");
    let one = config(&text);
    let mut other = config(&text);
    change(&mut other);
    let article = "The United States imposed sanctions on Cuba's shipping line on Thursday.".to_owned();
    let unread = |item: Item| Item { entry: Entry { language: None, ..item.entry.clone() }, ..item };
    let items = [
        item(0, "A", "1", BAN),
        item(1, "A", "2", STREET),
        Item { article, ..item(2, "A", "3", "A long night at the harbour") },
        item(3, "A", "4", "Cuba hopes for an end of sanctions"),
        item(4, "B", "5", BAN_ELSEWHERE),
        unread(item(5, "B", "6", THREAT)),
        unread(item(6, "B", "7", "EU verhängt neue Sanktionen gegen den Iran")),
        item(7, "A", "8", DONE),
        item(8, "A", "9", LIFTED),
        item(9, "A", "10", PACT),
        item(10, "A", "11", RAIN),
        item(11, "B", "12", "Sanctions on Cuba at the harbour – Harbour"),
    ];
    let setup_of_one = setup(&one);
    let (beside, contrast) = setup_of_one.beside(
        (&one.vocabulary, &other.vocabulary),
        (other.thresholds, other.stories),
        (&other.watches, &other.subscribers),
        &other.sources,
    );
    let (judged, shared) = judge_both(&setup_of_one, (&beside, &contrast), &items);
    for (setup, judged) in [(setup(&one), judged), (setup(&other), shared)] {
        let alone = judge(&setup, &items);
        for (one, other) in alone.iter().zip(&judged) {
            assert_eq!((&one.assessment, &one.told), (&other.assessment, &other.told));
            assert_eq!(format!("{:?}", one.features), format!("{:?}", other.features));
        }
    }
}

/// What a label is of is mostly replayed, too.
#[test]
fn an_item_that_was_judged_is_not_judged_again() {
    let config = config(CUBA);
    let setup = setup(&config);
    let replayed = [item(0, "A", "1", BAN), item(1, "A", "2", PACT)];
    let mut judged = judge(&setup, &replayed);
    judged[1].assessment.lang = None;
    let other_text = Item { body: "Rain.".to_owned(), ..item(1, "A", "2", PACT) };
    let again = judge_others(&setup, &[item(1, "A", "7", PACT), other_text], (&replayed, &judged));
    assert_eq!(again[0].assessment.lang, None, "it is the one from before");
    assert_eq!(again[1].assessment.lang, Some(Language::ENGLISH));
}

#[test]
fn labels_measure_kinds_and_watches() {
    let config = config(&format!("{CUBA}{IRAN}"));
    let setup = setup(&config);
    let items =
        [item(0, "A", "1", BAN), item(1, "A", "2", STREET), item(2, "A", "3", RAIN), item(3, "A", "4", DONE)];
    let of = |sanctions, alliance, countries: &[&str]| Label {
        sanctions,
        alliance,
        countries: countries.iter().map(|code| (*code).to_owned()).collect(),
        ..Label::default()
    };
    let labels = [
        of(Yes, No, &["US", "CU"]),
        of(No, No, &[]),
        Label { verdict: Some(Verdict::Missed), ..of(Borderline, Borderline, &["CU"]) },
        of(Borderline, No, &["US", "IR"]),
    ];
    let judged = judge(&setup, &items);
    let measured = measure(&setup, &items, &judged, &labels);
    let tally = |tally: score::Tally| (tally.hit, tally.missed, tally.wrong);
    assert_eq!(tally(measured.all.sanctions), (1, 0, 0));
    assert_eq!(tally(measured.all.alliance), (0, 0, 1));
    assert_eq!(tally(measured.told), (1, 1, 1));
    let watches: Vec<_> = measured.watches.iter().map(|one| (one.name.as_str(), tally(one.tally))).collect();
    assert_eq!(watches, [("Cuba", (1, 0, 1)), ("Iran", (0, 0, 0))]);
    let mistakes: Vec<_> = measured.mistakes.iter().map(|one| (one.item, one.missed)).collect();
    assert_eq!(mistakes, [(1, false), (1, false), (2, true)]);
    assert_eq!(measured.mistakes[0].subject, Subject::Kind(Kind::Alliance));
}

#[rstest]
#[case::narrow("actions = [\"ease\"]", true)]
#[case::of_a_side("direction = \"acting\"", true)]
#[case::of_some_words("words = [\"uranium\"]", false)]
#[case::of_a_source("sources = [\"Elsewhere\"]", false)]
fn a_watch_is_not_charged_with_what_no_label_says(#[case] condition: &str, #[case] is_narrow: bool) {
    let source = "[[source]]\nname = \"Elsewhere\"\nurl = \"https://elsewhere.example/\"\n";
    let config = config(&format!("{source}{CUBA}{condition}\n"));
    let setup = setup(&config);
    // Nothing is found in the second, which a person holds for one of sanctions all the same.
    let items = [item(0, "A", "1", BAN), item(1, "A", "2", RAIN)];
    let about = || Label {
        sanctions: Yes,
        alliance: No,
        countries: ["US", "CU"].map(str::to_owned).into(),
        ..Label::default()
    };
    let measured = measure(&setup, &items, &judge(&setup, &items), &[about(), about()]);
    let watch = &measured.watches[0];
    assert_eq!((watch.tally, watch.is_narrow), (score::Tally::default(), is_narrow));
}

#[test]
fn what_nobody_dates_makes_no_day() {
    let undated = Item { is_undated: true, ..item(24 * 900, "A", "2", PACT) };
    let replay = replayed(&config(CUBA), &[item(0, "A", "1", BAN), item(48, "A", "3", RAIN), undated]);
    assert_eq!(replay.span, Some((at(0), at(48))));
}

#[test]
fn a_word_becomes_a_label() {
    let config = config(CUBA);
    let setup = setup(&config);
    let said = |title: &str, verdict, added: Added| {
        let judged = judge(&setup, &[item(0, "A", "1", title)]);
        let told = &judged[0].told;
        let did = if told.is_empty() { Did::NotTold(told) } else { Did::Told(told) };
        let label = label(verdict, &judged[0].assessment.relations, did, &added);
        assert_eq!(label.verdict, Some(verdict));
        (label.sanctions, label.alliance, label.countries.into_iter().collect::<Vec<_>>().join(" "))
    };
    assert_eq!(said(BAN, Verdict::Right, Added::default()), (Yes, Borderline, "CU US".to_owned()));
    assert_eq!(said(STREET, Verdict::Wrong, Added::default()), (No, No, String::new()));
    assert_eq!(said(RAIN, Verdict::Right, Added::default()), (No, No, String::new()));
    assert_eq!(said(RAIN, Verdict::Missed, Added::default()), (Borderline, Borderline, String::new()));
    let added = Added { kind: Some(Kind::Alliance), countries: "CU".parse().into_iter().collect() };
    assert_eq!(said(RAIN, Verdict::Missed, added), (Borderline, Yes, "CU".to_owned()));
}

#[test]
fn what_was_rightly_not_told_is_of_no_kind_or_left_open() {
    let config = config(CUBA);
    let judged = judge(&setup(&config), &[item(0, "A", "1", BAN)]);
    let says = &judged[0].assessment.relations;
    let said = |verdict, did| {
        let label = label(verdict, says, did, &Added::default());
        let countries = (label.countries.len(), label.countries_maybe.len());
        (label.verdict, label.sanctions, label.alliance, countries)
    };
    // For what it says, whatever today's configuration would make of that.
    assert_eq!(said(Verdict::Right, Did::NotTold(&[])), (Some(Verdict::Right), No, No, (0, 0)));
    // Because nobody asks for it: it may say what it says all the same.
    assert_eq!(said(Verdict::Right, Did::NotTold(says)), (Some(Verdict::Right), Borderline, No, (0, 2)));
    assert_eq!(said(Verdict::Wrong, Did::NotTold(says)), (Some(Verdict::Missed), Yes, Borderline, (0, 2)));
}
