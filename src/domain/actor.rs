//! Actors: the states and blocs that can take part in a relation.

use super::actor_table::{ACTORS, Row};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// Whether an actor is a state or a group of states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActorKind {
    /// A UN member, a partly recognised state, or a territory that news treats as a party.
    State,
    /// A bloc or an international body.
    Bloc,
}

/// A state or a bloc, known by its ISO 3166 alpha-2 code or its bloc code (`EU`, `NATO`, …).
///
/// Exists only by parsing a code that stands in the table. Orders and compares by code, so a set of
/// actors always lists the same way.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Actor(u16);

/// A text that is no actor's code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the code of a country or bloc")]
pub struct UnknownActor(pub String);

impl Actor {
    fn row(self) -> &'static Row {
        &ACTORS[usize::from(self.0)]
    }

    /// ISO 3166 alpha-2 code, or the bloc's code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.row().0
    }

    /// The English name a reader expects in a headline ("Iran", "United States", "EU").
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// State or bloc.
    #[must_use]
    pub fn kind(self) -> ActorKind {
        self.row().2
    }

    /// Whether it can be listed as a party: "the West" imposes and opposes, but is no state or bloc.
    #[must_use]
    pub fn is_party(self) -> bool {
        self.code() != "WEST"
    }

    /// Every actor of the table, ordered by code.
    pub fn all() -> impl Iterator<Item = Actor> {
        (0..).take(ACTORS.len()).map(Actor)
    }
}

impl FromStr for Actor {
    type Err = UnknownActor;

    /// Reads a code exactly as written in the table (upper case).
    fn from_str(code: &str) -> Result<Self, Self::Err> {
        ACTORS
            .binary_search_by(|row| row.0.cmp(code))
            .ok()
            .and_then(|index| u16::try_from(index).ok())
            .map(Actor)
            .ok_or_else(|| UnknownActor(code.to_owned()))
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

impl fmt::Debug for Actor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

impl Serialize for Actor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Actor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        code.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_sorted_so_that_parsing_finds_every_code() {
        for actor in Actor::all() {
            assert_eq!(actor.code().parse(), Ok(actor), "{}", actor.code());
        }
    }

    #[test]
    fn a_code_is_read_exactly() {
        assert_eq!("ir".parse::<Actor>(), Err(UnknownActor("ir".into())));
        assert_eq!("ZZ".parse::<Actor>(), Err(UnknownActor("ZZ".into())));
        assert_eq!("IR".parse::<Actor>().map(Actor::name), Ok("Iran"));
        assert_eq!("EU".parse::<Actor>().map(Actor::kind), Ok(ActorKind::Bloc));
    }
}
