//! The proxy: what is wrong in one, and what a right one means.

use super::tests::{SOURCE, WATCH, all_told};
use super::{Environment, Loaded, load};
use rstest::rstest;
use std::fs;

/// What is told of `[fetch]` with these keys, without the folder it stands in.
fn read(keys: &str, source: &str) -> Result<Loaded, Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sanctionwatch.toml");
    fs::write(&path, format!("[fetch]\n{keys}\n{source}\n{WATCH}")).unwrap();
    load(&path, &Environment::of_variables([("good", "hunter2")])).map_err(|errors| {
        assert!(!errors.to_string().contains("hunter2"), "{errors}");
        let place = format!("{}/", folder.path().display());
        all_told(&errors).iter().map(|told| told.replace(&place, "")).collect()
    })
}

#[rstest]
#[case::no_scheme(
    "proxy = \"proxy.example.org:3128\"",
    "2:9 this proxy has no scheme (it starts with `http://`, such as \"http://proxy.example.org:3128\")"
)]
#[case::no_name(
    "proxy = \"http://:3128\"",
    "2:9 this is no address: empty host (such as \"http://proxy.example.org:3128\")"
)]
#[case::scheme(
    "proxy = \"socks5://proxy.example.org\"",
    "2:9 proxies are asked over http, https and socks5h, not over `socks5` (such as \"http://proxy.example.org:3128\")"
)]
#[case::password(
    "proxy = \"http://me:hunter2@proxy.example.org\"",
    "2:9 an address with a user or password would put it into logs (leave out what stands before the `@`; `proxy-user` and `proxy-password-credential` log in)"
)]
#[case::path(
    "proxy = \"http://proxy.example.org/proxy.pac\"",
    "2:9 a proxy is a host and a port (such as \"http://proxy.example.org:3128\")"
)]
#[case::login_without_proxy(
    "proxy-user = \"desk\"\nproxy-password-credential = \"good\"",
    "2:14 there is no `proxy` to log in at (add it, or remove this)"
)]
#[case::user_alone(
    "proxy = \"http://proxy.example.org\"\nproxy-user = \"desk\"",
    "3:14 [fetch] has a `proxy-user` and no `proxy-password-credential` (name a systemd credential, a file, or an environment variable that holds the password)"
)]
fn a_wrong_proxy_is_told_at_its_place(#[case] keys: &str, #[case] expected: &str) {
    assert_eq!(read(keys, SOURCE).unwrap_err(), [expected]);
}

#[test]
fn a_proxy_is_its_address_and_its_login() {
    let keys =
        "proxy = \"http://10.0.0.1:3128\"\nproxy-user = \"desk\"\nproxy-password-credential = \"good\"";
    let config = read(keys, &format!("{SOURCE}proxy = false")).unwrap().config;
    let proxy = config.fetch.proxy.clone().unwrap();
    let (user, password) = proxy.login.unwrap();
    assert_eq!(
        (proxy.address.as_str(), user.as_str(), password.expose()),
        ("http://10.0.0.1:3128/", "desk", "hunter2")
    );
    assert!(!config.sources[0].over_proxy);
    assert!(!format!("{config:?}").contains("hunter2"));
    assert!(
        read("proxy = \"socks5h://proxy.example.org:1080\"", SOURCE).unwrap().config.sources[0].over_proxy
    );
}

#[test]
fn no_secret_goes_over_a_proxy_unencrypted() {
    let source = "[[source]]\nname = \"S\"\nurl = \"http://127.0.0.1/\"\ntoken-credential = \"good\"\n";
    let keys = "proxy = \"http://proxy.example.org\"";
    let told = read(keys, source).unwrap_err();
    assert!(told[0].contains("whoever stands on the way to 127.0.0.1 reads this secret"), "{told:?}");
    assert!(read(keys, &format!("{source}proxy = false")).is_ok());
}
