//! The subject: who and what at a glance, before a phone cuts it off.

use crate::deliver::clean;
use crate::deliver::words::{action_short, sides_short};
use crate::domain::{Relation, Story};

/// Most characters of a subject.
pub(super) const MAX_SUBJECT: usize = 120;

/// The relation a story is known by: its strongest; of equally strong ones the first.
pub(super) fn lead(story: &Story) -> Option<&Relation> {
    story.relations.iter().rev().max_by_key(|relation| relation.score)
}

/// "Belarus – Iran: signed — Iran and Belarus sign …", or for several stories
/// "3 stories: Belarus – Iran, EU → Russia …". `None` where there is no story.
pub(super) fn subject(stories: &[&Story]) -> Option<String> {
    let text = match stories {
        [] => return None,
        [story] => one(story),
        several => {
            let mut sides: Vec<String> = Vec::new();
            for side in several.iter().filter_map(|story| lead(story)).map(sides_short) {
                if !side.is_empty() && !sides.contains(&side) {
                    sides.push(side);
                }
            }
            format!("{} stories: {}", several.len(), sides.join("; "))
        }
    };
    Some(clean::header(&text, MAX_SUBJECT))
}

fn one(story: &Story) -> String {
    let update = match (&story.follows, story.revision) {
        (_, 2..) => "Update: ",
        (Some(_), _) => "Follow-up: ",
        (None, _) => "",
    };
    let Some(relation) = lead(story) else { return format!("{update}{}", story.title) };
    let (sides, action) = (sides_short(relation), action_short(relation));
    let separator = if sides.is_empty() { "" } else { ": " };
    format!("{update}{sides}{separator}{action} — {}", story.title)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deliver::fixtures::{alert, hostile, new_package, no_pact, roadmap};
    use crate::domain::{Change, Followed, Modality};

    fn of(alerts: &[crate::domain::DueAlert]) -> String {
        subject(&alerts.iter().map(|alert| &alert.story).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn one_story_says_who_did_what() {
        assert_eq!(
            of(&[roadmap()]),
            "Belarus – Iran: signed — Iran and Belarus sign cooperation roadmap in Tehran"
        );
        assert_eq!(
            of(&[new_package()]),
            "EU → Russia: sanctions to be tightened — EU prepares a further package of sanctions on Russia"
        );
        assert!(of(&[no_pact()]).starts_with("Update: North Korea – Syria: not signed (denied) — "));
    }

    #[test]
    fn what_comes_of_a_story_names_the_same_pair_in_the_same_way() {
        let first = new_package();
        let mut follow_up = first.clone();
        follow_up.story.follows = Some(Followed {
            id: first.story.id,
            title: first.story.title.clone(),
            first_seen: first.story.first_seen,
            change: Change::CarriedOut,
        });
        follow_up.story.relations[0].modality = Modality::Fact;
        follow_up.story.title = "EU adopts its package of sanctions on Russia".into();
        let stem = "EU → Russia: sanctions ";
        assert!(of(&[first]).starts_with(stem));
        assert_eq!(
            of(&[follow_up]),
            format!("Follow-up: {stem}tightened — EU adopts its package of sanctions on Russia")
        );
    }

    #[test]
    fn several_stories_say_between_whom_and_each_pair_once() {
        assert_eq!(of(&[roadmap(), new_package(), roadmap()]), "3 stories: Belarus – Iran; EU → Russia");
    }

    #[test]
    fn a_subject_is_one_short_line_whatever_the_feed_says() {
        let subject = of(&[hostile()]);
        assert!(subject.chars().count() <= MAX_SUBJECT);
        assert!(!subject.contains(char::is_control) && !subject.contains("=?"), "{subject:?}");
        assert_eq!(of(&[alert(1, "Only a headline")]), "Only a headline");
        assert_eq!(super::subject(&[]), None);
    }
}
