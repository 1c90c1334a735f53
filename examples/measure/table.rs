//! The table of the numbers, beside the goals.

use sanctionwatch::backtest::score::{Counts, Share};
use std::fmt::Write as _;

/// What a group of items has to reach, in the order of the columns; `None`: nothing is asked.
type Goals = [Option<f64>; COLUMNS];

const COLUMNS: usize = 9;
const HEADS: [&str; COLUMNS] = ["P", "R", "P", "R", "P", "R", "P", "R", "reversed"];
const ABOVE: [&str; COLUMNS] = ["sanctions", "", "alliance", "", "countries", "", "pairs", "", ""];
/// The last column alone is better the smaller it is.
const REVERSED: usize = COLUMNS - 1;

const ENGLISH: Goals = goals([Some(0.98), Some(0.97), Some(0.88), Some(0.85)]);
const OTHER: Goals = goals([Some(0.95), Some(0.90), Some(0.85), Some(0.85)]);
/// Kinds have no goal over all languages.
const ALL: Goals = goals([None; 4]);

/// The goals of the kinds with those of countries and pairs, which are the same in all languages.
const fn goals([sanctions, sanctions_recall, alliance, alliance_recall]: [Option<f64>; 4]) -> Goals {
    let (countries, pairs) = ([Some(0.95), Some(0.93)], [Some(0.75), Some(0.80), Some(0.02)]);
    let [pair_precision, pair_recall, reversed] = pairs;
    [
        sanctions,
        sanctions_recall,
        alliance,
        alliance_recall,
        countries[0],
        countries[1],
        pair_precision,
        pair_recall,
        reversed,
    ]
}

/// What is shown below each row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown {
    pub(crate) intervals: bool,
    pub(crate) counts: bool,
}

/// A table of groups by their names, in their order; `!` stands behind what misses its goal.
pub(crate) fn table(groups: &[(String, Counts)], shown: Shown) -> String {
    let mut text = String::new();
    line(&mut text, "", "", ABOVE.map(str::to_owned));
    line(&mut text, "", "items", HEADS.map(str::to_owned));
    for (name, goals) in [("goal en", ENGLISH), ("goal other", OTHER)] {
        line(&mut text, name, "", goals.map(|goal| goal.map_or_else(String::new, number)));
    }
    for (name, counts) in groups {
        let goals = match name.as_str() {
            "all" => ALL,
            "en" => ENGLISH,
            _ => OTHER,
        };
        let shares = shares(counts);
        let mut cells = [const { String::new() }; COLUMNS];
        for (at, cell) in cells.iter_mut().enumerate() {
            *cell = shares[at].value().map_or_else(|| "–".to_owned(), number);
            if misses(shares[at], goals[at], at == REVERSED) {
                cell.push('!');
            }
        }
        line(&mut text, name, &counts.items.to_string(), cells);
        if shown.intervals {
            let between = |(low, high): (f64, f64)| format!("{}–{}", number(low), number(high));
            let intervals = shares.map(|share| share.interval().map_or_else(String::new, between));
            line(&mut text, "", "", intervals);
        }
        if shown.counts {
            line(&mut text, "", "", shares.map(|share| format!("{}/{}", share.part, share.whole)));
        }
    }
    text
}

fn shares(counts: &Counts) -> [Share; COLUMNS] {
    [
        counts.sanctions.precision(),
        counts.sanctions.recall(),
        counts.alliance.precision(),
        counts.alliance.recall(),
        counts.countries.precision(),
        counts.countries.recall(),
        counts.pair_precision,
        counts.pair_recall,
        counts.reversed,
    ]
}

/// Whether a share misses its goal.
fn misses(share: Share, goal: Option<f64>, smaller_is_better: bool) -> bool {
    let (Some(value), Some(goal)) = (share.value(), goal) else { return false };
    if smaller_is_better { value > goal } else { value < goal }
}

/// Three digits behind the point, and none before it where that is a zero.
fn number(value: f64) -> String {
    let text = format!("{value:.3}");
    text.strip_prefix('0').map_or_else(|| text.clone(), str::to_owned)
}

fn line(text: &mut String, name: &str, items: &str, cells: [String; COLUMNS]) {
    let mut line = format!("{name:10} {items:>6}");
    for cell in cells {
        let _ = write!(line, "  {cell:9}");
    }
    let _ = writeln!(text, "{}", line.trim_end());
}
