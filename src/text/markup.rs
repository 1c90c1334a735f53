//! HTML cut into text and tags, without a tree.
//!
//! Not html5ever's tokenizer: that one compares each attribute of a tag with all before it, so one
//! tag of 256 KiB costs seconds. This reads each byte a fixed number of times and keeps no state
//! but the raw-text element it is in. It also takes `<` for text where no known element follows,
//! because half of what feeds call HTML is plain text.

/// A stretch of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Piece<'a> {
    /// Text, its references not decoded.
    Text(&'a str),
    /// A start tag.
    Open(Tag<'a>),
    /// An end tag.
    Close {
        /// The element's name as written.
        name: &'a str,
        /// Whether the element stands within a line of text.
        inline: bool,
    },
    /// What stands in an element whose content is no markup: script, style, title, text area.
    Raw {
        /// The element's name as written.
        name: &'a str,
        /// Its content.
        text: &'a str,
    },
}

/// A start tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Tag<'a> {
    /// The element's name as written.
    pub(crate) name: &'a str,
    /// What stands between name and `>`.
    pub(crate) attributes: &'a str,
    /// How many attributes that are.
    pub(crate) attribute_count: usize,
    /// Whether the element has no content, by its name or by `/>`.
    pub(crate) empty: bool,
    /// Whether the element stands within a line of text.
    pub(crate) inline: bool,
}

/// Elements within a line of text: removing their tags leaves no gap. Sorted.
const INLINE: &[&str] = &[
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font",
    "i", "ins", "kbd", "mark", "nobr", "q", "rb", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike",
    "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
];

/// All other elements of HTML, past and present, and those of pictures in it. Sorted.
const OTHER: &[&str] = &[
    "address",
    "amp-img",
    "applet",
    "area",
    "article",
    "aside",
    "audio",
    "base",
    "basefont",
    "blink",
    "blockquote",
    "body",
    "br",
    "button",
    "canvas",
    "caption",
    "center",
    "circle",
    "col",
    "colgroup",
    "datalist",
    "dd",
    "defs",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "ellipse",
    "embed",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "frame",
    "frameset",
    "g",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hgroup",
    "hr",
    "html",
    "iframe",
    "image",
    "img",
    "input",
    "label",
    "legend",
    "li",
    "line",
    "link",
    "main",
    "map",
    "marquee",
    "math",
    "menu",
    "meta",
    "meter",
    "nav",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "ol",
    "optgroup",
    "option",
    "output",
    "p",
    "param",
    "path",
    "picture",
    "polygon",
    "polyline",
    "pre",
    "progress",
    "rect",
    "rtc",
    "script",
    "search",
    "section",
    "select",
    "slot",
    "source",
    "style",
    "summary",
    "svg",
    "table",
    "tbody",
    "td",
    "template",
    "text",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "track",
    "ul",
    "use",
    "video",
    "xmp",
];

/// Elements that never have content. Sorted.
const EMPTY: &[&str] = &[
    "area", "base", "basefont", "br", "col", "embed", "frame", "hr", "image", "img", "input", "link", "meta",
    "param", "source", "track", "wbr",
];

/// Elements whose content is not markup. Sorted.
const RAW: &[&str] = &["iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp"];

/// No element has a longer name.
const MAX_NAME_BYTES: usize = 64;

/// The pieces of a document, in order.
pub(crate) struct Pieces<'a> {
    rest: &'a str,
    raw: Option<&'a str>,
    /// Set where an unfinished tag was taken for text: what follows has no further tags.
    text_only: bool,
}

impl<'a> Pieces<'a> {
    /// Cuts a document.
    pub(crate) fn new(html: &'a str) -> Self {
        Self { rest: html, raw: None, text_only: false }
    }

    /// Takes `length` bytes off the front.
    fn take(&mut self, length: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    /// Skips to behind the next `end`, or to the end of the document; gives what was skipped.
    fn take_until(&mut self, end: &str) -> &'a str {
        match self.rest.find(end) {
            Some(at) => {
                let taken = self.take(at);
                self.take(end.len());
                taken
            }
            None => self.take(self.rest.len()),
        }
    }

    /// Reads what begins with the `<` at the front. `None`: it gave nothing to report.
    fn angle(&mut self) -> Option<Piece<'a>> {
        let rest = self.rest;
        let after = rest.get(1..).unwrap_or_default();
        if let Some(declaration) = after.strip_prefix('!') {
            if declaration.starts_with("-->") {
                self.take("<!-->".len().min(rest.len()));
            } else if declaration.starts_with("--") {
                // From the first dash on, so that `<!--->` ends where it begins to.
                self.take("<!--".len());
                if self.rest.starts_with("->") {
                    self.take("->".len());
                } else {
                    self.take_until("-->");
                }
            } else if declaration.get(.."[CDATA[".len()).is_some_and(|start| start == "[CDATA[") {
                self.take("<![CDATA[".len());
                return Some(Piece::Text(self.take_until("]]>")));
            } else {
                self.take_until(">");
            }
            return None;
        }
        if after.starts_with('?') {
            self.take_until(">");
            return None;
        }
        let (closing, body) = after.strip_prefix('/').map_or((false, after), |body| (true, body));
        let name = name(body);
        let Some(inline) = known(name) else {
            return Some(Piece::Text(self.take(1)));
        };
        let attributes = body.get(name.len()..).unwrap_or_default();
        let Some((length, attribute_count)) = tag_end(attributes) else {
            return self.unfinished(attributes);
        };
        self.take(1 + usize::from(closing) + name.len() + length + 1);
        if closing {
            return Some(Piece::Close { name, inline });
        }
        let attributes = attributes.get(..length).unwrap_or_default();
        let empty = attributes.ends_with('/') || listed(EMPTY, name);
        if !empty && listed(RAW, name) {
            self.raw = Some(name);
        }
        Some(Piece::Open(Tag { name, attributes, attribute_count, empty, inline }))
    }

    /// A tag that the document's end cuts off is dropped, as browsers do, where it looks like one;
    /// "a <b then" is text.
    fn unfinished(&mut self, attributes: &str) -> Option<Piece<'a>> {
        if attributes.trim().is_empty() || attributes.contains('=') {
            self.take(self.rest.len());
            return None;
        }
        self.text_only = true;
        Some(Piece::Text(self.take(1)))
    }

    /// The content of a raw-text element, up to its end tag.
    fn raw_text(&mut self, name: &'a str) -> Piece<'a> {
        let mut end = self.rest.len();
        for (at, _) in self.rest.match_indices("</") {
            let tail = self.rest.get(at + 2..).unwrap_or_default();
            let same = tail.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name));
            let ends = tail.as_bytes().get(name.len()).is_none_or(|byte| !byte.is_ascii_alphanumeric());
            if same && ends {
                end = at;
                break;
            }
        }
        Piece::Raw { name, text: self.take(end) }
    }
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(name) = self.raw.take() {
            return Some(self.raw_text(name));
        }
        loop {
            if self.rest.is_empty() {
                return None;
            }
            match self.rest.find('<').filter(|_| !self.text_only) {
                Some(0) => {
                    if let Some(piece) = self.angle() {
                        return Some(piece);
                    }
                }
                Some(at) => return Some(Piece::Text(self.take(at))),
                None => return Some(Piece::Text(self.take(self.rest.len()))),
            }
        }
    }
}

/// The name at the start of a tag's body; empty where there is none.
fn name(body: &str) -> &str {
    if !body.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return "";
    }
    let length = body
        .bytes()
        .take(MAX_NAME_BYTES)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'-' | b'_'))
        .count();
    body.get(..length).unwrap_or_default()
}

/// Whether a name is an element's, and whether that stands within a line. Names with a colon or a
/// hyphen are word processors' and custom elements.
fn known(name: &str) -> Option<bool> {
    if listed(INLINE, name) {
        Some(true)
    } else if listed(OTHER, name) || name.contains([':', '-']) {
        Some(false)
    } else {
        None
    }
}

/// Whether a sorted list of lower-case names holds a name, in any case.
fn listed(list: &[&str], name: &str) -> bool {
    list.binary_search_by(|probe| probe.bytes().cmp(name.bytes().map(|byte| byte.to_ascii_lowercase())))
        .is_ok()
}

/// Where in a tag a byte stands.
#[derive(Clone, Copy)]
enum Place {
    Between,
    Name,
    BeforeValue,
    Value,
}

/// Where a tag ends, counted from the end of its name, and how many attributes it has. Quotes hide
/// `>` only where they begin a value, as HTML says.
fn tag_end(attributes: &str) -> Option<(usize, usize)> {
    let bytes = attributes.as_bytes();
    let mut count = 0;
    let mut at = 0;
    let mut place = Place::Between;
    while let Some(&byte) = bytes.get(at) {
        place = match (byte, place) {
            (b'>', _) => return Some((at, count)),
            (b'"' | b'\'', Place::BeforeValue) => {
                at += 1 + bytes.get(at + 1..)?.iter().position(|end| *end == byte)?;
                Place::Between
            }
            (b'=', Place::Name | Place::Between) => Place::BeforeValue,
            (_, Place::BeforeValue) if byte.is_ascii_whitespace() => Place::BeforeValue,
            _ if byte.is_ascii_whitespace() => Place::Between,
            (b'/', Place::Name | Place::Between) => Place::Between,
            (_, Place::Between) => {
                count += 1;
                Place::Name
            }
            (_, Place::Name) => Place::Name,
            (_, Place::BeforeValue | Place::Value) => Place::Value,
        };
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(html: &str) -> Vec<String> {
        Pieces::new(html)
            .map(|piece| match piece {
                Piece::Text(text) => format!("text {text}"),
                Piece::Open(tag) => {
                    format!(
                        "open {} {}{}",
                        tag.name,
                        tag.attribute_count,
                        if tag.empty { " empty" } else { "" }
                    )
                }
                Piece::Close { name, .. } => format!("close {name}"),
                Piece::Raw { name, text } => format!("raw {name} {text}"),
            })
            .collect()
    }

    #[test]
    fn lists_are_sorted_for_the_search() {
        for list in [INLINE, OTHER, EMPTY, RAW] {
            assert!(list.is_sorted(), "{list:?}");
        }
    }

    #[test]
    fn tags_and_their_attributes() {
        assert_eq!(
            shown("<P class=x id='a > b' hidden>a<br/><img src=/x/y.png alt=\"\">"),
            ["open P 3", "text a", "open br 0 empty", "open img 2 empty"]
        );
        assert_eq!(shown("<p a = 'x>y' b>"), ["open p 2"]);
        assert_eq!(shown("<p it's>x</P >"), ["open p 1", "text x", "close P"]);
    }

    #[test]
    fn raw_text_ends_at_its_own_tag() {
        assert_eq!(
            shown("<title>a <b> & </titles> c</TITLE>d"),
            ["open title 0", "raw title a <b> & </titles> c", "close TITLE", "text d"]
        );
        assert_eq!(shown("<script src=x />d"), ["open script 1 empty", "text d"]);
    }

    #[test]
    fn what_is_no_tag_is_text() {
        assert_eq!(shown("1 <2"), ["text 1 ", "text <", "text 2"]);
        assert_eq!(shown("a <b then <i>x"), ["text a ", "open b 2", "text x"]);
        assert_eq!(shown("a <b then x<p"), ["text a ", "text <", "text b then x<p"]);
    }
}
