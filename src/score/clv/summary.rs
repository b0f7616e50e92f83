//! What the models of purchasing know of a customer.

use super::grouping;
use crate::wire::getters;

/// Customers of one history: repeat purchases, time of the last one, and age, in the model's unit of time.
///
/// *Repeats* `x` are the purchases after the first. The clock of a customer starts with the first purchase: `last` (`t_x`) is
/// the time from there to the last purchase, `age` (`T`) to the end of the observation. Any unit serves, if it is one.
///
/// ```
/// use customer_pool::score::clv::{Summary, SummaryProblem};
/// let weeks = Summary::new(2, 30.43, 38.86)?;
/// assert_eq!((weeks.repeats(), weeks.last(), weeks.age(), weeks.customers()), (2, 30.43, 38.86, 1));
/// assert_eq!(Summary::new(2, 39.0, 38.86), Err(SummaryProblem::LastAfterAge { last: 39.0, age: 38.86 }));
/// # Ok::<(), SummaryProblem>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    repeats: u32,
    last: f64,
    age: f64,
    customers: u64,
}

/// Why a history is none.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SummaryProblem {
    /// A time is negative, infinite or not a number.
    #[error("`{0}` is no length of time")]
    NoTime(f64),
    /// The last purchase lies after the end of the observation.
    #[error("the last purchase, at {last}, lies after the end of the observation, at {age}")]
    LastAfterAge {
        /// The time of the last purchase.
        last: f64,
        /// The age.
        age: f64,
    },
    /// No repeat purchase, and yet a time of the last one.
    #[error("without a repeat purchase the last one cannot be at {0}")]
    LastWithoutRepeat(f64),
    /// Repeat purchases within an age of zero.
    #[error("{0} repeat purchases within no time")]
    RepeatsInNoTime(u32),
    /// A row that stands for no customer.
    #[error("the row stands for no customer")]
    NoCustomers,
    /// A column has another number of values than the first.
    #[error("the columns have {0}, {1} and {2} values")]
    Columns(usize, usize, usize),
}

/// A row that is no history.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("row {row}: {problem}")]
pub struct SummaryError {
    row: usize,
    problem: SummaryProblem,
}

impl SummaryError {
    pub(super) fn new(row: usize, problem: SummaryProblem) -> Self {
        Self { row, problem }
    }

    getters! {
        /// The row, counted from 0.
        row: usize,
        /// What is wrong with it.
        problem: SummaryProblem,
    }
}

impl Summary {
    /// One customer.
    ///
    /// An age of 0 without repeats is a history, of which a model learns nothing. Repeats of which the last is at 0 are one
    /// as well, if the age is above 0: such come from purchases of the first day that were not merged. Predictions take them
    /// as the limit of a small `last`; to fit a model with dropout to them is refused by [`FitFailure::Unbounded`](super::FitFailure).
    ///
    /// # Errors
    /// A time that is none, a last purchase after the age or without a repeat, repeats within an age of 0.
    pub fn new(repeats: u32, last: f64, age: f64) -> Result<Self, SummaryProblem> {
        for time in [last, age] {
            if !(time >= 0.0 && time.is_finite()) {
                return Err(SummaryProblem::NoTime(time));
            }
        }
        if last > age {
            return Err(SummaryProblem::LastAfterAge { last, age });
        }
        if repeats == 0 && last > 0.0 {
            return Err(SummaryProblem::LastWithoutRepeat(last));
        }
        if repeats > 0 && age <= 0.0 {
            return Err(SummaryProblem::RepeatsInNoTime(repeats));
        }
        // Adding 0 makes of −0 the 0 that it equals.
        Ok(Self { repeats, last: last + 0.0, age: age + 0.0, customers: 1 })
    }

    /// As many customers of this history.
    ///
    /// # Errors
    /// [`SummaryProblem::NoCustomers`] for 0.
    pub fn with_customers(self, customers: u64) -> Result<Self, SummaryProblem> {
        if customers == 0 { Err(SummaryProblem::NoCustomers) } else { Ok(Self { customers, ..self }) }
    }

    getters! {
        /// `x`: purchases after the first.
        repeats: u32,
        /// `t_x`: from the first purchase to the last.
        last: f64,
        /// `T`: from the first purchase to the end of the observation.
        age: f64,
        /// How many customers have this history.
        customers: u64,
    }

    /// What the order and the equality of histories go by: of numbers that are not negative the bits are in order.
    pub(super) fn key(&self) -> (u32, u64, u64) {
        (self.repeats, self.age.to_bits(), self.last.to_bits())
    }

    pub(super) fn add_customers(&mut self, customers: u64) {
        self.customers = self.customers.saturating_add(customers);
    }
}

/// The histories of many customers: equal ones once, with their number, in the order of repeats, age and last purchase.
///
/// So nothing that is computed from them depends on the order of the rows, or on whether a history was given many times or
/// with its number.
///
/// ```
/// use customer_pool::score::clv::{Summaries, SummaryError};
/// let customers = Summaries::from_columns(&[0, 2, 0], &[0.0, 30.43, 0.0], &[38.86, 38.86, 38.86])?;
/// assert_eq!((customers.customers(), customers.repeats(), customers.repeat_customers()), (3, 2, 1));
/// assert_eq!(customers.groups().len(), 2);
/// # Ok::<(), SummaryError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summaries {
    groups: Vec<Summary>,
    customers: u64,
    repeat_customers: u64,
    repeats: u64,
}

impl Summaries {
    /// Of columns: repeats, time of the last purchase, age.
    ///
    /// # Errors
    /// The first row that is no history, as [`Summary::new`] says; row 0 where the columns differ in length.
    pub fn from_columns(repeats: &[u32], last: &[f64], age: &[f64]) -> Result<Self, SummaryError> {
        if repeats.len() != last.len() || last.len() != age.len() {
            return Err(SummaryError::new(0, SummaryProblem::Columns(repeats.len(), last.len(), age.len())));
        }
        Ok(Self::of_groups(grouping::of_columns(repeats, last, age)?))
    }

    fn of_groups(groups: Vec<Summary>) -> Self {
        let mut all = Self { groups, ..Self::default() };
        for group in &all.groups {
            all.customers = all.customers.saturating_add(group.customers);
            all.repeats = all.repeats.saturating_add(u64::from(group.repeats).saturating_mul(group.customers));
            if group.repeats > 0 {
                all.repeat_customers = all.repeat_customers.saturating_add(group.customers);
            }
        }
        all
    }

    /// These customers and those.
    #[must_use]
    pub fn merged(self, other: Self) -> Self {
        Self::of_groups(grouping::merged(self.groups, other.groups))
    }

    getters! {
        /// The histories, each once.
        groups: &[Summary],
        /// How many customers there are.
        customers: u64,
        /// How many of them bought again.
        repeat_customers: u64,
        /// The repeat purchases of all.
        repeats: u64,
    }
}

impl FromIterator<Summary> for Summaries {
    fn from_iter<I: IntoIterator<Item = Summary>>(rows: I) -> Self {
        Self::of_groups(grouping::of_rows(rows))
    }
}

impl Extend<Summary> for Summaries {
    fn extend<I: IntoIterator<Item = Summary>>(&mut self, rows: I) {
        *self = core::mem::take(self).merged(rows.into_iter().collect());
    }
}
