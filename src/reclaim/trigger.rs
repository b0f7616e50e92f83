//! Triggers ready to be evaluated: names resolved, spans checked, kinds of activity given slots.

use std::sync::Arc;

use super::draft::{HardCapFrom, IfAnchorMissing};
use crate::condition::Test;
use crate::decision::{Action, PoolRef};
use crate::id::{Label, StageId, TriggerId};
use crate::time::{Calendar, Span, SpanUnit, Timestamp};

/// A span of triggers in the policy's list that form a group.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) all_of: bool,
    pub(crate) first: usize,
    pub(crate) end: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct Trigger {
    pub(crate) id: TriggerId,
    pub(crate) test: Test,
    pub(crate) anchor: AnchorRule,
    pub(crate) even_before_ownership: bool,
    pub(crate) if_anchor_missing: IfAnchorMissing,
    pub(crate) base: Span,
    pub(crate) renewals: Box<[Renewal]>,
    pub(crate) satisfied_by: Box<[u16]>,
    /// The slots of every kind in `renewals` and `satisfied_by`.
    pub(crate) slots: Box<[u16]>,
    /// Whether only the owner's own activities count, so that one that cannot be judged matters.
    pub(crate) by_owner: bool,
    pub(crate) hard_cap: Option<HardCap>,
    pub(crate) calendar: CalendarRule,
    pub(crate) stages: Box<[Stage]>,
    /// The bit that stands for it, when it only notifies.
    pub(crate) notify: Option<u8>,
    pub(crate) action: Action,
    /// How long after a notice it waits, where it needs one.
    pub(crate) lead: Option<Span>,
    pub(crate) pool: Option<PoolRef>,
    /// Its clock in its simplest form, if it has that.
    pub(crate) plain: Option<Plain>,
}

/// A clock that counts from the ownership start in the default calendar, in spans that a table answers.
#[derive(Clone, Debug)]
pub(crate) struct Plain {
    pub(crate) base: PlainSpan,
    pub(crate) renewals: Box<[(u16, PlainSpan)]>,
    pub(crate) cap: Option<PlainSpan>,
}

/// In microseconds.
const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 3_600_000_000;

/// A span without a local time and without rolling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PlainSpan {
    Days(u32),
    WorkingDays(u32),
    Micros(i64),
}

impl Default for PlainSpan {
    fn default() -> Self {
        Self::Days(1)
    }
}

impl Plain {
    /// All its spans.
    pub(crate) fn spans(&self) -> impl Iterator<Item = PlainSpan> {
        let renewals = self.renewals.iter().map(|(_, span)| *span);
        core::iter::once(self.base).chain(renewals).chain(self.cap)
    }
}

impl PlainSpan {
    /// When the span ends that begins at `from`, which lies at `position` in the calendar's table; `None` where the table
    /// or the validity range is left.
    #[inline(always)]
    pub(crate) fn end(
        self,
        calendar: &Calendar,
        from: Timestamp,
        position: impl FnOnce() -> Option<usize>,
    ) -> Option<Timestamp> {
        match self {
            Self::Days(n) => calendar.end_from(position()?, n),
            Self::WorkingDays(n) => calendar.working_end_from(position()?, n),
            Self::Micros(n) => from.checked_add_micros(n),
        }
    }

    fn new(span: Span) -> Option<Self> {
        let n = span.n();
        match span.unit() {
            _ if span.local_time().is_some() || span.rolls() => None,
            SpanUnit::Days => Some(Self::Days(n)),
            SpanUnit::WorkingDays => Some(Self::WorkingDays(n)),
            SpanUnit::Minutes => i64::from(n).checked_mul(MINUTE).map(Self::Micros),
            SpanUnit::Hours => i64::from(n).checked_mul(HOUR).map(Self::Micros),
            _ => None,
        }
    }
}

impl Trigger {
    /// Whether it does not simply reclaim when it comes due: it needs a notice or a review.
    pub(crate) fn waits(&self) -> bool {
        self.lead.is_some() || self.action == Action::Review
    }

    /// The clock in its simplest form.
    pub(crate) fn simplest(&self) -> Option<Plain> {
        let anchored = matches!(self.anchor, AnchorRule::OwnershipStart);
        let default = matches!(self.calendar, CalendarRule::Default);
        if !anchored || !default || !self.satisfied_by.is_empty() || self.notify.is_some() || self.waits() {
            return None;
        }
        let renewals = self.renewals.iter().map(|renewal| Some((renewal.slot, PlainSpan::new(renewal.span)?)));
        let cap = match self.hard_cap {
            None => None,
            Some(cap) => Some(PlainSpan::new(cap.span)?),
        };
        Some(Plain { base: PlainSpan::new(self.base)?, renewals: renewals.collect::<Option<_>>()?, cap })
    }
}

#[derive(Clone, Debug)]
pub(crate) enum AnchorRule {
    OwnershipStart,
    Created,
    LastContractEnd,
    LastDeal,
    Latest(Box<[u16]>),
    Attribute(Label),
}

#[derive(Clone, Debug)]
pub(crate) struct Renewal {
    pub(crate) slot: u16,
    pub(crate) span: Span,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct HardCap {
    pub(crate) span: Span,
    pub(crate) from: HardCapFrom,
    pub(crate) pauses: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum CalendarRule {
    /// The policy's default.
    Default,
    Fixed(Arc<Calendar>),
    Owner,
}

impl CalendarRule {
    /// The calendar that is meant, given the policy's default and the owner's.
    #[inline]
    pub(crate) fn of<'a>(&'a self, default: &'a Arc<Calendar>, owner: &'a Arc<Calendar>) -> &'a Calendar {
        match self {
            Self::Default => default,
            Self::Fixed(calendar) => calendar,
            Self::Owner => owner,
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Stage {
    pub(crate) id: StageId,
    pub(crate) before: Span,
    pub(crate) audience: Box<[Label]>,
}
