//! How diagnostics put things: the nearest known word, and quoting what was written.

/// Longer words are nobody's slip of the finger, and comparing them costs the square of the length.
const LONGEST_COMPARED: usize = 64;

/// The candidate that `word` was most likely meant to be; `None` where none is near.
///
/// Near means: at most one slip (a letter wrong, missing, too many, or two swapped) in three
/// letters, or else a whole first word ("password" for "password-credential"). Case does not count.
pub(super) fn nearest<'c, C>(word: &str, candidates: C) -> Option<&'c str>
where
    C: IntoIterator<Item = &'c str> + Clone,
{
    let word = word.trim().to_lowercase();
    let length = word.chars().count();
    if length == 0 || length > LONGEST_COMPARED {
        return None;
    }
    let begun =
        |candidate: &&str| candidate.strip_prefix(word.as_str()).is_some_and(|rest| rest.starts_with('-'));
    candidates
        .clone()
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST_COMPARED)
        .map(|candidate| (strsim::osa_distance(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= length.div_ceil(3))
        .filter(|(distance, _)| *distance < length)
        .min()
        .map(|(_, candidate)| candidate)
        .or_else(|| candidates.into_iter().find(begun))
}

/// What was written, in backticks: without control characters, at most 60 characters of it.
pub(super) fn quoted(text: &str) -> String {
    const MOST: usize = 60;
    let mut shown: String = text.chars().filter(|letter| !letter.is_control()).take(MOST).collect();
    if text.chars().count() > MOST {
        shown.push('…');
    }
    format!("`{shown}`")
}

/// "`a`, `b` or `c`".
pub(super) fn one_of(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [only] => format!("`{only}`"),
        [first @ .., last] => {
            let first: Vec<String> = first.iter().map(|word| format!("`{word}`")).collect();
            format!("{} or `{last}`", first.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("Iram", Some("Iran"))]
    #[case("irna", Some("Iran"))]
    #[case("Belarsu", Some("Belarus"))]
    #[case("Xyzzy", None)]
    #[case("", None)]
    #[case("x", None)]
    fn only_what_is_near_is_suggested(#[case] word: &str, #[case] expected: Option<&str>) {
        assert_eq!(nearest(word, ["Iran", "Belarus", "Iraq"]), expected);
    }

    #[test]
    fn quoting_drops_what_could_forge_lines() {
        assert_eq!(quoted("a\n\u{1b}[31mb"), "`a[31mb`");
        assert!(quoted(&"x".repeat(1000)).len() < 100);
    }
}
