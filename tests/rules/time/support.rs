//! Short spellings.

use chrono::NaiveDate;
use customer_pool::time::{Calendar, CalendarDraft, LocalTime, Pause, Span, Timestamp};

pub(crate) fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub(crate) fn time(text: &str) -> LocalTime {
    text.parse().unwrap()
}

/// An instant from RFC 3339.
pub(crate) fn utc(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// An instant from local time in China.
pub(crate) fn china(text: &str) -> Timestamp {
    utc(&format!("{}+08:00", text.replace(' ', "T")))
}

pub(crate) fn calendar(draft: &CalendarDraft) -> Calendar {
    Calendar::new(draft).unwrap()
}

/// Monday to Friday without holidays, known for all of history.
pub(crate) fn plain(zone: &str) -> CalendarDraft {
    CalendarDraft::monday_to_friday(zone, date("1000-01-01"), date("9000-12-31"))
}

pub(crate) fn pause(from: Timestamp, to: Timestamp) -> Pause {
    Pause::new(from, to).unwrap()
}

pub(crate) fn end(draft: &CalendarDraft, anchor: Timestamp, span: Span, pauses: &[Pause]) -> Timestamp {
    calendar(draft).end(anchor, span, pauses).unwrap().at()
}
