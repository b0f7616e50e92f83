//! When to look at a customer next.

use super::changes::Wake;
use crate::claim::Draw;
use crate::ledger::{PolicyStamp, VersionedRep};
use crate::model::{Customer, OwnerFacts, Place, PoolStay, Reservation, ReviewState};
use crate::policy::{Policy, Revisions};
use crate::sweep;
use crate::time::Timestamp;

/// The row of a customer in the indexes, as of `now`.
///
/// An owned customer is looked at again at its decision's `next_change`, or now while something is outstanding: a due
/// reclaim, a nomination or notice to make, an unsent warning. A customer in a pool, at the least of the end of its
/// reservation, the end of its lottery where somebody asked, its escalation, and the instant from which on it starves. A
/// later revision of the policy is looked at when it comes into effect.
#[must_use]
pub fn wake(revisions: &Revisions, customer: &Customer, owner: Option<&VersionedRep>, now: Timestamp) -> Wake {
    let at = match customer.place() {
        Place::Owned(_) => owned(revisions, customer, owner, now),
        Place::Pool(stay) => pooled(revisions, customer, stay, now),
        Place::Awaiting | Place::Closed(_) => None,
    };
    let owned = customer.ownership().is_some();
    let policy = revisions.effective_at(now);
    let priority = policy.priority(customer, now);
    Wake {
        at,
        starves_at: priority.and_then(|priority| priority.starves_at().ok()),
        rank: policy.rank_key(customer, now),
        policy: PolicyStamp::of(revisions.newest()),
        roster: owner.filter(|_| owned).map(VersionedRep::version),
    }
}

fn owned(
    revisions: &Revisions,
    customer: &Customer,
    owner: Option<&VersionedRep>,
    now: Timestamp,
) -> Option<Timestamp> {
    let revised = revisions.decide(customer, OwnerFacts::enrolled(owner.map(VersionedRep::rep)), now);
    match sweep::outstanding(revised.policy, customer, &revised.decision) {
        Ok(Some(_)) => Some(now),
        // It is executed or withdrawn.
        _ if is_approved(customer) => Some(now),
        _ => revised.decision.next_change(),
    }
}

/// Whether its nomination is approved.
pub(super) fn is_approved(customer: &Customer) -> bool {
    customer.nomination().is_some_and(|open| open.state() == ReviewState::Approved)
}

fn pooled(revisions: &Revisions, customer: &Customer, stay: &PoolStay, now: Timestamp) -> Option<Timestamp> {
    let policy = revisions.effective_at(now);
    let later = revisions.revisions().iter().filter_map(|policy| policy.draft().effective_from().copied());
    let later = later.filter(|from| *from > now).min();
    let reservation = stay.reservation().map(Reservation::until);
    let escalation = policy.escalates_at(customer).ok().flatten().map(|(at, _)| at);
    let starving = policy.priority(customer, now).and_then(|priority| priority.starves_at().ok());
    let ends = [reservation, lottery(policy, customer, stay, now), escalation];
    // Nothing is outstanding where it starves already: it only comes first.
    let starving = starving.filter(|at| *at > now);
    ends.into_iter().flatten().map(|at| at.max(now)).chain(starving).chain(later).min()
}

/// When the lottery can be drawn that somebody has asked in.
fn lottery(policy: &Policy, customer: &Customer, stay: &PoolStay, now: Timestamp) -> Option<Timestamp> {
    if stay.asks().is_empty() {
        return None;
    }
    match policy.draw(customer, &[], now) {
        Draw::NoLottery => None,
        Draw::Open { until } => Some(until),
        Draw::Drawn(_) | Draw::Nobody | Draw::Undetermined(_) => Some(now),
    }
}
