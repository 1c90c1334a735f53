//! Developments: what of a story comes to be another one that follows it.
//!
//! Owns: the table. Calls: `clash`, `features`. Pure.
//!
//! | earlier | later | it is |
//! |---|---|---|
//! | planned, threatened, to sign | done | carried out |
//! | planned or done | denied | denied |
//! | denied | planned or done | taken up again |
//! | done | planned | the next plan |
//! | imposed, signed | eased, withdrawn from | undone |
//! | eased, withdrawn from | imposed, signed | restored |
//! | the 12th | a later one | the next one |
//! | X against Y | Y against X | answered |
//!
//! Another pair never is one; an earlier ordinal neither.

use super::clash::{self, Polarity, Veto};
use super::features::{Claim, Features};
use super::rules::Rules;
use crate::domain::{Change, Kind, Stage};

/// What became of the earlier item, if the later is a development of it.
pub(super) fn between(rules: &Rules, earlier: &Features, later: &Features, veto: Veto) -> Option<Change> {
    if veto == Veto::Ordinal {
        let (before, now) = clash::ordinals(earlier, later)?;
        return (now > before).then_some(Change::Next { before, now });
    }
    let pairs = earlier.claims.iter().flat_map(|left| later.claims.iter().map(move |right| (left, right)));
    pairs
        .filter(|(left, right)| left.kind == right.kind)
        .find_map(|(left, right)| change(rules, left, right, veto))
}

fn change(rules: &Rules, earlier: &Claim, later: &Claim, veto: Veto) -> Option<Change> {
    match veto {
        Veto::Pair | Veto::Ordinal => None,
        Veto::Direction => {
            // Of an alliance the parties are the same, whoever of them acts.
            let same = earlier.kind == Kind::Alliance && earlier.has_parties_of(later, rules);
            (earlier.is_reverse_of(later) || same).then_some(Change::Answered)
        }
        Veto::Polarity => match (earlier.polarity(), later.polarity()) {
            _ if !earlier.has_parties_of(later, rules) => None,
            (Polarity::Onwards, Polarity::Backwards) => Some(Change::Undone),
            (Polarity::Backwards, Polarity::Onwards) => Some(Change::Restored),
            _ => None,
        },
        Veto::Stage => match (earlier.stage(), later.stage()) {
            _ if !earlier.has_parties_of(later, rules) => None,
            (Stage::Planned, Stage::Done) => Some(Change::CarriedOut),
            (Stage::Planned | Stage::Done, Stage::Denied) => Some(Change::Denied),
            (Stage::Denied, Stage::Planned | Stage::Done) => Some(Change::TakenUp),
            (Stage::Done, Stage::Planned) => Some(Change::Planned),
            _ => None,
        },
    }
}
