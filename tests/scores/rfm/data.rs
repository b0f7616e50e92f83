//! The real data and reference answers, read in place.

use std::path::PathBuf;

use customer_pool::score::rfm::RfmInputs;

/// A file of the shared data. Without it a local run leaves the test out, loudly; with `CI` set it fails.
pub fn text(name: &str) -> Option<String> {
    let shared = std::env::var_os("CUSTOMER_POOL_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data")), PathBuf::from);
    let path = shared.join(name);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        assert!(std::env::var_os("CI").is_none(), "{} is missing", path.display());
        eprintln!("SKIPPED: {} is missing", path.display());
    }
    text
}

/// The cells of a table without quotes, its head left out.
pub fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines().skip(1).map(|line| line.split(',').collect())
}

/// A customer of the table of scores: its inputs and its classes.
pub fn scored(row: &[&str]) -> (RfmInputs, [u8; 3]) {
    let inputs =
        RfmInputs { recency: row[1].parse().ok(), frequency: row[3].parse().ok(), monetary: row[5].parse().ok() };
    (inputs, [row[2], row[4], row[6]].map(|class| class.parse().unwrap()))
}
