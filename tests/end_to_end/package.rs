//! The Debian package: built from the program as it was built for the tests, and installed into a tree of its own by
//! `tests/package/package-test.sh`.

use crate::support::program::{self, Ended};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// The exit code of a script where what it needs is missing.
const MISSING: i32 = 77;

/// The variable under which a test that would be skipped fails.
const REQUIRED: &str = "SANCTIONWATCH_PACKAGE_REQUIRED";

/// Runs a script of the project; `None` where what it needs is not here, which is said on standard error.
fn script(name: &str, arguments: &[&str]) -> Option<Ended> {
    let mut command = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join(name));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let ended = program::run(command, None);
    if ended.code == Some(MISSING) {
        let why = ended.stderr.trim();
        assert!(std::env::var_os(REQUIRED).is_none(), "{REQUIRED} is set, and it cannot be: {why}");
        // Not by `eprintln!`: of a test that passes, nobody is shown that.
        let mut shown = std::io::stderr();
        writeln!(shown, "the package: {why}").unwrap();
        return None;
    }
    Some(ended.expect_code(0))
}

#[test]
fn the_package_is_installed_upgraded_removed_and_purged() {
    let folder = tempfile::tempdir().unwrap();
    let (program, folder) = (env!("CARGO_BIN_EXE_sanctionwatch"), folder.path().to_str().unwrap());
    let built = script("packaging/build-deb.sh", &["--program", program, folder]);
    let Some(built) = built else { return };
    let package = built.stdout.lines().last().unwrap().to_owned();

    let Some(tested) = script("tests/package/package-test.sh", &[&package]) else { return };
    assert!(tested.stdout.lines().filter(|line| line.starts_with("PASS")).count() > 40, "{tested}");
}
