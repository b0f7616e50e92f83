//! What the tests share: short spellings, how cases are drawn, the shared data, pages that are generated.
#![allow(dead_code, reason = "every binary that includes this file uses a part of it")]

use core::fmt::Debug;
use core::str::FromStr;
use std::path::{Path, PathBuf};

use customer_pool::decision::Denial;
use customer_pool::time::Timestamp;
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestCaseResult, TestRunner};
use serde_json::Value;

/// An id, or anything else with a short text, whose type the context says.
#[track_caller]
pub(crate) fn id<T: FromStr<Err: Debug>>(text: &str) -> T {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error:?}"))
}

/// An instant from a date and a time, with or without seconds: of Shanghai, unless the text names an offset.
#[track_caller]
pub(crate) fn at(text: &str) -> Timestamp {
    let (date, time) = text.split_once([' ', 'T']).expect("a date and a time");
    let seconds = if time.len() == "09:00".len() { ":00" } else { "" };
    let offset = if time.contains(['Z', '+', '-']) { "" } else { "+08:00" };
    id(&format!("{date}T{time}{seconds}{offset}"))
}

/// So many microseconds after 1970.
pub(crate) fn micros(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros).expect("an instant of our age")
}

pub(crate) fn just_before(at: Timestamp) -> Timestamp {
    at.checked_add_micros(-1).expect("not the first instant")
}

pub(crate) fn codes(denials: &[Denial]) -> Vec<&'static str> {
    denials.iter().map(Denial::code).collect()
}

/// Turns every list round.
pub(crate) fn turned(value: &mut Value) {
    match value {
        Value::Array(parts) => {
            parts.reverse();
            parts.iter_mut().for_each(turned);
        }
        Value::Object(parts) => parts.values_mut().for_each(turned),
        _ => {}
    }
}

/// How many cases to draw: as many as `PROPTEST_CASES` says, else `usual`.
pub(crate) fn cases(usual: u32) -> u32 {
    if is_told() { Config::default().cases } else { usual }
}

/// Whether `PROPTEST_CASES` says how many cases to draw.
pub(crate) fn is_told() -> bool {
    std::env::var_os("PROPTEST_CASES").is_some()
}

/// Draws cases and holds each to the test; from the seed that `PROPTEST_RNG_SEED` says, else always the same.
pub(crate) fn check<T: Debug>(usual: u32, strategy: impl Strategy<Value = T>, test: impl Fn(T) -> TestCaseResult) {
    let default = Config::default();
    let rng_seed = match default.rng_seed {
        RngSeed::Random => RngSeed::Fixed(20_260_302),
        given => given,
    };
    // Every number of a world's tape could be shrunk one by one; some hundred tries make it small enough to read.
    let max_shrink_iters = default.max_shrink_iters.min(800);
    let config = Config { cases: cases(usual), failure_persistence: None, max_shrink_iters, rng_seed, ..default };
    if let Err(error) = TestRunner::new(config).run(&strategy, test) {
        panic!("with {rng_seed:?}: {error}");
    }
}

/// A file of the shared data. Without it a local run leaves the test out, loudly; with `CI` set it fails.
pub(crate) fn shared(file: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("CUSTOMER_POOL_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data")), PathBuf::from);
    let path = folder.join(file);
    if path.exists() {
        return Some(path);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is missing", path.display());
    eprintln!("SKIPPED: {} is missing", path.display());
    None
}

/// The text of a file of the shared data.
pub(crate) fn shared_text(file: &str) -> Option<String> {
    shared(file)
        .map(|path| std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

/// The files below a folder whose names end so, in order.
pub(crate) fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|end| end == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Compares a generated text with the committed file, or with `ACCEPT=1` writes it.
#[track_caller]
pub(crate) fn hold_to(path: &str, generated: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("ACCEPT").is_some_and(|value| value == "1") {
        std::fs::write(&path, generated).expect("the file can be written");
        return;
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    for (number, (is, was)) in generated.lines().zip(committed.lines()).enumerate() {
        assert_eq!(is, was, "{}:{}; ACCEPT=1 writes it anew", path.display(), number + 1);
    }
    assert_eq!(generated, committed, "{}; ACCEPT=1 writes it anew", path.display());
}
