//! The one transaction: everything that is written is written through it.

use super::StoreError;
use super::ledger::Ledger;
use sqlx::{Sqlite, SqliteConnection};

/// A transaction that may write. Dropped without [`Transaction::commit`], it leaves nothing.
#[derive(Debug)]
pub struct Transaction {
    inner: sqlx::Transaction<'static, Sqlite>,
    pub(super) ledger: Ledger,
}

impl Transaction {
    pub(super) fn new(inner: sqlx::Transaction<'static, Sqlite>) -> Self {
        Self { inner, ledger: Ledger::default() }
    }

    /// The connection for the statements of the other files.
    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.inner
    }

    /// Makes everything lasting, or nothing.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        self.write_ledger().await?;
        Ok(self.inner.commit().await?)
    }
}
