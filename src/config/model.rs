//! What a configuration means once it is checked: the value that is handed down to every module.

use crate::domain::{
    FetchSettings, ListenSettings, OperatorSettings, SmtpSettings, Source, StoryWindow, Subscriber,
    Thresholds, Vocabulary, Watch, Webhook,
};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// A whole checked configuration. Every value in it is usable as it stands.
#[derive(Debug, Clone)]
pub struct Config {
    /// The SQLite file; an absolute path, or one relative to the working directory.
    pub state: PathBuf,
    /// How sources are fetched.
    pub fetch: FetchSettings,
    /// The sources, in the order written, each name once.
    pub sources: Vec<Source>,
    /// The watches, in the order written, each name once.
    pub watches: Vec<Watch>,
    /// Who gets alerts: the people who get mail, each address once, and the webhooks, each name once.
    /// The journal is a subscriber besides, always there.
    pub subscribers: Vec<Subscriber>,
    /// The webhooks as they are called; each is among the subscribers, too.
    pub webhooks: Vec<Webhook>,
    /// The mail server; `None` with subscribers means that `mail_folder` is given.
    pub smtp: Option<SmtpSettings>,
    /// Where mail is put as `.eml` files instead of being sent over SMTP. Never given with `smtp`.
    pub mail_folder: Option<PathBuf>,
    /// The operator's own templates of mails.
    pub templates: TemplateFiles,
    /// Where readers and programs may ask the daemon something; `None`: nowhere.
    pub listen: Option<ListenSettings>,
    /// Who is told when something is wrong.
    pub operator: OperatorSettings,
    /// From which scores items are reported.
    pub thresholds: Thresholds,
    /// What the texts are searched for: the embedded words with the operator's own over them. It takes megabytes, and
    /// configurations without words of their own share it.
    pub vocabulary: Arc<Vocabulary>,
    /// The operator's own words as they stand in their files; by these it is known whether a vocabulary is another one.
    pub own_words: Vec<String>,
    /// How long stories are told on.
    pub stories: StoryWindow,
    /// How long what is stored is kept.
    pub retention: Retention,
}

/// Templates that are used instead of the built-in ones, as they were read; nothing of them is checked yet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TemplateFiles {
    /// The HTML part: its file and its text.
    pub html: Option<(PathBuf, String)>,
    /// The plain part: its file and its text.
    pub text: Option<(PathBuf, String)>,
}

/// How long what is stored is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Texts of items: long enough to explain an alert.
    pub texts: Duration,
    /// Keys of items: long enough that what comes back is known. Never less than `texts`.
    pub keys: Duration,
}

impl Default for Retention {
    /// 180 days and 2 years, as the design has them.
    fn default() -> Self {
        const DAY: u64 = 24 * 60 * 60;
        Self { texts: Duration::from_secs(180 * DAY), keys: Duration::from_secs(730 * DAY) }
    }
}
