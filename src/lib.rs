//! sanctionwatch: sanctions and alliances between the countries you watch, in your inbox.
//!
//! The tree is the pipeline. An item goes one way through it, and what is decided is decided by
//! pure functions; `fetch`, `store` and `deliver` touch the world, `daemon` owns tasks, time and
//! signals:
//!
//! ```text
//! config/*.toml ─► config ─── checked values, handed down ──────────────┐
//!                                                                       ▼
//! the web ─► fetch ─► parse ─► identify ─► assess ─► group ─► alerting ─► store ─► deliver
//!            bytes    entries  items       relations stories  alerts      one        mail, files,
//!                                                                         transaction journal,
//!                                                                                     webhooks
//! schedule: (outcome, history, now) ─► when to poll, when to try again
//! serve: readers' links and monitors' questions ─► answers
//! telling: what the pure stages together make of an item and of a story
//! backtest: items of the past ─► the same stages ─► what would have been told, and how right that is
//! ```
//!
//! The words and the grammar of a language stand in `config/vocabulary` and `config/actors`: `config`
//! reads them (the shipped ones in `build.rs`, while the program is built), `assess` compiles them. Code knows of a
//! language only what tells it from others.
//!
//! `domain` imports nothing of ours, `text` and `parallel` neither. The pure modules import `domain`
//! and `text`, and those that build the vocabulary `parallel`; `telling` and `backtest` put pure modules together,
//! and import those;
//! `net` and `store` import `domain`; `fetch` imports `domain` and `net`; `deliver` imports `domain`,
//! `net` and `text`; `serve`, `daemon` and `cli` import everything; siblings do not import each other. A test
//! (`tests/house.rs`) reads the `use crate::` lines and keeps it so.

pub mod alerting;
pub mod assess;
pub mod backtest;
pub mod cli;
pub mod config;
pub mod daemon;
pub mod deliver;
pub mod domain;
pub mod fetch;
pub mod group;
pub mod identify;
pub mod net;
pub mod parallel;
pub mod parse;
pub mod schedule;
pub mod serve;
pub mod store;
pub mod telling;
pub mod text;
