//! `[[source]]` tables as text, ready to be pasted into a configuration.

use crate::domain::Actor;
use crate::text::one_line;
use std::collections::BTreeSet;
use url::Url;

/// Most characters of a name that is made up here; the configuration takes more.
const MAX_NAME_CHARS: usize = 100;

/// What a table says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SourceTable {
    pub(super) name: String,
    /// `url`, `page` or `json`.
    pub(super) form: &'static str,
    pub(super) addresses: Vec<String>,
    /// Further keys with their texts, in the order they are written.
    pub(super) rules: Vec<(&'static str, String)>,
    /// The language code.
    pub(super) language: Option<String>,
    /// In whose name an official source acts.
    pub(super) speaks_for: Option<Actor>,
}

impl SourceTable {
    /// The table as TOML, with a newline at its end.
    pub(super) fn to_toml(&self) -> String {
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let addresses: Vec<String> = self.addresses.iter().map(|address| quoted(address)).collect();
        let addresses = match addresses.as_slice() {
            [only] => only.clone(),
            several => format!("[{}]", several.join(", ")),
        };
        let mut lines = vec![
            "[[source]]".to_owned(),
            format!("name = {}", quoted(&self.name)),
            format!("{} = {addresses}", self.form),
        ];
        lines.extend(self.rules.iter().map(|(key, text)| format!("{key} = {}", quoted(text))));
        lines.extend(self.language.iter().map(|code| format!("lang = {}", quoted(code))));
        lines.extend(self.speaks_for.iter().map(|actor| format!("speaks-for = {}", quoted(actor.code()))));
        lines.push(String::new());
        lines.join("\n")
    }
}

/// A name for a source that nobody else has: `wished`, else the address's host, with a number behind it
/// where it is taken. It is taken from then on.
pub(super) fn free_name(wished: &str, address: &Url, taken: &mut BTreeSet<String>) -> String {
    let host = address.host_str().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    let wished = one_line(wished, MAX_NAME_CHARS);
    let name = if wished.is_empty() { one_line(host, MAX_NAME_CHARS) } else { wished };
    let with_host = format!("{name} ({})", one_line(host, MAX_NAME_CHARS));
    let numbered = (2_u32..).map(|number| format!("{name} {number}"));
    let mut candidates = [name.clone(), with_host].into_iter().chain(numbered);
    let free = candidates.find(|candidate| !taken.contains(candidate)).unwrap_or(name);
    taken.insert(free.clone());
    free
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::check_text;

    #[test]
    fn a_table_can_be_pasted() {
        let table = SourceTable {
            name: "The \"Wire\" \\ 'x'".to_owned(),
            form: "page",
            addresses: vec!["https://a.example/?q=\"1\"".to_owned(), "https://b.example/".to_owned()],
            rules: vec![("item", "a[href^=\"/news\"]".to_owned()), ("title", "a".to_owned())],
            language: Some("de".to_owned()),
            speaks_for: "EU".parse().ok(),
        };
        let source =
            check_text(&table.to_toml()).unwrap_or_else(|errors| panic!("{errors}")).config.sources.remove(0);
        assert_eq!(source.name.as_str(), table.name);
        assert_eq!(source.addresses.len(), 2);
        assert_eq!(source.speaks_for, table.speaks_for);
        assert_eq!(source.language.map(|language| language.to_string()).as_deref(), Some("de"));
    }

    #[test]
    fn a_name_is_given_once() {
        let address = Url::parse("https://www.a.example/feed").unwrap();
        let mut taken = BTreeSet::from(["News".to_owned()]);
        let mut name = |wished| free_name(wished, &address, &mut taken);
        assert_eq!(name("News"), "News (a.example)");
        assert_eq!(name(" News\n"), "News 2");
        assert_eq!(name(""), "a.example");
        assert_eq!(name("a.example"), "a.example (a.example)");
    }
}
