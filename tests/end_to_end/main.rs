//! End to end: the built program against a real web server, a real mail server, a real database.
//!
//! One program of tests, so that what they share is built once and what nobody uses is seen.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test stops at the first surprise and says what it skipped, in its helpers as well"
)]
#![allow(clippy::format_push_string, clippy::format_collect, reason = "texts of a few lines, built once")]

#[path = "../support/mod.rs"]
mod support;

mod assess;
mod backtest;
mod backup;
mod bad_sources;
mod bad_state;
mod check;
mod commands;
mod daemon;
mod disk_full;
mod explain;
mod forms;
mod full_text;
mod guide;
mod harness;
mod kill;
mod label;
mod logins;
mod logs;
mod looking;
mod mail;
mod mail_faults;
mod manual;
mod metrics;
mod operator;
mod package;
mod polling;
mod proxies;
mod readers;
mod real_feeds;
mod real_mta;
mod reload;
mod robots;
mod send_test;
mod service_faults;
mod sources;
mod stories;
mod templates;
mod unreadable;
mod webhooks;
