//! The short way for customers whose clocks are plain: folded activities that are all seen, no pause, no extension, no
//! grace. Most are, and for them the formula of a clock is a few table look-ups. An explanation takes the general way;
//! properties hold both to the same answers.

use super::due::due;
use super::groups::Clocks;
use super::order::{Deciding, Key, Order};
use super::program::{Program, Window};
use super::rules::Rules;
use super::situation::{self, Situation};
use super::trigger::PlainSpan;
use crate::condition::View;
use crate::decision::{Action, Decision, Notify, ReasonCode, Reasons, TriggerRef, Verdict};
use crate::model::{Activities, Folded, Ownership, Protection, Rep};
use crate::time::Timestamp;

/// Decides about a customer whose clocks are plain; `None` for any other. Facts after `horizon` are not seen yet.
#[inline(always)]
pub(super) fn decide(
    rules: &Rules,
    view: &View<'_>,
    ownership: &Ownership,
    now: Timestamp,
    horizon: Option<Timestamp>,
) -> Option<Decision> {
    let facts = PlainFacts::new(rules, view, ownership, horizon)?;
    let usual = rules.bare && view.customer.protection().is_none() && view.customer.past().is_empty();
    if let (true, Some(program)) = (usual && facts.owner_is_present(), &rules.program) {
        if let Some((key, due)) = facts.deciding(program)? {
            return Some(by_clock_alone(rules, key, due, now));
        }
    }
    facts.decide(now)
}

/// The decision where nothing but the deciding clock bears on it.
#[inline(always)]
fn by_clock_alone(rules: &Rules, key: Key, due: Timestamp, now: Timestamp) -> Decision {
    // A table lookup, not a branch: the outcome is unpredictable.
    const ANSWERS: [(Verdict, Reasons); 2] =
        [(Verdict::Keep, Reasons::of(ReasonCode::NotDue)), (Verdict::Due, Reasons::of(ReasonCode::Due))];
    let is_due = now >= due;
    let [keep, _] = &ANSWERS;
    let (verdict, why) = *ANSWERS.get(usize::from(is_due)).unwrap_or(keep);
    Decision {
        verdict,
        due: Some(due),
        trigger: Some(TriggerRef(key.index())),
        // No clock that waits for a notice or a review is plain.
        action: Some(Action::Reclaim),
        pool: Some(rules.pools.get(usize::from(key.index())).copied().unwrap_or(rules.routes.fallback)),
        notify: Notify(0),
        reasons: key.why().and(why),
        next_change: if is_due { None } else { Some(due) },
    }
}

/// What plain clocks are computed from.
#[derive(Clone, Copy)]
struct PlainFacts<'a> {
    rules: &'a Rules,
    view: &'a View<'a>,
    ownership: &'a Ownership,
    clock_start: Timestamp,
    folded: &'a Folded,
}

impl<'a> PlainFacts<'a> {
    /// The facts, if all activities are folded, judged and seen.
    #[inline(always)]
    fn new(rules: &'a Rules, view: &'a View<'a>, ownership: &'a Ownership, horizon: Option<Timestamp>) -> Option<Self> {
        let Activities::Folded(folded) = view.customer.activities() else { return None };
        let (clock_start, _) = (ownership.clock_start()?, ownership.start()?);
        let readable = folded.rules() == rules.fold.digest && folded.clock_start() == Some(clock_start);
        let seen = folded.newest().max(Some(clock_start)) <= horizon && folded.unjudged().is_empty();
        if readable && seen { Some(Self { rules, view, ownership, clock_start, folded }) } else { None }
    }

    /// Whether the given owner, if one is given, is the customer's and has no leave.
    #[inline(always)]
    fn owner_is_present(&self) -> bool {
        let present = |owner: &Rep| owner.id() == self.ownership.owner() && owner.leave().is_empty();
        self.view.owner.is_none_or(present)
    }

    /// The decision where more than the deciding clock bears on it: protection, deals, warnings, routing rules.
    #[inline(never)]
    fn decide(&self, now: Timestamp) -> Option<Decision> {
        let Self { rules, view, ownership, clock_start, .. } = *self;
        let protection = view.customer.protection();
        let unfit = rules.owner_calendar
            || (rules.reads_owner && view.owner.is_none())
            || !self.owner_is_present()
            || protection.is_some_and(|protection| !leaves_clocks_plain(rules, protection))
            || situation::overlap(view.customer, ownership).is_some();
        if unfit {
            return None;
        }
        let deal = rules.deals.as_ref().map(|deals| (deals.test.holds(view, &mut ()), &deals.then));
        let (groups, program, exempt_deal) = situation::groups(rules, deal);
        let deciding = self.deciding(program?)?;
        if let (Some((key, due)), true, false) = (deciding, rules.bare, protection.is_some_and(may_hold)) {
            return Some(by_clock_alone(rules, key, due, now));
        }
        let calendar = &rules.default_calendar;
        let situation = Situation {
            rules,
            view: *view,
            ownership,
            clock_start,
            start: ownership.start()?,
            pauses: &[],
            owner_calendar: calendar,
            groups,
            exempt_deal,
            clock_start_position: calendar.position(clock_start),
            floor: None,
        };
        let clocks = Clocks::plain(deciding.map(|(key, due)| (usize::from(key.index()), due, key.why())));
        let judgement = situation.judge(now, &situation.holds(now, &mut ()), &clocks, &mut ());
        Some(situation.with_next_change(&judgement, &clocks))
    }

    /// The clock that comes due first, of equal ones the first in the list. `None` where they cannot be told here.
    #[inline(always)]
    fn deciding(&self, program: &Program) -> Option<Deciding> {
        // Otherwise an activity that is not known might come after the start.
        if self.clock_start < program.window.start {
            return None;
        }
        match (self.folded.few(), program.days_only) {
            (Some(few), true) => self.first_of_days(program, few),
            _ => self.first_of_spans(program),
        }
    }

    /// The same where every clock counts days alone: ends are positions in the calendar's table, and nothing branches.
    #[inline(always)]
    fn first_of_days(&self, program: &Program, [a, b]: &[Option<Timestamp>; 2]) -> Option<Deciding> {
        let window = &program.window;
        let start = window.day(Some(self.clock_start))?;
        let chain = match self.ownership.chain_start() {
            Some(chain) if chain != self.clock_start => window.day(Some(chain))?,
            _ => start,
        };
        let (a, b) = (window.day(*a)?, window.day(*b)?);
        let mut order = Order::new();
        for clock in program.selected(self.view)? {
            let [by_a, by_b] = clock.days.renewals;
            let [from_start, from_chain] = clock.days.caps;
            let renewals = [a.wrapping_add(by_a), b.wrapping_add(by_b)];
            let cap = start.wrapping_add(from_start).min(chain.wrapping_add(from_chain));
            let found = due(start.wrapping_add(clock.days.base), renewals, Some(cap));
            order.add(found.at as u64, found.why(), clock.tag, clock.closes);
        }
        let starts = self.rules.default_calendar.day_starts();
        order.deciding(|position| starts.get(position as usize).copied())
    }

    /// The same for spans of every kind: ends are microseconds since the window begins.
    #[inline(never)]
    fn first_of_spans(&self, program: &Program) -> Option<Deciding> {
        let slots = self.folded.slots();
        if slots.len() < program.slots {
            return None;
        }
        let (window, mut order) = (&program.window, Order::new());
        for clock in program.selected(self.view)? {
            let base = self.end(window, clock.plain.base, self.clock_start)?;
            let mut renewed = None;
            for (slot, span) in &clock.plain.renewals {
                if let Some(at) = *slots.get(usize::from(*slot))? {
                    renewed = renewed.max(Some(self.end(window, *span, at)?));
                }
            }
            let mut cap = None;
            if let Some(span) = clock.plain.cap {
                let chain = self.ownership.chain_start().filter(|_| clock.cap_from_chain);
                cap = Some(self.end(window, span, chain.unwrap_or(self.clock_start))?);
            }
            let found = due(base, renewed, cap);
            order.add(found.at, found.why(), clock.tag, clock.closes);
        }
        order.deciding(|end| window.origin.checked_add_micros(end as i64))
    }

    /// When a span ends that begins in the window, in microseconds since that begins; `None` for any other.
    #[inline(always)]
    fn end(&self, window: &Window, span: PlainSpan, from: Timestamp) -> Option<u64> {
        let position = window.position(from)?;
        span.end(&self.rules.default_calendar, from, || Some(position))?.micros_since(window.origin)
    }
}

/// Whether clocks run as if there were no protection: no pause, no extension, no grace, no lock that needs a calendar.
#[inline]
fn leaves_clocks_plain(rules: &Rules, protection: &Protection) -> bool {
    protection.extensions().is_empty()
        && protection.pauses().is_empty()
        && rules.grace.is_none()
        && protection.locks().iter().all(|lock| {
            rules.longest_lock.is_none() && lock.since().zip(lock.until()).is_none_or(|(since, until)| since <= until)
        })
}

fn may_hold(protection: &Protection) -> bool {
    !(protection.locks().is_empty() && protection.holds().is_empty() && protection.freezes().is_empty())
}
