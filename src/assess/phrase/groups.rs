//! Groups: which names stand together as one party.
//!
//! Owns: coordination ("UK, France and Germany"), dyads ("US-Iran", "한미"), titles ("Russian President
//! Putin"), appositions ("Russia's ally Belarus"). Pure.

use super::Group;
use crate::assess::lexicon::Lexicon;
use crate::assess::tag::{Mention, Tagged, Token, TokenKind};
use crate::domain::{Comma, Markers, SurfaceKind, WordClass};
use std::collections::BTreeSet;

/// Most words between two names of the same actor that are one party ("Russian President Putin").
const TITLE_WORDS: usize = 5;

/// Joins mentions into groups.
pub(super) fn groups(lexicon: &Lexicon, tagged: &Tagged<'_>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for mention in &tagged.mentions {
        let possessive = mention.genitive
            || is_possessor(lexicon, tagged, mention)
            || tagged.tokens.get(mention.tokens.end).is_some_and(|t| t.kind == TokenKind::Possessive);
        let firm = mention.kind == SurfaceKind::Firm;
        let demonym = mention.kind == SurfaceKind::Demonym;
        if let Some(last) = groups.last_mut() {
            match relation(lexicon, tagged, last, mention) {
                Joint::Together => {
                    last.tokens.end = mention.tokens.end;
                    last.actors.insert(mention.actor);
                    last.possessive = possessive;
                    last.firm &= firm;
                    last.demonym |= demonym;
                    continue;
                }
                Joint::Instead => {
                    last.actors = BTreeSet::from([mention.actor]);
                    last.tokens.end = mention.tokens.end;
                    last.possessive = possessive;
                    last.firm = firm;
                    last.demonym = demonym;
                    continue;
                }
                Joint::Apart => {}
            }
        }
        groups.push(Group {
            tokens: mention.tokens.clone(),
            actors: BTreeSet::from([mention.actor]),
            possessive,
            firm,
            demonym,
        });
    }
    groups
}

/// "AB'nin": an apostrophe and the particle of the genitive.
fn is_possessor(lexicon: &Lexicon, tagged: &Tagged<'_>, mention: &Mention) -> bool {
    let at = |offset: usize| tagged.tokens.get(mention.tokens.end + offset);
    lexicon.grammar.markers == Markers::After
        && (at(0).is_some_and(|token| token.is(WordClass::Genitive))
            || at(0).is_some_and(|token| token.kind == TokenKind::Quote)
                && at(1).is_some_and(|token| token.is(WordClass::Genitive)))
}

/// How a mention stands to the group before it.
enum Joint {
    Together,
    Instead,
    Apart,
}

fn relation(lexicon: &Lexicon, tagged: &Tagged<'_>, group: &Group, new: &Mention) -> Joint {
    let (actor, mention) = (new.actor, &new.tokens);
    let between = group.tokens.end..mention.start;
    let Some(tokens) = tagged.tokens.get(between.clone()) else { return Joint::Apart };
    let gap = tokens.len();
    // "on Iran and the EU imposes": what "and" joins are clauses.
    if tokens.iter().any(|token| token.is(WordClass::Coordinator))
        && tagged.clause_of(group.tokens.start) != tagged.clause_of(mention.start)
    {
        return Joint::Apart;
    }
    if gap == 0 {
        // "美日韩": names of one letter side by side are a list.
        let written_together = tagged.tokens.get(mention.start).is_some_and(|next| {
            group
                .tokens
                .end
                .checked_sub(1)
                .and_then(|last| tagged.tokens.get(last))
                .is_some_and(|t| t.end == next.start)
        });
        let list = new.short && written_together;
        return if list || group.actors.contains(&actor) { Joint::Together } else { Joint::Apart };
    }
    // "la France et l'Italie": the apostrophe of an article is no quotation.
    let elided = |at: usize| {
        let before = at.checked_sub(1).and_then(|before| tokens.get(before));
        before
            .zip(tokens.get(at))
            .is_some_and(|(article, mark)| article.is(WordClass::Article) && article.end == mark.start)
    };
    let joined = |allowed: &[WordClass]| {
        tokens.iter().enumerate().all(|(at, token)| match token.kind {
            TokenKind::Comma | TokenKind::Hyphen => true,
            TokenKind::Quote => elided(at),
            TokenKind::Word => allowed.iter().any(|class| token.is(*class)),
            _ => false,
        })
    };
    let closed = |token: &Token| token.is(WordClass::Coordinator);
    let divided = lexicon.grammar.comma == Comma::Divides
        && tokens.iter().any(|token| token.kind == TokenKind::Comma)
        && !tagged.tokens.get(mention.end).is_some_and(closed);
    let list_joint = gap <= 4
        && !divided
        && joined(&[WordClass::Coordinator, WordClass::Article, WordClass::Title])
        && tokens.iter().any(|token| {
            !matches!(token.kind, TokenKind::Word | TokenKind::Quote) || token.is(WordClass::Coordinator)
        })
        && !group.possessive;
    if list_joint {
        return Joint::Together;
    }
    // "Russian officials and Iranian officials": one noun of the same sort may follow a demonym.
    let same_actor = group.actors.len() == 1 && group.actors.contains(&actor);
    let titles = tokens.iter().all(|token| {
        matches!(token.kind, TokenKind::Possessive | TokenKind::Hyphen | TokenKind::Quote)
            || token.kind == TokenKind::Word
                && (token.is(WordClass::Title)
                    || token.is(WordClass::Article)
                    || tagged.text[token.start..].chars().next().is_some_and(char::is_uppercase)
                        && token.is(WordClass::Coordinator))
    });
    let first_name = gap <= 3
        && tokens.iter().all(|token| {
            token.kind == TokenKind::Possessive
                || token.kind == TokenKind::Word
                    && (token.is(WordClass::Title)
                        || tagged.text[token.start..].chars().next().is_some_and(char::is_uppercase))
        })
        && tokens.iter().any(|token| token.is(WordClass::Title));
    if same_actor && gap <= TITLE_WORDS && (titles || first_name) {
        return Joint::Together;
    }
    // "Chinese President Xi and Russian President Putin": titles between different actors in a list.
    let listed_titles = gap <= TITLE_WORDS
        && tokens.iter().any(|token| token.is(WordClass::Coordinator))
        && tokens.iter().all(|token| {
            token.kind == TokenKind::Word
                && (token.is(WordClass::Coordinator)
                    || token.is(WordClass::Title)
                    || token.is(WordClass::Article))
        });
    if listed_titles && !group.possessive {
        return Joint::Together;
    }
    let ally = gap <= 3
        && tokens.iter().any(|token| token.is(WordClass::Ally))
        && tokens.iter().all(|token| {
            matches!(token.kind, TokenKind::Possessive | TokenKind::Hyphen)
                || token.is(WordClass::Ally)
                || token.is(WordClass::Article)
                || token.kind == TokenKind::Word && token.end - token.start <= 7 && gap <= 3
        });
    if ally && group.actors.len() == 1 { Joint::Instead } else { Joint::Apart }
}
