//! The text in which a monitor reads numbers: Prometheus' exposition format 0.0.4. Pure.

use std::fmt::{self, Display, Write};

/// What the format is called in an answer's head.
pub(super) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What kind of number a family has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It only grows, and begins anew with the process.
    Counter,
    /// It goes up and down.
    Gauge,
    /// Observations, counted by how large they were.
    Histogram,
}

impl Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        })
    }
}

/// Names and values by which a number is told from the others of its family.
pub type Labels<'a> = &'a [(&'static str, &'a str)];

/// A page in the making.
#[derive(Debug, Default)]
pub struct Exposition {
    text: String,
}

impl Exposition {
    /// Begins a family: all numbers of one name stand together.
    pub fn family(&mut self, name: &'static str, kind: Kind, help: &str) -> Family<'_> {
        let help = help.replace('\\', "\\\\").replace('\n', "\\n");
        self.line(format_args!("# HELP {name} {help}"));
        self.line(format_args!("# TYPE {name} {kind}"));
        Family { page: self, name }
    }

    /// The whole page.
    #[must_use]
    pub fn finish(self) -> String {
        self.text
    }

    fn line(&mut self, line: fmt::Arguments<'_>) {
        // A text takes everything.
        let _written = writeln!(self.text, "{line}");
    }
}

/// The numbers of one name.
#[derive(Debug)]
pub struct Family<'a> {
    page: &'a mut Exposition,
    name: &'static str,
}

impl Family<'_> {
    /// One number.
    pub fn sample(&mut self, labels: Labels<'_>, value: impl Display) -> &mut Self {
        let (name, labels) = (self.name, written(labels, None));
        self.page.line(format_args!("{name}{labels} {value}"));
        self
    }

    /// Observations: how many were at most as large as each bound, in seconds, how many there were in all, and
    /// their sum.
    pub fn histogram(
        &mut self,
        labels: Labels<'_>,
        buckets: impl Iterator<Item = (f64, u64)>,
        (count, sum): (u64, f64),
    ) -> &mut Self {
        let name = self.name;
        for (bound, below) in buckets {
            let labels = written(labels, Some(&bound.to_string()));
            self.page.line(format_args!("{name}_bucket{labels} {below}"));
        }
        let all = written(labels, Some("+Inf"));
        let labels = written(labels, None);
        self.page.line(format_args!("{name}_bucket{all} {count}"));
        self.page.line(format_args!("{name}_sum{labels} {sum}"));
        self.page.line(format_args!("{name}_count{labels} {count}"));
        self
    }
}

fn written(labels: Labels<'_>, bound: Option<&str>) -> String {
    let all: Vec<String> = labels
        .iter()
        .copied()
        .chain(bound.map(|bound| ("le", bound)))
        .map(|(name, value)| {
            let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            format!("{name}=\"{value}\"")
        })
        .collect();
    if all.is_empty() { String::new() } else { format!("{{{}}}", all.join(",")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_says_what_it_is_before_its_numbers() {
        let mut page = Exposition::default();
        page.family("polls_total", Kind::Counter, "Polls.\nBy \\ outcome.")
            .sample(&[("outcome", "changed")], 3)
            .sample(&[("outcome", "a \"b\"\\\nc")], 0.5);
        page.family("age_seconds", Kind::Gauge, "Age.").sample(&[], 12);
        page.family("poll_seconds", Kind::Histogram, "Time.").histogram(
            &[],
            [(0.1, 1), (5.0, 2)].into_iter(),
            (3, 7.25),
        );
        assert_eq!(
            page.finish(),
            "# HELP polls_total Polls.\\nBy \\\\ outcome.\n# TYPE polls_total counter\n\
             polls_total{outcome=\"changed\"} 3\npolls_total{outcome=\"a \\\"b\\\"\\\\\\nc\"} 0.5\n\
             # HELP age_seconds Age.\n# TYPE age_seconds gauge\nage_seconds 12\n\
             # HELP poll_seconds Time.\n# TYPE poll_seconds histogram\n\
             poll_seconds_bucket{le=\"0.1\"} 1\npoll_seconds_bucket{le=\"5\"} 2\n\
             poll_seconds_bucket{le=\"+Inf\"} 3\npoll_seconds_sum 7.25\npoll_seconds_count 3\n"
        );
    }
}
