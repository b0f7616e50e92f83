//! Which event fits where: structure only. Reclaiming a locked customer fits; refusing it is a decision's work.

use super::outcome::MoveEvent;
use crate::model::{Cause, Customer, FreezeKind, PastOwnership, Place, Protection, WayIn};
use crate::time::Instant;

/// Where a customer is, as far as that says which events fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PlaceKind {
    /// There is no such customer yet.
    Nothing,
    /// It awaits admission.
    Awaiting,
    /// It lies in a pool.
    Pool,
    /// Somebody owns it.
    Owned,
    /// It is closed.
    Closed,
}

impl PlaceKind {
    /// Every kind, in the order of declaration.
    pub const ALL: &'static [Self] = &[Self::Nothing, Self::Awaiting, Self::Pool, Self::Owned, Self::Closed];

    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Awaiting => "awaiting",
            Self::Pool => "pool",
            Self::Owned => "owned",
            Self::Closed => "closed",
        }
    }
}

/// Everything that says which events fit a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    place: PlaceKind,
    reserved: bool,
    asked: bool,
    restorable: bool,
    claimed: bool,
    locked: bool,
    requested: bool,
    held: bool,
    frozen: bool,
}

/// An event that does not fit the customer's state: the move was decided on other facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{event}` does not fit a customer in this state")]
pub struct IllegalMove {
    pub(crate) event: MoveEvent,
}

impl IllegalMove {
    /// The event.
    #[must_use]
    pub const fn event(&self) -> MoveEvent {
        self.event
    }
}

/// The newest ownership that was not undone.
pub(crate) fn newest(customer: &Customer) -> Option<&PastOwnership> {
    customer.past().iter().filter(|past| past.cause() != Cause::Undone).max_by_key(|past| (past.to(), past.from()))
}

fn is_locked(protection: &Protection, start: Option<Instant>, at: Instant) -> bool {
    protection.locks().iter().any(|lock| {
        let own = lock.since().zip(start).is_none_or(|(since, start)| since >= start);
        own && lock.until().is_none_or(|until| at < until)
    })
}

impl State {
    /// Before anything happened.
    pub const NOTHING: Self = Self::all(PlaceKind::Nothing, false);

    /// The state of a customer at an instant.
    #[must_use]
    pub fn of(customer: &Customer, at: Instant) -> Self {
        let place = match customer.place() {
            Place::Owned(_) => PlaceKind::Owned,
            Place::Pool(_) => PlaceKind::Pool,
            Place::Awaiting => PlaceKind::Awaiting,
            Place::Closed(_) => PlaceKind::Closed,
        };
        let (ownership, stay) = (customer.ownership(), customer.stay());
        let protection = customer.protection();
        let held = protection.is_some_and(|p| p.holds().iter().any(|hold| hold.is_live()));
        Self {
            place,
            reserved: stay.is_some_and(|stay| stay.reservation().is_some()),
            asked: stay.is_some_and(|stay| !stay.asks().is_empty() && !stay.is_drawn()),
            restorable: newest(customer).is_some_and(|past| past.cause() == Cause::Reclaimed),
            claimed: ownership.is_some_and(|ownership| ownership.way_in() == WayIn::Claim),
            locked: ownership.is_some_and(|own| protection.is_some_and(|p| is_locked(p, own.start(), at))),
            requested: customer.release_request().is_some(),
            held,
            frozen: protection.is_some_and(|p| !p.freezes().is_empty()),
        }
    }

    /// Where the customer is.
    #[must_use]
    pub const fn place(&self) -> PlaceKind {
        self.place
    }

    /// Whether an event ever fits there: whatever it asks beside the place is one of the two ends of all that can be so.
    pub(crate) const fn ever_fits(place: PlaceKind, event: MoveEvent) -> bool {
        Self::all(place, false).fits(event) || Self::all(place, true).fits(event)
    }

    const fn all(place: PlaceKind, so: bool) -> Self {
        Self {
            place,
            reserved: so,
            asked: so,
            restorable: so,
            claimed: so,
            locked: so,
            requested: so,
            held: so,
            frozen: so,
        }
    }

    /// Whether an event fits.
    #[must_use]
    pub const fn fits(&self, event: MoveEvent) -> bool {
        use MoveEvent as E;
        let (pool, owned) = (matches!(self.place, PlaceKind::Pool), matches!(self.place, PlaceKind::Owned));
        let open = pool || owned || matches!(self.place, PlaceKind::Awaiting);
        match event {
            E::Created | E::Imported => matches!(self.place, PlaceKind::Nothing),
            E::Admitted => matches!(self.place, PlaceKind::Nothing | PlaceKind::Awaiting),
            E::Claimed | E::Assigned | E::Moved | E::Escalated | E::Asked => pool,
            E::Reserved => pool && !self.reserved,
            E::ReservationExpired | E::ReservationWithdrawn => pool && self.reserved,
            E::Drawn => pool && self.asked,
            E::Restored => pool && self.restorable,
            E::Transferred | E::Released | E::Reclaimed | E::TakenBack | E::Departed => owned,
            E::Locked | E::ExtensionGranted => owned,
            E::ClaimUndone => owned && self.claimed,
            E::Unlocked => owned && self.locked,
            E::ReleaseRequested => owned && !self.requested,
            E::ReleaseApproved | E::ReleaseRefused => owned && self.requested,
            E::Merged | E::Closed | E::HoldPlaced | E::Frozen | E::PauseSet => open,
            E::HoldLifted => open && self.held,
            E::Unfrozen => open && self.frozen,
        }
    }

    /// The state after an event that changes what fits next within one move.
    pub(super) const fn after(mut self, event: MoveEvent) -> Self {
        match event {
            MoveEvent::ReservationExpired | MoveEvent::ReservationWithdrawn => self.reserved = false,
            MoveEvent::Drawn => self.asked = false,
            MoveEvent::ReleaseApproved => self.requested = false,
            _ => {}
        }
        self
    }
}

/// The freeze that counts of those live at an instant: the first kind in order, of one kind the one that thaws last.
pub(super) fn live_freeze(
    customer: &Customer,
    at: Instant,
    but: Option<FreezeKind>,
) -> Option<(FreezeKind, Option<Instant>)> {
    let freezes = customer.protection().map_or(&[][..], |protection| protection.freezes());
    let live = freezes.iter().filter(|freeze| freeze.until().is_none_or(|until| at < until));
    let counted = live.filter(|freeze| but != Some(freeze.kind()));
    counted.map(|freeze| (freeze.kind(), freeze.until())).reduce(|first, next| match first.0.cmp(&next.0) {
        core::cmp::Ordering::Less => first,
        core::cmp::Ordering::Greater => next,
        core::cmp::Ordering::Equal => (first.0, first.1.zip(next.1).map(|(a, b)| a.max(b))),
    })
}
