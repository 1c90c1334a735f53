//! The templates of a mail: those of the program or a user's own, and the engine that fills them in.

use super::check;
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, Output, State, UndefinedBehavior, Value};
use std::borrow::Cow;
use std::fmt::{self, Write};

/// The names by which the engine knows the two templates.
const HTML: &str = "mail.html";
const TEXT: &str = "mail.txt";

/// What the templates are told. Their first lines say what each name means.
pub(super) const VARIABLES: &[&str] =
    &["subject", "count", "matrix", "groups", "more", "recipient", "unsubscribe"];

/// Which of the two parts of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TemplatePart {
    /// The part for mail programs that show HTML.
    Html,
    /// The part for all others.
    Text,
}

impl fmt::Display for TemplatePart {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            TemplatePart::Html => "HTML",
            TemplatePart::Text => "text",
        })
    }
}

/// What is wrong with a template, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the {part} template{}: {problem}", .line.map(|line| format!(", line {line}")).unwrap_or_default())]
pub struct TemplateError {
    /// In which template.
    pub part: TemplatePart,
    /// In which line, counted from one, where it has one.
    pub line: Option<usize>,
    /// What is wrong.
    pub problem: String,
}

/// The templates that mails of alerts are made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Templates {
    html: Cow<'static, str>,
    text: Cow<'static, str>,
}

impl Templates {
    /// Those of the program.
    #[must_use]
    pub const fn embedded() -> Self {
        Self {
            html: Cow::Borrowed(include_str!("../templates/mail.html")),
            text: Cow::Borrowed(include_str!("../templates/mail.txt")),
        }
    }

    /// The contents of a user's own files, where given, in the place of the program's; checked with
    /// samples. A template that the engine cannot read, that asks for what is not there, loads or runs
    /// anything, or does not say how to unsubscribe is an error.
    pub fn with_files(html: Option<String>, text: Option<String>) -> Result<Self, TemplateError> {
        let mut templates = Self::embedded();
        if let Some(html) = html {
            templates.html = Cow::Owned(html);
        }
        if let Some(text) = text {
            templates.text = Cow::Owned(text);
        }
        check::check(&templates)?;
        Ok(templates)
    }

    /// Whether one of them is a user's own.
    #[must_use]
    pub fn are_own(&self) -> bool {
        *self != Self::embedded()
    }

    /// The templates, ready to be filled in.
    pub(super) fn compiled(&self) -> Result<Compiled<'_>, minijinja::Error> {
        self.compiled_by(engine()?)
    }

    /// The templates, ready to be tried: an error says the name of what is not there.
    pub(super) fn compiled_to_try(&self) -> Result<Compiled<'_>, minijinja::Error> {
        let mut engine = engine()?;
        engine.set_debug(true);
        self.compiled_by(engine)
    }

    fn compiled_by<'a>(&'a self, engine: Environment<'a>) -> Result<Compiled<'a>, minijinja::Error> {
        let mut compiled = Compiled(engine);
        for part in [TemplatePart::Html, TemplatePart::Text] {
            compiled.0.add_template(name(part), self.source(part))?;
        }
        Ok(compiled)
    }

    /// What stands in a template.
    pub(super) fn source(&self, part: TemplatePart) -> &str {
        match part {
            TemplatePart::Html => &self.html,
            TemplatePart::Text => &self.text,
        }
    }
}

/// Both templates as the engine reads them.
#[derive(Debug)]
pub(super) struct Compiled<'a>(Environment<'a>);

impl Compiled<'_> {
    /// A template filled in with `told`.
    pub(super) fn render(&self, part: TemplatePart, told: &Value) -> Result<String, minijinja::Error> {
        self.0.get_template(name(part))?.render(told)
    }

    /// The names a template asks for that nobody tells it.
    pub(super) fn unknown(&self, part: TemplatePart) -> Result<Vec<String>, minijinja::Error> {
        let template = self.0.get_template(name(part))?;
        let globals: Vec<&str> = self.0.globals().map(|(name, _)| name).collect();
        let known = |name: &str| VARIABLES.contains(&name) || globals.contains(&name);
        let mut unknown: Vec<_> =
            template.undeclared_variables(false).into_iter().filter(|name| !known(name)).collect();
        unknown.sort();
        Ok(unknown)
    }
}

const fn name(part: TemplatePart) -> &'static str {
    match part {
        TemplatePart::Html => HTML,
        TemplatePart::Text => TEXT,
    }
}

/// The engine: it asks for what is not there in vain, and no text becomes markup by it.
pub(super) fn engine<'a>() -> Result<Environment<'a>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // An error would hold all that the mail tells.
    environment.set_debug(false);
    environment.set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build()?);
    environment.set_formatter(escape);
    // It would let a feed's markup through.
    environment.remove_filter("safe");
    Ok(environment)
}

/// Writes a value into a template: as it is in plain text, else escaped. Which of both goes by the
/// template's name, so that no `autoescape` block switches it off. Unlike the engine's own escaping it
/// leaves `/` alone, which does no harm and would make every link unreadable. What is safe already was
/// written by a macro, from values that went through here.
fn escape(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), minijinja::Error> {
    let text = value.to_string();
    if state.name().strip_suffix(".txt").is_some() || value.is_safe() {
        return Ok(out.write_str(&text)?);
    }
    for letter in text.chars() {
        match letter {
            '&' => out.write_str("&amp;")?,
            '<' => out.write_str("&lt;")?,
            '>' => out.write_str("&gt;")?,
            '"' => out.write_str("&quot;")?,
            '\'' => out.write_str("&#39;")?,
            _ => out.write_char(letter)?,
        }
    }
    Ok(())
}
