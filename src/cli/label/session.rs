//! A session: one story after the other, one key for each.
//!
//! Those come first of which it is doubted most: told ones by the fewest points, others by the most; then
//! those without any, the newest first.

use super::terminal::{Key, Keys, stop_on_signal};
use crate::backtest::{Added, nearest_relation};
use crate::cli::exit::Failure;
use crate::cli::explain::print_relation;
use crate::cli::output;
use crate::cli::paint::{Paint, Tone};
use crate::config::Config;
use crate::deliver::words::relation_line;
use crate::domain::{Kind, Labelled, Verdict};
use crate::store::{ItemSummary, Store};
use jiff::Timestamp;
use std::io::Write;
use tokio_util::sync::CancellationToken;

/// What a key asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Say(Verdict),
    Skip,
    Undo,
    Evidence,
    End,
}

fn wish(key: Key, dropped: bool) -> Option<Wish> {
    match key {
        Key::Letter('r') => Some(Wish::Say(Verdict::Right)),
        Key::Letter('w') if !dropped => Some(Wish::Say(Verdict::Wrong)),
        Key::Letter('m') if dropped => Some(Wish::Say(Verdict::Missed)),
        Key::Letter('s' | ' ') => Some(Wish::Skip),
        Key::Letter('u') => Some(Wish::Undo),
        Key::Letter('e') => Some(Wish::Evidence),
        Key::Letter('q') | Key::End => Some(Wish::End),
        Key::Letter(_) => None,
    }
}

/// What is answered when a miss is asked for its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Of(Kind),
    Open,
    End,
}

fn answer(key: Key) -> Option<Answer> {
    match key {
        Key::Letter('s') => Some(Answer::Of(Kind::Sanctions)),
        Key::Letter('a') => Some(Answer::Of(Kind::Alliance)),
        Key::Letter('o') => Some(Answer::Open),
        Key::Letter('q') | Key::End => Some(Answer::End),
        Key::Letter(_) => None,
    }
}

/// Asks of which kind a miss is in which the program found none.
fn ask_kind(out: &mut impl Write, keys: &mut Keys, paint: Paint) -> Result<Answer, Failure> {
    let known = "of which kind? s sanctions · a alliance · o left open, counts for none · q quit";
    writeln!(out, "      {}", paint.tone(Tone::Faint, known))?;
    out.flush()?;
    loop {
        if let Some(answer) = answer(keys.next()?) {
            return Ok(answer);
        }
    }
}

/// Shows what nobody has said anything of, and keeps what is said.
pub(super) async fn hold(
    out: &mut impl Write,
    store: &Store,
    config: &Config,
    (dropped, since): (bool, Timestamp),
    now: Timestamp,
) -> Result<(), Failure> {
    let items = if dropped {
        store.unlabelled_dropped(since).await?
    } else {
        store.unlabelled_stories(since).await?
    };
    if items.is_empty() {
        let what = if dropped { "Nothing that was not told and names a country" } else { "No told story" };
        writeln!(out, "{what} is without a label; --days looks further back.")?;
        return Ok(());
    }
    let stop = CancellationToken::new();
    stop_on_signal(stop.clone())?;
    let mut keys = Keys::begin(stop)?;
    let paint = Paint::of_stdout();
    let known = if dropped {
        "r rightly not told · m missed · e evidence · s skip · u undo · q quit"
    } else {
        "r right · w wrong · e evidence · s skip · u undo · q quit"
    };
    writeln!(out, "{}", paint.tone(Tone::Faint, known))?;
    // For each that was said: its place, and what had been said before.
    let mut done: Vec<(usize, Labelled, Option<Labelled>)> = Vec::new();
    let mut at = 0;
    while let Some(item) = items.get(at) {
        show(out, (at + 1, items.len()), item, now, paint)?;
        out.flush()?;
        let wish = loop {
            match wish(keys.next()?, dropped) {
                Some(Wish::Evidence) => {
                    for relation in &item.assessment.relations {
                        print_relation(out, relation)?;
                    }
                    out.flush()?;
                }
                Some(wish) => break wish,
                None => {}
            }
        };
        match wish {
            Wish::Say(verdict) => {
                let mut added = Added::default();
                let is_open = nearest_relation(&item.assessment.relations).is_none();
                if verdict == Verdict::Missed && is_open {
                    match ask_kind(out, &mut keys, paint)? {
                        Answer::Of(kind) => added.kind = Some(kind),
                        Answer::Open => {}
                        Answer::End => break,
                    }
                }
                let mut transaction = store.begin().await?;
                let before = transaction.label_of(item.id).await?;
                let label = super::say(&mut transaction, config, item, (verdict, &added), now).await?;
                transaction.commit().await?;
                writeln!(out, "      {}", paint.tone(Tone::Good, verdict.as_str()))?;
                done.push((at, label, before));
                at += 1;
            }
            Wish::Skip => at += 1,
            Wish::Undo => {
                let Some((place, label, before)) = done.pop() else { continue };
                let mut transaction = store.begin().await?;
                transaction.remove_label(&label.name).await?;
                if let Some(before) = before {
                    transaction.keep_label(&before, now).await?;
                }
                transaction.commit().await?;
                writeln!(out, "      taken back")?;
                at = place;
            }
            Wish::Evidence => {}
            Wish::End => break,
        }
    }
    drop(keys);
    writeln!(out, "{} labelled, {} left", done.len(), items.len() - done.len())?;
    Ok(())
}

fn show(
    out: &mut impl Write,
    (number, all): (usize, usize),
    item: &ItemSummary,
    now: Timestamp,
    paint: Paint,
) -> Result<(), Failure> {
    let place = paint.tone(Tone::Faint, &format!("{number}/{all}"));
    writeln!(out, "\n{place}  {}", paint.tone(Tone::Heading, &output::plain(&item.title)))?;
    if !item.summary.is_empty() {
        writeln!(out, "      {}", output::plain(&item.summary))?;
    }
    for relation in &item.assessment.relations {
        writeln!(out, "      {}  = {}", relation_line(relation), relation.score)?;
    }
    let reason = item.reason.map_or("told", |reason| reason.as_str());
    let seen = output::ago(now, Some(item.published.unwrap_or(item.first_seen)));
    writeln!(out, "      {}, {seen}; {reason}", output::plain(item.source.as_str()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::right(Key::Letter('r'), false, Some(Wish::Say(Verdict::Right)))]
    #[case::wrong(Key::Letter('w'), false, Some(Wish::Say(Verdict::Wrong)))]
    #[case::what_was_told_was_not_missed(Key::Letter('m'), false, None)]
    #[case::missed(Key::Letter('m'), true, Some(Wish::Say(Verdict::Missed)))]
    #[case::what_was_not_told_was_not_wrongly_told(Key::Letter('w'), true, None)]
    #[case::interrupted(Key::End, false, Some(Wish::End))]
    #[case::nothing(Key::Letter('x'), false, None)]
    fn keys_mean(#[case] key: Key, #[case] dropped: bool, #[case] expected: Option<Wish>) {
        assert_eq!(wish(key, dropped), expected);
    }

    #[rstest]
    #[case::sanctions(Key::Letter('s'), Some(Answer::Of(Kind::Sanctions)))]
    #[case::alliance(Key::Letter('a'), Some(Answer::Of(Kind::Alliance)))]
    #[case::left_open(Key::Letter('o'), Some(Answer::Open))]
    #[case::interrupted(Key::End, Some(Answer::End))]
    #[case::no_answer(Key::Letter('r'), None)]
    fn a_miss_is_asked_for_its_kind(#[case] key: Key, #[case] expected: Option<Answer>) {
        assert_eq!(answer(key), expected);
    }
}
