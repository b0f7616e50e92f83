//! From an order log to what is scored, in one pass: the inputs of RFM and the histories of the models of customer lifetime
//! value.
//!
//! One small record is held for each customer, never the log. The orders of a customer must come by ascending days; customers may
//! come in any order, and shards are merged where none has days of a customer inside those of another.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::clv::{Spending, SpendingError, Summary, SummaryProblem};
use super::rfm::RfmInputs;
use crate::id::CustomerId;

/// What becomes of an order whose amount is 0 or less: a refund, a gift.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NonPositive {
    /// It is left out and counted.
    #[default]
    Dropped,
    /// It is an order like any other.
    Kept,
    /// Its amount is added to the customer's total; it is no order itself, and its day is none of a purchase. Without an order
    /// of the customer before it, it is left out and counted: there is nothing to be refunded. Parts of a log are then to be of
    /// different customers, since a part does not know what came before it.
    Netted,
}

/// Whether the money of a customer is the total of its orders or their mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Monetary {
    /// The total.
    #[default]
    Total,
    /// The mean of an order.
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

    /// The last day of the analysis, or of calibration.
    #[must_use]
    pub fn end(&self) -> NaiveDate {
        self.end
    }

    /// The last day of the hold-out.
    #[must_use]
    pub fn hold_out_end(&self) -> Option<NaiveDate> {
        self.hold_out_end
    }
}

/// Why an order cannot be added, or shards not merged. What was there before is as it was.
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
    /// The sum of money has too many digits, or there are more orders than 2³² − 1.
    #[error("the orders of `{0}` are too many, or their sum has too many digits")]
    OutOfRange(CustomerId),
    /// Two shards were read by different rules.
    #[error("the two were read by different rules")]
    Rules,
    /// Two shards both have days of a customer that lie between those of the other, or both have the customer where refunds are
    /// netted.
    #[error("the days of `{0}` in one part lie between those in the other: divide a log by customers, or by days")]
    Interleaved(CustomerId),
}

/// Orders of a customer, of one part of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    first: NaiveDate,
    last: NaiveDate,
    orders: u32,
    /// The amounts of the first order, or first day.
    first_amount: Decimal,
    total: Decimal,
}

/// What is held of a customer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Record {
    seen: Option<Part>,
    held_out: Option<(NaiveDate, NaiveDate, u32, Decimal)>,
    last: Option<NaiveDate>,
}

/// The bytes held for a customer, beside its id.
pub const BYTES_PER_CUSTOMER: usize = size_of::<Record>();

/// How many orders were left out, and why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Of nothing or less.
    pub non_positive: u64,
    /// After the last day.
    pub later: u64,
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
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Orders {
    rules: OrderRules,
    customers: BTreeMap<CustomerId, Record>,
    left_out: LeftOut,
}

/// What an order log says of a customer.
#[derive(Clone, Copy, Debug)]
pub struct OrderHistory<'o> {
    id: &'o CustomerId,
    rules: &'o OrderRules,
    part: Part,
    held_out: Option<(NaiveDate, NaiveDate, u32, Decimal)>,
}

impl Part {
    fn of(day: NaiveDate, amount: Decimal) -> Self {
        Self { first: day, last: day, orders: 1, first_amount: amount, total: amount }
    }

    /// With what comes behind it; none where a number is out of range.
    fn then(self, next: Self, single_orders: bool) -> Option<Self> {
        let same_day = !single_orders && next.first == self.last;
        let orders = self.orders.checked_add(next.orders)?.checked_sub(u32::from(same_day))?;
        // The first order of the next part is on the first day of this one where this one is of one day.
        let joins = same_day && self.first == next.first;
        let first_amount = if joins {
            self.first_amount.checked_add(next.first_amount)?
        } else if self.first == next.first {
            self.first_amount.min(next.first_amount)
        } else {
            self.first_amount
        };
        let total = self.total.checked_add(next.total)?;
        Some(Self { first: self.first, last: next.last, orders, first_amount, total })
    }
}

impl Orders {
    /// Nothing read yet.
    #[must_use]
    pub fn new(rules: OrderRules) -> Self {
        Self { rules, customers: BTreeMap::new(), left_out: LeftOut::default() }
    }

    /// Reads an order.
    ///
    /// # Errors
    /// An order before one that was read; a number out of range.
    pub fn add(&mut self, customer: &CustomerId, day: NaiveDate, amount: Decimal) -> Result<(), OrderError> {
        let latest = self.rules.hold_out_end.map_or(self.rules.end, |end| end.max(self.rules.end));
        if day > latest {
            self.left_out.later = self.left_out.later.saturating_add(1);
            return Ok(());
        }
        let positive = amount > Decimal::ZERO || self.rules.non_positive == NonPositive::Kept;
        if !positive && (self.rules.non_positive == NonPositive::Dropped || !self.customers.contains_key(customer)) {
            self.left_out.non_positive = self.left_out.non_positive.saturating_add(1);
            return Ok(());
        }
        let record = self.customers.get(customer).copied().unwrap_or_default();
        if let Some(last) = record.last.filter(|last| day < *last) {
            return Err(OrderError::OutOfOrder { customer: customer.clone(), day, last });
        }
        let after =
            if positive { record.with(day, amount, &self.rules) } else { record.refunded(day, amount, &self.rules) };
        let after = after.ok_or_else(|| OrderError::OutOfRange(customer.clone()))?;
        match self.customers.entry(customer.clone()) {
            Entry::Occupied(mut known) => {
                known.insert(after);
            }
            Entry::Vacant(new) => {
                new.insert(after);
            }
        }
        Ok(())
    }

    /// This part of a log and that one, in either order: other customers, or other days of the same ones.
    ///
    /// # Errors
    /// Other rules; days of a customer in one part between those in the other; a number out of range.
    pub fn merge(mut self, other: Self) -> Result<Self, OrderError> {
        if self.rules != other.rules {
            return Err(OrderError::Rules);
        }
        for (id, theirs) in other.customers {
            let joined = match self.customers.get(&id) {
                None => theirs,
                Some(ours) => ours.merged(&theirs, &id, &self.rules)?,
            };
            self.customers.insert(id, joined);
        }
        self.left_out.non_positive = self.left_out.non_positive.saturating_add(other.left_out.non_positive);
        self.left_out.later = self.left_out.later.saturating_add(other.left_out.later);
        Ok(self)
    }

    /// What was left out.
    #[must_use]
    pub fn left_out(&self) -> LeftOut {
        self.left_out
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
        Some(OrderHistory { id, rules: &self.rules, part: record.seen?, held_out: record.held_out })
    }
}

impl Record {
    fn with(mut self, day: NaiveDate, amount: Decimal, rules: &OrderRules) -> Option<Self> {
        self.last = Some(day);
        if day <= rules.end {
            let next = Part::of(day, amount);
            self.seen = Some(match self.seen {
                None => next,
                Some(part) => part.then(next, rules.single_orders)?,
            });
        } else {
            self.held_out = Some(held(self.held_out, (day, day, 1, amount), rules.single_orders)?);
        }
        Some(self)
    }

    fn refunded(mut self, day: NaiveDate, amount: Decimal, rules: &OrderRules) -> Option<Self> {
        self.last = Some(day);
        if day <= rules.end {
            if let Some(part) = &mut self.seen {
                part.total = part.total.checked_add(amount)?;
            }
        } else if let Some((_, _, _, total)) = &mut self.held_out {
            *total = total.checked_add(amount)?;
        }
        Some(self)
    }

    fn merged(&self, other: &Self, id: &CustomerId, rules: &OrderRules) -> Result<Self, OrderError> {
        let interleaved = || OrderError::Interleaved(id.clone());
        if rules.non_positive == NonPositive::Netted {
            return Err(interleaved());
        }
        let begin = |record: &Self| record.seen.map(|part| part.first).or(record.held_out.map(|(first, ..)| first));
        let ends_before = |one: &Self, next: &Self| one.last <= begin(next);
        // Of one day both are alike: amounts are sums.
        let (first, next) = match (ends_before(self, other), ends_before(other, self)) {
            (true, _) => (self, other),
            (_, true) => (other, self),
            _ => return Err(interleaved()),
        };
        let out_of_range = || OrderError::OutOfRange(id.clone());
        let seen = match (first.seen, next.seen) {
            (Some(one), Some(two)) => Some(one.then(two, rules.single_orders).ok_or_else(out_of_range)?),
            (one, two) => one.or(two),
        };
        let held_out = match (first.held_out, next.held_out) {
            (one, Some(two)) => Some(held(one, two, rules.single_orders).ok_or_else(out_of_range)?),
            (one, None) => one,
        };
        Ok(Self { seen, held_out, last: first.last.max(next.last) })
    }
}

type HeldOut = (NaiveDate, NaiveDate, u32, Decimal);

/// Held-out orders with those behind them.
fn held(before: Option<HeldOut>, next: HeldOut, single_orders: bool) -> Option<HeldOut> {
    let Some((first, last, orders, total)) = before else { return Some(next) };
    let (next_first, next_last, next_orders, next_total) = next;
    let same_day = !single_orders && last == next_first;
    let orders = orders.checked_add(next_orders)?.checked_sub(u32::from(same_day))?;
    Some((first, next_last, orders, total.checked_add(next_total)?))
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

    /// The inputs of RFM: recency as civil days from the last order to the end; a mean is rounded to 28 digits.
    #[must_use]
    pub fn rfm(&self, monetary: Monetary) -> RfmInputs {
        let Part { last, orders, total, .. } = self.part;
        RfmInputs {
            recency: Some(days(last, self.rules.end)),
            frequency: Some(u64::from(orders)),
            monetary: match monetary {
                Monetary::Total => Some(total),
                Monetary::Mean => total.checked_div(Decimal::from(orders)),
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
        Summary::new(orders.saturating_sub(1), unit(first, last), unit(first, self.rules.end))
    }

    /// The repeat orders and their mean value, for the models of spending: what was bought first is left out, as it is of the
    /// repeats. 0 where there are none.
    ///
    /// # Errors
    /// None that an amount gives.
    pub fn spending(&self) -> Result<Spending, SpendingError> {
        let Part { orders, first_amount, total, .. } = self.part;
        let repeats = orders.saturating_sub(1);
        let mean = total.checked_sub(first_amount).and_then(|rest| rest.checked_div(Decimal::from(repeats)));
        Spending::new(repeats, mean.map_or(0.0, float))
    }

    /// The orders in the hold-out, and their total.
    #[must_use]
    pub fn held_out(&self) -> (u32, Decimal) {
        self.held_out.map_or((0, Decimal::ZERO), |(_, _, orders, total)| (orders, total))
    }
}

/// The nearest number to a decimal: by its shortest text, which is read exactly.
fn float(value: Decimal) -> f64 {
    value.to_string().parse().unwrap_or_default()
}
