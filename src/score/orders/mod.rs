//! From an order log to what is scored, in one pass: the inputs of RFM and the histories of the models of customer lifetime
//! value.
//!
//! One small record is held for each customer, never the log. The orders of a customer must come by ascending days; customers may
//! come in any order, and so may the rows of one day: the answer is the same. Shards are merged where none has days of a customer
//! inside those of another.
//!
//! Sums of money are exact. A customer's amounts, signs left away, must add up within the 96 bits of a decimal at the scale of the
//! finest of them; otherwise the customer is named, and the others stay.

mod history;
mod record;
mod rules;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;

pub use history::{MEAN_PLACES, OrderHistory};
use record::{Record, Refunds};
pub use rules::{Monetary, NonPositive, OrderRules};

use crate::id::CustomerId;
use crate::score::money::Sum;

/// Why an order cannot be added, or shards not merged. An order that is refused changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OrderError {
    /// The customer had an order on a later day already.
    #[error("the order of `{customer}` on {day} comes after one on {last}: sort the orders of a customer by day")]
    OutOfOrder {
        /// The customer.
        customer: CustomerId,
        /// The day of the order.
        day: NaiveDate,
        /// The day of the last one.
        last: NaiveDate,
    },
    /// The amounts of a customer cannot be added up exactly, or there are more orders than 2³² − 1. Whoever goes on without the
    /// row has a customer with a wrong total: correct the log, or [leave the customer out](Orders::leave_out).
    #[error("the orders of `{0}` are too many, or their amounts have too many digits to be added up exactly")]
    OutOfRange(CustomerId),
    /// Two shards were read by different rules.
    #[error("the two were read by different rules")]
    Rules,
    /// Two shards both have days of a customer that lie between those of the other, or both have the customer where refunds are
    /// netted.
    #[error("the days of `{0}` in one part lie between those in the other: divide a log by customers, or by days")]
    Interleaved(CustomerId),
}

/// The bytes held for a customer, beside its id.
pub const BYTES_PER_CUSTOMER: usize = size_of::<Record>();

/// How much was left out, and why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Orders of nothing or less. Refunds of a customer [that is left out](Orders::leave_out) are not among them.
    pub non_positive: u64,
    /// Orders after the last day.
    pub later: u64,
    /// Customers who are in the log but not among [`Orders::customers`]: [`Orders::absent`] names them.
    pub customers: u64,
}

/// Why a customer of the log is not among [`Orders::customers`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Absence {
    /// All orders are after the last day.
    Later,
    /// All orders up to the last day are of nothing or less, and such orders do not count.
    NonPositive,
    /// The first order that counts is in the hold-out.
    HoldOut,
    /// The amounts cannot be added up exactly: [`Orders::leave_out`].
    OutOfRange,
}

/// An order log that is being read.
///
/// ```
/// use customer_pool::score::orders::{OrderRules, Orders};
/// # let day = |d| chrono::NaiveDate::from_ymd_opt(2026, 1, d).expect("a day");
/// let mut orders = Orders::new(OrderRules::new(day(31)));
/// for (customer, d, amount) in [("a", 3, "10"), ("b", 4, "7.50"), ("a", 3, "5"), ("a", 24, "20")] {
///     orders.add(&customer.parse()?, day(d), amount.parse()?)?;
/// }
/// let a = orders.customer(&"a".parse()?).ok_or("a customer")?;
/// assert_eq!((a.rfm(Default::default()).frequency, a.rfm(Default::default()).recency), (Some(2), Some(7)));
/// let weeks = a.summary(7.0)?;
/// assert_eq!((weeks.repeats(), weeks.last(), weeks.age()), (1, 3.0, 4.0));
/// // A customer with nothing but gifts is no buyer, and is named.
/// orders.add(&"c".parse()?, day(5), "0".parse()?)?;
/// assert_eq!((orders.customers().count(), orders.left_out().customers), (2, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Orders {
    rules: OrderRules,
    customers: BTreeMap<CustomerId, Record>,
    /// Those without a record.
    absent: BTreeMap<CustomerId, Absence>,
    /// Refunds that are netted and found no order.
    refunds: BTreeMap<CustomerId, Refunds>,
    non_positive: u64,
    later: u64,
}

impl Orders {
    /// Nothing read yet.
    #[must_use]
    pub fn new(rules: OrderRules) -> Self {
        Self {
            rules,
            customers: BTreeMap::new(),
            absent: BTreeMap::new(),
            refunds: BTreeMap::new(),
            non_positive: 0,
            later: 0,
        }
    }

    /// Reads an order. That of a customer who [is left out](Self::leave_out) changes nothing.
    ///
    /// # Errors
    /// An order before one that was read; a number out of range.
    pub fn add(&mut self, customer: &CustomerId, day: NaiveDate, amount: Decimal) -> Result<(), OrderError> {
        if day > self.rules.latest() {
            self.later = self.later.saturating_add(1);
            self.without_record(customer, Absence::Later);
            return Ok(());
        }
        let non_positive = self.rules.non_positive();
        let is_order = amount > Decimal::ZERO || non_positive == NonPositive::Kept;
        if !is_order && non_positive == NonPositive::Dropped {
            self.non_positive = self.non_positive.saturating_add(1);
            self.without_record(customer, Absence::NonPositive);
            return Ok(());
        }
        if self.absent.get(customer) == Some(&Absence::OutOfRange) {
            return Ok(());
        }
        let before = self.customers.get(customer).copied();
        let refunds = self.refunds.get(customer).copied().unwrap_or_default();
        let last = before.and_then(|record| record.last).max(refunds.day());
        if let Some(last) = last.filter(|last| day < *last) {
            return Err(OrderError::OutOfOrder { customer: customer.clone(), day, last });
        }
        let after = self.read(before, refunds.by(day), day, amount, is_order);
        let (record, refunds) = after.ok_or_else(|| OrderError::OutOfRange(customer.clone()))?;
        match record {
            Some(record) => self.put(customer, record),
            None => self.without_record(customer, Absence::NonPositive),
        }
        if refunds != Refunds::default() {
            self.refunds.insert(customer.clone(), refunds);
        } else if non_positive == NonPositive::Netted {
            self.refunds.remove(customer);
        }
        Ok(())
    }

    /// What is known of a customer after an order or a refund; none where a number is out of range.
    fn read(
        &self,
        before: Option<Record>,
        refunds: Refunds,
        day: NaiveDate,
        amount: Decimal,
        is_order: bool,
    ) -> Option<(Option<Record>, Refunds)> {
        if is_order {
            let record = before.unwrap_or_default().with(day, amount, &self.rules)?;
            let (open, refunds) = refunds.taken();
            let record = match open {
                Some(open) => record.refunded(day, open, &self.rules)?,
                None => record,
            };
            return Some((Some(record), refunds));
        }
        match before.filter(|record| record.takes_refund(day, &self.rules)) {
            Some(record) => {
                let refund = Sum::default().with(amount)?;
                Some((Some(record.refunded(day, refund, &self.rules)?), refunds))
            }
            None => Some((before, refunds.with(day, amount)?)),
        }
    }

    fn put(&mut self, customer: &CustomerId, record: Record) {
        if let Some(known) = self.customers.get_mut(customer) {
            *known = record;
        } else {
            self.absent.remove(customer);
            self.customers.insert(customer.clone(), record);
        }
    }

    /// Notes why a customer has no record, if it has none. Of several reasons the greatest stands.
    fn without_record(&mut self, customer: &CustomerId, why: Absence) {
        if self.customers.contains_key(customer) {
            return;
        }
        match self.absent.get_mut(customer) {
            Some(known) => *known = why.max(*known),
            None => {
                self.absent.insert(customer.clone(), why);
            }
        }
    }

    /// Leaves a customer out whose amounts cannot be added up: with all orders, those before and those to come. The others stay
    /// as they are.
    ///
    /// ```
    /// use customer_pool::score::orders::{Absence, OrderError, OrderRules, Orders};
    /// use rust_decimal::Decimal;
    /// # let day = |d| chrono::NaiveDate::from_ymd_opt(2026, 1, d).expect("a day");
    /// let mut orders = Orders::new(OrderRules::new(day(31)));
    /// let (fine, broken) = ("fine".parse()?, "broken".parse()?);
    /// for (customer, d, amount) in [(&broken, 2, Decimal::MAX), (&fine, 3, Decimal::TEN), (&broken, 4, Decimal::MAX)] {
    ///     match orders.add(customer, day(d), amount) {
    ///         Err(OrderError::OutOfRange(customer)) => orders.leave_out(&customer),
    ///         other => other?,
    ///     }
    /// }
    /// assert_eq!(orders.absent().collect::<Vec<_>>(), [(&broken, Absence::OutOfRange)]);
    /// assert_eq!(orders.customers().map(|one| one.id().clone()).collect::<Vec<_>>(), [fine]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn leave_out(&mut self, customer: &CustomerId) {
        self.customers.remove(customer);
        self.refunds.remove(customer);
        self.without_record(customer, Absence::OutOfRange);
    }

    /// This part of a log and that one, in either order: other customers, or other days of the same ones. A customer whose
    /// amounts cannot be added up [is left out](Self::leave_out), as is one that was left out of either part.
    ///
    /// # Errors
    /// Other rules; days of a customer in one part between those in the other.
    pub fn merge(mut self, other: Self) -> Result<Self, OrderError> {
        if self.rules != other.rules {
            return Err(OrderError::Rules);
        }
        for (id, why) in other.absent {
            match why {
                Absence::OutOfRange => self.leave_out(&id),
                _ => self.without_record(&id, why),
            }
        }
        let netted = self.rules.non_positive() == NonPositive::Netted;
        let is_out = |absent: &BTreeMap<CustomerId, Absence>, id: &CustomerId| {
            absent.get(id).is_some_and(|why| *why == Absence::OutOfRange)
        };
        // A customer who is in both is so by a record or a refund in each.
        let in_both = |id: &&CustomerId| {
            (self.customers.contains_key(*id) || self.refunds.contains_key(*id)) && !is_out(&self.absent, id)
        };
        if let Some(id) = other.customers.keys().chain(other.refunds.keys()).find(in_both).filter(|_| netted) {
            return Err(OrderError::Interleaved(id.clone()));
        }
        for (id, theirs) in other.customers {
            if is_out(&self.absent, &id) {
                continue;
            }
            let joined = match self.customers.get(&id) {
                None => Some(theirs),
                Some(ours) => {
                    // Of one day both are alike: amounts are sums.
                    let (first, next) = match (ours.last <= theirs.begin(), theirs.last <= ours.begin()) {
                        (true, _) => (ours, &theirs),
                        (_, true) => (&theirs, ours),
                        _ => return Err(OrderError::Interleaved(id)),
                    };
                    first.then(next, &self.rules)
                }
            };
            match joined {
                Some(joined) => self.put(&id, joined),
                None => self.leave_out(&id),
            }
        }
        for (id, refunds) in other.refunds {
            if !is_out(&self.absent, &id) {
                self.refunds.insert(id, refunds);
            }
        }
        self.non_positive = self.non_positive.saturating_add(other.non_positive);
        self.later = self.later.saturating_add(other.later);
        Ok(self)
    }

    /// What was left out.
    #[must_use]
    pub fn left_out(&self) -> LeftOut {
        let refunds = self.refunds.values().fold(self.non_positive, |sum, one| sum.saturating_add(one.count()));
        LeftOut {
            non_positive: refunds,
            later: self.later,
            customers: self.absent().fold(0, |n, _| n.saturating_add(1)),
        }
    }

    /// The customers who are in the log but not among [`customers`](Self::customers), and why: those without a single order
    /// that counts first, then those who first bought in the hold-out; both in the order of their ids.
    pub fn absent(&self) -> impl Iterator<Item = (&CustomerId, Absence)> {
        let held_out = self.customers.iter().filter(|(_, record)| record.seen.is_none());
        self.absent.iter().map(|(id, why)| (id, *why)).chain(held_out.map(|(id, _)| (id, Absence::HoldOut)))
    }

    /// The rules.
    #[must_use]
    pub fn rules(&self) -> &OrderRules {
        &self.rules
    }

    /// A customer who bought by the end.
    #[must_use]
    pub fn customer(&self, id: &CustomerId) -> Option<OrderHistory<'_>> {
        let (id, record) = self.customers.get_key_value(id)?;
        self.history(id, record)
    }

    /// The customers who bought by the end, in the order of their ids. Those who first bought in the hold-out are none of
    /// them.
    pub fn customers(&self) -> impl Iterator<Item = OrderHistory<'_>> {
        self.customers.iter().filter_map(|(id, record)| self.history(id, record))
    }

    fn history<'o>(&'o self, id: &'o CustomerId, record: &Record) -> Option<OrderHistory<'o>> {
        let Record { seen, first_amount, held_out, .. } = *record;
        Some(OrderHistory { id, rules: &self.rules, part: seen?, first_amount, held_out })
    }
}
