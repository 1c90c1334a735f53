//! Webhooks: what is wrong in a `[[webhook]]`, and what a right one means.

use super::tests::{MAIL, SOURCE, SUBSCRIBER, WATCH, all_told};
use super::{Environment, load};
use crate::domain::{DeliverWhen, SubscriberKey};
use rstest::rstest;
use std::fs;

#[rstest]
#[case::no_secret(
    "name = \"B\"\nurl = \"https://b.example/\"\nwatches = [\"W\"]",
    "1:1 [[webhook]] has no `secret-credential` (add `secret-credential = \"desk-bot-secret\"`)"
)]
#[case::secret_not_found(
    "name = \"B\"\nurl = \"https://b.example/\"\nwatches = [\"W\"]\nsecret-credential = \"s\"",
    "5:21 no secret is found where `secret-credential` points (it names a systemd credential, else a file (relative to this one), else an environment variable; the secret itself never stands here)"
)]
#[case::no_name(
    "url = \"https://b.example/\"\nwatches = [\"W\"]\nsecret-credential = \"good\"",
    "1:1 [[webhook]] has no `name` (add `name = \"Desk bot\"`)"
)]
#[case::no_address(
    "name = \"B\"\nwatches = [\"W\"]\nsecret-credential = \"good\"",
    "1:1 [[webhook]] has no `url` (add `url = \"https://hooks.example.org/in\"`)"
)]
#[case::short_secret(
    "name = \"B\"\nurl = \"https://b.example/\"\nwatches = [\"W\"]\nsecret-credential = \"short\"",
    "5:21 the secret is shorter than 16 bytes (make one with `openssl rand -base64 32` and give it to the receiver, too)"
)]
#[case::badly_encoded_secret(
    "name = \"B\"\nurl = \"https://b.example/\"\nwatches = [\"W\"]\nsecret-credential = \"garbled\"",
    "5:21 the secret begins with `whsec_`, and what follows is not Base64 (make one with `openssl rand -base64 32` and give it to the receiver, too)"
)]
#[case::scheme(
    "name = \"B\"\nurl = \"ftp://b.example/\"\nwatches = [\"W\"]\nsecret-credential = \"good\"",
    "3:7 webhooks are called over http and https, not over `ftp` (such as \"https://hooks.example.org/in\")"
)]
#[case::plain(
    "name = \"B\"\nurl = \"http://b.example/\"\nwatches = [\"W\"]\nsecret-credential = \"good\"\nallow-addresses = [\"10.0.0.0/8\"]",
    "3:7 over http, whoever stands on the way reads and changes what this webhook is told (write `https://`; or give a private address such as \"http://10.1.2.3/in\" and list it in `allow-addresses`)"
)]
#[case::plain_to_an_address_that_is_not_allowed(
    "name = \"B\"\nurl = \"http://10.1.2.3/\"\nwatches = [\"W\"]\nsecret-credential = \"good\"",
    "3:7 over http, whoever stands on the way reads and changes what this webhook is told (write `https://`; or give a private address such as \"http://10.1.2.3/in\" and list it in `allow-addresses`)"
)]
#[case::password_in_address(
    "name = \"B\"\nurl = \"https://me:hunter2@b.example/\"\nwatches = [\"W\"]\nsecret-credential = \"good\"",
    "3:7 an address with a user or password would put it into logs and mails (leave out what stands before the `@`)"
)]
#[case::watch(
    "name = \"B\"\nurl = \"https://b.example/\"\nwatches = [\"w\"]\nsecret-credential = \"good\"",
    "4:12 no watch is named `w` (did you mean \"W\"?)"
)]
#[case::no_watches(
    "name = \"B\"\nurl = \"https://b.example/\"\nwatches = []\nsecret-credential = \"good\"",
    "4:11 `watches` is an empty list"
)]
#[case::twice(
    "name = \"B\"\nurl = \"https://b.example/\"\nwatches = [\"W\"]\nsecret-credential = \"good\"\n[[webhook]]\nname = \"B \"\nurl = \"https://c.example/\"\nwatches = [\"W\"]\nsecret-credential = \"good\"",
    "7:8 this webhook name is given twice (the first is at sanctionwatch.toml:2)"
)]
#[case::key(
    "name = \"B\"\nurl = \"https://b.example/\"\nwatches = [\"W\"]\nsecret-credential = \"good\"\nallow = []",
    "6:1 unknown key `allow` in [[webhook]] (did you mean `allow-addresses`?)"
)]
fn a_wrong_webhook_is_told_at_its_place(#[case] text: &str, #[case] expected: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sanctionwatch.toml");
    fs::write(&path, format!("[[webhook]]\n{text}\n{SOURCE}{WATCH}")).unwrap();
    let environment = Environment::of_variables([
        ("good", "0123456789abcdef"),
        ("short", "hunter2"),
        ("garbled", "whsec_hunter2 hunter2 hunter2"),
    ]);
    let errors = load(&path, &environment).unwrap_err();
    let place = format!("{}/", folder.path().display());
    assert_eq!(all_told(&errors).iter().map(|told| told.replace(&place, "")).collect::<Vec<_>>(), [expected]);
    assert!(!errors.to_string().contains("hunter2"), "{errors}");
}

#[test]
fn a_webhook_is_read_and_is_a_subscriber_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sanctionwatch.toml");
    fs::write(folder.path().join("key"), "whsec_c2l4dGVlbiBieXRlcyBvaw==\n").unwrap();
    let hook = |name: &str, url: &str, allow: &str| {
        format!(
            "[[webhook]]\nname = \"{name}\"\nurl = \"{url}\"\nwatches = [\"W\"]\n\
             secret-credential = \"key\"\nallow-addresses = [{allow}]\n"
        )
    };
    let text = [
        hook("Bot", "https://hooks.example.org/in", ""),
        hook("At home", "http://10.1.2.3:8080/in", "\"10.0.0.0/8\""),
        hook("Here", "http://localhost/in", "\"::1\""),
    ]
    .concat();
    fs::write(&path, format!("{text}{SUBSCRIBER}{MAIL}{SOURCE}{WATCH}")).unwrap();

    let config =
        load(&path, &Environment::of_variables([])).unwrap_or_else(|errors| panic!("{errors}")).config;
    let names: Vec<&str> = config.webhooks.iter().map(|webhook| webhook.name.as_str()).collect();
    assert_eq!(names, ["Bot", "At home", "Here"]);
    assert_eq!(config.webhooks[0].secret.expose(), b"sixteen bytes ok");
    assert_eq!(config.subscribers.len(), 4);
    assert_eq!(config.subscribers[1].key, SubscriberKey::Webhook("Bot".parse().unwrap()));
    assert_eq!(config.subscribers[1].deliver, DeliverWhen::AtOnce);
    assert_eq!(config.subscribers[1].watches, config.subscribers[0].watches);
    let shown = format!("{:?}", config.webhooks);
    assert!(!shown.contains("sixteen") && !shown.contains("115, 105, 120"), "{shown}");

    fs::remove_file(folder.path().join("key")).unwrap();
    assert!(load(&path, &Environment::of_variables([])).is_err());
    let looking = Environment::of_variables([]).without_secrets();
    let config = load(&path, &looking).unwrap_or_else(|errors| panic!("{errors}")).config;
    assert_eq!(config.webhooks.len(), 3, "a command that only looks needs no secret");
}
