//! Public holidays of mainland China, from the State Council's yearly notices (国务院办公厅关于部分节假日安排的通知).

use chrono::{Days, NaiveDate};

/// Days off: year, month, first day, number of days.
const OFF: &[(i32, u32, u32, u64)] = &[
    (2024, 1, 1, 1),
    (2024, 2, 10, 8),
    (2024, 4, 4, 3),
    (2024, 5, 1, 5),
    (2024, 6, 8, 3),
    (2024, 9, 15, 3),
    (2024, 10, 1, 7),
    (2025, 1, 1, 1),
    (2025, 1, 28, 8),
    (2025, 4, 4, 3),
    (2025, 5, 1, 5),
    (2025, 5, 31, 3),
    (2025, 10, 1, 8),
    (2026, 1, 1, 3),
    (2026, 2, 15, 9),
    (2026, 4, 4, 3),
    (2026, 5, 1, 5),
    (2026, 6, 19, 3),
    (2026, 9, 25, 3),
    (2026, 10, 1, 7),
];

/// Make-up working days (调休补班).
const ON: &[(i32, u32, u32)] = &[
    (2024, 2, 4),
    (2024, 2, 18),
    (2024, 4, 7),
    (2024, 4, 28),
    (2024, 5, 11),
    (2024, 9, 14),
    (2024, 9, 29),
    (2024, 10, 12),
    (2025, 1, 26),
    (2025, 2, 8),
    (2025, 4, 27),
    (2025, 9, 28),
    (2025, 10, 11),
    (2026, 1, 4),
    (2026, 2, 14),
    (2026, 2, 28),
    (2026, 5, 9),
    (2026, 9, 20),
    (2026, 10, 10),
];

pub(super) fn off() -> impl Iterator<Item = NaiveDate> {
    OFF.iter().flat_map(|(year, month, day, days)| {
        let first = NaiveDate::from_ymd_opt(*year, *month, *day);
        (0..*days).filter_map(move |i| first?.checked_add_days(Days::new(i)))
    })
}

pub(super) fn on() -> impl Iterator<Item = NaiveDate> {
    ON.iter().filter_map(|(year, month, day)| NaiveDate::from_ymd_opt(*year, *month, *day))
}

/// The years announced, first and last date.
pub(super) fn validity() -> Option<(NaiveDate, NaiveDate)> {
    NaiveDate::from_ymd_opt(2024, 1, 1).zip(NaiveDate::from_ymd_opt(2026, 12, 31))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{Datelike, Weekday};

    /// Whoever moves a day keeps the sum: the working days of a year are its days less its Saturdays, Sundays and
    /// statutory holidays (11 in 2024, 13 since).
    #[test]
    fn moved_days_keep_the_statutory_sum() {
        for (year, expected) in [(2024, 366 - 104 - 11), (2025, 365 - 104 - 13), (2026, 365 - 104 - 13)] {
            let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
            let working = first
                .iter_days()
                .take_while(|date| date.year() == year)
                .filter(|date| {
                    let weekday = !matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
                    on().any(|on| on == *date) || (weekday && !off().any(|off| off == *date))
                })
                .count();
            assert_eq!(working, expected, "{year}");
        }
    }

    #[test]
    fn make_up_days_are_weekends_outside_the_holidays() {
        for date in on() {
            assert!(matches!(date.weekday(), Weekday::Sat | Weekday::Sun), "{date}");
            assert!(!off().any(|off| off == date), "{date}");
        }
    }
}
