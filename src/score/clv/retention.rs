//! The value of contracts, by the formula of retention; and what customers were worth so far.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::attribute::decimal_text;
use crate::score::money::Sum;
use crate::wire::getters;

/// When in a period a contract is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payment {
    /// At its start: the first payment is made now, for certain.
    AtStart,
    /// At its end: the first payment is made after a period, by whoever is kept until then.
    AtEnd,
}

/// Why contracts have no value by the formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RetentionError {
    /// The retention is not between 0 and 1.
    #[error("a retention of `{0}` is not between 0 and 1")]
    Retention(Decimal),
    /// The discount is below 0.
    #[error("a discount of `{0}` is below 0")]
    Discount(Decimal),
    /// The sum over all periods has no limit, for what is kept does not shrink: retention at or above 1 + discount.
    #[error("without an end the value has no limit: the retention is not below 1 plus the discount")]
    Endless,
    /// There are more periods than [`MOST_PERIODS`].
    #[error("{0} periods are more than {MOST_PERIODS}")]
    Periods(u32),
    /// A number has too many digits.
    #[error("a number is out of range")]
    OutOfRange,
}

/// The most periods that are added up.
pub const MOST_PERIODS: u32 = 10_000;

/// Contracts of which a share is kept each period: exact decimals, rounded only where a division does not end.
///
/// Source: Gupta & Lehmann (2003), "Customers as Assets"; with `r` retention, `d` discount and `m` margin a period, the value
/// without an end is `m (1+d) / (1+d−r)` paid at the start, `m r / (1+d−r)` at the end.
///
/// ```
/// use customer_pool::score::clv::{Payment, Retention};
/// let yearly = Retention::new("0.8".parse()?, "0.1".parse()?, Payment::AtEnd)?;
/// assert_eq!(yearly.value("300".parse()?, None)?, "800".parse()?);
/// let at_start = Retention::new("0.8".parse()?, "0.1".parse()?, Payment::AtStart)?;
/// assert_eq!(at_start.value("300".parse()?, None)?, "1100".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Retention {
    #[serde(with = "decimal_text")]
    retention: Decimal,
    #[serde(with = "decimal_text")]
    discount: Decimal,
    payment: Payment,
}

impl Retention {
    /// With this share kept each period, and this discount a period.
    ///
    /// # Errors
    /// A retention that is not between 0 and 1, a discount below 0.
    pub fn new(retention: Decimal, discount: Decimal, payment: Payment) -> Result<Self, RetentionError> {
        if !(Decimal::ZERO..=Decimal::ONE).contains(&retention) {
            return Err(RetentionError::Retention(retention));
        }
        if discount < Decimal::ZERO {
            return Err(RetentionError::Discount(discount));
        }
        Ok(Self { retention, discount, payment })
    }

    /// The present value of a contract with this margin a period: over so many periods, or over all.
    ///
    /// # Errors
    /// No limit over all periods; too many periods; too many digits.
    pub fn value(&self, margin: Decimal, periods: Option<u32>) -> Result<Decimal, RetentionError> {
        let grown = Decimal::ONE.checked_add(self.discount).ok_or(RetentionError::OutOfRange)?;
        let of = |factor: Option<Decimal>| {
            factor.and_then(|factor| factor.checked_mul(margin)).map(|value| value.normalize())
        };
        let value = match periods {
            None if self.retention >= grown => return Err(RetentionError::Endless),
            None => {
                let paid = if self.payment == Payment::AtStart { grown } else { self.retention };
                let shrinks = grown.checked_sub(self.retention);
                // The margin first, so that a value that is a round number comes out as one.
                shrinks
                    .and_then(|shrinks| paid.checked_mul(margin)?.checked_div(shrinks))
                    .map(|value| value.normalize())
            }
            Some(periods) if periods > MOST_PERIODS => return Err(RetentionError::Periods(periods)),
            Some(periods) => of(self.factor(grown, periods)),
        };
        value.ok_or(RetentionError::OutOfRange)
    }

    /// The sum of what is kept, discounted.
    fn factor(&self, grown: Decimal, periods: u32) -> Option<Decimal> {
        let kept = self.retention.checked_div(grown)?;
        let mut term = if self.payment == Payment::AtStart { Decimal::ONE } else { kept };
        let mut sum = Decimal::ZERO;
        for _ in 0..periods {
            sum = sum.checked_add(term)?;
            term = term.checked_mul(kept)?;
        }
        Some(sum)
    }
}

/// What a customer was worth so far: the sum of the margins of its orders up to a day. Exact.
///
/// ```
/// use customer_pool::score::clv::HistoricValue;
/// # use chrono::NaiveDate;
/// # let day = |month| NaiveDate::from_ymd_opt(2026, month, 5).expect("a day");
/// let orders = [(day(1), "100.50".parse()?), (day(2), "-20".parse()?), (day(9), "7".parse()?)];
/// let value = HistoricValue::new(orders, day(6)).ok_or("too many digits")?;
/// assert_eq!((value.total(), value.orders(), value.later()), ("80.50".parse()?, 2, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct HistoricValue {
    #[serde(with = "decimal_text")]
    total: Decimal,
    orders: u64,
    later: u64,
    on: NaiveDate,
}

impl HistoricValue {
    /// Of these orders, up to and with a civil day. Those after it are counted, not added. `None` where the margins, signs left
    /// away, do not add up within the digits of a decimal: the sum is never rounded, and the order of the rows does not matter.
    #[must_use]
    pub fn new(orders: impl IntoIterator<Item = (NaiveDate, Decimal)>, on: NaiveDate) -> Option<Self> {
        let (mut sum, mut count, mut later) = (Sum::default(), 0_u64, 0_u64);
        for (day, margin) in orders {
            if day > on {
                later = later.saturating_add(1);
            } else {
                sum = sum.with(margin)?;
                count = count.saturating_add(1);
            }
        }
        Some(Self { total: sum.total(), orders: count, later, on })
    }

    getters! {
        /// The sum.
        total: Decimal,
        /// How many orders it is made of.
        orders: u64,
        /// How many orders were after the day.
        later: u64,
        /// The day.
        on: NaiveDate,
    }
}
