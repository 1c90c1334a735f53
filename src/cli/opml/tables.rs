//! What becomes of each outline of a list: a table, or a reason to leave it out.

use crate::cli::source_table::{SourceTable, free_name};
use crate::domain::Source;
use crate::net::{self, NetError};
use crate::parse::Outline;
use crate::text::one_line;
use ipnet::IpNet;
use std::collections::{BTreeMap, BTreeSet};
use url::Url;

/// The names and addresses that are taken.
#[derive(Debug, Default)]
pub(super) struct Known {
    names: BTreeSet<String>,
    /// Each address with the name of its source.
    addresses: BTreeMap<String, String>,
}

impl Known {
    /// Those of configured sources.
    pub(super) fn of(sources: &[Source]) -> Self {
        let mut known = Self::default();
        for source in sources {
            known.names.insert(source.name.as_str().to_owned());
            for address in &source.addresses {
                known.addresses.insert(address.url.as_str().to_owned(), source.name.as_str().to_owned());
            }
        }
        known
    }

    /// Those in a TOML file, which need not be a whole configuration. The error says where it is none.
    pub(super) fn add_toml(&mut self, text: &str) -> Result<(), String> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| error.message().to_owned())?;
        for source in table.get("source").and_then(toml::Value::as_array).into_iter().flatten() {
            let name = source.get("name").and_then(toml::Value::as_str).unwrap_or_default().trim();
            self.names.insert(name.to_owned());
            for value in ["url", "page", "json", "search"].into_iter().filter_map(|key| source.get(key)) {
                // A form with a table of its own has them there.
                let value = value.get("url").unwrap_or(value);
                let several = value.as_array().into_iter().flatten();
                for address in several.chain([value]).filter_map(toml::Value::as_str) {
                    let address = Url::parse(address.trim()).map_or_else(|_| address.to_owned(), Url::into);
                    self.addresses.insert(address, name.to_owned());
                }
            }
        }
        Ok(())
    }
}

/// What a list comes to.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// The tables, each folder's under a comment.
    pub(super) toml: String,
    /// How many tables.
    pub(super) count: usize,
    /// What was left out, and why.
    pub(super) left_out: Vec<(String, String)>,
    /// The sources that lead into a private network, by name and host: nobody polls there unasked.
    pub(super) private: Vec<(String, String)>,
}

impl Plan {
    /// Decides on each outline in its order. `allowed` are the private addresses that all sources may be polled at.
    pub(super) fn of(outlines: &[Outline], mut known: Known, allowed: &[IpNet]) -> Self {
        let mut plan = Self::default();
        let mut blocks = Vec::new();
        let mut folder = "";
        for outline in outlines {
            let address = match address(outline, &known) {
                Ok(address) => address,
                Err(reason) => {
                    plan.left_out.push((shown(outline), reason));
                    continue;
                }
            };
            let name = free_name(&outline.title, &address, &mut known.names);
            known.addresses.insert(address.as_str().to_owned(), name.clone());
            if is_private(&address, allowed) {
                plan.private.push((name.clone(), address.host_str().unwrap_or_default().to_owned()));
            }
            let table = SourceTable {
                name,
                form: "url",
                addresses: vec![address.into()],
                rules: Vec::new(),
                language: outline.language.map(|language| language.to_string()),
                speaks_for: outline.speaks_for,
            };
            let head = if outline.folder == folder || outline.folder.is_empty() {
                String::new()
            } else {
                format!("# {}\n\n", outline.folder)
            };
            folder = &outline.folder;
            blocks.push(format!("{head}{}", table.to_toml()));
        }
        plan.count = blocks.len();
        plan.toml = blocks.join("\n");
        plan
    }
}

/// Whether an address leads into a private network by what is written in it; what a name stands for is seen when
/// it is polled.
fn is_private(address: &Url, allowed: &[IpNet]) -> bool {
    matches!(net::check_url(address, allowed), Err(NetError::AddressRefused { .. }))
}

/// An address that a configuration takes and that is not there yet; else why not.
fn address(outline: &Outline, known: &Known) -> Result<Url, String> {
    let Some(written) = &outline.address else { return Err("no feed's address".to_owned()) };
    // `feed:` is http, or stands before a whole address.
    let written = match written.strip_prefix("feed:") {
        Some(rest) if rest.starts_with("//") => format!("http:{rest}"),
        Some(rest) => rest.to_owned(),
        None => written.clone(),
    };
    let address = Url::parse(&written).map_err(|error| format!("no address ({error})"))?;
    if !matches!(address.scheme(), "http" | "https") {
        return Err(format!("sources are polled over http and https, not over {}", address.scheme()));
    }
    if !address.username().is_empty() || address.password().is_some() {
        return Err("its address holds a user or a password".to_owned());
    }
    match known.addresses.get(address.as_str()) {
        Some(name) => Err(format!("its address is there already, as {}", one_line(name, 200))),
        None => Ok(address),
    }
}

/// What a person knows an outline by. Not the address: it may hold a password.
fn shown(outline: &Outline) -> String {
    let title = if outline.title.is_empty() { "an outline without a title" } else { &outline.title };
    if outline.folder.is_empty() { title.to_owned() } else { format!("{} / {title}", outline.folder) }
}

#[cfg(test)]
mod tests {
    use super::super::list;
    use super::*;
    use crate::config::check_text;
    use crate::parse::outlines;

    fn outline(title: &str, address: &str) -> Outline {
        let address = Some(address.to_owned()).filter(|address| !address.is_empty());
        Outline { title: title.to_owned(), address, language: None, speaks_for: None, folder: "F".to_owned() }
    }

    fn sources(toml: &str) -> Vec<Source> {
        check_text(toml).unwrap_or_else(|errors| panic!("{errors}")).config.sources
    }

    #[test]
    fn each_outline_becomes_a_source_or_has_a_reason() {
        let mut known = Known::of(&sources("[[source]]\nname = \"Wire\"\nurl = \"https://a.example\"\n"));
        known
            .add_toml(
                "[[source]]\nname = \"B\"\npage = [\"https://b.example/x\"]\nitem = 1\n\
                        [[source]]\nname = \"C\"\njson = { url = \"https://j.example/\", items = 1 }\n",
            )
            .unwrap();
        assert!(known.add_toml("[[source]\n").is_err());
        let plan = Plan::of(
            &[
                outline("Wire", "https://c.example/feed"),
                outline("Same", "HTTPS://A.example/"),
                outline("Same", "https://b.example/x"),
                outline("Listing", "https://j.example/"),
                outline("Twice", "https://c.example/feed"),
                outline("Old", "feed://d.example/feed"),
                outline("Note", ""),
                outline("File", "file:///etc/passwd"),
                outline("Secret", "https://me:hunter2@e.example/"),
                outline("Odd", "not an address"),
                outline("Here", "http://10.0.0.1/feed"),
                outline("There", "http://192.168.7.1/feed"),
            ],
            known,
            &["192.168.0.0/16".parse().unwrap()],
        );
        assert_eq!(plan.private, [("Here".to_owned(), "10.0.0.1".to_owned())]);
        let kept: Vec<String> = sources(&plan.toml)
            .iter()
            .map(|source| format!("{} {}", source.name, source.addresses[0].url))
            .collect();
        assert_eq!(
            kept,
            [
                "Wire (c.example) https://c.example/feed",
                "Old http://d.example/feed",
                "Here http://10.0.0.1/feed",
                "There http://192.168.7.1/feed"
            ]
        );
        assert!(plan.toml.starts_with("# F\n\n[[source]]"), "{}", plan.toml);
        let told: Vec<String> = plan.left_out.iter().map(|(what, why)| format!("{what}: {why}")).collect();
        assert_eq!(
            told,
            [
                "F / Same: its address is there already, as Wire",
                "F / Same: its address is there already, as B",
                "F / Listing: its address is there already, as C",
                "F / Twice: its address is there already, as Wire (c.example)",
                "F / Note: no feed's address",
                "F / File: sources are polled over http and https, not over file",
                "F / Secret: its address holds a user or a password",
                "F / Odd: no address (relative URL without a base)",
            ]
        );
    }

    #[test]
    fn a_list_comes_back_as_it_went() {
        let toml = "[[source]]\nname = 'The \"Wire\" <&> \\ ü'\nurl = [\"https://a.example/?a=1&b='2'\", \"https://b.example/\"]\nlang = \"de\"\nspeaks-for = \"EU\"\n\
                    [[source]]\nname = \"Другая\"\nurl = \"http://c.example/лента\"\n\
                    [[source]]\nname = \"P\"\npage = \"https://d.example/\"\nitem = \"a\"\ntitle = \"a\"\n";
        let before = sources(toml);
        let feeds: Vec<&Source> = before.iter().filter(|source| list::is_feed(source)).collect();
        let list = list::write(&feeds).unwrap();
        let read = outlines(&list).unwrap();
        assert_eq!(read.broken, None);
        let plan = Plan::of(&read.outlines, Known::default(), &[]);
        assert_eq!(plan.left_out, []);
        let behind: Vec<&str> = list::left_behind(feeds[0]).map(Url::as_str).collect();
        assert_eq!(behind, ["https://b.example/"]);
        let said = |source: &Source| {
            (source.name.clone(), source.addresses[0].url.clone(), source.language, source.speaks_for)
        };
        let after = sources(&plan.toml);
        assert_eq!(
            after.iter().map(said).collect::<Vec<_>>(),
            feeds.iter().map(|&feed| said(feed)).collect::<Vec<_>>()
        );
        let again = list::write(&after.iter().collect::<Vec<_>>()).unwrap();
        assert_eq!(String::from_utf8(again).unwrap(), String::from_utf8(list).unwrap());
    }

    #[test]
    fn no_list_makes_a_table_that_is_none() {
        let mut random = fastrand::Rng::with_seed(6);
        let letters: Vec<char> = "\"'\\\n\r\t\u{1b}\0#=[]{}<>&;aü\u{202e}\u{85} .:/?é".chars().collect();
        let mut text =
            |most| -> String { (0..random.usize(..most)).filter_map(|_| random.choice(&letters)).collect() };
        let all: Vec<Outline> = (0..300)
            .map(|n| Outline {
                folder: one_line(&text(20), 200),
                ..outline(&text(30), &format!("https://a.example/{n}{}", text(30)))
            })
            .collect();
        let plan = Plan::of(&all, Known::default(), &[]);
        assert_eq!(sources(&plan.toml).len(), plan.count);
        assert!(plan.count > 200, "{:?}", plan.left_out);
    }
}
