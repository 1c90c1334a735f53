//! The servers of the tests do what the tests believe them to do.

use crate::support::feeds::{fixture, rss};
use crate::support::mail::{Act, Fault, MailServer, Stage};
use crate::support::port::Port;
use crate::support::web::{Route, WebServer};
use flate2::read::GzDecoder;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

/// Sends a GET and hands back the connection.
fn ask(url: &str, headers: &str) -> TcpStream {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let mut connection = TcpStream::connect(host).unwrap();
    write!(connection, "GET /{path} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n").unwrap();
    connection
}

fn get(url: &str, headers: &str) -> String {
    let mut answer = Vec::new();
    ask(url, headers).read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

fn header<'a>(answer: &'a str, name: &str) -> &'a str {
    let line = answer.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap_or_else(|| panic!("no {name} in {answer}")).trim_start_matches(": ")
}

#[test]
fn a_file_is_served_once_and_then_unchanged() {
    let web = WebServer::start();
    let url = web.serve("/feed.xml", Route::feed("body"));

    let first = get(&url, "");
    assert!(first.starts_with("HTTP/1.1 200") && first.ends_with("\r\n\r\nbody"), "{first}");
    let etag = header(&first, "ETag").to_owned();
    let modified = header(&first, "Last-Modified").to_owned();

    for condition in [format!("If-None-Match: {etag}\r\n"), format!("If-Modified-Since: {modified}\r\n")] {
        let answer = get(&url, &condition);
        assert!(answer.starts_with("HTTP/1.1 304") && answer.ends_with("\r\n\r\n"), "{answer}");
    }
    let stale = format!("If-None-Match: \"other\"\r\nIf-Modified-Since: {modified}\r\n");
    assert!(get(&url, &stale).starts_with("HTTP/1.1 200"));
    let requests = web.requests("/feed.xml");
    assert_eq!(requests.iter().map(|request| request.status).collect::<Vec<_>>(), [200, 304, 304, 200]);
    assert_eq!(requests[1].header("if-none-match"), Some(etag.as_str()));
    assert!(requests[1].is_conditional() && !requests[0].is_conditional());
}

#[test]
fn rounds_turn_with_each_request_and_stay_at_the_last() {
    let web = WebServer::start();
    let url = web.serve("/feed.xml", Route::Rounds(vec![b"one".to_vec(), b"two".to_vec()]));
    let bodies = [0; 3].map(|_| get(&url, "").rsplit("\r\n").next().unwrap_or_default().to_owned());
    assert_eq!(bodies, ["one", "two", "two"]);
}

#[test]
fn the_faults_are_faults() {
    let web = WebServer::start();
    let read_some = |url: &str| {
        let connection = ask(url, "");
        connection.set_read_timeout(Some(Duration::from_millis(700))).unwrap();
        let mut bytes = Vec::new();
        let error = connection.take(1 << 20).read_to_end(&mut bytes).err();
        (bytes, error.map(|error| error.kind()))
    };
    let late = |kind| matches!(kind, Some(ErrorKind::WouldBlock | ErrorKind::TimedOut));

    let (bytes, end) = read_some(&web.serve("/hang", Route::Hang));
    assert!(bytes.is_empty() && late(end), "{end:?}");
    let (bytes, end) = read_some(&web.serve("/endless", Route::Endless));
    assert_eq!((bytes.len(), end), (1 << 20, None));
    let mut dripping = ask(&web.serve("/drip", Route::Drip), "");
    let mut bytes = [0; 400];
    let head = dripping.read(&mut bytes).unwrap();
    let next = dripping.read(&mut bytes).unwrap();
    assert!(head > next && next < 10, "{head} then {next} bytes");
    let answer = get(&web.serve("/short", Route::CutShort), "");
    assert!(answer.contains("Content-Length: 100000") && answer.len() < 1000);
    assert!(get(&web.url("/nothing"), "").starts_with("HTTP/1.1 404"));
    let moved = get(&web.serve("/moved", Route::redirect("/x")), "");
    assert!(moved.starts_with("HTTP/1.1 302") && header(&moved, "Location") == "/x");
}

#[test]
fn the_bomb_is_small_and_unpacks_to_much() {
    let web = WebServer::start();
    let mut answer = BufReader::new(ask(&web.serve("/bomb", Route::GzipBomb), ""));
    let mut line = String::new();
    let mut packed = 0;
    while line != "\r\n" {
        if let Some(length) = line.strip_prefix("Content-Length: ") {
            packed = length.trim().parse().unwrap();
        }
        line.clear();
        answer.read_line(&mut line).unwrap();
    }
    assert!((1_000..2_000_000).contains(&packed), "{packed} bytes packed");
    let mut start = [0; 16];
    let mut unpacked = GzDecoder::new(answer);
    unpacked.read_exact(&mut start).unwrap();
    assert_eq!(&start, b"<rss version=\"2.");
    let more = std::io::copy(&mut unpacked.take(20 << 20), &mut std::io::sink()).unwrap();
    assert_eq!(more, 20 << 20);
}

#[test]
fn a_port_refuses_until_somebody_listens_and_again_afterwards() {
    let port = Port::reserve();
    let refused = || TcpStream::connect(port.address()).err().map(|error| error.kind());
    assert_eq!(refused(), Some(ErrorKind::ConnectionRefused));
    let listening = port.listen(|_connection, _stop| {});
    assert_eq!(refused(), None);
    drop(listening);
    assert_eq!(refused(), Some(ErrorKind::ConnectionRefused));
    let _again = port.listen(|_connection, _stop| {});
    assert_eq!(refused(), None);
}

/// Says each line and hands back the last reply to each.
fn say(server: &MailServer, lines: &[&str]) -> Vec<String> {
    let mut connection = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], server.port()))).unwrap();
    let mut replies = BufReader::new(connection.try_clone().unwrap());
    let mut reply = move || {
        let mut line = String::from("250-");
        while line.get(3..4) == Some("-") {
            line.clear();
            if replies.read_line(&mut line).unwrap() == 0 {
                break;
            }
        }
        line.trim_end().to_owned()
    };
    let mut said = vec![reply()];
    for line in lines {
        write!(connection, "{line}\r\n").unwrap();
        said.push(reply());
    }
    said
}

const LETTER: &str =
    "Subject: long\r\n story\r\nMessage-ID: <1@example.org>\r\n\r\nUS =C3=A4 =\r\nsanctions\r\n..\r\n.";

#[test]
fn mail_is_kept_with_its_envelope() {
    let server = MailServer::start();
    let said =
        say(&server, &["EHLO x", "MAIL FROM:<a@example.org>", "RCPT TO:<b@example.org>", "DATA", LETTER]);
    let codes: Vec<&str> = said.iter().map(|reply| &reply[..3]).collect();
    assert_eq!(codes, ["220", "250", "250", "250", "354", "250"]);
    let mails = server.accepted_for("b@example.org");
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].from, "a@example.org");
    assert_eq!(mails[0].header("subject").as_deref(), Some("long story"));
    assert_eq!(mails[0].message_id(), "<1@example.org>");
    assert!(mails[0].tells("US ä sanctions ."), "{}", mails[0].data);
    assert!(!mails[0].encrypted);
    assert_eq!(server.accepted_for("c@example.org").len(), 0);
}

#[test]
fn the_mail_server_follows_its_script() {
    let server = MailServer::start();
    server.script(|script| {
        script.recipients.insert("gone@example.org", "550 5.1.1 no such user");
        script.refused_words = Some(("sanctions", "554 5.7.1 no"));
        script.login = Some("535 5.7.8 no");
    });
    let said = say(
        &server,
        &[
            "EHLO x",
            "AUTH PLAIN AAAA",
            "MAIL FROM:<a@example.org>",
            "RCPT TO:<gone@example.org>",
            "RCPT TO:<b@example.org>",
            "DATA",
            LETTER,
        ],
    );
    let codes: Vec<&str> = said.iter().map(|reply| &reply[..3]).collect();
    assert_eq!(codes, ["220", "250", "535", "250", "550", "250", "354", "554"]);
    assert_eq!(server.mails().len(), 0);

    server.fault(Fault::always(Stage::Greeting, Act::Bye("421 4.3.2 later")));
    assert_eq!(say(&server, &[]), ["421 4.3.2 later"]);
}

#[test]
fn the_mail_server_fails_where_and_as_often_as_it_is_told() {
    let server = MailServer::start();
    server.fault(Fault::new(Stage::Recipient, 1..3, Act::Say("451 4.3.0 later")));
    let recipient = "RCPT TO:<b@example.org>";
    let said = say(&server, &["MAIL FROM:<a@example.org>", recipient, recipient, recipient, recipient]);
    let codes: Vec<&str> = said.iter().map(|reply| &reply[..3]).collect();
    assert_eq!(codes, ["220", "250", "250", "451", "451", "250"]);

    server.fault(Fault::always(Stage::Sender, Act::LongLine));
    assert!(say(&server, &["MAIL FROM:<a@example.org>"])[1].len() > 4_000_000);

    server.mend();
    server.fault(Fault::always(Stage::Greeting, Act::Flood("220-hello\r\n")));
    let connection = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], server.port()))).unwrap();
    let read = std::io::copy(&mut connection.take(1 << 20), &mut std::io::sink()).unwrap();
    assert_eq!(read, 1 << 20);
}

#[test]
fn a_message_cut_after_its_dot_is_kept_but_not_acknowledged() {
    let server = MailServer::start();
    server.fault(Fault::always(Stage::Dot, Act::Cut));
    let said = say(&server, &["MAIL FROM:<a@example.org>", "RCPT TO:<b@example.org>", "DATA", LETTER]);
    assert_eq!(said.last().map(String::as_str), Some(""));
    assert_eq!(server.mails().len(), 1);
    assert_eq!(server.accepted_for("b@example.org").len(), 0);
}

#[test]
fn the_mail_server_encrypts_with_a_certificate_of_its_own_authority() {
    let folder = tempfile::tempdir().unwrap();
    let authority = folder.path().join("authority.pem");
    let server = MailServer::start_with_tls(&authority);
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(&authority).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let mut plain = TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], server.port()))).unwrap();
    let mut reply = BufReader::new(plain.try_clone().unwrap()).lines();
    plain.write_all(b"EHLO x\r\nSTARTTLS\r\n").unwrap();
    let until = |wanted: &str, lines: &mut dyn Iterator<Item = std::io::Result<String>>| {
        lines.map(Result::unwrap).find(|line| line.starts_with(wanted)).expect(wanted)
    };
    until("250-STARTTLS", &mut reply);
    until("220 go", &mut reply);

    let session = rustls::ClientConnection::new(Arc::new(config), "localhost".try_into().unwrap()).unwrap();
    let mut encrypted = rustls::StreamOwned::new(session, plain);
    let letter = "MAIL FROM:<a@example.org>\r\nRCPT TO:<b@example.org>\r\nDATA\r\nSubject: x\r\n\r\n.\r\n";
    encrypted.write_all(letter.as_bytes()).unwrap();
    until("250 2.0.0 kept", &mut BufReader::new(&mut encrypted).lines());

    assert!(server.accepted_for("b@example.org").iter().all(|mail| mail.encrypted));
    assert_eq!(server.accepted_for("b@example.org").len(), 1);
}

#[test]
fn fixtures_have_dates_instead_of_marks() {
    for name in ["news.xml", "news-edited.xml", "wire.xml"] {
        let text = fixture(name);
        assert!(!text.contains("{{") && text.contains("20"), "{text}");
    }
    assert_eq!(rss(&["a", "b"]).matches("<item>").count(), 2);
}
