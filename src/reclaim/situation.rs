//! What does not change with `now`: whose customer it is, since when, under which pauses and calendar, and whether
//! the facts contradict each other.

use std::sync::Arc;

use super::program::Program;
use super::rules::{DealRules, Rules};
use super::sink::Sink;
use super::trigger::{CalendarRule, Group};
use crate::condition::View;
use crate::decision::{About, ReasonCode, Step};
use crate::id::Label;
use crate::model::{Activities, Customer, Ownership, PastOwnership, PauseList, Rep};
use crate::time::{Calendar, Pause, Timestamp};

/// An owned customer without contradictions, ready to be judged at any instant.
pub(crate) struct Situation<'a> {
    pub(crate) rules: &'a Rules,
    pub(crate) view: View<'a>,
    pub(crate) ownership: &'a Ownership,
    /// `t0`.
    pub(crate) clock_start: Timestamp,
    pub(crate) start: Timestamp,
    pub(crate) pauses: &'a [Pause],
    pub(crate) owner_calendar: &'a Arc<Calendar>,
    pub(crate) groups: &'a [Group],
    pub(crate) exempt_deal: bool,
    /// Where the clock start lies in the default calendar, from which most spans count.
    pub(crate) clock_start_position: Option<usize>,
    /// No due instant is earlier, where a change of the policy gave notice.
    pub(crate) floor: Option<Timestamp>,
}

/// How many pauses of customer and owner are united in place.
const IN_PLACE: usize = 16;

/// Room for the union of a customer's pauses and its owner's leave.
#[derive(Default)]
pub(crate) struct PauseRoom {
    few: Option<[Pause; IN_PLACE]>,
    many: Vec<Pause>,
}

impl PauseRoom {
    /// The union. Most customers have no pauses or most owners no leave, and then nothing is copied.
    #[inline]
    pub(crate) fn unite<'a>(&'a mut self, customer: &'a [Pause], owner: &'a [Pause]) -> &'a [Pause] {
        match (customer, owner) {
            (_, []) => customer,
            ([], _) => owner,
            ([first, ..], _) => self.merge(*first, customer, owner),
        }
    }

    fn merge<'a>(&'a mut self, first: Pause, customer: &[Pause], owner: &[Pause]) -> &'a [Pause] {
        if customer.len().saturating_add(owner.len()) > IN_PLACE {
            self.many = Pause::unite(customer.iter().chain(owner).copied());
            return &self.many;
        }
        let room = self.few.insert([first; IN_PLACE]);
        let (mut a, mut b) = (customer.iter().peekable(), owner.iter().peekable());
        let mut len = 0_usize;
        loop {
            let next = match (a.peek(), b.peek()) {
                (Some(x), Some(y)) if x.from() <= y.from() => a.next(),
                (_, Some(_)) => b.next(),
                (Some(_), None) => a.next(),
                (None, None) => break,
            };
            let Some(next) = next else { break };
            let last = len.checked_sub(1).and_then(|i| room.get_mut(i));
            match last {
                Some(last) if next.from() <= last.to() => {
                    if let Ok(joined) = Pause::new(last.from(), last.to().max(next.to())) {
                        *last = joined;
                    }
                }
                _ => {
                    if let Some(place) = room.get_mut(len) {
                        *place = *next;
                    }
                    len = len.saturating_add(1);
                }
            }
        }
        room.get(..len).unwrap_or_default()
    }
}

impl<'a> Situation<'a> {
    /// The situation of an owned customer, or the first contradiction of its facts.
    #[inline]
    pub(crate) fn new<S: Sink>(
        rules: &'a Rules,
        view: View<'a>,
        ownership: &'a Ownership,
        now: Timestamp,
        room: &'a mut PauseRoom,
        sink: &mut S,
    ) -> Result<Self, Contradiction> {
        let (clock_start, start) = started(rules, ownership, now)?;
        let owner_calendar = contradictions(rules, view, ownership, clock_start).map_err(Contradiction::fixed)?;
        let pauses = view.customer.protection().map_or(&[][..], |protection| protection.pauses().united());
        let leave = view.owner.map_or(&[][..], |owner| owner.leave().united());
        let deal = rules.deals.as_ref().map(|deals| {
            let mut leaves = S::Leaves::default();
            let holds = deals.test.holds(&view, &mut leaves);
            sink.step(|| Step::DealCustomer { holds, leaves: S::leaves(leaves) });
            (holds, &deals.then)
        });
        let (groups, _, exempt_deal) = groups(rules, deal);
        let pauses = room.unite(pauses, leave);
        if S::WANTED {
            for pause in pauses {
                sink.step(|| Step::Paused(*pause));
            }
        }
        let clock_start_position = rules.default_calendar.position(clock_start);
        Ok(Self {
            rules,
            view,
            ownership,
            clock_start,
            start,
            pauses,
            owner_calendar,
            groups,
            exempt_deal,
            clock_start_position,
            floor: None,
        })
    }

    #[inline]
    pub(crate) fn calendar(&self, rule: &'a CalendarRule) -> &'a Calendar {
        rule.of(&self.rules.default_calendar, self.owner_calendar)
    }
}

/// The groups for a customer, given whether it is a deal customer; their program; and whether it is exempt as one.
#[inline]
pub(super) fn groups<'a>(
    rules: &'a Rules,
    deal: Option<(bool, &'a DealRules)>,
) -> (&'a [Group], Option<&'a Program>, bool) {
    match deal {
        Some((true, DealRules::Groups(groups, program))) => (groups, program.as_ref(), false),
        Some((true, DealRules::Exempt)) => (&rules.groups, rules.program.as_ref(), true),
        _ => (&rules.groups, rules.program.as_ref(), false),
    }
}

/// Facts that contradict each other, or the policy.
pub(crate) struct Contradiction {
    pub(crate) code: ReasonCode,
    /// The instant from which it is no contradiction any more.
    pub(crate) until: Option<Timestamp>,
}

impl Contradiction {
    fn fixed(code: ReasonCode) -> Self {
        Self { code, until: None }
    }
}

/// Clock start and start of an ownership, if both are known and seen.
#[inline]
fn started(rules: &Rules, ownership: &Ownership, now: Timestamp) -> Result<(Timestamp, Timestamp), Contradiction> {
    let (Some(clock_start), Some(start)) = (ownership.clock_start(), ownership.start()) else {
        return Err(Contradiction::fixed(ReasonCode::OwnershipStartUnknown));
    };
    let seen_from = clock_start.seen_from(rules.skew);
    if now < seen_from {
        return Err(Contradiction { code: ReasonCode::OwnershipStartInFuture, until: Some(seen_from) });
    }
    Ok((clock_start, start))
}

/// The first contradiction of a customer whose owner is unknown, which is the last of them.
pub(super) fn without_owner(
    rules: &Rules,
    customer: &Customer,
    ownership: &Ownership,
    now: Timestamp,
) -> Contradiction {
    let first = started(rules, ownership, now)
        .and_then(|_| of_intervals(customer, None, ownership).map_err(Contradiction::fixed));
    first.err().unwrap_or_else(|| Contradiction::fixed(ReasonCode::OwnerMissing))
}

/// The owner's calendar, or the first contradiction that no instant lifts, in the order of the specification.
#[inline]
fn contradictions<'a>(
    rules: &'a Rules,
    view: View<'a>,
    ownership: &Ownership,
    clock_start: Timestamp,
) -> Result<&'a Arc<Calendar>, ReasonCode> {
    let View { customer, owner, .. } = view;
    of_intervals(customer, owner, ownership)?;
    let calendar = owner_calendar(rules, owner)?;
    if let Some(owner) = owner {
        if owner.id() != ownership.owner() {
            return Err(ReasonCode::OwnerMismatch);
        }
    } else if rules.reads_owner {
        return Err(ReasonCode::OwnerMissing);
    }
    if mistyped(rules, customer).is_some() {
        return Err(ReasonCode::AttributeType);
    }
    match customer.activities() {
        Activities::Folded(folded)
            if folded.rules() != rules.fold.digest || folded.clock_start() != Some(clock_start) =>
        {
            Err(ReasonCode::FoldedElsewhere)
        }
        _ => Ok(calendar),
    }
}

/// Locks, pauses and leave that end before they begin, and ownerships that overlap.
#[inline]
fn of_intervals(customer: &Customer, owner: Option<&Rep>, ownership: &Ownership) -> Result<(), ReasonCode> {
    if let Some(protection) = customer.protection() {
        if protection.locks().iter().any(|lock| matches!((lock.since(), lock.until()), (Some(a), Some(b)) if b < a)) {
            return Err(ReasonCode::LockReversed);
        }
        if protection.pauses().is_reversed() {
            return Err(ReasonCode::PauseReversed);
        }
    }
    if owner.is_some_and(|owner| owner.leave().is_reversed()) {
        return Err(ReasonCode::PauseReversed);
    }
    if !customer.past().is_empty() && overlap(customer, ownership).is_some() {
        return Err(ReasonCode::OwnershipsOverlap);
    }
    Ok(())
}

/// The first attribute that has a value of another type than the policy declares, of those that the policy reads.
#[inline]
fn mistyped<'a>(rules: &'a Rules, customer: &Customer) -> Option<&'a Label> {
    let of_another = |(key, kind): &&(_, _)| customer.attributes().get(key).is_some_and(|value| value.kind() != *kind);
    rules.attributes_read.iter().find(of_another).map(|(key, _)| key)
}

/// What it is that does not fit, where one thing can be named.
pub(crate) fn about(code: ReasonCode, rules: &Rules, view: View<'_>, ownership: &Ownership) -> Option<About> {
    let View { customer, owner, .. } = view;
    let reversed = |list: &PauseList| list.given().iter().find(|(from, to)| to < from).copied();
    let name = |name: &dyn core::fmt::Display| About::Name(name.to_string());
    match code {
        ReasonCode::OwnershipStartInFuture => ownership.clock_start().map(About::At),
        ReasonCode::LockReversed => {
            let mut locks = customer.protection()?.locks().iter().filter_map(|lock| lock.since().zip(lock.until()));
            locks.find(|(since, until)| until < since).map(|(since, until)| About::Period(since, until))
        }
        ReasonCode::PauseReversed => customer
            .protection()
            .and_then(|protection| reversed(protection.pauses()))
            .or_else(|| owner.and_then(|owner| reversed(owner.leave())))
            .map(|(from, to)| About::Period(from, to)),
        ReasonCode::OwnershipsOverlap => overlap(customer, ownership).map(|(from, to)| About::Period(from, to)),
        ReasonCode::UnknownCalendar => owner.and_then(Rep::calendar).map(|id| name(id)),
        ReasonCode::OwnerMissing => Some(name(ownership.owner())),
        ReasonCode::OwnerMismatch => owner.map(|owner| name(owner.id())),
        ReasonCode::AttributeType => mistyped(rules, customer).map(|key| name(key)),
        _ => None,
    }
}

/// The calendar bound to the owner, else the default; only a policy that counts in the owner's calendar asks.
pub(crate) fn owner_calendar<'a>(rules: &'a Rules, owner: Option<&Rep>) -> Result<&'a Arc<Calendar>, ReasonCode> {
    match owner.and_then(Rep::calendar) {
        Some(id) if rules.owner_calendar => rules.calendar(id).ok_or(ReasonCode::UnknownCalendar),
        _ => Ok(&rules.default_calendar),
    }
}

/// The time that two ownerships, the current one among them, share; or one that ends before it begins.
#[inline]
pub(super) fn overlap(customer: &Customer, ownership: &Ownership) -> Option<(Timestamp, Timestamp)> {
    PastOwnership::overlap(customer.past(), ownership.start())
}
