//! A move as the events that a history keeps of it.

use crate::events::{Begun, EventData, EventKind, Heir};
use crate::id::Label;
use crate::model::{Activities, Customer, Ownership, Place};
use crate::moves::{Change, Move};

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

fn data(event: EventKind, moved: &Move, before: Option<&Customer>, after: &Customer) -> Option<EventData> {
    let owned = || moved.begun().map(|ownership| begun(ownership, before, after));
    let pool = || match &moved.place {
        Some(Place::Pool(stay)) => Some(stay.pool().clone()),
        _ => None,
    };
    Some(match event {
        EventKind::Created => EventData::Created { customer: Box::new(after.clone()) },
        EventKind::Imported => EventData::Imported { customer: Box::new(after.clone()), source: None },
        EventKind::Admitted => EventData::Admitted {
            place: Box::new(moved.place.clone()?),
            customer: before.is_none().then(|| Box::new(after.clone())),
        },
        EventKind::Claimed => EventData::Claimed(owned()?),
        EventKind::Assigned => EventData::Assigned(owned()?),
        EventKind::Transferred => EventData::Transferred(owned()?),
        EventKind::Restored => EventData::Restored(owned()?),
        EventKind::Released => EventData::Released { pool: pool()? },
        EventKind::Reclaimed => EventData::Reclaimed { pool: pool()? },
        EventKind::TakenBack => EventData::TakenBack { pool: pool()? },
        EventKind::ClaimUndone => EventData::ClaimUndone,
        EventKind::Departed => EventData::Departed {
            to: match owned() {
                Some(begun) => Heir::Owner(begun),
                None => Heir::Pool(pool()?),
            },
        },
        EventKind::Moved => EventData::Moved { pool: pool()? },
        EventKind::Escalated => EventData::Escalated { pool: pool()? },
        EventKind::Merged => EventData::Merged { into: moved.merged_into.clone() },
        EventKind::Closed => match moved.place {
            Some(Place::Closed(cause)) => EventData::Closed { cause },
            _ => return None,
        },
        EventKind::Asked | EventKind::Reserved => return asked(event, moved),
        EventKind::ReservationExpired => EventData::ReservationExpired,
        EventKind::ReservationWithdrawn => EventData::ReservationWithdrawn,
        EventKind::Drawn => EventData::Drawn { winner: moved.begun().map(|begun| begun.owner().clone()) },
        EventKind::ReleaseApproved => EventData::ReleaseApproved,
        EventKind::ReleaseRefused => EventData::ReleaseRefused,
        _ => return moved.changes.iter().find_map(|change| protected(event, change)),
    })
}

fn asked(event: EventKind, moved: &Move) -> Option<EventData> {
    let Some(Place::Pool(stay)) = &moved.place else { return None };
    if event == EventKind::Asked {
        return stay.asks().last().map(|ask| EventData::Asked { rep: ask.rep().clone() });
    }
    stay.reservation()
        .map(|reservation| EventData::Reserved { rep: reservation.rep().clone(), until: reservation.until() })
}

/// A change beside the place, if it is this event's.
fn protected(event: EventKind, change: &Change) -> Option<EventData> {
    Some(match (event, change) {
        (EventKind::ReleaseRequested, Change::RequestOpened(request)) => EventData::ReleaseRequested(request.clone()),
        (EventKind::Locked, Change::Locked(lock)) => EventData::Locked(*lock),
        (EventKind::Unlocked, Change::Unlocked) => EventData::Unlocked,
        (EventKind::ExtensionGranted, Change::Extended(extension)) => EventData::ExtensionGranted(*extension),
        (EventKind::Frozen, Change::Frozen(freeze)) => EventData::Frozen(*freeze),
        (EventKind::Unfrozen, Change::Unfrozen(kind)) => EventData::Unfrozen { kind: *kind },
        (EventKind::HoldPlaced, Change::HoldPlaced(hold)) => EventData::HoldPlaced(hold.clone()),
        (EventKind::HoldLifted, Change::HoldLifted(document)) => EventData::HoldLifted { document: document.clone() },
        (EventKind::PauseSet, Change::Paused(from, to)) => EventData::PauseSet { from: *from, to: *to },
        _ => return None,
    })
}
