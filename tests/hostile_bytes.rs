//! Every seed for fuzzing, and some changes of it, held to what fuzzing holds bytes to: the short run. The same
//! changes every time; `fuzz/README.md` says how to run for longer.

#[path = "../fuzz/src/lib.rs"]
mod checks;

use fastrand::Rng;
use rstest::rstest;
use std::path::Path;

/// How often each seed is changed.
const CHANGES: u64 = 200;
/// What is put into a text to do harm.
const TOKENS: [&[u8]; 16] = [
    b"<",
    b">",
    b"&",
    b"\"",
    b"]]>",
    b"<![CDATA[",
    b"<!--",
    b"\0",
    b"\r\n",
    b"&#0;",
    b"</item>",
    b"{",
    b"[",
    b"\\u",
    b"\xff\xfe",
    "\u{202e}".as_bytes(),
];

#[rstest]
#[case::announced("announced")]
#[case::article("article")]
#[case::assess("assess")]
#[case::config("config")]
#[case::date("date")]
#[case::decode("decode")]
#[case::feed("feed")]
#[case::link("link")]
#[case::listing("listing")]
#[case::mail("mail")]
#[case::opml("opml")]
#[case::page("page")]
#[case::robots("robots")]
#[case::text("text")]
fn seeds_and_changes_of_them_do_no_harm(#[case] target: &str) {
    let (_, check) = checks::TARGETS.iter().find(|(name, _)| *name == target).expect("a target");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "no seeds for {target}");
    for (number, file) in files.iter().enumerate() {
        let seed = std::fs::read(file).unwrap();
        check(&seed);
        for change in 0..CHANGES {
            let mut rng = Rng::with_seed(number as u64 * CHANGES + change);
            let changed = changed(&seed, &mut rng);
            // Who sees the test fail sees by what.
            let shown = String::from_utf8_lossy(&changed);
            let held = std::panic::catch_unwind(|| check(&changed));
            assert!(held.is_ok(), "{}, change {change}: {shown:?}", file.display());
        }
    }
}

#[test]
fn every_target_has_its_file() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/fuzz_targets");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    files.sort();
    let targets: Vec<&str> = checks::TARGETS.iter().map(|(name, _)| *name).collect();
    assert_eq!(files, targets);
}

/// The bytes with one to eight things done to them.
fn changed(seed: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _step in 0..rng.usize(1..=8) {
        let at = rng.usize(..=bytes.len());
        let until = (at + rng.usize(..32)).min(bytes.len());
        match rng.u8(..6) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..until)),
            2 => {
                let token = TOKENS[rng.usize(..TOKENS.len())];
                drop(bytes.splice(at..at, token.iter().copied()));
            }
            3 => {
                let copied = bytes[at..until].repeat(rng.usize(1..20));
                drop(bytes.splice(at..at, copied));
            }
            4 if at < bytes.len() => bytes[at] = rng.u8(..),
            _ => bytes[at..until].reverse(),
        }
    }
    bytes
}
