//! The bell: rung when an alert may have fallen due, heard by every way out.

use tokio::sync::watch;

/// A bell. Whoever was not listening when it rang hears it as soon as they listen again.
#[derive(Debug, Default)]
pub struct Bell(watch::Sender<()>);

impl Bell {
    /// Calls everyone who listens.
    pub fn ring(&self) {
        self.0.send_replace(());
    }

    /// Listens from now on.
    pub(super) fn listen(&self) -> Ear {
        Ear(self.0.subscribe())
    }
}

/// Somebody who listens.
#[derive(Debug)]
pub(super) struct Ear(watch::Receiver<()>);

impl Ear {
    /// Waits for the bell. One that is taken down rings no more.
    pub(super) async fn hear(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
