//! What a right configuration means, and reading it from files.

use super::tests::{MAIL, SMTP, SOURCE, SUBSCRIBER, WATCH};
use super::{Environment, Severity, check_text, load};
use crate::domain::{
    Action, Actor, DeliverWhen, Interval, Kind, Score, SmtpSecurity, SourceForm, SubscriberKey,
};
use std::fs;
use std::path::Path;
use std::time::Duration;

#[test]
fn what_is_written_is_what_is_meant() {
    let text = format!(
        "state = \"s.db\"\n[fetch]\ninterval = \"20m\"\nallow-addresses = [\"127.0.0.1\"]\n{SOURCE}interval = \"2s\"\n\
         [[source]]\nname = \"P\"\npage = [\"https://a.example/\", \"https://b.example/\"]\nitem = \"li\"\ntitle = \"a\"\n\
         speaks-for = \"American\"\n\
         [[watch]]\nname = \"W\"\ncountries = [\"german\", \"BY\"]\nthrough-blocs = true\nkinds = [\"tariff\"]\nactions = [\"impose\"]\nthreshold = 4\n\
         {SUBSCRIBER}deliver = {{ weekly = \"mon 7:30\" }}\ntime-zone = \"Europe/Berlin\"\n\
         [smtp]\nhost = \"localhost\"\nsecurity = \"tls\"\nfrom = \"Sanctions watch <a@example.org>\"\n\
         [retention]\ntexts = \"30d\"\n"
    );
    let config = check_text(&text).unwrap_or_else(|errors| panic!("{errors}")).config;
    assert_eq!(config.state, Path::new("s.db"));
    let smtp = config.smtp.as_ref().expect("a mail server");
    assert_eq!((smtp.timeout, smtp.answer_timeout), (Duration::from_mins(1), Duration::from_mins(10)));
    let interval =
        |least, most| Interval { least: Duration::from_secs(least), most: Duration::from_secs(most) };
    assert_eq!(config.fetch.interval, interval(1200, 2400));
    assert_eq!(config.sources[0].interval, interval(2, 4));
    assert_eq!(config.sources[1].interval, interval(1200, 2400));
    assert!(matches!(*config.sources[1].addresses[0].form, SourceForm::Page(_)));
    assert_eq!(config.sources[1].addresses.len(), 2);
    assert_eq!(config.sources[1].speaks_for.map(Actor::code), Some("US"));
    let watch = &config.watches[0];
    let codes: Vec<&str> = watch.countries.iter().map(|actor| actor.code()).collect();
    assert!(["BY", "CSTO", "DE", "EU", "NATO"].iter().all(|code| codes.contains(code)), "{codes:?}");
    assert_eq!((watch.kinds.first(), watch.actions.first()), (Some(&Kind::Tariff), Some(&Action::Impose)));
    assert_eq!(watch.threshold.map(Score::points), Some(4.0));
    let subscriber = &config.subscribers[0];
    assert_eq!(subscriber.key, SubscriberKey::Mail("desk@example.org".parse().unwrap()));
    assert!(matches!(subscriber.deliver, DeliverWhen::Weekly(jiff::civil::Weekday::Monday, _)));
    let smtp = config.smtp.unwrap();
    assert_eq!((smtp.port, smtp.security), (465, SmtpSecurity::Tls));
    assert_eq!(smtp.from_name.as_deref(), Some("Sanctions watch"));
    assert_eq!(config.retention.texts, Duration::from_hours(30 * 24));
}

#[test]
fn the_password_is_found_as_credential_then_file_then_variable() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sanctionwatch.toml");
    let text = format!("{SMTP}user = \"u\"\npassword-credential = \"smtp-password\"\n{SOURCE}{WATCH}");
    fs::write(&path, text).unwrap();
    let credentials = folder.path().join("credentials");
    fs::create_dir(&credentials).unwrap();
    let environment = || {
        Environment::of_variables([
            ("CREDENTIALS_DIRECTORY", credentials.to_str().unwrap()),
            ("smtp-password", "from variable"),
        ])
    };
    let password = || {
        let loaded = load(&path, &environment()).unwrap_or_else(|errors| panic!("{errors}"));
        loaded.config.smtp.unwrap().login.unwrap().1.expose().to_owned()
    };
    assert_eq!(password(), "from variable");
    fs::write(folder.path().join("smtp-password"), "from file\n").unwrap();
    assert_eq!(password(), "from file");
    fs::write(credentials.join("smtp-password"), "from credential\n").unwrap();
    assert_eq!(password(), "from credential");
}

#[test]
fn included_files_add_to_the_first_and_paths_start_where_they_should() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::create_dir(here.join("more")).unwrap();
    fs::write(here.join("a.toml"), format!("include = [\"more/b.toml\"]\nstate = \"x.db\"\n{WATCH}{MAIL}"))
        .unwrap();
    fs::write(here.join("more/b.toml"), format!("include = [\"c.toml\"]\n{SOURCE}{SUBSCRIBER}")).unwrap();
    let second = SOURCE.replace("\"S\"", "\"T\"");
    fs::write(here.join("more/c.toml"), &second).unwrap();

    let none = Environment::of_variables([]);
    let loaded = load(&here.join("a.toml"), &none).unwrap_or_else(|errors| panic!("{errors}"));
    let names: Vec<&str> = loaded.config.sources.iter().map(|source| source.name.as_str()).collect();
    assert_eq!(names, ["S", "T"]);
    assert_eq!(loaded.config.subscribers.len(), 1);
    assert_eq!(loaded.config.state, here.join("x.db"));
    assert_eq!(loaded.config.mail_folder, Some(here.join("mail")));
    assert_eq!(loaded.files, [here.join("a.toml"), here.join("more/b.toml"), here.join("more/c.toml")]);

    let systemd = Environment::of_variables([("STATE_DIRECTORY", "/var/lib/sanctionwatch")]);
    let config = load(&here.join("a.toml"), &systemd).unwrap_or_else(|errors| panic!("{errors}")).config;
    assert_eq!(config.state, Path::new("/var/lib/sanctionwatch/x.db"));

    fs::write(here.join("more/c.toml"), format!("include = [\"../a.toml\"]\nstate = \"y.db\"\n{SOURCE}"))
        .unwrap();
    let errors = load(&here.join("a.toml"), &none).unwrap_err();
    let told: Vec<(&str, Option<usize>)> =
        errors.iter().map(|problem| (problem.message.as_str(), problem.line)).collect();
    let again = format!("{} is read already", here.join("more/../a.toml").display());
    assert_eq!(
        told,
        [
            (again.as_str(), Some(1)),
            ("`state` is given twice", Some(2)),
            ("this source name is given twice", Some(4))
        ]
    );
}

#[test]
fn what_cannot_be_read_is_told_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let none = Environment::of_variables([]);
    let told = |path: &Path| load(path, &none).unwrap_err().iter().next().unwrap().message.clone();
    assert_eq!(told(&folder.path().join("no.toml")), "cannot read it: it does not exist");
    assert_eq!(told(folder.path()), "cannot read it: it is not a file");
    fs::write(folder.path().join("latin.toml"), b"state = \"\xe9\"").unwrap();
    assert_eq!(told(&folder.path().join("latin.toml")), "cannot read it: byte 9 is not UTF-8");
}

#[test]
fn no_text_makes_it_panic() {
    let shipped = include_str!("../../config/sanctionwatch.toml");
    let full =
        format!("{SMTP}{MAIL}{SUBSCRIBER}deliver = {{ weekly = \"Mon 07:30\" }}\n{SOURCE}{WATCH}{shipped}");
    let mut random = fastrand::Rng::with_seed(2);
    for _ in 0..300 {
        let mut bytes = full.as_bytes()[..random.usize(..2000)].to_vec();
        for _ in 0..random.usize(1..20) {
            if !bytes.is_empty() {
                let place = random.usize(..bytes.len());
                bytes[place] = *random.choice(b"\"'[]{}=\n\r#.,@*\\\x00\xff\xc3\xa9 0aZ").unwrap();
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        if let Err(errors) = check_text(&text) {
            assert!(errors.findings().count(Severity::Error) > 0);
            assert!(!errors.findings().render(true).is_empty());
        }
    }
}
