//! Bytes as a file of facts.
#![no_main]

mod common;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| common::customers(bytes));
