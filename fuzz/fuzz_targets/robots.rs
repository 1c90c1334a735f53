#![no_main]
#![allow(missing_docs, reason = "see the function")]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| sanctionwatch_fuzz::robots(bytes));
