//! How an order log is read.

use crate::wire::getters;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What becomes of an order whose amount is 0 or less: a refund, a gift.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NonPositive {
    /// It is left out and counted.
    #[default]
    Dropped,
    /// It is an order like any other.
    Kept,
    /// Its amount is added to the customer's total; it is no order itself, and its day is none of a purchase. Refunds count
    /// after the orders of their day, whatever the order of the rows. Without an order of the customer on its day or before it,
    /// a refund is left out and counted: there is nothing to be refunded. Calibration and hold-out are apart: a refund in the
    /// hold-out needs an order there. Parts of a log are then to be of different customers, since a part does not know what
    /// came before it.
    Netted,
}

/// Whether the money of a customer is the total of its orders or their mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Monetary {
    /// The total.
    #[default]
    Total,
    /// The mean of an order, rounded half to even to [`MEAN_PLACES`](super::MEAN_PLACES) places.
    Mean,
}

/// How an order log is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderRules {
    end: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hold_out_end: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "crate::wire::is_default")]
    single_orders: bool,
    #[serde(default, skip_serializing_if = "crate::wire::is_default")]
    non_positive: NonPositive,
}

impl OrderRules {
    /// Orders up to and with this civil day, which is that of the analysis: later ones are counted and left out. The orders of
    /// one day are one order, and those of nothing or less are dropped.
    #[must_use]
    pub fn new(end: NaiveDate) -> Self {
        Self { end, hold_out_end: None, single_orders: false, non_positive: NonPositive::default() }
    }

    /// The end is that of calibration: the orders after it, up to and with this day, are held out; none where that is earlier.
    #[must_use]
    pub fn with_hold_out_until(self, end: NaiveDate) -> Self {
        Self { hold_out_end: Some(end), ..self }
    }

    /// Several orders of a day are several; of those of the first day the smallest is the first. Models of purchasing in whole days cannot be fitted to repeats on the first day.
    #[must_use]
    pub fn with_single_orders(self) -> Self {
        Self { single_orders: true, ..self }
    }

    /// What becomes of orders of nothing or less.
    #[must_use]
    pub fn with_non_positive(self, non_positive: NonPositive) -> Self {
        Self { non_positive, ..self }
    }

    getters! {
        /// The last day of the analysis, or of calibration.
        end: NaiveDate,
        /// The last day of the hold-out.
        hold_out_end: Option<NaiveDate>,
    }

    /// Several orders of a day are several.
    pub(super) fn single_orders(&self) -> bool {
        self.single_orders
    }

    /// What becomes of orders of nothing or less.
    pub(super) fn non_positive(&self) -> NonPositive {
        self.non_positive
    }

    /// The last day that is read.
    pub(super) fn latest(&self) -> NaiveDate {
        self.hold_out_end.map_or(self.end, |end| end.max(self.end))
    }
}
