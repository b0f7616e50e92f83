//! Compiled calendars: when a span ends.

use std::sync::Arc;

use chrono::{Months, NaiveDate, Weekday};

use super::blocks::{Step, WorkBlocks};
use super::check::{CalendarProblem, check};
use super::count::{WorkingTime, nth_unpaused_day};
use super::days::{CivilDays, Edge, date, instant, number};
use super::draft::{CalendarDraft, Outside, index};
use super::local::LocalTime;
use super::pause::{Pause, unpaused};
use super::span::{Span, SpanUnit};
use super::timestamp::Timestamp;
use super::undatable::Undatable;
use super::working::WorkingDays;
use super::zone::Zone;

/// A calendar ready to count with: immutable, and cheap to clone and share.
///
/// The days from [`TABLE_FROM`](super::TABLE_FROM) to [`TABLE_TO`](super::TABLE_TO) are precomputed; outside them the
/// same answers take longer.
///
/// ```
/// use customer_pool::time::{Calendar, CalendarDraft, Span};
/// let calendar = Calendar::new(&CalendarDraft::china_mainland()).map_err(|problems| problems[0].to_string())?;
/// let monday = "2026-03-02T15:00:00+08:00".parse()?;
/// let end = calendar.end(monday, Span::days(3), &[])?;
/// assert_eq!(end.at().to_string(), "2026-03-05T16:00:00Z"); // Friday 00:00 in Shanghai
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Calendar {
    days: CivilDays,
    rules: Arc<WorkingTime>,
}

/// When a span ends: the first instant that no longer belongs to it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct End {
    pub(crate) at: Timestamp,
    pub(crate) assumed: bool,
}

impl End {
    /// The first instant after the span.
    #[must_use]
    #[inline]
    pub const fn at(self) -> Timestamp {
        self.at
    }

    /// Whether the weekly pattern was assumed for a day outside the calendar's validity range.
    #[must_use]
    #[inline]
    pub const fn assumed(self) -> bool {
        self.assumed
    }
}

const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 3_600_000_000;

/// A result in microseconds, as far as it is known.
type Reached = Result<(i64, bool), Undatable>;

impl Calendar {
    /// The days of a zone, for policies that count no working time: every day counts alike, in all years.
    pub(crate) fn of_zone(zone: &str) -> Result<Self, Vec<CalendarProblem>> {
        let ends = NaiveDate::from_ymd_opt(1, 1, 1).zip(NaiveDate::from_ymd_opt(9999, 12, 31));
        let (from, to) = ends.unwrap_or((NaiveDate::MIN, NaiveDate::MAX));
        let week = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];
        Self::new(&CalendarDraft::new(zone).with_working_days(&week).with_validity(from, to))
    }

    /// Compiles a draft.
    ///
    /// # Errors
    /// Everything that is wrong with the draft, in the order of its keys.
    pub fn new(draft: &CalendarDraft) -> Result<Self, Vec<CalendarProblem>> {
        let (zone, (from, to)) = check(draft)?;
        let days = CivilDays::new(zone);
        let mut weekly = [false; 7];
        for weekday in &draft.working_days {
            if let Some(works) = weekly.get_mut(index(*weekday)) {
                *works = true;
            }
        }
        let on: Vec<i64> = draft.on.iter().map(|on| number(on.date)).collect();
        let off: Vec<i64> = draft.off.iter().copied().map(number).collect();
        let assume = draft.outside == Outside::AssumeWeeklyPattern;
        let working = WorkingDays::new(weekly, &on, &off, (number(from), number(to)), assume);
        let sorted = |blocks: &Vec<_>| {
            let mut blocks = blocks.clone();
            blocks.sort_unstable();
            blocks
        };
        let own = draft.on.iter().map(|on| (number(on.date), on.blocks.as_ref().map(sorted))).collect();
        let blocks = WorkBlocks::new(&days, &working, weekly, draft.blocks.each_ref().map(sorted), own);
        Ok(Self { days, rules: Arc::new(WorkingTime { working, blocks }) })
    }

    pub(super) fn days(&self) -> &CivilDays {
        &self.days
    }

    /// Whether working hours can be counted: some working weekday has blocks.
    #[must_use]
    pub fn has_blocks(&self) -> bool {
        self.rules.blocks.any()
    }

    /// The zone whose local time makes the days.
    #[must_use]
    pub fn zone(&self) -> Zone {
        self.days.zone()
    }

    /// Whether `date` is a working day; by the weekly pattern outside the validity range, where the calendar says so.
    ///
    /// # Errors
    /// [`Undatable::CalendarOutOfRange`] outside the validity range of a calendar that refuses to guess.
    pub fn is_working_day(&self, date: NaiveDate) -> Result<bool, Undatable> {
        let day = number(date);
        self.rules.working.assumed(day, day).map(|_| self.rules.working.works(day))
    }

    /// The latest civil day that has begun at `t`.
    #[must_use]
    pub fn day_of(&self, t: Timestamp) -> NaiveDate {
        date(self.days.day_of(t.as_micros()))
    }

    /// The first instant of civil day `day`: its local 00:00, or the end of the gap that swallowed it.
    ///
    /// None outside the years 1 to 9999 (UTC).
    #[must_use]
    pub fn day_start(&self, day: NaiveDate) -> Option<Timestamp> {
        instant(self.days.start(number(day)))
    }

    /// The instant of local time `time` on `day`.
    ///
    /// 00:00 and 24:00 are the day's start and end. Another time in a daylight-saving gap is the gap's end; one
    /// that occurs twice is the earlier instant for [`Edge::Start`], the later for [`Edge::End`].
    /// None outside the years 1 to 9999 (UTC).
    #[must_use]
    pub fn local(&self, day: NaiveDate, time: LocalTime, edge: Edge) -> Option<Timestamp> {
        instant(self.days.local(number(day), time, edge))
    }

    /// When `span`, begun at `anchor`, ends: the first instant that no longer belongs to it.
    ///
    /// `pauses` must be united, see [`Pause::unite`]; otherwise the end is some instant, but not the right one. The
    /// same goes for a span that [`Span::check`] refuses.
    ///
    /// # Errors
    /// [`Undatable::CalendarOutOfRange`] where working days or hours are counted outside the validity range of a
    /// calendar that refuses to guess, else [`Undatable::TimeOutOfRange`] where the end lies outside the years 1 to
    /// 9999, as it does for working hours in a calendar without blocks.
    #[inline]
    pub fn end(&self, anchor: Timestamp, span: Span, pauses: &[Pause]) -> Result<End, Undatable> {
        if span.is_plain_days() && pauses.is_empty() {
            let position = self.days.index_of(anchor);
            if let Some(at) = position.and_then(|position| self.days.end_from(position, span.n())) {
                return Ok(End { at, assumed: false });
            }
        }
        self.end_in_general(anchor.as_micros(), span, pauses)
    }

    /// Where the civil day of an instant lies in the table: what several spans from one instant share.
    #[inline(always)]
    pub(crate) fn position(&self, t: Timestamp) -> Option<usize> {
        self.days.index_of(t)
    }

    /// The first instants of the table's days.
    #[inline(always)]
    pub(crate) fn day_starts(&self) -> &Arc<[Timestamp]> {
        self.days.starts()
    }

    /// Whether every day of the table has 24 hours, so that a position is a division.
    #[inline]
    pub(crate) fn has_even_days(&self) -> bool {
        self.days.even()
    }

    /// What [`end`](Self::end) gives for a plain span of days without pauses from an instant at this position.
    #[inline(always)]
    pub(crate) fn end_from(&self, position: usize, n: u32) -> Option<Timestamp> {
        self.days.end_from(position, n)
    }

    /// The same for working days, where neither the table nor the validity range is left.
    #[inline]
    pub(crate) fn working_end_from(&self, position: usize, n: u32) -> Option<Timestamp> {
        let last = self.rules.working.nth_in_table(position, n)?;
        self.days.end_from(last, 0)
    }

    #[inline(never)]
    fn end_in_general(&self, anchor: i64, span: Span, pauses: &[Pause]) -> Result<End, Undatable> {
        let n = i64::from(span.n());
        let day = || self.days.day_of(anchor);
        finish(match span.unit() {
            SpanUnit::Minutes => Ok((exact(anchor, n.saturating_mul(MINUTE), pauses), false)),
            SpanUnit::Hours => Ok((exact(anchor, n.saturating_mul(HOUR), pauses), false)),
            SpanUnit::WorkingHours => self.working_hours(anchor, n.saturating_mul(HOUR), pauses),
            SpanUnit::WorkingDays => self.working_days(day(), n, span.local_time(), pauses),
            SpanUnit::Days => self.civil_days(day(), n, span, pauses),
            SpanUnit::Months => {
                let day = day();
                let months = date(day).checked_add_months(Months::new(span.n())).ok_or(Undatable::TimeOutOfRange)?;
                // As many days further as were paused: the same as counting that many unpaused days.
                self.civil_days(day, number(months).saturating_sub(day), span, pauses)
            }
        })
    }

    /// The end of `day`, or local time `at` of it.
    fn end_of(&self, day: i64, at: Option<LocalTime>) -> i64 {
        self.days.local(day, at.unwrap_or(LocalTime::END), Edge::End)
    }

    fn civil_days(&self, day: i64, n: i64, span: Span, pauses: &[Pause]) -> Reached {
        let end = self.end_of(nth_unpaused_day(&self.days, pauses, day, n), span.local_time());
        if !span.rolls() {
            return Ok((end, false));
        }
        let working = &self.rules.working;
        let last = self.days.day_of(end.saturating_sub(1));
        // A working day that is paused cannot be the last one either, or a later anchor could end earlier.
        let day = self.rules.nth_unpaused_working_day(&self.days, pauses, last.saturating_sub(1), 1);
        let assumed = working.assumed(last, day)?;
        Ok((if day == last { end } else { self.end_of(day, span.local_time()) }, assumed))
    }

    fn working_days(&self, day: i64, n: i64, at: Option<LocalTime>, pauses: &[Pause]) -> Reached {
        let end = self.rules.nth_unpaused_working_day(&self.days, pauses, day, n);
        let assumed = self.rules.working.assumed(day.saturating_add(1), end)?;
        Ok((self.end_of(end, at), assumed))
    }

    fn working_hours(&self, anchor: i64, micros: i64, pauses: &[Pause]) -> Reached {
        let WorkingTime { working, blocks } = &*self.rules;
        let first = self.days.day_of(anchor);
        working.assumed(first, first)?;
        if !blocks.any() {
            return Err(Undatable::TimeOutOfRange);
        }
        // Hours are not looked for where the answer would be refused anyway, nor well behind the end of time: a local
        // day that begins in the last year may end behind it, and a calendar valid to its end is asked first.
        let refused = working.refused_from().map_or(i64::MAX, |day| self.days.start(day));
        let give_up = Timestamp::MAX.as_micros().saturating_add(HOUR.saturating_mul(48)).min(refused);
        let mut left = micros;
        for stretch in unpaused(pauses, anchor) {
            match blocks.elapse(&self.days, working, stretch, left, give_up) {
                Step::Reached(end) => {
                    let last = self.days.day_of(end.saturating_sub(1));
                    return Ok((end, working.assumed(first, last)?));
                }
                Step::Left(rest) => left = rest,
            }
        }
        Err(if give_up == refused { Undatable::CalendarOutOfRange } else { Undatable::TimeOutOfRange })
    }

    /// The instant `span` before `due`: for exact spans by subtraction, for days the start of the n-th civil or
    /// working day before that of the last instant before `due`. Pauses do not move it.
    ///
    /// A span that [`Span::check_before`] refuses has no such instant: [`Undatable::TimeOutOfRange`].
    ///
    /// # Errors
    /// [`Undatable::CalendarOutOfRange`] where working days are counted outside the validity range of a calendar that
    /// refuses to guess, else [`Undatable::TimeOutOfRange`] where the result lies outside the years 1 to 9999.
    pub fn before(&self, due: Timestamp, span: Span) -> Result<End, Undatable> {
        let (due, n) = (due.as_micros(), i64::from(span.n()));
        let last = || self.days.day_of(due.saturating_sub(1));
        finish(match span.unit() {
            SpanUnit::Minutes => Ok((due.saturating_sub(n.saturating_mul(MINUTE)), false)),
            SpanUnit::Hours => Ok((due.saturating_sub(n.saturating_mul(HOUR)), false)),
            SpanUnit::Days => Ok((self.days.start(last().saturating_sub(n)), false)),
            SpanUnit::WorkingDays => {
                let last = last();
                let first = self.rules.working.before(last, n);
                let assumed = self.rules.working.assumed(first, last.saturating_sub(1));
                assumed.map(|assumed| (self.days.start(first), assumed))
            }
            SpanUnit::WorkingHours | SpanUnit::Months => Err(Undatable::TimeOutOfRange),
        })
    }

    /// Whether an event at `at` still counts at `now` in a sliding window as long as `span`: while `now` lies before
    /// the span's end.
    ///
    /// # Errors
    /// Those of [`Calendar::end`].
    pub fn in_sliding_window(&self, at: Timestamp, span: Span, now: Timestamp) -> Result<bool, Undatable> {
        self.end(at, span, &[]).map(|end| now < end.at)
    }
}

/// `micros` after `anchor`, without the time paused.
fn exact(anchor: i64, micros: i64, pauses: &[Pause]) -> i64 {
    let mut left = micros;
    for (from, to) in unpaused(pauses, anchor) {
        let stretch = to.saturating_sub(from).max(0);
        if left <= stretch {
            return from.saturating_add(left);
        }
        left = left.saturating_sub(stretch);
    }
    i64::MAX
}

fn finish(reached: Reached) -> Result<End, Undatable> {
    let (at, assumed) = reached?;
    instant(at).map(|at| End { at, assumed }).ok_or(Undatable::TimeOutOfRange)
}
