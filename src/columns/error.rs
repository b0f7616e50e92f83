//! What is wrong with columns.

use core::fmt;

use crate::attribute::AttributeType;
use crate::wire::getters;

/// Why a column is refused: its name, the row where there is one, and what is wrong there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnError {
    pub(super) column: String,
    pub(super) row: Option<usize>,
    pub(super) problem: ColumnProblem,
}

/// What is wrong with a column.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ColumnProblem {
    /// It has another number of values than there are rows.
    #[error("{found} values, where {expected} are needed")]
    Length {
        /// How many are needed.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// Its bitmap ends before the rows do.
    #[error("the bitmap has {found} bits, where {expected} are needed")]
    Bitmap {
        /// How many are needed.
        expected: usize,
        /// How many there are behind its offset.
        found: usize,
    },
    /// A code is not in the dictionary.
    #[error("code {code} is not in the dictionary of {words}")]
    Code {
        /// The code.
        code: u32,
        /// How long the dictionary is.
        words: usize,
    },
    /// A value that may not be missing is.
    #[error("a value is missing")]
    Null,
    /// The offsets of a list descend, begin below zero, or end behind the children.
    #[error("the offsets descend, begin below zero, or end behind the children")]
    Offsets,
    /// An instant, in microseconds, lies outside the years 1 to 9999.
    #[error("{0} µs lie outside the years 1 to 9999")]
    Instant(i64),
    /// A date, in days since 1970-01-01, is none that the crate knows.
    #[error("{0} days since 1970-01-01 are no date")]
    Date(i32),
    /// A decimal has more digits than the crate keeps (96 bits), or a scale above 28.
    #[error("{0} has more digits, or its scale more places, than a decimal keeps")]
    Decimal(i128),
    /// An activity names a slot that the policy does not have.
    #[error("slot {0} is not one of the policy's")]
    Slot(u16),
    /// A value is of another type than its column.
    #[error("a value of type {found} in a column of type {expected}")]
    Type {
        /// The column's type.
        expected: AttributeType,
        /// The value's.
        found: AttributeType,
    },
    /// A number is outside the range of its score.
    #[error("{0} is outside the range of the score")]
    Score(i64),
    /// Two columns are given for the same attribute or score.
    #[error("it has a column already")]
    Twice,
    /// Rows are not in ascending order.
    #[error("it does not come behind the row before it")]
    Descending,
    /// Rows are asked for that the columns do not have.
    #[error("the rows end at {0}")]
    Rows(usize),
}

impl ColumnError {
    pub(super) fn new(column: &str, row: Option<usize>, problem: ColumnProblem) -> Self {
        Self { column: column.to_owned(), row, problem }
    }

    getters! {
        /// The column's name: that of the `with_` function that refused it, `attribute.` and a key, or `score.` and a name. The
        /// parts of a list are named behind a dot: `locks.since`.
        column: &str,
        /// The first row at which it is wrong, from 0; `None` where the column as a whole is.
        row: Option<usize>,
        /// What is wrong.
        problem: &ColumnProblem,
    }
}

impl fmt::Display for ColumnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column `{}`", self.column)?;
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        write!(f, ": {}", self.problem)
    }
}

impl std::error::Error for ColumnError {}
