//! What is one story: near-identical sentences that clash, copies, and the same event in other words.

use super::{Features, Grouping, Placing, Report, Rules, Veto, Window};
use crate::assess::{Assessor, Input};
use crate::config::embedded_vocabulary;
use crate::domain::{Change, ItemId, StoryId, StoryWindow, Thresholds};
use jiff::Timestamp;
use rstest::rstest;
use std::sync::LazyLock;

static JUDGES: LazyLock<(Assessor, Rules)> = LazyLock::new(|| {
    let vocabulary = embedded_vocabulary();
    (Assessor::new(&vocabulary, Thresholds::default()), Rules::new(&vocabulary))
});

/// One day of news: titles with the hours at which they come, each a summary behind "||".
struct Day {
    window: Window,
    next: i64,
}

impl Day {
    fn new() -> Self {
        Self { window: Window::new(StoryWindow::default()), next: 0 }
    }

    fn features(text: &str, hour: i64) -> Features {
        let (assessor, rules) = &*JUDGES;
        let (title, summary) = text.split_once("||").unwrap_or((text, ""));
        let when: Timestamp = "2026-08-10T00:00:00Z".parse().expect("a time");
        let when = when + jiff::SignedDuration::from_hours(hour);
        let input = Input { title, summary, published: Some(when), ..Input::default() };
        let (assessment, text) = assessor.assess(&input);
        Features::of(rules, Report::new("", when, &text, &assessment))
    }

    fn weigh(&mut self, text: &str, hour: i64) -> Placing {
        let considered = self.window.consider(&JUDGES.1, Self::features(text, hour));
        self.window.dismiss(&considered);
        considered.placing
    }

    fn tell(&mut self, text: &str, hour: i64) -> (StoryId, Placing) {
        let features = Self::features(text, hour);
        self.next += 1;
        let number = self.next;
        self.window.place(&JUDGES.1, ItemId(number), features, StoryId(number))
    }
}

fn second(earlier: &str, later: &str, hours: i64) -> Placing {
    let mut day = Day::new();
    let (story, first) = day.tell(earlier, 0);
    assert_eq!((story, first.grouping), (StoryId(1), Grouping::New));
    day.tell(later, hours).1
}

const FIRST: StoryId = StoryId(1);

#[rstest]
#[case::next_package("EU adopts 12th package of sanctions against Russia", "EU adopts 13th package of sanctions against Russia", Veto::Ordinal, Some(Change::Next { before: 12, now: 13 }))]
#[case::earlier_package(
    "EU adopts 13th package of sanctions against Russia",
    "EU adopts 12th package of sanctions against Russia",
    Veto::Ordinal,
    None
)]
#[case::package_in_words("EU adopts 12th package of sanctions against Russia", "EU adopts thirteenth sanctions package against Russia", Veto::Ordinal, Some(Change::Next { before: 12, now: 13 }))]
#[case::russian_package("Страны ЕС согласовали 20-й пакет санкций против России", "Страны ЕС согласовали 21-й пакет санкций против России", Veto::Ordinal, Some(Change::Next { before: 20, now: 21 }))]
#[case::russian_package_in_words("Страны ЕС согласовали двенадцатый пакет санкций против России", "Страны ЕС согласовали тринадцатый пакет санкций против России", Veto::Ordinal, Some(Change::Next { before: 12, now: 13 }))]
#[case::german_package("EU beschließt 18. Sanktionspaket gegen Russland", "EU beschließt 19. Sanktionspaket gegen Russland", Veto::Ordinal, Some(Change::Next { before: 18, now: 19 }))]
#[case::chinese_package("欧盟通过第十八轮对俄制裁", "欧盟通过第十九轮对俄制裁", Veto::Ordinal, Some(Change::Next { before: 18, now: 19 }))]
#[case::chinese_package_past_twenty("欧盟通过第二十轮对俄制裁", "欧盟通过第二十一轮对俄制裁", Veto::Ordinal, Some(Change::Next { before: 20, now: 21 }))]
#[case::ukrainian_package_in_words("Рада ЄС схвалила п'ятнадцятий пакет санкцій проти Росії", "Рада ЄС схвалила шістнадцятий пакет санкцій проти Росії", Veto::Ordinal, Some(Change::Next { before: 15, now: 16 }))]
#[case::roman_package("EU adopts package XIX of sanctions against Russia", "EU adopts package XX of sanctions against Russia", Veto::Ordinal, Some(Change::Next { before: 19, now: 20 }))]
#[case::roman_package_after_digits("EU adopts 19th package of sanctions against Russia", "EU adopts package XX of sanctions against Russia", Veto::Ordinal, Some(Change::Next { before: 19, now: 20 }))]
#[case::package_with_number("EU adopts sanctions package No. 19 against Russia", "EU adopts sanctions package No. 20 against Russia", Veto::Ordinal, Some(Change::Next { before: 19, now: 20 }))]
#[case::package_with_number_sign("Совет ЕС принял пакет санкций № 19 против России", "Совет ЕС принял пакет санкций № 20 против России", Veto::Ordinal, Some(Change::Next { before: 19, now: 20 }))]
#[case::package_with_hash("EU adopts sanctions package #19 against Russia", "EU adopts sanctions package #20 against Russia", Veto::Ordinal, Some(Change::Next { before: 19, now: 20 }))]
#[case::direction("UK sanctions Russia", "Russia sanctions UK", Veto::Direction, Some(Change::Answered))]
#[case::expelled_in_return(
    "Germany expels two Vietnamese diplomats",
    "Vietnam expels two German diplomats",
    Veto::Direction,
    Some(Change::Answered)
)]
#[case::polarity(
    "US imposes sanctions on Cuban oil traders",
    "US lifts sanctions on Cuban oil traders",
    Veto::Polarity,
    Some(Change::Undone)
)]
#[case::polarity_back(
    "US lifts sanctions on Cuban oil traders",
    "US imposes sanctions on Cuban oil traders",
    Veto::Polarity,
    Some(Change::Restored)
)]
#[case::signed_and_left(
    "Chile signs trade pact with Kenya",
    "Chile withdraws from trade pact with Kenya",
    Veto::Polarity,
    Some(Change::Undone)
)]
#[case::passed_and_rejected(
    "US Senate passes Iran war powers resolution",
    "US Senate rejects Iran war powers resolution",
    Veto::Polarity,
    None
)]
#[case::passed_and_not_passed(
    "US Senate passes Iran war powers resolution",
    "US Senate fails to pass Iran war powers resolution",
    Veto::Polarity,
    None
)]
#[case::failed_and_passed(
    "Bill on Russia sanctions fails in US Senate",
    "Bill on Russia sanctions passes in US Senate",
    Veto::Polarity,
    None
)]
#[case::upheld_and_struck_down(
    "Court upholds Trump tariffs on China",
    "Court strikes down Trump tariffs on China",
    Veto::Polarity,
    None
)]
#[case::won_and_lost(
    "Iran wins UN vote on nuclear watchdog seat",
    "Iran loses UN vote on nuclear watchdog seat",
    Veto::Polarity,
    None
)]
#[case::risen_and_fallen(
    "Oil rises after Iran talks in Muscat",
    "Oil falls after Iran talks in Muscat",
    Veto::Polarity,
    None
)]
#[case::opened_and_closed(
    "Iran opens embassy in Riyadh",
    "Iran closes embassy in Riyadh",
    Veto::Polarity,
    None
)]
#[case::guilty_and_not_guilty(
    "Jury finds Chinese spy guilty in New York",
    "Jury finds Chinese spy not guilty in New York",
    Veto::Polarity,
    None
)]
#[case::russian_opposites(
    "Сенат США одобрил резолюцию по Ирану",
    "Сенат США отклонил резолюцию по Ирану",
    Veto::Polarity,
    None
)]
#[case::german_opposites(
    "Bundestag billigt Resolution zu Iran",
    "Bundestag verwirft Resolution zu Iran",
    Veto::Polarity,
    None
)]
#[case::spanish_opposites(
    "El Senado aprueba la resolución sobre Irán",
    "El Senado rechaza la resolución sobre Irán",
    Veto::Polarity,
    None
)]
#[case::french_opposites(
    "Le Sénat adopte la résolution sur l'Iran",
    "Le Sénat rejette la résolution sur l'Iran",
    Veto::Polarity,
    None
)]
#[case::chinese_opposites("参议院通过伊朗战争决议", "参议院否决伊朗战争决议", Veto::Polarity, None)]
#[case::korean_opposites("상원, 이란 결의안 통과", "상원, 이란 결의안 부결", Veto::Polarity, None)]
#[case::persian_opposites(
    "مجلس سنا قطعنامه ایران را تصویب کرد",
    "مجلس سنا قطعنامه ایران را رد کرد",
    Veto::Polarity,
    None
)]
#[case::pair(
    "Iran and Belarus sign cooperation roadmap",
    "Iran and Russia sign cooperation roadmap",
    Veto::Pair,
    None
)]
#[case::pair_of_targets(
    "US imposes sanctions on Iranian banks",
    "US imposes sanctions on Belarusian banks",
    Veto::Pair,
    None
)]
#[case::stage(
    "Japan to sign defence pact with Philippines",
    "Japan signs defence pact with Philippines",
    Veto::Stage,
    Some(Change::CarriedOut)
)]
#[case::threat(
    "Trump threatens sanctions on Colombia over deportation flights",
    "US imposes sanctions on Colombia over deportation flights",
    Veto::Stage,
    Some(Change::CarriedOut)
)]
#[case::denied(
    "Iran signs drone deal with Sudan",
    "Iran denies signing drone deal with Sudan",
    Veto::Stage,
    Some(Change::Denied)
)]
fn clash(
    #[case] earlier: &str,
    #[case] later: &str,
    #[case] veto: Veto,
    #[case] change: Option<Change>,
    #[values(2, 30)] hours: i64,
) {
    let placing = second(earlier, later, hours);
    let expected = change.map_or(Grouping::New, |change| Grouping::Development(FIRST, change));
    assert_eq!((placing.veto, placing.grouping), (Some(veto), expected), "{placing:?}");
}

#[rstest]
#[case::edited(
    "Iran and Belarus sign cooperation roadmap in Tehran on Monday",
    "Iran, Belarus sign cooperation roadmap in Tehran"
)]
#[case::marked(
    "Iran and Belarus sign cooperation roadmap in Tehran",
    "UPDATE 2-Iran and Belarus sign cooperation roadmap in Tehran"
)]
#[case::exclusive(
    "Oman opens its ports to Kenyan cargo ships",
    "Exclusive: Oman opens ports to Kenyan cargo ships"
)]
#[case::transliterated(
    "Zelenskyy thanks Norway for air defence in Oslo speech",
    "Zelensky thanks Norway for air defence in Oslo speech"
)]
#[case::another_first_sentence(
    "Peru and Chile open border bridge||The bridge at Arica took nine years. Presidents cut a ribbon.",
    "Peru and Chile open border bridge||Traffic rolled at noon. Presidents cut a ribbon."
)]
#[case::an_ordinal_in_other_figures(
    "EU adopts 19th package of sanctions against Russia",
    "EU adopts package XIX of sanctions against Russia"
)]
#[case::an_ordinal_behind_a_mark(
    "EU adopts sanctions package No. 19 against Russia",
    "EU adopts 19th sanctions package against Russia"
)]
#[case::a_count_in_words("Strike kills six at market in Omdurman", "Strike kills 6 at market in Omdurman")]
#[case::a_count_of_two_words(
    "Strike kills twenty-six at market in Omdurman",
    "Strike kills 26 at market in Omdurman"
)]
#[case::the_same_in_another_verb(
    "US Senate passes Iran war powers resolution",
    "US Senate adopts Iran war powers resolution"
)]
#[case::both_of_two_opposites(
    "Oil rises as stocks fall after Iran talks in Muscat",
    "Stocks fall and oil rises after Iran talks in Muscat"
)]
#[case::upheld_by_rejecting_an_appeal(
    "Court upholds EU sanctions on Russian oligarch",
    "Court rejects Russian oligarch's appeal against EU sanctions"
)]
fn copies(#[case] earlier: &str, #[case] later: &str) {
    let placing = second(earlier, later, 2);
    assert_eq!(placing.grouping, Grouping::Duplicate(FIRST), "{placing:?}");
}

#[rstest]
#[case::in_digits("Strike kills 6 at market in Omdurman", "Strike kills 14 at market in Omdurman")]
#[case::in_words("Strike kills six at market in Omdurman", "Strike kills fourteen at market in Omdurman")]
#[case::in_words_and_digits(
    "Strike kills six at market in Omdurman",
    "Strike kills 14 at market in Omdurman"
)]
#[case::in_russian(
    "Удар по рынку в Омдурмане унес жизни шести человек",
    "Удар по рынку в Омдурмане унес жизни 14 человек"
)]
#[case::in_turkish(
    "Omdurman pazarına saldırıda on iki kişi öldü",
    "Omdurman pazarına saldırıda 14 kişi öldü"
)]
fn tolls_that_rise_are_one_story_and_no_copies(#[case] earlier: &str, #[case] later: &str) {
    let placing = second(earlier, later, 3);
    assert_eq!(placing.grouping, Grouping::SameEvent(FIRST), "{placing:?}");
}

#[rstest]
#[case::reworded(
    "Norway and Kenya sign fishing treaty in Nairobi||The accord opens Kenyan waters to Norwegian trawlers for ten years.",
    "Kenyan waters opened to Norwegian trawlers under fishing accord||Oslo and Nairobi signed the treaty on Monday.",
    true
)]
#[case::another_event(
    "Norway and Kenya sign fishing treaty in Nairobi||The accord opens Kenyan waters to trawlers.",
    "Norway lends Kenya money for a railway||The loan is for the line to Mombasa.",
    false
)]
#[case::another_language(
    "EU beschließt Sanktionspaket gegen Russland",
    "EU adopts sanctions package against Russia",
    false
)]
fn same_event(#[case] earlier: &str, #[case] later: &str, #[case] same: bool) {
    let placing = second(earlier, later, 5);
    assert_eq!(placing.joins().is_some(), same, "{placing:?}");
}

#[rstest]
#[case::other_people("US sanctions Iranian drone makers", "US sanctions Iranian judges over executions")]
#[case::other_works("Iran and Russia sign gas pipeline deal", "Iran and Russia sign nuclear plant deal")]
#[case::other_sector("EU lifts sanctions on Syrian banks", "EU lifts sanctions on Syrian oil sector")]
#[case::one_word_of_few(
    "US sanctions Iraqi bank over Iran ties",
    "US sanctions Iraqi militia over Iran ties"
)]
#[case::in_russian(
    "США ввели санкции против российских банков",
    "США ввели санкции против российских хакеров"
)]
fn the_same_two_do_another_thing_of_the_kind(#[case] earlier: &str, #[case] later: &str) {
    let placing = second(earlier, later, 2);
    assert_eq!(placing.grouping, Grouping::New, "{placing:?}");
}

#[rstest]
#[case::one_sanctions_and_one_signs(
    "Sri Lanka tightens sanctions against Belarus by naming smelters of Keseltufu",
    "Iran and Sri Lanka sign agreement on visa rules in Lokemipan"
)]
#[case::one_lifts_and_one_signs(
    "South Africa lifts sanctions on Iran airline after court ruling in Tunekezam",
    "Belarus and South Africa sign agreement on wheat storage in Fumifupan"
)]
#[case::the_third_in_the_same_words(
    "Iran signs smelter agreement with Kenya",
    "Norway sanctions Iran over smelter agreement"
)]
#[case::names_of_several_words(
    "Saudi Arabia and Oman sign fishing treaty",
    "Saudi Arabia lends Kenya money for a railway"
)]
#[case::in_chinese("沙特阿拉伯与阿曼签署渔业协议", "沙特阿拉伯向肯尼亚提供铁路贷款")]
fn a_third_that_both_name_makes_no_story(#[case] earlier: &str, #[case] later: &str) {
    let placing = second(earlier, later, 2);
    assert_eq!(placing.grouping, Grouping::New, "{placing:?}");
}

#[test]
fn an_edited_item_is_compared_as_it_is_now() {
    let mut day = Day::new();
    day.tell("Norway and Kenya sign fishing treaty in Nairobi", 0);
    let held = day.window.mark();
    let edited = Day::features("Peru and Chile open border bridge at Arica", 1);
    day.window.replace(ItemId(1), FIRST, edited);
    assert_eq!(day.weigh("Kenya and Norway sign fishing treaty in Nairobi", 2).joins(), None);
    assert_eq!(day.weigh("Chile and Peru open border bridge at Arica", 2).joins(), Some(FIRST));
    day.window.rewind(held);
    assert_eq!(day.weigh("Kenya and Norway sign fishing treaty in Nairobi", 2).joins(), Some(FIRST));
    // Where the edited one stood stands another.
    day.tell("Oman lends Sudan money for a port", 2);
    assert_eq!(day.weigh("Kenya and Norway sign fishing treaty in Nairobi", 3).joins(), Some(FIRST));
}

#[test]
fn what_was_told_before_does_not_come_of_it() {
    let mut day = Day::new();
    day.tell("US imposes sanctions on Colombia over deportation flights", 10);
    let (_, late) = day.tell("Trump threatens sanctions on Colombia over deportation flights", 4);
    assert_eq!(late.grouping, Grouping::New, "{late:?}");
}

#[test]
fn a_source_that_repeats_its_headline_another_day_tells_another_event() {
    let rules = &JUDGES.1;
    let mut window = Window::new(StoryWindow::default());
    let mut tell = |source: &'static str, hour: i64, number: i64| {
        let title = "Treasury announces Iran-related designations and removals";
        let when = "2026-08-10T00:00:00Z".parse::<Timestamp>().expect("a time");
        let when = when + jiff::SignedDuration::from_hours(hour);
        let named = crate::domain::Named::default();
        let report = Report { source, title, summary: "", when, named: &named, relations: &[] };
        window.place(rules, ItemId(number), Features::of(rules, report), StoryId(number)).0
    };
    assert_eq!(tell("Treasury", 0, 1), StoryId(1));
    assert_eq!(tell("Wire", 2, 2), StoryId(1));
    assert_eq!(tell("Treasury", 30, 3), StoryId(3));
}

#[test]
fn a_link_that_is_used_again_hides_no_contrary_story() {
    let mut day = Day::new();
    day.tell("US threatens sanctions on Iran over tanker seizures", 0);
    let forbids = |day: &Day, text: &str| day.window.forbids(&JUDGES.1, &Day::features(text, 1), FIRST);
    assert_eq!(forbids(&day, "US imposes sanctions on Iran over tanker seizures"), Some(Veto::Stage));
    assert_eq!(forbids(&day, "Washington threatens Iran with sanctions"), None);
}

#[test]
fn a_story_is_not_told_on_after_its_time_but_can_be_followed() {
    let mut day = Day::new();
    day.tell("Trump threatens sanctions on Colombia over deportation flights", 0);
    let (_, again) = day.tell("Trump threatens sanctions on Colombia over deportation flights", 24 * 6);
    assert_eq!(again.joins(), None, "{again:?}");
    let mut day = Day::new();
    day.tell("Trump threatens sanctions on Colombia over deportation flights", 0);
    let (_, done) = day.tell("US imposes sanctions on Colombia over deportation flights", 24 * 9);
    assert_eq!(done.grouping, Grouping::Development(FIRST, Change::CarriedOut), "{done:?}");
    let mut day = Day::new();
    day.tell("Trump threatens sanctions on Colombia over deportation flights", 0);
    let (_, late) = day.tell("US imposes sanctions on Colombia over deportation flights", 24 * 40);
    assert_eq!(late.grouping, Grouping::New, "{late:?}");
}

#[test]
fn what_is_taken_back_was_never_there() {
    let mut day = Day::new();
    day.tell("Norway and Kenya sign fishing treaty in Nairobi", 0);
    let held = day.window.mark();
    let before = day.weigh("Norway, Kenya sign fishing treaty", 1);
    for hour in 1..20 {
        day.tell("Kenya and Norway sign a treaty about fishing in Nairobi", hour);
        day.tell("Peru and Chile open border bridge", hour);
    }
    day.window.rewind(held);
    assert_eq!(day.window.mark(), held);
    let after = day.weigh("Norway, Kenya sign fishing treaty", 1);
    assert_eq!(before, after);
}

#[test]
fn the_window_keeps_within_its_bounds() {
    let bounds = StoryWindow { items: 100, ..StoryWindow::default() };
    let mut day = Day { window: Window::new(bounds), next: 0 };
    for number in 0..300 {
        day.tell(&format!("Minister number{number} opens bridge{number} in town{number}"), 0);
        day.window.evict();
    }
    assert_eq!(day.window.len(), 100);
    day.tell("Peru and Chile open border bridge", 24 * 60);
    day.window.evict();
    assert_eq!(day.window.len(), 1, "all others are older than a story can be followed");
}
