//! The terms of the design as types: what the pipeline hands from stage to stage.
//!
//! Owns: the meaning of every value that crosses a module boundary. Calls: nothing of ours, and it
//! does no I/O. A value that exists here is valid: codes, addresses and names come into being only
//! by parsing, and "nothing new" or "not told" are values, not errors.

mod actor;
mod actor_table;
mod assessment;
mod ceiling;
mod change;
mod delivery;
mod entry;
mod grammar;
mod item;
mod json_path;
mod label;
mod language;
mod own_headers;
mod pace;
mod pattern;
mod points;
mod reason;
mod relation;
mod repair;
mod rest;
mod score;
mod settings;
mod source;
mod story;
mod subscriber;
mod subscription;
mod vocabulary;
mod watch;
mod way;
mod webhook;

pub use actor::{Actor, ActorKind, UnknownActor};
pub use assessment::{Assessment, CleanText, KindResult, Named};
pub use change::Change;
pub use delivery::{Delivery, DeliveryId, DeliveryState, FEWEST_ATTEMPTS, MessageId, Purpose, Recipient};
pub use entry::Entry;
pub use grammar::{Boundaries, Comma, Grammar, Markers, Modifiers, VerbPlace};
pub use item::{ItemId, ItemKey, KeyHash, KeyKind, KnownItem, MOST_KNOWN, Placed, Wording};
pub use json_path::{JsonPath, NoJsonPath};
pub use label::{Label, Labelled, Pair, Truth, Verdict};
pub use language::{BadLanguage, Language};
pub use own_headers::{Login, OwnHeaders};
pub use pace::{Asked, Interval, KnownAddress, Moved, Pace};
pub use pattern::{BadPattern, Pattern};
pub use points::Points;
pub use reason::DropReason;
pub use relation::{Action, Evidence, Field, Kind, Modality, Relation, Stage, UnknownTerm, strongest};
pub use repair::Repair;
pub use rest::{Rest, RestReason};
pub use score::Score;
pub use settings::{
    FetchSettings, ListenSettings, OperatorSettings, ProxySettings, Secret, SmtpSecurity, SmtpSettings,
};
pub use source::{
    Address, Ailment, IdentityRule, ListingRules, PageRules, Source, SourceForm, SourceName, Validators,
};
pub use story::{AlertId, DueAlert, Followed, MOST_VOTES, Story, StoryId, StoryWindow, ToldBy};
pub use subscriber::{Backlog, DeliverWhen, MailAddress, QuietHours, Subscriber, SubscriberKey};
pub use subscription::{BadToken, Standing, Subscription, Token};
pub use vocabulary::{
    ActorWords, Ambiguous, Cue, CueRole, LanguageWords, Side, Surface, SurfaceKind, Thresholds, Vocabulary,
    WordClass,
};
pub use watch::{Direction, NoWord, Watch, WatchName, WatchWord};
pub use way::Way;
pub use webhook::{BadWebhookName, BadWebhookSecret, Webhook, WebhookName, WebhookSecret};
