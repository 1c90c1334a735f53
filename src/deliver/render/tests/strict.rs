//! What holds for every mail, whatever it tells and to whom.

use super::message::Message;
use super::*;
use crate::domain::StoryId;
use url::Url;

/// Elements and attributes that only show text. Whatever loads, runs or sends is not among them.
const ELEMENTS: &[&str] = &[
    "html", "head", "meta", "title", "style", "body", "div", "p", "h1", "h2", "h3", "a", "b", "i", "br",
    "span", "table", "tbody", "tr", "th", "td", "ul", "li",
];
const ATTRIBUTES: &[&str] = &["class", "style", "href", "dir", "lang", "charset", "name", "content", "scope"];

/// Headers of every mail, and those of a mail to a list.
const ALWAYS: &[&str] = &[
    "From",
    "To",
    "Reply-To",
    "Date",
    "Message-ID",
    "Subject",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
];
const OF_A_LIST: &[&str] = &["List-Id", "List-Unsubscribe", "Precedence", "Feedback-ID"];
const AT_TIMES: &[&str] = &["In-Reply-To", "References", "List-Unsubscribe-Post"];

/// Reads a mail as strictly as a mail program may. With `unsubscribe` it is one of a list.
#[track_caller]
pub(super) fn check(rendered: &Rendered, unsubscribe: Option<Unsubscribe<'_>>) -> Message {
    let message = Message::read(&rendered.bytes);
    check_headers(rendered, &message, unsubscribe);
    check_html(&message);
    message
}

#[track_caller]
fn check_headers(rendered: &Rendered, message: &Message, unsubscribe: Option<Unsubscribe<'_>>) {
    let once = |name: &str| {
        let [value] = message.all(name)[..] else { panic!("{name}: {:?}", message.all(name)) };
        value
    };
    for (name, _) in &message.headers {
        assert!([ALWAYS, OF_A_LIST, AT_TIMES].concat().contains(&name.as_str()), "{name}");
        once(name);
    }
    for name in ALWAYS {
        assert!(!once(name).is_empty(), "{name}");
    }
    assert_eq!(once("Message-ID"), rendered.message_id.to_string());
    assert_eq!(once("Auto-Submitted"), "auto-generated");
    jiff::fmt::rfc2822::parse(once("Date")).unwrap();
    assert!(rendered.subject.chars().count() <= 120 && !rendered.subject.is_empty());
    match (message.all("In-Reply-To")[..].first(), message.all("References")[..].first()) {
        (None, None) => {}
        (Some(parent), Some(line)) => assert!(line.ends_with(parent), "{line} does not end with {parent}"),
        other => panic!("{other:?}"),
    }
    let Some(unsubscribe) = unsubscribe else {
        assert!([OF_A_LIST, AT_TIMES].concat().iter().all(|name| message.all(name).is_empty()));
        return;
    };
    for name in OF_A_LIST {
        once(name);
    }
    let mailto = format!("<{}>", unsubscribe.mailto());
    let post = message.all("List-Unsubscribe-Post");
    if let Some(page) = unsubscribe.page.filter(|page| page.scheme() == "https") {
        assert_eq!(once("List-Unsubscribe"), format!("<{page}>, {mailto}"));
        assert_eq!(post, ["List-Unsubscribe=One-Click"]);
    } else {
        assert_eq!(once("List-Unsubscribe"), mailto);
        assert!(post.is_empty(), "{post:?}");
    }
    for (part, body) in [("text", &message.text), ("HTML", &message.html)] {
        assert!(body.contains(unsubscribe.mail.as_str()), "no address to write to in the {part}");
        if let Some(page) = unsubscribe.page {
            assert!(body.contains(page.as_str()), "no page in the {part}");
        } else {
            assert!(body.contains("sanctionwatch subscribers unsubscribe desk@example.net"), "{part}");
        }
    }
}

#[track_caller]
fn check_html(message: &Message) {
    assert!(message.html.len() < 100_000 && message.html_bytes < 100_000, "{} bytes", message.html_bytes);
    assert!(message.html.starts_with("<!doctype html>\n<html lang=\"en\">"), "{}", &message.html[..60]);
    assert!(!message.text.starts_with(char::is_whitespace), "{:?}", message.text.get(..60));
    assert!(!message.text.contains("\n\n\n\n"), "{}", message.text);
    assert!(!message.html.contains("<!--"), "a comment");
    for element in message.elements("*") {
        assert!(ELEMENTS.contains(&element.name.as_str()), "<{}>", element.name);
        for (name, value) in &element.attributes {
            assert!(ATTRIBUTES.contains(&name.as_str()), "<{} {name}=\"{value}\">", element.name);
        }
        let styles = [element.attribute("style"), (element.name == "style").then_some(&element.text)];
        for style in styles.into_iter().flatten() {
            assert!(
                !["url(", "@import", "expression", "\\"].iter().any(|act| style.contains(act)),
                "{style}"
            );
        }
        // What a reader of one part learns, a reader of the other does too.
        if matches!(element.name.as_str(), "h1" | "h2" | "h3") {
            assert!(message.text.contains(element.text.trim()), "`{}` is not in the text", element.text);
        }
        if element.name == "a" {
            let link: Url = element.attribute("href").unwrap().parse().unwrap();
            assert!(matches!(link.scheme(), "http" | "https" | "mailto"), "{link}");
            let link = element.attribute("href").unwrap();
            assert!(message.text.contains(link), "{link} is not in the text");
        }
    }
    assert_eq!(message.elements("h1").len(), 1);
}

/// Both parts tell of these stories, or neither does; how many do.
#[track_caller]
fn told(message: &Message, alerts: &[DueAlert]) -> usize {
    let body = message.elements("body").remove(0).text;
    alerts
        .iter()
        .filter(|alert| {
            let title = crate::deliver::clean::one_line(&alert.story.title, 300);
            let in_text = message.text.lines().any(|line| line.trim_start_matches("* ") == title);
            assert_eq!(in_text, body.contains(&title), "{title}");
            in_text
        })
        .count()
}

fn flood() -> Vec<DueAlert> {
    (1..=3_000)
        .map(|id| {
            let mut one = if id % 7 == 0 { new_package() } else { roadmap() };
            one.story.id = StoryId(id);
            one.story.title = format!("История номер {id}. {}", "о санкциях ".repeat(20).trim_end());
            one.story.summary = "Ж".repeat(900);
            one.story.language = "ru".parse().ok();
            one
        })
        .collect()
}

#[rstest]
#[case::alert("alert", vec![roadmap()], 1)]
#[case::follow_up("follow-up", vec![follow_up()], 1)]
#[case::update("update", vec![no_pact()], 1)]
#[case::without_relations("bare", vec![alert(7, "Only a headline")], 1)]
#[case::hostile("hostile", vec![hostile()], 1)]
#[case::non_latin("non-latin", vec![samples().remove(2)], 1)]
#[case::digest_of_three("digest-3", vec![no_pact(), new_package(), roadmap()], 3)]
#[case::digest_of_samples("digest-4", samples(), 4)]
#[case::digest_with_a_hostile_one("digest-hostile", vec![hostile(), roadmap(), alert(7, "Only a headline")], 3)]
#[case::digest_of_many("digest-3000", flood(), 25)]
fn every_mail_is_as_strict_programs_want_it(
    #[case] name: &str,
    #[case] alerts: Vec<DueAlert>,
    #[case] at_least: usize,
) {
    let mail_to: MailAddress = "ops@example.org".parse().unwrap();
    let long = format!("https://watch.example.org/unsubscribe/{}", "0123456789abcdef".repeat(50));
    let pages =
        [None, Some("https://watch.example.org/u/8f14e45f"), Some("http://10.0.0.7/u/8f"), Some(&long)];
    for (page, kind) in pages.into_iter().zip(["no-page", "https", "http", "long"]) {
        let page = page.map(|page| page.parse::<Url>().unwrap());
        let (subscriber, sender) = (subscriber(), sender());
        let unsubscribe = Unsubscribe { page: page.as_ref(), mail: &mail_to };
        let letterhead = Letterhead { subscriber: &subscriber, sender: &sender, unsubscribe };
        let render = |now| mail(&alerts, &letterhead, &Templates::embedded(), time(now)).unwrap();

        let rendered = render("2026-11-23T14:12:13Z");

        write_for_looking_at(&format!("{name}-{kind}"), &rendered);
        let message = check(&rendered, Some(unsubscribe));
        let told = told(&message, &alerts);
        assert!(told >= at_least, "{told} stories are told");
        let counted =
            message.text.contains(&format!("\n{} more stories in all, too many", alerts.len() - told));
        assert_eq!(counted, told < alerts.len());
        assert_eq!(message.all("Reply-To"), ["ops@example.org"]);
        assert_eq!(render("2026-11-23T14:12:13Z"), rendered);
        assert_eq!(render("2026-12-24T18:00:00Z").message_id, rendered.message_id);
    }
}

#[test]
fn a_mail_of_ones_own_template_is_as_strict() {
    // Neither a block nor a macro lets markup through.
    let html = "<!doctype html>\n<html lang=\"en\"><body><h1>{{ subject }}</h1>\
                {% macro told(title) %}<p>{{ title }}</p>{% endmacro %}\
                {% for group in groups %}<h2>{{ group.heading }}</h2>\
                {% for story in group.stories + group.headlines %}{{ told(story.title) }}\
                {% autoescape false %}<p>{{ story.summary }}</p>{% endautoescape %}{% endfor %}{% endfor %}\
                <p>{{ unsubscribe.mail }} {{ unsubscribe.command }}</p></body></html>\n";
    let text = "{{ subject }}\n\
                {% for group in groups %}\n\n{{ group.heading }}\n\
                {% for story in group.stories + group.headlines %}\n{{ story.title }}\n{% endfor %}\n{% endfor %}\n\
                {{ unsubscribe.mail }} {{ unsubscribe.command }}\n";
    let templates = Templates::with_files(Some(html.to_owned()), Some(text.to_owned())).unwrap();
    let alerts = [vec![hostile()], samples()].concat();
    let (subscriber, sender) = (subscriber(), sender());
    let unsubscribe = Unsubscribe { page: None, mail: &sender.address };
    let letterhead = Letterhead { subscriber: &subscriber, sender: &sender, unsubscribe };

    let rendered = mail(&alerts, &letterhead, &templates, time("2026-11-23T14:12:13Z")).unwrap();

    write_for_looking_at("own-template", &rendered);
    assert_eq!(told(&check(&rendered, Some(unsubscribe)), &alerts), 5);
}

#[rstest]
#[case::confirm("confirm", None)]
#[case::confirm_on_a_page("confirm-page", Some("https://watch.example.org/confirm/8f14e45f"))]
fn a_question_is_as_strict(#[case] name: &str, #[case] page: Option<&str>) {
    let page = page.map(|page| page.parse::<Url>().unwrap());
    let watches = ["Iran and Belarus", "<script>alert(1)</script>\r\nBcc: thief@example.net"];
    let watches = watches.into_iter().filter_map(WatchName::new).collect();
    let question = |key| Notice::Confirm { key, page: page.as_ref(), token: "8f14e45f", watches: &watches };

    let message = check_notice(name, question);

    for part in [&message.text, &message.elements("body")[0].text] {
        assert!(part.contains("Iran and Belarus"), "{part}");
        let command = "sanctionwatch subscribers confirm 8f14e45f";
        assert_eq!(part.contains(command), page.is_none(), "{part}");
        assert!(part.contains("nothing more comes"), "{part}");
    }
    let links: Vec<_> =
        message.elements("a[href]").iter().filter_map(|a| a.attribute("href").map(str::to_owned)).collect();
    assert_eq!(links, page.iter().map(ToString::to_string).collect::<Vec<_>>());
}

#[test]
fn a_word_to_the_operator_is_as_strict() {
    let lines: Vec<String> = [
        "Nothing was delivered since 07:30: the mail server says \"535 5.7.8 authentication failed\".",
        "",
        "12 mails wait and go out when it is mended.\r\nBcc: thief@example.net",
        "<img src=x onerror=alert(1)> \u{1b}[31m",
    ]
    .map(str::to_owned)
    .to_vec();
    let word = |key| Notice::Operator { key, subject: "Mail cannot be delivered\n<b>", lines: &lines };

    let message = check_notice("operator", word);

    for part in [&message.text, &message.elements("body")[0].text] {
        assert!(part.contains("12 mails wait") && part.contains("<img src=x onerror=alert(1)>"), "{part}");
    }
    let many: Vec<String> = (0..500).map(|line| format!("{line} {}", "Ж".repeat(700))).collect();
    check_notice("operator-long", |key| Notice::Operator { key, subject: "Weekly summary", lines: &many });
}

#[track_caller]
fn check_notice<'a>(name: &str, notice_with: impl Fn(&'a str) -> Notice<'a>) -> Message {
    let recipient: MailAddress = "desk@example.net".parse().unwrap();
    let render = |key, now| notice(&notice_with(key), &recipient, &sender(), time(now)).unwrap();
    let rendered = render("1", "2026-11-23T14:12:13Z");
    write_for_looking_at(name, &rendered);
    assert_eq!(render("1", "2026-12-24T18:00:00Z").message_id, rendered.message_id);
    assert_ne!(render("2", "2026-11-23T14:12:13Z").message_id, rendered.message_id);
    check(&rendered, None)
}
