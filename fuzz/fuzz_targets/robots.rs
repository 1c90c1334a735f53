//! Any bytes as a robots.txt, with a path in their first line: no panic, and itself is always allowed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sanctionwatch::fetch::RobotsRules;

fuzz_target!(|bytes: &[u8]| {
    let (path, file) = bytes.split_at(bytes.iter().position(|byte| *byte == b'\n').unwrap_or(0));
    let rules = RobotsRules::read(file);
    let _either = rules.allows(&String::from_utf8_lossy(path));
    assert!(rules.allows("/robots.txt"));
    assert!(rules.pause.as_secs() <= 60);
});
