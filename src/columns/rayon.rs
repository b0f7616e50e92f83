//! Columns over the threads of `rayon`.

use core::ops::Range;

use super::customers::CustomerColumns;
use super::decisions::{DecisionColumns, DecisionSlices};
use super::error::ColumnError;
use super::layout::WORD;
use super::sweep::Sweep;
use crate::policy::Policy;
use crate::time::Timestamp;

/// Rows that are not worth another thread: some hundred microseconds.
const FEW: usize = 8_192;

impl Policy {
    /// [`decide_columns`](Self::decide_columns) over the threads of the current `rayon` pool: the same bytes.
    pub fn decide_columns_rayon(&self, columns: &CustomerColumns<'_>, now: Timestamp, out: &mut DecisionColumns) {
        out.resize(columns.rows());
        halve(&Sweep::new(self, columns, now), 0..columns.rows(), out.as_slices());
    }

    /// [`decide_rows`](Self::decide_rows) over the threads of the current `rayon` pool: the same bytes.
    ///
    /// # Errors
    /// Those of [`decide_rows`](Self::decide_rows).
    pub fn decide_rows_rayon(
        &self,
        columns: &CustomerColumns<'_>,
        rows: Range<usize>,
        now: Timestamp,
        out: DecisionSlices<'_>,
    ) -> Result<(), ColumnError> {
        columns.check_rows(&rows, out.rows())?;
        halve(&Sweep::new(self, columns, now), rows, out);
        Ok(())
    }
}

fn halve(sweep: &Sweep<'_>, rows: Range<usize>, mut out: DecisionSlices<'_>) {
    if rows.len() <= FEW {
        return sweep.decide(rows, &mut out);
    }
    let half = (rows.len() / 2).next_multiple_of(WORD);
    let middle = rows.start.saturating_add(half);
    let (head, tail) = out.split_at(half);
    rayon::join(|| halve(sweep, rows.start..middle, head), || halve(sweep, middle..rows.end, tail));
}
