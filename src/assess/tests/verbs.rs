//! The English verbs and nouns of co-operation and of pressure by class: what is told without the words
//! "sanctions", "alliance" and "agreement".

use super::table::{Row, check};

const GIVING: &[Row] = &[
    ("ships", "Norway ships air defence missiles to Ukraine", "alliance supply NO~UA"),
    ("handed_over", "Denmark handed over howitzers to Ukraine", "alliance supply DK~UA"),
    ("donating", "Sweden is donating armoured vehicles to Moldova", "alliance supply MD~SE"),
    ("lends", "Japan lends patrol ships to the Philippines", "alliance supply JP~PH"),
    ("pledged", "Canada pledged drones to Latvia", "alliance supply CA~LV"),
    ("direct_object", "Turkey gave Somalia two helicopters", "alliance supply SO~TR"),
    ("equips", "France equips Armenia with radar", "alliance supply AM~FR"),
    ("bought_from", "Poland bought howitzers from South Korea", "alliance supply KR~PL"),
    ("drone_deal", "Kenya seals drone deal with Turkey", "alliance KE~TR"),
    ("credit_line", "China extends credit line to Sri Lanka", "alliance CN~LK"),
    ("deportees", "Rwanda is taking in 250 US deportees", "alliance RW~US"),
];

const MEETING: &[Row] = &[
    ("hosted", "Vietnam hosted Modi on Friday", "alliance consult IN~VN"),
    ("received", "Erdoğan received Meloni in Ankara", "alliance consult IT~TR"),
    ("held_talks", "Tokayev held talks with Merz", "alliance consult DE~KZ"),
    ("sits_down", "Macron sits down with Modi", "alliance consult FR~IN"),
    ("flew", "Starmer flew to India for trade talks", "alliance GB~IN"),
    ("woos", "Japan woos Vietnam", "alliance intend JP~VN"),
    ("pivots", "Serbia pivots to China", "alliance intend CN~RS"),
    ("moves_closer", "Armenia moves closer to EU", "alliance AM~EU"),
    ("embraces", "India embraces Taliban", "alliance support AF~IN"),
    ("stood_by", "Spain stood by Ukraine", "alliance support ES~UA"),
    ("phone_call_is_none", "Macron spoke to Modi", "no alliance"),
];

const MENDING: &[Row] = &[
    ("flights", "Passenger flights between Russia and Armenia resume", "alliance AM~RU"),
    ("embassy", "Syria and Germany reopen embassies", "alliance DE~SY"),
    ("border", "Armenia and Turkey reopen border crossing", "alliance AM~TR"),
    ("resumed_ties", "Bolivia and Israel resumed diplomatic relations", "alliance BO~IL"),
    ("rejoins", "Bahamas rejoins BRICS", "alliance join BRICS~BS"),
    ("envoys", "Danish ambassador returns to Syria", "alliance DK~SY"),
    ("visa_free", "China and Brazil extend visa-free travel", "alliance BR~CN"),
];

const BREAKING: &[Row] = &[
    ("severed", "Colombia severed ties with Israel", "alliance cut CO~IL"),
    ("downgraded", "Mexico downgraded diplomatic relations with Peru", "alliance cut MX~PE"),
    ("broke_off", "Bolivia broke off relations with Israel", "alliance cut BO~IL"),
    ("expulsion", "Poland expelled three Russian diplomats", "alliance cut PL~RU"),
    ("tore_up", "Ethiopia tore up port deal with Somalia", "alliance withdraw ET~SO"),
    ("pulled_out", "Niger pulled out of ECOWAS", "alliance withdraw ECOWAS~NE"),
    ("fell_through", "Trade talks between India and Canada fell through", "alliance strain CA~IN"),
    ("called_off", "US and Indonesia called off joint military drills", "alliance strain ID~US"),
    ("cut_short", "Egypt, Greece naval exercise cut short", "alliance strain EG~GR"),
    ("soured", "Relations between Algeria and France soured", "alliance strain DZ~FR"),
    ("buyer_takes", "Kenya buys 12 fighter jets from Brazil", "alliance supply BR~KE"),
    ("list_names_whom_it_hits", "US adds 14 Chinese chipmakers to entity list", "sanctions impose US>CN"),
    ("numbered_package", "EU's 20th package against Russia", "sanctions EU>RU"),
    (
        "ties_that_a_measure_cuts",
        "Oman halts all economic ties with Yemen after a drone attack",
        "sanctions impose OM>YE, no alliance",
    ),
    ("denounced_call_is_no_treaty", "Norway denounces Israeli minister's call on settlers", "no alliance"),
    ("protest_is_none", "South Korea protests Ishiba's visit to disputed islands", "no alliance"),
    ("summons_is_none", "Iran summons German ambassador", "no alliance"),
];

const PRESSING: &[Row] = &[
    ("halts_trade", "Kuwait halts trade with Iran", "sanctions impose KW>IR"),
    ("cuts_economic_ties", "Bahrain cuts all economic ties with Iran", "sanctions impose BH>IR"),
    ("economic_pressure", "Trump steps up economic pressure on Venezuela", "sanctions US>VE"),
    ("economic_war", "US declares economic war on Cuba", "sanctions US>CU"),
    ("bans_imports", "Lithuania bans imports of Russian grain", "sanctions LT>RU"),
    ("ban_on_goods", "Taiwan mulls ban on Russian coal", "sanctions TW>RU"),
    ("frozen_assets", "EU to use frozen Russian assets for loan", "sanctions EU>RU"),
    ("price_cap", "G7 lowers price cap on Russian oil", "sanctions G7>RU"),
    ("licence", "US refuses export licences for chips to China", "sanctions US>CN"),
    ("entry", "Moldova bars entry to Russian officials", "sanctions MD>RU"),
    ("penalties", "EU weighs penalties on buyers of Iranian oil", "sanctions EU>IR"),
    ("terror_list", "US removes Syria from list of state sponsors of terrorism", "sanctions US>SY"),
];

const JOINED: &[Row] = &[
    (
        "each_its_own",
        "US imposed sanctions on Iran and the EU imposed sanctions on Russia",
        "sanctions US>IR, sanctions EU>RU",
    ),
    ("names_stay_together", "US imposes sanctions on Iran and Russia", "sanctions US>IR+RU"),
    ("two_verbs_of_one", "EU condemns Iran and imposes sanctions on Russia", "sanctions EU>RU"),
    (
        "a_pact_and_a_threat",
        "Serbia and Iran sign trade pact and the US threatens sanctions",
        "alliance sign IR~RS",
    ),
];

const REFUSED: &[Row] = &[
    ("says_no", "EU says no to lifting sanctions on Russia", "sanctions maintain EU>RU"),
    ("no_to_new_ones", "Slovakia says no to sanctions on Russia", "sanctions counter >RU by SK"),
];

#[test]
fn giving_and_buying() {
    check(GIVING);
}

#[test]
fn meeting_and_courting() {
    check(MEETING);
}

#[test]
fn mending() {
    check(MENDING);
}

#[test]
fn breaking() {
    check(BREAKING);
}

#[test]
fn pressing_without_the_word_sanctions() {
    check(PRESSING);
}

#[test]
fn who_buys_takes() {
    for (text, gives, takes) in [
        ("Kenya buys 12 fighter jets from Brazil", "BR", "KE"),
        ("Norway ships air defence missiles to Ukraine", "NO", "UA"),
    ] {
        let assessment = super::table::judged(text);
        let supply =
            assessment.relations.iter().find(|relation| relation.action == crate::domain::Action::Supply);
        let sides =
            supply.map(|relation| (super::table::codes(&relation.from), super::table::codes(&relation.to)));
        assert_eq!(sides, Some((gives.to_owned(), takes.to_owned())), "{text}");
    }
}

#[test]
fn clauses_that_and_joins() {
    check(JOINED);
}

#[test]
fn a_refusal_to_ease_keeps() {
    check(REFUSED);
}
