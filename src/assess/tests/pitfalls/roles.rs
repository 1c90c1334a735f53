//! Sides that are easily exchanged (pitfalls 77–95) and stories that are easily missed (96–104).

use crate::assess::tests::table::Row;

pub(super) const ROWS: &[Row] = &[
    ("p77_target_first", "Cuba frees 90 prisoners as US eases sanctions", "sanctions ease US>CU"),
    ("p78_hit_by", "Iran hit by new UK sanctions", "sanctions impose GB>IR"),
    ("p78_faces", "Syria faces reimposition of EU sanctions", "sanctions EU>SY"),
    (
        "p79_buyer_is_no_target",
        "India set to cut Russian oil purchases after US sanctions",
        "sanctions US>RU, also IN",
    ),
    (
        "p80_units_of_a_third",
        "China sanctions three US units of South Korean shipbuilder",
        "sanctions CN>KR+US",
    ),
    (
        "p81_for_helping",
        "US imposes sanctions on China port, others for Iran oil purchases",
        "sanctions US>CN",
    ),
    ("p82_urger", "Poland urges EU to widen Russian oil sanctions", "sanctions EU>RU by PL"),
    ("p82_urger_without_addressee", "Israel Urges Sanctions on Syria", "sanctions >SY by IL"),
    (
        "p83_condition",
        "Trump says he is ready to put 'major sanctions' on Russia if NATO states stop buying oil",
        "sanctions US>RU, not NATO",
    ),
    ("p85_leader_only", "EU hammers Putin with new sanctions", "sanctions EU>RU"),
    ("p85_relatives", "Trump sanctions Maduro's cousins", "sanctions US>VE"),
    ("p85_agency_only", "Treasury Sanctions Iranian Shipping Network", "sanctions US>IR"),
    ("p86_brussels", "Brussels imposes sanctions on Belarusian banks", "sanctions EU>BY, not BE"),
    ("p86_a_trader_by_name", "EU imposes sanctions on oil trader Murad Lakhani", "sanctions EU>"),
    (
        "p87_votes_against_lifting",
        "UN Security Council votes against lifting Iran sanctions",
        "sanctions maintain UN>IR",
    ),
    ("p87_none_planned", "No new sanctions on Russia, says Trump", "sanctions US>RU denied"),
    (
        "p89_ally_of_another_target",
        "US lifts some potash sanctions on Russia's ally Belarus",
        "sanctions ease US>BY, not RU",
    ),
    ("p89_waived", "US waives sanctions on Iraqi purchases of Iranian power", "sanctions ease"),
    ("p90_court", "US sanctions International Criminal Court judge", "sanctions US>ICC"),
    ("p90_law_of_a_bloc", "US imposes sanctions on officials behind EU tech law", "sanctions US>EU"),
    ("p91_drills_cut", "US to scale back South Korea military drills", "alliance strain KR~US"),
    (
        "p91_cooperation_damaged",
        "China says trade cooperation with Japan 'severely damaged'",
        "alliance strain CN~JP",
    ),
    (
        "p92_against_a_third",
        "China and ASEAN, hit by US tariffs, sign upgraded trade pact",
        "alliance ASEAN~CN, not US",
    ),
    ("p93_host", "Armenia and Azerbaijan sign peace deal as Trump looks on", "alliance AM~AZ, not US"),
    ("p94_suspend", "EU presents proposal to suspend trade agreement with Israel", "alliance withdraw EU~IL"),
    (
        "p94_declares_exit",
        "US declares exit from USMCA trade deal with Canada and Mexico",
        "alliance withdraw CA~MX~US",
    ),
    ("p94_declines_to_extend", "US declines to extend trade deal with Mexico", "alliance MX~US"),
    (
        "p95_digest",
        "Israel strikes Beirut; Iranian students protest; Cuban oil embargo broken",
        "sanctions >CU, not IL, not IR",
    ),
];

pub(super) const MISSED: &[Row] = &[
    ("p96_flights", "Direct flights between India and China to restart", "alliance CN~IN"),
    ("p96_drones", "Norway keeps supplying drones to Ukraine", "alliance NO~UA"),
    ("p96_support", "Canada vows continuing support for Ukraine", "alliance CA~UA"),
    ("p96_arms_sales", "US clears arms sales to Taiwan", "alliance TW~US"),
    ("p96_meeting", "Brazil's Lula to meet China's Xi for trade talks", "alliance BR~CN"),
    ("p96_open_arms", "EU opens its arms to Moldova", "alliance EU~MD"),
    ("p96_bid", "Ukraine offers to drop Nato membership bid", "alliance NATO~UA"),
    ("p97_plural_demonyms", "Iranians and Russians sign gas deal", "alliance IR~RU"),
    ("p99_dash", "US–Iran nuclear deal signed", "alliance IR~US"),
    ("p99_bloc_dash", "EU-Mercosur trade deal signed", "alliance EU~MERCOSUR"),
    ("p99_franco", "Franco-German defence pact signed", "alliance DE~FR"),
    ("p100_kremlin", "Kremlin and Ankara sign gas deal", "alliance RU~TR"),
    ("p100_downing_street", "Downing Street and Élysée sign defence pact", "alliance FR~GB"),
    ("p100_foggy_bottom", "Foggy Bottom and Bankova sign minerals deal", "alliance UA~US"),
    ("p100_zhongnanhai", "Zhongnanhai and Islamabad sign port agreement", "alliance CN~PK"),
    ("p101_islamic_republic", "Islamic Republic and Russia sign defence pact", "alliance IR~RU"),
    (
        "p101_the_kingdom",
        "Saudi crown prince hosts Kenya's Ruto || The kingdom and Nairobi signed a trade deal.",
        "alliance KE~SA",
    ),
    ("p101_the_west", "West imposes new sanctions on Belarus", "sanctions WEST>BY"),
    ("p103_zelensky", "Zelensky urges sanctions on Russia", "sanctions >RU by UA"),
    ("p103_zelenskyy", "Zelenskyy urges sanctions on Russia", "sanctions >RU by UA"),
    ("p103_zelenskiy", "Zelenskiy urges sanctions on Russia", "sanctions >RU by UA"),
    ("p103_lukashenka", "Lukashenka hit by new EU sanctions", "sanctions EU>BY"),
    (
        "p104_double_escaped",
        "US imposes &amp;lt;b&amp;gt;sanctions&amp;lt;/b&amp;gt; on Iran",
        "sanctions impose US>IR",
    ),
];
