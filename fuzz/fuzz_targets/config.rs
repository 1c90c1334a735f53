//! Any text as a configuration: no panic, and what is wrong can be shown.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sanctionwatch::config::check_text;

fuzz_target!(|text: &str| {
    if let Err(errors) = check_text(text) {
        assert!(errors.count() > 0);
        assert!(!errors.render(false).is_empty());
    }
});
