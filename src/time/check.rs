//! What can be wrong with a calendar draft.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::draft::{CalendarDraft, index};
use super::draft_wire::{WEEKDAYS, weekday_key};
use super::local::LocalTime;
use super::zone::Zone;

/// Most dates in each of `off` and `on`.
const MAX_DATES: usize = 4_096;
/// Most blocks in a day.
const MAX_BLOCKS: usize = 16;

/// One thing that is wrong with a [`CalendarDraft`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CalendarProblem {
    path: String,
    code: &'static str,
    message: String,
}

impl CalendarProblem {
    /// Where, from the calendar on, such as `blocks.mon[1]`.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// A stable name, such as `calendar.block_overlap`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// What is wrong, for a person.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl core::fmt::Display for CalendarProblem {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}

struct Problems(Vec<CalendarProblem>);

impl Problems {
    fn add(&mut self, path: String, code: &'static str, message: String) {
        self.0.push(CalendarProblem { path, code, message });
    }

    fn working_days(&mut self, draft: &CalendarDraft) {
        if draft.working_days.is_empty() {
            let message = "a calendar needs at least one working weekday".to_owned();
            self.add("working_days".to_owned(), "calendar.no_working_days", message);
        }
        let mut seen = [false; 7];
        for (i, weekday) in draft.working_days.iter().enumerate() {
            let Some(seen) = seen.get_mut(index(*weekday)) else { continue };
            if core::mem::replace(seen, true) {
                let message = format!("`{}` is listed twice", weekday_key(*weekday));
                self.add(format!("working_days[{i}]"), "calendar.weekday_twice", message);
            }
        }
    }

    fn blocks(&mut self, path: &str, blocks: &[(LocalTime, LocalTime)]) {
        if blocks.len() > MAX_BLOCKS {
            let message = format!("{} blocks in a day are more than {MAX_BLOCKS}", blocks.len());
            self.add(path.to_owned(), "calendar.too_many_blocks", message);
            return;
        }
        for (i, (from, to)) in blocks.iter().enumerate() {
            let path = format!("{path}[{i}]");
            if from == to {
                self.add(path, "calendar.block_empty", format!("block from `{from}` to `{to}` is empty"));
            } else if to < from {
                let message =
                    format!("block from `{from}` to `{to}` ends before it begins; a block crosses no midnight");
                self.add(path, "calendar.block_reversed", message);
            } else if let Some((other, end)) =
                blocks.iter().take(i).find(|(other, end)| other < end && other < to && from < end)
            {
                let message = format!("block from `{from}` to `{to}` overlaps the one from `{other}` to `{end}`");
                self.add(path, "calendar.block_overlap", message);
            }
        }
    }

    fn dates(&mut self, list: &str, dates: impl ExactSizeIterator<Item = NaiveDate>) {
        if dates.len() > MAX_DATES {
            let message = format!("{} dates are more than {MAX_DATES}", dates.len());
            self.add(list.to_owned(), "calendar.too_many_dates", message);
            return;
        }
        let mut seen = BTreeSet::new();
        for (i, date) in dates.enumerate() {
            if !seen.insert(date) {
                self.add(format!("{list}[{i}]"), "calendar.date_twice", format!("`{date}` is listed twice"));
            }
        }
    }

    fn validity(&mut self, draft: &CalendarDraft) {
        match draft.valid {
            None => {
                let message = "a calendar needs the range of dates for which it is known".to_owned();
                self.add("valid".to_owned(), "calendar.valid_missing", message);
            }
            Some((from, to)) if to < from => {
                let message = format!("validity ends on `{to}`, before it begins on `{from}`");
                self.add("valid".to_owned(), "calendar.valid_reversed", message);
            }
            Some(_) => {}
        }
    }
}

/// The zone and validity range of a draft without problems, or all its problems in the order of its keys.
pub(super) fn check(draft: &CalendarDraft) -> Result<(Zone, (NaiveDate, NaiveDate)), Vec<CalendarProblem>> {
    let mut problems = Problems(Vec::new());
    let zone = draft.zone.parse::<Zone>();
    if let Err(error) = &zone {
        problems.add("zone".to_owned(), "calendar.zone_unknown", error.to_string());
    }
    problems.working_days(draft);
    for ((key, _), blocks) in WEEKDAYS.iter().zip(&draft.blocks) {
        problems.blocks(&format!("blocks.{key}"), blocks);
    }
    problems.dates("off", draft.off.iter().copied());
    problems.dates("on", draft.on.iter().map(|on| on.date));
    for (i, on) in draft.on.iter().enumerate().take(MAX_DATES) {
        problems.blocks(&format!("on[{i}].blocks"), on.blocks.as_deref().unwrap_or_default());
    }
    problems.validity(draft);
    match (zone, draft.valid) {
        (Ok(zone), Some(valid)) if problems.0.is_empty() => Ok((zone, valid)),
        _ => Err(problems.0),
    }
}
