//! The JSON shape of a backtest: one object, a promise of the command line.

use super::report::reader;
use super::{Labels, Run, Shown};
use crate::backtest::score::{Share, Tally};
use crate::backtest::{self, Difference, Item, Story, Subject, Volume, Why};
use crate::cli::assessed;
use crate::domain::{Relation, SubscriberKey, WatchName};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// How much somebody is told, by name.
pub(in crate::cli) fn volume(name: &str, volume: &Volume) -> Value {
    let busiest = volume.busiest.map(|(day, alerts)| json!({"day": day.to_string(), "alerts": alerts}));
    json!({"name": name, "alerts": volume.alerts, "a_day": hundredths(volume.a_day), "busiest": busiest})
}

/// What one configuration would have told.
pub(super) fn run(shown: Shown<'_>, run: &Run<'_>) -> Value {
    let Shown { items, most, .. } = shown;
    let replay = &run.replay;
    let sources: BTreeSet<&str> = items.iter().map(|item| item.source.as_str()).collect();
    let watches: Vec<Value> =
        backtest::watches(&run.setup, replay).iter().map(|(name, one)| volume(name.as_str(), one)).collect();
    let readers: Vec<Value> = backtest::subscribers(&run.setup, replay)
        .iter()
        .map(|(key, one)| volume(&reader(key), one))
        .collect();
    let ranked = replay.ranked();
    let stories = |some: &mut dyn Iterator<Item = &&Story>| -> Vec<Value> {
        some.take(most).map(|one| story(items, one)).collect()
    };
    let near: Vec<Value> = backtest::near(&run.setup, items, (&run.judged, replay), most)
        .iter()
        .map(|near| {
            let relation = run.judged[near.item].assessment.relations.get(near.relation);
            json!({
                "item": item(items, near.item),
                "watch": near.watch.name,
                "mismatches": near.mismatches,
                "relation": relation.map(assessed::relation),
            })
        })
        .collect();
    let dropped: Map<String, Value> =
        replay.dropped().into_iter().map(|(reason, number)| (reason.to_string(), json!(number))).collect();
    json!({
        "items": items.len(),
        "sources": sources.len(),
        "from": replay.span.map(|(first, _)| first),
        "to": replay.span.map(|(_, last)| last),
        "days": hundredths(replay.days()),
        "stories": replay.stories.len(),
        "told": ranked.len(),
        "watches": watches,
        "subscribers": readers,
        "strongest": stories(&mut ranked.iter()),
        "weakest": stories(&mut ranked.iter().skip(most).rev()),
        "nearest": near,
        "dropped": dropped,
    })
}

/// What another configuration would tell.
pub(super) fn add_differences(
    object: &mut Value,
    shown: Shown<'_>,
    (before, after): (&Run<'_>, &Run<'_>),
    differences: &[Difference<'_>],
) {
    let one = |difference: &Difference<'_>| {
        let of = |run: &Run<'_>, at: Option<usize>| {
            at.and_then(|at| run.replay.stories.get(at)).map(|one| story(shown.items, one))
        };
        json!({
            "item": item(shown.items, difference.item),
            "before": of(before, difference.before),
            "after": of(after, difference.after),
            "why": difference.why.as_ref().map(why),
            "evidence": {"gone": difference.gone, "come": difference.come},
            "watches": {"gone": difference.watches_gone, "come": difference.watches_come},
            "to": {"gone": readers(&difference.readers_gone), "come": readers(&difference.readers_come)},
        })
    };
    let of = |told: bool, tells: bool| -> Vec<Value> {
        let sort = |one: &&Difference<'_>| (one.before.is_some(), one.after.is_some()) == (told, tells);
        differences.iter().filter(sort).map(one).collect()
    };
    let against = json!({"appear": of(false, true), "disappear": of(true, false), "change": of(true, true)});
    put(object, "against", against);
}

/// How right it is.
pub(super) fn add_labels(object: &mut Value, labels: &[Labels]) {
    let mut measured = labels.iter().map(measured);
    if let Some(first) = measured.next() {
        put(object, "labels", first);
    }
    if let (Some(other), Some(against)) = (measured.next(), object.get_mut("against")) {
        put(against, "labels", other);
    }
}

fn measured(labels: &Labels) -> Value {
    let measured = &labels.measured;
    let kinds = |counts: &backtest::score::Counts| json!({"items": counts.items, "sanctions": tally(counts.sanctions), "alliance": tally(counts.alliance)});
    let languages: Map<String, Value> =
        measured.languages.iter().map(|(language, counts)| (language.to_string(), kinds(counts))).collect();
    let watches: Vec<Value> = measured
        .watches
        .iter()
        .map(|watch| {
            let mut object = tally(watch.tally);
            put(&mut object, "name", json!(watch.name));
            if watch.is_narrow {
                // What a label does not say nobody can have missed.
                put(&mut object, "recall", Value::Null);
                put(&mut object, "f1", Value::Null);
            }
            object
        })
        .collect();
    let mistakes: Vec<Value> = measured
        .mistakes
        .iter()
        .map(|mistake| {
            let (kind, watch): (Option<String>, Option<&WatchName>) = match &mistake.subject {
                Subject::Kind(kind) => (Some(kind.to_string()), None),
                Subject::Told => (None, None),
                Subject::Watch(name) => (None, Some(name)),
            };
            let relations = &labels.judged[mistake.item].assessment.relations;
            json!({
                "item": item(&labels.items, mistake.item),
                "missed": mistake.missed,
                "kind": kind,
                "watch": watch,
                "relations": relations.iter().map(assessed::relation).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "labels": labels.items.len(),
        "all": kinds(&measured.all),
        "told": tally(measured.told),
        "countries": tally(measured.all.countries),
        "pairs": {"precision": share(measured.all.pair_precision), "recall": share(measured.all.pair_recall)},
        "languages": languages,
        "watches": watches,
        "mistakes": mistakes,
    })
}

fn put(object: &mut Value, key: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(key.to_owned(), value);
    }
}

fn item(items: &[Item], at: usize) -> Value {
    let item = &items[at];
    json!({
        "id": item.id,
        "title": item.entry.title,
        "source": item.source,
        "url": item.entry.url,
        "seen": item.seen,
    })
}

fn story(items: &[Item], story: &Story) -> Value {
    json!({
        "item": item(items, story.lead),
        "items": story.items.iter().filter_map(|at| items.get(*at)).map(|item| &item.id).collect::<Vec<_>>(),
        "revision": story.revision,
        "score": story.score(),
        "watches": story.watches(),
        "to": story.told_to.keys().map(reader).collect::<Vec<_>>(),
        "relations": story.says.iter().map(assessed::relation).collect::<Vec<_>>(),
    })
}

fn why(why: &Why<'_>) -> Value {
    match why {
        Why::Says(reason) => json!({"reason": reason}),
        Why::PartOf(_) => json!({"reason": "duplicate"}),
        Why::Lacks(lacks) => {
            let lacks: Vec<Value> = lacks
                .iter()
                .map(|lack| {
                    let nearest = lack.nearest.as_ref();
                    let relation =
                        nearest.map(|(_, relation, _): &(_, Relation, _)| assessed::relation(relation));
                    let mismatches = nearest.map(|(_, _, mismatches)| mismatches);
                    json!({"watch": lack.name, "mismatches": mismatches, "relation": relation})
                })
                .collect();
            json!({"reason": "no-watch", "lacks": lacks})
        }
    }
}

fn readers(keys: &BTreeSet<SubscriberKey>) -> Vec<String> {
    keys.iter().map(reader).collect()
}

fn tally(tally: Tally) -> Value {
    json!({
        "hit": tally.hit,
        "missed": tally.missed,
        "false": tally.wrong,
        "precision": share(tally.precision()),
        "recall": share(tally.recall()),
        "f1": tally.f1().map(thousandths),
    })
}

/// A share with the interval that holds the true one in 95 of 100 samples.
fn share(share: Share) -> Value {
    let Some(value) = share.value() else { return Value::Null };
    let interval = share.interval().map(|(low, high)| [thousandths(low), thousandths(high)]);
    json!({"value": thousandths(value), "interval": interval})
}

fn thousandths(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

fn hundredths(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
