//! Working days: a weekly pattern with exceptions, counted without walking.

use super::days::{CivilDays, FIRST, LENGTH, since_monday, weekday};
use super::undatable::Undatable;

/// A day whose working state is not that of its weekday.
#[derive(Debug)]
struct Exception {
    day: i64,
    /// Working days that the exceptions up to this one add.
    added: i64,
}

/// Which days are working days, and how many there are between two of them.
#[derive(Debug)]
pub(super) struct WorkingDays {
    weekly: [bool; 7],
    /// Weekdays that work, as days since Monday; never empty.
    in_week: Vec<i64>,
    exceptions: Vec<Exception>,
    /// Days of the table up to and with each that are working days.
    ranks: Box<[u32]>,
    /// Positions of the table's working days.
    positions: Box<[u32]>,
    valid: (i64, i64),
    assume: bool,
}

impl WorkingDays {
    /// `weekly` from Monday on, with at least one working day; `on` and `off` may hold days outside `valid`.
    pub(super) fn new(weekly: [bool; 7], on: &[i64], off: &[i64], valid: (i64, i64), assume: bool) -> Self {
        let in_week = (0..7_i64).zip(weekly).filter(|(_, works)| *works).map(|(i, _)| i).collect();
        let works = |day: i64| weekly.get(weekday(day)).copied().unwrap_or_default();
        let inside = |day: &i64| valid.0 <= *day && *day <= valid.1;
        let mut flips: Vec<i64> = on.iter().copied().filter(|day| !works(*day)).collect();
        let beaten: std::collections::BTreeSet<&i64> = on.iter().collect();
        flips.extend(off.iter().copied().filter(|day| works(*day) && !beaten.contains(day)));
        flips.retain(inside);
        flips.sort_unstable();
        flips.dedup();
        let mut added = 0_i64;
        let exceptions = flips
            .into_iter()
            .map(|day| {
                added = if works(day) { added.saturating_sub(1) } else { added.saturating_add(1) };
                Exception { day, added }
            })
            .collect();
        let (ranks, positions) = (Box::default(), Box::default());
        let mut days = Self { weekly, in_week, exceptions, ranks, positions, valid, assume };
        days.fill();
        days
    }

    fn fill(&mut self) {
        let end = FIRST.saturating_add(LENGTH);
        let mut ranks = Vec::with_capacity(usize::try_from(LENGTH).unwrap_or_default());
        let mut positions = Vec::with_capacity(ranks.capacity());
        let mut exceptions = self.exceptions.iter().map(|exception| exception.day).skip_while(|day| *day < FIRST);
        let mut exception = exceptions.next();
        let mut pattern = self.weekly.iter().cycle().skip(weekday(FIRST));
        for (position, day) in (0_u32..).zip(FIRST..end) {
            let mut works = pattern.next().copied().unwrap_or_default();
            if exception == Some(day) {
                works = !works;
                exception = exceptions.next();
            }
            if works {
                positions.push(position);
            }
            ranks.push(u32::try_from(positions.len()).unwrap_or(u32::MAX));
        }
        (self.ranks, self.positions) = (ranks.into(), positions.into());
    }

    /// Whether `day` is a working day, by the weekly pattern alone outside the validity range.
    pub(super) fn works(&self, day: i64) -> bool {
        let weekly = self.weekly.get(weekday(day)).copied().unwrap_or_default();
        weekly != self.exceptions.binary_search_by_key(&day, |exception| exception.day).is_ok()
    }

    pub(super) fn is_valid(&self, day: i64) -> bool {
        self.valid.0 <= day && day <= self.valid.1
    }

    /// The first day after the validity range, where the policy refuses to guess.
    pub(super) fn refused_from(&self) -> Option<i64> {
        (!self.assume).then(|| self.valid.1.saturating_add(1))
    }

    /// Whether counting the days `from..=to` means assuming the weekly pattern.
    pub(super) fn assumed(&self, from: i64, to: i64) -> Result<bool, Undatable> {
        if self.is_valid(from) && self.is_valid(to) {
            Ok(false)
        } else if self.assume {
            Ok(true)
        } else {
            Err(Undatable::CalendarOutOfRange)
        }
    }

    /// The first day from `from` on that is not as the weekly pattern has it.
    pub(super) fn next_exception(&self, from: i64) -> Option<i64> {
        let i = self.exceptions.partition_point(|exception| exception.day < from);
        self.exceptions.get(i).map(|exception| exception.day)
    }

    fn per_week(&self) -> i64 {
        i64::try_from(self.in_week.len()).unwrap_or(7).max(1)
    }

    /// Days of the weekly pattern up to and with `day`, counted from a fixed Monday.
    fn weekly_rank(&self, day: i64) -> i64 {
        let since = since_monday(day);
        let (week, rest) = (since.div_euclid(7), since.rem_euclid(7));
        let begun = self.in_week.iter().filter(|weekday| **weekday <= rest).count();
        week.saturating_mul(self.per_week()).saturating_add(i64::try_from(begun).unwrap_or_default())
    }

    /// The day of the weekly pattern that has this rank.
    fn weekly_nth(&self, rank: i64) -> i64 {
        let before = rank.saturating_sub(1);
        let (week, rest) = (before.div_euclid(self.per_week()), before.rem_euclid(self.per_week()));
        let weekday = usize::try_from(rest).ok().and_then(|i| self.in_week.get(i)).copied().unwrap_or_default();
        week.saturating_mul(7).saturating_add(weekday).saturating_sub(since_monday(0))
    }

    /// Exceptions up to the i-th add this many working days.
    fn added(&self, exceptions: usize) -> i64 {
        let last = exceptions.checked_sub(1).and_then(|i| self.exceptions.get(i));
        last.map_or(0, |exception| exception.added)
    }

    /// Working days up to and with `day`, counted from a fixed Monday.
    fn rank(&self, day: i64) -> i64 {
        let exceptions = self.exceptions.partition_point(|exception| exception.day <= day);
        self.weekly_rank(day).saturating_add(self.added(exceptions))
    }

    /// The working day with this rank: the first day on which it is reached.
    fn nth(&self, rank: i64) -> i64 {
        let before = self
            .exceptions
            .partition_point(|exception| self.weekly_rank(exception.day).saturating_add(exception.added) < rank);
        let day = self.weekly_nth(rank.saturating_sub(self.added(before)));
        self.exceptions.get(before).map_or(day, |next| day.min(next.day))
    }

    /// The `n`-th working day after `day`.
    pub(super) fn after(&self, day: i64, n: i64) -> i64 {
        self.after_in_table(day, n).unwrap_or_else(|| self.nth(self.rank(day).saturating_add(n)))
    }

    #[inline]
    fn after_in_table(&self, day: i64, n: i64) -> Option<i64> {
        let rank = usize::try_from(*self.ranks.get(CivilDays::position(day)?)?).ok()?;
        let i = rank.checked_add(usize::try_from(n).ok()?)?.checked_sub(1)?;
        Some(FIRST.saturating_add(i64::from(*self.positions.get(i)?)))
    }

    /// Position of the `n`-th working day after the day at this position, where the table and the validity range reach.
    pub(super) fn nth_in_table(&self, position: usize, n: u32) -> Option<usize> {
        let before = (*self.ranks.get(position)?).wrapping_add(n).wrapping_sub(1);
        let last = *self.positions.get(before as usize)? as usize;
        let day = |position: usize| FIRST.checked_add(i64::try_from(position).ok()?);
        let valid = self.valid.0 <= day(position)?.checked_add(1)? && day(last)? <= self.valid.1;
        if valid { Some(last) } else { None }
    }

    /// For each day of the table whether it is a working day.
    pub(super) fn table(&self) -> impl Iterator<Item = bool> {
        let before = core::iter::once(&0).chain(self.ranks.iter());
        before.zip(self.ranks.iter()).map(|(before, rank)| before < rank)
    }

    /// The `n`-th working day before `day`.
    pub(super) fn before(&self, day: i64, n: i64) -> i64 {
        self.nth(self.rank(day.saturating_sub(1)).saturating_sub(n).saturating_add(1))
    }

    /// Working days from `from` to `to`, both counted.
    pub(super) fn between(&self, from: i64, to: i64) -> i64 {
        if from > to { 0 } else { self.rank(to).saturating_sub(self.rank(from.saturating_sub(1))) }
    }
}
