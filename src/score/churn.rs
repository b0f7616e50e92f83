//! The urgency of churn: how late a customer is, by its own measure or by a model.

use crate::model::{FULL, Unit};
use crate::score::clv::rounded;
use crate::time::Timestamp;

/// With fewer gaps between purchases than these nothing is said, unless another number is asked for.
pub const LEAST_GAPS: usize = 3;

/// How late a customer is: the time since its last purchase against its own median gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Lateness {
    /// The time since the last purchase, in microseconds.
    pub elapsed_micros: i64,
    /// The median gap between purchases, in microseconds; of an even number the mean of the two in the middle, rounded down.
    pub median_gap_micros: i64,
    /// How many gaps there are.
    pub gaps: usize,
    /// `⌊10⁶ · elapsed / (elapsed + median)⌋`: one half when a whole median gap has passed, ever nearer to one.
    pub urgency: Unit,
}

/// The lateness of a customer who bought at these instants, in whatever order; those after `now` are not known yet, and of equal
/// ones one counts. `None` with fewer than `least` gaps.
///
/// ```
/// use customer_pool::score::churn::{LEAST_GAPS, lateness};
/// let day = |d: u32| format!("2026-01-{d:02}T00:00:00Z").parse().expect("an instant");
/// let late = lateness([day(1), day(4), day(7), day(10)], day(13), LEAST_GAPS).expect("three gaps");
/// assert_eq!(late.urgency.get(), 500_000);
/// assert!(lateness([day(1), day(4)], day(13), LEAST_GAPS).is_none());
/// ```
#[must_use]
pub fn lateness(purchases: impl IntoIterator<Item = Timestamp>, now: Timestamp, least: usize) -> Option<Lateness> {
    let mut at: Vec<i64> = purchases.into_iter().filter(|at| *at <= now).map(Timestamp::as_micros).collect();
    at.sort_unstable();
    at.dedup();
    let mut gaps: Vec<i64> = at.iter().zip(at.iter().skip(1)).map(|(one, next)| next.saturating_sub(*one)).collect();
    if gaps.len() < least.max(1) {
        return None;
    }
    gaps.sort_unstable();
    let upper = *gaps.get(gaps.len() / 2)?;
    let lower = *gaps.get(gaps.len().saturating_sub(1) / 2)?;
    let median = i64::try_from(i128::from(upper).saturating_add(i128::from(lower)) / 2).ok()?;
    let elapsed = now.as_micros().saturating_sub(*at.last()?);
    let whole = i128::from(elapsed).saturating_add(i128::from(median));
    let urgency = i128::from(elapsed).saturating_mul(i128::from(FULL)).checked_div(whole)?;
    Some(Lateness {
        elapsed_micros: elapsed,
        median_gap_micros: median,
        gaps: gaps.len(),
        urgency: u32::try_from(urgency).ok().and_then(Unit::new)?,
    })
}

/// The urgency by a model: what the probability of being alive lacks to 1, per million, half to even. `None` for what is no
/// probability.
///
/// ```
/// use customer_pool::score::churn::urgency_by_model;
/// assert_eq!(urgency_by_model(0.75).map(|unit| unit.get()), Some(250_000));
/// assert_eq!(urgency_by_model(f64::NAN), None);
/// ```
#[must_use]
pub fn urgency_by_model(alive: f64) -> Option<Unit> {
    unit_of(alive).and_then(|alive| Unit::new(FULL.checked_sub(alive.get())?))
}

/// A probability per million, half to even: how a model's `f64` becomes a score that a decision reads. `None` for what is no
/// probability.
#[must_use]
pub fn unit_of(probability: f64) -> Option<Unit> {
    if !(0.0..=1.0).contains(&probability) {
        return None;
    }
    let millionths = rounded(probability, 6)?.checked_mul(rust_decimal::Decimal::from(FULL))?;
    u32::try_from(millionths).ok().and_then(Unit::new)
}
