//! Digests: what stands where, and who gets room where it is short.

use super::*;
use crate::deliver::render::digest::{matrix, pairs, turns};
use crate::deliver::sample::relation;
use crate::domain::{Action, Modality, StoryId};

/// A story of this weight in which `from` imposes sanctions on `to`.
fn imposed(id: i64, from: &str, to: &str, points: f64) -> DueAlert {
    let mut one = alert(id, &format!("{from} sanctions {to}, report {id}"));
    let said = relation(Action::Impose, Modality::Fact).from(from).to(to);
    one.story.relations = vec![said.because("sanction", "sanctions", points).done()];
    one
}

fn signed(id: i64, between: &str, points: f64) -> DueAlert {
    let mut one = alert(id, &format!("{between} sign, report {id}"));
    let said = relation(Action::Sign, Modality::Fact).between(between);
    one.story.relations = vec![said.because("sign", "sign", points).done()];
    one
}

/// Much of one country and its many partners, and a little of others.
fn loud() -> Vec<DueAlert> {
    let partners = ["AT", "BE", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HU", "IE", "IT", "LT"];
    let mut alerts = Vec::new();
    for id in 0..600 {
        let partner = partners[usize::try_from(id).unwrap() % partners.len()];
        alerts.push(imposed(1_000 + id, partner, "RU", 9.0));
    }
    alerts.extend((0..3).map(|id| signed(id, "BY IR", 3.0)));
    alerts.push(imposed(10, "US", "VE", 2.5));
    alerts.push(signed(11, "CN KP", 2.0));
    alerts
}

fn strongest_first(alerts: &[DueAlert]) -> Vec<&DueAlert> {
    let mut alerts: Vec<_> = alerts.iter().collect();
    alerts.sort_by_key(|alert| std::cmp::Reverse(alert.story.relations.first().map(|said| said.score)));
    alerts
}

#[test]
fn stories_stand_by_pairs_the_strongest_first() {
    let alerts = [
        imposed(1, "US", "IR", 5.0),
        signed(2, "BY IR", 4.0),
        imposed(3, "IR", "US", 3.0),
        signed(4, "BY IR", 2.0),
        alert(5, "Nobody is told of"),
        imposed(6, "EU", "RU", 1.0),
    ];
    let pairs = pairs(&alerts.iter().collect::<Vec<_>>());
    let told: Vec<_> = pairs.iter().map(|pair| (pair.heading.as_str(), pair.members.as_slice())).collect();
    assert_eq!(
        told,
        [
            ("Iran – United States", [0, 2].as_slice()),
            ("Belarus – Iran", &[1, 3]),
            ("Other stories", &[4]),
            ("EU → Russia", &[5])
        ]
    );
}

#[test]
fn a_loud_country_crowds_out_nobody() {
    let alerts = loud();
    let alerts = strongest_first(&alerts);
    let turns = turns(&pairs(&alerts), 9);
    let headings: Vec<_> =
        turns.iter().map(|at| alerts[*at].story.title.split(',').next().unwrap()).collect();
    assert_eq!(
        headings,
        [
            "AT sanctions RU",
            "BY IR sign",
            "US sanctions VE",
            "CN KP sign",
            "BE sanctions RU",
            "CZ sanctions RU",
            "DE sanctions RU",
            "DK sanctions RU",
            "EE sanctions RU"
        ]
    );
}

#[test]
fn pairs_take_turns_and_each_story_has_one() {
    let alerts = loud();
    let alerts = strongest_first(&alerts);
    let pairs = pairs(&alerts);
    let mut turns = turns(&pairs, usize::MAX);
    // Every pair was heard once before any is heard twice.
    let first: Vec<_> = pairs.iter().map(|pair| pair.members[0]).collect();
    assert!(turns[..pairs.len()].iter().all(|at| first.contains(at)), "{turns:?}");
    turns.sort_unstable();
    assert_eq!(turns, (0..alerts.len()).collect::<Vec<_>>());
}

#[test]
fn a_mail_of_a_loud_country_tells_of_the_others_in_full() {
    let alerts = loud();
    let rendered = mail_of(&alerts);
    write_for_looking_at("digest-loud", &rendered);
    let message = message::Message::read(&rendered.bytes);
    let full: Vec<_> = message.elements("h3").into_iter().map(|title| title.text).collect();
    for quiet in ["BY IR sign, report 0", "BY IR sign, report 1", "US sanctions VE, report 10", "CN KP sign"]
    {
        assert!(full.iter().any(|title| title.starts_with(quiet)), "{quiet}: {full:#?}");
    }
    let headings: Vec<_> = message.elements("h2").into_iter().map(|heading| heading.text).collect();
    assert_eq!(headings.len(), 18);
    assert_eq!(headings[15..], ["Belarus – Iran", "United States → Venezuela", "China – North Korea"]);
    // What is not told is counted, by pair and in all.
    let told = message.text.lines().filter(|line| line.contains(", report ")).count();
    assert!(message.text.contains(&format!("\n{} more stories in all, too many", 605 - told)), "{told}");
    let counted: usize = message
        .text
        .lines()
        .filter_map(|line| line.strip_suffix(" more").and_then(|count| count.parse::<usize>().ok()))
        .sum();
    assert_eq!(counted, 605 - told);
}

#[test]
fn the_table_counts_stories_by_country_and_kind() {
    let mut both = roadmap();
    both.story.id = StoryId(1);
    let alerts = [both, imposed(2, "US", "IR", 1.0), signed(3, "IR RU", 0.5), alert(4, "Nobody")];
    let table = matrix(&alerts.iter().collect::<Vec<_>>()).unwrap();
    let table = serde_json::to_value(&table).unwrap();
    assert_eq!(
        table["lines"],
        serde_json::json!([
            "               Sanctions  Alliance",
            "Iran                   2         2",
            "United States          2         ·",
            "Belarus                1         1",
            "Russia                 ·         1",
        ])
    );
    assert_eq!(matrix(&[&alert(4, "Nobody")]), None);
}

#[test]
fn a_table_of_many_countries_counts_those_that_weigh_least() {
    let alerts = loud();
    let table = serde_json::to_value(matrix(&strongest_first(&alerts)).unwrap()).unwrap();
    assert_eq!(table["rows"].as_array().unwrap().len(), 12);
    assert_eq!(table["rows"][0], serde_json::json!({"name": "Russia", "cells": [600, 0]}));
    assert_eq!(table["more"], 10);
}
