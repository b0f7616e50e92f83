//! Bytes as lines of facts.
#![no_main]

mod common;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| common::customers(bytes));
