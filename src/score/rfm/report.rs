//! How many customers are in each cell and in each segment.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Serialize;

use super::{ClassesMismatch, RfmScore, Segments, code};
use crate::attribute::decimal_text;
use crate::score::money;

/// Customers of a cell or a segment, and the monetary value of those whose value is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// How many there are.
    pub customers: u64,
    /// The exact sum of their monetary values, but for those in [`CellReport::unsummed`].
    #[serde(with = "decimal_text")]
    pub value: Decimal,
}

impl Cell {
    fn add(&mut self, money: Option<Decimal>) {
        self.customers = self.customers.saturating_add(1);
        // What does not fit together is left out before.
        self.value = money.and_then(|money| money::exact(self.value, money)).unwrap_or(self.value);
    }
}

/// Counts per class, per code, and per segment.
///
/// ```
/// use customer_pool::score::rfm::{CellReport, Rfm, RfmInputs, Segments};
/// let one = RfmInputs { recency: Some(3), frequency: Some(1), monetary: Some("9.50".parse()?) };
/// let rfm = Rfm::fit(&[one], 5, chrono::NaiveDate::from_ymd_opt(2026, 6, 30).expect("a day"))?;
/// let report = CellReport::new(&[rfm.score(&one), rfm.score(&RfmInputs::default())], &Segments::grid25())?;
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
    /// The places, among the scores, of customers whose monetary value is in no sum: with theirs the values, signs left away,
    /// would not add up exactly within the digits of a decimal. They are the fewest without whom the others do. They are
    /// counted like all others.
    pub unsummed: Vec<usize>,
}

impl CellReport {
    /// Counts these scores.
    ///
    /// # Errors
    /// Scores with another number of classes than the table.
    pub fn new(scores: &[RfmScore], segments: &Segments) -> Result<Self, ClassesMismatch> {
        let mut report = Self { unsummed: unsummed(scores), ..Self::default() };
        let mut unsummed = report.unsummed.clone().into_iter().peekable();
        for segment in segments.segments() {
            report.segments.insert(segment.id().to_string(), Cell::default());
        }
        for (place, score) in scores.iter().enumerate() {
            let money = score.inputs().monetary.filter(|_| unsummed.next_if_eq(&place).is_none());
            let classes = [score.recency(), score.frequency(), score.monetary()];
            for (counts, class) in report.classes.iter_mut().zip(classes) {
                if let Some(class) = class {
                    let count = counts.entry(class).or_default();
                    *count = count.saturating_add(1);
                }
            }
            match score.classes() {
                Some(classes) => report.codes.entry(code(classes)).or_default().add(money),
                None => report.missing = report.missing.saturating_add(1),
            }
            if let Some(segment) = segments.of(score)? {
                report.segments.entry(segment.id().to_string()).or_default().add(money);
            }
        }
        Ok(report)
    }
}

/// The places of scores whose monetary value does not add up with those of the others.
fn unsummed(scores: &[RfmScore]) -> Vec<usize> {
    let known = scores.iter().enumerate().filter_map(|(place, score)| Some((place, score.inputs().monetary?)));
    let (places, values): (Vec<usize>, Vec<Decimal>) = known.unzip();
    money::misfits(&values).into_iter().filter_map(|at| places.get(at).copied()).collect()
}
