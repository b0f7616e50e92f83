//! Which activities count for what: a slot for each kind under each rule.

use std::collections::BTreeSet;

use super::draft::By;
use super::trigger::CalendarRule;
use crate::id::CalendarId;
use crate::model::ActivityKind;

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
