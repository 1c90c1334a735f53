//! Trains the second opinion on labelled items and writes its weights.
//!
//! `cargo run --release --example train_opinion -- en config/opinion/en.toml LABELLED.jsonl…`
//!
//! A line of a labelled file holds `id`, `lang`, `title`, `summary`, `published` and `label` with
//! `alliance` 0 (no), 1 (borderline, left out) or 2 (yes). Logistic regression with AdaGrad and L2;
//! cross-validation in ten folds by day of publication, so that two reports of one event never stand
//! on both sides. Items that the other folds' model finds absurd are slips of labelling and left out
//! of the training, not of the figures. Same input, same output.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a developer's program talks on the terminal")]

use sanctionwatch::assess::{Assessor, Input};
use sanctionwatch::config::embedded_vocabulary;
use sanctionwatch::domain::{Language, Thresholds};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::process::ExitCode;

const FOLDS: u64 = 10;
const EPOCHS: usize = 60;
const L2: f64 = 2.0;
const LEARNING_RATE: f64 = 0.15;
/// A feature of fewer items says nothing.
const MIN_ITEMS: usize = 3;
/// A weight nearer to zero is not written.
const MIN_WEIGHT: f64 = 0.03;
/// A label that the model gives less than one in so many is a slip.
const ABSURD_LOGIT: f64 = 3.5;

struct Example {
    file: usize,
    fold: u64,
    yes: bool,
    ruled: bool,
    features: Vec<(usize, f64)>,
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let language = arguments.next().and_then(|language| language.parse::<Language>().ok());
    let (Some(language), Some(out), files) = (language, arguments.next(), arguments.collect::<Vec<_>>())
    else {
        eprintln!("usage: train_opinion LANGUAGE OUT LABELLED.jsonl…");
        return ExitCode::from(2);
    };
    let mut vocabulary = embedded_vocabulary();
    for words in vocabulary.languages.values_mut() {
        words.opinion.clear();
    }
    let assessor = Assessor::new(&vocabulary, Thresholds::default());
    let mut names: HashMap<String, usize> = HashMap::new();
    let mut examples = Vec::new();
    for (file, path) in files.iter().enumerate() {
        let Ok(text) = std::fs::read_to_string(path) else {
            eprintln!("{path} cannot be read");
            return ExitCode::from(2);
        };
        examples
            .extend(text.lines().filter_map(|line| example(&assessor, &mut names, (file, language), line)));
    }
    let kept = frequent(&mut examples, names.len());
    let mut logits = vec![0.0; examples.len()];
    for fold in 0..FOLDS {
        let weights = train(examples.iter().filter(|example| example.fold != fold), kept);
        for (logit, example) in logits.iter_mut().zip(&examples).filter(|(_, example)| example.fold == fold) {
            *logit = dot(&weights, example);
        }
    }
    let doubt = best_cut(&examples, &logits);
    report(&files, &examples, &logits, doubt);
    let sane = examples.iter().zip(&logits).filter(|(example, logit)| {
        let against = if example.yes { -**logit } else { **logit };
        against < ABSURD_LOGIT
    });
    let weights = train(sane.map(|(example, _)| example), kept);
    match std::fs::write(&out, written(language, &names, &weights, doubt, examples.len())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{out}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn example(
    assessor: &Assessor,
    names: &mut HashMap<String, usize>,
    (file, language): (usize, Language),
    line: &str,
) -> Option<Example> {
    let item: serde_json::Value = serde_json::from_str(line).ok()?;
    let text = |key: &str| item.get(key).and_then(|value| value.as_str()).unwrap_or_default();
    let label = item.get("label")?.get("alliance")?.as_u64()?;
    if label == 1 {
        return None;
    }
    if text("lang") != language.to_string() {
        return None;
    }
    let input = Input {
        title: text("title"),
        summary: text("summary"),
        language: Some(language),
        ..Input::default()
    };
    let features = assessor.features(&input);
    if features.is_empty() {
        return None;
    }
    let day = if text("published").is_empty() { text("id") } else { text("published") };
    let fold =
        day.chars().take(10).fold(7_u64, |hash, c| hash.wrapping_mul(31).wrapping_add(u64::from(c))) % FOLDS;
    let features = features
        .into_iter()
        .map(|(name, value)| {
            let next = names.len();
            (*names.entry(name).or_insert(next), value)
        })
        .collect();
    let ruled = assessor.assess(&input).0.alliance.reported;
    Some(Example { file, fold, yes: label == 2, ruled, features })
}

/// Drops rare features; the number of features stays, so that their numbers do.
fn frequent(examples: &mut [Example], count: usize) -> usize {
    let mut seen = vec![0_usize; count];
    for (feature, _) in examples.iter().flat_map(|example| &example.features) {
        seen[*feature] += 1;
    }
    for example in examples.iter_mut() {
        example.features.retain(|(feature, _)| seen[*feature] >= MIN_ITEMS);
    }
    count
}

fn dot(weights: &[f64], example: &Example) -> f64 {
    example.features.iter().map(|(feature, value)| weights[*feature] * value).sum()
}

fn train<'a>(examples: impl Iterator<Item = &'a Example>, count: usize) -> Vec<f64> {
    let examples: Vec<&Example> = examples.collect();
    let mut weights = vec![0.0; count];
    let mut squares = vec![1e-6; count];
    for _ in 0..EPOCHS {
        let mut slope: Vec<f64> = weights.iter().map(|weight| L2 * weight).collect();
        for example in &examples {
            let chance = 1.0 / (1.0 + (-dot(&weights, example)).exp());
            let error = chance - f64::from(u8::from(example.yes));
            for (feature, value) in &example.features {
                slope[*feature] += error * value;
            }
        }
        for ((weight, square), slope) in weights.iter_mut().zip(&mut squares).zip(&slope) {
            *square += slope * slope;
            *weight -= LEARNING_RATE * slope / f64::sqrt(*square);
        }
    }
    weights
}

/// The logit from which on an item is called an alliance: the best F1.
fn best_cut(examples: &[Example], logits: &[f64]) -> f64 {
    let cuts = (-20..20).map(|step| f64::from(step) / 10.0);
    let f1 = |cut: f64| {
        let (precision, recall) =
            figures(examples.iter().zip(logits).map(|(e, logit)| (e.yes, *logit >= cut)));
        2.0 * precision * recall / (precision + recall).max(1e-9)
    };
    cuts.max_by(|left, right| f1(*left).total_cmp(&f1(*right))).unwrap_or_default()
}

fn figures(judged: impl Iterator<Item = (bool, bool)>) -> (f64, f64) {
    let (mut hit, mut false_alarm, mut miss) = (0.0_f64, 0.0, 0.0);
    for (truth, said) in judged {
        match (truth, said) {
            (true, true) => hit += 1.0,
            (false, true) => false_alarm += 1.0,
            (true, false) => miss += 1.0,
            (false, false) => {}
        }
    }
    (hit / (hit + false_alarm).max(1.0), hit / (hit + miss).max(1.0))
}

fn report(files: &[String], examples: &[Example], logits: &[f64], doubt: f64) {
    println!(
        "cut {doubt}; items that name two actors only; frames alone, then with the model (cross-validated)"
    );
    for (file, path) in files.iter().enumerate() {
        let of = || examples.iter().zip(logits).filter(move |(example, _)| example.file == file);
        let frames = figures(of().map(|(example, _)| (example.yes, example.ruled)));
        let model = figures(of().map(|(example, logit)| (example.yes, *logit >= doubt)));
        println!(
            "{path}: {} items, frames P {:.3} R {:.3}, model P {:.3} R {:.3}",
            of().count(),
            frames.0,
            frames.1,
            model.0,
            model.1
        );
    }
}

fn written(
    language: Language,
    names: &HashMap<String, usize>,
    weights: &[f64],
    doubt: f64,
    items: usize,
) -> String {
    let mut text = format!(
        "# Weights of the second opinion on alliances, in logits, trained on {items} labelled items by\n\
         # examples/train_opinion.rs. The model alone says yes from zero on. Generated; in a file of your own\n\
         # single weights may be put over these.\nlanguage = \"{language}\"\n\n[opinion]\n"
    );
    let ordered: BTreeMap<&String, f64> =
        names.iter().map(|(name, number)| (name, weights[*number])).collect();
    for (name, weight) in ordered {
        let weight = if name == "bias" { weight - doubt } else { weight };
        if weight.abs() >= MIN_WEIGHT {
            let name = name.replace('\\', "\\\\").replace('"', "\\\"");
            let _ = writeln!(text, "\"{name}\" = {weight:.2}");
        }
    }
    text
}
