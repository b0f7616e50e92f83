//! What every column is made of, laid out as Arrow does: slices of values, and bitmaps whose least significant bit comes
//! first.

use chrono::{Datelike, NaiveDate};

use super::error::{ColumnError, ColumnProblem};

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

    pub(super) fn check(&self, column: &str, rows: usize) -> Result<(), ColumnError> {
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

    /// Refuses the first row whose value is wrong, if `wrong` says so.
    pub(super) fn refuse(&self, column: &str, wrong: impl Fn(T) -> Option<ColumnProblem>) -> Result<(), ColumnError> {
        for (row, value) in self.values.iter().enumerate() {
            if let (Some(problem), Some(_)) = (wrong(*value), self.get(row)) {
                return Err(ColumnError::new(column, Some(row), problem));
            }
        }
        Ok(())
    }
}

/// A column: what it holds, and what is wrong with it.
pub(super) trait Column {
    /// A value, as a customer has it.
    type Value;

    /// How many rows it has.
    fn rows(&self) -> usize;

    /// The value of a row, if it has one.
    fn read(&self, row: usize) -> Option<Self::Value>;

    /// What is wrong with it. Its length is the caller's matter: see [`check_as`](Self::check_as).
    fn check(&self, column: &str) -> Result<(), ColumnError>;

    /// What no child may lack, where this is a column of the children of lists.
    fn required(&self) -> Vec<Required<'_>> {
        Vec::new()
    }

    /// What is wrong with it as a column of so many rows.
    fn check_as(&self, column: &str, expected: usize) -> Result<(), ColumnError> {
        if self.rows() != expected {
            let problem = ColumnProblem::Length { expected, found: self.rows() };
            return Err(ColumnError::new(column, None, problem));
        }
        self.check(column)
    }
}

/// The name of a part behind a dot, and whether a child has the part.
pub(super) type Required<'c> = (&'static str, Box<dyn Fn(usize) -> bool + 'c>);

/// A type of plain values.
pub(super) trait Plain: Copy {
    /// What is wrong with a value.
    fn problem(self) -> Option<ColumnProblem> {
        None
    }
}

impl Plain for u16 {}
impl Plain for u32 {}
impl Plain for i64 {}
impl Plain for i128 {}

/// Dates, in days since 1970-01-01.
impl Plain for i32 {
    fn problem(self) -> Option<ColumnProblem> {
        date(self).is_none().then_some(ColumnProblem::Date(self))
    }
}

impl<T: Plain> Column for Values<'_, T> {
    type Value = T;

    fn rows(&self) -> usize {
        self.values.len()
    }

    fn read(&self, row: usize) -> Option<T> {
        self.get(row)
    }

    fn check(&self, column: &str) -> Result<(), ColumnError> {
        self.validity.map_or(Ok(()), |validity| validity.check(column, self.values.len()))?;
        self.refuse(column, T::problem)
    }
}

/// Days from 0000-12-31 to 1970-01-01.
const EPOCH_FROM_CE: i32 = 719_163;

/// The civil date so many days after 1970-01-01.
pub(super) fn date(days: i32) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(days.checked_add(EPOCH_FROM_CE)?)
}

/// How many days after 1970-01-01 a civil date is.
pub(super) fn days(date: NaiveDate) -> Option<i32> {
    date.num_days_from_ce().checked_sub(EPOCH_FROM_CE)
}
