//! Secrets in addresses, in a file that everybody on the machine may read.

use crate::config::check::World;
use crate::config::keys;
use crate::config::reader::{Table, Value};
use crate::config::secrets::is_secret_parameter;
use url::Url;

/// Tells of each address under these keys with a parameter that looks like a secret. The secret is not shown.
pub(in crate::config::check) fn open_addresses(
    tables: &[Table<'_>],
    forms: &[&'static str],
    world: &World<'_>,
) {
    for value in tables.iter().flat_map(|table| forms.iter().filter_map(|form| table.value(form))) {
        let rules = if value.key == "json" { &keys::JSON } else { &keys::PAGE };
        let own = if value.is_table() {
            value.table(rules).and_then(|table| table.value("url"))
        } else {
            Some(value)
        };
        for address in own.and_then(|value| value.one_or_more()).into_iter().flatten() {
            open_address(&address, world);
        }
    }
}

fn open_address(value: &Value<'_>, world: &World<'_>) {
    let Some(address) = value.string().and_then(|text| Url::parse(text.trim()).ok()) else { return };
    let secret = address.query_pairs().find(|(name, value)| is_secret_parameter(name, value));
    let Some((name, _)) = secret.filter(|_| (world.is_open)(&value.mark.file.path)) else { return };
    value.mark.odd(
        format!(
            "`{name}` in this address looks like a secret, and everybody on this machine can read this file"
        ),
        "take that from others (`chmod o-r`); what a server takes in a header as well may come from a credential \
         (`headers`)",
    );
}
