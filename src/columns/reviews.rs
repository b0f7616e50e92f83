//! What is recorded of notices and reviews: few customers have any, so that only their rows are given.

use super::customers::CustomerColumns;
use super::error::{ColumnError, ColumnProblem};
use crate::model::{Customer, Nomination, Notice};

/// The notice and the nomination recorded for a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowReview {
    row: usize,
    notice: Option<Notice>,
    nomination: Option<Nomination>,
}

impl RowReview {
    /// Of this row.
    #[must_use]
    pub const fn new(row: usize, notice: Option<Notice>, nomination: Option<Nomination>) -> Self {
        Self { row, notice, nomination }
    }

    /// Which row.
    #[must_use]
    pub const fn row(&self) -> usize {
        self.row
    }

    /// The notice that was served last.
    #[must_use]
    pub const fn notice(&self) -> Option<&Notice> {
        self.notice.as_ref()
    }

    /// The nomination that was made last and not withdrawn.
    #[must_use]
    pub const fn nomination(&self) -> Option<&Nomination> {
        self.nomination.as_ref()
    }
}

impl<'a> CustomerColumns<'a> {
    /// With what is recorded of notices and reviews, for the rows that have any, in ascending order. Only policies whose
    /// triggers wait for a notice or a review read it; their cycles name customers, so that they need ids as well.
    ///
    /// # Errors
    /// A [`ColumnError`] about `reviews` where a row is not behind the one before it, or there is no such row.
    pub fn with_reviews(mut self, reviews: &'a [RowReview]) -> Result<Self, ColumnError> {
        let mut next = 0;
        for review in reviews {
            if review.row < next {
                return Err(ColumnError::new("reviews", Some(review.row), ColumnProblem::Descending));
            }
            if review.row >= self.rows {
                return Err(ColumnError::new("reviews", Some(review.row), ColumnProblem::Rows(self.rows)));
            }
            next = review.row.saturating_add(1);
        }
        self.reviews = reviews;
        Ok(self)
    }

    /// The customer with what is recorded for its row.
    pub(super) fn reviewed(&self, row: usize, mut customer: Customer) -> Customer {
        let at = self.reviews.binary_search_by_key(&row, RowReview::row);
        if let Some(review) = at.ok().and_then(|at| self.reviews.get(at)) {
            if let Some(notice) = &review.notice {
                customer = customer.with_notice(notice.clone());
            }
            if let Some(nomination) = &review.nomination {
                customer = customer.with_nomination(nomination.clone());
            }
        }
        customer
    }
}
