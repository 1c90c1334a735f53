//! Headlines as many as are wanted, each of an event of its own: Iran or Belarus and another country,
//! sanctions or an alliance.

/// Countries by names that mean nothing else. More than the items that a configuration must hold in
/// memory, so that two events with the same one need never be compared.
const OTHERS: &str = "Albania Algeria Angola Argentina Armenia Australia Austria Azerbaijan Bahrain \
    Bangladesh Belgium Bolivia Botswana Brazil Bulgaria Cambodia Cameroon Canada Chile China Colombia \
    Croatia Cuba Cyprus Denmark Ecuador Egypt Eritrea Estonia Ethiopia Finland France Gabon Germany Ghana \
    Greece Guatemala Honduras Hungary Iceland India Indonesia Iraq Ireland Israel Italy Jamaica Japan \
    Kazakhstan Kenya Kuwait Kyrgyzstan Laos Latvia Lebanon Libya Lithuania Luxembourg Madagascar Malawi \
    Malaysia Malta Mauritania Mexico Moldova Mongolia Montenegro Morocco Mozambique Myanmar Namibia Nepal \
    Nicaragua Nigeria Norway Oman Pakistan Panama Paraguay Peru Poland Portugal Qatar Romania Russia Rwanda \
    Senegal Serbia Singapore Slovakia Slovenia Somalia Spain Sudan Sweden Switzerland Syria Tajikistan \
    Tanzania Thailand Tunisia Turkmenistan Uganda Ukraine Uruguay Uzbekistan Venezuela Vietnam Yemen Zambia \
    Zimbabwe";

/// What happens, and over what; no two share a topic.
const FORMS: [(&str, [&str; 5]); 7] = [
    (
        "{other} imposes sanctions on {ours} over {topic} at {place}",
        ["drone parts", "oil tankers", "missile tests", "frozen accounts", "border arrests"],
    ),
    (
        "{ours} and {other} sign agreement on {topic} in {place}",
        ["tractor exports", "visa rules", "wheat storage", "railway repair", "customs data"],
    ),
    (
        "{other} lifts sanctions on {ours} airline after {topic} in {place}",
        ["prisoner release", "hostage swap", "amnesty vote", "court ruling", "election recount"],
    ),
    (
        "{ours} and {other} begin joint military exercises near {place} with {topic}",
        ["paratroopers", "minesweepers", "snipers", "artillery crews", "naval divers"],
    ),
    (
        "{other} threatens {ours} with new sanctions over {topic} in {place}",
        ["uranium stock", "cyber attack", "spy trial", "migrant buses", "jamming of satellites"],
    ),
    (
        "{ours} signs {topic} cooperation pact with {other} in {place}",
        ["pharmacy", "textile", "forestry", "tourism", "fishing"],
    ),
    (
        "{other} tightens sanctions against {ours} by naming {topic} of {place}",
        ["two brokers", "a bank", "a refinery", "a shipyard", "smelters"],
    ),
];

/// The headline of the event with this number; no two read the same.
pub(crate) fn headline(number: usize) -> String {
    let others: Vec<&str> = OTHERS.split_whitespace().collect();
    let (form, topics) = FORMS[number % FORMS.len()];
    form.replace("{other}", others[number % others.len()])
        .replace("{ours}", ["Iran", "Belarus"][number / others.len() % 2])
        .replace("{topic}", topics[number / FORMS.len() % topics.len()])
        .replace("{place}", &place(number))
}

/// An invented place, another one for each of the first 28,561 events.
fn place(number: usize) -> String {
    let syllables = ["va", "ro", "ke", "mi", "tu", "sel", "dor", "pan", "gri", "lo", "zam", "ne", "fu"];
    // Multiplied so that neighbours have little in common.
    let mut rest = number * 7_919;
    let mut name = String::new();
    for _ in 0..4 {
        name.push_str(syllables[rest % syllables.len()]);
        rest /= syllables.len();
    }
    name[..1].to_uppercase() + &name[1..]
}
