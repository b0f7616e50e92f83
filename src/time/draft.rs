//! Calendars as data, before they are checked.

use chrono::{NaiveDate, Weekday};

use super::china_mainland;
use super::local::LocalTime;
use crate::wire::getters;

/// What a calendar answers about days outside its validity range.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Outside {
    /// Nothing: the decision is undetermined, with reason `calendar.out_of_range`.
    #[default]
    Refuse,
    /// The weekly pattern, without `on` and `off` dates; the decision carries a note.
    AssumeWeeklyPattern,
}

/// A make-up working day, with blocks of its own or those of its weekday.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct OnDate {
    pub(super) date: NaiveDate,
    pub(super) blocks: Option<Vec<(LocalTime, LocalTime)>>,
}

/// A calendar as a policy writes it: zone, weekly pattern, working blocks, holidays, make-up days, validity.
///
/// A draft may be wrong; [`Calendar::new`](super::Calendar::new) reports everything that is.
///
/// ```
/// use customer_pool::time::{Calendar, CalendarDraft};
/// let draft: CalendarDraft = serde_json::from_str(r#"{
///     "zone": "+08:00",
///     "working_days": ["mon", "tue", "wed", "thu", "fri"],
///     "blocks": {"mon": [["09:00", "12:00"], ["13:30", "18:00"]]},
///     "off": ["2026-02-16"],
///     "on": ["2026-02-14", {"date": "2026-02-28", "blocks": [["10:00", "16:00"]]}],
///     "valid": {"from": "2026-01-01", "to": "2026-12-31"}
/// }"#)?;
/// assert!(Calendar::new(&draft).is_ok());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CalendarDraft {
    pub(super) zone: String,
    pub(super) working_days: Vec<Weekday>,
    /// From Monday on.
    pub(super) blocks: [Vec<(LocalTime, LocalTime)>; 7],
    pub(super) off: Vec<NaiveDate>,
    pub(super) on: Vec<OnDate>,
    pub(super) valid: Option<(NaiveDate, NaiveDate)>,
    pub(super) outside: Outside,
}

const MONDAY_TO_FRIDAY: [Weekday; 5] = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri];

impl CalendarDraft {
    /// A calendar in this zone, as yet without working days and validity range, both of which it needs.
    #[must_use]
    pub fn new(zone: &str) -> Self {
        Self {
            zone: zone.to_owned(),
            working_days: Vec::new(),
            blocks: Default::default(),
            off: Vec::new(),
            on: Vec::new(),
            valid: None,
            outside: Outside::Refuse,
        }
    }

    /// Monday to Friday without blocks and holidays, valid from one date to the other, both included.
    #[must_use]
    pub fn monday_to_friday(zone: &str, valid_from: NaiveDate, valid_to: NaiveDate) -> Self {
        Self::new(zone).with_working_days(&MONDAY_TO_FRIDAY).with_validity(valid_from, valid_to)
    }

    /// Mainland China 2024 to 2026: Asia/Shanghai, Monday to Friday 09:00–12:00 and 13:30–18:00, with the
    /// holidays and make-up days that the State Council announced.
    #[must_use]
    pub fn china_mainland() -> Self {
        let times =
            |(from, to): ((u32, u32), (u32, u32))| LocalTime::new(from.0, from.1).zip(LocalTime::new(to.0, to.1));
        let blocks: Vec<_> = [((9, 0), (12, 0)), ((13, 30), (18, 0))].into_iter().filter_map(times).collect();
        let mut draft = Self::new("Asia/Shanghai").with_working_days(&MONDAY_TO_FRIDAY);
        for weekday in MONDAY_TO_FRIDAY {
            draft = draft.with_blocks(weekday, &blocks);
        }
        let on = china_mainland::on().map(|date| OnDate { date, blocks: None }).collect();
        let (off, valid) = (china_mainland::off().collect(), china_mainland::validity());
        Self { off, on, valid, ..draft }
    }

    /// The same with these working weekdays instead.
    #[must_use]
    pub fn with_working_days(mut self, weekdays: &[Weekday]) -> Self {
        self.working_days = weekdays.to_vec();
        self
    }

    /// The same with these working blocks on a weekday, each from a local time to a later one of the same day.
    ///
    /// Blocks of a weekday that is no working day are for make-up days that fall on it.
    #[must_use]
    pub fn with_blocks(mut self, weekday: Weekday, blocks: &[(LocalTime, LocalTime)]) -> Self {
        if let Some(slot) = self.blocks.get_mut(index(weekday)) {
            *slot = blocks.to_vec();
        }
        self
    }

    /// The same with these days off as well.
    #[must_use]
    pub fn with_off(mut self, dates: &[NaiveDate]) -> Self {
        self.off.extend_from_slice(dates);
        self
    }

    /// The same with these make-up working days as well, which beat the weekly pattern and days off.
    #[must_use]
    pub fn with_on(mut self, dates: &[NaiveDate]) -> Self {
        self.on.extend(dates.iter().map(|date| OnDate { date: *date, blocks: None }));
        self
    }

    /// The same with one more make-up working day, which has blocks of its own.
    #[must_use]
    pub fn with_on_blocks(mut self, date: NaiveDate, blocks: &[(LocalTime, LocalTime)]) -> Self {
        self.on.push(OnDate { date, blocks: Some(blocks.to_vec()) });
        self
    }

    /// The same, known from one date to the other, both included.
    #[must_use]
    pub fn with_validity(mut self, from: NaiveDate, to: NaiveDate) -> Self {
        self.valid = Some((from, to));
        self
    }

    /// The same with this answer outside the validity range.
    #[must_use]
    pub fn with_outside(mut self, outside: Outside) -> Self {
        self.outside = outside;
        self
    }

    getters! {
        /// The zone's text.
        zone: &str,
        /// The working weekdays.
        working_days: &[Weekday],
    }

    /// The working blocks of a weekday.
    #[must_use]
    pub fn blocks(&self, weekday: Weekday) -> &[(LocalTime, LocalTime)] {
        self.blocks.get(index(weekday)).map_or(&[], Vec::as_slice)
    }

    /// The days off.
    #[must_use]
    pub fn off(&self) -> &[NaiveDate] {
        &self.off
    }

    /// The make-up working days, with their own blocks where they have them.
    pub fn on(&self) -> impl Iterator<Item = (NaiveDate, Option<&[(LocalTime, LocalTime)]>)> {
        self.on.iter().map(|on| (on.date, on.blocks.as_deref()))
    }

    /// The first and the last date of the validity range.
    #[must_use]
    pub fn validity(&self) -> Option<(NaiveDate, NaiveDate)> {
        self.valid
    }

    /// The answer outside the validity range.
    #[must_use]
    pub fn outside(&self) -> Outside {
        self.outside
    }
}

/// 0 for Monday to 6 for Sunday.
pub(super) fn index(weekday: Weekday) -> usize {
    usize::try_from(weekday.num_days_from_monday()).unwrap_or_default()
}
