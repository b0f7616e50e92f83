//! RFM: recency, frequency, monetary value, each in classes, and the segments that follow.
//!
//! Classes come from [`Cuts`]: by default quantile cuts, by integers alone, so that equal values are in one class and neither
//! the order of the rows nor any scale matters. A run fits them to a population ([`Rfm::fit`]), and they are a value from then
//! on: stored, shipped, applied to new customers. Populations spread over machines send [`Population`]s; many rows at once take
//! [`classify`]. [`Segments`] are tables as data.

mod bins;
mod columns;
mod cuts;
mod population;
mod report;
mod segments;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub(crate) use bins::MidRanks;
pub use bins::{Tiles, mid_rank_classes, rank_tiles};
pub use columns::{Classified, Column, classify};
pub use cuts::{Cuts, CutsError, MOST_CLASSES, Side};
pub use population::Population;
pub use report::{Cell, CellReport};
pub use segments::{Axes, ClassesMismatch, Segment, Segments, SegmentsError};

use crate::attribute::decimal_text;
use crate::wire::getters;

/// What is known of a customer at the analysis date. What is missing stays missing.
///
/// *Frequency* counts the orders including the first; the models of customer lifetime value count repeats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RfmInputs {
    /// Civil days since the last order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recency: Option<i64>,
    /// Orders, including the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frequency: Option<u64>,
    /// The total or the mean of the orders, whichever the run uses for all.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "decimal_text::option")]
    pub monetary: Option<Decimal>,
}

/// The cuts of a run, with the date of its analysis.
///
/// ```
/// use customer_pool::score::rfm::{Rfm, RfmInputs, Segments};
/// let customer = |days, orders, money: i64| {
///     RfmInputs { recency: Some(days), frequency: Some(orders), monetary: Some(money.into()) }
/// };
/// let all: Vec<RfmInputs> = (1..=100).map(|i| customer(i, 101 - i as u64, 10 * i)).collect();
/// let rfm = Rfm::fit(&all, 5, chrono::NaiveDate::from_ymd_opt(2026, 6, 30).expect("a day"))?;
/// let score = rfm.score(&customer(3, 98, 30));
/// assert_eq!(score.code().as_deref(), Some("551"));
/// assert_eq!(Segments::grid25().of(&score)?.map(|segment| segment.name()), Some("Loyal"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rfm {
    on: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recency: Option<Cuts<i64>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    frequency: Option<Cuts<u64>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    monetary: Option<Cuts<Decimal>>,
}

impl Rfm {
    /// Quantile cuts of these customers, analysed on this civil day. A column without a single value has no cuts.
    ///
    /// # Errors
    /// A number of classes that is none.
    pub fn fit(customers: &[RfmInputs], classes: u8, on: NaiveDate) -> Result<Self, CutsError> {
        Ok(Self {
            on,
            recency: Cuts::quantile(customers.iter().filter_map(|one| one.recency), classes)?,
            frequency: Cuts::quantile(customers.iter().filter_map(|one| one.frequency), classes)?,
            monetary: Cuts::quantile(customers.iter().filter_map(|one| one.monetary), classes)?,
        })
    }

    /// Cuts that are given: fixed ones, or those of merged [`Population`]s.
    #[must_use]
    pub fn new(
        on: NaiveDate,
        recency: Option<Cuts<i64>>,
        frequency: Option<Cuts<u64>>,
        monetary: Option<Cuts<Decimal>>,
    ) -> Self {
        Self { on, recency, frequency, monetary }
    }

    /// The classes of a customer: of those the cuts were fitted to, or a new one. The most recent have the highest.
    #[must_use]
    pub fn score(&self, inputs: &RfmInputs) -> RfmScore {
        RfmScore {
            on: self.on,
            inputs: *inputs,
            recency: self.recency.as_ref().zip(inputs.recency).map(|(cuts, days)| cuts.mirrored(&days)),
            frequency: self.frequency.as_ref().zip(inputs.frequency).map(|(cuts, orders)| cuts.class(&orders)),
            monetary: self.monetary.as_ref().zip(inputs.monetary).map(|(cuts, money)| cuts.class(&money)),
            out_of: [
                self.recency.as_ref().map_or(0, Cuts::classes),
                self.frequency.as_ref().map_or(0, Cuts::classes),
                self.monetary.as_ref().map_or(0, Cuts::classes),
            ],
        }
    }

    getters! {
        /// The date of the analysis.
        on: NaiveDate,
        /// The cuts of recency, in days.
        recency: Option<&Cuts<i64>>,
        /// The cuts of frequency, in orders.
        frequency: Option<&Cuts<u64>>,
        /// The cuts of monetary value.
        monetary: Option<&Cuts<Decimal>>,
    }
}

/// The classes of a customer, with what they were found from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RfmScore {
    on: NaiveDate,
    inputs: RfmInputs,
    recency: Option<u8>,
    frequency: Option<u8>,
    monetary: Option<u8>,
    /// How many classes each column has; 0 where it has no cuts.
    #[serde(skip)]
    out_of: [u8; 3],
}

impl RfmScore {
    getters! {
        /// The class of recency.
        recency: Option<u8>,
        /// The class of frequency.
        frequency: Option<u8>,
        /// The class of monetary value.
        monetary: Option<u8>,
    }

    /// The three classes; `None` where one is missing.
    #[must_use]
    pub fn classes(&self) -> Option<[u8; 3]> {
        Some([self.recency?, self.frequency?, self.monetary?])
    }

    /// The classes one behind the other: `551`. Classes above 9 are set apart by points: `12.3.10`.
    #[must_use]
    pub fn code(&self) -> Option<String> {
        self.classes().map(code)
    }

    /// How many classes recency, frequency and monetary value have; 0 where a column has no cuts.
    pub(super) fn out_of(&self) -> [u8; 3] {
        self.out_of
    }

    getters! {
        /// What the classes were found from.
        inputs: &RfmInputs,
        /// The date of the analysis.
        on: NaiveDate,
    }
}

fn code([r, f, m]: [u8; 3]) -> String {
    if r.max(f).max(m) > 9 { format!("{r}.{f}.{m}") } else { format!("{r}{f}{m}") }
}

/// Weights that are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("weights are per mille and make 1000 together, not `{0}`")]
pub struct WeightsError(u32);

/// Weights of the three classes, per mille.
///
/// ```
/// use customer_pool::score::rfm::RfmWeights;
/// let weighed = RfmWeights::new(200, 300, 500)?.weigh([5, 4, 1]);
/// assert_eq!((weighed.contributions, weighed.total), ([1_000, 1_200, 500], 2_700));
/// # Ok::<(), customer_pool::score::rfm::WeightsError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RfmWeights([u16; 3]);

/// A weighted score, which is exactly the sum of its contributions: classes times a thousand on average.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Weighted {
    /// What recency, frequency and monetary value add.
    pub contributions: [u32; 3],
    /// The sum.
    pub total: u32,
}

impl RfmWeights {
    /// Of recency, frequency and monetary value.
    ///
    /// # Errors
    /// Unless they make 1,000.
    pub fn new(recency: u16, frequency: u16, monetary: u16) -> Result<Self, WeightsError> {
        let weights = [recency, frequency, monetary];
        let sum = weights.iter().fold(0_u32, |sum, weight| sum.saturating_add(u32::from(*weight)));
        if sum == 1_000 { Ok(Self(weights)) } else { Err(WeightsError(sum)) }
    }

    /// The weighted score of these classes.
    #[must_use]
    pub fn weigh(&self, classes: [u8; 3]) -> Weighted {
        let mut contributions = [0; 3];
        for ((place, weight), class) in contributions.iter_mut().zip(self.0).zip(classes) {
            *place = u32::from(weight).saturating_mul(u32::from(class));
        }
        Weighted { contributions, total: contributions.iter().fold(0, |sum: u32, one| sum.saturating_add(*one)) }
    }
}
