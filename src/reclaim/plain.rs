//! The short way for customers whose clocks are plain: no pause, no lengthening, nothing in the future. Most are, and
//! for them the formula of `clock` is a few table look-ups. An explanation takes the general way; properties hold both
//! to the same answers.

use super::HardCapFrom;
use super::groups::Clocks;
use super::rules::{Group, HardCap, Plain, PlainSpan, Rules, Trigger};
use super::situation::Situation;
use crate::condition::View;
use crate::decision::{Decision, Notify, PoolRef, ReasonCode, Reasons, TriggerRef, Verdict};
use crate::model::{Activities, Folded, Ownership, Protection};
use crate::time::{Calendar, Instant};

/// How many attributes are looked up beforehand.
const ATTRIBUTES: usize = 8;

/// A deciding clock: its trigger's index, its due instant, and why that is so.
type Deciding = (usize, Instant, Reasons);

/// What plain clocks are computed from.
struct Plainly<'a> {
    rules: &'a Rules,
    view: View<'a>,
    ownership: &'a Ownership,
    calendar: &'a Calendar,
    clock_start: Instant,
    /// Where the clock start lies in the calendar's table.
    position: usize,
    slots: &'a [Option<Instant>],
}

/// Decides about a customer whose clocks are plain and are not lengthened; `None` for everybody else.
#[inline(always)]
pub(super) fn decide(rules: &Rules, view: View<'_>, ownership: &Ownership, now: Instant) -> Option<Decision> {
    let View { customer, owner, .. } = view;
    if let Some(days) = &rules.days {
        if let Some(decision) = days.decide(rules, &view, ownership, now) {
            return Some(decision);
        }
    }
    if !rules.express || !customer.past().is_empty() || ownership.start().is_none() {
        return None;
    }
    if owner.is_some_and(|owner| owner.id() != ownership.owner() || !owner.leave().is_empty()) {
        return None;
    }
    if rules.attributes_read.is_empty() {
        read(rules, view, ownership, now)
    } else {
        look_up(rules, view, ownership, now)
    }
}

/// The same where attributes are read: each is looked up once.
#[inline(never)]
fn look_up(rules: &Rules, view: View<'_>, ownership: &Ownership, now: Instant) -> Option<Decision> {
    let mut values = [None; ATTRIBUTES];
    for (i, (key, kind)) in rules.attributes_read.iter().enumerate() {
        let value = view.customer.attributes().get(key);
        if value.is_some_and(|value| value.kind() != *kind) {
            return None;
        }
        *values.get_mut(i)? = value;
    }
    let values = values.get(..rules.attributes_read.len())?;
    read(rules, View { read: values, ..view }, ownership, now)
}

/// The same with all attributes looked up.
#[inline]
fn read(rules: &Rules, view: View<'_>, ownership: &Ownership, now: Instant) -> Option<Decision> {
    let customer = view.customer;
    let Activities::Folded(folded) = customer.activities() else { return None };
    let clock_start = ownership.clock_start()?;
    let horizon = now.checked_add_micros(rules.skew)?;
    if folded.rules() != rules.fold.digest || folded.clock_start() != Some(clock_start) || clock_start > horizon {
        return None;
    }
    if folded.newest() > Some(horizon) || !folded.unjudged().is_empty() {
        return None;
    }
    decide_plainly(rules, view, ownership, folded, clock_start, now)
}

/// The same with every span that a table answers.
#[inline(never)]
fn decide_plainly(
    rules: &Rules,
    view: View<'_>,
    ownership: &Ownership,
    folded: &Folded,
    clock_start: Instant,
    now: Instant,
) -> Option<Decision> {
    let plainly = Plainly::new(rules, view, ownership, folded, clock_start)?;
    let deciding = plainly.deciding(&rules.groups)?;
    let customer = view.customer;
    match (deciding, customer.protection()) {
        (Some((index, due, why)), None) if rules.bare => {
            let pool = rules.triggers.get(index)?.pool.unwrap_or(rules.routes.fallback);
            Some(by_clock_alone(due, why, TriggerRef(u16::try_from(index).ok()?), pool, now))
        }
        (deciding, protection) => {
            if protection.is_some_and(|protection| !leaves_clocks_plain(rules, protection)) {
                return None;
            }
            plainly.judge(deciding, now)
        }
    }
}

/// The decision where nothing but the deciding clock bears on it.
#[inline(always)]
pub(super) fn by_clock_alone(due: Instant, why: Reasons, trigger: TriggerRef, pool: PoolRef, now: Instant) -> Decision {
    let is_due = now >= due;
    Decision {
        verdict: if is_due { Verdict::Due } else { Verdict::Keep },
        due: Some(due),
        trigger: Some(trigger),
        pool: Some(pool),
        notify: Notify(0),
        reasons: why.and(Reasons::of(if is_due { ReasonCode::Due } else { ReasonCode::NotDue })),
        next_change: if is_due { None } else { Some(due) },
    }
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
    #[inline(never)]
    pub(super) fn plain_clocks(&self, horizon: Instant) -> Option<Clocks> {
        let (Activities::Folded(folded), true) = (self.view.customer.activities(), self.rules.plain) else {
            return None;
        };
        let protection = self.view.customer.protection();
        if !self.pauses.is_empty() || protection.is_some_and(|protection| !leaves_clocks_plain(self.rules, protection))
        {
            return None;
        }
        if folded.newest() > Some(horizon) || !folded.unjudged().is_empty() {
            return None;
        }
        let plainly = Plainly::new(self.rules, self.view, self.ownership, folded, self.clock_start)?;
        Some(Clocks::plain(plainly.deciding(self.groups)?))
    }
}

impl<'a> Plainly<'a> {
    #[inline(always)]
    fn new(
        rules: &'a Rules,
        view: View<'a>,
        ownership: &'a Ownership,
        folded: &'a Folded,
        clock_start: Instant,
    ) -> Option<Self> {
        let slots = folded.slots();
        let calendar = &*rules.default_calendar;
        Some(Self { rules, view, ownership, calendar, clock_start, position: calendar.position(clock_start)?, slots })
    }

    /// The decision, where more than the clock bears on it.
    #[inline(never)]
    fn judge(&self, deciding: Option<Deciding>, now: Instant) -> Option<Decision> {
        let situation = Situation {
            rules: self.rules,
            view: self.view,
            ownership: self.ownership,
            clock_start: self.clock_start,
            start: self.ownership.start()?,
            pauses: &[],
            owner_calendar: &self.rules.default_calendar,
            groups: &self.rules.groups,
            exempt_deal: false,
            clock_start_position: Some(self.position),
        };
        let clocks = Clocks::plain(deciding);
        let holds = situation.holds(now, &mut ());
        let judgement = situation.judge(now, &holds, &clocks, &mut ());
        Some(situation.with_next_change(&judgement, &clocks))
    }

    /// The clock that comes due first, if there is one; of equal ones the first in the list.
    #[inline(always)]
    #[expect(clippy::option_option, reason = "not plain, or plain and without a clock")]
    fn deciding(&self, groups: &[Group]) -> Option<Option<Deciding>> {
        let mut first: Option<Deciding> = None;
        for group in groups {
            let due = if group.all_of { self.all_of(group)? } else { self.first_match(group)? };
            if let Some((_, at, _)) = due {
                if first.is_none_or(|(_, earliest, _)| at < earliest) {
                    first = due;
                }
            }
        }
        Some(first)
    }

    #[inline(always)]
    #[expect(clippy::option_option, reason = "not plain, or plain and without a clock")]
    fn first_match(&self, group: &Group) -> Option<Option<Deciding>> {
        let mut index = group.first;
        for trigger in self.rules.triggers.get(group.first..group.end)? {
            if trigger.test.holds(&self.view, &mut ()) {
                let (due, why) = self.due(trigger)?;
                return Some(Some((index, due, why)));
            }
            index = index.wrapping_add(1);
        }
        Some(None)
    }

    #[inline(never)]
    #[expect(clippy::option_option, reason = "not plain, or plain and without a clock")]
    fn all_of(&self, group: &Group) -> Option<Option<Deciding>> {
        let mut latest: Option<Deciding> = None;
        for (index, trigger) in (group.first..).zip(self.rules.triggers.get(group.first..group.end)?) {
            if trigger.test.holds(&self.view, &mut ()) {
                let (due, why) = self.due(trigger)?;
                if latest.is_none_or(|(_, latest, _)| due > latest) {
                    latest = Some((index, due, why));
                }
            }
        }
        Some(latest)
    }

    #[inline(always)]
    fn due(&self, trigger: &Trigger) -> Option<(Instant, Reasons)> {
        let plain: &Plain = trigger.plain.as_ref()?;
        let base_due = self.end(plain.base, self.clock_start, Some(self.position))?;
        let mut due = base_due;
        for (slot, span) in &plain.renewals {
            if let Some(at) = *self.slots.get(usize::from(*slot))? {
                due = due.max(self.end(*span, at, None)?);
            }
        }
        let mut why = Reasons::of(if due > base_due { ReasonCode::Renewed } else { ReasonCode::Base });
        if let (Some(span), Some(HardCap { from, .. })) = (plain.cap, trigger.hard_cap) {
            let start = match (from, self.ownership.chain_start()) {
                (HardCapFrom::Chain, Some(chain)) => chain,
                _ => self.clock_start,
            };
            let position = if start == self.clock_start { Some(self.position) } else { None };
            let hard_due = self.end(span, start, position)?;
            if hard_due < due {
                due = hard_due;
                why.add(ReasonCode::Capped);
            }
        }
        Some((due, why))
    }

    /// Where a span ends, if the calendar's table and validity range reach there. `position` is that of `from` in the
    /// table, where it is known.
    #[inline(always)]
    fn end(&self, span: PlainSpan, from: Instant, position: Option<usize>) -> Option<Instant> {
        let position = || position.or_else(|| self.calendar.position(from));
        match span {
            PlainSpan::Days(n) => self.calendar.end_from(position()?, n),
            PlainSpan::WorkingDays(n) => self.calendar.working_end_from(position()?, n),
            PlainSpan::Micros(n) => from.checked_add_micros(n),
        }
    }
}
