//! Calendars and spans.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate, Weekday};
use customer_pool::time::{CalendarDraft, LocalTime, Outside, Span};

use super::tape::Tape;

/// Few zones: their tables are what building a policy costs. Both of the latter change their clocks, one at midnight.
const ZONES: &[&str] = if cfg!(feature = "chrono-tz") {
    &["Asia/Shanghai", "America/New_York", "America/Havana", "+05:45"]
} else {
    &["UTC", "+05:45"]
};

const WEEKS: &[&[Weekday]] = &[
    &[Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri],
    &[Weekday::Sat, Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri],
    &[Weekday::Sun, Weekday::Tue],
];

const WEEK: &[Weekday] =
    &[Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

const BLOCKS: &[&[(&str, &str)]] =
    &[&[("09:00", "12:00"), ("13:30", "18:00")], &[("00:00", "24:00")], &[("22:00", "23:30"), ("00:00", "02:30")]];

const TIMES: &[&str] = &["18:00", "00:00", "24:00", "00:30", "02:30"];

/// Where in time a world lies: the first day of what happens there. Near the ends of time, rarely.
pub(super) fn season(tape: &mut Tape) -> Option<NaiveDate> {
    let usual = ["2026-03-01", "2026-02-08", "2026-10-26"];
    let text = if tape.permille(80) { "9999-12-10" } else { tape.pick(&usual)? };
    text.parse().ok()
}

fn blocks(tape: &mut Tape) -> Option<Vec<(LocalTime, LocalTime)>> {
    tape.pick(BLOCKS)?.iter().map(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?))).collect()
}

fn day(tape: &mut Tape, season: NaiveDate, within: u32) -> Option<NaiveDate> {
    season.checked_add_days(Days::new(tape.below(within).into()))
}

/// A calendar with its holidays in the season; one in five is known for a few days of it only.
pub(super) fn calendar(tape: &mut Tape, season: NaiveDate) -> Option<CalendarDraft> {
    let mut draft = CalendarDraft::new(tape.pick(ZONES)?);
    let week = if tape.percent(30) { tape.pick(WEEKS)? } else { WEEKS.first()? };
    draft = draft.with_working_days(week);
    let usual = blocks(tape)?;
    let bare = tape.percent(20).then(|| tape.pick(WEEK)).flatten();
    for weekday in WEEK.iter().filter(|weekday| Some(**weekday) != bare) {
        draft = draft.with_blocks(*weekday, &usual);
    }
    let (mut off, mut on) = (BTreeSet::new(), BTreeSet::new());
    for _ in 0..tape.below(4) {
        off.insert(day(tape, season, 20)?);
    }
    for _ in 0..tape.below(3) {
        on.insert(day(tape, season, 20)?);
    }
    if let Some(with_blocks) = tape.percent(30).then(|| on.pop_first()).flatten() {
        draft = draft.with_on_blocks(with_blocks, &blocks(tape)?);
    }
    draft = draft.with_off(&off.into_iter().collect::<Vec<_>>()).with_on(&on.into_iter().collect::<Vec<_>>());
    let (mut from, mut to) = (season.checked_sub_days(Days::new(400))?, season.checked_add_days(Days::new(400))?);
    if tape.percent(28) {
        from = season.checked_add_days(Days::new(tape.below(14).into()))?;
        to = from.checked_add_days(Days::new(tape.between(3, 16).into()))?;
    }
    let last = NaiveDate::from_ymd_opt(9999, 12, 31)?;
    draft = draft.with_validity(from, to.min(last));
    Some(if tape.percent(50) { draft.with_outside(Outside::AssumeWeeklyPattern) } else { draft })
}

/// What a span may be where it stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Anything.
    Anywhere,
    /// Anything but months.
    NoMonths,
    /// Only what can be counted backwards.
    Before,
}

/// A span of minutes to some days.
pub(super) fn span(tape: &mut Tape, place: Place) -> Option<Span> {
    let units = match place {
        Place::Anywhere => 6,
        Place::NoMonths => 5,
        Place::Before => 4,
    };
    if place == Place::Before && tape.percent(25) {
        return Some(Span::working_days(tape.between(1, 8)));
    }
    let span = match tape.below(units) {
        0 => Span::days(tape.between(1, 9)),
        1 => Span::working_days(tape.between(1, 5)),
        2 => Span::hours(tape.between(1, 100)),
        3 => Span::minutes(tape.between(1, 3_000)),
        4 => Span::working_hours(tape.between(1, 30)),
        _ => Span::months(1),
    };
    let (is_days, is_months) = (span == Span::days(span.n()), span == Span::months(span.n()));
    let ends_with_a_day = is_days || is_months || span == Span::working_days(span.n());
    if place == Place::Before {
        return Some(span);
    }
    let span = if ends_with_a_day && tape.percent(25) { span.at(tape.pick(TIMES)?.parse().ok()?) } else { span };
    Some(if (is_days || is_months) && tape.percent(25) { span.roll() } else { span })
}
