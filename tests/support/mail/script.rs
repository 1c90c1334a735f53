//! How the mail server behaves: what it refuses, where it breaks off, how long it takes.

use crate::support::Log;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How the server behaves. Every reply is a whole line without its end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Script {
    /// To RCPT for this address.
    pub(crate) recipients: BTreeMap<&'static str, &'static str>,
    /// Offers AUTH and answers it like this.
    pub(crate) login: Option<&'static str>,
    /// To a message with these words, after its final dot.
    pub(crate) refused_words: Option<(&'static str, &'static str)>,
    /// What goes wrong at a stage.
    pub(crate) faults: Vec<Fault>,
    /// Stands at a stage.
    pub(crate) gate: Option<Gate>,
    /// Passes before every reply.
    pub(crate) before_replies: Option<Moments>,
    /// Passes between a final dot and its answer, the message kept, and once more after the answer.
    pub(crate) around_dot: Option<Moments>,
}

impl Script {
    /// What is done at this pass of `stage` instead of what should be; first waits at a gate that stands
    /// there.
    pub(super) fn fault(&self, stage: Stage) -> Option<Act> {
        if let Some(gate) = self.gate.as_ref().filter(|gate| gate.stage == stage) {
            gate.pass();
        }
        self.faults.iter().filter(|fault| fault.stage == stage).find_map(Fault::strike)
    }
}

/// A point of the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Greeting,
    StartTls,
    Sender,
    Recipient,
    Data,
    /// In the middle of a message's text.
    Text,
    /// After a final dot. A message whose sender is told nothing there is kept all the same.
    Dot,
    Reset,
}

/// What is done instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// Says this.
    Say(&'static str),
    /// Says this and hangs up.
    Bye(&'static str),
    /// Hangs up.
    Cut,
    /// Says nothing more.
    Silence,
    /// Says these bytes again and again.
    Flood(&'static str),
    /// Says one line of five megabytes.
    LongLine,
}

impl Act {
    /// Whether the sender learns that its message was not taken.
    pub(super) fn is_answer(self) -> bool {
        matches!(self, Self::Say(_) | Self::Bye(_))
    }
}

/// Where the server says nothing until a test opens it, for good.
#[derive(Debug, Clone)]
pub(crate) struct Gate {
    stage: Stage,
    reached: Arc<Log<()>>,
    opened: Arc<Log<()>>,
}

impl Gate {
    /// A closed gate.
    pub(crate) fn at(stage: Stage) -> Self {
        Self { stage, reached: Arc::default(), opened: Arc::default() }
    }

    /// Waits until a sender stands before it.
    pub(crate) fn wait_until_reached(&self) {
        assert!(self.reached.wait(|reached| !reached.is_empty()).is_ok(), "nobody came to {:?}", self.stage);
    }

    pub(crate) fn open(&self) {
        self.opened.push(());
    }

    fn pass(&self) {
        self.reached.push(());
        // A test that failed before it could open it keeps no server for ever.
        let _opened = self.opened.wait(|opened| !opened.is_empty());
    }
}

/// Something that goes wrong.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    stage: Stage,
    when: Range<usize>,
    act: Act,
    /// How often the stage was reached.
    passes: Arc<AtomicUsize>,
}

impl Fault {
    /// At these passes of `stage`, counted from 0 over all sessions.
    pub(crate) fn new(stage: Stage, when: Range<usize>, act: Act) -> Self {
        Self { stage, when, act, passes: Arc::default() }
    }

    /// At every pass of `stage`.
    pub(crate) fn always(stage: Stage, act: Act) -> Self {
        Self::new(stage, 0..usize::MAX, act)
    }

    fn strike(&self) -> Option<Act> {
        self.when.contains(&self.passes.fetch_add(1, Ordering::SeqCst)).then_some(self.act)
    }
}

/// Moments of random lengths, from a seed.
#[derive(Debug, Clone)]
pub(crate) struct Moments {
    dice: Arc<Mutex<fastrand::Rng>>,
    most: Duration,
}

impl Moments {
    pub(crate) fn new(seed: u64, most: Duration) -> Self {
        Self { dice: Arc::new(Mutex::new(fastrand::Rng::with_seed(seed))), most }
    }

    /// The time until the next moment is over is what the sender has to bear.
    pub(super) fn pass(&self) {
        let share = self.dice.lock().unwrap_or_else(PoisonError::into_inner).f64();
        std::thread::sleep(self.most.mul_f64(share));
    }
}
