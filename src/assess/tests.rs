//! The table of headlines: each frame, action, modality and pitfall by an example of its own.

mod beside;
mod ceiling;
mod pitfalls;
mod table;
mod verbs;

use super::*;
use table::{ASSESSOR, assess, codes, reported, written};

/// Fails with every row that is wrong, not with the first.
fn check(kind: Kind, rows: &[(&str, &str)]) {
    let wrong: Vec<String> = rows
        .iter()
        .filter_map(|(title, expected)| {
            let found = reported(&assess(title, "", ""), kind);
            let right = match *expected {
                "" => found.is_empty(),
                expected => found.iter().any(|relation| relation == expected),
            };
            (!right).then(|| format!("{title}\n    expected {expected:?}, found {found:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} rows:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

#[test]
fn sanctions_frames() {
    check(
        Kind::Sanctions,
        &[
            // F1: a verb between two names.
            ("US sanctions Iranian banks over drones", "impose US>IR"),
            ("Britain sanctioned two Russian shipping firms on Monday", "impose GB>RU"),
            ("EU agrees to sanction Belarus officials", "impose EU>BY planned"),
            ("Canada blacklists Iranian generals", "impose CA>IR"),
            // F2: a verb, the noun and "on" or "against".
            ("Washington imposes sanctions on Venezuela's oil sector", "impose US>VE"),
            ("Japan announces new sanctions against North Korea", "impose JP>KP"),
            ("EU adopts restrictive measures against Nicaragua", "impose EU>NI"),
            // F3, F4: who stands before the noun.
            ("US sanctions on Russian oil push prices up", "impact US>RU"),
            ("Trump's Russia sanctions run out of road", "impact US>RU"),
            ("White House eases Cuba sanctions", "ease US>CU"),
            ("Congress passes Iran sanctions", "impose US>IR"),
            ("UN arms embargo on Iran expires", "ease UN>IR"),
            // F5: the target is the subject.
            ("Iran hit by new US sanctions", "impose US>IR"),
            ("Iran faces UN sanctions over nuclear work", "impact UN>IR"),
            ("Russia slapped with fresh EU sanctions", "impose EU>RU"),
            // F6: the participle.
            ("US-sanctioned Russian tanker docks in Turkey, breaching sanctions", "evade US>RU by RU"),
            ("Iranian bank sanctioned by the UK", "impose GB>IR"),
            ("Belarusian firms were sanctioned by Canada last year", "impose CA>BY"),
            // F7, F8: to do it, and asking for it.
            ("US to sanction Syrian ministers", "impose US>SY planned"),
            ("Poland urges EU to impose sanctions on Belarus", "threaten EU>BY by PL planned"),
            ("Zelensky calls for tougher sanctions against Russia", "threaten >RU by UA planned"),
            // F9: by whom.
            ("Sanctions on Syria lifted by Switzerland", "ease CH>SY"),
            ("New sanctions imposed on Myanmar by Australia", "impose AU>MM"),
            // F10: who opposes.
            ("China slams US sanctions on Iran", "counter US>IR by CN"),
            ("Russia condemns EU sanctions", "counter EU>RU by RU"),
            // F11: the sender acts in the subordinate clause.
            ("Belarus frees prisoners as US lifts sanctions", "ease US>BY"),
            ("Oil jumps after EU tightens sanctions on Russia", "tighten EU>RU"),
            // The object before "with".
            ("EU hits Iran with sanctions", "impose EU>IR"),
            ("Washington threatens Iraq with sanctions", "threaten US>IQ planned"),
            // Two sides before the noun, and an ally of the target.
            ("US eases some sanctions on Russia's ally Belarus", "ease US>BY"),
            ("UK, France and Germany impose sanctions on Iran", "impose DE+FR+GB>IR"),
            ("EU extends sanctions on Russia and Belarus", "tighten EU>BY+RU"),
        ],
    );
}

#[test]
fn sanctions_actions_and_modalities() {
    check(
        Kind::Sanctions,
        &[
            ("EU renews sanctions on Russia for six months", "tighten EU>RU"),
            ("UN reimposes arms embargo on Iran", "tighten UN>IR"),
            ("US threatens sanctions on Iraq", "threaten US>IQ planned"),
            ("EU considers sanctions on Russia", "threaten EU>RU hypothetical"),
            ("EU may impose sanctions on Belarus", "threaten EU>BY hypothetical"),
            ("US lifts sanctions on Syria", "ease US>SY"),
            ("US waives sanctions on Iranian oil", "ease US>IR"),
            ("EU keeps sanctions on Russia", "maintain EU>RU"),
            ("Syria seeks sanctions relief from Washington", "demand-relief US>SY by SY planned"),
            ("US seizes tanker over Iran sanctions", "enforce US>IR"),
            ("North Korea evades UN sanctions", "evade UN>KP by KP"),
            ("Russia's shadow fleet skirts EU sanctions", "evade EU>RU by RU"),
            ("US rules out sanctions on Russia", "impact US>RU denied"),
            ("EU will impose sanctions on Iran next week", "impose EU>IR planned"),
            ("UK freezes assets of Russian oligarchs", "impose GB>RU"),
            ("EU imposes oil price cap on Russia", "impose EU>RU"),
            ("US tightens export controls on China", "tighten US>CN"),
            ("Britain imposes visa bans on Iranian officials", "impose GB>IR"),
        ],
    );
}

#[test]
fn what_is_no_sanctions_story() {
    check(
        Kind::Sanctions,
        &[
            ("FIFA sanctions Iran's football federation", ""),
            ("Judge sanctions Trump's lawyers for false claims", ""),
            ("Personnel office sanctions agency firings", ""),
            ("Firms struggle with unsanctioned use of chatbots", ""),
            ("Anti-doping agency lifts sanctions on Russian runner", ""),
            ("Raid at a factory in Georgia angers South Korea", ""),
            ("Trump raises tariffs on Canada", ""),
            ("French fishermen threaten Channel blockade", ""),
            ("Travel ban lifted but motorists urged to stay off roads in Washington state", ""),
            ("Tell us what's stopping us", ""),
            ("Stanford ties Arizona in poll", ""),
        ],
    );
}

#[test]
fn alliance_frames() {
    check(
        Kind::Alliance,
        &[
            // A1: both sign.
            ("Iran, Belarus sign cooperation roadmap", "sign BY~IR"),
            ("India and Japan ratify defence pact", "sign IN~JP"),
            ("Thailand, Cambodia agree to ceasefire", "sign KH~TH"),
            // A2: one with the other.
            ("Germany signs gas deal with Qatar", "sign DE~QA"),
            ("Poland inks trade agreement with Vietnam", "sign PL~VN"),
            // A3: the dyad before the noun.
            ("US-Philippines defence pact angers neighbours", "military PH~US"),
            ("EU-Mercosur trade deal takes effect", "support EU~MERCOSUR"),
            ("Pact between France, Italy and Spain on energy", "sign ES~FR~IT"),
            ("Deal between Turkey and Iraq on oil pipeline", "sign IQ~TR"),
            // A4: visits.
            ("Lukashenko visits Pyongyang for trade talks", "consult BY~KP"),
            ("Modi hosts Putin for summit on trade", "consult IN~RU"),
            ("Xi and Putin hold summit in Moscow on energy cooperation", "consult CN~RU"),
            // A5: blocs.
            ("Finland joins NATO", "join FI~NATO"),
            ("Armenia applies to join EU", "join AM~EU planned"),
            // A6: recognition.
            ("Spain recognises Palestine", "recognise ES~PS"),
            ("Russia recognises Taliban government", "recognise AF~RU"),
            // A7: giving.
            ("Germany sends tanks to Ukraine", "supply DE~UA"),
            ("France sells fighter jets to Serbia", "supply FR~RS"),
            ("US approves arms sale to Taiwan", "sign TW~US"),
            ("North Korea supplies Russia with missiles", "supply KP~RU"),
            ("Turkey backs Azerbaijan", "support AZ~TR"),
            // Drills and relations.
            ("US and South Korea begin joint military drills", "military KR~US"),
            ("China, Russia hold joint naval exercise", "military CN~RU"),
            ("Iran and Saudi Arabia restore diplomatic relations", "recognise IR~SA"),
            // W1, W2: weakening.
            ("Hungary quits International Criminal Court", "withdraw HU~ICC"),
            ("US withdraws from nuclear treaty with Russia", "withdraw RU~US"),
            ("Ukraine cuts ties with Syria", "cut SY~UA"),
            ("Moscow expels British diplomats", "cut GB~RU"),
            ("UK suspends extradition treaty with China", "withdraw CN~GB"),
            ("Trump delays trade deal with Canada", "strain CA~US"),
            // Modality.
            ("India may sign trade deal with EU", "sign EU~IN hypothetical"),
            ("Japan, Philippines to sign defence pact", "sign JP~PH planned"),
            ("Serbia denies arms deal with Ukraine", "supply RS~UA denied"),
        ],
    );
}

#[test]
fn what_is_no_alliance_story() {
    check(
        Kind::Alliance,
        &[
            ("OpenAI and Nvidia announce strategic partnership", ""),
            ("South Africa's Democratic Alliance elects leader", ""),
            ("Game studio shows roadmap for its next season", ""),
            ("China holds military drills around islands", ""),
            ("US allies hit with new tariffs", ""),
            ("Impact of floods in Chile and Peru", ""),
            ("New Mexico and Arizona sign water deal", ""),
            ("Bank of America and Deutsche Bank agree merger", ""),
            ("EU leaders discuss budget", ""),
            ("Trump ally wins primary in Texas", ""),
            ("Russia strikes Ukraine with missiles", ""),
            ("Israel kills commander in Lebanon", ""),
        ],
    );
}

/// The reference story told in other words, headline and summary.
const ROADMAP: (&str, &str) = (
    "Belarus and Iran sign cooperation roadmap as Lukashenko visits Tehran",
    "The presidents concluded a set of agreements on trade and transport. Nations sanctioned by the US \
     must work together, Khamenei said to Lukashenko.",
);

/// The same, as an article.
const ROADMAP_BODY: &str = "Belarus and Iran have signed a cooperation roadmap during a state visit. \
     President Alexander Lukashenko was received in Tehran on Monday. Tehran has turned United States \
     and Western sanctions into opportunities, the Iranian president said, and would share with Belarus \
     what it learned. \"States that are sanctioned by the US must work together and destroy the weapon \
     of sanctions,\" Khamenei told Lukashenko. Lukashenko said that sanctions could be turned into an \
     opportunity. Both Belarus and Iran have been targeted by Western sanctions.";

fn tells_the_reference_story(assessment: &Assessment) {
    let alliance = reported(assessment, Kind::Alliance);
    assert!(alliance.contains(&"sign BY~IR".to_owned()), "{alliance:?}");
    let sanctions: Vec<&Relation> =
        assessment.relations.iter().filter(|r| r.kind == Kind::Sanctions).collect();
    let counter = sanctions.iter().find(|relation| relation.action == Action::Counter);
    let counter = counter.unwrap_or_else(|| panic!("no counter relation in {sanctions:#?}"));
    assert!(assessment.sanctions.reported, "{counter:#?}");
    assert!(codes(&counter.from).contains("US"), "{counter:#?}");
    assert_eq!(codes(&counter.to), "BY+IR", "{counter:#?}");
    assert_eq!(codes(&counter.by), "BY+IR", "{counter:#?}");
    for code in ["BY", "IR", "US"] {
        assert!(assessment.countries.iter().any(|actor| actor.code() == code), "{code}");
    }
}

#[test]
fn the_reference_story_is_told_by_headline_and_summary() {
    tells_the_reference_story(&assess(ROADMAP.0, ROADMAP.1, ""));
}

#[test]
fn the_reference_story_is_told_by_headline_and_body() {
    tells_the_reference_story(&assess(ROADMAP.0, "", ROADMAP_BODY));
}

#[test]
fn the_reference_story_is_told_by_all_fields() {
    tells_the_reference_story(&assess(ROADMAP.0, ROADMAP.1, ROADMAP_BODY));
}

#[test]
fn those_who_seal_a_pact_answer_together_where_the_sentence_names_nobody() {
    for (title, summary) in [
        (
            "Iran and Belarus sign a cooperation roadmap … 'States that are sanctioned by the US must work together'",
            "",
        ),
        (
            "Iran and Belarus sign a cooperation roadmap",
            "Nations under United States sanctions should join hands, the guest was told.",
        ),
    ] {
        let assessment = assess(title, summary, "");
        let counter = assessment.relations.iter().find(|relation| relation.action == Action::Counter);
        let counter = counter.unwrap_or_else(|| panic!("{assessment:#?}"));
        assert_eq!((codes(&counter.from), codes(&counter.by)), ("US".to_owned(), "BY+IR".to_owned()));
    }
}

#[test]
fn a_name_is_no_veto() {
    let assessment = assess("Arab League and EU sign cooperation agreement", "", "");
    assert!(assessment.alliance.reported, "{assessment:#?}");
    assert!(assessment.relations[0].evidence.iter().all(|evidence| evidence.weight >= Score::ZERO));
}

#[test]
fn what_the_headline_names_is_not_renamed_by_the_summary() {
    let assessment = assess(
        "China and Russia begin joint naval exercise in the Sea of Japan",
        "Twelve warships take part in the drills, which Moscow and Beijing agreed on in spring.",
        "",
    );
    assert_eq!(assessment.relations[0].action, Action::Military, "{assessment:#?}");
}

#[test]
fn the_shared_reference_story() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/eval/reference-story.txt");
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("skipped: {path} is not here");
        return;
    };
    let after = |mark: &str| text.split_once(mark).map_or("", |(_, rest)| rest);
    let title = after("Headline: ").lines().next().unwrap_or_default();
    let summary = after("Summary: ").lines().next().unwrap_or_default();
    let body = text.split("\n\n").skip(3).collect::<Vec<_>>().join("\n\n");
    tells_the_reference_story(&assess(title, summary, ""));
    tells_the_reference_story(&assess(title, "", &body));
    tells_the_reference_story(&assess(title, summary, &body));
}

#[test]
fn the_lead_tells_the_news_and_the_background_does_not() {
    let background = "Two late goals turned the match in Tehran on Tuesday, and the coach praised the patience of \
         his players after a night of rain. The hosts had lost three of their last five games. South Korea \
         scored first after ten minutes, when the defence failed to clear a corner, and held the lead until \
         the second half. The federation has struggled to pay foreign coaches for years. United States \
         sanctions on Iran have cut its banks off from the world, and the European Union extended its own \
         sanctions on Iran in October. Because of the sanctions on Iran the prize money is still frozen.";
    let assessment = assess("Iran beat South Korea 2-1 in World Cup qualifier", "", background);
    assert!(!assessment.sanctions.reported && !assessment.alliance.reported, "{:#?}", assessment.relations);
    // Where there is a summary, all of the article is told around it.
    let (summary, rest) = background.split_at(background.find(" South Korea").unwrap());
    assert!(!assess("Iran beat South Korea 2-1 in World Cup qualifier", summary, rest).sanctions.reported);
    let lead = "The United States imposed sanctions on five Iranian banks on Tuesday, the Treasury said. The \
         sanctions cut the banks off from the dollar.";
    assert!(assess("What we learned on Tuesday", "", lead).sanctions.reported);
}

#[test]
fn every_score_is_the_sum_of_its_evidence_and_every_place_is_in_the_text() {
    for (title, summary, body) in [
        (ROADMAP.0, ROADMAP.1, ROADMAP_BODY),
        (
            "EU hits Iran with sanctions - The Daily Times",
            "WIEN (AFP) - Die “EU” &amp;lt;b&amp;gt; U.S. £5",
            "",
        ),
        ("Türkiye’s Erdoğan visits İran…", "Ünited ﬁrms", "\u{202e}x"),
    ] {
        let input = Input { title, summary, body, language: Some(Language::ENGLISH), ..Input::default() };
        let (assessment, text) = ASSESSOR.assess(&input);
        for relation in &assessment.relations {
            let sum: Score = relation.evidence.iter().map(|evidence| evidence.weight).sum();
            assert_eq!(sum, relation.score, "{relation:#?}");
            for evidence in &relation.evidence {
                let field = match evidence.field {
                    Field::Title => &text.title,
                    Field::Summary => &text.summary,
                    Field::Body => &text.body,
                };
                assert_eq!(
                    field.get(evidence.start..evidence.end),
                    Some(evidence.text.as_str()),
                    "{evidence:?}"
                );
            }
        }
    }
}

#[test]
fn reasons_are_told() {
    for (title, language, reason) in [
        ("Koko maassa sataa vettä", Some("fi"), DropReason::NoVocabulary),
        ("Βρέχει όλη μέρα", None, DropReason::NoVocabulary),
        ("The weather is fine in the north", None, DropReason::NoCue),
        ("Sanctions are a topic of the day", None, DropReason::NoActor),
        ("Protests at Spain's embassy in Kenya, talks later", None, DropReason::BelowThreshold),
    ] {
        let language = language.and_then(|code: &str| code.parse().ok());
        let (assessment, _) = ASSESSOR.assess(&Input { title, language, ..Input::default() });
        assert_eq!(assessment.unreported, Some(reason), "{title}: {:?}", assessment.relations);
    }
}

#[test]
fn an_official_source_fills_the_untold_sender() {
    let speaks_for = "GB".parse().ok();
    let title = "New sanctions on Belarus announced";
    let (assessment, _) =
        ASSESSOR.assess(&Input { title, speaks_for, language: Some(Language::ENGLISH), ..Input::default() });
    assert_eq!(reported(&assessment, Kind::Sanctions), ["impose GB>BY"]);
}

#[test]
fn tariffs_are_recognised_and_not_reported() {
    let assessment = assess("Trump imposes tariffs on Canada", "", "");
    assert!(!assessment.sanctions.reported);
    assert!(assessment.relations.iter().any(|relation| written(relation) == "impose US>CA"));
    assert_eq!(assessment.unreported, Some(DropReason::BelowThreshold));
}

/// Whether a text is read once for two vocabularies: the words of the one, and those with another mask.
#[test]
fn what_two_assessors_read_alike_is_read_once() {
    let own = crate::config::embedded_vocabulary();
    let one = Assessor::new(&own, Thresholds::default());
    let read_once = |other: &Vocabulary, title: &str| {
        let (beside, contrast) = one.beside((&own, other), Thresholds::default());
        let input = Input { title, language: Some(Language::ENGLISH), ..Input::default() };
        let shared = one
            .lexicons
            .iter()
            .zip(beside.lexicons.values())
            .filter(|((_, one), other)| Arc::ptr_eq(one, other));
        (one.assess_both((&beside, &contrast), &input).2.is_none(), shared.count())
    };
    let (mut masked, mut heavier) = (own.clone(), own.clone());
    masked.languages.get_mut(&Language::ENGLISH).unwrap().masks.insert("cuba street".to_owned());
    heavier.points.target = Score::from_points(0.1);
    let all = own.languages.len();
    for (other, title, expected) in [
        (&own, "US imposes sanctions on Cuba", (true, all)),
        (&masked, "US imposes sanctions on Cuba", (true, all - 1)),
        (&masked, "A fire on Cuba Street", (false, all - 1)),
        (&heavier, "US imposes sanctions on Cuba", (false, 0)),
    ] {
        assert_eq!(read_once(other, title), expected, "{title}");
    }
}
