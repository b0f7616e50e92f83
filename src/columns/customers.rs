//! Customers as columns.

use core::ops::Range;

use super::attributes::AttributeColumn;
use super::error::{ColumnError, ColumnProblem};
use super::facts::customer_facts;
use super::folded::FoldedColumns;
use super::kinds::{Coded, Decimals, Flags, Instants};
use super::layout::{Column, Values};
use super::lists::Lists;
use super::owners::Owner;
use super::parts::{Extensions, Freezes, Holds, Locks, Past, Pauses};
use super::reviews::RowReview;
use crate::id::{CustomerId, Label, PoolId, RepId};
use crate::model::{Cause, ClosedCause, Lifecycle, Need, Score, WayIn};

/// Where the customer of a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowPlace {
    /// It has an owner.
    Owned,
    /// It is in a pool.
    Pool,
    /// It has not been admitted to a pool yet.
    Awaiting,
    /// It is closed for good.
    Closed,
}

impl RowPlace {
    /// Every kind, in the order of declaration: a dictionary for [`CustomerColumns::new`].
    pub const ALL: &'static [Self] = &[Self::Owned, Self::Pool, Self::Awaiting, Self::Closed];
}

macro_rules! customer_columns {
    ($($group:ident {
        $($(#[$doc:meta])* $name:ident, $with:ident: $type:ty = $value:expr $(, $fact:ident)?;)*
    })*) => {
        /// Customers as borrowed columns: row `i` of every column is about the same customer.
        ///
        /// A column that is left out is a fact that is missing for every row, and a value that is missing is that fact
        /// missing for its row, as in a [`Customer`](crate::model::Customer).
        #[derive(Clone, Debug)]
        pub struct CustomerColumns<'a> {
            pub(super) rows: usize,
            pub(super) place: Coded<'a, RowPlace>,
            pub(super) ids: Option<&'a [CustomerId]>,
            pub(super) attributes: Vec<(Label, AttributeColumn<'a>)>,
            pub(super) scores: Vec<(Score, AttributeColumn<'a>)>,
            pub(super) folded: Option<FoldedColumns<'a>>,
            pub(super) reviews: &'a [RowReview],
            $($(pub(super) $name: Option<$type>,)*)*
        }

        impl<'a> CustomerColumns<'a> {
            /// As many rows as there are places.
            ///
            /// # Errors
            /// A [`ColumnError`] about the column `place`; no row may lack one.
            pub fn new(place: Coded<'a, RowPlace>) -> Result<Self, ColumnError> {
                place.check("place")?;
                let rows = place.rows();
                if let Some(row) = (0..rows).find(|row| place.get(*row).is_none()) {
                    return Err(ColumnError::new("place", Some(row), ColumnProblem::Null));
                }
                let (attributes, scores, reviews) = (Vec::new(), Vec::new(), &[]);
                Ok(Self { rows, place, ids: None, attributes, scores, folded: None, reviews, $($($name: None,)*)* })
            }

            $($(
                $(#[$doc])*
                ///
                /// # Errors
                /// A [`ColumnError`] that names the column and the first row that is wrong.
                pub fn $with(mut self, column: $type) -> Result<Self, ColumnError> {
                    column.check_as(stringify!($name), self.rows)?;
                    self.$name = Some(column);
                    Ok(self)
                }
            )*)*
        }
    };
}

customer_facts!(customer_columns);

impl<'a> CustomerColumns<'a> {
    /// How many rows there are.
    #[must_use]
    pub const fn rows(&self) -> usize {
        self.rows
    }

    /// With the customers' ids, which no decision reads.
    ///
    /// # Errors
    /// A [`ColumnError`] where there is not one for each row.
    pub fn with_ids(mut self, ids: &'a [CustomerId]) -> Result<Self, ColumnError> {
        if ids.len() != self.rows {
            let problem = ColumnProblem::Length { expected: self.rows, found: ids.len() };
            return Err(ColumnError::new("ids", None, problem));
        }
        self.ids = Some(ids);
        Ok(self)
    }

    /// With the values of a declared attribute.
    ///
    /// # Errors
    /// A [`ColumnError`] that names the column and the first row that is wrong, or says that the attribute has a column
    /// already.
    pub fn with_attribute(mut self, key: Label, column: AttributeColumn<'a>) -> Result<Self, ColumnError> {
        let name = format!("attribute.{key}");
        column.check_as(&name, self.rows)?;
        if self.attribute(&key).is_some() {
            return Err(ColumnError::new(&name, None, ColumnProblem::Twice));
        }
        self.attributes.push((key, column));
        Ok(self)
    }

    /// With the values of a score.
    ///
    /// # Errors
    /// A [`ColumnError`] that names the column and the first row that is wrong, or says that the column is of another type
    /// than the score, or that the score has a column already.
    pub fn with_score(mut self, score: Score, column: AttributeColumn<'a>) -> Result<Self, ColumnError> {
        let name = format!("score.{score}");
        column.check_as(&name, self.rows)?;
        if column.kind() != score.kind() {
            let problem = ColumnProblem::Type { expected: score.kind(), found: column.kind() };
            return Err(ColumnError::new(&name, None, problem));
        }
        if let AttributeColumn::Integer(values) = &column {
            let outside = |row: &usize| values.get(*row).is_some_and(|value| !score.admits(value));
            if let Some(row) = (0..self.rows).find(outside) {
                let problem = ColumnProblem::Score(values.get(row).unwrap_or_default());
                return Err(ColumnError::new(&name, Some(row), problem));
            }
        }
        if self.score(score).is_some() {
            return Err(ColumnError::new(&name, None, ColumnProblem::Twice));
        }
        self.scores.push((score, column));
        Ok(self)
    }

    /// With folded activities. Without them, no activity is known.
    ///
    /// # Errors
    /// A [`ColumnError`] that names the column and the first row that is wrong.
    pub fn with_folded(mut self, folded: FoldedColumns<'a>) -> Result<Self, ColumnError> {
        folded.check(self.rows)?;
        self.folded = Some(folded);
        Ok(self)
    }

    /// With what is recorded of notices and reviews, for the rows that have any, in ascending order. Only policies whose
    /// triggers wait for a notice or a review read it. The cycles in it name customers, so such policies need
    /// [ids](Self::with_ids) as well.
    ///
    /// # Errors
    /// A [`ColumnError`] about `reviews` where a row does not come after the one before it, or there is no such row.
    pub fn with_reviews(mut self, reviews: &'a [RowReview]) -> Result<Self, ColumnError> {
        RowReview::check(reviews, self.rows)?;
        self.reviews = reviews;
        Ok(self)
    }

    /// Whether a chain of transfers may have begun before its customer's clock.
    pub(super) const fn has_chains(&self) -> bool {
        self.chain_start.is_some() || self.clock_start.is_some()
    }

    pub(super) fn score(&self, score: Score) -> Option<&AttributeColumn<'a>> {
        self.scores.iter().find(|(known, _)| *known == score).map(|(_, column)| column)
    }

    pub(super) fn attribute(&self, key: &Label) -> Option<&AttributeColumn<'a>> {
        self.attributes.iter().find(|(known, _)| known == key).map(|(_, column)| column)
    }

    /// The rows that are asked for, if they are there and there is as much room for answers.
    pub(super) fn check_rows(&self, rows: &Range<usize>, room: usize) -> Result<(), ColumnError> {
        if rows.start > rows.end || rows.end > self.rows {
            return Err(ColumnError::new("place", Some(rows.start.max(rows.end)), ColumnProblem::Rows(self.rows)));
        }
        let expected = rows.len();
        if room != expected {
            return Err(ColumnError::new("decisions", None, ColumnProblem::Length { expected, found: room }));
        }
        Ok(())
    }
}
