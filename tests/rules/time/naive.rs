//! The contract as a walk: day by day and block by block, straight from the zone database.

use chrono::{DateTime, Datelike, Days, FixedOffset, Months, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta};
use chrono::{LocalResult, TimeZone};
use chrono_tz::Tz;
use customer_pool::time::{CalendarDraft, LocalTime, Outside, Pause, Span, SpanUnit, Timestamp, Undatable};

/// Microseconds since 1970; may leave the years 1 to 9999 until the very end.
pub(crate) type Micros = i64;
type Outcome = Result<(Timestamp, bool), Undatable>;

#[derive(Clone, Copy)]
enum Place {
    Named(Tz),
    Fixed(FixedOffset),
}

pub(crate) struct Naive<'a> {
    draft: &'a CalendarDraft,
    place: Place,
}

fn next(day: NaiveDate) -> NaiveDate {
    day.succ_opt().unwrap()
}

fn previous(day: NaiveDate) -> NaiveDate {
    day.pred_opt().unwrap()
}

fn covered(pauses: &[Pause], from: Micros, to: Micros) -> bool {
    pauses.iter().any(|pause| pause.from().as_micros() <= from && to <= pause.to().as_micros())
}

fn finish(at: Micros, assumed: bool) -> Outcome {
    Timestamp::from_micros(at).map(|at| (at, assumed)).ok_or(Undatable::TimeOutOfRange)
}

/// How far a day after 2099, where the zone database ends, lies ahead of the same day in a year with the same calendar
/// that it knows: rules for daylight saving are about weekdays of months, so they go on as in that year.
fn years_ahead(day: NaiveDate) -> TimeDelta {
    let new_year = |year: i32| NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
    if day.year() <= 2099 {
        return TimeDelta::zero();
    }
    let calendar = |year: i32| (new_year(year).weekday(), NaiveDate::from_ymd_opt(year, 2, 29).is_some());
    let alike = (2072..=2099).find(|year| calendar(*year) == calendar(day.year())).unwrap();
    new_year(day.year()) - new_year(alike)
}

impl<'a> Naive<'a> {
    pub(crate) fn new(draft: &'a CalendarDraft) -> Self {
        let place = match draft.zone() {
            "+05:45" => Place::Fixed(FixedOffset::east_opt(20_700).unwrap()),
            name => Place::Named(name.parse().unwrap()),
        };
        Self { draft, place }
    }

    /// The instants at which the local clock shows `local`: none, one or two.
    fn readings(&self, local: NaiveDateTime) -> LocalResult<Micros> {
        let ahead = years_ahead(local.date());
        match self.place {
            Place::Named(tz) => {
                let readings = tz.from_local_datetime(&(local - ahead));
                readings.map(|t| t.timestamp_micros() + ahead.num_microseconds().unwrap())
            }
            Place::Fixed(offset) => offset.from_local_datetime(&local).map(|t| t.timestamp_micros()),
        }
    }

    fn offset(&self, at: Micros) -> i64 {
        let t = DateTime::from_timestamp_micros(at).unwrap().naive_utc();
        i64::from(match self.place {
            Place::Named(tz) => tz.offset_from_utc_datetime(&(t - years_ahead(t.date()))).fix().local_minus_utc(),
            Place::Fixed(offset) => offset.local_minus_utc(),
        })
    }

    /// Instants between two years at which the offset changes, to the second.
    pub(crate) fn changes(&self, years: core::ops::Range<i32>) -> Vec<Micros> {
        let second = |year| NaiveDate::from_ymd_opt(year, 1, 1).unwrap().and_time(NaiveTime::MIN).and_utc().timestamp();
        let (mut at, end, mut changes) = (second(years.start), second(years.end), Vec::new());
        while at < end {
            let (mut low, mut high) = (at, at + 21_600);
            if self.offset(low * 1_000_000) != self.offset(high * 1_000_000) {
                while high - low > 1 {
                    let middle = (low + high) / 2;
                    let same = self.offset(low * 1_000_000) == self.offset(middle * 1_000_000);
                    if same { low = middle } else { high = middle }
                }
                changes.push(high * 1_000_000);
            }
            at += 21_600;
        }
        changes
    }

    /// Minute by minute, then back second by second, to where the clock goes on.
    fn after_gap(&self, mut local: NaiveDateTime) -> Micros {
        while self.readings(local).earliest().is_none() {
            local += TimeDelta::minutes(1);
        }
        loop {
            let back = local - TimeDelta::seconds(1);
            match self.readings(back).earliest() {
                Some(_) => local = back,
                None => return self.readings(local).earliest().unwrap(),
            }
        }
    }

    pub(crate) fn start(&self, day: NaiveDate) -> Micros {
        let midnight = day.and_time(NaiveTime::MIN);
        self.readings(midnight).earliest().unwrap_or_else(|| self.after_gap(midnight))
    }

    pub(crate) fn day_of(&self, at: Micros) -> NaiveDate {
        let mut day = DateTime::from_timestamp_micros(at).unwrap().date_naive() + Days::new(3);
        while self.start(day) > at {
            day = previous(day);
        }
        day
    }

    pub(crate) fn local(&self, day: NaiveDate, time: LocalTime, ends: bool) -> Micros {
        match time {
            LocalTime::MIDNIGHT => self.start(day),
            LocalTime::END => self.start(next(day)),
            time => {
                let local = day.and_time(NaiveTime::MIN) + TimeDelta::seconds(i64::from(time.as_seconds()));
                let readings = self.readings(local);
                let reading = if ends { readings.latest() } else { readings.earliest() };
                reading.unwrap_or_else(|| self.after_gap(local))
            }
        }
    }

    fn is_valid(&self, day: NaiveDate) -> bool {
        let (from, to) = self.draft.validity().unwrap();
        from <= day && day <= to
    }

    /// The make-up entry of a day.
    fn on(&self, day: NaiveDate) -> Option<Option<&[(LocalTime, LocalTime)]>> {
        self.draft.on().filter(|_| self.is_valid(day)).find(|(date, _)| *date == day).map(|(_, blocks)| blocks)
    }

    fn works(&self, day: NaiveDate) -> bool {
        let off = self.is_valid(day) && self.draft.off().contains(&day);
        self.on(day).is_some() || (!off && self.draft.working_days().contains(&day.weekday()))
    }

    fn asks(&self, mut day: NaiveDate, to: NaiveDate) -> Result<bool, Undatable> {
        let mut assumed = false;
        while day <= to {
            if !self.is_valid(day) {
                if self.draft.outside() == Outside::Refuse {
                    return Err(Undatable::CalendarOutOfRange);
                }
                assumed = true;
            }
            day = next(day);
        }
        Ok(assumed)
    }

    fn blocks(&self, day: NaiveDate) -> &[(LocalTime, LocalTime)] {
        let weekday = self.draft.blocks(day.weekday());
        match self.on(day) {
            Some(Some(own)) => own,
            Some(None) if weekday.is_empty() => {
                let mut working = self.draft.working_days().to_vec();
                working.sort_by_key(|weekday| weekday.num_days_from_monday());
                let with = working.into_iter().find(|weekday| !self.draft.blocks(*weekday).is_empty());
                with.map_or(&[], |weekday| self.draft.blocks(weekday))
            }
            Some(None) => weekday,
            None if self.works(day) => weekday,
            None => &[],
        }
    }

    fn intervals(&self, day: NaiveDate) -> Vec<(Micros, Micros)> {
        let instants = |(from, to): &(_, _)| (self.local(day, *from, false), self.local(day, *to, true));
        self.blocks(day).iter().map(instants).filter(|(from, to)| from < to).collect()
    }

    fn is_paused_day(&self, day: NaiveDate, pauses: &[Pause]) -> bool {
        covered(pauses, self.start(day), self.start(next(day)))
    }

    fn is_paused_working_day(&self, day: NaiveDate, pauses: &[Pause]) -> bool {
        if pauses.is_empty() {
            return false;
        }
        let blocks = self.intervals(day);
        if blocks.is_empty() {
            return self.is_paused_day(day, pauses);
        }
        blocks.iter().all(|(from, to)| covered(pauses, *from, *to))
    }

    fn end_of(&self, day: NaiveDate, span: Span) -> Micros {
        self.local(day, span.local_time().unwrap_or(LocalTime::END), true)
    }

    pub(crate) fn end(&self, anchor: Timestamp, span: Span, pauses: &[Pause]) -> Outcome {
        let (anchor, n) = (anchor.as_micros(), i64::from(span.n()));
        match span.unit() {
            SpanUnit::Minutes => finish(self.exact(anchor, n * 60_000_000, pauses), false),
            SpanUnit::Hours => finish(self.exact(anchor, n * 3_600_000_000, pauses), false),
            SpanUnit::Days => self.days(anchor, span, pauses),
            SpanUnit::Months => self.months(anchor, span, pauses),
            SpanUnit::WorkingDays => {
                let first = next(self.day_of(anchor));
                let day = self.nth_working_day(first, span.n(), pauses);
                finish(self.end_of(day, span), self.asks(first, day)?)
            }
            _ => self.working_hours(anchor, n * 3_600_000_000, pauses),
        }
    }

    /// From one edge of a pause to the next.
    fn exact(&self, mut at: Micros, mut left: Micros, pauses: &[Pause]) -> Micros {
        loop {
            let inside = pauses.iter().find(|pause| pause.from().as_micros() <= at && at < pause.to().as_micros());
            if let Some(pause) = inside {
                at = pause.to().as_micros();
                continue;
            }
            let edge = pauses.iter().map(|pause| pause.from().as_micros()).filter(|from| *from > at).min();
            match edge {
                Some(edge) if edge - at < left => (left, at) = (left - (edge - at), edge),
                _ => return at + left,
            }
        }
    }

    fn nth_working_day(&self, from: NaiveDate, n: u32, pauses: &[Pause]) -> NaiveDate {
        let (mut day, mut counted) = (from, 0);
        loop {
            if self.works(day) && !self.is_paused_working_day(day, pauses) {
                counted += 1;
                if counted == n {
                    return day;
                }
            }
            day = next(day);
        }
    }

    fn days(&self, anchor: Micros, span: Span, pauses: &[Pause]) -> Outcome {
        let (mut day, mut counted) = (self.day_of(anchor), 0);
        while counted < span.n() {
            day = next(day);
            if pauses.is_empty() || !self.is_paused_day(day, pauses) {
                counted += 1;
            }
        }
        self.rolled(day, span, pauses)
    }

    fn months(&self, anchor: Micros, span: Span, pauses: &[Pause]) -> Outcome {
        let anchor = self.day_of(anchor);
        let mut day = anchor + Months::new(span.n());
        let mut paused = 0;
        let mut each = next(anchor);
        while each <= day && !pauses.is_empty() {
            paused += u32::from(self.is_paused_day(each, pauses));
            each = next(each);
        }
        while paused > 0 {
            day = next(day);
            paused -= u32::from(!self.is_paused_day(day, pauses));
        }
        self.rolled(day, span, pauses)
    }

    fn rolled(&self, day: NaiveDate, span: Span, pauses: &[Pause]) -> Outcome {
        let end = self.end_of(day, span);
        if !span.rolls() {
            return finish(end, false);
        }
        let last = self.day_of(end - 1);
        let day = self.nth_working_day(last, 1, pauses);
        finish(if day == last { end } else { self.end_of(day, span) }, self.asks(last, day)?)
    }

    /// Lays out the blocks of more and more days, cuts the pauses out of them and adds up.
    fn working_hours(&self, anchor: Micros, micros: Micros, pauses: &[Pause]) -> Outcome {
        let first = self.day_of(anchor);
        let (mut day, mut time) = (previous(first), Vec::new());
        for laid_out in [20, 200, 2_000, 20_000] {
            for _ in 0..laid_out {
                time.extend(self.intervals(day));
                day = next(day);
            }
            time.sort_unstable();
            let (mut left, mut from) = (micros, anchor);
            for (begin, end) in &time {
                // What overlaps an earlier block counts once: `from` never goes back.
                let mut at = from.max(*begin);
                for pause in pauses {
                    let open = pause.from().as_micros().min(*end) - at;
                    if open >= left && open > 0 {
                        return self.hours_end(first, at + left);
                    }
                    left -= open.max(0);
                    if pause.to().as_micros() > at {
                        at = at.max(pause.from().as_micros().min(*end)).max(pause.to().as_micros().min(*end));
                    }
                }
                let open = *end - at;
                if open >= left && open > 0 {
                    return self.hours_end(first, at + left);
                }
                left -= open.max(0);
                from = from.max(*end);
            }
        }
        panic!("no end of {micros} µs of working time from {anchor} on")
    }

    fn hours_end(&self, first: NaiveDate, end: Micros) -> Outcome {
        finish(end, self.asks(first, self.day_of(end - 1))?)
    }

    pub(crate) fn before(&self, due: Timestamp, span: Span) -> Outcome {
        let (due, n) = (due.as_micros(), i64::from(span.n()));
        let last = self.day_of(due - 1);
        match span.unit() {
            SpanUnit::Minutes => finish(due - n * 60_000_000, false),
            SpanUnit::Hours => finish(due - n * 3_600_000_000, false),
            SpanUnit::Days => finish(self.start(last - Days::new(u64::from(span.n()))), false),
            SpanUnit::WorkingDays => {
                let (mut day, mut counted) = (last, 0);
                while counted < span.n() {
                    day = previous(day);
                    counted += u32::from(self.works(day));
                }
                finish(self.start(day), self.asks(day, previous(last))?)
            }
            unit => panic!("{unit:?} cannot be counted backwards"),
        }
    }

    /// Every instant near `at` at which something begins or ends.
    pub(crate) fn edges(&self, at: Micros) -> Vec<Micros> {
        let mut edges = vec![at];
        let mut day = self.day_of(at) - Days::new(4);
        for _ in 0..12 {
            edges.push(self.start(day));
            edges.extend(self.intervals(day).into_iter().flat_map(|(from, to)| [from, to]));
            day = next(day);
        }
        edges
    }
}
