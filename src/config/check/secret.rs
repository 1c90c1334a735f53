//! Secrets: named in the configuration, never written there.

use super::{World, odd};
use crate::config::load::MISSING;
use crate::config::reader::Value;
use crate::domain::Secret;

/// The secret that a key such as `password-credential` points to: a systemd credential of that name,
/// else a file, else an environment variable. `what` is what it is called. Empty where the command at
/// hand sends nothing and only the service can see it.
///
/// What is written is never quoted: it may be the secret itself, written in the wrong place. The line that is
/// shown shows what looks like a name (`config::secrets`).
pub(super) fn secret(value: &Value<'_>, world: &World<'_>, what: &str) -> Option<Secret> {
    let name = value.string()?.trim();
    let plain_name = !name.contains('/') && name != "..";
    let credential =
        world.environment.credentials_directory().filter(|_| plain_name).map(|folder| folder.join(name));
    let file = World::input_path(value, name);
    let mut unreadable = None;
    let text = credential
        .iter()
        .chain([&file])
        .find_map(|path| match (world.read)(path) {
            Ok(text) => Some((path, text)),
            Err(reason) => {
                unreadable = unreadable.take().or((reason != MISSING).then_some(reason));
                None
            }
        })
        .map(|(path, text)| {
            odd::open_secret(value, path, world, what);
            text
        })
        .or_else(|| world.environment.variable(name));
    match text {
        Some(text) if !text.trim_end_matches(['\n', '\r']).is_empty() => {
            Some(Secret::new(text.trim_end_matches(['\n', '\r']).to_owned()))
        }
        None if !world.environment.needs_secrets() => Some(Secret::new(String::new())),
        Some(_) => value
            .wrong(format!("the {what} is empty"), "put it into the credential, file or variable named here"),
        None if unreadable.is_some() => value.wrong(
            format!(
                "the {what} cannot be read where `{}` points: {}",
                value.key,
                unreadable.unwrap_or_default()
            ),
            format!("a file that the user can read as whom this runs, or a systemd credential; it holds the {what}"),
        ),
        None => value.wrong(
            format!("no {what} is found where `{}` points", value.key),
            format!(
                "it names a systemd credential, else a file (relative to this one), else an environment \
                 variable; the {what} itself never stands here"
            ),
        ),
    }
}
