//! Reading a configuration: the file, what it includes, and everything that is wrong with them.

use super::check::{self, ReadText, World, beside};
use super::diagnostics::{ConfigErrors, Findings};
use super::environment::Environment;
use super::keys;
use super::model::Config;
use super::reader::{self, Table, Value};
use super::source_file::{Mark, SourceFile};
use super::{Problem, Severity};
use rustix::io::Errno;
use std::cell::Cell;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Component, Path, PathBuf};

/// Most bytes of one file: a hundred times a large configuration, and harmless to hold.
const MOST_BYTES: u64 = 4 * 1024 * 1024;

/// Most files of one configuration.
const MOST_FILES: usize = 100;

/// Why a file cannot be read that is not there.
pub(super) const MISSING: &str = "it does not exist";

/// A configuration and the files it came from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// What it means.
    pub config: Config,
    /// The file that was named first, then what it includes, in the order read.
    pub files: Vec<PathBuf>,
    /// What is odd in it: warnings only.
    pub warnings: Findings,
}

/// Reads and checks a configuration. All that is wrong is told at once; nothing is half used.
pub fn load(path: &Path, environment: &Environment) -> Result<Loaded, ConfigErrors> {
    let passing = Cell::new(false);
    let read = |path: &Path| {
        read_text(path).map_err(|unread| {
            passing.set(passing.get() || unread.may_pass);
            unread.reason
        })
    };
    check(path, &World { environment, read: &read, is_open: &is_open })
        .map_err(|errors| if passing.get() { errors.that_may_pass() } else { errors })
}

/// Checks a text as if it were a file, reading no other file and no environment variable.
pub fn check_text(text: &str) -> Result<Loaded, ConfigErrors> {
    let path = Path::new("sanctionwatch.toml");
    let read = |asked: &Path| {
        if asked == path { Ok(text.to_owned()) } else { Err("other files are not read here".to_owned()) }
    };
    let environment = Environment::of_variables([]);
    check(path, &World { environment: &environment, read: &read, is_open: &|_| false })
}

/// Checks a configuration in a world of its own.
pub(super) fn check(path: &Path, world: &World<'_>) -> Result<Loaded, ConfigErrors> {
    let mut files = gather(path, world.read);
    let trees: Vec<_> = files.iter().map(|file| (file, reader::parse(file))).collect();
    let roots: Vec<Table<'_>> = trees
        .iter()
        .map(|(file, tree)| Table::open(tree.get_ref(), Mark { file, span: 0..0 }, &keys::ROOT))
        .collect();
    let (config, words) = check::config(&roots, world);
    drop(roots);
    drop(trees);
    files.extend(words);
    let paths = files.iter().map(|file| file.path.clone()).collect();
    let findings = Findings::collect(files);
    if findings.count(Severity::Error) > 0 {
        return Err(ConfigErrors::new(findings, paths));
    }
    Ok(Loaded { config, files: paths, warnings: findings })
}

/// The file and all it includes. What cannot be read is reported where it is named.
fn gather(path: &Path, read: ReadText<'_>) -> Vec<SourceFile> {
    let mut files: Vec<SourceFile> = Vec::new();
    match read(path) {
        Ok(text) => include(SourceFile::new(path.to_owned(), text), read, &mut files),
        Err(reason) => {
            let file = SourceFile::new(path.to_owned(), String::new());
            file.report_syntax(Problem {
                severity: Severity::Error,
                span: None,
                message: format!("cannot read it: {reason}"),
                help: None,
            });
            files.push(file);
        }
    }
    files
}

/// Adds a file and, behind it, what it includes.
fn include(file: SourceFile, read: ReadText<'_>, files: &mut Vec<SourceFile>) {
    // This scan only follows `include`; everything else is read, and reported, in `check`.
    let scan = SourceFile::new(file.path.clone(), file.text.clone());
    let this = files.len();
    files.push(file);
    let tree = reader::parse(&scan);
    let root = Table::open(tree.get_ref(), Mark { file: &scan, span: 0..0 }, &keys::ROOT);
    let Some(value) = root.value("include") else { return };
    for entry in value.list().into_iter().flatten() {
        if let Some(included) = included(&entry, read, files) {
            include(included, read, files);
        }
    }
    let about = value.mark.span;
    drop(tree);
    let (_, _, problems) = scan.into_problems();
    for problem in problems {
        if problem.span.as_ref().is_some_and(|span| about.start <= span.start && span.end <= about.end) {
            files[this].report(problem);
        }
    }
}

/// One file that is included; what keeps it from being read is reported at its name.
fn included(entry: &Value<'_>, read: ReadText<'_>, files: &[SourceFile]) -> Option<SourceFile> {
    let path = beside(&entry.mark.file.path, entry.string()?);
    if files.iter().any(|known| plain(&known.path) == plain(&path)) {
        return entry.wrong(
            format!("{} is read already", path.display()),
            "each file is included once, and never by itself",
        );
    }
    if files.len() >= MOST_FILES {
        return entry.wrong(format!("more than {MOST_FILES} files"), "put the sources into fewer files");
    }
    match read(&path) {
        Ok(text) => Some(SourceFile::new(path, text)),
        Err(reason) => entry.wrong(
            format!("cannot read {}: {reason}", path.display()),
            "the path is relative to the file that includes it",
        ),
    }
}

/// A path without `.` and `..`, so that two ways to write it compare equal.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if plain.file_name().is_some() => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

/// Why a file was not read.
#[derive(Debug)]
struct Unread {
    reason: String,
    /// Whether the next try may succeed though nobody has changed anything.
    may_pass: bool,
}

impl From<String> for Unread {
    fn from(reason: String) -> Self {
        Self { reason, may_pass: false }
    }
}

impl From<io::Error> for Unread {
    fn from(error: io::Error) -> Self {
        let reason = match error.kind() {
            ErrorKind::NotFound => MISSING.to_owned(),
            ErrorKind::PermissionDenied => "permission denied".to_owned(),
            _ => error.to_string(),
        };
        // A disk or a server of files that fails, and a system that has no more to give.
        let may_pass = matches!(
            Errno::from_io_error(&error),
            Some(Errno::IO | Errno::STALE | Errno::TIMEDOUT | Errno::MFILE | Errno::NFILE | Errno::NOMEM)
        );
        Self { reason, may_pass }
    }
}

/// Reads a text file; only a regular one, so that nothing blocks, and no more than is reasonable.
fn read_text(path: &Path) -> Result<String, Unread> {
    let found = std::fs::metadata(path).map_err(|error| match error.kind() {
        ErrorKind::PermissionDenied => "permission denied to enter a folder above it".to_owned().into(),
        _ => Unread::from(error),
    })?;
    if !found.is_file() {
        return Err("it is not a file".to_owned().into());
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(format!("it is larger than {MOST_BYTES} bytes").into());
    }
    String::from_utf8(bytes)
        .map_err(|error| format!("byte {} is not UTF-8", error.utf8_error().valid_up_to()).into())
}

/// Whether everybody on this machine may read a file: it, and every folder above it.
fn is_open(path: &Path) -> bool {
    const READ: u32 = 0o004;
    const ENTER: u32 = 0o001;
    let may = |path: &Path, bit: u32| {
        std::fs::metadata(path).is_ok_and(|found| found.permissions().mode() & bit != 0)
    };
    std::fs::canonicalize(path)
        .is_ok_and(|whole| may(&whole, READ) && whole.ancestors().skip(1).all(|folder| may(folder, ENTER)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::a_disk_that_fails(Errno::IO, true)]
    #[case::no_file_descriptor(Errno::MFILE, true)]
    #[case::not_there(Errno::NOENT, false)]
    #[case::not_for_us(Errno::ACCESS, false)]
    #[case::a_circle_of_links(Errno::LOOP, false)]
    fn what_may_pass_is_worth_another_try(#[case] error: Errno, #[case] expected: bool) {
        assert_eq!(Unread::from(io::Error::from(error)).may_pass, expected);
    }
}
