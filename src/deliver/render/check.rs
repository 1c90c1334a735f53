//! Whether templates can be used: tried on samples, and their mails looked through for what a mail
//! must not hold.

use super::MAX_HTML_BYTES;
use super::letterhead::UnsubscribeView;
use super::parts::{Matter, encoded_length};
use super::templates::{TemplateError, TemplatePart, Templates, VARIABLES};
use crate::deliver::clean::shorten;
use crate::deliver::sample::sample_alerts;
use crate::domain::WatchName;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use scraper::node::Element;
use scraper::{Html, Node};

/// Elements that load, run or send something, whatever their attributes.
const ACTIVE_ELEMENTS: &[&str] = &[
    "applet", "audio", "base", "embed", "form", "frame", "iframe", "image", "img", "input", "link", "math",
    "object", "picture", "portal", "script", "source", "svg", "track", "video",
];

/// Attributes that load something.
const LOADING_ATTRIBUTES: &[&str] = &[
    "action",
    "background",
    "data",
    "formaction",
    "ping",
    "poster",
    "src",
    "srcdoc",
    "srcset",
    "xlink:href",
];

/// What makes a style sheet load or run something.
const ACTIVE_STYLES: &[&str] = &["url(", "@import", "image-set(", "expression(", "-moz-binding", "behavior:"];

/// Most characters of a template's line that an error quotes.
const MAX_QUOTE: usize = 120;

/// Tries both templates on samples.
pub(super) fn check(templates: &Templates) -> Result<(), TemplateError> {
    for part in [TemplatePart::Html, TemplatePart::Text] {
        let source = templates.source(part);
        let failed = |error: minijinja::Error| failure(part, source, &error);
        // What cannot be read is told of the template that is at fault.
        let compiled = templates.compiled_to_try().map_err(|error| {
            let part = if error.name() == Some("mail.txt") { TemplatePart::Text } else { TemplatePart::Html };
            failure(part, templates.source(part), &error)
        })?;
        if let Some(name) = compiled.unknown(part).map_err(failed)?.first() {
            let line = source.lines().position(|line| line.contains(name.as_str())).map(|at| at + 1);
            let problem = format!("there is no variable `{name}`; there are {}", VARIABLES.join(", "));
            return Err(TemplateError { part, line, problem });
        }
        for sample in samples() {
            for told in sample.told {
                let mail = compiled.render(part, &told).map_err(failed)?;
                look_through(part, &mail, &sample.unsubscribe).map_err(|problem| TemplateError {
                    part,
                    line: None,
                    problem,
                })?;
            }
        }
    }
    Ok(())
}

/// What the templates are tried on.
struct Sample {
    unsubscribe: UnsubscribeView,
    told: Vec<minijinja::Value>,
}

/// One alert, one that follows an earlier story, and a digest of which all is told or only a part; each
/// with a page to unsubscribe and without.
fn samples() -> Vec<Sample> {
    let now = Timestamp::UNIX_EPOCH;
    let alerts = WatchName::new("Sample").map(|watch| sample_alerts(&watch, now)).unwrap_or_default();
    let alerts: Vec<_> = alerts.iter().collect();
    let sample = |with_page| {
        let unsubscribe = UnsubscribeView::sample(with_page);
        let matter = |alerts| {
            Matter::new(alerts, &TimeZone::UTC, "A sample", "reader@example.org", unsubscribe.clone())
        };
        let (digest, count) = (matter(&alerts), alerts.len());
        let mut told: Vec<_> = alerts.chunks(1).map(|alert| matter(alert).told(1, 0)).collect();
        told.extend([digest.told(count, 0), digest.told(1, 1)]);
        Sample { unsubscribe, told }
    };
    vec![sample(true), sample(false)]
}

fn look_through(part: TemplatePart, mail: &str, unsubscribe: &UnsubscribeView) -> Result<(), String> {
    if !unsubscribe.is_told_by(mail) {
        return Err("it does not say how to unsubscribe: write `unsubscribe.page` where there is one, and \
                    `unsubscribe.mail` or `unsubscribe.mailto`"
            .to_owned());
    }
    if part == TemplatePart::Text {
        return Ok(());
    }
    if let Some(found) = active_content(mail) {
        return Err(format!("a mail must not load, run or send anything: {found}"));
    }
    if encoded_length(mail) > MAX_HTML_BYTES {
        return Err(format!("a mail of a sample is longer than {MAX_HTML_BYTES} bytes"));
    }
    Ok(())
}

/// What in this HTML loads, runs or sends something; the first of it.
pub(super) fn active_content(html: &str) -> Option<String> {
    Html::parse_document(html).tree.nodes().find_map(|node| match node.value() {
        Node::Element(element) if ACTIVE_ELEMENTS.contains(&element.name()) => {
            Some(format!("<{}>", element.name()))
        }
        Node::Element(element) => element
            .attrs()
            .find(|(name, value)| is_active(name, value))
            .map(|(name, value)| format!("<{} {name}=\"{value}\">", element.name())),
        // Some mail programs read what stands in a conditional comment.
        Node::Comment(comment) if comment.contains('<') => Some(format!("<!--{}-->", &**comment)),
        Node::Text(text) => {
            let parent = node.parent().and_then(|parent| parent.value().as_element().map(Element::name));
            style_acts(text).filter(|_| parent == Some("style")).map(ToOwned::to_owned)
        }
        _ => None,
    })
}

fn is_active(attribute: &str, value: &str) -> bool {
    match attribute {
        "href" => !["http://", "https://", "mailto:", "#"].iter().any(|scheme| value.starts_with(scheme)),
        "style" => style_acts(value).is_some(),
        // It leads to another page by itself.
        "http-equiv" => value.eq_ignore_ascii_case("refresh"),
        _ => attribute.starts_with("on") || LOADING_ATTRIBUTES.contains(&attribute),
    }
}

/// What in a style sheet loads or runs something.
fn style_acts(style: &str) -> Option<&'static str> {
    let style = style.to_ascii_lowercase();
    ACTIVE_STYLES.iter().copied().find(|words| style.contains(words))
}

/// An error of the engine, with the line it stands in.
fn failure(part: TemplatePart, source: &str, error: &minijinja::Error) -> TemplateError {
    let written = error.line().and_then(|line| source.lines().nth(line.checked_sub(1)?));
    let detail = error.detail().map(|detail| format!(": {detail}")).unwrap_or_default();
    let written =
        written.map(|written| format!(", in `{}`", shorten(written.trim(), MAX_QUOTE))).unwrap_or_default();
    TemplateError { part, line: error.line(), problem: format!("{}{detail}{written}", error.kind()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn html_with(words: &str) -> Result<Templates, TemplateError> {
        let html =
            Templates::embedded().source(TemplatePart::Html).replace("</body>", &format!("{words}\n</body>"));
        Templates::with_files(Some(html), None)
    }

    #[test]
    fn the_templates_of_the_program_pass() {
        assert_eq!(Templates::with_files(None, None), Ok(Templates::embedded()));
    }

    #[test]
    fn the_samples_tell_of_everything_that_a_template_may_ask_for() {
        assert_eq!(samples().iter().map(|sample| sample.told.len()).collect::<Vec<_>>(), [6, 6]);
    }

    #[rstest]
    #[case::syntax("<p>\n{% if %}", "syntax error: unexpected end of block, in `{% if %}`")]
    #[case::unknown_variable("{{ sbject }}", "there is no variable `sbject`; there are subject, count")]
    #[case::unknown_where_no_sample_goes("{% if false %}{{ sbject }}{% endif %}", "`sbject`")]
    #[case::unknown_field(
        "{% for group in groups %}{% for story in group.stories %}{{ story.titel }}{% endfor %}{% endfor %}",
        "`story.titel`"
    )]
    #[case::unknown_filter("{{ subject|shout }}", "shout")]
    #[case::no_way_around_escaping("{{ subject|safe }}", "safe")]
    fn what_the_engine_cannot_fill_in_is_told_with_its_line(#[case] words: &str, #[case] expected: &str) {
        let error = html_with(words).unwrap_err();
        let embedded = Templates::embedded();
        let before = embedded.source(TemplatePart::Html).lines().position(|line| line == "</body>").unwrap();
        assert_eq!(error.line, Some(before + words.lines().count()), "{error}");
        assert!(error.to_string().contains(expected), "{error}");
    }

    #[rstest]
    #[case("<img src=\"https://example.org/logo.png\">")]
    #[case("<IMG SRC=x>")]
    #[case("<script>1</script>")]
    #[case("<iframe srcdoc=\"\"></iframe>")]
    #[case("<form method=\"post\"></form>")]
    #[case("<svg></svg>")]
    #[case("<link rel=\"stylesheet\" href=\"https://example.org/a.css\">")]
    #[case("<p onclick=\"alert(1)\">x</p>")]
    #[case("<p style=\"background: URL(https://example.org/a.png)\">x</p>")]
    #[case("<table background=\"https://example.org/a.png\"></table>")]
    #[case("<style>@import 'https://example.org/a.css';</style>")]
    #[case("<a href=\"javascript:alert(1)\">x</a>")]
    #[case("<meta http-equiv=\"refresh\" content=\"0\">")]
    #[case("<!--[if mso]><img src=\"https://example.org/logo.png\"><![endif]-->")]
    fn what_loads_or_runs_is_refused(#[case] words: &str) {
        let error = html_with(words).unwrap_err();
        assert!(error.problem.starts_with("a mail must not load"), "{error}");
    }

    #[rstest]
    #[case("<p>Write url(…) and @import as you like &lt;img&gt;</p>")]
    #[case("<!-- a remark --><a href=\"https://example.org/\">our page</a>")]
    #[case("{% macro bold(text) %}<b>{{ text }}</b>{% endmacro %}{{ bold(subject) }}")]
    fn harmless_changes_pass(#[case] words: &str) {
        assert!(html_with(words).is_ok(), "{:?}", html_with(words));
    }

    #[test]
    fn a_template_must_say_how_to_unsubscribe() {
        let error = Templates::with_files(None, Some("{{ subject }}".to_owned())).unwrap_err();
        assert_eq!((error.part, error.line), (TemplatePart::Text, None));
        assert!(error.problem.starts_with("it does not say how to unsubscribe"), "{error}");
    }
}
