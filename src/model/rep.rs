//! Reps: what reclaim reads of the owner.

use serde::{Deserialize, Serialize};

use super::PauseList;
use crate::id::{CalendarId, Label, RepId};
use crate::time::Instant;

/// A department path, from the top: `sales/east/shanghai`.
pub type UnitPath = Label;

/// A rep (销售), as far as reclaim reads one: units, tags, calendar, approved leave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rep {
    id: RepId,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    units: Vec<UnitPath>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Label>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    calendar: Option<CalendarId>,
    #[serde(default, skip_serializing_if = "PauseList::is_empty")]
    leave: PauseList,
}

impl Rep {
    /// A rep without units, tags, calendar of his own, or leave.
    #[must_use]
    pub fn new(id: RepId) -> Self {
        Self { id, units: Vec::new(), tags: Vec::new(), calendar: None, leave: PauseList::default() }
    }

    /// In these units.
    #[must_use]
    pub fn with_units(mut self, units: impl IntoIterator<Item = UnitPath>) -> Self {
        self.units = units.into_iter().collect();
        self
    }

    /// With these tags.
    #[must_use]
    pub fn with_tags(mut self, tags: impl IntoIterator<Item = Label>) -> Self {
        self.tags = tags.into_iter().collect();
        self
    }

    /// Bound to this calendar of the policy.
    #[must_use]
    pub fn with_calendar(mut self, calendar: CalendarId) -> Self {
        self.calendar = Some(calendar);
        self
    }

    /// On approved leave during these `[from, to)`: clocks of the rep's customers do not run.
    #[must_use]
    pub fn with_leave(mut self, leave: impl IntoIterator<Item = (Instant, Instant)>) -> Self {
        self.leave = leave.into_iter().collect();
        self
    }

    /// Who it is.
    #[must_use]
    pub fn id(&self) -> &RepId {
        &self.id
    }

    /// The rep's units.
    #[must_use]
    pub fn units(&self) -> &[UnitPath] {
        &self.units
    }

    /// The rep's tags.
    #[must_use]
    pub fn tags(&self) -> &[Label] {
        &self.tags
    }

    /// The calendar the rep is bound to.
    #[must_use]
    pub fn calendar(&self) -> Option<&CalendarId> {
        self.calendar.as_ref()
    }

    /// The rep's approved leave.
    #[must_use]
    pub fn leave(&self) -> &PauseList {
        &self.leave
    }
}
