//! How many customers are in each cell and in each segment.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Serialize;

use super::{RfmScore, Segments, code};
use crate::attribute::decimal_text;

/// Customers of a cell or a segment, and the monetary value of those of whom it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// How many there are.
    pub customers: u64,
    /// The sum of their monetary values.
    #[serde(with = "decimal_text")]
    pub value: Decimal,
}

impl Cell {
    fn add(&mut self, score: &RfmScore) -> Option<()> {
        self.value = self.value.checked_add(score.inputs().monetary.unwrap_or_default())?;
        self.customers = self.customers.saturating_add(1);
        Some(())
    }
}

/// Counts per class, per code, and per segment.
///
/// ```
/// use customer_pool::score::rfm::{CellReport, Rfm, RfmInputs, Segments};
/// let one = RfmInputs { recency: Some(3), frequency: Some(1), monetary: Some("9.50".parse()?) };
/// let rfm = Rfm::fit(&[one], 5, chrono::NaiveDate::from_ymd_opt(2026, 6, 30).expect("a day"))?;
/// let report = CellReport::new(&[rfm.score(&one), rfm.score(&RfmInputs::default())], &Segments::grid25()).ok_or("a sum")?;
/// assert_eq!((report.codes["511"].customers, report.segments["new_recent"].customers, report.missing), (1, 1, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CellReport {
    /// By code.
    pub codes: BTreeMap<String, Cell>,
    /// By the id of the segment; every segment of the table is there.
    pub segments: BTreeMap<String, Cell>,
    /// Customers per class of recency, frequency and monetary value, from class 1.
    pub classes: [BTreeMap<u8, u64>; 3],
    /// Customers without a class in one of the three.
    pub missing: u64,
}

impl CellReport {
    /// Counts these scores. `None` where a sum of money has too many digits.
    #[must_use]
    pub fn new(scores: &[RfmScore], segments: &Segments) -> Option<Self> {
        let mut report = Self::default();
        for segment in segments.segments() {
            report.segments.insert(segment.id().to_string(), Cell::default());
        }
        for score in scores {
            let classes = [score.recency(), score.frequency(), score.monetary()];
            for (counts, class) in report.classes.iter_mut().zip(classes) {
                if let Some(class) = class {
                    let count = counts.entry(class).or_default();
                    *count = count.saturating_add(1);
                }
            }
            match score.classes() {
                Some(classes) => report.codes.entry(code(classes)).or_default().add(score)?,
                None => report.missing = report.missing.saturating_add(1),
            }
            if let Some(segment) = segments.of(score) {
                report.segments.entry(segment.id().to_string()).or_default().add(score)?;
            }
        }
        Some(report)
    }
}
