//! Countries as an operator names them: code, name or demonym.

use super::reader::Value;
use super::wording::{nearest, quoted};
use crate::domain::Actor;

/// Other names than the table's that an operator is likely to write.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("Iranian", "IR"),
    ("Belarusian", "BY"),
    ("Russian", "RU"),
    ("Russian Federation", "RU"),
    ("Chinese", "CN"),
    ("North Korean", "KP"),
    ("DPRK", "KP"),
    ("Syrian", "SY"),
    ("Venezuelan", "VE"),
    ("Cuban", "CU"),
    ("Burma", "MM"),
    ("Burmese", "MM"),
    ("USA", "US"),
    ("American", "US"),
    ("UK", "GB"),
    ("British", "GB"),
    ("European Union", "EU"),
    ("Ukrainian", "UA"),
    ("Turkey", "TR"),
];

/// The members of the blocs that act as one against others.
const MEMBERS: &[(&str, &str)] = &[
    ("BRICS", "AE BR CN EG ET ID IN IR RU ZA"),
    ("CSTO", "AM BY KG KZ RU TJ"),
    ("EAEU", "AM BY KG KZ RU"),
    ("EU", "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"),
    ("G7", "CA DE FR GB IT JP US"),
    (
        "NATO",
        "AL BE BG CA CZ DE DK EE ES FI FR GB GR HR HU IS IT LT LU LV ME MK NL NO PL PT RO SE SI SK TR US",
    ),
    ("SCO", "BY CN IN IR KG KZ PK RU TJ UZ"),
];

/// The blocs that a state is a member of.
pub(super) fn blocs_of(member: Actor) -> Vec<Actor> {
    MEMBERS
        .iter()
        .filter(|(_, members)| members.split(' ').any(|code| code == member.code()))
        .filter_map(|(bloc, _)| bloc.parse().ok())
        .collect()
}

fn other_names() -> impl Iterator<Item = (&'static str, Actor)> {
    OTHER_NAMES.iter().filter_map(|(name, code)| Some((*name, code.parse().ok()?)))
}

fn names() -> impl Iterator<Item = (&'static str, Actor)> {
    Actor::all()
        .map(|actor| (actor.name(), actor))
        .chain(Actor::all().map(|actor| (actor.code(), actor)))
        .chain(other_names())
}

fn resolve(written: &str) -> Option<Actor> {
    let written = written.trim();
    names().find(|(name, _)| name.eq_ignore_ascii_case(written)).map(|(_, actor)| actor)
}

fn suggest(written: &str) -> Option<&'static str> {
    // A code is too short to be near anything by accident only.
    nearest(written, names().map(|(name, _)| name).filter(|name| name.len() > 2))
}

impl Value<'_> {
    /// The country or bloc that is named.
    pub(super) fn actor(&self) -> Option<Actor> {
        let written = self.string()?;
        resolve(written).or_else(|| {
            let help = suggest(written).map_or_else(
                || {
                    "an English name (\"Iran\"), a code (\"IR\", \"EU\") or a demonym (\"Iranian\")"
                        .to_owned()
                },
                |near| format!("did you mean \"{near}\"?"),
            );
            self.wrong(format!("unknown country {}", quoted(written)), help)
        })
    }
}
