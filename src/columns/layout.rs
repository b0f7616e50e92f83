//! The parts of which columns are made, laid out as Arrow does: slices of values, bitmaps whose least significant bit
//! comes first, codes into a dictionary, offsets into children.

use core::ops::Range;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::error::{ColumnError, ColumnProblem};
use crate::time::Timestamp;

/// How many rows one word of a mask stands for.
pub(super) const WORD: usize = 64;

/// The mask of the first `rows` rows of a word.
pub(super) const fn first(rows: usize) -> u64 {
    if rows >= WORD { u64::MAX } else { (1_u64 << rows).wrapping_sub(1) }
}

/// Bits, the least significant of a byte first. A validity bitmap has a one where there is a value.
#[derive(Clone, Copy, Debug)]
pub struct Bitmap<'a> {
    bytes: &'a [u8],
    offset: usize,
}

impl<'a> Bitmap<'a> {
    /// The bits of these bytes.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, offset: 0 }
    }

    /// Without the first `offset` bits, as slices of Arrow arrays have them.
    #[must_use]
    pub const fn with_offset(mut self, offset: usize) -> Self {
        self.offset = offset;
        self
    }

    /// The bit of a row; `false` behind the end.
    #[must_use]
    #[inline]
    pub fn get(&self, row: usize) -> bool {
        let bit = self.offset.wrapping_add(row);
        self.bytes.get(bit / 8).is_some_and(|byte| byte & (1 << (bit % 8)) != 0)
    }

    /// The bits of the 64 rows from `row` on; zeros behind the end.
    #[inline(always)]
    pub(super) fn word(&self, row: usize) -> u64 {
        let bit = self.offset.wrapping_add(row);
        let (byte, shift) = (bit / 8, (bit % 8) as u32);
        let rest = self.bytes.get(byte..).unwrap_or_default();
        match rest.first_chunk::<8>() {
            Some(eight) if shift == 0 => u64::from_le_bytes(*eight),
            _ => Self::word_at_the_edge(rest, shift),
        }
    }

    fn word_at_the_edge(rest: &[u8], shift: u32) -> u64 {
        let mut nine = [0_u8; 16];
        for (to, from) in nine.iter_mut().zip(rest.iter().take(9)) {
            *to = *from;
        }
        (u128::from_le_bytes(nine).wrapping_shr(shift) & u128::from(u64::MAX)) as u64
    }

    fn check(&self, column: &str, rows: usize) -> Result<(), ColumnError> {
        let found = self.bytes.len().saturating_mul(8).saturating_sub(self.offset);
        if found < rows {
            return Err(ColumnError::new(column, None, ColumnProblem::Bitmap { expected: rows, found }));
        }
        Ok(())
    }
}

/// Plain values, some of which may be missing.
#[derive(Clone, Copy, Debug)]
pub struct Values<'a, T> {
    values: &'a [T],
    validity: Option<Bitmap<'a>>,
}

impl<'a, T: Copy> Values<'a, T> {
    /// These values, none of them missing.
    #[must_use]
    pub const fn new(values: &'a [T]) -> Self {
        Self { values, validity: None }
    }

    /// Missing where this bitmap has a zero, whatever the value says.
    #[must_use]
    pub const fn with_validity(mut self, validity: Bitmap<'a>) -> Self {
        self.validity = Some(validity);
        self
    }

    /// The value of a row, if it has one.
    #[must_use]
    #[inline]
    pub fn get(&self, row: usize) -> Option<T> {
        if self.validity.is_some_and(|validity| !validity.get(row)) { None } else { self.values.get(row).copied() }
    }

    /// The values as they are, with those that do not count.
    #[must_use]
    #[inline]
    pub const fn values(&self) -> &'a [T] {
        self.values
    }

    #[inline]
    pub(super) const fn validity(&self) -> Option<Bitmap<'a>> {
        self.validity
    }

    /// Whether both lie in the same place.
    pub(super) fn is_same(&self, other: Self) -> bool {
        let place = |bitmap: Bitmap<'a>| (bitmap.bytes.as_ptr(), bitmap.offset);
        self.values.as_ptr() == other.values.as_ptr() && self.validity.map(place) == other.validity.map(place)
    }

    /// Which of the 64 rows from `row` on have a value.
    #[inline(always)]
    pub(super) fn valid(&self, row: usize) -> u64 {
        self.validity.as_ref().map_or(u64::MAX, |validity| validity.word(row))
    }

    /// Up to 64 values from `row` on.
    #[inline(always)]
    pub(super) fn word(&self, row: usize) -> &'a [T] {
        let rest = self.values.get(row..).unwrap_or_default();
        rest.get(..WORD).unwrap_or(rest)
    }

    /// The 64 values from `row` on; behind the end, others stand in for them.
    #[inline(always)]
    pub(super) fn block<'b>(&self, row: usize, room: &'b mut [T; WORD]) -> &'b [T; WORD]
    where
        'a: 'b,
    {
        let rest = self.values.get(row..).unwrap_or_default();
        match rest.first_chunk::<WORD>() {
            Some(block) => block,
            None => {
                for (to, from) in room.iter_mut().zip(rest) {
                    *to = *from;
                }
                room
            }
        }
    }

    /// The first row with a value of which `wrong` says what is wrong.
    fn find(&self, wrong: impl Fn(T) -> Option<ColumnProblem>) -> Option<(usize, ColumnProblem)> {
        let mut values = self.values.iter().enumerate();
        values.find_map(|(row, value)| {
            let problem = wrong(*value)?;
            self.get(row).map(|_| (row, problem))
        })
    }
}

/// A column that can say whether it is one.
pub(super) trait Column {
    /// How many rows it has.
    fn rows(&self) -> usize;
    /// What is wrong with it; that its length is right is the caller's to see.
    fn check(&self, column: &str) -> Result<(), ColumnError>;

    fn check_as(&self, column: &str, expected: usize) -> Result<(), ColumnError> {
        if self.rows() != expected {
            let problem = ColumnProblem::Length { expected, found: self.rows() };
            return Err(ColumnError::new(column, None, problem));
        }
        self.check(column)
    }
}

fn at_row(column: &str, found: Option<(usize, ColumnProblem)>) -> Result<(), ColumnError> {
    found.map_or(Ok(()), |(row, problem)| Err(ColumnError::new(column, Some(row), problem)))
}

impl<T: Copy> Column for Values<'_, T> {
    fn rows(&self) -> usize {
        self.values.len()
    }

    fn check(&self, column: &str) -> Result<(), ColumnError> {
        self.validity.map_or(Ok(()), |validity| validity.check(column, self.values.len()))
    }
}

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
    fn rows(&self) -> usize {
        self.0.rows()
    }

    fn check(&self, column: &str) -> Result<(), ColumnError> {
        self.0.check(column)?;
        let (min, max) = (Timestamp::MIN.as_micros(), Timestamp::MAX.as_micros());
        // Nearly always all are in range, also those that do not count.
        if self.0.values.iter().fold(true, |all, micros| all & (min <= *micros) & (*micros <= max)) {
            return Ok(());
        }
        at_row(column, self.0.find(|micros| (micros < min || micros > max).then_some(ColumnProblem::Instant(micros))))
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

    /// Which of the 64 rows from `row` on are true, and which have a value.
    #[inline]
    pub(super) fn word(&self, row: usize) -> (u64, u64) {
        (self.bits.word(row), self.validity.as_ref().map_or(u64::MAX, |validity| validity.word(row)))
    }
}

impl Column for Flags<'_> {
    fn rows(&self) -> usize {
        self.rows
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

impl<T> Column for Coded<'_, T> {
    fn rows(&self) -> usize {
        self.codes.rows()
    }

    fn check(&self, column: &str) -> Result<(), ColumnError> {
        self.codes.check(column)?;
        let words = self.dictionary.len();
        if self.codes.values.iter().fold(true, |all, code| all & ((*code as usize) < words)) {
            return Ok(());
        }
        at_row(column, self.codes.find(|code| (code as usize >= words).then_some(ColumnProblem::Code { code, words })))
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
    fn rows(&self) -> usize {
        self.units.rows()
    }

    fn check(&self, column: &str) -> Result<(), ColumnError> {
        self.units.check(column)?;
        at_row(
            column,
            self.units.find(|units| decimal(units, self.scale).is_none().then_some(ColumnProblem::Decimal(units))),
        )
    }
}

/// The civil date so many days after 1970-01-01.
pub(super) fn date(days: i32) -> Option<NaiveDate> {
    /// Days from 0000-12-31 to 1970-01-01.
    const EPOCH_FROM_CE: i32 = 719_163;
    NaiveDate::from_num_days_from_ce_opt(days.checked_add(EPOCH_FROM_CE)?)
}

pub(super) fn check_dates(dates: &Values<'_, i32>, column: &str) -> Result<(), ColumnError> {
    at_row(column, dates.find(|days| date(days).is_none().then_some(ColumnProblem::Date(days))))
}

/// Any number of children for each row: those from the row's offset up to the next one.
#[derive(Clone, Copy, Debug)]
pub struct Lists<'a, C> {
    offsets: &'a [i32],
    children: C,
}

impl<'a, C> Lists<'a, C> {
    /// `offsets` has one entry more than there are rows.
    #[must_use]
    pub const fn new(offsets: &'a [i32], children: C) -> Self {
        Self { offsets, children }
    }

    /// The children.
    #[must_use]
    #[inline]
    pub const fn children(&self) -> &C {
        &self.children
    }

    /// The same lists of something else about their children.
    pub(super) const fn with_children<D>(&self, children: D) -> Lists<'a, D> {
        Lists { offsets: self.offsets, children }
    }

    /// Which children are the row's.
    #[must_use]
    #[inline]
    pub fn range(&self, row: usize) -> Range<usize> {
        let at = |i: usize| self.offsets.get(i).and_then(|offset| usize::try_from(*offset).ok()).unwrap_or_default();
        at(row)..at(row.wrapping_add(1))
    }

    /// Which of the 64 rows from `row` on have children.
    #[inline(always)]
    pub(super) fn filled(&self, row: usize) -> u64 {
        let rest = self.offsets.get(row..).unwrap_or_default();
        let offsets = rest.get(..WORD.wrapping_add(1)).unwrap_or(rest);
        // Seldom has any: two look-ups for 64 rows.
        if offsets.first() == offsets.last() {
            return 0;
        }
        let mut filled = 0_u64;
        for (i, pair) in (0_u32..).zip(offsets.windows(2)) {
            if let [from, to] = pair {
                filled |= u64::from(from < to).wrapping_shl(i);
            }
        }
        filled
    }
}

impl<C: Column> Column for Lists<'_, C> {
    fn rows(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    fn check(&self, column: &str) -> Result<(), ColumnError> {
        let wrong = |row| Err(ColumnError::new(column, Some(row), ColumnProblem::Offsets));
        let Some((first, last)) = self.offsets.first().zip(self.offsets.last()) else { return wrong(0) };
        if let Some(row) = self.offsets.windows(2).position(|pair| pair.first() > pair.last()) {
            return wrong(row);
        }
        let inside = usize::try_from(*last).is_ok_and(|last| last <= self.children.rows());
        if *first < 0 || !inside {
            return wrong(if *first < 0 { 0 } else { self.rows().saturating_sub(1) });
        }
        self.children.check(column).map_err(|error| {
            // A child's problem is its row's.
            let row = error.row.map(|child| {
                let behind = |offset: &i32| usize::try_from(*offset).is_ok_and(|offset| offset <= child);
                self.offsets.partition_point(behind).saturating_sub(1)
            });
            ColumnError { row, ..error }
        })
    }
}
