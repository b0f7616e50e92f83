//! The clocks of a customer whose clocks are plain: no pause, no lengthening, nothing in the future. Most are, and for
//! them the formula of `clock` is a few table look-ups. An explanation takes the general way; a property holds both to
//! the same answers.

use super::HardCapFrom;
use super::evaluate::Clocks;
use super::holds::Holds;
use super::rules::{Group, HardCap, Plain, PlainSpan, Rules, Trigger};
use super::situation::{Situation, mistyped};
use crate::condition::View;
use crate::decision::{Decision, ReasonCode, Reasons};
use crate::model::{Activities, Folded, Ownership, Protection};
use crate::time::{Calendar, Instant};

/// Decides about a customer whose clocks are plain and are not lengthened; `None` for everybody else.
#[inline]
pub(super) fn decide(rules: &Rules, view: View<'_>, ownership: &Ownership, now: Instant) -> Option<Decision> {
    let View { customer, owner } = view;
    if !rules.express || !customer.past().is_empty() {
        return None;
    }
    if customer.protection().is_some_and(|protection| !leaves_clocks_plain(rules, protection)) {
        return None;
    }
    if owner.is_some_and(|owner| owner.id() != ownership.owner() || !owner.leave().is_empty()) {
        return None;
    }
    let Activities::Folded(folded) = customer.activities() else { return None };
    let (clock_start, start) = (ownership.clock_start()?, ownership.start()?);
    let horizon = now.checked_add_micros(rules.skew)?;
    let readable = folded.rules() == rules.fold.digest && folded.clock_start() == Some(clock_start);
    if !readable || clock_start > horizon || (!rules.attributes_read.is_empty() && mistyped(rules, customer)) {
        return None;
    }
    let situation = Situation {
        rules,
        view,
        ownership,
        clock_start,
        start,
        pauses: &[],
        owner_calendar: &rules.default_calendar,
        groups: &rules.groups,
        exempt_deal: false,
        clock_start_position: Some(rules.default_calendar.position(clock_start)?),
    };
    let clocks = situation.plain_clocks_of(folded, horizon)?;
    let holds = match customer.protection() {
        Some(_) => situation.holds(now, &mut ()),
        None => Holds::default(),
    };
    let judgement = situation.judge(now, &holds, &clocks, &mut ());
    Some(situation.with_next_change(&judgement, &clocks))
}

/// Whether clocks run as if there were no protection: no extension, no grace, no pause, no lock that needs a calendar.
#[inline]
fn leaves_clocks_plain(rules: &Rules, protection: &Protection) -> bool {
    protection.extensions().is_empty()
        && protection.pauses().is_empty()
        && rules.grace.is_none()
        && protection.locks().iter().all(|lock| {
            rules.longest_lock.is_none() && lock.since().zip(lock.until()).is_none_or(|(since, until)| since <= until)
        })
}

impl Situation<'_> {
    /// The clocks, if all of them are plain.
    #[inline]
    pub(super) fn plain_clocks(&self, horizon: Instant) -> Option<Clocks> {
        let (Activities::Folded(folded), true) = (self.view.customer.activities(), self.rules.plain) else {
            return None;
        };
        let protection = self.view.customer.protection();
        if !self.pauses.is_empty() || protection.is_some_and(|protection| !leaves_clocks_plain(self.rules, protection))
        {
            return None;
        }
        self.plain_clocks_of(folded, horizon)
    }

    #[inline(always)]
    fn plain_clocks_of(&self, folded: &Folded, horizon: Instant) -> Option<Clocks> {
        let (slots, position) = (folded.slots(), self.clock_start_position?);
        let mut newest = None;
        for at in slots {
            newest = newest.max(*at);
        }
        if !folded.unjudged().is_empty() || newest > Some(horizon) {
            return None;
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

    #[inline(always)]
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
            if !group.all_of {
                return Some(Some((index, due, why)));
            }
            if latest.is_none_or(|(_, latest, _)| due > latest) {
                latest = Some((index, due, why));
            }
        }
        Some(latest)
    }

    #[inline(always)]
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
    #[inline(always)]
    fn end(self, calendar: &Calendar, from: Instant, position: impl FnOnce() -> Option<usize>) -> Option<Instant> {
        match self {
            Self::Days(n) => calendar.end_from(position()?, n),
            Self::WorkingDays(n) => calendar.working_end_from(position()?, n),
            Self::Micros(n) => from.checked_add_micros(n),
        }
    }
}
