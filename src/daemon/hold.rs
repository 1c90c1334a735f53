//! The hold on the window: what is taken into it while a transaction runs is taken back unless the transaction
//! has come to its end, also where whoever ran it was cut off or has panicked.

use super::House;
use crate::group::{Mark, Window};
use std::ops::{Deref, DerefMut};
use tokio::sync::MutexGuard;

/// The window, for as long as one transaction runs.
#[derive(Debug)]
pub(super) struct Hold<'a> {
    window: MutexGuard<'a, Window>,
    /// What to go back to; nothing once it is kept.
    back: Option<Mark>,
}

impl House {
    /// Waits until nobody else holds the window.
    pub(super) async fn hold_window(&self) -> Hold<'_> {
        let window = self.window.lock().await;
        let back = Some(window.mark());
        Hold { window, back }
    }
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
