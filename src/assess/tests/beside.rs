//! Who is told of with a relation and has no side in it, and sanctions of which nobody is told.

use super::table::{ASSESSOR, check, judged};
use crate::assess::Input;
use crate::domain::{DropReason, Language};

#[test]
fn who_opens_the_sentence_takes_part() {
    check(&[
        ("commentator", "Berlin: US was wrong to ease Russia sanctions", "sanctions US>RU, also DE"),
        ("speaker_last", "US was wrong to ease Russia sanctions \u{2013} Merz", "sanctions US>RU, also DE"),
        ("digest", "Israel strikes Beirut; US imposes sanctions on Iran", "sanctions US>IR, not IL"),
        ("ticker", "Israel strikes Beirut | US imposes sanctions on Iran", "sanctions US>IR, not IL"),
        ("two_sentences", "Israel strikes Beirut. US imposes sanctions on Iran", "sanctions US>IR, not IL"),
        ("topic", "US imposes sanctions on Iran over Syria", "sanctions US>IR, not SY"),
        ("for_somebody", "US imposes sanctions on pro-Iranian militia in Iraq", "sanctions US>IQ"),
    ]);
}

#[test]
fn a_treaty_finds_its_parties_in_the_other_field() {
    check(&[
        (
            "summary_names_nobody",
            "Minsk and Tehran move closer || The cooperation agreement was signed on Friday.",
            "alliance BY~IR",
        ),
        (
            "a_list_is_no_pair",
            "Iran, Iraq, Syria, Oman and Qatar in brief || A cooperation agreement was signed on Friday.",
            "no alliance",
        ),
    ]);
}

#[test]
fn sanctions_of_nobody_are_counted_and_concern_nobody() {
    for (title, language, reported) in [
        ("Der Preis der Sanktionen", "de", true),
        ("How economic sanctions work", "en", true),
        ("Sanctions for late homework", "en", false),
        ("Portugal festival: how sanctions changed music", "en", false),
    ] {
        let language = language.parse::<Language>().ok();
        let (assessment, _) = ASSESSOR.assess(&Input { title, language, ..Input::default() });
        assert_eq!(assessment.sanctions.reported, reported, "{title}: {:?}", assessment.relations);
        if reported {
            assert!(assessment.countries.is_empty(), "{title}: {:?}", assessment.countries);
            assert_eq!(assessment.unreported, Some(DropReason::NoActor), "{title}");
        }
    }
}

#[test]
fn what_a_cue_needs_keeps_it_from_covering_others() {
    check(&[
        ("needs_met", "Denmark expels two Russian diplomats", "alliance DK~RU"),
        ("needs_unmet", "Danish ambassador returns to Syria", "alliance DK~SY"),
    ]);
    assert!(judged("Denmark bans plastic bags from Russian forests").relations.is_empty());
}
