//! Any text through the text stage: bounds hold, and no control character survives.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sanctionwatch::text::{normal_title, one_line, part_of_line, plain};

fuzz_target!(|text: &str| {
    let plain = plain(text, 200);
    assert!(plain.chars().count() <= 200);
    assert!(!plain.contains(char::is_control));
    assert_eq!(plain.trim(), plain);
    let line = one_line(text, 80);
    assert!(line.chars().count() <= 80);
    assert!(!line.contains(char::is_control));
    assert!(!part_of_line(text).contains(char::is_control));
    let normal = normal_title(text);
    assert_eq!(normal_title(&normal), normal);
});
