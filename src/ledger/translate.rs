//! A move as the events that a history keeps of it.

use super::data::{Begun, EventData, Heir};
use crate::id::Label;
use crate::model::{Activities, Customer, Ownership, Place};
use crate::moves::{Change, Move, MoveEvent};

/// The events of a move: `before` is the customer as it was, where there was one, and `after` as
/// [`Policy::apply_move`](crate::Policy::apply_move) gives it.
///
/// A move of several events — a reservation lapses and the customer is claimed — is told one by one.
#[must_use]
pub fn events_of(moved: &Move, before: Option<&Customer>, after: &Customer) -> Vec<EventData> {
    moved.events.iter().filter_map(|&event| data(event, moved, before, after)).collect()
}

/// The same customer, with the system it is imported from named.
#[must_use]
pub fn from_source(data: EventData, source: Option<Label>) -> EventData {
    match data {
        EventData::Imported { customer, .. } => EventData::Imported { customer, source },
        other => other,
    }
}

/// The ownership that begins, with the folded activities where the move changes them.
fn begun(ownership: &Ownership, before: Option<&Customer>, after: &Customer) -> Begun {
    let begun = Begun::new(ownership.clone());
    match after.activities() {
        Activities::Folded(folded) if before.is_none_or(|before| before.activities() != after.activities()) => {
            begun.with_folded(folded.clone())
        }
        _ => begun,
    }
}

fn data(event: MoveEvent, moved: &Move, before: Option<&Customer>, after: &Customer) -> Option<EventData> {
    let owned = || moved.begun().map(|ownership| begun(ownership, before, after));
    let pool = || match &moved.place {
        Some(Place::Pool(stay)) => Some(stay.pool().clone()),
        _ => None,
    };
    Some(match event {
        MoveEvent::Created => EventData::Created { customer: Box::new(after.clone()) },
        MoveEvent::Imported => EventData::Imported { customer: Box::new(after.clone()), source: None },
        MoveEvent::Admitted => EventData::Admitted {
            place: Box::new(moved.place.clone()?),
            customer: before.is_none().then(|| Box::new(after.clone())),
        },
        MoveEvent::Claimed => EventData::Claimed(owned()?),
        MoveEvent::Assigned => EventData::Assigned(owned()?),
        MoveEvent::Transferred => EventData::Transferred(owned()?),
        MoveEvent::Restored => EventData::Restored(owned()?),
        MoveEvent::Released => EventData::Released { pool: pool()? },
        MoveEvent::Reclaimed => EventData::Reclaimed { pool: pool()? },
        MoveEvent::TakenBack => EventData::TakenBack { pool: pool()? },
        MoveEvent::ClaimUndone => EventData::ClaimUndone,
        MoveEvent::Departed => EventData::Departed {
            to: match owned() {
                Some(begun) => Heir::Owner(begun),
                None => Heir::Pool(pool()?),
            },
        },
        MoveEvent::Moved => EventData::Moved { pool: pool()? },
        MoveEvent::Escalated => EventData::Escalated { pool: pool()? },
        MoveEvent::Merged => EventData::Merged { into: moved.merged_into.clone() },
        MoveEvent::Closed => match moved.place {
            Some(Place::Closed(cause)) => EventData::Closed { cause },
            _ => return None,
        },
        MoveEvent::Asked | MoveEvent::Reserved => return asked(event, moved),
        MoveEvent::ReservationExpired => EventData::ReservationExpired,
        MoveEvent::ReservationWithdrawn => EventData::ReservationWithdrawn,
        MoveEvent::Drawn => EventData::Drawn { winner: moved.begun().map(|begun| begun.owner().clone()) },
        MoveEvent::ReleaseApproved => EventData::ReleaseApproved,
        MoveEvent::ReleaseRefused => EventData::ReleaseRefused,
        _ => return moved.changes.iter().find_map(|change| protected(event, change)),
    })
}

fn asked(event: MoveEvent, moved: &Move) -> Option<EventData> {
    let Some(Place::Pool(stay)) = &moved.place else { return None };
    if event == MoveEvent::Asked {
        return stay.asks().last().map(|ask| EventData::Asked { rep: ask.rep().clone() });
    }
    stay.reservation().map(|reservation| EventData::Reserved {
        rep: reservation.rep().clone(),
        until: reservation.until(),
        span: reservation.span(),
    })
}

/// A change beside the place, if it is this event's.
fn protected(event: MoveEvent, change: &Change) -> Option<EventData> {
    Some(match (event, change) {
        (MoveEvent::ReleaseRequested, Change::RequestOpened(request)) => EventData::ReleaseRequested(request.clone()),
        (MoveEvent::Locked, Change::Locked(lock)) => EventData::Locked(*lock),
        (MoveEvent::Unlocked, Change::Unlocked) => EventData::Unlocked,
        (MoveEvent::ExtensionGranted, Change::Extended(extension)) => EventData::ExtensionGranted(*extension),
        (MoveEvent::Frozen, Change::Frozen(freeze)) => EventData::Frozen(*freeze),
        (MoveEvent::Unfrozen, Change::Unfrozen(kind)) => EventData::Unfrozen { kind: *kind },
        (MoveEvent::HoldPlaced, Change::HoldPlaced(hold)) => EventData::HoldPlaced(hold.clone()),
        (MoveEvent::HoldLifted, Change::HoldLifted(document)) => EventData::HoldLifted { document: document.clone() },
        (MoveEvent::PauseSet, Change::Paused(from, to)) => EventData::PauseSet { from: *from, to: *to },
        _ => return None,
    })
}
