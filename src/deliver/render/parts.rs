//! The two parts of a mail: what there is to tell, and how much of it fits.

use super::digest::{Pair, matrix, pairs, turns};
use super::letterhead::UnsubscribeView;
use super::templates::{TemplatePart, Templates};
use super::view::story_view;
use super::{MAX_HTML_BYTES, RenderError};
use crate::domain::DueAlert;
use jiff::tz::TimeZone;
use minijinja::value::Serde;
use minijinja::{Value, context};
use std::collections::BTreeMap;

/// Most stories told in full: more never fit.
const MAX_FULL: usize = 80;
/// Most stories told by their headline alone, beside those told in full.
const MAX_HEADLINES: usize = 100;

/// Both parts of a mail, saying the same.
pub(super) struct Parts {
    pub(super) text: String,
    pub(super) html: String,
}

/// What there is to tell in one mail, ready for the templates.
pub(super) struct Matter {
    pairs: Vec<Pair>,
    /// The stories that may get room, by their place in the order of weight.
    stories: BTreeMap<usize, Value>,
    /// When each of them has its turn.
    turns: BTreeMap<usize, usize>,
    /// How many stories there are.
    count: usize,
    matrix: Option<Value>,
    subject: Value,
    recipient: Value,
    unsubscribe: Value,
}

impl Matter {
    /// `alerts` come strongest first, one for each story; times are told in `zone`.
    pub(super) fn new(
        alerts: &[&DueAlert],
        zone: &TimeZone,
        subject: &str,
        recipient: &str,
        unsubscribe: UnsubscribeView,
    ) -> Self {
        let pairs = pairs(alerts);
        let turns: BTreeMap<usize, usize> =
            turns(&pairs, MAX_FULL + MAX_HEADLINES).into_iter().zip(0..).collect();
        let story = |at: usize| Some((at, Serde(story_view(alerts.get(at)?, zone)).into()));
        Self {
            stories: turns.keys().filter_map(|at| story(*at)).collect(),
            turns,
            count: alerts.len(),
            // A table about one story would only repeat it.
            matrix: if alerts.len() > 1 { matrix(alerts).map(|matrix| Serde(matrix).into()) } else { None },
            subject: subject.into(),
            recipient: recipient.into(),
            unsubscribe: Serde(unsubscribe).into(),
            pairs,
        }
    }

    /// What the templates are told where so many stories are told in full and so many more by their
    /// headline. The pairs stand in the order of their weight, and the stories in each.
    pub(super) fn told(&self, full: usize, headlines: usize) -> Value {
        let groups: Vec<Value> =
            self.pairs.iter().filter_map(|pair| self.group(pair, full, full + headlines)).collect();
        context! {
            subject => self.subject.clone(),
            count => self.count,
            matrix => self.matrix.clone(),
            groups,
            more => self.count.saturating_sub(full + headlines),
            recipient => self.recipient.clone(),
            unsubscribe => self.unsubscribe.clone(),
        }
    }

    /// A pair whose stories come in full where their turn is before `full`, and by their headline where
    /// it is before `end`; `None` where none does.
    fn group(&self, pair: &Pair, full: usize, end: usize) -> Option<Value> {
        let (mut stories, mut headlines, mut more) = (Vec::new(), Vec::new(), 0);
        for at in &pair.members {
            match (self.turns.get(at), self.stories.get(at)) {
                (Some(turn), Some(story)) if *turn < full => stories.push(story.clone()),
                (Some(turn), Some(story)) if *turn < end => headlines.push(story.clone()),
                _ => more += 1,
            }
        }
        if stories.is_empty() && headlines.is_empty() {
            return None;
        }
        Some(context! { heading => pair.heading.as_str(), stories, headlines, more })
    }
}

/// The parts of a mail about `matter`: as many stories in full as fit, then headlines as many as fit,
/// and the others are counted.
pub(super) fn parts(matter: &Matter, templates: &Templates) -> Result<Parts, RenderError> {
    let templates = templates.compiled()?;
    let fits = |full, headlines, limit| -> Result<bool, RenderError> {
        let html = templates.render(TemplatePart::Html, &matter.told(full, headlines))?;
        Ok(encoded_length(&html) <= limit)
    };
    let (mut full, mut headlines) = (matter.count, 0);
    if full > MAX_FULL || !fits(full, 0, MAX_HTML_BYTES)? {
        // A third is left to the headlines where not all stories fit in full.
        full = most(1, full.min(MAX_FULL), |full| fits(full, 0, MAX_HTML_BYTES / 3 * 2))?;
        headlines = most(0, MAX_HEADLINES.min(matter.count - full), |headlines| {
            fits(full, headlines, MAX_HTML_BYTES)
        })?;
    }
    let told = matter.told(full, headlines);
    Ok(Parts {
        text: templates.render(TemplatePart::Text, &told)?,
        html: templates.render(TemplatePart::Html, &told)?,
    })
}

/// The largest count in `least..=most` that fits, by halving; `least` where none does.
fn most(
    least: usize,
    most: usize,
    fits: impl Fn(usize) -> Result<bool, RenderError>,
) -> Result<usize, RenderError> {
    let (mut low, mut high) = (least, most);
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        if fits(middle)? {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    Ok(low)
}

/// Bytes of a text in quoted-printable, soft line breaks (three bytes in 76) included.
pub(super) fn encoded_length(text: &str) -> usize {
    let bytes: usize =
        text.bytes().map(|byte| if byte.is_ascii() && byte != b'=' { 1 } else { 3 }).sum::<usize>();
    bytes + bytes / 25 + 2 * text.matches('\n').count()
}
