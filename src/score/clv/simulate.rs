//! Customers as the models make them.

use super::bg_nbd::BgNbd;
use super::nbd::Nbd;
use super::summary::{Summary, SummaryProblem};
use crate::score::numeric::Seeded;

/// More purchases than this are not simulated for one customer.
pub const MOST_SIMULATED: u32 = 10_000_000;

/// An age at which a customer cannot be simulated.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SimulationError {
    /// It is no age.
    #[error("age {row}: {problem}")]
    Age {
        /// Which, counted from 0.
        row: usize,
        /// What is wrong with it.
        problem: SummaryProblem,
    },
    /// The customer bought more than [`MOST_SIMULATED`] times.
    #[error("age {row}: more than {MOST_SIMULATED} purchases")]
    TooManyPurchases {
        /// Which, counted from 0.
        row: usize,
    },
}

/// One customer for each age: `customer` makes that of an age from the times of a new customer's repeat purchases.
pub(super) fn simulated(
    ages: &[f64],
    mut customer: impl FnMut(f64) -> Option<(u32, f64)>,
) -> Result<Vec<Summary>, SimulationError> {
    let one = |(row, &age): (usize, &f64)| {
        let refused = |problem| SimulationError::Age { row, problem };
        Summary::new(0, 0.0, age).map_err(refused)?;
        let (repeats, last) = customer(age).ok_or(SimulationError::TooManyPurchases { row })?;
        Summary::new(repeats, last, age).map_err(refused)
    };
    ages.iter().enumerate().map(one).collect()
}

/// The number of purchases and the time of the last; none where there are too many.
pub(super) fn counted(mut purchases: impl Iterator<Item = f64>) -> Option<(u32, f64)> {
    purchases.try_fold((0_u32, 0.0), |(repeats, _), time| {
        let repeats = repeats.saturating_add(1);
        (repeats <= MOST_SIMULATED).then_some((repeats, time))
    })
}

/// The times of purchases at a rate, up to `until`.
pub(super) fn poisson(rate: f64, until: f64, random: &mut Seeded) -> impl Iterator<Item = f64> {
    let mut time = 0.0;
    core::iter::from_fn(move || {
        time += random.exponential() / rate;
        (time <= until).then_some(time)
    })
}

impl Nbd {
    /// The times of a new customer's repeat purchases up to `until`, ascending. They are drawn as they are taken.
    pub fn purchases(&self, until: f64, random: &mut Seeded) -> impl Iterator<Item = f64> {
        let rate = random.gamma(self.r()) / self.alpha();
        poisson(rate, until, random)
    }

    /// A customer of each age.
    ///
    /// # Errors
    /// The first age that is none, or at which too much was bought.
    pub fn simulate(&self, ages: &[f64], random: &mut Seeded) -> Result<Vec<Summary>, SimulationError> {
        simulated(ages, |age| counted(self.purchases(age, random)))
    }
}

impl BgNbd {
    /// The times of a new customer's repeat purchases up to `until`, ascending. They are drawn as they are taken.
    ///
    /// ```
    /// use customer_pool::score::clv::{BgNbd, Seeded};
    /// let weeks = BgNbd::new(0.243, 4.414, 0.793, 2.426)?;
    /// let mut random = Seeded::new(3);
    /// let bought: usize = (0..1000).map(|_| weeks.purchases(39.0, &mut random).count()).sum();
    /// assert!((bought as f64 / 1000.0 - weeks.expected_new(39.0)).abs() < 0.3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn purchases(&self, until: f64, random: &mut Seeded) -> impl Iterator<Item = f64> {
        let rate = random.gamma(self.r()) / self.alpha();
        let lost = random.beta(self.a(), self.b());
        let (mut time, mut active) = (0.0, true);
        core::iter::from_fn(move || {
            time += random.exponential() / rate;
            if !active || time > until {
                return None;
            }
            active = random.uniform() >= lost;
            Some(time)
        })
    }

    /// A customer of each age.
    ///
    /// # Errors
    /// The first age that is none, or at which too much was bought.
    pub fn simulate(&self, ages: &[f64], random: &mut Seeded) -> Result<Vec<Summary>, SimulationError> {
        simulated(ages, |age| counted(self.purchases(age, random)))
    }
}
