//! Watches that nothing can reach, or not by all that they name, and watches that nobody hears of.

use super::scores::{Ceilings, Wanted};
use super::words::excludes;
use crate::config::keys;
use crate::config::reader::{Table, Value};
use crate::domain::{Actor, Kind, Language, Source, Subscriber, Vocabulary, Watch, WatchWord};
use std::collections::BTreeSet;

/// Tells of what watches can never tell, and of what they say twice.
pub(in crate::config::check) fn watches(
    tables: &[Table<'_>],
    watches: &[&Watch],
    sources: &[Source],
    (vocabulary, ceilings): (&Vocabulary, &Ceilings),
) {
    for (table, watch) in tables.iter().zip(watches) {
        for key in ["countries", "with"] {
            repeated(table.value(key).as_ref());
        }
        kinds_without_action(table, watch);
        contradicted(table, watch);
        let told = format!("\"{}\" tells nothing", watch.name);
        ceilings.exceeded(table.value("threshold"), &wanted(watch, sources, vocabulary), &told);
        unnamed(table, watch, sources, vocabulary);
    }
}

/// What a watch may be told of: texts are read in the language of their source, where that can be read.
fn wanted(watch: &Watch, sources: &[Source], vocabulary: &Vocabulary) -> Wanted {
    let readable = |source: &Source| source.language.filter(|one| vocabulary.languages.contains_key(one));
    let languages: Option<BTreeSet<Language>> = asked(watch, sources).map(readable).collect();
    let languages = languages.filter(|languages| !languages.is_empty());
    Wanted { kinds: watch.kinds.clone(), languages }
}

/// The sources that a watch listens to.
fn asked<'s>(watch: &Watch, sources: &'s [Source]) -> impl Iterator<Item = &'s Source> {
    sources.iter().filter(|source| watch.sources.is_empty() || watch.sources.contains(&source.name))
}

/// Tells of a score that lets nothing through the quiet hours.
pub(in crate::config::check) fn quiet(
    tables: &[Table<'_>],
    subscribers: &[Subscriber],
    watches: &[&Watch],
    sources: &[Source],
    (vocabulary, ceilings): (&Vocabulary, &Ceilings),
) {
    for (table, subscriber) in tables.iter().zip(subscribers) {
        let Some(quiet) = table.value("quiet").and_then(|value| value.table(&keys::QUIET)) else { continue };
        let heard = watches.iter().filter(|watch| subscriber.watches.contains(&watch.name));
        let wanted = heard.map(|watch| wanted(watch, sources, vocabulary)).reduce(Wanted::or);
        let then = "nothing comes in the quiet hours";
        ceilings.exceeded(quiet.value("unless"), &wanted.unwrap_or_default(), then);
    }
}

/// Tells of a watch that asks for the same as one before it.
pub(in crate::config::check) fn alike(tables: &[Table<'_>], watches: &[&Watch]) {
    for (at, (table, watch)) in tables.iter().zip(watches).enumerate() {
        let same = |other: &&&Watch| Watch { name: watch.name.clone(), ..(**other).clone() } == **watch;
        if let (Some(value), Some(first)) = (table.value("name"), watches.iter().take(at).find(same)) {
            value.mark.odd(
                format!("\"{}\" asks for the same as \"{}\"", watch.name, first.name),
                "keep one of the two: several subscribers may have one watch",
            );
        }
    }
}

/// Tells of a country that is named twice.
fn repeated(value: Option<&Value<'_>>) {
    let mut seen: BTreeSet<Actor> = BTreeSet::new();
    for entry in value.and_then(Value::list).into_iter().flatten() {
        let Some(actor) = entry.actor() else { continue };
        if !seen.insert(actor) {
            entry.mark.odd(format!("{} is named twice", actor.name()), "once is enough");
        }
    }
}

/// Tells of a kind that is named, and to which none of the named actions happens.
fn kinds_without_action(table: &Table<'_>, watch: &Watch) {
    let kinds = table.value("kinds").and_then(|value| value.list());
    if watch.actions.is_empty() {
        return;
    }
    for entry in kinds.into_iter().flatten() {
        let Some(kind) = entry.string().and_then(|word| word.trim().parse::<Kind>().ok()) else { continue };
        // Sanctions, tariffs and blockades share their actions.
        let alliance = kind == Kind::Alliance;
        if !watch.actions.iter().any(|action| (action.usual_kind() == Kind::Alliance) == alliance) {
            entry.mark.odd(
                format!("none of this watch's `actions` ever happens to the kind `{kind}`"),
                "leave the kind out, or add an action that happens to it",
            );
        }
    }
}

/// Tells of a word that is asked for, and that `without` leaves out.
fn contradicted(table: &Table<'_>, watch: &Watch) {
    for entry in table.value("words").and_then(|value| value.list()).into_iter().flatten() {
        let Some(wanted) = entry.string().and_then(|word| word.parse::<WatchWord>().ok()) else { continue };
        if let Some(unwanted) = watch.without.iter().find(|unwanted| excludes(unwanted, &wanted)) {
            entry.mark.odd(
                "this word never counts: what holds it is left out",
                format!("`without` has \"{unwanted}\"; keep one of the two"),
            );
        }
    }
}

/// Tells of a watch whose sources are in no language that is read, and of a country that has no name in their
/// languages. Where a source does not say its language, any may come.
fn unnamed(table: &Table<'_>, watch: &Watch, sources: &[Source], vocabulary: &Vocabulary) {
    let asked: Vec<&Source> = asked(watch, sources).collect();
    let languages: Option<BTreeSet<Language>> = asked.iter().map(|source| source.language).collect();
    let Some(languages) = languages.filter(|languages| !languages.is_empty()) else { return };
    let read: BTreeSet<Language> =
        languages.iter().copied().filter(|language| vocabulary.languages.contains_key(language)).collect();
    let listed = |languages: &BTreeSet<Language>| {
        languages.iter().map(Language::as_str).collect::<Vec<_>>().join(", ")
    };
    if read.is_empty() {
        let value = table.value("sources").or_else(|| table.value("name"));
        let mark = value.map_or_else(|| table.mark.clone(), |value| value.mark);
        mark.odd(
            format!(
                "the sources of \"{}\" are in languages that are not read ({})",
                watch.name,
                listed(&languages)
            ),
            "add a source in another language, or a vocabulary file for theirs",
        );
        return;
    }
    let through_blocs = table.value("through-blocs").and_then(|value| value.boolean()) == Some(true);
    let of = |key| table.value(key).and_then(|value| value.list()).into_iter().flatten();
    // Whom a bloc stands for needs no name of its own.
    let countries = of("countries").filter(|_| !through_blocs);
    for entry in countries.chain(of("with")) {
        let Some(country) = entry.actor() else { continue };
        let speaks = asked.iter().any(|source| source.speaks_for == Some(country));
        let is_named = |language: &Language| {
            let words = vocabulary.languages.get(language).and_then(|words| words.actors.get(&country));
            words.is_some_and(|words| !words.surfaces.is_empty() || !words.short.is_empty())
        };
        if !speaks && !read.iter().any(is_named) {
            entry.mark.odd(
                format!(
                    "{} has no name in the languages of this watch's sources ({})",
                    country.name(),
                    listed(&read)
                ),
                "add its names in a vocabulary file, or a source in another language",
            );
        }
    }
}

/// Tells of a watch that no subscriber has, where there are subscribers.
pub(in crate::config::check) fn unheard(
    tables: &[Table<'_>],
    watches: &[&Watch],
    subscribers: &[Subscriber],
) {
    if subscribers.is_empty() {
        return;
    }
    for (table, watch) in tables.iter().zip(watches) {
        let heard = subscribers.iter().any(|subscriber| subscriber.watches.contains(&watch.name));
        if let (Some(value), false) = (table.value("name"), heard) {
            value.mark.odd(
                format!("nobody subscribes to \"{}\": its alerts go to the log only", watch.name),
                "name it in `watches` of a subscriber or a webhook, or remove it",
            );
        }
    }
}
