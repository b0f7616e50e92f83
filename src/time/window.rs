//! Windows of civil time: a day, a week, a month, a quarter.

use chrono::{Datelike, Months, Weekday};

use super::calendar::Calendar;
use super::days::{date, number, weekday};
use super::draft::index;
use super::timestamp::Timestamp;

/// A civil period that repeats without gaps.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum CivilWindow {
    /// A civil day.
    Day,
    /// Seven civil days.
    Week {
        /// The weekday with which a week begins.
        starts: Weekday,
    },
    /// A month of the civil calendar.
    Month,
    /// Three months of the civil calendar, from the first of January, April, July or October.
    Quarter,
}

impl Calendar {
    /// The window that holds `t`: its first instant, and the first instant of the next. Windows partition time.
    ///
    /// None where one of the two lies outside the years 1 to 9999.
    #[must_use]
    pub fn window(&self, window: CivilWindow, t: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let (from, to) = self.days_of(window, t)?;
        let start = |day| Timestamp::from_micros(self.days().start(day));
        start(from).zip(start(to))
    }

    /// The same cut off where time begins; `None` for an end where time has none.
    pub(crate) fn window_within_time(&self, window: CivilWindow, t: Timestamp) -> (Timestamp, Option<Timestamp>) {
        let start = |day| Timestamp::from_micros(self.days().start(day));
        match self.days_of(window, t) {
            Some((from, to)) => (start(from).unwrap_or(Timestamp::MIN), start(to)),
            None => (Timestamp::MIN, None),
        }
    }

    /// The first day of the window that holds `t`, and of the next.
    fn days_of(&self, window: CivilWindow, t: Timestamp) -> Option<(i64, i64)> {
        let day = self.days().day_of(t.as_micros());
        Some(match window {
            CivilWindow::Day => (day, day.checked_add(1)?),
            CivilWindow::Week { starts } => {
                let since = weekday(day).checked_add(7)?.checked_sub(index(starts))? % 7;
                let from = day.checked_sub(i64::try_from(since).ok()?)?;
                (from, from.checked_add(7)?)
            }
            CivilWindow::Month => {
                let from = date(day).with_day(1)?;
                (number(from), number(from.checked_add_months(Months::new(1))?))
            }
            CivilWindow::Quarter => {
                let month = date(day).with_day(1)?;
                let from = month.checked_sub_months(Months::new(month.month0() % 3))?;
                (number(from), number(from.checked_add_months(Months::new(3))?))
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::CalendarDraft;

    /// Goal: cut where time ends, and the same everywhere else. Method: both ends of time, east and west of Greenwich.
    #[test]
    fn windows_are_cut_at_the_ends_of_time() {
        let valid = |text: &str| text.parse().unwrap();
        for zone in ["+08:00", "-08:00", "UTC"] {
            let draft = CalendarDraft::monday_to_friday(zone, valid("2024-01-01"), valid("2030-12-31"));
            let calendar = Calendar::new(&draft).unwrap();
            for window in
                [CivilWindow::Day, CivilWindow::Week { starts: Weekday::Mon }, CivilWindow::Month, CivilWindow::Quarter]
            {
                let (first, second) = calendar.window_within_time(window, Timestamp::MIN);
                assert_eq!(first, Timestamp::MIN, "{zone} {window:?}");
                let (from, _) = calendar.window_within_time(window, second.unwrap());
                assert_eq!(from, second.unwrap(), "windows follow one another");
                let (last, end) = calendar.window_within_time(window, Timestamp::MAX);
                assert!(last < Timestamp::MAX && end.is_none(), "{zone} {window:?}");
                assert_eq!(calendar.window_within_time(window, last), (last, None));
                let now = "2026-03-02T07:00:00Z".parse().unwrap();
                let (from, to) = calendar.window_within_time(window, now);
                assert_eq!(calendar.window(window, now), Some((from, to.unwrap())));
            }
        }
    }
}
