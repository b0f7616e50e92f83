//! Decisions over columns.

mod block;
mod buffers;
mod customers;
mod days;
mod decisions;
mod error;
mod layout;
mod mask;
mod parts;
#[cfg(feature = "rayon1")]
mod rayon;
mod row;
mod spans;
mod sweep;
mod table;
mod tail;

use core::ops::Range;

pub use customers::{CustomerColumns, PlaceKind};
pub use decisions::{DecisionColumns, DecisionSlices, NEVER, NONE, held, verdict};
pub use error::{ColumnError, ColumnProblem};
pub use layout::{Bitmap, Coded, Decimals, Flags, Instants, Lists, Values};
pub use parts::{AttributeColumn, Extensions, FoldedColumns, Freezes, Holds, Locks, Owner, Past, Pauses, Unjudged};

pub use table::CustomerTable;

use crate::policy::Policy;
use crate::time::Instant;
use sweep::Sweep;

impl Policy {
    /// Whether the owner keeps each customer at `now`: row for row what [`decide`](Self::decide) gives for the row's
    /// [customer](CustomerColumns::customer) and [owner](CustomerColumns::owner). `out` gets as many rows as there are.
    pub fn decide_columns(&self, columns: &CustomerColumns<'_>, now: Instant, out: &mut DecisionColumns) {
        out.resize(columns.rows());
        Sweep::new(self, columns, now).decide(0..columns.rows(), &mut out.as_slices());
    }

    /// The same for some of the rows, into memory that the host has. Rows are decided about one by one: however they
    /// are cut into chunks, the bytes are the same.
    ///
    /// # Errors
    /// A [`ColumnError`] where there are no such rows, or `out` has another number of them.
    pub fn decide_rows(
        &self,
        columns: &CustomerColumns<'_>,
        rows: Range<usize>,
        now: Instant,
        mut out: DecisionSlices<'_>,
    ) -> Result<(), ColumnError> {
        columns.check_rows(&rows, out.rows())?;
        Sweep::new(self, columns, now).decide(rows, &mut out);
        Ok(())
    }
}
