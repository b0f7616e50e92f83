//! Columns of any number of children per row: offsets into columns of children.

use core::ops::Range;

use super::error::{ColumnError, ColumnProblem};
use super::layout::{Column, WORD};

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
    type Value = Vec<C::Value>;

    fn rows(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// The row's children, if it has any.
    fn read(&self, row: usize) -> Option<Vec<C::Value>> {
        let range = self.range(row);
        (!range.is_empty()).then(|| range.filter_map(|child| self.children.read(child)).collect())
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
        })?;
        for (part, has) in self.children.required() {
            let lacks = |row: &usize| self.range(*row).any(|child| !has(child));
            if let Some(row) = (0..self.rows()).find(lacks) {
                return Err(ColumnError::new(&format!("{column}{part}"), Some(row), ColumnProblem::Null));
            }
        }
        Ok(())
    }
}
