//! `[[watch]]`: what someone cares about.

use super::{Seen, points, shown_name};
use crate::config::countries::blocs_of;
use crate::config::reader::{Table, Value};
use crate::config::wording::{nearest, one_of, quoted};
use crate::domain::{
    Action, Actor, Direction, Kind, Modality, NoWord, Source, SourceName, Watch, WatchName, WatchWord,
};
use std::collections::BTreeSet;

/// Every watch that has a name, with the watch where the rest of it is right: a subscriber may
/// refer to a name whose watch is wrong in something else.
pub(super) fn all(tables: &[Table<'_>], sources: &[Source]) -> Vec<(WatchName, Option<Watch>)> {
    let mut seen = Seen::new("this watch name");
    tables
        .iter()
        .filter_map(|table| {
            let name = table.required("name").and_then(|value| {
                let name = shown_name(&value)?;
                seen.is_new(name, &value.mark).then(|| WatchName::new(name))?
            });
            let watch = watch(table, name.as_ref(), sources);
            Some((name?, watch))
        })
        .collect()
}

fn watch(table: &Table<'_>, name: Option<&WatchName>, sources: &[Source]) -> Option<Watch> {
    let countries = table.required("countries").and_then(|value| value.filled_list());
    let mut countries: BTreeSet<Actor> = actors(countries);
    let with_value = table.value("with");
    let with: BTreeSet<Actor> = actors(with_value.as_ref().and_then(Value::list));
    let kinds = match table.value("kinds") {
        Some(value) => terms(value.filled_list(), Kind::ALL, Kind::as_str),
        None => BTreeSet::from([Kind::Sanctions, Kind::Alliance]),
    };
    let actions = table.value("actions").and_then(|value| value.list());
    let allowed = |action: &Action, entry: &Value<'_>| kinds.is_empty() || suits(*action, &kinds, entry);
    let actions = terms_if(actions, Action::ALL, Action::as_str, allowed);
    let modalities = match table.value("modalities") {
        Some(value) => terms(value.filled_list(), Modality::ALL, Modality::as_str),
        None => Modality::ALL.iter().copied().collect(),
    };
    let direction =
        table.or("direction", Direction::Any, |value| term(&value, Direction::ALL, Direction::as_str));
    let wanted = words(table.value("words"));
    let without = words(table.value("without"));
    let told_by = table.value("sources").and_then(|value| value.filled_list());
    let told_by = told_by.into_iter().flatten().filter_map(|value| source_name(&value, sources)).collect();
    let through_blocs = table.or("through-blocs", false, |value| value.boolean());
    let full_text = table.or("full-text", false, |value| value.boolean());
    let threshold = table.value("threshold").and_then(|value| points(&value));
    if let (Some(value), false) = (with_value, with.is_empty())
        && countries.union(&with).count() == 1
    {
        return value.wrong(
            "this watch can never match: `with` names nobody else than `countries`",
            "name another country, or leave `with` out",
        );
    }
    if through_blocs {
        let blocs: Vec<Actor> = countries.iter().flat_map(|country| blocs_of(*country)).collect();
        countries.extend(blocs);
    }
    let name = name.cloned()?;
    let usable = !countries.is_empty() && !kinds.is_empty() && !modalities.is_empty();
    usable.then_some(Watch {
        name,
        countries,
        with,
        kinds,
        actions,
        modalities,
        direction,
        words: wanted,
        without,
        sources: told_by,
        full_text,
        threshold,
    })
}

/// Words to look for; reports what holds none.
fn words(value: Option<Value<'_>>) -> BTreeSet<WatchWord> {
    let entries = value.and_then(|value| value.filled_list());
    let word = |entry: Value<'_>| {
        let written = entry.string()?;
        written
            .parse()
            .map_err(|NoWord| {
                entry.wrong::<()>(
                format!("{} is no word to look for", quoted(written)),
                "a word or a phrase, such as \"uranium\"; a final * stands for any ending, as in \"drone*\"",
            )
            })
            .ok()
    };
    entries.into_iter().flatten().filter_map(word).collect()
}

fn source_name(value: &Value<'_>, sources: &[Source]) -> Option<SourceName> {
    let written = value.string()?.trim();
    if let Some(source) = sources.iter().find(|source| source.name.as_str() == written) {
        return Some(source.name.clone());
    }
    let help = nearest(written, sources.iter().map(|source| source.name.as_str()))
        .map_or_else(|| "the name of a `[[source]]`".to_owned(), |near| format!("did you mean \"{near}\"?"));
    value.mark.missing(format!("no source is named {}", quoted(written)), help);
    None
}

fn actors(entries: Option<Vec<Value<'_>>>) -> BTreeSet<Actor> {
    entries.into_iter().flatten().filter_map(|entry| entry.actor()).collect()
}

/// Whether an action can happen to one of the kinds; reports where it cannot.
fn suits(action: Action, kinds: &BTreeSet<Kind>, entry: &Value<'_>) -> bool {
    let measure = matches!(
        action,
        Action::Impose | Action::Tighten | Action::Threaten | Action::Ease | Action::Maintain
    );
    let also = measure && (kinds.contains(&Kind::Tariff) || kinds.contains(&Kind::Blockade));
    if also || kinds.contains(&action.usual_kind()) {
        return true;
    }
    entry.mark.wrong_with_help(
        format!("the action `{action}` never happens to the kinds of this watch"),
        format!("add \"{}\" to `kinds`, or leave the action out", action.usual_kind()),
    );
    false
}

fn terms<T: Copy + Ord>(
    entries: Option<Vec<Value<'_>>>,
    all: &[T],
    word: fn(T) -> &'static str,
) -> BTreeSet<T> {
    terms_if(entries, all, word, |_, _| true)
}

fn terms_if<T: Copy + Ord>(
    entries: Option<Vec<Value<'_>>>,
    all: &[T],
    word: fn(T) -> &'static str,
    allowed: impl Fn(&T, &Value<'_>) -> bool,
) -> BTreeSet<T> {
    entries
        .into_iter()
        .flatten()
        .filter_map(|entry| term(&entry, all, word).filter(|term| allowed(term, &entry)))
        .collect()
}

/// One of the words of a list; reports what is none.
fn term<T: Copy>(value: &Value<'_>, all: &[T], word: fn(T) -> &'static str) -> Option<T> {
    let written = value.string()?.trim();
    all.iter().copied().find(|term| word(*term) == written).or_else(|| {
        let words: Vec<&'static str> = all.iter().map(|term| word(*term)).collect();
        let help = nearest(written, words.iter().copied()).map_or_else(
            || format!("there are {}", one_of(&words)),
            |near| format!("did you mean \"{near}\"?"),
        );
        value.wrong(format!("{} is not one of `{}`", quoted(written), value.key), help)
    })
}
