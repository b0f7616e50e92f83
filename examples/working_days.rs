//! Two working days across the Spring Festival of 2026, with make-up days, pauses, and warnings before.

use chrono::NaiveDate;
use customer_pool::time::{CalendarDraft, Pause};
use customer_pool::{Calendar, Span, Timestamp, at};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let calendar = Calendar::new(&CalendarDraft::china_mainland()).map_err(|problems| problems[0].to_string())?;
    let friday: Timestamp = at!("2026-02-13T18:00:00+08:00");

    // Saturday the 14th is a make-up working day, the 15th to the 23rd are days off, so the second is Tuesday the 24th.
    for (day, works) in [(14, true), (15, false), (23, false), (24, true)] {
        let date = NaiveDate::from_ymd_opt(2026, 2, day).ok_or("no date")?;
        println!("{date} {}", if calendar.is_working_day(date)? { "works" } else { "is off" });
        assert_eq!(calendar.is_working_day(date)?, works);
    }
    let ends = |what: &str, span: Span, pauses: &[Pause], expected: &str| {
        let end = calendar.end(friday, span, pauses)?.at();
        println!("{what}: from {friday} to {end}");
        assert_eq!(end, expected.parse()?);
        Ok::<_, Box<dyn std::error::Error>>(end)
    };
    let due = ends("two working days", Span::working_days(2), &[], "2026-02-25T00:00:00+08:00")?;
    ends("two days", Span::days(2), &[], "2026-02-16T00:00:00+08:00")?;
    ends("48 hours", Span::hours(48), &[], "2026-02-15T18:00:00+08:00")?;
    // A make-up day has the hours of any other, 7.5: half an hour is left for the 24th.
    ends("eight working hours", Span::working_hours(8), &[], "2026-02-24T09:30:00+08:00")?;
    // An end on a day off moves to the end of the next working day.
    ends("two days, moved", Span::days(2).roll(), &[], "2026-02-25T00:00:00+08:00")?;

    // Leave on Saturday: the day is paused, so the clock needs one working day more.
    let leave = Pause::new(at!("2026-02-14T00:00:00+08:00"), at!("2026-02-15T00:00:00+08:00"))?;
    ends("two working days with leave", Span::working_days(2), &[leave], "2026-02-26T00:00:00+08:00")?;
    // Half a day of leave pauses no working day, but it does pause hours.
    let morning = Pause::new(at!("2026-02-14T09:00:00+08:00"), at!("2026-02-14T12:00:00+08:00"))?;
    ends("with a morning off", Span::working_days(2), &[morning], "2026-02-25T00:00:00+08:00")?;
    ends("48 hours with a morning off", Span::hours(48), &[morning], "2026-02-15T21:00:00+08:00")?;

    // Warnings count backwards from the last protected day, the 24th.
    for (before, expected) in [
        (Span::working_days(1), "2026-02-14T00:00:00+08:00"),
        (Span::days(1), "2026-02-23T00:00:00+08:00"),
        (Span::hours(24), "2026-02-24T00:00:00+08:00"),
    ] {
        let at = calendar.before(due, before)?.at();
        println!("{before} before: {at}");
        assert_eq!(at, expected.parse()?);
    }
    Ok(())
}
