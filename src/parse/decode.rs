//! Bytes to text: byte order mark, then valid UTF-8, then what is declared, else windows-1252.
//!
//! Declarations are wrong more often than bytes are: "ISO-8859-1" over UTF-8 is common, and valid
//! UTF-8 with letters beyond ASCII is never anything else by chance.

use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;

/// How far a document is searched for its own declaration; HTML asks for the first 1,024 bytes,
/// real pages need more.
const DECLARATION_BYTES: usize = 4_096;

/// A feed's text. XML says of itself what it is; the header is asked after that.
pub(super) fn feed<'a>(body: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    decode(body, || from_prolog(body).or_else(|| content_type.and_then(from_header)))
}

/// A page's text. The header overrules the page, as in browsers.
pub(super) fn page<'a>(body: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    decode(body, || {
        content_type.and_then(from_header).or_else(|| from_prolog(body)).or_else(|| from_meta(body))
    })
}

/// Whether a feed says that it is written in an encoding that its bytes are not in. Where they are ASCII
/// alone, any label will do.
pub(super) fn is_mislabelled(body: &[u8]) -> bool {
    let marked = Encoding::for_bom(body).map(|(encoding, _)| encoding);
    let Some(declared) = from_prolog(body) else { return false };
    match (marked, std::str::from_utf8(body)) {
        // "UTF-16" does not say in which order.
        (Some(marked), _) => marked != declared && (marked == UTF_8 || declared == UTF_8),
        (None, Ok(_)) => declared != UTF_8 && declared != ISO_2022_JP && !body.is_ascii(),
        (None, Err(_)) => declared == UTF_8 && !mostly_utf8(body),
    }
}

fn decode(body: &[u8], declared: impl Fn() -> Option<&'static Encoding>) -> Cow<'_, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(body) {
        return encoding.decode_without_bom_handling(body.get(mark..).unwrap_or_default()).0;
    }
    let wide = match body {
        [0, b'<', ..] => Some(UTF_16BE),
        [b'<', 0, ..] => Some(UTF_16LE),
        _ => None,
    };
    if let Some(wide) = wide {
        return wide.decode_without_bom_handling(body).0;
    }
    let declared = declared();
    if let Ok(text) = std::str::from_utf8(body) {
        // Japanese mail encoding is pure ASCII with escape sequences.
        if declared == Some(ISO_2022_JP) && body.contains(&0x1b) {
            return ISO_2022_JP.decode_without_bom_handling(body).0;
        }
        return Cow::Borrowed(text);
    }
    let encoding = match declared {
        Some(encoding) if encoding != UTF_8 => encoding,
        _ if mostly_utf8(body) => UTF_8,
        _ => WINDOWS_1252,
    };
    encoding.decode_without_bom_handling(body).0
}

/// Whether a text that is not quite UTF-8 is meant as such: more letters beyond ASCII are right
/// than wrong (a file cut within a letter, one foreign byte).
fn mostly_utf8(body: &[u8]) -> bool {
    let (mut right, mut wrong) = (0_usize, 0_usize);
    for chunk in body.utf8_chunks() {
        right += chunk.valid().chars().filter(|character| !character.is_ascii()).count();
        wrong += usize::from(!chunk.invalid().is_empty());
    }
    right > wrong
}

/// `encoding="…"` of an XML declaration.
fn from_prolog(body: &[u8]) -> Option<&'static Encoding> {
    let head = head(body);
    let start = head.find("<?xml")?;
    let prolog = head.get(start..)?.split("?>").next()?;
    label(prolog.split_once("encoding")?.1)
}

/// `charset=…` of a content type.
fn from_header(content_type: &str) -> Option<&'static Encoding> {
    let lower = content_type.to_ascii_lowercase();
    label(lower.split_once("charset")?.1)
}

/// `<meta charset>` or `<meta http-equiv content="…; charset=…">`.
fn from_meta(body: &[u8]) -> Option<&'static Encoding> {
    let head = head(body);
    head.split("<meta").skip(1).find_map(|tag| label(tag.split('>').next()?.split_once("charset")?.1))
}

/// The start of a document in lower case, as far as it is ASCII.
fn head(body: &[u8]) -> String {
    let head = body.get(..DECLARATION_BYTES.min(body.len())).unwrap_or_default();
    String::from_utf8_lossy(head).to_ascii_lowercase()
}

/// The encoding named after `=`, in quotes or not.
fn label(text: &str) -> Option<&'static Encoding> {
    let value = text.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let end = value.find(|c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c))).unwrap_or(value.len());
    Encoding::for_label_no_replacement(value.get(..end)?.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn latin(text: &str) -> Vec<u8> {
        WINDOWS_1252.encode(text).0.into_owned()
    }

    #[rstest]
    #[case::utf8("<r>é</r>".as_bytes().to_vec(), None, "<r>é</r>")]
    #[case::mark([b"\xef\xbb\xbf", "<r>é</r>".as_bytes()].concat(), Some("text/xml; charset=iso-8859-1"), "<r>é</r>")]
    #[case::wrongly_declared("<?xml version='1.0' encoding='iso-8859-1'?><r>é</r>".as_bytes().to_vec(), None,
        "<?xml version='1.0' encoding='iso-8859-1'?><r>é</r>")]
    #[case::prolog(
        latin("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><r>é</r>"),
        Some("text/xml; charset=utf-8"),
        "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><r>é</r>"
    )]
    #[case::header(encoding_rs::WINDOWS_1251.encode("<r>Санкции</r>").0.into_owned(),
        Some("application/rss+xml; Charset=\"windows-1251\""), "<r>Санкции</r>")]
    #[case::undeclared(latin("<r>Lukaschenko – Führer</r>"), None, "<r>Lukaschenko – Führer</r>")]
    #[case::declared_utf8_but_latin(
        latin("<?xml encoding='utf-8'?><r>Führer</r>"),
        None,
        "<?xml encoding='utf-8'?><r>Führer</r>"
    )]
    #[case::unknown_label(
        latin("<?xml encoding='x-none'?><r>ü</r>"),
        None,
        "<?xml encoding='x-none'?><r>ü</r>"
    )]
    #[case::cut_in_a_letter("<r>Führer für dé".as_bytes().iter().copied().chain([0xc3]).collect(), None,
        "<r>Führer für dé\u{fffd}")]
    #[case::wide("<r>é</r>".encode_utf16().flat_map(u16::to_le_bytes).collect(), None, "<r>é</r>")]
    #[case::wide_with_mark([0xfeff_u16].into_iter().chain("<r>é</r>".encode_utf16()).flat_map(u16::to_be_bytes).collect(),
        None, "<r>é</r>")]
    #[case::japanese(ISO_2022_JP.encode("<?xml encoding='iso-2022-jp'?>制裁").0.into_owned(), None,
        "<?xml encoding='iso-2022-jp'?>制裁")]
    #[case::empty(Vec::new(), None, "")]
    fn feeds(#[case] body: Vec<u8>, #[case] content_type: Option<&str>, #[case] expected: &str) {
        assert_eq!(feed(&body, content_type), expected);
    }

    #[rstest]
    #[case::right(latin("<?xml encoding='iso-8859-1'?><r>é</r>"), false)]
    #[case::right_utf8("<?xml encoding='utf-8'?><r>é</r>".into(), false)]
    #[case::nothing_said(latin("<r>é</r>"), false)]
    #[case::ascii_alone("<?xml encoding='iso-8859-1'?><r>e</r>".into(), false)]
    #[case::cut_in_a_letter("<?xml encoding='utf-8'?><r>Führer dé".bytes().chain([0xc3]).collect(), false)]
    #[case::utf8_called_latin("<?xml encoding='iso-8859-1'?><r>é</r>".into(), true)]
    #[case::latin_called_utf8(latin("<?xml encoding='utf-8'?><r>é</r>"), true)]
    #[case::marked_utf8_called_latin("\u{feff}<?xml encoding='iso-8859-1'?><r>é</r>".into(), true)]
    fn labels(#[case] body: Vec<u8>, #[case] mislabelled: bool) {
        assert_eq!(is_mislabelled(&body), mislabelled);
    }

    #[rstest]
    #[case::meta("<meta charset=windows-1251>", None)]
    #[case::meta_old("<META http-equiv='Content-Type' content='text/html; charset=windows-1251'>", None)]
    #[case::header_first("<meta charset='iso-8859-1'>", Some("text/html;charset=windows-1251"))]
    fn pages(#[case] head: &str, #[case] content_type: Option<&str>) {
        let body = encoding_rs::WINDOWS_1251.encode(&format!("{head}Санкции")).0.into_owned();
        assert!(page(&body, content_type).ends_with("Санкции"));
    }
}
