//! Which addresses may be asked.
//!
//! Feeds, redirects and links are written by others: an address within our own network, the
//! machine itself or a cloud's metadata service is never what an operator meant, unless said so.
//! Only global unicast addresses pass (IANA's special-purpose registries, RFC 6890 and its updates);
//! a list of refusals forgets one (CGNAT was the one others forgot).

use super::NetError;
use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use url::{Host, Url};

/// IPv4 ranges that are no public hosts.
const SPECIAL_V4: [Ipv4Net; 17] = [
    v4(0, 0, 0, 0, 8),
    v4(10, 0, 0, 0, 8),
    v4(100, 64, 0, 0, 10),
    v4(127, 0, 0, 0, 8),
    v4(169, 254, 0, 0, 16),
    v4(172, 16, 0, 0, 12),
    v4(192, 0, 0, 0, 24),
    v4(192, 0, 2, 0, 24),
    v4(192, 31, 196, 0, 24),
    v4(192, 52, 193, 0, 24),
    v4(192, 88, 99, 0, 24),
    v4(192, 168, 0, 0, 16),
    v4(192, 175, 48, 0, 24),
    v4(198, 18, 0, 0, 15),
    v4(198, 51, 100, 0, 24),
    v4(203, 0, 113, 0, 24),
    // Multicast, reserved and broadcast.
    v4(224, 0, 0, 0, 3),
];

/// The only IPv6 range that is handed out to hosts.
const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 0, 3);

/// Parts of it that are no hosts of their own: protocol assignments with Teredo among them,
/// documentation (twice), 6to4, which embeds IPv4 addresses, and the AS112 sink.
const SPECIAL_V6: [Ipv6Net; 5] = [
    v6(0x2001, 0, 0, 23),
    v6(0x2001, 0xdb8, 0, 32),
    v6(0x2002, 0, 0, 16),
    v6(0x2620, 0x4f, 0x8000, 48),
    v6(0x3fff, 0, 0, 20),
];

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6(a: u16, b: u16, c: u16, length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), length)
}

/// Checks what can be checked before a name is resolved: scheme, user data, and addresses written
/// as such in any spelling (the `url` crate has turned decimal, octal and short forms into
/// addresses).
pub fn check_url(url: &Url, allow: &[IpNet]) -> Result<(), NetError> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(NetError::BadScheme { scheme: super::error::clean(url.scheme()) });
    }
    let host = url.host().ok_or(NetError::NoHost)?;
    let address = match host {
        Host::Domain("") => return Err(NetError::NoHost),
        Host::Domain(_) => None,
        Host::Ipv4(address) => Some(IpAddr::V4(address)),
        Host::Ipv6(address) => Some(IpAddr::V6(address)),
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err(NetError::UserInfo { host: host.to_string() });
    }
    match address {
        Some(address) if !is_allowed(address, allow) => {
            Err(NetError::AddressRefused { host: host.to_string(), address })
        }
        _ => Ok(()),
    }
}

/// Whether an address is a public host's, or in one of the ranges allowed all the same.
#[must_use]
pub fn is_allowed(address: IpAddr, allow: &[IpNet]) -> bool {
    // An IPv4 address in IPv6 clothes is the IPv4 address.
    let address = address.to_canonical();
    let public = match address {
        IpAddr::V4(address) => !SPECIAL_V4.iter().any(|range| range.contains(&address)),
        IpAddr::V6(address) => {
            GLOBAL_V6.contains(&address) && !SPECIAL_V6.iter().any(|range| range.contains(&address))
        }
    };
    public || allow.iter().any(|range| range.contains(&address))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::this_network("0.0.0.0")]
    #[case::private_a("10.1.2.3")]
    #[case::carrier("100.64.0.1")]
    #[case::carrier_end("100.127.255.255")]
    #[case::loopback("127.0.0.1")]
    #[case::metadata("169.254.169.254")]
    #[case::private_b("172.31.255.255")]
    #[case::protocol("192.0.0.8")]
    #[case::documentation("192.0.2.1")]
    #[case::relay("192.88.99.1")]
    #[case::private_c("192.168.1.1")]
    #[case::benchmark("198.19.0.1")]
    #[case::multicast("224.0.0.1")]
    #[case::reserved("240.0.0.1")]
    #[case::broadcast("255.255.255.255")]
    #[case::unspecified_6("::")]
    #[case::loopback_6("::1")]
    #[case::mapped("::ffff:127.0.0.1")]
    #[case::mapped_private("::ffff:10.0.0.1")]
    #[case::compatible("::127.0.0.1")]
    #[case::nat64("64:ff9b::7f00:1")]
    #[case::nat64_local("64:ff9b:1::1")]
    #[case::discard("100::1")]
    #[case::teredo("2001:0:4136:e378::1")]
    #[case::orchid("2001:20::1")]
    #[case::documentation_6("2001:db8::1")]
    #[case::six_to_four("2002:7f00:1::1")]
    #[case::new_documentation("3fff::1")]
    #[case::segment_routing("5f00::1")]
    #[case::unique_local("fd00::1")]
    #[case::link_local("fe80::1")]
    #[case::site_local("fec0::1")]
    #[case::multicast_6("ff02::1")]
    fn special_addresses_are_refused(#[case] address: &str) {
        assert!(!is_allowed(address.parse().unwrap(), &[]), "{address}");
    }

    #[rstest]
    #[case("1.1.1.1")]
    #[case("100.63.255.255")]
    #[case("172.32.0.1")]
    #[case("223.255.255.255")]
    #[case("::ffff:8.8.8.8")]
    #[case("2606:4700:4700::1111")]
    #[case("2a00:1450:4001::1")]
    #[case("2001:200::1")]
    fn public_addresses_pass(#[case] address: &str) {
        assert!(is_allowed(address.parse().unwrap(), &[]), "{address}");
    }

    #[test]
    fn what_is_allowed_passes_in_any_spelling() {
        let allow = ["127.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        for address in ["127.0.0.1", "::ffff:127.0.0.1", "fd00::1", "1.1.1.1"] {
            assert!(is_allowed(address.parse().unwrap(), &allow), "{address}");
        }
        assert!(!is_allowed("10.0.0.1".parse().unwrap(), &allow));
    }

    #[rstest]
    #[case::decimal("http://2130706433/")]
    #[case::octal("http://0177.0.0.1/")]
    #[case::hexadecimal("http://0x7f.1/")]
    #[case::short("http://127.1/")]
    #[case::full_width("http://①②⑦.0.0.1/")]
    #[case::mapped("http://[::ffff:127.0.0.1]/")]
    #[case::backslash("http://127.0.0.1\\@example.org/")]
    fn spellings_of_loopback_are_refused(#[case] url: &str) {
        let found = check_url(&Url::parse(url).unwrap(), &[]);
        assert!(matches!(found, Err(NetError::AddressRefused { .. })), "{url}: {found:?}");
    }

    #[test]
    fn schemes_and_user_data() {
        let check = |url: &str| check_url(&Url::parse(url).unwrap(), &[]);
        assert_eq!(check("https://example.org/feed"), Ok(()));
        assert_eq!(check("file:///etc/passwd"), Err(NetError::BadScheme { scheme: "file".to_owned() }));
        assert_eq!(check("java\nscript:x"), Err(NetError::BadScheme { scheme: "javascript".to_owned() }));
        for url in ["http://user@example.org/", "http://:secret@example.org/"] {
            assert_eq!(check(url), Err(NetError::UserInfo { host: "example.org".to_owned() }));
        }
    }
}
