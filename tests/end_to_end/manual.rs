//! What is generated from the commands themselves: manual pages and completions.

use crate::support::program::{self, Ended};
use rstest::rstest;
use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

fn run(arguments: &[&str]) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program::command(folder.path());
    command.args(arguments);
    program::run(command, None).expect_code(0)
}

/// The commands that `--help` lists, without clap's own `help`.
fn commands() -> BTreeSet<String> {
    let help = run(&["--help"]).stdout;
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let listed = listed.take_while(|line| !line.is_empty());
    // Further lines of an explanation stand further in.
    let named = listed.filter_map(|line| line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')));
    named
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .filter(|name| name != "help")
        .collect()
}

#[test]
fn every_command_has_a_manual_page() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("new/man1");
    run(&["man", "--folder", pages.to_str().unwrap()]);

    let written: BTreeSet<String> = std::fs::read_dir(&pages)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let commands = commands();
    assert!(commands.len() > 10 && commands.contains("run") && commands.contains("man"), "{commands:?}");
    for command in &commands {
        let name = format!("sanctionwatch-{command}.1");
        assert!(written.contains(&name), "no {name} in {written:?}");
        let page = std::fs::read_to_string(pages.join(&name)).unwrap();
        assert!(page.contains(".SH SYNOPSIS") && page.contains(env!("CARGO_PKG_VERSION")), "{page}");
    }
    let program = std::fs::read_to_string(pages.join("sanctionwatch.1")).unwrap();
    assert_eq!(program, run(&["man"]).stdout);
    for words in ["SANCTIONWATCH_CONFIG", "sanctionwatch\\-import\\-opml(1)", "78 wrong configuration"] {
        assert!(program.contains(words), "{words}: {program}");
    }
}

#[test]
fn pages_that_cannot_be_written_are_told() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let mut command = program::command(folder.path());
    command.args(["man", "--folder", "file/man1"]);
    let ended = program::run(command, None).expect_code(73);
    assert!(ended.stderr.contains("cannot make file/man1"), "{ended}");
}

#[rstest]
#[case::bash("bash", "complete -F _sanctionwatch")]
#[case::zsh("zsh", "#compdef sanctionwatch")]
#[case::fish("fish", "complete -c sanctionwatch")]
#[case::elvish("elvish", "edit:completion:arg-completer[sanctionwatch]")]
fn each_shell_learns_every_command(#[case] shell: &str, #[case] mark: &str) {
    let script = run(&["completions", shell]).stdout;
    assert!(script.contains(mark), "{script}");
    for command in commands() {
        assert!(script.contains(&command), "{command}: {script}");
    }
}

#[test]
fn bash_accepts_its_completions() {
    let script = run(&["completions", "bash"]).stdout;
    let mut bash = Command::new("bash").arg("-n").stdin(Stdio::piped()).spawn().unwrap();
    bash.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    assert!(bash.wait().unwrap().success());
}
