//! The customer after a move.

use super::outcome::{Change, IllegalMove, Move};
use crate::events::{EventKind, State, entries_elsewhere};
use crate::model::{Activities, BusinessHold, Customer, Folded, Lock, Ownership, Place, PoolStay, Protection};
use crate::reclaim::{By, FoldRule, Rules};
use crate::time::Instant;

const DAY_MICROS: i64 = 86_400_000_000;

/// Whole days of 24 hours between two instants.
fn days(from: Instant, to: Instant) -> u32 {
    u32::try_from(to.as_micros().saturating_sub(from.as_micros()) / DAY_MICROS).unwrap_or(0)
}

pub(crate) fn apply(rules: &Rules, moved: &Move, customer: &Customer) -> Result<Customer, IllegalMove> {
    check(moved, customer)?;
    let mut after = customer.clone();
    if let Some(ended) = &moved.ended {
        let past = core::iter::once(ended.clone()).chain(customer.past().iter().cloned());
        after = after.with_past(past, customer.past_known_from()).with_warned([]).with_release_request(None);
        after = after.without_review();
        if let Some(protection) = customer.protection() {
            after = after.with_protection(protection.clone().with_own(Vec::new(), Vec::new()));
        }
        if !matches!(moved.place, Some(Place::Owned(_))) {
            // Collaborators are the owner's; an heir in an unbroken chain keeps them.
            after = after.with_collaborators([]);
        }
    }
    after = counted(moved, customer, after);
    if let Some(place) = &moved.place {
        after = arrive(rules, moved, customer, after, place);
    }
    if moved.events.contains(&EventKind::Created) && after.created().is_none() {
        after = after.with_created(moved.at);
    }
    for change in &moved.changes {
        after = changed(change, moved.at, after);
    }
    Ok(after)
}

/// Whether the move is one of this customer as it is.
fn check(moved: &Move, customer: &Customer) -> Result<(), IllegalMove> {
    let first = moved.events.first().copied().unwrap_or(EventKind::Moved);
    let illegal = |event| Err(IllegalMove { event });
    if moved.customer != *customer.id() {
        return illegal(first);
    }
    let opening = matches!(first, EventKind::Created | EventKind::Imported);
    let mut state = match customer.place() {
        Place::Awaiting if opening => State::NOTHING,
        _ => State::of(customer, moved.at),
    };
    for &event in &moved.events {
        if !state.fits(event) {
            return illegal(event);
        }
        state = state.after(event);
    }
    let ends = moved.ended.as_ref().map(|ended| (ended.owner(), Some(ended.from())));
    let owned = customer.ownership().map(|ownership| (ownership.owner(), ownership.start()));
    if ends.is_some() && ends != owned {
        return illegal(first);
    }
    Ok(())
}

fn counted(moved: &Move, customer: &Customer, after: Customer) -> Customer {
    let mut counters = customer.counters();
    for event in &moved.events {
        let count = match event {
            EventKind::Claimed => &mut counters.claimed,
            EventKind::Reclaimed => &mut counters.reclaimed,
            EventKind::Released => &mut counters.released,
            _ => continue,
        };
        *count = count.saturating_add(1);
    }
    if let (Some(stay), Some(_)) = (customer.stay(), leaves(moved, customer)) {
        counters.days_in_pools = counters.days_in_pools.saturating_add(days(stay.since(), moved.at));
    }
    if let (Some(start), Some(stay)) = (moved.undone(), customer.last_stay()) {
        // The stay goes on as if it had not been left: its days will be counted when it ends.
        counters.days_in_pools = counters.days_in_pools.saturating_sub(days(stay.since(), start));
    }
    after.with_counters(counters)
}

/// The stay that the move ends.
fn leaves<'c>(moved: &Move, customer: &'c Customer) -> Option<&'c PoolStay> {
    let stay = customer.stay()?;
    match &moved.place {
        None => None,
        Some(Place::Pool(next)) if next.pool() == stay.pool() && next.since() == stay.since() => None,
        Some(_) => Some(stay),
    }
}

fn arrive(rules: &Rules, moved: &Move, customer: &Customer, after: Customer, place: &Place) -> Customer {
    let after = match place {
        Place::Owned(_) | Place::Closed(_) | Place::Awaiting => match leaves(moved, customer) {
            Some(stay) => after.with_last_stay(stay.clone().without_reservation().without_asks()),
            None => after,
        },
        // An undo goes on with the last stay, and a stay that only changes goes on too.
        Place::Pool(_)
            if moved.undone().is_some() || customer.stay().is_some() && leaves(moved, customer).is_none() =>
        {
            after
        }
        Place::Pool(stay) => after.with_former_entries(entries_elsewhere(customer, stay.pool())),
    };
    let after = match place {
        Place::Owned(begun) => started(rules, moved, after, begun),
        _ => after,
    };
    after.with_place(place.clone())
}

/// What was folded for another clock counts for the new one only as far as it would have been counted for it.
fn started(rules: &Rules, moved: &Move, after: Customer, begun: &Ownership) -> Customer {
    let (Activities::Folded(folded), Some(start)) = (after.activities(), begun.clock_start()) else { return after };
    let same_clock = folded.clock_start() == Some(start);
    if folded.rules() != rules.fold.digest || same_clock {
        return after;
    }
    let mut fresh = Folded::empty(folded.rules(), Some(start), rules.fold.slots.len());
    for ((slot, rule), &at) in fresh.slots_mut().iter_mut().zip(&rules.fold.slots).zip(folded.slots()) {
        let survives = match rules.fold.rules.get(usize::from(rule.rule)) {
            Some(FoldRule::Anchor { even_before_ownership: true }) => true,
            Some(FoldRule::Anchor { even_before_ownership: false }) => at >= Some(start),
            Some(FoldRule::Clock { by: By::Anyone, cap: None, .. }) => at >= Some(moved.at.max(start)),
            _ => false,
        };
        *slot = at.filter(|_| survives);
    }
    after.with_folded(fresh)
}

fn changed(change: &Change, at: Instant, customer: Customer) -> Customer {
    let protection = customer.protection().cloned().unwrap_or_default();
    let protection = match change {
        Change::Lapsed(ask) => {
            let lapses: Vec<_> = customer.lapses().iter().cloned().chain([ask.clone()]).collect();
            return customer.with_lapses(lapses);
        }
        Change::RequestOpened(request) => return customer.with_release_request(Some(request.clone())),
        Change::RequestClosed => return customer.with_release_request(None),
        Change::Locked(lock) => protection.with_lock(*lock),
        Change::Unlocked => unlocked(protection, at),
        Change::Extended(extension) => protection.with_extension(*extension),
        Change::Frozen(freeze) => protection.with_freeze(*freeze),
        Change::Unfrozen(kind) => {
            let left = protection.freezes().iter().filter(|freeze| freeze.kind() != *kind).copied().collect();
            protection.with_freezes(left)
        }
        Change::HoldPlaced(hold) => {
            let others = protection.holds().iter().filter(|known| known.document() != hold.document()).cloned();
            let holds = others.chain([hold.clone()]).collect();
            protection.with_holds(holds)
        }
        Change::HoldLifted(document) => {
            let holds = protection.holds().iter().map(|hold| match hold {
                hold if hold.document() == document && hold.is_live() => {
                    let ended = hold.until().map_or(at, |until| until.min(at));
                    BusinessHold::not_live(hold.kind().clone(), document.clone(), Some(ended))
                }
                other => other.clone(),
            });
            let holds = holds.collect();
            protection.with_holds(holds)
        }
        Change::Paused(from, to) => {
            let pauses: Vec<_> = protection.pauses().given().iter().copied().chain([(*from, *to)]).collect();
            protection.with_pauses(pauses)
        }
    };
    customer.with_protection(protection)
}

/// Ends the locks that are live: that a lock ended is what a grace counts from.
fn unlocked(protection: Protection, at: Instant) -> Protection {
    let locks = protection.locks().iter().filter(|lock| lock.since().is_none_or(|since| since <= at));
    let ended = locks.map(|lock| match lock.until() {
        Some(until) if until <= at => *lock,
        _ => Lock::new(lock.since(), Some(at)),
    });
    let (locks, extensions) = (ended.collect(), protection.extensions().to_vec());
    protection.with_own(locks, extensions)
}
