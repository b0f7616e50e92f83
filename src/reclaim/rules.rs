//! Rules ready to be evaluated: names resolved, spans checked, activities given slots.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::program::Program;
use super::{By, HardCapFrom, IfAnchorMissing, Owners};
use crate::attribute::AttributeType;
use crate::condition::Test;
use crate::decision::{Action, PoolRef};
use crate::id::{CalendarId, Label, StageId, TriggerId};
use crate::model::{ActivityKind, HoldKind};
use crate::route::Routes;
use crate::time::{Calendar, Span, SpanUnit, Timestamp};

/// Everything that reclaim evaluates of a policy.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    pub(crate) calendars: Box<[(CalendarId, Arc<Calendar>)]>,
    pub(crate) default_calendar: Arc<Calendar>,
    /// In microseconds.
    pub(crate) skew: i64,
    pub(crate) attributes_read: Box<[(Label, AttributeType)]>,
    pub(crate) owners: Option<Owners>,
    pub(crate) reads_owner: bool,
    pub(crate) owner_calendar: bool,
    /// The clocks of `groups`, if all of them are plain.
    pub(crate) program: Option<Program>,
    /// Whether nothing but a customer's own protection and its clocks bears on a decision: there is nothing that
    /// exempts or freezes, no warning, no routing rule, and nothing is asked about owners and deals.
    pub(crate) bare: bool,
    /// Per trigger the pool, where no routing rule is to be asked.
    pub(crate) pools: Box<[PoolRef]>,
    /// Whether a trigger only notifies.
    pub(crate) notifies: bool,
    pub(crate) triggers: Box<[Trigger]>,
    pub(crate) groups: Box<[Group]>,
    pub(crate) deals: Option<Deals>,
    pub(crate) exempt_owner_tags: Box<[Label]>,
    pub(crate) exempt_customer_tags: Box<[Label]>,
    pub(crate) hold_kinds: Box<[HoldKind]>,
    pub(crate) longest_lock: Option<Span>,
    pub(crate) grace: Option<Span>,
    pub(crate) freeze_windows: Box<[FreezeWindow]>,
    pub(crate) routes: Routes,
    pub(crate) fold: FoldRules,
}

/// A span of triggers in the policy's list that form a group.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) all_of: bool,
    pub(crate) first: usize,
    pub(crate) end: usize,
}

/// How deal customers are treated.
#[derive(Clone, Debug)]
pub(crate) struct Deals {
    pub(crate) test: Test,
    pub(crate) then: DealRules,
}

#[derive(Clone, Debug)]
pub(crate) enum DealRules {
    Exempt,
    Same,
    /// These decide instead; and their program.
    Groups(Box<[Group]>, Option<Program>),
}

#[derive(Clone, Debug)]
pub(crate) struct FreezeWindow {
    pub(crate) id: Label,
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
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
    /// Whether an activity that nobody can judge matters: only the owner's own count.
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
    /// A span of the same length.
    pub(crate) fn span(self) -> Option<Span> {
        let count = |n: i64| u32::try_from(n).ok();
        match self {
            Self::Days(n) => Some(Span::days(n)),
            Self::WorkingDays(n) => Some(Span::working_days(n)),
            Self::Micros(n) if n % HOUR == 0 => count(n / HOUR).map(Span::hours),
            Self::Micros(n) => count(n / MINUTE).map(Span::minutes),
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

#[derive(Clone, Debug)]
pub(crate) struct Stage {
    pub(crate) id: StageId,
    pub(crate) before: Span,
    pub(crate) audience: Box<[Label]>,
}

/// What the policy asks of activities: which rule and kind each slot of folded activities stands for.
#[derive(Clone, Debug)]
pub(crate) struct FoldRules {
    /// Names these rules: folded activities of other rules are of no use.
    pub(crate) digest: u64,
    pub(crate) rules: Box<[FoldRule]>,
    pub(crate) slots: Box<[SlotRule]>,
}

/// The latest activity of `kind` that counts under the rule.
#[derive(Clone, Debug)]
pub(crate) struct SlotRule {
    pub(crate) rule: u16,
    pub(crate) kind: ActivityKind,
}

/// What makes an activity count.
#[derive(Clone, Debug)]
pub(crate) enum FoldRule {
    /// As an anchor: no actor, evidence or cap.
    Anchor { even_before_ownership: bool },
    /// For a clock.
    Clock { by: By, min_duration_s: Option<u32>, min_text_chars: Option<u32>, next_step: bool, cap: Option<DayCap> },
}

/// So many a day, across kinds.
#[derive(Clone, Debug)]
pub(crate) struct DayCap {
    pub(crate) per_day: u32,
    pub(crate) calendar: CalendarRule,
    pub(crate) calendar_name: Option<CalendarId>,
    pub(crate) kinds: BTreeSet<ActivityKind>,
}

impl DayCap {
    fn is_same(&self, other: &Self) -> bool {
        let owner = |cap: &Self| matches!(cap.calendar, CalendarRule::Owner);
        self.per_day == other.per_day
            && self.kinds == other.kinds
            && owner(self) == owner(other)
            && self.calendar_name == other.calendar_name
    }
}

impl FoldRule {
    /// Whether both count the same activities, so that one slot serves both.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Anchor { even_before_ownership: a }, Self::Anchor { even_before_ownership: b }) => a == b,
            (
                Self::Clock { by, min_duration_s, min_text_chars, next_step, cap },
                Self::Clock { by: by2, min_duration_s: d2, min_text_chars: t2, next_step: n2, cap: cap2 },
            ) => {
                let caps = match (cap, cap2) {
                    (None, None) => true,
                    (Some(a), Some(b)) => a.is_same(b),
                    _ => false,
                };
                caps && by == by2 && min_duration_s == d2 && min_text_chars == t2 && next_step == n2
            }
            _ => false,
        }
    }
}

impl Rules {
    pub(crate) fn calendar(&self, id: &CalendarId) -> Option<&Arc<Calendar>> {
        self.calendars.iter().find(|(known, _)| known == id).map(|(_, calendar)| calendar)
    }
}
