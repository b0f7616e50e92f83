//! The customer after an event.

use super::data::{ChangedFact, EventData, FoundHeir, Review};
use super::fit::{IllegalEvent, Misfit, State, fits_place, holds};
use super::kind::EventKind;
use crate::id::{CustomerId, PoolId};
use crate::model::{
    Ask, BusinessHold, ClosedCause, Customer, Lock, PastOwnership, Place, PoolEntry, PoolStay, Protection, Reservation,
    ReviewState,
};
use crate::time::Timestamp;

const DAY_MICROS: i64 = 86_400_000_000;

/// The customer that its first event gives; `None` where the event is no first one, or another customer's.
fn opened(data: &EventData, id: &CustomerId) -> Option<Customer> {
    let customer = match data {
        EventData::Created { customer } | EventData::Imported { customer, .. } => (**customer).clone(),
        EventData::Admitted { place, customer } => {
            let bare = || Customer::new(id.clone(), Place::Awaiting);
            customer.as_deref().cloned().unwrap_or_else(bare).with_place((**place).clone())
        }
        _ => return None,
    };
    (customer.id() == id).then_some(customer)
}

/// The customer after one event; before the first there is nothing.
pub(crate) fn evolve(
    data: &EventData,
    at: Timestamp,
    id: &CustomerId,
    before: Option<&Customer>,
) -> Result<Customer, IllegalEvent> {
    let state = before.map_or(State::NOTHING, |before| State::of(before, at));
    let illegal = |misfit| IllegalEvent { state: state.place(), event: data.kind(), misfit };
    if before.is_some_and(|before| before.id() != id) {
        return Err(illegal(Misfit::OtherCustomer));
    }
    if !fits_place(data.kind(), state.place()) {
        return Err(illegal(Misfit::Place));
    }
    match before {
        None => opened(data, id).ok_or(illegal(Misfit::OtherCustomer)),
        Some(before) if state.fits(data.kind()) && holds(data, before) => {
            after(data, at, before).ok_or(illegal(Misfit::Condition))
        }
        Some(_) => Err(illegal(Misfit::Condition)),
    }
}

/// The customer after an event that fits it; `None` where the event needs something of it that is not so.
fn after(data: &EventData, at: Timestamp, before: &Customer) -> Option<Customer> {
    let place = placed(data, at, before)?;
    let mut after = changed(data, at, before)?;
    if let Some(past) = ended(data, at, before) {
        let past = core::iter::once(past).chain(before.past().iter().cloned());
        after = after.with_past(past, before.past_known_from()).with_warned([]).with_release_request(None);
        after = after.without_review();
        if let Some(protection) = before.protection() {
            after = after.with_protection(protection.clone().with_own(Vec::new(), Vec::new()));
        }
        if !matches!(place, Some(Place::Owned(_))) {
            // Collaborators are the owner's; an heir in an unbroken chain keeps them.
            after = after.with_collaborators([]);
        }
    }
    let after = counted(data, at, before, place.as_ref(), after);
    Some(match place {
        Some(place) => arrived(data, before, after, place),
        None => after,
    })
}

/// The ownership that an event ends, with its cause; `None` where it ends none, or nobody knows when that began.
pub(crate) fn ended(data: &EventData, at: Timestamp, before: &Customer) -> Option<PastOwnership> {
    let (cause, ownership) = data.ends().zip(before.ownership())?;
    let past = PastOwnership::new(ownership.owner().clone(), ownership.start()?, at, ownership.way_in(), cause);
    Some(past.with_units(ownership.units().iter().cloned()))
}

/// When the ownership began that an event undoes.
fn undone(data: &EventData, before: &Customer) -> Option<Timestamp> {
    before.ownership().filter(|_| data.kind() == EventKind::ClaimUndone)?.start()
}

/// The place that an event gives, if it changes that; the outer `None` where the customer is not as the event needs it.
pub(crate) fn placed(data: &EventData, at: Timestamp, before: &Customer) -> Option<Option<Place>> {
    if let Some(begun) = data.begins() {
        return Some(Some(Place::Owned(begun.ownership().clone())));
    }
    let stay = before.stay();
    let stay = match data {
        EventData::Created { customer } | EventData::Imported { customer, .. } => {
            return Some(Some(customer.place().clone()));
        }
        EventData::Admitted { place, .. } => return Some(Some((**place).clone())),
        EventData::Merged { .. } => return Some(Some(Place::Closed(ClosedCause::Merged))),
        EventData::Closed { cause } => return Some(Some(Place::Closed(*cause))),
        EventData::Released { pool }
        | EventData::Reclaimed { pool }
        | EventData::TakenBack { pool }
        | EventData::Departed { to: FoundHeir::Pool(pool) } => {
            let owner = before.ownership()?.owner().clone();
            entered(before, pool, at).with_last_owner(owner, data.ends()?)
        }
        EventData::Moved { pool } | EventData::Escalated { pool } => {
            let next = entered(before, pool, at);
            // Why it came to the first pool, and from whom, stays known.
            match stay.and_then(|old| old.last_owner().zip(old.cause())) {
                Some((owner, cause)) => next.with_last_owner(owner.clone(), cause),
                None => next,
            }
        }
        EventData::ClaimUndone => before.last_stay()?.clone().without_reservation().without_asks(),
        EventData::Asked { rep } => {
            let stay = stay?;
            let asks = stay.asks().iter().cloned().chain([Ask::new(rep.clone(), at)]);
            stay.clone().with_asks(asks)
        }
        EventData::Reserved { rep, until, span } => {
            let mut reservation = Reservation::new(rep.clone(), at, *until);
            if let Some(span) = span {
                reservation = reservation.with_span(*span);
            }
            stay?.clone().with_reservation(reservation)
        }
        EventData::ReservationExpired | EventData::ReservationWithdrawn => stay?.clone().without_reservation(),
        EventData::Drawn { winner: None } => stay?.clone().with_drawn(),
        _ => return Some(None),
    };
    Some(Some(Place::Pool(stay)))
}

/// A stay that begins.
pub(crate) fn entered(customer: &Customer, pool: &PoolId, at: Timestamp) -> PoolStay {
    PoolStay::new(pool.clone(), at).with_earlier_entries(earlier_entries(customer, pool))
}

/// When the customer entered this pool before, in the order of time.
fn earlier_entries(customer: &Customer, pool: &PoolId) -> Vec<Timestamp> {
    let mut entries: Vec<Timestamp> =
        customer.former_entries().iter().filter(|entry| entry.pool() == pool).map(PoolEntry::at).collect();
    if let Some(stay) = present_or_last(customer).filter(|stay| stay.pool() == pool) {
        entries.extend(stay.earlier_entries());
        entries.push(stay.since());
    }
    entries.sort_unstable();
    entries
}

/// The stay that says when the customer entered its pool: the present one, else the last.
fn present_or_last(customer: &Customer) -> Option<&PoolStay> {
    customer.stay().or_else(|| customer.last_stay())
}

/// The entries into every pool but this one.
pub(crate) fn entries_elsewhere(customer: &Customer, pool: &PoolId) -> Vec<PoolEntry> {
    let mut entries: Vec<PoolEntry> =
        customer.former_entries().iter().filter(|entry| entry.pool() != pool).cloned().collect();
    if let Some(stay) = present_or_last(customer).filter(|stay| stay.pool() != pool) {
        let all = stay.earlier_entries().iter().copied().chain([stay.since()]);
        entries.extend(all.map(|at| PoolEntry::new(stay.pool().clone(), at)));
    }
    entries.sort_by_key(PoolEntry::at);
    entries
}

/// Whole days of 24 hours between two instants.
fn days(from: Timestamp, to: Timestamp) -> u32 {
    u32::try_from(to.as_micros().saturating_sub(from.as_micros()) / DAY_MICROS).unwrap_or(0)
}

fn counted(data: &EventData, at: Timestamp, before: &Customer, place: Option<&Place>, after: Customer) -> Customer {
    let mut counters = before.counters();
    let count = match data {
        EventData::Claimed(_) => Some(&mut counters.claimed),
        EventData::Reclaimed { .. } => Some(&mut counters.reclaimed),
        EventData::Released { .. } => Some(&mut counters.released),
        _ => None,
    };
    if let Some(count) = count {
        *count = count.saturating_add(1);
    }
    if let Some(stay) = place.and_then(|place| left(before, place)) {
        counters.days_in_pools = counters.days_in_pools.saturating_add(days(stay.since(), at));
    }
    if let (Some(start), Some(stay)) = (undone(data, before), before.last_stay()) {
        // The stay goes on as if it had not been left: its days will be counted when it ends.
        counters.days_in_pools = counters.days_in_pools.saturating_sub(days(stay.since(), start));
    }
    after.with_counters(counters)
}

/// The stay that ends where the customer comes to this place.
fn left<'c>(before: &'c Customer, place: &Place) -> Option<&'c PoolStay> {
    let stay = before.stay()?;
    match place {
        Place::Pool(next) if next.pool() == stay.pool() && next.since() == stay.since() => None,
        _ => Some(stay),
    }
}

fn arrived(data: &EventData, before: &Customer, after: Customer, place: Place) -> Customer {
    let ends = left(before, &place);
    let after = match &place {
        // An undo goes on with the last stay, and a stay that only changes goes on too.
        Place::Pool(_) if undone(data, before).is_some() || before.stay().is_some() && ends.is_none() => after,
        Place::Pool(stay) => after.with_former_entries(entries_elsewhere(before, stay.pool())),
        Place::Owned(_) | Place::Closed(_) | Place::Awaiting => match ends {
            Some(stay) => after.with_last_stay(stay.clone().without_reservation().without_asks()),
            None => after,
        },
    };
    let after = match data.begins().and_then(|begun| begun.folded()) {
        Some(folded) => after.with_folded(folded.clone()),
        None => after,
    };
    after.with_place(place)
}

/// What an event changes beside place, history and counts.
fn changed(data: &EventData, at: Timestamp, before: &Customer) -> Option<Customer> {
    let after = before.clone();
    let protection = || before.protection().cloned().unwrap_or_default();
    Some(match data {
        EventData::ReservationExpired => match before.stay().and_then(PoolStay::reservation) {
            Some(lapsed) => after.with_lapses(before.lapses().iter().cloned().chain([lapsed.lapse()])),
            None => after,
        },
        EventData::ReleaseRequested(request) => after.with_release_request(Some(request.clone())),
        EventData::ReleaseApproved | EventData::ReleaseRefused => after.with_release_request(None),
        EventData::Locked(lock) => after.with_protection(protection().with_lock(*lock)),
        EventData::Unlocked => after.with_protection(unlocked(protection(), at)),
        EventData::ExtensionGranted(extension) => after.with_protection(protection().with_extension(*extension)),
        EventData::Frozen(freeze) => after.with_protection(protection().with_freeze(*freeze)),
        EventData::Unfrozen { kind } => {
            let protection = protection();
            let left = protection.freezes().iter().filter(|freeze| freeze.kind() != *kind).copied().collect();
            after.with_protection(protection.with_freezes(left))
        }
        EventData::HoldPlaced(hold) => {
            let protection = protection();
            let others = protection.holds().iter().filter(|known| known.document() != hold.document()).cloned();
            let holds = others.chain([hold.clone()]).collect();
            after.with_protection(protection.with_holds(holds))
        }
        EventData::HoldLifted { document } => {
            let protection = protection();
            let holds = protection.holds().iter().map(|hold| match hold {
                hold if hold.document() == document && hold.is_live() => {
                    let ended = hold.until().map_or(at, |until| until.min(at));
                    BusinessHold::not_live(hold.kind().clone(), document.clone(), Some(ended))
                }
                other => other.clone(),
            });
            let holds = holds.collect();
            after.with_protection(protection.with_holds(holds))
        }
        EventData::PauseSet { from, to } => {
            let protection = protection();
            let pauses: Vec<_> = protection.pauses().given().iter().copied().chain([(*from, *to)]).collect();
            after.with_protection(protection.with_pauses(pauses))
        }
        EventData::Warned { key } => {
            let keys: Vec<_> = before.warned().iter().filter(|known| *known != key).cloned().collect();
            after.with_warned(keys.into_iter().chain([key.clone()]))
        }
        EventData::NoticeServed(notice) => after.with_notice(notice.clone()),
        EventData::Nominated(nomination) => after.with_nomination(nomination.clone()),
        EventData::ReviewDecided(review) => reviewed(*review, after),
        EventData::ActivityRecorded { folded: Some(folded), .. } => after.with_folded((**folded).clone()),
        EventData::AttributeChanged(fact) => learned(fact, after)?,
        EventData::TierChanged { tier, state, .. } => match (tier, state) {
            (Some(tier), Some(state)) if state.tier() == tier => after.with_tier_state((**state).clone()),
            (_, Some(_)) => return None,
            (Some(tier), None) => after.without_tier_state().with_tier(tier.clone()),
            (None, None) => after.without_tier_state().without_tier(),
        },
        EventData::CollaboratorAdded { rep } => {
            let known = before.collaborators().to_vec();
            after.with_collaborators(known.into_iter().chain([rep.clone()]))
        }
        EventData::CollaboratorRemoved { rep } => {
            let left: Vec<_> = before.collaborators().iter().filter(|known| *known != rep).cloned().collect();
            after.with_collaborators(left)
        }
        // These open a history.
        EventData::Created { .. } | EventData::Imported { .. } => return None,
        // Only the place changes, or nothing but the history.
        EventData::Admitted { .. }
        | EventData::Claimed(_)
        | EventData::Assigned(_)
        | EventData::Transferred(_)
        | EventData::Restored(_)
        | EventData::Released { .. }
        | EventData::Reclaimed { .. }
        | EventData::TakenBack { .. }
        | EventData::ClaimUndone
        | EventData::Departed { .. }
        | EventData::Moved { .. }
        | EventData::Escalated { .. }
        | EventData::Merged { .. }
        | EventData::Closed { .. }
        | EventData::Asked { .. }
        | EventData::Reserved { .. }
        | EventData::ReservationWithdrawn
        | EventData::Drawn { .. }
        | EventData::ActivityRecorded { folded: None, .. } => after,
    })
}

/// Ends the locks that are live: that a lock ended is what a grace counts from.
fn unlocked(protection: Protection, at: Timestamp) -> Protection {
    let locks = protection.locks().iter().filter(|lock| lock.since().is_none_or(|since| since <= at));
    let ended = locks.map(|lock| match lock.until() {
        Some(until) if until <= at => *lock,
        _ => Lock::new(lock.since(), Some(at)),
    });
    let (locks, extensions) = (ended.collect(), protection.extensions().to_vec());
    protection.with_own(locks, extensions)
}

fn reviewed(review: Review, customer: Customer) -> Customer {
    let Some(open) = customer.nomination().cloned() else { return customer };
    match review {
        Review::Approved => customer.with_nomination(open.with_state(ReviewState::Approved)),
        Review::Rejected => customer.with_nomination(open.with_state(ReviewState::Rejected)),
        Review::Deferred(until) => customer.with_nomination(open.with_state(ReviewState::Deferred(until))),
        Review::Withdrawn => customer.without_nomination(),
    }
}

/// `None` where the fact is not about the customer as it is.
fn learned(fact: &ChangedFact, customer: Customer) -> Option<Customer> {
    Some(match fact {
        ChangedFact::Attribute { key, value } => {
            let others = customer.attributes().iter().filter(|(known, _)| *known != key);
            let mut all: Vec<_> = others.map(|(key, value)| (key.clone(), value.clone())).collect();
            all.extend(value.clone().map(|value| (key.clone(), value)));
            customer.with_attributes(all)
        }
        ChangedFact::Personal { key, .. } => {
            let others = customer.attributes().iter().filter(|(known, _)| *known != key);
            let all: Vec<_> = others.map(|(key, value)| (key.clone(), value.clone())).collect();
            customer.with_attributes(all)
        }
        ChangedFact::Tags(tags) => customer.with_tags(tags.iter().cloned()),
        ChangedFact::LastDeal(at) => customer.with_last_deal(*at),
        ChangedFact::LastContractEnd(at) => customer.with_last_contract_end(*at),
        ChangedFact::Profile(profile) => customer.with_profile((**profile).clone()),
        ChangedFact::Scores(scores) => customer.with_scores((**scores).clone()),
        ChangedFact::TierState(state) if customer.tier() == Some(state.tier()) => {
            customer.with_tier_state((**state).clone())
        }
        ChangedFact::TierState(_) => return None,
        ChangedFact::LifeCycle { stage, .. } => {
            let profile = customer.profile().cloned().unwrap_or_default();
            customer.with_profile(profile.with_lifecycle(*stage))
        }
    })
}
