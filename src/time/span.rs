//! Spans: how long, and in which unit.

use core::fmt;

use super::local::LocalTime;

/// What a [`Span`] counts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum SpanUnit {
    /// Exact minutes.
    Minutes,
    /// Exact hours.
    Hours,
    /// Civil days after the anchor's day.
    Days,
    /// Working days after the anchor's day.
    WorkingDays,
    /// Hours of working blocks.
    WorkingHours,
    /// Calendar months, clamped to the last day of a shorter month.
    Months,
}

impl SpanUnit {
    pub(super) const ALL: [Self; 6] =
        [Self::Minutes, Self::Hours, Self::Days, Self::WorkingDays, Self::WorkingHours, Self::Months];

    /// The key of this unit in a policy document, such as `working_days`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Minutes => "minutes",
            Self::Hours => "hours",
            Self::Days => "days",
            Self::WorkingDays => "working_days",
            Self::WorkingHours => "working_hours",
            Self::Months => "months",
        }
    }

    /// The largest count a span of this unit may have: 1,200 months, 36,500 of anything else.
    #[must_use]
    pub const fn max(self) -> u32 {
        match self {
            Self::Months => 1_200,
            _ => 36_500,
        }
    }

    const fn singular(self) -> &'static str {
        match self {
            Self::Minutes => "minute",
            Self::Hours => "hour",
            Self::Days => "day",
            Self::WorkingDays => "working day",
            Self::WorkingHours => "working hour",
            Self::Months => "month",
        }
    }
}

/// A length of time as a policy writes it: `3 days`, `5 working days at 18:00`.
///
/// | span | ends at |
/// | --- | --- |
/// | `minutes(n)`, `hours(n)` | exactly `anchor + n` |
/// | `days(n)` | the end of the n-th civil day after the anchor's |
/// | `working_days(n)` | the end of the n-th working day after the anchor's day |
/// | `working_hours(n)` | the first instant at which `n` hours of working blocks have elapsed |
/// | `months(n)` | the end of the same day n months later, or of that month's last day |
///
/// A span can be written down before it is right: [`Span::check`] says whether it is, so that a policy reports
/// all its problems together.
///
/// ```
/// use customer_pool::time::{LocalTime, Span};
/// let span = Span::days(3).at(LocalTime::new(18, 0).ok_or("no time of day")?);
/// assert_eq!(span.to_string(), "3 days at 18:00");
/// assert!(span.check().is_ok());
/// assert!(Span::days(0).check().is_err());
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Span {
    unit: SpanUnit,
    n: u32,
    at: Option<LocalTime>,
    roll: bool,
}

/// Why a [`Span`] may not stand in a policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SpanError {
    /// The count is 0 or too large.
    #[error("`{n}` {} is outside 1 to {}", .unit.key(), .unit.max())]
    Count {
        /// The unit counted.
        unit: SpanUnit,
        /// The count given.
        n: u32,
    },
    /// `at` with a unit that does not end with a day.
    #[error("`at` goes with days, working_days or months, not with `{}`", .0.key())]
    At(SpanUnit),
    /// `roll` with a unit that is neither days nor months.
    #[error("`roll` goes with days or months, not with `{}`", .0.key())]
    Roll(SpanUnit),
    /// A span that cannot be counted backwards from a due instant.
    #[error("`{0}` cannot be counted backwards: use minutes, hours, days or working_days, without `at` and `roll`")]
    Backwards(Span),
}

macro_rules! constructors {
    ($($(#[$doc:meta])* $name:ident $unit:ident;)*) => {$(
        $(#[$doc])*
        #[must_use]
        #[inline]
        pub const fn $name(n: u32) -> Self {
            Self { unit: SpanUnit::$unit, n, at: None, roll: false }
        }
    )*};
}

impl Span {
    constructors! {
        /// Exactly `n` minutes.
        minutes Minutes;
        /// Exactly `n` hours.
        hours Hours;
        /// To the end of the `n`-th civil day after the anchor's.
        days Days;
        /// To the end of the `n`-th working day after the anchor's day.
        working_days WorkingDays;
        /// `n` hours of working blocks.
        working_hours WorkingHours;
        /// To the end of the same day `n` months later.
        months Months;
    }

    /// The same, ending at local time `time` of the last day instead of at its end.
    #[must_use]
    pub const fn at(mut self, time: LocalTime) -> Self {
        self.at = Some(time);
        self
    }

    /// The same, moved to the next working day where it would end on another day (遇节假日顺延).
    #[must_use]
    pub const fn roll(mut self) -> Self {
        self.roll = true;
        self
    }

    /// What is counted.
    #[must_use]
    #[inline]
    pub const fn unit(self) -> SpanUnit {
        self.unit
    }

    /// How many of the unit.
    #[must_use]
    #[inline]
    pub const fn n(self) -> u32 {
        self.n
    }

    /// The local time at which the last day ends the span; none means the day's end.
    #[must_use]
    #[inline]
    pub const fn local_time(self) -> Option<LocalTime> {
        self.at
    }

    /// Whether an end on a day that is no working day moves to the next one.
    #[must_use]
    #[inline]
    pub const fn rolls(self) -> bool {
        self.roll
    }

    /// Checks that the span may stand in a policy.
    ///
    /// # Errors
    /// The first of: [`SpanError::Count`] unless 1 to 36,500 (months 1 to 1,200); [`SpanError::At`] for `at` with
    /// anything but days, working days or months; [`SpanError::Roll`] for `roll` with anything but days or months.
    pub fn check(&self) -> Result<(), SpanError> {
        if self.n == 0 || self.n > self.unit.max() {
            return Err(SpanError::Count { unit: self.unit, n: self.n });
        }
        let ends_with_a_day = matches!(self.unit, SpanUnit::Days | SpanUnit::WorkingDays | SpanUnit::Months);
        if self.at.is_some() && !ends_with_a_day {
            return Err(SpanError::At(self.unit));
        }
        if self.roll && !matches!(self.unit, SpanUnit::Days | SpanUnit::Months) {
            return Err(SpanError::Roll(self.unit));
        }
        Ok(())
    }

    /// Checks that the span may also be counted backwards by [`Calendar::before`](super::Calendar::before).
    ///
    /// # Errors
    /// Those of [`Span::check`], then [`SpanError::Backwards`] unless it is of minutes, hours, days or working
    /// days, without `at` and `roll`.
    pub fn check_before(&self) -> Result<(), SpanError> {
        self.check()?;
        let unit = !matches!(self.unit, SpanUnit::WorkingHours | SpanUnit::Months);
        if unit && self.at.is_none() && !self.roll { Ok(()) } else { Err(SpanError::Backwards(*self)) }
    }

    /// Days of the plainest kind, which the fast path serves.
    #[inline]
    pub(crate) const fn is_plain_days(self) -> bool {
        matches!(self.unit, SpanUnit::Days) && self.at.is_none() && !self.roll
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}", self.n, self.unit.singular(), if self.n == 1 { "" } else { "s" })?;
        if let Some(time) = self.at {
            write!(f, " at {time}")?;
        }
        f.write_str(if self.roll { ", moved to the next working day" } else { "" })
    }
}
