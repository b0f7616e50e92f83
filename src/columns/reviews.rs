//! What is recorded of notices and reviews. Few customers have any, so only their rows are given.

use super::error::{ColumnError, ColumnProblem};
use crate::model::{Customer, Nomination, Notice};
use crate::wire::getters;

/// The notice and the nomination recorded for a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowReview {
    row: usize,
    notice: Option<Notice>,
    nomination: Option<Nomination>,
}

impl RowReview {
    /// What is recorded for this row.
    #[must_use]
    pub const fn new(row: usize, notice: Option<Notice>, nomination: Option<Nomination>) -> Self {
        Self { row, notice, nomination }
    }

    getters! {
        /// The row that it is about, from 0.
        row: usize,
        /// The notice that was served last.
        notice: Option<&Notice>,
        /// The nomination that was made last and not withdrawn.
        nomination: Option<&Nomination>,
    }

    /// Whether these are in ascending order, and about rows that there are.
    pub(super) fn check(reviews: &[Self], rows: usize) -> Result<(), ColumnError> {
        let mut next = 0;
        for review in reviews {
            let refused = |problem| Err(ColumnError::new("reviews", Some(review.row), problem));
            if review.row < next {
                return refused(ColumnProblem::Descending);
            }
            if review.row >= rows {
                return refused(ColumnProblem::Rows(rows));
            }
            next = review.row.saturating_add(1);
        }
        Ok(())
    }

    /// What is recorded of a customer for this row, if anything is.
    pub(super) fn of(row: usize, customer: &Customer) -> Option<Self> {
        let (notice, nomination) = (customer.notice().cloned(), customer.nomination().cloned());
        (notice.is_some() || nomination.is_some()).then(|| Self::new(row, notice, nomination))
    }

    /// The customer with what these say of the row.
    pub(super) fn apply(reviews: &[Self], row: usize, mut customer: Customer) -> Customer {
        let at = reviews.binary_search_by_key(&row, Self::row);
        if let Some(review) = at.ok().and_then(|at| reviews.get(at)) {
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
