//! How a story and an item are shown: to a person and to a program.

use crate::cli::{article, assessed, output};
use crate::deliver::words::relation_line;
use crate::domain::{DropReason, Placed, Story};
use crate::store::{ArticleState, Edit, ItemSummary};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::io::{self, Write};

/// A story as a person reads it.
pub(in crate::cli) fn print_story(out: &mut impl Write, story: &Story, now: Timestamp) -> io::Result<()> {
    writeln!(out, "{:>5}  {}", story.id, output::plain(&story.title))?;
    for relation in &story.relations {
        writeln!(out, "       {}  ({})", relation_line(relation), relation.score)?;
    }
    if let Some(passage) = &story.passage {
        writeln!(out, "       in the article: “{}”", output::plain(passage))?;
    }
    let also = match story.also.len() {
        0 => String::new(),
        more => format!(", also reported by {more}"),
    };
    writeln!(out, "       {}{also}, {}", story.source, output::ago(now, Some(story.first_seen)))?;
    if let Some(followed) = &story.follows {
        let (id, change) = (followed.id, followed.change);
        writeln!(out, "       follows {id}, {change}: {}", output::plain(&followed.title))?;
    }
    if let Some(url) = &story.url {
        writeln!(out, "       {url}")?;
    }
    writeln!(out)
}

/// A story's item with its place in it, and how it read before it was edited.
pub(super) fn print_item(
    out: &mut impl Write,
    item: &ItemSummary,
    edits: &[Edit],
    now: Timestamp,
) -> io::Result<()> {
    let placed = match (item.placed, item.like) {
        (Some(Placed::New) | None, _) => "opened it".to_owned(),
        (Some(placed), Some(like)) => format!("{placed}, like item {like}"),
        (Some(placed), None) => placed.to_string(),
    };
    writeln!(out, "{:>7}  {}", item.id, output::plain(&item.title))?;
    let seen = output::ago(now, Some(item.published.unwrap_or(item.first_seen)));
    let reason = item.reason.map_or("told", DropReason::as_str);
    writeln!(out, "         {}, {seen}: {placed}; {reason}", item.source)?;
    if let Some(article) = &item.article {
        writeln!(out, "         {}", output::plain(&article::in_words(article)))?;
    }
    for edit in edits {
        let until = output::ago(now, Some(edit.at));
        writeln!(out, "         until {until} it read: {}", output::plain(&edit.title))?;
    }
    Ok(())
}

/// An item that was not told; where its article was to be read and could not be, why.
pub(super) fn print_dropped(out: &mut impl Write, item: &ItemSummary, now: Timestamp) -> io::Result<()> {
    let reason = item.reason.map_or("", DropReason::as_str);
    writeln!(
        out,
        "{:>7}  {:>5}  {:16} {}  ({}, {})",
        item.id,
        item.score.to_string(),
        reason,
        output::plain(&item.title),
        item.source,
        output::ago(now, Some(item.first_seen))
    )?;
    if let Some(article @ ArticleState::Failed(_)) = &item.article {
        writeln!(out, "{:32}{}", "", output::plain(&article::in_words(article)))?;
    }
    Ok(())
}

pub(super) fn story_json(story: &Story) -> Value {
    json!({
        "id": story.id,
        "revision": story.revision,
        "title": story.title,
        "summary": story.summary,
        "passage": story.passage,
        "lang": story.language,
        "url": story.url,
        "source": story.source,
        "also": story.also,
        "published": story.published,
        "first_seen": story.first_seen,
        "last_seen": story.last_seen,
        "follows": story.follows,
        "countries": story.actors(),
        "relations": story.relations.iter().map(assessed::relation).collect::<Vec<_>>(),
    })
}

pub(super) fn dropped_json(item: &ItemSummary) -> Value {
    json!({
        "id": item.id,
        "reason": item.reason,
        "score": item.score,
        "title": item.title,
        "summary": item.summary,
        "url": item.url,
        "source": item.source,
        "published": item.published,
        "first_seen": item.first_seen,
        "story": item.story,
        "article": article::as_json(item.article.as_ref()),
        "relations": item.assessment.relations.iter().map(assessed::relation).collect::<Vec<_>>(),
    })
}

/// A story with its items, for a program.
pub(super) fn shown_json(story: &Story, items: &[(ItemSummary, Vec<Edit>)], followers: &[Story]) -> Value {
    let item = |(item, edits): &(ItemSummary, Vec<Edit>)| {
        let mut shown = dropped_json(item);
        if let Some(object) = shown.as_object_mut() {
            object.insert("placed".to_owned(), json!(item.placed));
            object.insert("like".to_owned(), json!(item.like));
            let edit = |edit: &Edit| json!({"at": edit.at, "title": edit.title, "summary": edit.summary});
            object.insert("edits".to_owned(), edits.iter().map(edit).collect());
        }
        shown
    };
    let mut shown = story_json(story);
    if let Some(object) = shown.as_object_mut() {
        object.insert("items".to_owned(), items.iter().map(item).collect());
        object.insert("followed_by".to_owned(), followers.iter().map(|story| json!(story.id)).collect());
    }
    shown
}
