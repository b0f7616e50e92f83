//! The customer after an event.

use serde::{Deserialize, Serialize};

use super::chain::link;
use super::event::Event;
use crate::digest::Digest;
use crate::events::{
    Begun, EventData, EventKind, Fact, Heir, IllegalEvent, Misfit, PlaceKind, Review, State, fits_place, holds,
};
use crate::id::{CustomerId, PoolId};
use crate::model::{
    Ask, Cause, ClosedCause, Customer, Ownership, PastOwnership, Place, PoolStay, Reservation, ReviewState,
};
use crate::moves::{Change, Move, apply_with, earlier_entries};

/// A customer as its events leave it: the facts, the number of the last event, and the link to it where the history is
/// chained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Versioned {
    customer: Customer,
    version: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    link: Option<Digest>,
}

impl Versioned {
    /// A customer as a store keeps it: after its `version`-th event.
    #[must_use]
    pub fn new(customer: Customer, version: u64, link: Option<Digest>) -> Self {
        Self { customer, version, link }
    }

    /// The customer.
    #[must_use]
    pub fn customer(&self) -> &Customer {
        &self.customer
    }

    /// The number of its last event.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The link to its last event, where the history is chained.
    #[must_use]
    pub fn link(&self) -> Option<Digest> {
        self.link
    }

    /// The customer, alone.
    #[must_use]
    pub fn into_customer(self) -> Customer {
        self.customer
    }
}

/// The customer after one event; before its first there is nothing.
///
/// # Errors
/// [`IllegalEvent`] where the event does not fit the state.
pub fn evolve(state: Option<&Versioned>, event: &Event) -> Result<Versioned, IllegalEvent> {
    let place = state.map_or(PlaceKind::Nothing, |state| State::of(&state.customer, event.at()).place());
    let illegal = |misfit| IllegalEvent { state: place, event: event.kind(), misfit };
    let expected = state.map_or(0, Versioned::version).saturating_add(1);
    if event.number() != expected {
        return Err(illegal(Misfit::Gap { expected, found: event.number() }));
    }
    if state.is_some_and(|state| state.customer.id() != event.customer()) {
        return Err(illegal(Misfit::OtherCustomer));
    }
    if !fits_place(event.kind(), place) {
        return Err(illegal(Misfit::Place));
    }
    let customer = match state {
        None => opened(event).ok_or_else(|| illegal(Misfit::OtherCustomer))?,
        Some(state) => {
            if !holds(event.data(), &state.customer, event.at()) {
                return Err(illegal(Misfit::Condition));
            }
            if event.cause() != event.data().ends().filter(|_| place == PlaceKind::Owned) {
                return Err(illegal(Misfit::Cause));
            }
            after(event, &state.customer).ok_or_else(|| illegal(Misfit::Condition))?
        }
    };
    let link = event.previous().map(|_| link(event));
    Ok(Versioned { customer, version: event.number(), link })
}

/// The customer after all its events; `None` where there are none.
///
/// # Errors
/// [`IllegalEvent`] of the first event that does not fit.
pub fn fold<'e>(events: impl IntoIterator<Item = &'e Event>) -> Result<Option<Versioned>, IllegalEvent> {
    events.into_iter().try_fold(None, |state: Option<Versioned>, event| evolve(state.as_ref(), event).map(Some))
}

/// The customer that its first event gives.
fn opened(event: &Event) -> Option<Customer> {
    let customer = match event.data() {
        EventData::Created { customer } | EventData::Imported { customer, .. } => (**customer).clone(),
        EventData::Admitted { place, customer } => {
            let bare = || Customer::new(event.customer().clone(), Place::Awaiting);
            customer.as_deref().cloned().unwrap_or_else(bare).with_place((**place).clone())
        }
        _ => return None,
    };
    (customer.id() == event.customer()).then_some(customer)
}

fn after(event: &Event, customer: &Customer) -> Option<Customer> {
    if let Some(moved) = moved(event, customer) {
        let begun = folded(event.data());
        let fold = |after: Customer, _: &Ownership| match begun.and_then(Begun::folded) {
            Some(folded) => after.with_folded(folded.clone()),
            None => after,
        };
        return apply_with(&fold, &moved, customer).ok();
    }
    let after = customer.clone();
    Some(match event.data() {
        EventData::Warned { key } => {
            let keys: Vec<_> = customer.warned().iter().filter(|known| *known != key).cloned().collect();
            after.with_warned(keys.into_iter().chain([key.clone()]))
        }
        EventData::NoticeServed(notice) => after.with_notice(notice.clone()),
        EventData::Nominated(nomination) => after.with_nomination(nomination.clone()),
        EventData::ReviewDecided(review) => reviewed(*review, after),
        EventData::ActivityRecorded { folded: Some(folded), .. } => after.with_folded((**folded).clone()),
        EventData::ActivityRecorded { folded: None, .. } => after,
        EventData::AttributeChanged(fact) => changed(fact, after)?,
        EventData::TierChanged { tier, state, .. } => match (tier, state) {
            (Some(tier), Some(state)) if state.tier() == tier => after.with_tier_state((**state).clone()),
            (_, Some(_)) => return None,
            (Some(tier), None) => after.without_tier_state().with_tier(tier.clone()),
            (None, None) => after.without_tier_state().without_tier(),
        },
        EventData::CollaboratorAdded { rep } => {
            let known = customer.collaborators().to_vec();
            after.with_collaborators(known.into_iter().chain([rep.clone()]))
        }
        EventData::CollaboratorRemoved { rep } => {
            let left: Vec<_> = customer.collaborators().iter().filter(|known| *known != rep).cloned().collect();
            after.with_collaborators(left)
        }
        _ => return None,
    })
}

fn folded(data: &EventData) -> Option<&Begun> {
    match data {
        EventData::Claimed(begun)
        | EventData::Assigned(begun)
        | EventData::Transferred(begun)
        | EventData::Restored(begun)
        | EventData::Departed { to: Heir::Owner(begun) } => Some(begun),
        _ => None,
    }
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

/// None where the fact is not about the customer as it is.
fn changed(fact: &Fact, customer: Customer) -> Option<Customer> {
    Some(match fact {
        Fact::Attribute { key, value } => {
            let others = customer.attributes().iter().filter(|(known, _)| *known != key);
            let mut all: Vec<_> = others.map(|(key, value)| (key.clone(), value.clone())).collect();
            all.extend(value.clone().map(|value| (key.clone(), value)));
            customer.with_attributes(all)
        }
        Fact::Personal { key, .. } => {
            let others = customer.attributes().iter().filter(|(known, _)| *known != key);
            let all: Vec<_> = others.map(|(key, value)| (key.clone(), value.clone())).collect();
            customer.with_attributes(all)
        }
        Fact::Tags(tags) => customer.with_tags(tags.iter().cloned()),
        Fact::LastDeal(at) => customer.with_last_deal(*at),
        Fact::LastContractEnd(at) => customer.with_last_contract_end(*at),
        Fact::Profile(profile) => customer.with_profile((**profile).clone()),
        Fact::Scores(scores) => customer.with_scores((**scores).clone()),
        Fact::TierState(state) if customer.tier() == Some(state.tier()) => customer.with_tier_state((**state).clone()),
        Fact::TierState(_) => return None,
        Fact::LifeCycle { stage, .. } => {
            let profile = customer.profile().cloned().unwrap_or_default();
            customer.with_profile(profile.with_lifecycle(*stage))
        }
    })
}

/// The one move that an event is, with everything that follows from the customer.
fn moved(event: &Event, customer: &Customer) -> Option<Move> {
    let mut moved =
        Move::bare(customer, event.at(), Some(event.kind()).filter(|kind| EventKind::MOVES.contains(kind))?);
    if let Some(cause) = event.data().ends() {
        moved.ended = ended(customer, event, cause);
    }
    moved.place = placed(event, customer)?;
    moved.changes.extend(change(event.data(), customer));
    if let EventData::Merged { into } = event.data() {
        moved.merged_into.clone_from(into);
    }
    Some(moved)
}

fn ended(customer: &Customer, event: &Event, cause: Cause) -> Option<PastOwnership> {
    let ownership = customer.ownership()?;
    let past = PastOwnership::new(ownership.owner().clone(), ownership.start()?, event.at(), ownership.way_in(), cause);
    Some(past.with_units(ownership.units().iter().cloned()))
}

/// The place that an event gives, if it changes that; the outer `None` where the customer is not as the event needs it.
fn placed(event: &Event, customer: &Customer) -> Option<Option<Place>> {
    let stay = customer.stay();
    let own = |begun: &Begun| Some(Some(Place::Owned(begun.ownership().clone())));
    let in_pool = |stay: PoolStay| Some(Some(Place::Pool(Box::new(stay))));
    match event.data() {
        EventData::Claimed(begun)
        | EventData::Assigned(begun)
        | EventData::Transferred(begun)
        | EventData::Restored(begun)
        | EventData::Departed { to: Heir::Owner(begun) } => own(begun),
        EventData::Admitted { place, .. } => Some(Some((**place).clone())),
        EventData::Released { pool }
        | EventData::Reclaimed { pool }
        | EventData::TakenBack { pool }
        | EventData::Departed { to: Heir::Pool(pool) } => {
            let owner = customer.ownership()?.owner().clone();
            in_pool(entered(customer, pool, event).with_last_owner(owner, event.data().ends()?))
        }
        EventData::Moved { pool } | EventData::Escalated { pool } => {
            let next = entered(customer, pool, event);
            in_pool(match stay.and_then(|old| old.last_owner().zip(old.cause())) {
                Some((owner, cause)) => next.with_last_owner(owner.clone(), cause),
                None => next,
            })
        }
        EventData::ClaimUndone => in_pool(customer.last_stay()?.clone().without_reservation().without_asks()),
        EventData::Merged { .. } => Some(Some(Place::Closed(ClosedCause::Merged))),
        EventData::Closed { cause } => Some(Some(Place::Closed(*cause))),
        EventData::Asked { rep } => {
            let stay = stay?;
            let asks = stay.asks().iter().cloned().chain([Ask::new(rep.clone(), event.at())]);
            in_pool(stay.clone().with_asks(asks))
        }
        EventData::Reserved { rep, until } => {
            in_pool(stay?.clone().with_reservation(Reservation::new(rep.clone(), event.at(), *until)))
        }
        EventData::ReservationExpired | EventData::ReservationWithdrawn => in_pool(stay?.clone().without_reservation()),
        EventData::Drawn { winner: None } => in_pool(stay?.clone().with_drawn()),
        _ => Some(None),
    }
}

/// A stay that begins.
fn entered(customer: &Customer, pool: &PoolId, event: &Event) -> PoolStay {
    PoolStay::new(pool.clone(), event.at()).with_earlier_entries(earlier_entries(customer, pool))
}

fn change(data: &EventData, customer: &Customer) -> Option<Change> {
    Some(match data {
        EventData::ReservationExpired => {
            let lapsed = customer.stay()?.reservation()?;
            Change::Lapsed(Ask::new(lapsed.rep().clone(), lapsed.until()))
        }
        EventData::ReleaseRequested(request) => Change::RequestOpened(request.clone()),
        EventData::ReleaseApproved | EventData::ReleaseRefused => Change::RequestClosed,
        EventData::HoldPlaced(hold) => Change::HoldPlaced(hold.clone()),
        EventData::HoldLifted { document } => Change::HoldLifted(document.clone()),
        EventData::Locked(lock) => Change::Locked(*lock),
        EventData::Unlocked => Change::Unlocked,
        EventData::Frozen(freeze) => Change::Frozen(*freeze),
        EventData::Unfrozen { kind } => Change::Unfrozen(*kind),
        EventData::ExtensionGranted(extension) => Change::Extended(*extension),
        EventData::PauseSet { from, to } => Change::Paused(*from, *to),
        _ => return None,
    })
}

/// What events of this customer's say about whose they are.
pub(super) fn genesis(customer: &CustomerId) -> Digest {
    Digest::of_bytes(customer.as_str().as_bytes())
}
