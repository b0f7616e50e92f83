//! Civil days: where they begin, and which has begun last.
//!
//! Inside, days are numbered from 1970-01-01 and instants are microseconds that may leave the years 1 to 9999; only
//! what is handed out is checked, so that intermediate results need no care.

use std::sync::Arc;

use chrono::{Datelike, NaiveDate};

use super::local::LocalTime;
use super::offsets::{DAY, Offsets};
use super::timestamp::Timestamp;
use super::zone::Zone;

/// First civil day of every calendar's precomputed table; before it a slower exact way is taken.
pub const TABLE_FROM: NaiveDate = date_or_min(2000, 1, 1);
/// The day on which every calendar's precomputed table ends; from it on a slower exact way is taken.
pub const TABLE_TO: NaiveDate = date_or_min(2060, 1, 1);

/// Number of [`TABLE_FROM`].
pub(super) const FIRST: i64 = 10_957;
/// Civil days in the table.
pub(super) const LENGTH: i64 = 21_915;

pub(super) const MICROS: i64 = 1_000_000;
pub(super) const DAY_MICROS: i64 = 86_400_000_000;

const fn date_or_min(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(date) => date,
        None => NaiveDate::MIN,
    }
}

/// Days from 0000-12-31 to 1970-01-01.
const EPOCH_FROM_CE: i64 = 719_163;

pub(super) fn number(date: NaiveDate) -> i64 {
    i64::from(date.num_days_from_ce()).saturating_sub(EPOCH_FROM_CE)
}

pub(super) fn date(day: i64) -> NaiveDate {
    i32::try_from(day.saturating_add(EPOCH_FROM_CE))
        .ok()
        .and_then(NaiveDate::from_num_days_from_ce_opt)
        .unwrap_or(if day < 0 { NaiveDate::MIN } else { NaiveDate::MAX })
}

/// Days since a Monday: 1970-01-01 was a Thursday.
pub(super) fn since_monday(day: i64) -> i64 {
    day.saturating_add(3)
}

/// 0 for Monday to 6 for Sunday.
pub(super) fn weekday(day: i64) -> usize {
    usize::try_from(since_monday(day).rem_euclid(7)).unwrap_or_default()
}

/// Whether a local time starts or ends something, which decides between two instants of a repeated hour.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Edge {
    /// Of two instants the earlier.
    Start,
    /// Of two instants the later.
    End,
}

/// The civil days of a zone.
#[derive(Clone, Debug)]
pub(super) struct CivilDays {
    /// First instant of each day of the table, and of the one after it.
    starts: Arc<[Timestamp]>,
    /// Whether every day of the table has 24 hours.
    even: bool,
    /// Offsets of the table's range and some days around it.
    offsets: Arc<Offsets>,
    zone: Zone,
}

impl CivilDays {
    pub(super) fn new(zone: Zone) -> Self {
        let end = FIRST.saturating_add(LENGTH);
        let seconds = |day: i64| day.saturating_mul(DAY);
        let offsets = Offsets::sample(zone, seconds(FIRST.saturating_sub(3)), seconds(end.saturating_add(3)));
        let starts: Arc<[Timestamp]> = offsets
            .first_at_ascending((FIRST..=end).map(seconds))
            .map(|start| Timestamp::from_seconds(start).unwrap_or(Timestamp::MIN))
            .collect();
        let even = starts.windows(2).all(|pair| match pair {
            [day, next] => next.micros_since(*day) == Some(DAY_MICROS.unsigned_abs()),
            _ => true,
        });
        Self { starts, even, offsets: Arc::new(offsets), zone }
    }

    #[inline(always)]
    pub(super) fn starts(&self) -> &Arc<[Timestamp]> {
        &self.starts
    }

    pub(super) fn even(&self) -> bool {
        self.even
    }

    pub(super) fn zone(&self) -> Zone {
        self.zone
    }

    /// UTC seconds at which the offset changes, within the table.
    pub(super) fn changes(&self) -> impl Iterator<Item = i64> {
        self.offsets.changes()
    }

    /// First microsecond after the table's last day.
    pub(super) fn table_end(&self) -> i64 {
        self.starts.last().map_or(i64::MIN, |end| end.as_micros())
    }

    /// Position in the table of the latest day that has begun at an instant.
    #[inline(always)]
    pub(super) fn index_of(&self, t: Timestamp) -> Option<usize> {
        const DAY: u64 = DAY_MICROS.unsigned_abs();
        let since = t.micros_since(*self.starts.first()?)?;
        // Right for days of 24 hours; offset changes put it off by a day or two.
        let i = usize::try_from(since / DAY).ok()?;
        match self.starts.get(i..)? {
            [start, end, ..] if *start <= t && t < *end => Some(i),
            _ => self.index_near(i, t),
        }
    }

    #[cold]
    fn index_near(&self, mut i: usize, t: Timestamp) -> Option<usize> {
        while *self.starts.get(i.wrapping_add(1))? <= t {
            i = i.wrapping_add(1);
        }
        while *self.starts.get(i)? > t {
            i = i.checked_sub(1)?;
        }
        Some(i)
    }

    /// End of the n-th day after the one at this position, where the table reaches.
    #[inline(always)]
    pub(super) fn end_from(&self, position: usize, n: u32) -> Option<Timestamp> {
        self.starts.get(position.wrapping_add(n as usize).wrapping_add(1)).copied()
    }

    /// Position of `day` in the table, for a day that lies in it.
    pub(super) fn position(day: i64) -> Option<usize> {
        let i = usize::try_from(day.checked_sub(FIRST)?).ok()?;
        (day < FIRST.saturating_add(LENGTH)).then_some(i)
    }

    /// The latest civil day that has begun at `micros`.
    pub(super) fn day_of(&self, micros: i64) -> i64 {
        let i = Timestamp::from_micros(micros).and_then(|t| self.index_of(t));
        match i.and_then(|i| i64::try_from(i).ok()) {
            Some(i) => FIRST.saturating_add(i),
            None => self.day_outside(micros),
        }
    }

    #[cold]
    fn day_outside(&self, micros: i64) -> i64 {
        let at = micros.div_euclid(MICROS);
        let mut day = at.saturating_add(self.zone.offset_at(at)).div_euclid(DAY);
        // A clock set back over midnight shows yesterday on a day that has begun.
        while self.start(day.saturating_add(1)) <= micros {
            day = day.saturating_add(1);
        }
        day
    }

    /// First microsecond of `day`.
    pub(super) fn start(&self, day: i64) -> i64 {
        let i = day.checked_sub(FIRST).and_then(|i| usize::try_from(i).ok());
        match i.and_then(|i| self.starts.get(i)) {
            Some(start) => start.as_micros(),
            None => {
                let local = day.saturating_mul(DAY);
                to_micros(self.around(local).first_at(local))
            }
        }
    }

    #[cold]
    fn around(&self, local: i64) -> Offsets {
        let margin = DAY.saturating_mul(2);
        Offsets::sample(self.zone, local.saturating_sub(margin), local.saturating_add(margin))
    }

    /// The instant of `time` on `day`; 00:00 and 24:00 are the day's start and end.
    pub(super) fn local(&self, day: i64, time: LocalTime, edge: Edge) -> i64 {
        if time == LocalTime::MIDNIGHT {
            return self.start(day);
        }
        if time == LocalTime::END {
            return self.start(day.saturating_add(1));
        }
        let local = day.saturating_mul(DAY).saturating_add(time.seconds());
        let outside;
        let offsets = match Self::position(day) {
            Some(_) => &*self.offsets,
            None => {
                outside = self.around(local);
                &outside
            }
        };
        to_micros(match edge {
            Edge::Start => offsets.first_at(local),
            Edge::End => offsets.last_at(local),
        })
    }

    /// The day before which the offset does not change from two days before `day` on, where that is known for long.
    pub(super) fn steady_until(&self, day: i64) -> Option<i64> {
        let (first, last) = self.zone.changes();
        let before = day.saturating_sub(2).saturating_mul(DAY);
        if before >= last {
            return Some(i64::MAX);
        }
        let until = first.div_euclid(DAY).saturating_sub(2);
        (day < until).then_some(until)
    }

    /// Whether the offset is the same from a day before `day` to a day after the seven days from it.
    pub(super) fn steady_week(&self, day: i64) -> bool {
        let from = day.saturating_sub(2).saturating_mul(DAY);
        let to = day.saturating_add(9).saturating_mul(DAY);
        Offsets::sample(self.zone, from, to).changes().next().is_none()
    }
}

fn to_micros(seconds: i64) -> i64 {
    seconds.saturating_mul(MICROS)
}

/// The instant of these microseconds, if it lies in the years 1 to 9999.
pub(super) fn instant(micros: i64) -> Option<Timestamp> {
    Timestamp::from_micros(micros)
}
