//! `status`: how things stand, for a person or for a program.
//!
//! The lock says whether a daemon runs, the database how its sources and its mail stand. Where the daemon listens
//! it is asked, too: that it answers is worth knowing, and it sees an alarm before the database has it.

use super::exit::{Failure, UNAVAILABLE};
use super::{Arguments as Global, look, may_be_there, output, settings};
use crate::config::Config;
use crate::daemon::{Clock, Standing, alarm_in_words, asleep};
use crate::domain::DeliveryState;
use crate::store::{Gauges, StateLock};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};
use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// How long the daemon is waited for at each step.
const PATIENCE: Duration = Duration::from_secs(2);

/// Most of an answer that is read.
const MOST_BYTES: u64 = 64 * 1024;

/// Most sources that are named to a person.
const MOST_NAMED: usize = 20;

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn command(global: &Global, options: &Arguments) -> Result<ExitCode, Failure> {
    let config = settings::load(global)?;
    let report = Report::of(&config)?;
    let mut out = output::stdout();
    if options.json {
        output::json_line(&mut out, &report.as_json())?;
    } else {
        report.print(&mut out)?;
    }
    out.flush()?;
    Ok(if report.is_healthy() { ExitCode::SUCCESS } else { ExitCode::from(UNAVAILABLE) })
}

/// What is known.
struct Report {
    now: Timestamp,
    state: PathBuf,
    /// The process that holds the state, and since when.
    process: Option<(NonZeroU32, Option<Timestamp>)>,
    /// Where the daemon listens, and whether it answered.
    listener: Option<(SocketAddr, bool)>,
    sources: Standing,
    /// How long the machine has slept since it was started.
    asleep: SignedDuration,
    gauges: Gauges,
    alarms: Vec<String>,
}

impl Report {
    fn of(config: &Config) -> Result<Self, Failure> {
        let state = config.state.clone();
        let process = StateLock::holder(&state)?.map(|process| (process, StateLock::since(&state)));
        let (states, gauges, alarms) = if may_be_there(&state) {
            look(config, async |store| {
                Ok((store.source_states().await?, store.gauges().await?, store.alarms().await?))
            })?
        } else {
            Default::default()
        };
        let asked = config.listen.as_ref().filter(|_| process.is_some()).map(|listen| listen.address);
        let heard = asked.map(|address| (address, ask(address)));
        let listener = heard.as_ref().map(|(address, heard)| (*address, heard.is_ok()));
        let alarms = match heard {
            Some((_, Ok(heard))) => heard.alarms,
            _ => alarms.iter().map(|(name, since)| alarm_in_words(name, *since)).collect(),
        };
        let sources = Standing::of(&config.sources, &states);
        let now = Clock::System.now();
        Ok(Self { now, state, process, listener, sources, asleep: asleep(), gauges, alarms })
    }

    fn is_healthy(&self) -> bool {
        self.process.is_some()
            && self.alarms.is_empty()
            && self.listener.is_none_or(|(_, answered)| answered)
            && self.overdue().is_none()
    }

    /// Since when the daemon should have asked a source and has asked none.
    fn overdue(&self) -> Option<Timestamp> {
        let (_, started) = self.process?;
        self.sources.overdue(self.now, started, self.asleep)
    }

    /// What is no alarm, and not as it should be.
    fn remarks(&self) -> Vec<String> {
        let hangs = self.overdue().map(|since| {
            let last = self.process.and_then(|(_, started)| started).max(self.sources.last_poll);
            let [last, due] = [last.unwrap_or(since), since].map(|then| {
                output::span(self.now.duration_since(then).as_secs())
            });
            format!(
                "No source was asked for {last}, though one has been due for {due}: the daemon may hang, or cannot write \
                 its state"
            )
        });
        let unread = self.sources.all_fail().then(|| {
            "No source that was asked can be read. Where that lasts, it becomes an alarm".to_owned()
        });
        hangs.into_iter().chain(unread).collect()
    }

    fn print(&self, out: &mut impl Write) -> io::Result<()> {
        let ago = |then| output::ago(self.now, then);
        match self.process {
            None => writeln!(out, "No daemon runs on {}.", self.state.display())?,
            Some((process, since)) => {
                let since = since.map(|since| format!(", started {}", ago(Some(since)))).unwrap_or_default();
                writeln!(out, "The daemon runs: process {process}{since}.")?;
            }
        }
        match self.listener {
            Some((address, false)) => writeln!(out, "It does not answer at {address}.")?,
            Some((address, true)) => writeln!(out, "It answers at {address}.")?,
            None => {}
        }
        let sources = &self.sources;
        let not_asked = match sources.not_asked.len() {
            0 => String::new(),
            number => format!(", {number} not asked yet"),
        };
        writeln!(
            out,
            "Sources: {} of {} healthy{not_asked}; last asked {}, newest item {}.",
            sources.healthy(),
            sources.configured,
            ago(sources.last_poll),
            sources.newest.map_or_else(|| "none yet".to_owned(), |newest| ago(Some(newest)))
        )?;
        for remark in self.remarks() {
            writeln!(out, "  ! {remark}.")?;
        }
        for failing in sources.failing.iter().take(MOST_NAMED) {
            let (since, reason) = (ago(failing.since), output::plain(&failing.reason));
            writeln!(out, "  ✗ {}: {reason} (first {since})", failing.source)?;
        }
        if let Some(more) = sources.failing.len().checked_sub(MOST_NAMED).filter(|more| *more > 0) {
            writeln!(out, "  and {more} more: sanctionwatch sources --failing")?;
        }
        for stale in sources.stale.iter().take(MOST_NAMED) {
            writeln!(out, "  ! {stale}: nothing new for long")?;
        }
        let gauges = &self.gauges;
        let [pending, in_doubt] =
            [DeliveryState::Pending, DeliveryState::InDoubt].map(|state| gauges.in_state(state));
        let oldest = gauges.oldest_open.map(|made| format!(", the oldest made {}", ago(Some(made))));
        writeln!(out, "Messages: {pending} waiting, {in_doubt} in doubt{}.", oldest.unwrap_or_default())?;
        let next = gauges.next_alert.map(|next| format!(", the next due {}", ago(Some(next))));
        writeln!(
            out,
            "Alerts: {} waiting for a message{}.",
            gauges.alerts_waiting,
            next.unwrap_or_default()
        )?;
        if self.alarms.is_empty() {
            return writeln!(out, "Alarms: none.");
        }
        writeln!(out, "Alarms:")?;
        self.alarms.iter().try_for_each(|alarm| writeln!(out, "  ✗ {}", output::plain(alarm)))
    }

    fn as_json(&self) -> Value {
        let sources = &self.sources;
        let failing = sources.failing.iter().map(
            |failing| json!({ "source": failing.source, "reason": failing.reason, "since": failing.since }),
        );
        let count = |state| self.gauges.in_state(state);
        json!({
            "healthy": self.is_healthy(),
            "daemon": self.process.map(|(process, since)| json!({ "pid": process, "since": since })),
            "listener": self.listener.map(|(address, answers)| json!({ "address": address, "answers": answers })),
            "sources": {
                "configured": sources.configured,
                "healthy": sources.healthy(),
                "failing": failing.collect::<Vec<_>>(),
                "not_asked": sources.not_asked,
                "overdue_since": self.overdue(),
                "stale": sources.stale,
                "gone": sources.gone,
                "last_poll": sources.last_poll,
                "newest_item": sources.newest,
            },
            "deliveries": {
                "pending": count(DeliveryState::Pending),
                "in_doubt": count(DeliveryState::InDoubt),
                "oldest": self.gauges.oldest_open,
            },
            "alerts": { "waiting": self.gauges.alerts_waiting, "next": self.gauges.next_alert },
            "alarms": self.alarms,
            "remarks": self.remarks(),
        })
    }
}

/// What the daemon says of itself.
#[derive(Debug, Deserialize)]
struct Heard {
    alarms: Vec<String>,
}

/// Asks the daemon at its own listener. Whatever else listens there gives no such answer.
fn ask(address: SocketAddr) -> io::Result<Heard> {
    // Who listens at every address is reached at that of this machine.
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    let mut stream = TcpStream::connect_timeout(&SocketAddr::new(ip, address.port()), PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.take(MOST_BYTES).read_to_string(&mut answer)?;
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    serde_json::from_str(body).map_err(io::Error::other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::daemon::FailingSource;
    use crate::domain::SourceName;
    use jiff::SignedDuration;

    fn report() -> Report {
        let now: Timestamp = "2026-08-12T09:00:00Z".parse().unwrap();
        let ago = |minutes| Some(now - SignedDuration::from_mins(minutes));
        let name = |name| SourceName::new(name).unwrap();
        Report {
            now,
            state: PathBuf::from("/var/lib/sanctionwatch/state/sanctionwatch.db"),
            process: NonZeroU32::new(4711).map(|process| (process, ago(300))),
            listener: Some(("127.0.0.1:8642".parse().unwrap(), true)),
            sources: Standing {
                configured: 64,
                failing: vec![FailingSource {
                    source: name("Harbour Times"),
                    reason: "the server answers 404\u{1b}[31m".to_owned(),
                    since: ago(180),
                }],
                not_asked: vec![name("Border Post")],
                stale: vec![name("Treasury Gazette")],
                gone: Vec::new(),
                last_poll: ago(2),
                next_due: ago(-1),
                last_success: ago(2),
                newest: ago(12),
            },
            asleep: SignedDuration::ZERO,
            gauges: Gauges {
                deliveries: vec![(DeliveryState::Pending, 2), (DeliveryState::InDoubt, 1)],
                oldest_open: ago(20),
                alerts_waiting: 3,
                next_alert: Some(now + SignedDuration::from_hours(5)),
                bytes: 4096,
            },
            alarms: Vec::new(),
        }
    }

    fn text(report: &Report) -> String {
        let mut out = Vec::new();
        report.print(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_person_reads_how_things_stand() {
        insta::assert_snapshot!(text(&report()));
    }

    #[test]
    fn a_program_reads_how_things_stand() {
        insta::assert_snapshot!(serde_json::to_string_pretty(&report().as_json()).unwrap());
    }

    #[test]
    fn all_is_well_only_where_a_daemon_runs_answers_and_has_no_alarm() {
        assert!(report().is_healthy());
        let stopped = Report { process: None, listener: None, ..report() };
        let deaf = Report { listener: report().listener.map(|(address, _)| (address, false)), ..report() };
        let late = Some(report().now - SignedDuration::from_mins(200));
        let hanging =
            Report { sources: Standing { last_poll: late, next_due: late, ..report().sources }, ..report() };
        let alarmed = Report { alarms: vec!["no mail can be delivered since 07:00".to_owned()], ..report() };
        for (wrong, words) in [
            (stopped, "No daemon runs on /var/lib"),
            (deaf, "does not answer at 127.0.0.1:8642"),
            (alarmed, "✗ no mail can be delivered"),
            (hanging, "No source was asked for 3 h, though one has been due for 3 h: the daemon may hang"),
        ] {
            let told = text(&wrong);
            assert!(!wrong.is_healthy() && told.contains(words), "{told}");
        }
    }

    #[test]
    fn that_no_source_can_be_read_is_remarked_before_it_is_an_alarm() {
        let failing = report().sources.failing;
        let unread = Report { sources: Standing { configured: 2, failing, ..report().sources }, ..report() };
        let told = text(&unread);
        assert!(told.contains("Sources: 0 of 2 healthy, 1 not asked yet;"), "{told}");
        assert!(told.contains("! No source that was asked can be read."), "{told}");
        assert_eq!(unread.as_json()["remarks"].as_array().map(Vec::len), Some(1));
        assert_eq!(report().as_json()["remarks"].as_array().map(Vec::len), Some(0));
    }
}
