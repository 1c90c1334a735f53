//! Addresses as they travel: an international domain in its ASCII form, which every server takes.

use crate::domain::MailAddress;
use lettre::Address;
use lettre::address::AddressError;
use url::Host;

/// An address as it stands on an envelope and in headers. Only a local part may still not be ASCII: it has
/// no other form (RFC 6531).
pub(super) fn travelling(address: &MailAddress) -> Result<Address, AddressError> {
    let written = address.as_str();
    if let Some((local, domain)) = written.rsplit_once('@')
        && !domain.is_ascii()
        && let Ok(Host::Domain(domain)) = Host::parse(domain)
    {
        return Address::new(local, domain);
    }
    written.parse()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("desk@example.org", "desk@example.org")]
    #[case("desk@bücher.example", "desk@xn--bcher-kva.example")]
    #[case("büro@bücher.example", "büro@xn--bcher-kva.example")]
    #[case("desk@[192.0.2.1]", "desk@[192.0.2.1]")]
    fn a_domain_travels_in_ascii(#[case] written: &str, #[case] travels: &str) {
        let address: MailAddress = written.parse().unwrap();
        assert_eq!(AsRef::<str>::as_ref(&travelling(&address).unwrap()), travels);
    }
}
