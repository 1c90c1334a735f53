//! Headers and logins of a source: what is wrong in them, and what right ones mean.

use super::tests::{WATCH, all_told};
use super::{Environment, load};
use crate::domain::{Login, Source};
use reqwest::header::AUTHORIZATION;
use rstest::rstest;
use std::fs;

/// What is told of a source with these further keys, without the folder it stands in.
fn told(address: &str, keys: &str) -> Result<Source, Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sanctionwatch.toml");
    fs::write(&path, format!("[[source]]\nname = \"A\"\nurl = \"{address}\"\n{keys}\n{WATCH}")).unwrap();
    let environment = Environment::of_variables([("good", "hunter2"), ("lines", "hunter2\nhunter3")]);
    match load(&path, &environment) {
        Ok(mut loaded) => Ok(loaded.config.sources.remove(0)),
        Err(errors) => {
            assert!(!errors.to_string().contains("hunter"), "{errors}");
            let place = format!("{}/", folder.path().display());
            Err(all_told(&errors).iter().map(|told| told.replace(&place, "")).collect())
        }
    }
}

#[rstest]
#[case::ours("headers = { Host = \"b.example\" }", "4:13 this header is set for each request (remove it)")]
#[case::validator(
    "headers = { \"If-None-Match\" = \"x\" }",
    "4:13 this header is set for each request (remove it)"
)]
#[case::authorization(
    "headers = { Authorization = \"Bearer hunter2\" }",
    "4:13 a login has keys of its own (`user` and `password-credential`, or `token-credential` for `Authorization: Bearer …`)"
)]
#[case::proxy_authorization(
    "headers = { Proxy-Authorization = \"Basic hunter2\" }",
    "4:13 a login at the proxy stands in [fetch] (`proxy-user` and `proxy-password-credential`)"
)]
#[case::bad_name(
    "headers = { \"X Key\" = \"x\" }",
    "4:13 `X Key` is no name of a header (letters, digits and hyphens, such as `Accept-Language`)"
)]
#[case::bad_value(
    "headers = { X-Key = \"a\\r\\nHost: hunter2\" }",
    "4:21 this cannot stand in a header (one line of plain ASCII)"
)]
#[case::empty_value("headers = { X-Key = \"\" }", "4:21 `headers` is empty")]
#[case::wrong_type("headers = [\"X-Key: hunter2\"]", "4:11 `headers` must be a table, not a list")]
#[case::wrong_value("headers = { X-Key = 1 }", "4:21 `headers` must be a table, not an integer")]
#[case::twice(
    "headers = { X-Key = \"a\", x-key = \"b\" }",
    "4:26 this header is given twice (the first is at sanctionwatch.toml:4)"
)]
#[case::unknown_key(
    "headers = { X-Key = { credentials = \"good\", credential = \"good\" } }",
    "4:23 unknown key `credentials` in headers (did you mean `credential`?)"
)]
#[case::no_credential(
    "headers = { X-Key = {} }",
    "4:21 headers has no `credential` (add `credential = \"agency-key\"`)"
)]
#[case::secret_not_found(
    "headers = { X-Key = { credential = \"hunter2!\" } }",
    "4:36 no secret is found where `credential` points (it names a systemd credential, else a file (relative to this one), else an environment variable; the secret itself never stands here)"
)]
#[case::password_without_user(
    "password-credential = \"good\"",
    "4:23 [[source]] has a `password-credential` and no `user` (add the user name, or leave both out)"
)]
#[case::user_without_password(
    "user = \"desk\"",
    "4:8 [[source]] has a `user` and no `password-credential` (name a systemd credential, a file, or an environment variable that holds the password)"
)]
#[case::two_logins(
    "user = \"desk\"\npassword-credential = \"good\"\ntoken-credential = \"good\"",
    "6:20 a source logs in with a token or with a user, not with both (remove this, or `user` at sanctionwatch.toml:4 and its password)"
)]
#[case::colon(
    "user = \"a:b\"\npassword-credential = \"good\"",
    "4:8 a user name with a colon or a control character cannot be sent (what stands before the colon, or a token with `token-credential`)"
)]
#[case::token_of_two_lines(
    "token-credential = \"lines\"",
    "4:20 this cannot stand in a header (one line of plain ASCII)"
)]
fn a_wrong_login_is_told_at_its_place(#[case] keys: &str, #[case] expected: &str) {
    assert_eq!(told("https://a.example/", keys).unwrap_err(), [expected]);
}

#[rstest]
#[case::password("user = \"desk\"\npassword-credential = \"good\"", "5:23")]
#[case::token("token-credential = \"good\"", "4:20")]
#[case::header("headers = { X-Key = { credential = \"good\" } }", "4:21")]
fn a_secret_crosses_no_network_unencrypted(#[case] keys: &str, #[case] place: &str) {
    let expected = format!(
        "{place} over http, whoever stands on the way to a.example reads this secret (write `https://` in its \
         address, or remove this)"
    );
    assert_eq!(told("http://a.example/", keys).unwrap_err(), [expected]);
    for fine in ["https://a.example/", "http://127.0.0.1/", "http://localhost/", "http://[::1]:8080/"] {
        assert!(told(fine, keys).is_ok(), "{fine}");
    }
    assert!(told("http://a.example/", "headers = { Accept-Language = \"en\" }").is_ok(), "no secret");
}

#[test]
fn a_login_and_headers_are_what_is_sent_and_are_never_shown() {
    let keys = "user = \"dësk\"\npassword-credential = \"good\"\n\
                headers = { X-Key = { credential = \"good\" }, Cookie = \"a=hunter2\" }";
    let source = told("https://a.example/", keys).unwrap();
    let own = &source.own_headers;
    assert_eq!(own.login, Some(Login::Password));
    assert_eq!(own.headers[AUTHORIZATION], "Basic ZMOrc2s6aHVudGVyMg==");
    assert_eq!(
        (&own.headers["x-key"], &own.headers["cookie"]),
        (&"hunter2".parse().unwrap(), &"a=hunter2".parse().unwrap())
    );
    let shown = format!("{source:?}");
    assert!(!shown.contains("hunter2") && !shown.contains("ZMOrc2s6"), "{shown}");

    let source = told("https://a.example/", "token-credential = \"good\"").unwrap();
    assert_eq!(source.own_headers.headers[AUTHORIZATION], "Bearer hunter2");
    assert_eq!(source.own_headers.login, Some(Login::Token));
}

#[test]
fn a_command_that_only_looks_needs_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sanctionwatch.toml");
    let keys = "token-credential = \"unseen\"\nheaders = { X-Key = { credential = \"unseen\" } }";
    fs::write(&path, format!("[[source]]\nname = \"A\"\nurl = \"https://a.example/\"\n{keys}\n{WATCH}"))
        .unwrap();
    assert!(load(&path, &Environment::of_variables([])).is_err());
    let looking = Environment::of_variables([]).without_secrets();
    let own = load(&path, &looking).unwrap().config.sources.remove(0).own_headers;
    assert!(own.is_login_unseen() && own.headers.is_empty());
}
