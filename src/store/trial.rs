//! The trial: whether the database takes what is written.

use super::{Store, StoreError};

/// So many bytes are written: more than most polls bring, and little beside any disk.
const ROOM: usize = 256 * 1024;

impl Store {
    /// Writes something, makes it lasting, and deletes it again.
    pub async fn try_writing(&self) -> Result<(), StoreError> {
        let mut transaction = self.begin().await?;
        // A trial that was cut off has left it.
        sqlx::query("DELETE FROM trial").execute(transaction.connection()).await?;
        sqlx::query("INSERT INTO trial (room) VALUES ($1)")
            .bind(vec![0_u8; ROOM])
            .execute(transaction.connection())
            .await?;
        transaction.commit().await?;
        let mut transaction = self.begin().await?;
        sqlx::query("DELETE FROM trial").execute(transaction.connection()).await?;
        transaction.commit().await
    }
}
