//! The guide `docs/tuning.md`: every command that it shows prints what it shows.
//!
//! `SANCTIONWATCH_GUIDE=write` writes what comes out into the guide instead, to be read and committed.

use crate::support::program;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

/// The guide's own files, copied, so that nothing is left in the project.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(docs().join("tuning")).unwrap().map(Result::unwrap) {
        if entry.path().is_file() {
            fs::copy(entry.path(), folder.path().join(entry.file_name())).unwrap();
        }
    }
    folder
}

/// What a line of a shell prints, with the built program in its path.
fn printed(line: &str, folder: &Path) -> String {
    let programs = Path::new(env!("CARGO_BIN_EXE_sanctionwatch")).parent().unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let mut command = Command::new("sh");
    command.args(["-c", line]).current_dir(folder).env_clear().env("PATH", path).env("HOME", folder);
    command.stdin(std::process::Stdio::null());
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let ended = program::run(command, None).expect_code(0);
    assert_eq!(ended.stderr, "", "{line}");
    ended.stdout.trim_end().to_owned()
}

#[test]
fn the_guide_shows_what_comes_out() {
    let guide = fs::read_to_string(docs().join("tuning.md")).unwrap();
    let folder = folder();
    let (mut written, mut in_console, mut commands) = (String::new(), false, 0);
    for line in guide.lines() {
        in_console = match line {
            "```console" => true,
            "```" => false,
            _ => in_console,
        };
        if !in_console || line == "```console" {
            written.push_str(&format!("{line}\n"));
        } else if let Some(command) = line.strip_prefix("$ ") {
            commands += 1;
            written.push_str(&format!("{line}\n{}\n", printed(command, folder.path())));
        }
    }
    assert!(commands > 7, "{commands} commands");
    if std::env::var_os("SANCTIONWATCH_GUIDE").is_some_and(|wish| wish == "write") {
        fs::write(docs().join("tuning.md"), written).unwrap();
        return;
    }
    for (shown, comes_out) in guide.lines().zip(written.lines()) {
        assert_eq!(shown, comes_out, "in docs/tuning.md; SANCTIONWATCH_GUIDE=write mends it");
    }
    assert_eq!(guide.lines().count(), written.lines().count());
}

#[test]
fn the_guide_shows_its_files_as_they_are() {
    let guide = fs::read_to_string(docs().join("tuning.md")).unwrap();
    let read = |name: &str| fs::read_to_string(docs().join("tuning").join(name)).unwrap();
    assert!(guide.contains(&format!("```toml\n{}```", read("my-words.toml"))), "my-words.toml");
    let (plain, tuned) = (read("watch.toml"), read("tuned.toml"));
    let tables = |text: &str| text.split_once("\nstate").unwrap().1.to_owned();
    let more = tables(&tuned).strip_prefix(&tables(&plain)).map(str::trim).map(str::to_owned);
    let more = more.expect("tuned.toml is watch.toml with two lines more");
    assert!(guide.contains(&format!("```toml\n{more}\n```")), "{more}");
}
