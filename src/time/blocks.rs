//! Working blocks: working hours as instants, summed up so that adding them needs no walk.

use super::days::{CivilDays, DAY_MICROS, Edge, FIRST, LENGTH, MICROS, weekday};
use super::local::LocalTime;
use super::working::WorkingDays;

/// A block of working time, from one local time to a later one of the same day.
pub(super) type Block = (LocalTime, LocalTime);

/// The working blocks of a calendar.
#[derive(Debug)]
pub(super) struct WorkBlocks {
    /// In order and disjoint, from Monday on.
    by_weekday: [Vec<Block>; 7],
    /// Blocks of the make-up days inside the validity range, by day.
    by_day: Vec<(i64, Vec<Block>)>,
    /// Working microseconds of a week without exceptions and offset changes.
    week: i64,
    /// Working microseconds of the table's days before each, and before the one after the last.
    sums: Box<[i64]>,
}

/// What adding working time to a stretch gave.
pub(super) enum Step {
    /// It was all used up at this microsecond.
    Reached(i64),
    /// So much of it is left at the stretch's end.
    Left(i64),
}

/// Working intervals of one day, in microseconds.
pub(super) type Intervals = Vec<(i64, i64)>;

fn nominal(blocks: &[Block]) -> i64 {
    let seconds = |(from, to): &Block| to.seconds().saturating_sub(from.seconds()).saturating_mul(MICROS);
    blocks.iter().map(seconds).fold(0, i64::saturating_add)
}

fn total(intervals: &Intervals) -> i64 {
    intervals.iter().map(|(from, to)| to.saturating_sub(*from)).fold(0, i64::saturating_add)
}

impl WorkBlocks {
    /// The blocks of each weekday and of each make-up day (its own, or none given), by day.
    pub(super) fn new(
        days: &CivilDays,
        working: &WorkingDays,
        weekly: [bool; 7],
        by_weekday: [Vec<Block>; 7],
        on: Vec<(i64, Option<Vec<Block>>)>,
    ) -> Self {
        let mut with_blocks = weekly.iter().zip(&by_weekday).filter(|(works, blocks)| **works && !blocks.is_empty());
        let usual = with_blocks.next().map(|(_, blocks)| blocks.clone()).unwrap_or_default();
        let resolve = |day: i64, own: Option<Vec<Block>>| {
            own.or_else(|| by_weekday.get(weekday(day)).filter(|blocks| !blocks.is_empty()).cloned())
                .unwrap_or_else(|| usual.clone())
        };
        let mut by_day: Vec<_> = on
            .into_iter()
            .filter(|(day, _)| working.is_valid(*day))
            .map(|(day, own)| (day, resolve(day, own)))
            .collect();
        by_day.sort_unstable_by_key(|(day, _)| *day);
        let week = weekly.iter().zip(&by_weekday).filter(|(works, _)| **works).map(|(_, blocks)| nominal(blocks));
        let week = week.fold(0, i64::saturating_add);
        let mut blocks = Self { by_weekday, by_day, week, sums: Box::default() };
        if blocks.week > 0 {
            blocks.sums = blocks.sum_up(days, working);
        }
        blocks
    }

    /// Whether working hours can be counted: some weekday that works has blocks.
    pub(super) fn any(&self) -> bool {
        self.week > 0
    }

    fn sum_up(&self, days: &CivilDays, working: &WorkingDays) -> Box<[i64]> {
        // Near an offset change a block may be shorter or longer than it reads.
        let mut odd: Vec<i64> = days
            .changes()
            .map(|at| days.day_of(at.saturating_mul(MICROS)))
            .flat_map(|day| day.saturating_sub(2)..=day.saturating_add(2))
            .collect();
        odd.dedup();
        let mut odd = odd.into_iter().peekable();
        let mut own = self.by_day.iter().map(|(day, _)| *day).peekable();
        let nominals = self.by_weekday.each_ref().map(|blocks| nominal(blocks));
        let mut sum = 0_i64;
        let mut sums = Vec::with_capacity(usize::try_from(LENGTH.saturating_add(1)).unwrap_or_default());
        sums.push(sum);
        let pattern = nominals.iter().cycle().skip(weekday(FIRST));
        for ((day, usual), works) in (FIRST..).zip(pattern).zip(working.table()) {
            while odd.next_if(|odd| *odd < day).is_some() {}
            while own.next_if(|own| *own < day).is_some() {}
            let time = if odd.peek() == Some(&day) || own.peek() == Some(&day) {
                total(&self.effective(days, working, day))
            } else if works {
                *usual
            } else {
                0
            };
            sum = sum.saturating_add(time);
            sums.push(sum);
        }
        sums.into()
    }

    /// The blocks of `day` as it is written.
    fn blocks(&self, working: &WorkingDays, day: i64) -> &[Block] {
        if let Ok(i) = self.by_day.binary_search_by_key(&day, |(day, _)| *day) {
            return self.by_day.get(i).map_or(&[], |(_, blocks)| blocks);
        }
        if working.works(day) { self.by_weekday.get(weekday(day)).map_or(&[], Vec::as_slice) } else { &[] }
    }

    /// The blocks of `day` as instants, united; those that a gap swallowed are left out.
    pub(super) fn intervals(&self, days: &CivilDays, working: &WorkingDays, day: i64) -> Intervals {
        let mut united = Intervals::new();
        for (from, to) in self.blocks(working, day) {
            let (from, to) = (days.local(day, *from, Edge::Start), days.local(day, *to, Edge::End));
            match united.last_mut() {
                Some((_, end)) if from <= *end => *end = to.max(*end),
                _ if from < to => united.push((from, to)),
                _ => {}
            }
        }
        united
    }

    /// The blocks of `day` without what a clock set back over midnight lets the day before work as well.
    fn effective(&self, days: &CivilDays, working: &WorkingDays, day: i64) -> Intervals {
        let mut intervals = self.intervals(days, working, day);
        let Some((first, _)) = intervals.first() else { return intervals };
        let spill = self.last_end(days, working, day.saturating_sub(1));
        if let Some(spill) = spill.filter(|spill| spill > first) {
            intervals.retain_mut(|(from, to)| {
                *from = spill.max(*from);
                from < to
            });
        }
        intervals
    }

    /// Where the last block of `day` ends.
    fn last_end(&self, days: &CivilDays, working: &WorkingDays, day: i64) -> Option<i64> {
        self.blocks(working, day).last().map(|(_, to)| days.local(day, *to, Edge::End))
    }

    /// Lets `left` microseconds of working time elapse between `from` and `to`.
    pub(super) fn elapse(
        &self,
        days: &CivilDays,
        working: &WorkingDays,
        (from, to): (i64, i64),
        mut left: i64,
        give_up: i64,
    ) -> Step {
        let today = days.day_of(from);
        let yesterday = today.saturating_sub(1);
        // Yesterday's blocks may reach into today where the clock was set back over midnight.
        let spills = self.last_end(days, working, yesterday).is_some_and(|end| end > from);
        let mut day = if spills { yesterday } else { today };
        let to = to.min(give_up);
        loop {
            let start = days.start(day);
            if start >= to {
                return Step::Left(left);
            }
            if start >= from {
                if let Some(i) = CivilDays::position(day).filter(|_| self.any()) {
                    let (step, next) = self.elapse_in_table(days, working, i, to, left);
                    match step {
                        Step::Left(rest) if next => (left, day) = (rest, FIRST.saturating_add(LENGTH)),
                        step => return step,
                    }
                    continue;
                }
                let weeks = if left > self.week { self.plain_weeks(days, working, day, to) } else { 0 };
                let weeks = weeks.min(left.saturating_sub(1).checked_div(self.week).unwrap_or_default());
                if weeks > 0 {
                    left = left.saturating_sub(weeks.saturating_mul(self.week));
                    day = day.saturating_add(weeks.saturating_mul(7));
                    continue;
                }
            }
            for (begin, end) in self.effective(days, working, day) {
                let time = end.min(to).saturating_sub(begin.max(from)).max(0);
                if time > 0 && left <= time {
                    return Step::Reached(begin.max(from).saturating_add(left));
                }
                left = left.saturating_sub(time);
            }
            day = day.saturating_add(1);
        }
    }

    /// How many weeks from `day` on work as the pattern reads, outside the table and before `to`: one at a time where
    /// the offset may change, else all at once.
    fn plain_weeks(&self, days: &CivilDays, working: &WorkingDays, day: i64, to: i64) -> i64 {
        let before = day.saturating_sub(1);
        let table_end = FIRST.saturating_add(LENGTH);
        if FIRST <= before && before < table_end {
            return 0;
        }
        let steady = days.steady_until(day);
        // The last day looked at, and two more for the offset, must lie before each of these.
        let until = [
            steady.unwrap_or(i64::MAX),
            if day < FIRST { FIRST } else { i64::MAX },
            working.next_exception(before).unwrap_or(i64::MAX),
            self.next_own(before).unwrap_or(i64::MAX),
            day.saturating_add(to.saturating_sub(days.start(day)).div_euclid(DAY_MICROS)),
        ];
        let until = until.into_iter().min().unwrap_or(day);
        let weeks = until.saturating_sub(day).saturating_sub(3).div_euclid(7).max(0);
        if steady.is_some() { weeks } else { weeks.min(i64::from(days.steady_week(day))) }
    }

    fn next_own(&self, from: i64) -> Option<i64> {
        let i = self.by_day.partition_point(|(day, _)| *day < from);
        self.by_day.get(i).map(|(day, _)| *day)
    }

    /// The same from the table's day `i` on, by its sums; true asks to go on behind the table.
    fn elapse_in_table(&self, days: &CivilDays, working: &WorkingDays, i: usize, to: i64, left: i64) -> (Step, bool) {
        let before = self.sums.get(i).copied().unwrap_or_default();
        let all = self.sums.last().copied().unwrap_or_default();
        let wanted = before.saturating_add(left);
        if wanted > all && to >= days.table_end() {
            return (Step::Left(wanted.saturating_sub(all)), true);
        }
        if wanted <= all {
            let reached = self.reach(days, working, wanted);
            if reached <= to {
                return (Step::Reached(reached), false);
            }
        }
        // Less than `before` where `to` lies in what yesterday's blocks reach into today: that was counted.
        let sum = self.sum_at(days, working, to).max(before);
        (Step::Left(wanted.saturating_sub(sum)), false)
    }

    /// The first microsecond at which so much of the table's working time has elapsed.
    fn reach(&self, days: &CivilDays, working: &WorkingDays, wanted: i64) -> i64 {
        let i = self.sums.partition_point(|sum| *sum < wanted).saturating_sub(1);
        let day = FIRST.saturating_add(i64::try_from(i).unwrap_or_default());
        let mut left = wanted.saturating_sub(self.sums.get(i).copied().unwrap_or_default());
        for (begin, end) in self.effective(days, working, day) {
            let time = end.saturating_sub(begin);
            if left <= time {
                return begin.saturating_add(left);
            }
            left = left.saturating_sub(time);
        }
        days.start(day.saturating_add(1))
    }

    /// Working microseconds of the table before `at`, which lies in it.
    fn sum_at(&self, days: &CivilDays, working: &WorkingDays, at: i64) -> i64 {
        let day = days.day_of(at);
        // Not yesterday's whole sum: with the clock set back its blocks may reach past `at`.
        let yesterday = day.saturating_sub(1).max(FIRST);
        let i = CivilDays::position(yesterday).unwrap_or_default();
        let mut sum = self.sums.get(i).copied().unwrap_or_default();
        for day in yesterday..=day {
            let time = self.effective(days, working, day);
            let time = time.iter().map(|(begin, end)| at.min(*end).saturating_sub(*begin).max(0));
            sum = time.fold(sum, i64::saturating_add);
        }
        sum
    }
}
