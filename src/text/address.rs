//! Mail addresses within a text.

/// What stands in place of an address.
const HIDDEN: &str = "…@…";

/// A text with every mail address in it hidden: whoever reads a log need not know who gets mail. Linear in the
/// text's length.
#[must_use]
pub fn without_addresses(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('@') {
        let (before, after) = (&rest[..at], &rest[at + 1..]);
        let local = local_part(before);
        let domain = after.len() - after.trim_start_matches(is_of_domain).len();
        let begins = after.starts_with(|letter: char| letter.is_alphanumeric() || letter == '[');
        if local == 0 || domain == 0 || !begins {
            shown.push_str(&rest[..=at]);
            rest = after;
            continue;
        }
        shown.push_str(&before[..before.len() - local]);
        shown.push_str(HIDDEN);
        // A sentence may end behind an address.
        let end = after[..domain].trim_end_matches(['.', '-', ':']).len();
        rest = &after[end..];
    }
    shown.push_str(rest);
    shown
}

/// How many bytes before the `@` belong to the address.
fn local_part(before: &str) -> usize {
    if let Some(quoted) = before.strip_suffix('"') {
        return quoted.rfind('"').map_or(1, |open| before.len() - open);
    }
    before.len() - before.trim_end_matches(is_of_local_part).len()
}

/// RFC 5322's atoms and dots, and letters beyond ASCII (RFC 6531). Not `/`: links have it before names.
fn is_of_local_part(letter: char) -> bool {
    letter.is_alphanumeric() || "!#$%&'*+-=?^_`{|}~.".contains(letter)
}

/// A name, or an address of a machine in brackets.
fn is_of_domain(letter: char) -> bool {
    letter.is_alphanumeric() || "-.[]:".contains(letter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::an_answer("550 5.1.1 <desk@example.org>: unknown", "550 5.1.1 <…@…>: unknown")]
    #[case::any_case("to Desk.Two+news@Example.ORG.", "to …@….")]
    #[case::quoted("\"a desk\"@example.org and b@c", "…@… and …@…")]
    #[case::a_machine("root@[127.0.0.1] is gone", "…@… is gone")]
    #[case::beyond_ascii("büro@exämple.org", "…@…")]
    #[case::a_link("https://example.org/@name/12", "https://example.org/@name/12")]
    #[case::a_login_in_a_link("https://user:secret@example.org/x", "https://user:…@…/x")]
    #[case::alone("@ a@ @b @@", "@ a@ @b @@")]
    #[case::none("nothing", "nothing")]
    #[case::empty("", "")]
    fn addresses_are_hidden(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(without_addresses(text), expected);
    }
}
