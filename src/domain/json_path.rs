//! Paths into JSON documents, as the configuration writes them.

use std::fmt;
use std::str::FromStr;

/// Where something stands in a JSON document: keys of objects and indexes of lists (from 0), from the
/// outside in. Without any step it is the document itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JsonPath(Vec<String>);

/// Why a text is no path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoJsonPath {
    /// Two dots in a row, or one at an end.
    #[error("a key or an index is missing beside a dot")]
    EmptyStep,
    /// Brackets or a leading `$`, as other ways to write paths have them.
    #[error("it has keys and indexes with dots between them, and nothing else")]
    OtherNotation,
    /// More than anybody writes by hand.
    #[error("it is too long")]
    TooLong,
}

impl JsonPath {
    /// Most bytes of a path as written.
    const MAX_BYTES: usize = 500;

    /// Its steps; a step of digits is an index where it meets a list, and a key where it meets an object.
    pub fn steps(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl FromStr for JsonPath {
    type Err = NoJsonPath;

    /// Reads `data.releases` or `images.0.url`; an empty text is the document itself.
    fn from_str(text: &str) -> Result<Self, NoJsonPath> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(Self::default());
        }
        if text.len() > Self::MAX_BYTES {
            return Err(NoJsonPath::TooLong);
        }
        let steps: Vec<&str> = text.split('.').collect();
        // `$t` and `@id` are keys that exist; `$` alone and brackets are JSONPath.
        if text.contains(['[', ']']) || steps.first() == Some(&"$") {
            return Err(NoJsonPath::OtherNotation);
        }
        if steps.iter().any(|step| step.trim().is_empty()) {
            return Err(NoJsonPath::EmptyStep);
        }
        Ok(Self(steps.into_iter().map(str::to_owned).collect()))
    }
}

impl fmt::Display for JsonPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0.join("."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("", &[])]
    #[case(" data.releases ", &["data", "releases"])]
    #[case("images.0.url", &["images", "0", "url"])]
    #[case("title.$t", &["title", "$t"])]
    #[case("Überschrift", &["Überschrift"])]
    fn a_path_is_its_steps(#[case] text: &str, #[case] expected: &[&str]) {
        let path: JsonPath = text.parse().unwrap();
        assert_eq!(path.steps().collect::<Vec<_>>(), expected);
        assert_eq!(path.to_string(), text.trim());
    }

    #[rstest]
    #[case("data..releases", NoJsonPath::EmptyStep)]
    #[case(".data", NoJsonPath::EmptyStep)]
    #[case("items[0]", NoJsonPath::OtherNotation)]
    #[case("$.items", NoJsonPath::OtherNotation)]
    fn other_texts_are_none(#[case] text: &str, #[case] error: NoJsonPath) {
        assert_eq!(text.parse::<JsonPath>(), Err(error));
        assert_eq!("a.".repeat(400).parse::<JsonPath>(), Err(NoJsonPath::TooLong));
    }
}
