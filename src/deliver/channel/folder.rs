//! The folder channel: each mail as an `.eml` file, for trying out and for programs that read them.

use super::{Answer, SendError, Stage};
use crate::domain::{Delivery, MessageId};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes mail into a folder.
#[derive(Debug, Clone)]
pub struct FolderChannel {
    folder: PathBuf,
}

impl FolderChannel {
    /// A channel into this folder, which is made when the first mail comes.
    #[must_use]
    pub const fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Where a mail with this id is written: `<message-id>.eml`.
    #[must_use]
    pub fn path_of(&self, message_id: &MessageId) -> PathBuf {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_' | '@');
        let name: String =
            message_id.as_str().chars().map(|letter| if plain(letter) { letter } else { '_' }).collect();
        self.folder.join(format!("{name}.eml"))
    }

    /// Writes the mail: whole or not at all, and on the disk when it returns. The same id always
    /// gives the same file, so that a copy replaces itself.
    pub(super) async fn write(&self, delivery: &Delivery) -> Result<Answer, SendError> {
        let (path, bytes) = (self.path_of(&delivery.message_id), delivery.bytes.clone());
        let failed = |error: io::Error| SendError::Channel {
            stage: Stage::Write,
            answer: Answer::ours(&format!("{}: {error}", self.folder.display())),
        };
        tokio::task::spawn_blocking(move || write_whole(&path, &bytes))
            .await
            .map_err(|error| failed(io::Error::other(error)))?
            .map_err(failed)?;
        Ok(Answer::ours("written"))
    }
}

fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    fs::create_dir_all(folder)?;
    let unfinished = path.with_extension("tmp");
    let written = File::create(&unfinished)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&unfinished, path));
    if let Err(error) = written {
        // What is half written is of no use; that it cannot be removed either adds nothing.
        let _ = fs::remove_file(&unfinished);
        return Err(error);
    }
    // The name is on the disk only when the folder is.
    File::open(folder)?.sync_all()
}
