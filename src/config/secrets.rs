//! Secrets in a configuration's text: starred out, so that a line of it can be shown. Stars keep every byte's
//! place.

use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Words in a key's name that say that its value is a secret.
const SECRET_WORDS: &[&str] = &[
    "passw",
    "passphrase",
    "secret",
    "credential",
    "token",
    "api-key",
    "api_key",
    "apikey",
    "headers",
    "authorization",
    "cookie",
];

/// Whether a key's name says that its value is a secret.
pub(super) fn names_a_secret(key: &str) -> bool {
    let key = key.to_lowercase();
    SECRET_WORDS.iter().any(|word| key.contains(word))
}

/// Names of parameters that often, but not always, hold a secret.
const DOUBTFUL_PARAMETERS: &[&str] = &["key", "auth", "sig", "signature", "pwd", "code"];

/// Fewest characters of a secret in such a parameter; a section of a newspaper is shorter, or a word.
const MIN_SECRET_CHARS: usize = 16;

/// Whether a parameter in an address is a secret, as far as its name and its value say.
pub(super) fn is_secret_parameter(name: &str, value: &str) -> bool {
    let is_random = value.len() >= MIN_SECRET_CHARS
        && value.contains(|letter: char| letter.is_ascii_digit())
        && value.contains(|letter: char| letter.is_ascii_alphabetic());
    let is_doubtful = DOUBTFUL_PARAMETERS.iter().any(|word| name.eq_ignore_ascii_case(word));
    !value.is_empty() && (names_a_secret(name) || is_doubtful && is_random)
}

/// What the key of a proxy is called.
const PROXY: &str = "proxy";

/// What the table of a webhook is called.
const WEBHOOK: &str = "webhook";

/// Most bytes of the name of a credential, a file or an environment variable that is shown.
const MAX_NAME_BYTES: usize = 64;

/// The text with stars instead of secrets, of what stands before an `@` and of what is asked for behind the path of a
/// URL, byte for byte. The URL of a webhook is itself a secret, but for its host.
///
/// The name of a credential stays, for it says which one is missing; but only what can be nothing else than a
/// name: whoever writes the password itself there has it hidden, unless it looks like one.
pub(super) fn without_secrets(text: &str) -> String {
    let (mut hidden, mut names): (Vec<Range<usize>>, Vec<Range<usize>>) = (Vec::new(), Vec::new());
    // The tree knows values over several lines; the lines know what does not parse, and comments.
    let (table, errors) = DeTable::parse_recoverable(text);
    // Where the text does not parse, a name is one between quotes; what else stands there is a guess.
    let is_quoted =
        |value: &Range<usize>| text.get(value.clone()).is_some_and(|text| text.starts_with(['"', '\'']));
    values(table.get_ref(), Within::default(), &mut |value, kind| match kind {
        Kind::Name if is_quoted(&value) => names.push(value),
        Kind::Name | Kind::Secret => hidden.push(value),
    });
    let (mut offset, mut of_webhook) = (0, false);
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with('[') {
            of_webhook = line.contains(WEBHOOK);
        }
        let known = if errors.is_empty() { line.find('#').unwrap_or(line.len()) } else { 0 };
        let part = line.get(known..).and_then(secret_part);
        hidden.extend(part.map(|part| part.start + known + offset..part.end + known + offset));
        let of_webhook = of_webhook || line.contains(WEBHOOK);
        let parts = in_addresses(line, of_webhook).chain(login_of_proxy(line));
        hidden.extend(parts.map(|part| part.start + offset..part.end + offset));
        offset += line.len();
    }
    let mut bytes = starred(text, hidden);
    for name in names {
        if let (Some(shown), Some(written)) = (bytes.get_mut(name.clone()), text.as_bytes().get(name)) {
            shown.copy_from_slice(written);
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A sentence about a value, with stars likewise.
pub(super) fn without_secrets_in_words(sentence: &str) -> String {
    let hidden = in_addresses(sentence, false).collect();
    String::from_utf8_lossy(&starred(sentence, hidden)).into_owned()
}

/// The bytes of a text with stars at these places, but for the ends of lines.
fn starred(text: &str, places: Vec<Range<usize>>) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for place in places {
        for byte in bytes.get_mut(place).into_iter().flatten() {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = b'*';
            }
        }
    }
    bytes
}

/// What a value is that must not simply be shown.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Secret,
    /// That of a credential.
    Name,
}

/// What a value stands in.
#[derive(Debug, Clone, Copy, Default)]
struct Within {
    /// What is a secret's.
    secret: bool,
    /// The table of headers, whose keys are names of headers.
    headers: bool,
}

/// Tells of each value below a table that is a secret, or names one.
fn values(table: &DeTable<'_>, within: Within, tell: &mut impl FnMut(Range<usize>, Kind)) {
    for (key, value) in table {
        let key: &str = key.get_ref();
        match value.get_ref() {
            DeValue::String(name) if !within.headers && names_a_credential(key) && is_plain_name(name) => {
                tell(value.span(), Kind::Name);
            }
            _ => {
                let secret = within.secret || names_a_secret(key);
                below(value, Within { secret, headers: key == "headers" }, tell);
            }
        }
    }
}

fn below(value: &Spanned<DeValue<'_>>, within: Within, tell: &mut impl FnMut(Range<usize>, Kind)) {
    match value.get_ref() {
        DeValue::Table(table) => values(table, within, tell),
        DeValue::Array(elements) => {
            for element in elements {
                below(element, within, tell);
            }
        }
        _ if within.secret => tell(value.span(), Kind::Secret),
        _ => {}
    }
}

/// Whether a key's value is the name of a credential, not the secret itself.
fn names_a_credential(key: &str) -> bool {
    key == "credential" || key.ends_with("-credential")
}

/// Whether a text looks like the name of a credential, a file or an environment variable.
fn is_plain_name(text: &str) -> bool {
    let of_a_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    !text.is_empty() && text.len() <= MAX_NAME_BYTES && text.bytes().all(of_a_name)
}

/// The part of a line after the `=` of a key that names a secret, up to the line's end.
fn secret_part(line: &str) -> Option<Range<usize>> {
    // ASCII only, so that every place stays the same.
    let folded = line.to_ascii_lowercase();
    let word = SECRET_WORDS.iter().filter_map(|word| folded.find(word)).min()?;
    let equals = word + line[word..].find('=')?;
    Some(equals + 1..line.len())
}

/// What is a secret, or somebody's address, in the addresses of a line.
fn in_addresses(line: &str, of_webhook: bool) -> impl Iterator<Item = Range<usize>> {
    before_at_signs(line).chain(logins_of_urls(line)).chain(of_urls(line, of_webhook))
}

/// What stands before each `@` of a line: a mail address's local part, a URL's user and password.
fn before_at_signs(line: &str) -> impl Iterator<Item = Range<usize>> {
    line.match_indices('@').filter_map(|(at, _)| {
        let breaks = |letter: char| letter.is_whitespace() || "\"'`<>(),;/[]{}=".contains(letter);
        let start = line[..at]
            .rfind(breaks)
            .map_or(0, |index| index + line[index..].chars().next().map_or(1, char::len_utf8));
        (start < at).then_some(start..at)
    })
}

/// What is asked for behind the path of each URL of a line, where keys are handed over; of a webhook's all behind the
/// host.
fn of_urls(line: &str, of_webhook: bool) -> impl Iterator<Item = Range<usize>> {
    urls(line).filter_map(move |Range { start, end }| {
        let begins = |letter: char| matches!(letter, '?' | '#') || (of_webhook && letter == '/');
        let hidden = start + line[start..end].find(begins)? + 1;
        (hidden < end).then_some(hidden..end)
    })
}

/// The user and the password of each URL of a line.
fn logins_of_urls(line: &str) -> impl Iterator<Item = Range<usize>> {
    urls(line).filter_map(|Range { start, end }| {
        let url = &line[start..end];
        let host = url.find(['/', '?', '#']).map_or(url, |end| &url[..end]);
        Some(start..start + host.rfind('@')?)
    })
}

/// Each URL of a line, behind its scheme.
fn urls(line: &str) -> impl Iterator<Item = Range<usize>> {
    line.match_indices("://").map(|(at, scheme)| {
        let start = at + scheme.len();
        start..start + length_of_url(&line[..at], &line[start..])
    })
}

/// How long a URL is, behind its scheme; one that stands between quotes ends with the second.
fn length_of_url(before: &str, rest: &str) -> usize {
    let of_scheme = |letter: char| letter.is_ascii_alphanumeric() || "+-.".contains(letter);
    let opened = before.chars().rev().find(|letter| !of_scheme(*letter));
    let ends = |letter: char| match opened {
        Some(quote @ ('"' | '\'' | '`')) => letter == quote,
        _ => letter.is_whitespace() || "\"'<>`".contains(letter),
    };
    rest.find(ends).unwrap_or(rest.len())
}

/// The user and the password of a proxy, whatever letters are in them.
fn login_of_proxy(line: &str) -> Option<Range<usize>> {
    let value = line.find(PROXY)? + PROXY.len();
    let end = value + line[value..].rfind('@')?;
    let start = line[value..end].find("://").map(|at| at + "://".len());
    let start = value + start.or_else(|| line[value..end].find(['"', '\'']).map(|quote| quote + 1))?;
    Some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("password = \"hunter2\"", "hunter2")]
    #[case("smtp = { host = 1, Password = 'hunter2' }", "hunter2")]
    #[case("[smtp]\npassword = \"\"\"\nhunter2\n\"\"\"", "hunter2")]
    #[case("password = \"hunter2", "hunter2")]
    #[case("password-credential = \"hunter 2\"", "hunter")]
    #[case("password-credential = \"hunter2!\"", "hunter2")]
    #[case("password-credential = hunter2", "hunter2")]
    #[case("password-credential = [\"hunter2\"]", "hunter2")]
    #[case("x = 1 # password = 'hunter2'", "hunter2")]
    #[case("x = \"#\" # the token = hunter2", "hunter2")]
    #[case("[smtp.password]\nvalue = [\"hunter2\"]", "hunter2")]
    #[case("api_token = hunter2", "hunter2")]
    #[case("[[source]]\nheaders = { X-Key = 'hunter2' }", "hunter2")]
    #[case("[[source]]\n[source.headers]\nX-Key = { credential = 'hunter/2' }", "hunter")]
    #[case("headers = { X-Key = { credential = 'agency-key' }, X-Other = 'hunter2' }", "hunter2")]
    #[case("headers = { x-credential = 'hunter2', credential = 'hunter2' }", "hunter2")]
    #[case("Cookie = \"hunter2", "hunter2")]
    #[case("email = \"desk.one+x@example.org\"", "desk")]
    #[case("url = \"https://user:hunter2@example.org/\"", "hunter2")]
    #[case("url = \"https://example.org/feed?lang=de&api_key=hunter2#top\"", "hunter2")]
    #[case("url = [\"https://example.org/?AccessToken=hunter2\"]", "hunter2")]
    #[case("# https://example.org/?key=hunter2hunter2hunter2", "hunter2")]
    #[case("from = \"hunter2@\"", "hunter2")]
    #[case("url = \"https://user:hunter2=cd@example.org/\"", "hunter2")]
    #[case("url = \"https://user:(hunter2);x@example.org/@name\"", "hunter2")]
    #[case("url = \"https://example.org/?key=ab'hunter2\"", "hunter2")]
    #[case("url = \"https://example.org/#access_token=hunter2\"", "hunter2")]
    #[case("fetch = { proxy = \"http://user:x/hunter2@10.0.0.1:3128\" }", "hunter2")]
    #[case("fetch.proxy = \"user:x/hunter2@10.0.0.1:3128\"", "hunter2")]
    #[case("url = [\"https://example.org/feed?key=hunter2\", 1]", "hunter2")]
    #[case("url = \"https://example.org/feed?key=hunter2", "hunter2")]
    #[case("proxy = \"http://user:hun/ter2@10.0.0.1:3128\"", "hun")]
    #[case("proxy = \"user:hun/ter2@10.0.0.1:3128\"", "hun")]
    #[case("[[webhook]]\nname = \"desk\"\nurl = \"ftp://chat.example/T00/hunter2\"", "hunter2")]
    #[case("[[webhook]]\nurl = https://chat.example/hunter2", "hunter2")]
    #[case("webhook = [{ url = \"https://chat.example/hunter2\" }]", "hunter2")]
    fn no_secret_and_no_address_is_shown(#[case] text: &str, #[case] secret: &str) {
        let shown = without_secrets(text);
        assert!(!shown.contains(secret), "{shown}");
        assert_eq!(shown.len(), text.len());
        assert_eq!(shown.matches('\n').count(), text.matches('\n').count());
    }

    #[test]
    fn what_is_no_secret_stays() {
        const URL: &str = "[[webhook]]\nname = \"a\"\n[[source]]\nurl = \"https://example.org/feed/@name\"";
        const FEED: &str = "url = \"https://example.org/?\" # why?";
        for plain in ["name = \"BBC\"", "email = \"desk\"", "item = \"a @ b\"", "keys = \"2y\"", URL, FEED] {
            assert_eq!(without_secrets(plain), plain);
        }
    }

    #[rstest::rstest]
    #[case("password-credential = \"smtp-password\"", "password-credential = \"smtp-password\"")]
    #[case("secret-credential = 'SECRET_1.txt' # why", "secret-credential = 'SECRET_1.txt' # why")]
    #[case(
        "headers = { A = { credential = \"agency-key\" } }",
        "headers = { A = { credential = \"agency-key\" } }"
    )]
    #[case(
        "headers = { A = { credential = \"key\" }, B = 'c' }",
        "headers = { A = { credential = \"key\" }, B = *** }"
    )]
    #[case(
        "smtp = { password = 'a', password-credential = 'b' }",
        "smtp = { password = ***, password-credential = 'b' }"
    )]
    #[case("x = [\ntoken-credential = \"feed-token\"", "x = [\ntoken-credential =*************")]
    fn the_name_of_a_credential_is_shown(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(without_secrets(text), expected);
    }

    #[test]
    fn a_sentence_names_nobody() {
        for (sentence, shown) in [
            ("unknown country `desk@example.org`", "unknown country `****@example.org`"),
            ("`user:hunter2@mail` is no host name", "`************@mail` is no host name"),
            ("no feed at `https://example.org/a?key=1`", "no feed at `https://example.org/a?*****`"),
        ] {
            assert_eq!(without_secrets_in_words(sentence), shown);
        }
    }

    #[test]
    fn a_name_has_an_end() {
        let named = |length| format!("password-credential = \"{}\"", "a".repeat(length));
        assert_eq!(without_secrets(&named(MAX_NAME_BYTES)), named(MAX_NAME_BYTES));
        assert!(without_secrets(&named(MAX_NAME_BYTES + 1)).contains("= ***"));
    }
}
