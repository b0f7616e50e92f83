//! The shortest way: policies that count nothing but civil days from the ownership start, in groups of which the first
//! match decides. Their clocks are sums of positions in the calendar's table.

use super::HardCapFrom;
use super::plain::by_clock_alone;
use super::rules::{Group, PlainSpan, Rules, Trigger};
use crate::condition::{Test, View};
use crate::decision::{Decision, PoolRef, ReasonCode, Reasons, TriggerRef};
use crate::id::Label;
use crate::model::{Activities, Ownership};
use crate::time::{Calendar, Instant};

/// The rules of such a policy.
#[derive(Clone, Debug)]
pub(crate) struct DayRules {
    groups: Box<[Box<[DayTrigger]>]>,
}

#[derive(Clone, Debug)]
struct DayTrigger {
    question: Question,
    base: usize,
    renewals: Box<[(usize, usize)]>,
    cap: Option<usize>,
    cap_from_chain: bool,
    trigger: TriggerRef,
    pool: PoolRef,
}

#[derive(Clone, Debug)]
enum Question {
    Always,
    Tier(Label),
    Other(Test),
}

impl DayRules {
    /// The rules, if the policy is of this kind. Nothing else may bear on its decisions: the caller sees to that.
    pub(crate) fn new(groups: &[Group], triggers: &[Trigger], fallback: PoolRef) -> Option<Self> {
        let group = |group: &Group| {
            if group.all_of {
                return None;
            }
            let list = (group.first..).zip(triggers.get(group.first..group.end)?);
            list.map(|(index, trigger)| DayTrigger::new(index, trigger, fallback)).collect::<Option<Box<[_]>>>()
        };
        Some(Self { groups: groups.iter().map(group).collect::<Option<_>>()? })
    }
}

/// The distance in the table from a day to the end of the n-th day after it.
fn distance(span: PlainSpan) -> Option<usize> {
    match span {
        PlainSpan::Days(n) => usize::try_from(n).ok()?.checked_add(1),
        _ => None,
    }
}

impl DayTrigger {
    fn new(index: usize, trigger: &Trigger, fallback: PoolRef) -> Option<Self> {
        let plain = trigger.plain.as_ref()?;
        let renewals = plain.renewals.iter().map(|(slot, span)| Some((usize::from(*slot), distance(*span)?)));
        let cap_from = trigger.hard_cap.map(|cap| cap.from);
        Some(Self {
            question: match (&trigger.test, trigger.test.only_tier()) {
                (Test::Always, _) => Question::Always,
                (_, Some(tier)) => Question::Tier(tier.clone()),
                (test, None) => Question::Other(test.clone()),
            },
            base: distance(plain.base)?,
            renewals: renewals.collect::<Option<_>>()?,
            cap: match plain.cap {
                None => None,
                Some(span) => Some(distance(span)?),
            },
            cap_from_chain: cap_from == Some(HardCapFrom::Chain),
            trigger: TriggerRef(u16::try_from(index).ok()?),
            pool: trigger.pool.unwrap_or(fallback),
        })
    }

    #[inline(always)]
    fn selects(&self, view: &View<'_>) -> bool {
        match &self.question {
            Question::Always => true,
            Question::Tier(tier) => view.customer.tier().is_some_and(|own| own == tier),
            Question::Other(test) => test.holds(view, &mut ()),
        }
    }
}

impl DayRules {
    /// The decision about a customer whom nothing protects and whose past says nothing; `None` for everybody else, and
    /// where the table does not reach or no clock runs.
    #[inline(always)]
    pub(super) fn decide(
        &self,
        rules: &Rules,
        view: &View<'_>,
        ownership: &Ownership,
        now: Instant,
    ) -> Option<Decision> {
        let customer = view.customer;
        let Activities::Folded(folded) = customer.activities() else { return None };
        let clock_start = ownership.clock_start()?;
        let unprotected = customer.protection().is_none() && customer.past().is_empty() && ownership.start().is_some();
        let readable = folded.rules() == rules.fold.digest && folded.clock_start() == Some(clock_start);
        // What lies past `now` but within the skew is left to the longer ways.
        let seen = folded.newest().max(Some(clock_start)) <= Some(now) && folded.unjudged().is_empty();
        if view.owner.is_some() || !unprotected || !readable || !seen {
            return None;
        }
        self.decide_seen(view, ownership, &rules.default_calendar, clock_start, folded.slots(), now)
    }

    #[inline(always)]
    fn decide_seen(
        &self,
        view: &View<'_>,
        ownership: &Ownership,
        calendar: &Calendar,
        clock_start: Instant,
        slots: &[Option<Instant>],
        now: Instant,
    ) -> Option<Decision> {
        let starts = calendar.day_starts();
        let from_start = starts.get(calendar.position(clock_start)?..)?;
        let mut first: Option<(Instant, Reasons, &DayTrigger)> = None;
        for group in &self.groups {
            for trigger in group {
                if !trigger.selects(view) {
                    continue;
                }
                let base_due = *from_start.get(trigger.base)?;
                let mut due = base_due;
                for (slot, distance) in &trigger.renewals {
                    if let Some(at) = *slots.get(*slot)? {
                        due = due.max(*starts.get(calendar.position(at)?.wrapping_add(*distance))?);
                    }
                }
                let mut why = Reasons::of(if due > base_due { ReasonCode::Renewed } else { ReasonCode::Base });
                if let Some(cap) = trigger.cap {
                    let hard_due = match ownership.chain_start() {
                        Some(chain) if trigger.cap_from_chain && chain != clock_start => {
                            *starts.get(calendar.position(chain)?.wrapping_add(cap))?
                        }
                        _ => *from_start.get(cap)?,
                    };
                    if hard_due < due {
                        why.add(ReasonCode::Capped);
                    }
                    due = due.min(hard_due);
                }
                first = match first {
                    Some(first) if first.0 <= due => Some(first),
                    _ => Some((due, why, trigger)),
                };
                break;
            }
        }
        let (due, why, trigger) = first?;
        Some(by_clock_alone(due, why, trigger.trigger, trigger.pool, now))
    }
}
