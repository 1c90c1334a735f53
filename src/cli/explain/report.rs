//! Report: the frames that fired and those that nearly did, and the verdict, for a person.

use super::marked::field_text;
use super::subject::Stored;
use crate::assess::{Explanation, Mark, Marked, Near};
use crate::cli::paint::{Paint, Tone};
use crate::cli::{article, output};
use crate::deliver::words::relation_line;
use crate::domain::{Evidence, KindResult, Relation, Score, Thresholds};
use crate::store::ArticleState;
use crate::text;
use jiff::Timestamp;
use std::io::{self, Write};

/// Most words that are listed with their rules; an article has many.
const MOST_WORDS: usize = 20;
/// Most frames that came to nothing.
const MOST_NEAR: usize = 8;

/// What became of an item when it was read.
pub(super) fn print_stored(
    out: &mut impl Write,
    stored: &Stored,
    anew: &Explanation,
    now: Timestamp,
    paint: Paint,
) -> io::Result<()> {
    let Stored { item, article } = stored;
    let became = match (item.reason, item.story) {
        (Some(reason), Some(story)) => format!("{} ({reason}, story {story})", output::in_words(reason)),
        (Some(reason), None) => format!("{} ({reason})", output::in_words(reason)),
        (None, Some(story)) => format!("told in story {story}"),
        (None, None) => "told".to_owned(),
    };
    let title = format!("Item {} of {}", item.id, item.source);
    let seen = output::ago(now, Some(item.first_seen));
    writeln!(out, "{}, first seen {seen}: {became}", paint.tone(Tone::Heading, &title))?;
    if let Some(url) = &item.url {
        writeln!(out, "{}", output::plain(url))?;
    }
    if let Some(line) = article_line(stored, anew) {
        writeln!(out, "{}", output::plain(&line))?;
    }
    if let Some(passage) = &article.passage {
        writeln!(out, "In the article: “{}”", text::part_of_line(passage))?;
    }
    if anew.assessment != item.assessment {
        writeln!(out, "It is judged anew below; when it was read, it was judged to say:")?;
        if item.assessment.relations.is_empty() {
            writeln!(out, "  nothing")?;
        }
        for relation in &item.assessment.relations {
            writeln!(out, "  {}  = {}", relation_line(relation), relation.score)?;
        }
    }
    writeln!(out)
}

/// What came of an item's article, and whether it is what is judged by below.
fn article_line(stored: &Stored, anew: &Explanation) -> Option<String> {
    let state = stored.item.article.as_ref()?;
    Some(match state {
        ArticleState::Read if stored.article.text.is_empty() => {
            "Its article was read, and is kept no more: it is judged without it below".to_owned()
        }
        ArticleState::Read if anew.text.body.is_empty() => {
            "Its article was read, and tells no more than headline and summary: these decide".to_owned()
        }
        ArticleState::Read => "Its article was read: it is judged with it below".to_owned(),
        other => {
            let line = article::in_words(other);
            line.replacen("its", "Its", 1)
        }
    })
}

/// Everything below the text. `told` says whether the language was told, not recognised.
pub(super) fn print(
    out: &mut impl Write,
    explanation: &Explanation,
    thresholds: Thresholds,
    told: bool,
    paint: Paint,
) -> io::Result<()> {
    let assessment = &explanation.assessment;
    let weak = |index: usize| {
        let is = |near: &&Near| matches!(near, Near::Weak { relation, .. } | Near::Off { relation } if *relation == index);
        explanation.near.iter().any(|near| is(&near))
    };
    let mut fired = assessment.relations.iter().enumerate().filter(|(index, _)| !weak(*index)).peekable();
    if fired.peek().is_some() {
        writeln!(out, "\n{}", paint.tone(Tone::Heading, "Reported"))?;
    }
    for (_, relation) in fired {
        print_relation(out, relation)?;
    }
    print_near(out, explanation, paint)?;
    print_words(out, explanation, paint)?;
    writeln!(out, "\n{}", paint.tone(Tone::Heading, "Verdict"))?;
    let mut verdict = |kind: &str, result: KindResult, threshold: Score| {
        let (tone, reached) =
            if result.reported { (Tone::Good, "reported") } else { (Tone::Bad, "not reported") };
        let reached = paint.tone(tone, reached);
        writeln!(out, "  {kind:9}  {reached}: {} of the {threshold} points it takes", result.score)
    };
    verdict("sanctions", assessment.sanctions, thresholds.sanctions)?;
    verdict("alliance", assessment.alliance, thresholds.alliance)?;
    let language = match assessment.lang {
        Some(language) if told => language.to_string(),
        Some(language) => format!("{language}, recognised by the words (--lang sets it)"),
        None => "not recognised".to_owned(),
    };
    writeln!(out, "  language   {language}")?;
    if let Some(reason) = assessment.unreported {
        writeln!(out, "  reason     {} ({reason})", output::in_words(reason))?;
    }
    Ok(())
}

/// A relation with every point of its score.
pub(in crate::cli) fn print_relation(out: &mut impl Write, relation: &Relation) -> io::Result<()> {
    writeln!(out, "{}  = {}", relation_line(relation), relation.score)?;
    print_evidence(out, relation)
}

fn print_evidence(out: &mut impl Write, relation: &Relation) -> io::Result<()> {
    // What adds nothing is for programs that check the sum.
    // Who takes part without a side has no weight, and a reason all the same.
    let shown = |evidence: &&Evidence| evidence.weight != Score::ZERO || evidence.rule == "opens-sentence";
    for evidence in relation.evidence.iter().filter(shown) {
        writeln!(
            out,
            "  {:>6}  {:28} “{}”  ({} {}–{})",
            signed(evidence.weight),
            evidence.rule,
            output::plain(&evidence.text),
            evidence.field,
            evidence.start,
            evidence.end
        )?;
    }
    Ok(())
}

/// A weight with its sign.
pub(in crate::cli) fn signed(weight: Score) -> String {
    if weight < Score::ZERO { weight.to_string() } else { format!("+{weight}") }
}

/// The frames that nearly fired, and what each lacked.
fn print_near(out: &mut impl Write, explanation: &Explanation, paint: Paint) -> io::Result<()> {
    if explanation.near.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", paint.tone(Tone::Heading, "Nearly"))?;
    let relation = |index: usize| explanation.assessment.relations.get(index);
    let mut told = |relation: &Relation, lack: &str| {
        let lack = paint.tone(Tone::Bad, lack);
        writeln!(out, "{}  = {}: {lack}", relation_line(relation), relation.score)?;
        print_evidence(out, relation)
    };
    for near in explanation.near.iter().take(MOST_NEAR) {
        match near {
            Near::Weak { relation: index, lacks } => {
                if let Some(relation) = relation(*index) {
                    told(relation, &format!("lacks {lacks}"))?;
                }
            }
            Near::Off { relation: index } => {
                if let Some(relation) = relation(*index) {
                    told(relation, "told only where a watch asks for this kind")?;
                }
            }
            Near::Nobody(relation) => told(relation, "no country or bloc that it concerns")?,
            Near::LeftOut(relation) => told(relation, "beside stronger ones")?,
            Near::Frameless(_) => {}
        }
    }
    for near in explanation.near.iter().take(MOST_NEAR) {
        if let Near::Frameless(mark) = near {
            let lack = paint.tone(Tone::Bad, "its parties were not found around it");
            writeln!(out, "{}: {lack}", word(explanation, mark))?;
        }
    }
    more(out, explanation.near.len(), MOST_NEAR)
}

/// The words that are in no relation's evidence and in none of what nearly fired.
fn print_words(out: &mut impl Write, explanation: &Explanation, paint: Paint) -> io::Result<()> {
    let mut lines: Vec<String> = Vec::new();
    for mark in explanation.marks.iter().filter(|mark| is_unused(explanation, mark)) {
        let line = word(explanation, mark);
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", paint.tone(Tone::Heading, "Words that added nothing"))?;
    for line in lines.iter().take(MOST_WORDS) {
        writeln!(out, "  {line}")?;
    }
    more(out, lines.len(), MOST_WORDS)
}

fn is_unused(explanation: &Explanation, mark: &Mark) -> bool {
    if !matches!(mark.what, Marked::Cue { .. }) {
        return false;
    }
    let place = mark.place;
    let overlaps = |start, end| start < place.end && place.start < end;
    let lists = |relation: &Relation| {
        let mut evidence = relation.evidence.iter().filter(|evidence| evidence.field == place.field);
        evidence.any(|evidence| overlaps(evidence.start, evidence.end))
    };
    let listed = explanation.assessment.relations.iter().any(lists)
        || explanation.near.iter().any(|near| match near {
            Near::Nobody(relation) | Near::LeftOut(relation) => lists(relation),
            Near::Frameless(other) => {
                other.place.field == place.field && overlaps(other.place.start, other.place.end)
            }
            Near::Weak { .. } | Near::Off { .. } => false,
        });
    !listed
}

/// A word with its rule.
fn word(explanation: &Explanation, mark: &Mark) -> String {
    let text = field_text(&explanation.text, mark.place.field);
    let words = output::plain(text.get(mark.place.start..mark.place.end).unwrap_or_default());
    match &mark.what {
        Marked::Cue { rule, role, kind: Some(kind), .. } => format!("“{words}”  {rule} ({kind}, {role})"),
        Marked::Cue { rule, role, kind: None, .. } => format!("“{words}”  {rule} ({role})"),
        Marked::Actor { .. } | Marked::Unsupported { .. } | Marked::Mask => format!("“{words}”"),
    }
}

fn more(out: &mut impl Write, all: usize, shown: usize) -> io::Result<()> {
    match all.checked_sub(shown) {
        Some(rest) if rest > 0 => writeln!(out, "  and {rest} more; --json lists all"),
        _ => Ok(()),
    }
}
