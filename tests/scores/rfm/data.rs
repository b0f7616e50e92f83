//! The real data and reference answers, read in place.

use customer_pool::score::rfm::RfmInputs;

pub(crate) use crate::support::shared_text as text;

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
