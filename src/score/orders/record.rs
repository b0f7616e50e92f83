//! What is held of a customer while a log is read.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::OrderRules;
use crate::score::money::{self, Sum};

/// Orders of a customer, of one part of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) first: NaiveDate,
    pub(super) last: NaiveDate,
    pub(super) orders: u32,
    pub(super) total: Decimal,
}

impl Part {
    /// With what comes behind it; none where a number is out of range.
    fn then(self, next: Self, single_orders: bool) -> Option<Self> {
        let same_day = !single_orders && next.first == self.last;
        let orders = self.orders.checked_add(next.orders)?.checked_sub(u32::from(same_day))?;
        Some(Self { first: self.first, last: next.last, orders, total: money::exact(self.total, next.total)? })
    }

    fn with_refund(self, amount: Decimal) -> Option<Self> {
        Some(Self { total: money::exact(self.total, amount)?, ..self })
    }
}

/// What is held of a customer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) seen: Option<Part>,
    /// The amounts of the first day that was seen; of single orders the least.
    pub(super) first_amount: Decimal,
    pub(super) held_out: Option<Part>,
    pub(super) last: Option<NaiveDate>,
    /// All amounts without their signs: while these add up exactly, so does everything else.
    gross: Decimal,
}

impl Record {
    fn part(&mut self, day: NaiveDate, rules: &OrderRules) -> &mut Option<Part> {
        if day <= rules.end() { &mut self.seen } else { &mut self.held_out }
    }

    /// With an order, which comes behind all others; none where a number is out of range.
    pub(super) fn with(self, day: NaiveDate, amount: Decimal, rules: &OrderRules) -> Option<Self> {
        let mut next = Self {
            last: Some(day),
            first_amount: if day <= rules.end() { amount } else { Decimal::ZERO },
            gross: Sum::default().with(amount)?.gross(),
            ..Self::default()
        };
        *next.part(day, rules) = Some(Part { first: day, last: day, orders: 1, total: amount });
        self.then(&next, rules)
    }

    /// With what comes behind it.
    pub(super) fn then(&self, next: &Self, rules: &OrderRules) -> Option<Self> {
        let single = rules.single_orders();
        let join = |one: Option<Part>, two: Option<Part>| match (one, two) {
            (Some(one), Some(two)) => one.then(two, single).map(Some),
            (one, two) => Some(one.or(two)),
        };
        let first_amount = match (self.seen, next.seen) {
            (None, _) => next.first_amount,
            (Some(one), Some(two)) if one.first == two.first && single => self.first_amount.min(next.first_amount),
            (Some(one), Some(two)) if one.first == two.first => money::exact(self.first_amount, next.first_amount)?,
            (Some(_), _) => self.first_amount,
        };
        Some(Self {
            gross: money::at_the_finer_scale(self.gross, next.gross)?,
            seen: join(self.seen, next.seen)?,
            first_amount,
            held_out: join(self.held_out, next.held_out)?,
            last: self.last.max(next.last),
        })
    }

    /// Whether there is something that a refund on this day can be of.
    pub(super) fn takes_refund(mut self, day: NaiveDate, rules: &OrderRules) -> bool {
        self.part(day, rules).is_some()
    }

    /// With refunds of a day on which there is something to be refunded.
    pub(super) fn refunded(mut self, day: NaiveDate, refunds: Sum, rules: &OrderRules) -> Option<Self> {
        let part = self.part(day, rules);
        *part = Some((*part)?.with_refund(refunds.total())?);
        self.gross = money::at_the_finer_scale(self.gross, refunds.gross())?;
        self.last = Some(day);
        Some(self)
    }

    /// The first day.
    pub(super) fn begin(&self) -> Option<NaiveDate> {
        self.seen.or(self.held_out).map(|part| part.first)
    }
}

/// Refunds of a customer without an order before them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Refunds {
    /// Those of the last day: an order of that day may still come.
    open: Option<(NaiveDate, u64, Sum)>,
    /// How many were on earlier days: they are left out.
    closed: u64,
}

impl Refunds {
    pub(super) fn day(&self) -> Option<NaiveDate> {
        self.open.map(|(day, ..)| day)
    }

    pub(super) fn count(&self) -> u64 {
        self.closed.saturating_add(self.open.map_or(0, |(_, count, _)| count))
    }

    /// As they are once there is a row of this day: what is open of earlier days is closed.
    pub(super) fn by(self, day: NaiveDate) -> Self {
        if self.day().is_some_and(|open| open < day) { Self { open: None, closed: self.count() } } else { self }
    }

    /// With another one of the day that is open.
    pub(super) fn with(self, day: NaiveDate, amount: Decimal) -> Option<Self> {
        let (count, sum) = self.open.map_or_else(Default::default, |(_, count, sum)| (count, sum));
        Some(Self { open: Some((day, count.saturating_add(1), sum.with(amount)?)), ..self })
    }

    /// What is open, and the rest.
    pub(super) fn taken(self) -> (Option<Sum>, Self) {
        (self.open.map(|(_, _, sum)| sum), Self { open: None, ..self })
    }
}
