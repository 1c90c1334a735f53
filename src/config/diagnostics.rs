//! Diagnostics: errors and warnings with their file, line, column and text, for people and for programs.
//!
//! What is shown ends in a journal, so secrets and the local parts of mail addresses are starred
//! out of the text, and of what is said of it, first (`secrets`).

use super::secrets::{without_secrets, without_secrets_in_words};
use super::source_file::{SourceFile, floor_boundary, place};
use super::{Problem, Severity};
use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde::Serialize;
use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// Why a configuration cannot be used: at least one error, and the warnings besides, ordered by file and place.
#[derive(Debug, Clone)]
pub struct ConfigErrors {
    findings: Findings,
    files: Vec<PathBuf>,
    may_pass: bool,
}

/// What was found in a configuration, ordered by file and place. As JSON: a list.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(transparent)]
pub struct Findings {
    diagnostics: Vec<Diagnostic>,
}

/// One problem at one place. As JSON: severity, file, line, column, message, help.
#[derive(Debug, Clone, Serialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// The file, as it was named.
    pub file: PathBuf,
    /// The line, from 1; `None` where it is about the whole file.
    pub line: Option<usize>,
    /// The column in characters, from 1.
    pub column: Option<usize>,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What would be right, where that can be said.
    pub help: Option<String>,
    /// The file's text without its secrets, and the bytes to underline.
    #[serde(skip)]
    shown: Option<(Arc<str>, Range<usize>)>,
}

impl ConfigErrors {
    /// Findings with at least one error, in files that were read in this order.
    pub(super) fn new(findings: Findings, files: Vec<PathBuf>) -> Self {
        Self { findings, files, may_pass: false }
    }

    /// The same, where a file could only not be read at this moment.
    pub(super) fn that_may_pass(self) -> Self {
        Self { may_pass: true, ..self }
    }

    /// Whether the next try may succeed though nobody has changed anything: the disk or the system failed.
    pub fn is_temporary(&self) -> bool {
        self.may_pass
    }

    /// What was found: the errors, and the warnings besides.
    pub fn findings(&self) -> &Findings {
        &self.findings
    }

    /// The errors and warnings, ordered by file and place.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.findings.iter()
    }

    /// The errors in words, with their places, on one line: for a log, which has no room for a drawing.
    pub fn in_a_line(&self) -> String {
        let errors: Vec<String> = self.findings.of(Severity::Error).map(Diagnostic::in_a_line).collect();
        format!("{}: {}", self.findings.in_numbers(), errors.join("; "))
    }

    /// The files that were read, as far as they could be.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }
}

impl Findings {
    /// All problems of these files.
    pub(super) fn collect(files: Vec<SourceFile>) -> Self {
        Self { diagnostics: files.into_iter().flat_map(diagnose).collect() }
    }

    /// How many there are of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.of(severity).count()
    }

    /// Those of a severity, ordered by file and place.
    pub fn of(&self, severity: Severity) -> impl Iterator<Item = &Diagnostic> {
        self.iter().filter(move |diagnostic| diagnostic.severity == severity)
    }

    /// All, ordered by file and place.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.diagnostics.iter()
    }

    /// All problems with their text underlined; with colours where `styled`, for a terminal.
    pub fn render(&self, styled: bool) -> String {
        let renderer = if styled {
            Renderer::styled().decor_style(DecorStyle::Unicode)
        } else {
            Renderer::plain().decor_style(DecorStyle::Ascii)
        };
        let mut text = String::new();
        for diagnostic in &self.diagnostics {
            text.push_str(renderer.render(&[diagnostic.group()]).trim_end());
            text.push_str("\n\n");
        }
        text + &self.in_numbers()
    }

    /// "2 problems, 1 warning".
    pub fn in_numbers(&self) -> String {
        let counted = |severity, word: &str| {
            let count = self.count(severity);
            (count > 0).then(|| format!("{count} {word}{}", if count == 1 { "" } else { "s" }))
        };
        let parts = [counted(Severity::Error, "problem"), counted(Severity::Warning, "warning")];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

impl fmt::Display for ConfigErrors {
    /// As for a file or a pipe, without colours.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.findings.render(false))
    }
}

impl std::error::Error for ConfigErrors {}

impl Diagnostic {
    /// Where it is: file, line and column.
    pub fn place(&self) -> String {
        let file = self.file.display();
        match self.line.zip(self.column) {
            Some((line, column)) => format!("{file}:{line}:{column}"),
            None => file.to_string(),
        }
    }

    fn in_a_line(&self) -> String {
        let help = self.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
        format!("{}: {}{help}", self.place(), self.message)
    }

    fn group(&self) -> Group<'_> {
        let path = self.file.to_string_lossy().into_owned();
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let title = level.primary_title(self.message.as_str());
        let group = match &self.shown {
            Some((text, span)) => title.element(
                Snippet::source(&**text).path(path).annotation(AnnotationKind::Primary.span(span.clone())),
            ),
            None => title.element(Origin::path(path)),
        };
        match &self.help {
            Some(help) => group.element(Level::HELP.message(help.as_str())),
            None => group,
        }
    }
}

fn diagnose(file: SourceFile) -> Vec<Diagnostic> {
    let (path, text, problems) = file.into_problems();
    if problems.is_empty() {
        return Vec::new();
    }
    let shown: Arc<str> = without_secrets(&text).into();
    problems
        .into_iter()
        .map(|Problem { severity, span, message, help }| {
            let place = span.as_ref().map(|span| place(&text, span.start));
            Diagnostic {
                severity,
                file: path.clone(),
                line: place.map(|(line, _)| line),
                column: place.map(|(_, column)| column),
                message: without_secrets_in_words(&message),
                help,
                shown: span.map(|span| (Arc::clone(&shown), one_line(&shown, &span))),
            }
        })
        .collect()
}

/// The part of a span on its first line: underlining a whole table would show more than is wrong.
fn one_line(text: &str, span: &Range<usize>) -> Range<usize> {
    let start = floor_boundary(text, span.start);
    let end = floor_boundary(text, span.end).max(start);
    let line_end = text[start..end].find(['\n', '\r']).map_or(end, |index| start + index);
    start..line_end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_over_lines_is_shown_as_its_first() {
        assert_eq!(one_line("ab\ncd", &(0..5)), 0..2);
        assert_eq!(one_line("aé", &(2..99)), 1..3);
    }
}
