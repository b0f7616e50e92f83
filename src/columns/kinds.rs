//! Columns of one value per row, by the kind of their values: instants, bools, words of a dictionary, decimals.

use rust_decimal::Decimal;

use super::error::{ColumnError, ColumnProblem};
use super::layout::{Bitmap, Column, Required, Values};
use crate::time::Timestamp;

/// Instants in microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug)]
pub struct Instants<'a>(pub(super) Values<'a, i64>);

impl<'a> Instants<'a> {
    /// These instants, none of them missing.
    #[must_use]
    pub const fn new(micros: &'a [i64]) -> Self {
        Self(Values::new(micros))
    }

    /// Missing where this bitmap has a zero.
    #[must_use]
    pub const fn with_validity(self, validity: Bitmap<'a>) -> Self {
        Self(self.0.with_validity(validity))
    }

    /// The instant of a row, if it has one.
    #[must_use]
    #[inline]
    pub fn get(&self, row: usize) -> Option<Timestamp> {
        self.0.get(row).and_then(Timestamp::from_micros)
    }
}

impl Column for Instants<'_> {
    type Value = Timestamp;

    fn rows(&self) -> usize {
        self.0.rows()
    }

    fn read(&self, row: usize) -> Option<Timestamp> {
        self.get(row)
    }

    fn check(&self, column: &str) -> Result<(), ColumnError> {
        self.0.check(column)?;
        let (min, max) = (Timestamp::MIN.as_micros(), Timestamp::MAX.as_micros());
        // Nearly always all are in range, also those that do not count.
        if self.0.values().iter().fold(true, |all, micros| all & (min <= *micros) & (*micros <= max)) {
            return Ok(());
        }
        self.0.refuse(column, |micros| (micros < min || micros > max).then_some(ColumnProblem::Instant(micros)))
    }
}

/// Bools, as bits.
#[derive(Clone, Copy, Debug)]
pub struct Flags<'a> {
    bits: Bitmap<'a>,
    validity: Option<Bitmap<'a>>,
    rows: usize,
}

impl<'a> Flags<'a> {
    /// The first `rows` bits, none of them missing.
    #[must_use]
    pub const fn new(bits: Bitmap<'a>, rows: usize) -> Self {
        Self { bits, validity: None, rows }
    }

    /// Missing where this bitmap has a zero.
    #[must_use]
    pub const fn with_validity(mut self, validity: Bitmap<'a>) -> Self {
        self.validity = Some(validity);
        self
    }

    /// The bool of a row, if it has one.
    #[must_use]
    #[inline]
    pub fn get(&self, row: usize) -> Option<bool> {
        let given = row < self.rows && self.validity.is_none_or(|validity| validity.get(row));
        given.then(|| self.bits.get(row))
    }

    pub(super) const fn validity(&self) -> Option<Bitmap<'a>> {
        self.validity
    }

    /// Which of the 64 rows from `row` on have a value, and it is `true`.
    #[inline]
    pub(super) fn word(&self, row: usize) -> u64 {
        self.bits.word(row) & self.validity.as_ref().map_or(u64::MAX, |validity| validity.word(row))
    }
}

impl Column for Flags<'_> {
    type Value = bool;

    fn rows(&self) -> usize {
        self.rows
    }

    fn read(&self, row: usize) -> Option<bool> {
        self.get(row)
    }

    fn check(&self, column: &str) -> Result<(), ColumnError> {
        self.bits.check(column, self.rows)?;
        self.validity.map_or(Ok(()), |validity| validity.check(column, self.rows))
    }
}

/// Codes into a dictionary.
#[derive(Debug)]
pub struct Coded<'a, T> {
    codes: Values<'a, u32>,
    dictionary: &'a [T],
}

// A derived one would ask it of the words, too.
impl<T> Clone for Coded<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Coded<'_, T> {}

impl<'a, T> Coded<'a, T> {
    /// Code `c` stands for the `c`-th word of the dictionary, from 0. A word may stand in it twice.
    #[must_use]
    pub const fn new(codes: Values<'a, u32>, dictionary: &'a [T]) -> Self {
        Self { codes, dictionary }
    }

    /// The word of a row, if it has one.
    #[must_use]
    #[inline]
    pub fn get(&self, row: usize) -> Option<&'a T> {
        self.dictionary.get(self.codes.get(row)? as usize)
    }

    /// The codes.
    #[must_use]
    #[inline]
    pub const fn codes(&self) -> Values<'a, u32> {
        self.codes
    }

    /// The dictionary.
    #[must_use]
    #[inline]
    pub const fn dictionary(&self) -> &'a [T] {
        self.dictionary
    }
}

impl<T: Clone> Column for Coded<'_, T> {
    type Value = T;
    fn rows(&self) -> usize {
        self.codes.rows()
    }

    fn read(&self, row: usize) -> Option<T> {
        self.get(row).cloned()
    }

    fn required(&self) -> Vec<Required<'_>> {
        vec![("", Box::new(|child| self.get(child).is_some()))]
    }

    fn check(&self, column: &str) -> Result<(), ColumnError> {
        self.codes.check(column)?;
        let words = self.dictionary.len();
        if self.codes.values().iter().fold(true, |all, code| all & ((*code as usize) < words)) {
            return Ok(());
        }
        self.codes.refuse(column, |code| (code as usize >= words).then_some(ColumnProblem::Code { code, words }))
    }
}

/// Exact decimals: whole numbers of units of ten to the power of minus `scale`.
#[derive(Clone, Copy, Debug)]
pub struct Decimals<'a> {
    units: Values<'a, i128>,
    scale: u32,
}

impl<'a> Decimals<'a> {
    /// These numbers of units, each ten to the power of minus `scale`.
    #[must_use]
    pub const fn new(units: Values<'a, i128>, scale: u32) -> Self {
        Self { units, scale }
    }

    /// The decimal of a row, if it has one.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<Decimal> {
        decimal(self.units.get(row)?, self.scale)
    }

    #[inline]
    pub(super) const fn units(&self) -> Values<'a, i128> {
        self.units
    }

    #[inline]
    pub(super) const fn scale(&self) -> u32 {
        self.scale
    }
}

/// The decimal of so many units, without the zeros that it has no room for.
pub(super) fn decimal(mut units: i128, mut scale: u32) -> Option<Decimal> {
    if units == 0 {
        return Some(Decimal::ZERO);
    }
    loop {
        if let Ok(decimal) = Decimal::try_from_i128_with_scale(units, scale) {
            return Some(decimal);
        }
        if units % 10 != 0 || scale == 0 {
            return None;
        }
        units /= 10;
        scale = scale.saturating_sub(1);
    }
}

impl Column for Decimals<'_> {
    type Value = Decimal;

    fn rows(&self) -> usize {
        self.units.rows()
    }

    fn read(&self, row: usize) -> Option<Decimal> {
        self.get(row)
    }

    fn check(&self, column: &str) -> Result<(), ColumnError> {
        self.units.check(column)?;
        let wrong = |units| decimal(units, self.scale).is_none().then_some(ColumnProblem::Decimal(units));
        self.units.refuse(column, wrong)
    }
}
