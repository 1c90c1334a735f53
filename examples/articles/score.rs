//! How right the texts are that are read from pages, against the texts that people have marked there.
//!
//! Counted as the benchmark counts that such pages come from: sequences of four words, each as often as it stands
//! there; precision and recall are means over pages, and F1 is made of these two.

use flate2::read::GzDecoder;
use jiff::Timestamp;
use sanctionwatch::parse;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::time::{Duration, Instant};

/// So many words are compared at once.
const WORDS: usize = 4;

/// What a page says, as people have marked it.
#[derive(Debug, Deserialize)]
pub(crate) struct Truth {
    #[serde(rename = "articleBody")]
    text: String,
}

/// What was measured.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) pages: usize,
    /// The share of what was read that stands in the article.
    pub(crate) precision: f64,
    /// The share of the article that was read.
    pub(crate) recall: f64,
    /// From a page's bytes to its text, the mean.
    pub(crate) time: Duration,
    /// The pages that were not read, and why.
    pub(crate) unread: Vec<(String, String)>,
}

impl Measured {
    /// The harmonic mean of precision and recall.
    pub(crate) fn f1(&self) -> f64 {
        let sum = self.precision + self.recall;
        if sum > 0.0 { 2.0 * self.precision * self.recall / sum } else { 0.0 }
    }
}

/// Reads the pages of a folder: `articles-truth.json`, `{STEM: {"articleBody": TEXT}}`, and for each a file
/// `articles/STEM.html.gz` or `articles/STEM.html`.
pub(crate) fn measure(folder: &Path) -> io::Result<Measured> {
    let truths: BTreeMap<String, Truth> =
        serde_json::from_reader(BufReader::new(File::open(folder.join("articles-truth.json"))?))?;
    let (mut precisions, mut recalls, mut time) = (0.0, 0.0, Duration::ZERO);
    let mut unread = Vec::new();
    for (stem, truth) in &truths {
        let page = page(&folder.join("articles"), stem)?;
        let begun = Instant::now();
        // By the time only dates are judged, which are not measured.
        let read = parse::article(&page, None, None, Timestamp::UNIX_EPOCH);
        time += begun.elapsed();
        let text = match read {
            Ok(article) => article.body,
            Err(error) => {
                unread.push((stem.clone(), error.to_string()));
                String::new()
            }
        };
        let (precision, recall) = compared(&truth.text, &text);
        precisions += precision;
        recalls += recall;
    }
    let pages = truths.len();
    let count = u32::try_from(pages.max(1)).unwrap_or(u32::MAX);
    let mean = |sum: f64| sum / f64::from(count);
    Ok(Measured { pages, precision: mean(precisions), recall: mean(recalls), time: time / count, unread })
}

fn page(folder: &Path, stem: &str) -> io::Result<Vec<u8>> {
    let packed = folder.join(format!("{stem}.html.gz"));
    if !packed.exists() {
        return fs::read(folder.join(format!("{stem}.html")));
    }
    let mut page = Vec::new();
    GzDecoder::new(File::open(packed)?).read_to_end(&mut page)?;
    Ok(page)
}

/// Precision and recall of a text. Where there is nothing to read, nothing is right.
fn compared(truth: &str, read: &str) -> (f64, f64) {
    let (wanted, found) = (sequences(truth), sequences(read));
    let total = |counts: &HashMap<Vec<String>, u32>| counts.values().sum::<u32>();
    let common: u32 =
        wanted.iter().map(|(words, count)| found.get(words).map_or(0, |other| *count.min(other))).sum();
    let share = |whole: u32, if_nothing: bool| {
        if whole == 0 { f64::from(u8::from(if_nothing)) } else { f64::from(common) / f64::from(whole) }
    };
    (share(total(&found), wanted.is_empty()), share(total(&wanted), true))
}

/// Each sequence of words with how often it stands in a text; of a shorter text all its words.
fn sequences(text: &str) -> HashMap<Vec<String>, u32> {
    let text = text.to_lowercase();
    let is_of_a_word = |character: char| character.is_alphanumeric() || character == '_';
    let words: Vec<String> = text
        .split(|character| !is_of_a_word(character))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let mut counts = HashMap::new();
    if words.is_empty() {
        return counts;
    }
    for sequence in words.windows(WORDS.min(words.len())) {
        *counts.entry(sequence.to_vec()).or_insert(0) += 1;
    }
    counts
}
