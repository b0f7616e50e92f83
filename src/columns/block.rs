//! Sixty-four rows at a time: where their clocks start, and what each of them comes to.

use super::customers::CustomerColumns;
use super::layout::{Values, WORD};
use crate::time::{Calendar, Timestamp};

/// What stands for "nothing there" among positions: earlier than every day, whatever is added.
pub(super) const ABSENT: i32 = -(1 << 29);
/// What stands for "no clock" among positions: later than every day.
pub(super) const FAR: i32 = 1 << 29;

/// Room for 64 rows; used again for the next.
pub(super) struct Block {
    /// Clock starts in microseconds, and where they lie in the calendar's table.
    pub(super) clock_start: [i64; WORD],
    pub(super) position: [i32; WORD],
    /// The same of the chains of transfers.
    pub(super) chain: [i64; WORD],
    pub(super) chain_position: [i32; WORD],
    /// Of each slot that is read, where its latest activity lies.
    pub(super) slots: Vec<[i32; WORD]>,
    /// Of the clock that decides: when it comes due, or never; its trigger, or none; and why then.
    pub(super) due: [i64; WORD],
    pub(super) trigger: [u16; WORD],
    /// As the formula of a clock says it in two bits.
    pub(super) why: [u8; WORD],
    /// The rows of each trigger that it is selected for.
    pub(super) selected: Vec<u64>,
    /// The rows that each question of the tail holds for.
    pub(super) answers: Vec<u64>,
}

impl Block {
    pub(super) fn new() -> Self {
        Self {
            clock_start: [0; WORD],
            position: [0; WORD],
            chain: [0; WORD],
            chain_position: [0; WORD],
            slots: Vec::new(),
            due: [0; WORD],
            trigger: [0; WORD],
            why: [0; WORD],
            selected: Vec::new(),
            answers: Vec::new(),
        }
    }

    /// Reads the clock starts of these rows; gives those that have one.
    #[inline]
    pub(super) fn read_starts(&mut self, columns: &CustomerColumns<'_>, row: usize) -> u64 {
        let Some(starts) = &columns.start else { return 0 };
        or_else(columns.clock_start.map(|column| column.0), starts.0, row, &mut self.clock_start);
        if columns.has_chains() {
            or_else(columns.chain_start.map(|column| column.0), starts.0, row, &mut self.chain);
        }
        starts.0.valid(row)
    }
}

/// The values of a column, where there are none those of the other.
#[inline(always)]
fn or_else(first: Option<Values<'_, i64>>, other: Values<'_, i64>, row: usize, out: &mut [i64; WORD]) {
    for (out, other) in out.iter_mut().zip(other.word(row)) {
        *out = *other;
    }
    if let Some(first) = first {
        let valid = first.valid(row);
        for ((i, out), value) in (0_u32..).zip(out.iter_mut()).zip(first.word(row)) {
            if valid.wrapping_shr(i) & 1 != 0 {
                *out = *value;
            }
        }
    }
}

/// Bits of set rows, first to last.
pub(super) fn each(mut rows: u64) -> impl Iterator<Item = usize> {
    core::iter::from_fn(move || {
        let i = rows.trailing_zeros() as usize;
        (rows != 0).then(|| {
            rows &= rows.wrapping_sub(1);
            i
        })
    })
}

/// The days of a calendar's table, and where instants lie in it.
#[derive(Clone, Copy)]
pub(super) struct DayTable<'a> {
    calendar: &'a Calendar,
    pub(super) starts: &'a [Timestamp],
    first: i64,
    now: i64,
    /// From the first day to now.
    span: u64,
}

impl<'a> DayTable<'a> {
    /// `None` where `now` lies outside the table.
    pub(super) fn new(calendar: &'a Calendar, now: Timestamp) -> Option<Self> {
        calendar.position(now)?;
        let starts = calendar.day_starts();
        let span = now.micros_since(*starts.first()?)?;
        Some(Self { calendar, starts, first: starts.first()?.as_micros(), now: now.as_micros(), span })
    }

    /// Where these instants lie, and `absent` where there is none. Gives the rows whose instant lies before the table or
    /// past now.
    #[inline(always)]
    #[expect(clippy::indexing_slicing, reason = "arrays of one length, which the compiler sees")]
    pub(super) fn positions(&self, micros: &[i64; WORD], valid: u64, absent: i32, out: &mut [i32; WORD]) -> u64 {
        const DAY: u64 = 86_400_000_000;
        if !self.calendar.has_even_days() {
            return self.uneven_positions(micros, valid, absent, out);
        }
        let mut left = valid;
        let mut bad = false;
        for i in 0..WORD {
            // Before the table it wraps to more than any distance.
            let since = micros[i].wrapping_sub(self.first) as u64;
            let fine = since <= self.span;
            let given = left & 1 != 0;
            left >>= 1;
            // Without a branch: whether there is an order is anybody's guess.
            let mask = i32::from(given & fine).wrapping_neg();
            out[i] = ((since / DAY) as i32 & mask) | (absent & !mask);
            bad |= given & !fine;
        }
        if bad { self.outside(micros, valid) } else { 0 }
    }

    /// The rows whose instant lies before the table or past now.
    #[cold]
    fn outside(&self, micros: &[i64; WORD], valid: u64) -> u64 {
        (0_u32..).zip(micros).fold(0, |bad, (i, at)| {
            bad | (u64::from((at.wrapping_sub(self.first) as u64) > self.span).wrapping_shl(i) & valid)
        })
    }

    #[inline(never)]
    fn uneven_positions(&self, micros: &[i64; WORD], valid: u64, absent: i32, out: &mut [i32; WORD]) -> u64 {
        let mut bad = 0;
        for ((i, micros), out) in (0_u32..).zip(micros).zip(out) {
            *out = absent;
            if valid.wrapping_shr(i) & 1 == 0 {
                continue;
            }
            let at = Timestamp::from_micros(*micros).filter(|_| *micros <= self.now);
            match at.and_then(|at| self.calendar.position(at)).and_then(|position| i32::try_from(position).ok()) {
                Some(position) => *out = position,
                None => bad |= 1_u64.wrapping_shl(i),
            }
        }
        bad
    }
}
