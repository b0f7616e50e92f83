//! The clocks of a customer whose clocks are plain: no pause, no lengthening, nothing in the future. Most are, and for
//! them the formula of `clock` is a few table look-ups. An explanation takes the general way; a property holds both to
//! the same answers.

use super::evaluate::Clocks;
use super::rules::{Group, HardCap, Plain, PlainSpan, Trigger};
use super::situation::Situation;
use super::HardCapFrom;
use crate::decision::{ReasonCode, Reasons};
use crate::model::Activities;
use crate::time::{Calendar, Instant};

impl Situation<'_> {
    /// The clocks, if all of them are plain.
    #[inline]
    pub(super) fn plain_clocks(&self, horizon: Instant) -> Option<Clocks> {
        let Activities::Folded(folded) = self.view.customer.activities() else { return None };
        let slots = folded.slots();
        let (position, true) = (self.clock_start_position?, self.rules.plain) else { return None };
        if !self.pauses.is_empty() || folded.unjudged().is_some() || slots.iter().any(|at| *at > Some(horizon)) {
            return None;
        }
        if let Some(protection) = self.view.customer.protection() {
            let lengthened = !protection.extensions().is_empty() || self.rules.grace.is_some();
            if lengthened || (self.rules.longest_lock.is_some() && !protection.locks().is_empty()) {
                return None;
            }
        }
        let mut clocks = Clocks::none();
        for group in self.groups {
            if let Some((index, due, why)) = self.plain_group(group, position, slots)? {
                clocks.offer(index, due, why);
            }
        }
        clocks.fixed = true;
        Some(clocks)
    }

    #[inline]
    #[expect(clippy::option_option, reason = "not plain, or plain and without a clock")]
    fn plain_group(
        &self,
        group: &Group,
        position: usize,
        slots: &[Option<Instant>],
    ) -> Option<Option<(usize, Instant, Reasons)>> {
        let mut latest: Option<(usize, Instant, Reasons)> = None;
        let triggers = self.rules.triggers.get(group.first..group.end)?;
        for (index, trigger) in (group.first..).zip(triggers) {
            if !trigger.test.holds(self.view, &mut ()) {
                continue;
            }
            let (due, why) = self.plain_due(trigger, trigger.plain.as_ref()?, position, slots)?;
            if latest.is_none_or(|(_, latest, _)| due > latest) {
                latest = Some((index, due, why));
            }
            if !group.all_of {
                break;
            }
        }
        Some(latest)
    }

    #[inline]
    fn plain_due(
        &self,
        trigger: &Trigger,
        plain: &Plain,
        position: usize,
        slots: &[Option<Instant>],
    ) -> Option<(Instant, Reasons)> {
        let calendar = &*self.rules.default_calendar;
        let base_due = plain.base.end(calendar, self.clock_start, || Some(position))?;
        let mut due = base_due;
        for (slot, span) in &plain.renewals {
            if let Some(at) = *slots.get(usize::from(*slot))? {
                due = due.max(span.end(calendar, at, || calendar.position(at))?);
            }
        }
        let mut why = Reasons::of(if due > base_due { ReasonCode::Renewed } else { ReasonCode::Base });
        if let (Some(span), Some(HardCap { from, .. })) = (plain.cap, trigger.hard_cap) {
            let start = match (from, self.ownership.chain_start()) {
                (HardCapFrom::Chain, Some(chain)) => chain,
                _ => self.clock_start,
            };
            let known = || if start == self.clock_start { Some(position) } else { calendar.position(start) };
            let hard_due = span.end(calendar, start, known)?;
            if hard_due < due {
                due = hard_due;
                why.add(ReasonCode::Capped);
            }
        }
        Some((due, why))
    }
}

impl PlainSpan {
    /// Where it ends, if the calendar's table and validity range reach there.
    #[inline]
    fn end(self, calendar: &Calendar, from: Instant, position: impl FnOnce() -> Option<usize>) -> Option<Instant> {
        match self {
            Self::Days(n) => calendar.end_from(position()?, n),
            Self::WorkingDays(n) => calendar.working_end_from(position()?, n),
            Self::Micros(n) => from.checked_add_micros(n),
        }
    }
}
