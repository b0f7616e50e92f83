//! Models held against what customers did.

use super::purchasing::Purchasing;
use super::summary::{Summaries, Summary};
use crate::score::numeric::real;
use crate::score::numeric::sum::Sum;
use crate::wire::getters;

/// Purchases up to the end of a period, as they were and as a model expects them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrackedPeriod {
    end: f64,
    actual: Option<u64>,
    expected: f64,
}

impl TrackedPeriod {
    getters! {
        /// The end of the period, from the first purchase of the earliest customer.
        end: f64,
        /// Repeat purchases of all customers up to there; none where nothing is known.
        actual: Option<u64>,
        /// As many as the model expects.
        expected: f64,
    }
}

/// Cumulative repeat purchases of all customers, period by period, as in figure 2 of Fader, Hardie & Lee (2005): from their
/// first purchases to the end of the observation, and on into the hold-out.
///
/// Customers join over time: one of age `T` made its first purchase `T` before the end of the observation, and the clock of
/// the table starts with the earliest. So the expectation at a time `u` is that of new customers, summed,
/// `Σ E[X(u − start)]`: what the customers did later does not enter it.
///
/// ```
/// use customer_pool::score::clv::{Nbd, Summaries, Summary, Tracking};
/// let customers: Summaries = [Summary::new(1, 4.0, 10.0)?, Summary::new(0, 0.0, 6.0)?].into_iter().collect();
/// let table = Tracking::new(&Nbd::new(1.0, 10.0)?, &customers, &[4.0, 8.0]).with_actual(&[1, 1]);
/// let expected: Vec<f64> = table.periods().iter().map(|period| period.expected()).collect();
/// assert_eq!(expected, [0.4, 0.8 + 0.4]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Tracking(Vec<TrackedPeriod>);

impl Tracking {
    /// What the model expects up to each of these ends of periods.
    #[must_use]
    pub fn new(model: &impl Purchasing, customers: &Summaries, ends: &[f64]) -> Self {
        let ages = ages(customers);
        let oldest = ages.last().map_or(0.0, |(age, _)| *age);
        let expected = |end: f64| -> f64 {
            let known = ages.iter().filter(|(age, _)| end > oldest - age);
            known.map(|(age, n)| real(*n) * model.expected_new(end - (oldest - age))).collect::<Sum>().total()
        };
        Self(ends.iter().map(|&end| TrackedPeriod { end, actual: None, expected: expected(end) }).collect())
    }

    /// With the repeat purchases that were made up to each of the ends.
    #[must_use]
    pub fn with_actual(mut self, actual: &[u64]) -> Self {
        self.0.iter_mut().zip(actual).for_each(|(period, actual)| period.actual = Some(*actual));
        self
    }

    /// The periods, in the order given.
    #[must_use]
    pub fn periods(&self) -> &[TrackedPeriod] {
        &self.0
    }

    /// The mean absolute deviation of the expected from the actual cumulative purchases, as a share of the actual ones; over
    /// the periods with any. None without such.
    #[must_use]
    pub fn mean_absolute_share(&self) -> Option<f64> {
        let share = |period: &TrackedPeriod| {
            let actual = real(period.actual.filter(|actual| *actual > 0)?);
            Some((period.expected - actual).abs() / actual)
        };
        mean(self.0.iter().filter_map(share))
    }
}

/// Customers with a number of repeat purchases, as they are and as a model expects them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frequency {
    repeats: u32,
    and_more: bool,
    actual: u64,
    expected: f64,
}

impl Frequency {
    getters! {
        /// The number of repeat purchases.
        repeats: u32,
        /// Whether more than these are counted here as well.
        and_more: bool,
        /// How many customers there are.
        actual: u64,
        /// How many the model expects.
        expected: f64,
    }
}

/// Customers by their repeat purchases, each within its own age, as in figure 1 of Fader, Hardie & Lee (2005). The last row
/// also has those with more.
#[derive(Clone, Debug, PartialEq)]
pub struct Frequencies(Vec<Frequency>);

impl Frequencies {
    /// For 0, 1, … and `most` or more repeats.
    #[must_use]
    pub fn new(model: &impl Purchasing, customers: &Summaries, most: u32) -> Self {
        let mut rows: Vec<(u64, Sum)> = (0..=most).map(|_| (0, Sum::default())).collect();
        for group in customers.groups() {
            let row = usize::try_from(group.repeats().min(most)).ok().and_then(|at| rows.get_mut(at));
            if let Some((actual, _)) = row {
                *actual = actual.saturating_add(group.customers());
            }
        }
        for (age, n) in ages(customers) {
            let fewer = most.checked_sub(1).map(|last| model.probabilities_new(age, last)).unwrap_or_default();
            // What is left to 1 may be rounding alone.
            let rest = (1.0 - fewer.iter().copied().collect::<Sum>().total()).max(0.0);
            let all = fewer.into_iter().chain([rest]);
            rows.iter_mut().zip(all).for_each(|((_, expected), p)| expected.add(real(n) * p));
        }
        let row = |(repeats, (actual, expected)): (u32, (u64, Sum))| Frequency {
            repeats,
            and_more: repeats == most,
            actual,
            expected: expected.total(),
        };
        Self((0..).zip(rows).map(row).collect())
    }

    /// The rows, by the number of repeats.
    #[must_use]
    pub fn rows(&self) -> &[Frequency] {
        &self.0
    }

    /// `Σ (actual − expected)² / expected` over the rows in which the model expects anybody.
    #[must_use]
    pub fn chi_square(&self) -> f64 {
        let expected = self.0.iter().filter(|row| row.expected > 0.0);
        expected.map(|row| (real(row.actual) - row.expected).powi(2) / row.expected).collect::<Sum>().total()
    }
}

/// Customers with a number of repeats in the calibration, and what they bought in the hold-out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeldOut {
    repeats: u32,
    and_more: bool,
    customers: u64,
    actual: f64,
    expected: f64,
}

impl HeldOut {
    getters! {
        /// The repeats in the calibration.
        repeats: u32,
        /// Whether customers with more are counted here as well.
        and_more: bool,
        /// How many customers there are; rows without any are left out.
        customers: u64,
        /// What each bought in the hold-out, on average.
        actual: f64,
        /// What the model expected of each, on average.
        expected: f64,
    }
}

/// A model, fitted in a calibration, against the time that followed: by the repeats of the calibration, as in figure 3 of
/// Fader, Hardie & Lee (2005).
#[derive(Clone, Debug, PartialEq)]
pub struct HoldOut {
    rows: Vec<HeldOut>,
    actual: u64,
    expected: f64,
}

impl HoldOut {
    /// Of customers as they were at the end of the calibration, and of the number of purchases that each of them made in the
    /// time `length` after it. Customers with `most` repeats or more share a row.
    #[must_use]
    pub fn new(
        model: &impl Purchasing,
        customers: impl IntoIterator<Item = (Summary, u64)>,
        length: f64,
        most: u32,
    ) -> Self {
        let mut rows: Vec<(u64, u64, Sum)> = (0..=most).map(|_| (0, 0, Sum::default())).collect();
        let (mut actual, mut expected) = (0_u64, Sum::default());
        for (customer, bought) in customers {
            let will = model.expected(&customer, length) * real(customer.customers());
            expected.add(will);
            actual = actual.saturating_add(bought);
            let row = usize::try_from(customer.repeats().min(most)).ok().and_then(|at| rows.get_mut(at));
            if let Some((customers, all, sum)) = row {
                *customers = customers.saturating_add(customer.customers());
                *all = all.saturating_add(bought);
                sum.add(will);
            }
        }
        let row = |(repeats, (customers, all, sum)): (u32, (u64, u64, Sum))| {
            let of_each = |sum: f64| sum / real(customers);
            (customers > 0).then(|| HeldOut {
                repeats,
                and_more: repeats == most,
                customers,
                actual: of_each(real(all)),
                expected: of_each(sum.total()),
            })
        };
        Self { rows: (0..).zip(rows).filter_map(row).collect(), actual, expected: expected.total() }
    }

    getters! {
        /// By the repeats of the calibration.
        rows: &[HeldOut],
        /// Purchases of all in the hold-out.
        actual: u64,
        /// As many as the model expected.
        expected: f64,
    }
}

/// The ages, ascending, with the number of customers of each.
fn ages(customers: &Summaries) -> Vec<(f64, u64)> {
    let mut ages: Vec<(f64, u64)> = customers.groups().iter().map(|group| (group.age(), group.customers())).collect();
    ages.sort_unstable_by_key(|(age, n)| (age.to_bits(), *n));
    ages.dedup_by(|next, first| {
        let same = next.0.to_bits() == first.0.to_bits();
        if same {
            first.1 = first.1.saturating_add(next.1);
        }
        same
    });
    ages
}

fn mean(terms: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, n) = terms.fold((Sum::default(), 0_u64), |(mut sum, n), term| {
        sum.add(term);
        (sum, n.saturating_add(1))
    });
    (n > 0).then(|| sum.total() / real(n))
}
