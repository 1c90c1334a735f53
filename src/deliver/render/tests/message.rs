//! A rendered message as a mail program reads it. Whatever is not as it must be ends the test.

use scraper::{ElementRef, Html, Selector};

/// A message of two parts, taken apart.
pub(super) struct Message {
    /// Names and unfolded values, in order.
    pub(super) headers: Vec<(String, String)>,
    pub(super) text: String,
    pub(super) html: String,
    /// The HTML part as it travels.
    pub(super) html_bytes: usize,
}

impl Message {
    /// Reads a message and everything that RFC 5322, 2045 and 2046 ask of its form.
    #[track_caller]
    pub(super) fn read(bytes: &[u8]) -> Self {
        assert!(bytes.is_ascii(), "not 7-bit");
        let raw = str::from_utf8(bytes).unwrap();
        assert!(!raw.replace("\r\n", "").contains(|letter: char| letter.is_ascii_control()), "a control");
        let (head, body) = raw.split_once("\r\n\r\n").unwrap();
        let headers = headers(head);
        let of = |name: &str| {
            let (_, value) = headers.iter().find(|(known, _)| known == name).unwrap();
            value.as_str()
        };
        let boundary = of("Content-Type")
            .strip_prefix("multipart/alternative; boundary=\"")
            .and_then(|rest| rest.strip_suffix('"'))
            .unwrap();
        let (parts, after) = body.split_once(&format!("--{boundary}--")).unwrap();
        assert_eq!(after.trim_end(), "");
        let parts: Vec<_> = parts.split(&format!("--{boundary}\r\n")).collect();
        let [preamble, text, html] = parts.as_slice() else { panic!("{} parts", parts.len()) };
        assert_eq!(*preamble, "");
        Self {
            text: part(text, "text/plain; charset=utf-8"),
            html: part(html, "text/html; charset=utf-8"),
            html_bytes: html.len(),
            headers,
        }
    }

    /// The values of a header.
    pub(super) fn all(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
    }

    /// The headers, and the two parts in clear, for a person to read.
    pub(super) fn readable(&self) -> String {
        let headers: Vec<_> = self.headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
        let rule = "~".repeat(70);
        format!("{}\n{rule}\n{}\n{rule}\n{}", headers.concat(), self.text, self.html)
    }

    /// Elements of the HTML.
    pub(super) fn elements(&self, selector: &str) -> Vec<Element> {
        let document = Html::parse_document(&self.html);
        document.select(&Selector::parse(selector).unwrap()).map(Element::new).collect()
    }
}

/// An element of the HTML.
pub(super) struct Element {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) text: String,
}

impl Element {
    fn new(element: ElementRef<'_>) -> Self {
        let attributes = element.value().attrs();
        Self {
            name: element.value().name().to_owned(),
            attributes: attributes.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            text: element.text().collect(),
        }
    }

    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

fn headers(head: &str) -> Vec<(String, String)> {
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in head.split("\r\n") {
        assert!(line.len() <= 998, "a header line of {} bytes", line.len());
        assert_eq!(line, line.trim_end(), "white space at the end of a line");
        // What can be folded is, but for a long name before its address, which lettre keeps together.
        let words = line.split_once(": ").map_or(line, |(_, value)| value).trim_start();
        assert!(line.len() <= 78 || !words.contains(' ') || words.ends_with('>'), "not folded: {line}");
        if let Some(more) = line.strip_prefix(' ') {
            let (_, value) = headers.last_mut().unwrap();
            value.push(' ');
            value.push_str(more);
        } else {
            let (name, value) = line.split_once(": ").unwrap();
            assert!(name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-'), "{name}");
            headers.push((name.to_owned(), value.to_owned()));
        }
    }
    headers
}

/// A part of this type, decoded.
#[track_caller]
fn part(part: &str, content_type: &str) -> String {
    let (head, body) = part.split_once("\r\n\r\n").unwrap();
    let expected = [
        ("Content-Type".to_owned(), content_type.to_owned()),
        ("Content-Transfer-Encoding".to_owned(), "quoted-printable".to_owned()),
    ];
    assert_eq!(headers(head), expected);
    for line in body.split("\r\n") {
        assert!(line.len() <= 76, "a line of {} bytes", line.len());
        assert!(!line.ends_with([' ', '\t']), "white space at the end of a line: {line}");
    }
    let joined = body.replace("=\r\n", "");
    let mut pieces = joined.split('=');
    let mut bytes = pieces.next().unwrap().as_bytes().to_vec();
    for piece in pieces {
        let digits = &piece[..2];
        assert_eq!(digits, digits.to_uppercase());
        bytes.push(u8::from_str_radix(digits, 16).unwrap());
        bytes.extend(&piece.as_bytes()[2..]);
    }
    String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
}
