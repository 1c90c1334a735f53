//! The command line: one file for each command.
//!
//! Owns: arguments, output, exit codes. Calls: everything. Results go to standard output, the log
//! and complaints to standard error. An error is printed once, with its causes, and says by its
//! exit code (sysexits) whose it is to mend.

mod article;
mod assess;
mod assessed;
mod backtest;
mod backup;
mod check;
mod completions;
mod deliveries;
mod demo;
mod exit;
mod explain;
mod group;
mod items;
mod label;
mod man;
mod once;
mod opml;
mod output;
mod paint;
mod reload;
mod run;
mod runtime;
mod schema;
mod send_test;
mod settings;
mod source_table;
mod sources;
mod status;
mod stories;
mod subscribers;
mod try_source;
mod volume;

use crate::config::Config;
use crate::daemon::log::Format;
use crate::store::{Store, StoreError};
use clap::{Parser, Subcommand};
use exit::Failure;
use runtime::runtime;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tracing_subscriber::filter::LevelFilter;

/// Sanctions and alliances between the countries you watch, in your inbox.
#[derive(Debug, Parser)]
#[command(name = "sanctionwatch", version, max_term_width = 100, after_help = AFTER_HELP)]
struct Arguments {
    /// The configuration file.
    ///
    /// Where not given: $CONFIGURATION_DIRECTORY/sanctionwatch.toml, ./sanctionwatch.toml,
    /// ./config/sanctionwatch.toml, /etc/sanctionwatch/sanctionwatch.toml, the first that is there.
    #[arg(short, long, global = true, env = "SANCTIONWATCH_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,

    /// How much the log says: error, warn, info, debug or trace.
    #[arg(long, global = true, env = "SANCTIONWATCH_LOG", value_name = "LEVEL", default_value = "info")]
    log: LevelFilter,

    /// What the log looks like; where not given, the journal's own form under systemd, else text.
    #[arg(long, global = true, env = "SANCTIONWATCH_LOG_FORMAT", value_name = "FORMAT")]
    log_format: Option<LogFormat>,

    #[command(subcommand)]
    command: Command,
}

/// What the log looks like, where that is said.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum LogFormat {
    /// Lines for people.
    Text,
    /// JSON Lines: time, level, message, target, fields.
    Json,
}

impl From<Option<LogFormat>> for Format {
    fn from(said: Option<LogFormat>) -> Self {
        match said {
            None => Self::Automatic,
            Some(LogFormat::Text) => Self::Text,
            Some(LogFormat::Json) => Self::Json,
        }
    }
}

const AFTER_HELP: &str = "\
Start with `sanctionwatch demo`: it needs no network and no configuration, and shows what comes out
and why. Then `check` your configuration, try it with `once`, and let `run` watch.

Exit codes: 0 done; 64 wrong usage; 65 wrong input; 66 no such input; 69 no source or page could be reached, or (`status`) all is not well; 70 a fault of the
program; 73 the state cannot be made; 74 the state cannot be read or written; 75 in use, try later;
78 wrong configuration.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Watch: poll the sources on their schedules and deliver what is found, until stopped.
    Run,
    /// Have the running daemon read its configuration again.
    ///
    /// The files are checked first. Exits with 78 where they are wrong or, with --wait, where the daemon keeps the
    /// old configuration; with 69 where no daemon runs.
    Reload(reload::Arguments),
    /// Tell how things stand: whether the daemon runs, its sources, what waits, and what is wrong.
    ///
    /// Asks the database, and the daemon itself where it listens. Exits with 0 where all is well, and with 69 where
    /// no daemon runs, an alarm stands, the daemon does not answer, or it has asked no source for two hours though one
    /// was due. Single sources that fail are no alarm. The newest item is the one published last; one without a date
    /// counts from when it was first seen.
    Status(status::Arguments),
    /// Poll every source once, deliver what is due, print a summary.
    ///
    /// Exits with 0 where at least one source was reached, and with 69 where none was. A source
    /// whose server asked to wait is not asked before that.
    Once(once::Arguments),
    /// Show what the program does, without network or configuration.
    ///
    /// Serves sample feeds on this machine, runs the real daemon on them with a state of its own,
    /// delivers into `.eml` files, and shows what came out and why.
    Demo(demo::Arguments),
    /// Check the configuration: all errors and warnings at once, each with its place and what would be right.
    ///
    /// A warning is about what can be used and is hardly what was meant. Exits with 78 where there are errors, and
    /// with 0 where there are warnings only, but with --strict.
    Check(check::Arguments),
    /// Print a JSON Schema (2020-12) of the configuration file, for editors that complete and explain keys.
    ///
    /// The shipped files name it in their first line, as taplo understands it: `#:schema sanctionwatch.schema.json`.
    Schema(schema::Arguments),
    /// Judge news items: JSON Lines in, JSON Lines out, in the same order.
    ///
    /// A line holds {"id", "title", "summary"?, "body"?, "lang"?, "published"?, "source"?, "url"?}.
    /// A line that is no item gives {"line", "error"}, the others go on, and the exit code is 65.
    Assess(assess::Arguments),
    /// Put news items into stories: JSON Lines in time order in, JSON Lines out.
    ///
    /// Reads what `assess` reads and prints {"id", "story", "why", "like"?, "score"?, "follows"?, "change"?,
    /// "veto"?}. `story` is the id of the story's first item; `why` is new, duplicate, same event or
    /// development.
    Group(group::Arguments),
    /// Explain the judgement of a text, a page, or a stored item or story.
    ///
    /// Shows the text with its names and words marked, clause by clause; every point of the score with
    /// its rule, its words and their place; the frames that nearly fired, and what they lacked; and
    /// each watch, with why it does not match. Colours only on a terminal, and not with NO_COLOR.
    Explain(explain::Arguments),
    /// Replay items of the past: what this configuration would have told, and what another one would.
    ///
    /// Takes what is stored, without touching it, or --items or --feeds. With --against, tells story by story what
    /// appears, disappears and changes, with the evidence that makes the difference. With labels (`label`, or
    /// --labels), tells how right it is, and each mistake.
    Backtest(backtest::Arguments),
    /// Say of stories and items whether they were rightly told: for `backtest`, which measures by it.
    ///
    /// On a terminal it shows one story after the other and takes one key for each. `right`, `wrong` and `missed`
    /// say it of one; --file and --export take and give JSON Lines.
    Label(label::Arguments),
    /// List the sources and how they fare; with --try, show what an address would give.
    ///
    /// --try exits with 0 where it gives entries or announces feeds, with 65 where it cannot be read, and with 69
    /// where it cannot be reached.
    Sources(sources::Arguments),
    /// Turn an OPML list of feeds into `[[source]]` tables, printed or appended to a file.
    ///
    /// What the configuration or the file has already is left out, and so is what is no feed; standard error says
    /// what and why. Exits with 65 where a part of the list could not be read.
    ImportOpml(opml::Arguments),
    /// Print the configured feeds as an OPML list, for other programs.
    ExportOpml,
    /// List the stories that were alerted, or what was not and why.
    Stories(stories::Arguments),
    /// List the subscribers and how they stand; suspend, resume, unsubscribe, confirm and forget them.
    Subscribers(subscribers::Arguments),
    /// List, show, retry and drop deliveries.
    Deliveries(deliveries::Arguments),
    /// Make a consistent copy of the state, whether or not the daemon runs; with --restore, put one back.
    ///
    /// A copy is checked before it is put back, and the present state is kept under another name. Exits with 65
    /// where the copy cannot be used, and with 75 where a daemon holds the state.
    Backup(backup::Arguments),
    /// Send a sample alert and a sample digest to an address, and tell what the server said.
    ///
    /// Nothing is stored, and nobody else gets anything. Where it fails, the last lines say what to look at.
    SendTest(send_test::Arguments),
    /// Print what a shell needs to complete commands and options.
    ///
    /// For bash: sanctionwatch completions bash > ~/.local/share/bash-completion/completions/sanctionwatch
    Completions(completions::Arguments),
    /// Print the manual page of the program, or write the pages of all commands into a folder.
    Man(man::Arguments),
}

/// Reads the command line, runs it and gives the exit code.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are no errors; that printing them may fail is nothing to act on.
            let shown = error.print();
            drop(shown);
            return if error.use_stderr() { ExitCode::from(exit::USAGE) } else { ExitCode::SUCCESS };
        }
    };
    let colour = paint::is_wanted(&std::io::stderr());
    crate::daemon::log::start(arguments.log, arguments.log_format.into(), colour);
    let done = match &arguments.command {
        Command::Run => run::command(&arguments).map_err(Failure::for_a_log),
        Command::Reload(options) => reload::command(&arguments, options),
        Command::Status(options) => status::command(&arguments, options),
        Command::Once(options) => once::command(&arguments, options),
        Command::Demo(options) => demo::command(options),
        Command::Check(options) => check::command(&arguments, options),
        Command::Schema(options) => schema::command(options),
        Command::Assess(options) => assess::command(&arguments, options),
        Command::Group(options) => group::command(&arguments, options),
        Command::Explain(options) => explain::command(&arguments, options),
        Command::Backtest(options) => backtest::command(&arguments, options),
        Command::Label(options) => label::command(&arguments, options),
        Command::Sources(options) => sources::command(&arguments, options),
        Command::ImportOpml(options) => opml::import(&arguments, options),
        Command::ExportOpml => opml::export(&arguments),
        Command::Stories(options) => stories::command(&arguments, options),
        Command::Subscribers(options) => subscribers::command(&arguments, options),
        Command::Deliveries(options) => deliveries::command(&arguments, options),
        Command::Backup(options) => backup::command(&arguments, options),
        Command::SendTest(options) => send_test::command(&arguments, options),
        Command::Completions(options) => completions::command(options),
        Command::Man(options) => man::command(options),
    };
    match done {
        Ok(code) => code,
        Err(failure) => failure.report(paint::is_wanted(&std::io::stderr())),
    }
}

/// Whether there is a state, or nobody can say: reading it says why.
fn may_be_there(state: &Path) -> bool {
    state.try_exists().unwrap_or(true)
}

/// Reads from the state, which is neither made nor changed.
fn look<T>(config: &Config, read: impl AsyncFn(&Store) -> Result<T, StoreError>) -> Result<T, Failure> {
    Ok(runtime()?.block_on(Store::look(&config.state, read))?)
}
