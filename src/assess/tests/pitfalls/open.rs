//! Pitfalls that are not mastered: what should hold and does not.

use crate::assess::tests::table::Row;

pub(super) const OPEN: &[Row] = &[
    (
        "p09_background",
        "Kremlin insiders turn to fortune tellers after years of sanctions, magazine claims",
        "no sanctions",
    ),
    ("p10_tanker_in_trouble", "Sanctioned tanker runs aground near Malta", "no sanctions"),
    ("p34_carmakers", "Renault and Nissan rework alliance between France and Japan", "no alliance"),
    ("p44_history", "Egyptian and Hittite peace treaty on show in Turkey", "no alliance"),
    ("p79_no_sender", "China's refiners pause Russian oil buys after sanctions", "sanctions >RU, not CN"),
    ("p81_the_regime_too", "US imposes sanctions on China port for Iran oil purchases", "sanctions US>CN+IR"),
    (
        "p84_three_ways",
        "EU hammers Putin and charms Trump by targeting China, India in new Russia sanctions",
        "sanctions EU>CN+IN+RU",
    ),
    (
        "p87_rejects_delay",
        "UN Security Council rejects effort to delay Iran sanctions",
        "sanctions tighten UN>IR",
    ),
    ("p88_to_avoid", "Iran suspends nuclear work to avoid sanctions", "sanctions threaten >IR"),
    ("p101_the_north", "Seoul: The North and the South agree to reopen hotline", "alliance KP~KR"),
    (
        "p11_retaliation_hits_the_rule_breaker",
        "WTO holds off on sanctions over US dumping law",
        "sanctions >US",
    ),
    ("p12_the_other_way_round", "EU to Lift U.S. Sanctions in March", "sanctions EU>US"),
    (
        "p13_at_home",
        "Ukraine's security council imposes sanctions on former president Poroshenko",
        "no sanctions",
    ),
    ("p62_influencer", "Influencer Lula Santoso visits Japan for talks", "not BR"),
    (
        "p18_blacklisted_firm_at_home",
        "Pentagon takes first step toward blacklisting an American software firm",
        "no sanctions",
    ),
    (
        "p33_streaming_alliance",
        "Streaming firms from Spain and Mexico sign content alliance, shares jump",
        "no alliance",
    ),
    ("p35_party_abroad", "Italian National Alliance leader meets US senator", "no alliance"),
];
