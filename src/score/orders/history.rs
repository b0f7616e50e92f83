//! What an order log says of a customer.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::record::Part;
use super::{Monetary, OrderRules};
use crate::id::CustomerId;
use crate::score::clv::{Spending, SpendingError, Summary, SummaryProblem};
use crate::score::rfm::RfmInputs;

/// The places to which the mean of a customer's orders is rounded. Means that are added up stay exact in this way.
pub const MEAN_PLACES: u32 = 12;

/// What an order log says of a customer.
#[derive(Clone, Copy, Debug)]
pub struct OrderHistory<'o> {
    pub(super) id: &'o CustomerId,
    pub(super) rules: &'o OrderRules,
    pub(super) part: Part,
    pub(super) first_amount: Decimal,
    pub(super) held_out: Option<Part>,
}

/// Days between, at least 0.
fn days(from: NaiveDate, to: NaiveDate) -> i64 {
    to.signed_duration_since(from).num_days().max(0)
}

/// Days as a number: exact.
fn real(days: i64) -> f64 {
    crate::score::numeric::real(u64::try_from(days).unwrap_or_default())
}

impl OrderHistory<'_> {
    /// Who.
    #[must_use]
    pub fn id(&self) -> &CustomerId {
        self.id
    }

    /// The day of the first order.
    #[must_use]
    pub fn first(&self) -> NaiveDate {
        self.part.first
    }

    /// The day of the last order by the end.
    #[must_use]
    pub fn last(&self) -> NaiveDate {
        self.part.last
    }

    /// The orders by the end, including the first.
    #[must_use]
    pub fn orders(&self) -> u32 {
        self.part.orders
    }

    /// Their total.
    #[must_use]
    pub fn total(&self) -> Decimal {
        self.part.total
    }

    /// The inputs of RFM: recency as civil days from the last order to the end; a mean is rounded half to even to
    /// [`MEAN_PLACES`] places.
    #[must_use]
    pub fn rfm(&self, monetary: Monetary) -> RfmInputs {
        let Part { last, orders, total, .. } = self.part;
        RfmInputs {
            recency: Some(days(last, self.rules.end())),
            frequency: Some(u64::from(orders)),
            monetary: match monetary {
                Monetary::Total => Some(total),
                Monetary::Mean => total.checked_div(Decimal::from(orders)).map(|mean| mean.round_dp(MEAN_PLACES)),
            },
        }
    }

    /// The history for the models of purchasing, in units of so many days.
    ///
    /// # Errors
    /// A unit that is no length; repeat orders on the only day there was, where orders of a day are single.
    pub fn summary(&self, days_per_unit: f64) -> Result<Summary, SummaryProblem> {
        let Part { first, last, orders, .. } = self.part;
        let unit = |from, to| real(days(from, to)) / days_per_unit;
        Summary::new(orders.saturating_sub(1), unit(first, last), unit(first, self.rules.end()))
    }

    /// The repeat orders and their mean value, for the models of spending: what was bought first is left out, as it is of the
    /// repeats. 0 where there are none.
    ///
    /// # Errors
    /// None that an amount gives.
    pub fn spending(&self) -> Result<Spending, SpendingError> {
        let Part { orders, total, .. } = self.part;
        let repeats = orders.saturating_sub(1);
        let mean = total.checked_sub(self.first_amount).and_then(|rest| rest.checked_div(Decimal::from(repeats)));
        Spending::new(repeats, mean.map_or(0.0, float))
    }

    /// The orders in the hold-out, and their total.
    #[must_use]
    pub fn held_out(&self) -> (u32, Decimal) {
        self.held_out.map_or((0, Decimal::ZERO), |part| (part.orders, part.total))
    }
}

/// The nearest number to a decimal: by its shortest text, which is read exactly.
fn float(value: Decimal) -> f64 {
    value.to_string().parse().unwrap_or_default()
}
