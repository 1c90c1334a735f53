//! The hold on the window: the items of the last days are read from the state by whoever holds it first. What is
//! taken into it while a transaction runs is taken back unless the transaction has come to its end, also where
//! whoever ran it was cut off or has panicked.

use super::House;
use crate::domain::StoryWindow;
use crate::group::{Features, Mark, Window};
use crate::parallel;
use crate::store::{StoreError, ToldItem, ToldRange};
use jiff::{SignedDuration, Timestamp};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{MappedMutexGuard, MutexGuard};
use tokio_util::sync::CancellationToken;

/// The window, for as long as one transaction runs.
#[derive(Debug)]
pub(super) struct Hold<'a> {
    window: MappedMutexGuard<'a, Window>,
    /// What to go back to; nothing once it is kept.
    back: Option<Mark>,
}

impl House {
    /// Waits until nobody else holds the window, and fills it where nobody has yet.
    pub(super) async fn hold_window(&self) -> Result<Hold<'_>, StoreError> {
        let mut held = self.window.lock().await;
        let window = match held.take() {
            Some(window) => window,
            None => self.remembered().await?,
        };
        let window = MutexGuard::map(held, |held| held.insert(window));
        let back = Some(window.mark());
        Ok(Hold { window, back })
    }

    /// The items of stories that may still be told on or followed.
    async fn remembered(&self) -> Result<Window, StoreError> {
        let StoryWindow { told_within, follows_within, items } = self.config.stories;
        let now = self.clock.now();
        let back = |span: Duration| {
            let span = SignedDuration::try_from(span).ok();
            span.and_then(|span| now.checked_sub(span).ok()).unwrap_or(Timestamp::MIN)
        };
        let range = ToldRange { since: back(follows_within), untold_since: back(told_within), most: items };
        let compared = |told: &ToldItem| -> Result<Features, StoreError> {
            let assessment = told.assessment()?;
            Ok(self.features(&told.source, &told.title, &told.summary, told.when, &assessment))
        };
        let mut window = Window::new(self.config.stories);
        let take = |page: Vec<ToldItem>| -> Result<(), StoreError> {
            for (told, features) in page.iter().zip(parallel::map(&page, compared)) {
                match told.story {
                    Some(story) => window.restore(told.id, story, features?),
                    None => window.count(&features?),
                }
            }
            Ok(())
        };
        self.store.told_items(range, take).await?;
        Ok(window)
    }
}

/// Fills the window beside all else that begins, so that the first items find it filled; then waits for `stop`.
pub(super) async fn remember(house: Arc<House>, stop: CancellationToken) -> Result<(), StoreError> {
    tokio::select! {
        held = house.patiently(&stop, async || house.hold_window().await.map(drop)) => drop(held?),
        () = stop.cancelled() => return Ok(()),
    }
    stop.cancelled().await;
    Ok(())
}

impl Hold<'_> {
    /// What was taken in is lasting.
    pub(super) fn keep(mut self) {
        self.back = None;
        self.window.evict();
    }
}

impl Deref for Hold<'_> {
    type Target = Window;

    fn deref(&self) -> &Window {
        &self.window
    }
}

impl DerefMut for Hold<'_> {
    fn deref_mut(&mut self) -> &mut Window {
        &mut self.window
    }
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        if let Some(back) = self.back.take() {
            self.window.rewind(back);
        }
    }
}
