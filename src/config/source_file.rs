//! One text under examination: where its problems are collected, and marks that point into it.

use super::{Problem, Severity};
use std::cell::RefCell;
use std::fmt;
use std::ops::Range;
use std::path::PathBuf;

/// A configuration text with the problems found in it so far.
#[derive(Debug)]
pub(super) struct SourceFile {
    pub(super) path: PathBuf,
    pub(super) text: String,
    problems: RefCell<Vec<Problem>>,
    /// Where it does not parse. What is missing from such a file may only not have been read.
    syntax: RefCell<Vec<Problem>>,
}

impl SourceFile {
    pub(super) fn new(path: PathBuf, text: String) -> Self {
        Self { path, text, problems: RefCell::default(), syntax: RefCell::default() }
    }

    pub(super) fn report(&self, problem: Problem) {
        self.problems.borrow_mut().push(problem);
    }

    pub(super) fn report_syntax(&self, problem: Problem) {
        self.syntax.borrow_mut().push(problem);
    }

    pub(super) fn is_broken(&self) -> bool {
        !self.syntax.borrow().is_empty()
    }

    /// Whether something was told of that keeps the configuration from being used.
    pub(super) fn has_errors(&self) -> bool {
        let is_error = |problem: &Problem| problem.severity == Severity::Error;
        self.is_broken() || self.problems.borrow().iter().any(is_error)
    }

    /// The problems in the order of their places; those about the whole file first. Of a line that
    /// does not parse only that is told: what was read of it is a guess.
    pub(super) fn into_problems(self) -> (PathBuf, String, Vec<Problem>) {
        let line = |problem: &Problem| problem.span.as_ref().map(|span| place(&self.text, span.start).0);
        let syntax = self.syntax.into_inner();
        let broken: Vec<Option<usize>> = syntax.iter().map(line).collect();
        let mut problems = self.problems.into_inner();
        problems.retain(|problem| broken.is_empty() || !broken.contains(&line(problem)));
        problems.extend(syntax);
        problems.sort_by_key(|problem| problem.span.as_ref().map(|span| (span.start, span.end)));
        (self.path, self.text, problems)
    }

    /// Line and column of a byte, both from 1; the column counts characters.
    pub(super) fn place(&self, byte: usize) -> (usize, usize) {
        place(&self.text, byte)
    }
}

/// Line and column of a byte of a text, both from 1; the column counts characters.
pub(super) fn place(text: &str, byte: usize) -> (usize, usize) {
    let before = &text[..floor_boundary(text, byte)];
    let line_start = before.rfind('\n').map_or(0, |index| index + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// The nearest character boundary at or before `byte`.
pub(super) fn floor_boundary(text: &str, byte: usize) -> usize {
    let mut byte = byte.min(text.len());
    while !text.is_char_boundary(byte) {
        byte -= 1;
    }
    byte
}

/// A place in a text that problems can be reported at.
#[derive(Clone)]
pub(super) struct Mark<'t> {
    pub(super) file: &'t SourceFile,
    pub(super) span: Range<usize>,
}

impl Mark<'_> {
    /// Reports what is wrong here.
    pub(super) fn wrong(&self, message: impl Into<String>) {
        self.report(Severity::Error, message.into(), None);
    }

    /// Reports what is wrong here and what would be right.
    pub(super) fn wrong_with_help(&self, message: impl Into<String>, help: impl Into<String>) {
        self.report(Severity::Error, message.into(), Some(help.into()));
    }

    /// Reports what is odd here: consistent, and hardly meant.
    pub(super) fn odd(&self, message: impl Into<String>, help: impl Into<String>) {
        self.report(Severity::Warning, message.into(), Some(help.into()));
    }

    /// Reports that something is not there, unless the file is broken and it may only not have
    /// been read.
    pub(super) fn missing(&self, message: impl Into<String>, help: impl Into<String>) {
        if !self.file.is_broken() {
            self.wrong_with_help(message, help);
        }
    }

    fn report(&self, severity: Severity, message: String, help: Option<String>) {
        self.file.report(Problem { severity, span: Some(self.span.clone()), message, help });
    }
}

impl fmt::Display for Mark<'_> {
    /// `sanctionwatch.toml:12`: enough to find the other one of two.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (line, _) = self.file.place(self.span.start);
        write!(formatter, "{}:{line}", self.file.path.display())
    }
}
