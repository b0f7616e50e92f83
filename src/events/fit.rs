//! Which event fits where: structure only. Reclaiming a locked customer fits; refusing it is a decision's work.

use core::fmt;

use super::data::EventData;
use super::kind::EventKind;
use crate::model::{Cause, Customer, Ownership, PastOwnership, Place, Protection, ReviewState, WayIn};
use crate::time::Timestamp;
use crate::wire::{getters, names};

names! {
    /// Where a customer is, as far as that says which events fit.
    PlaceKind {
        /// There is no such customer yet.
        Nothing = "nothing",
        /// It awaits admission.
        Awaiting = "awaiting",
        /// It is in a pool.
        Pool = "pool",
        /// It has an owner.
        Owned = "owned",
        /// It is closed.
        Closed = "closed",
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

/// The newest ownership that was not undone.
pub(crate) fn newest(customer: &Customer) -> Option<&PastOwnership> {
    customer.past().iter().filter(|past| past.cause() != Cause::Undone).max_by_key(|past| (past.to(), past.from()))
}

fn is_locked(protection: &Protection, start: Option<Timestamp>, at: Timestamp) -> bool {
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
    pub fn of(customer: &Customer, at: Timestamp) -> Self {
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
    pub(crate) const fn ever_fits(place: PlaceKind, event: EventKind) -> bool {
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
    pub const fn fits(&self, event: EventKind) -> bool {
        use EventKind as E;
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
            E::Warned | E::NoticeServed | E::Nominated | E::ReviewDecided => owned,
            E::CollaboratorAdded | E::CollaboratorRemoved => owned,
            E::Merged | E::Closed | E::HoldPlaced | E::Frozen | E::PauseSet => open,
            // What the customer does, and what it is.
            E::ActivityRecorded | E::AttributeChanged | E::TierChanged => open,
            E::HoldLifted => open && self.held,
            E::Unfrozen => open && self.frozen,
        }
    }
}

/// What is wrong with an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Misfit {
    /// It is another customer's event.
    OtherCustomer,
    /// Its number is not the next one.
    Gap {
        /// The next number.
        expected: u64,
        /// Its number.
        found: u64,
    },
    /// It does not fit where the customer is: see the table of [legal moves](crate::ledger#legal-moves).
    Place,
    /// It fits there, but something it needs is not so: nobody claimed, locked, asked, nominated.
    Condition,
    /// The reason it names for the end of an ownership is not its own.
    Cause,
}

/// An event that does not fit a customer's state: state, event, and what is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub struct IllegalEvent {
    pub(crate) state: PlaceKind,
    pub(crate) event: EventKind,
    pub(crate) misfit: Misfit,
}

impl IllegalEvent {
    getters! {
        /// Where the customer was.
        state: PlaceKind,
        /// The event.
        event: EventKind,
        /// What is wrong.
        misfit: Misfit,
    }
}

impl fmt::Display for IllegalEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (event, state) = (self.event, self.state.as_str());
        match self.misfit {
            Misfit::OtherCustomer => write!(f, "`{event}` is another customer's event"),
            Misfit::Gap { expected, found } => write!(f, "`{event}` has number {found} where {expected} comes next"),
            Misfit::Place => write!(f, "`{event}` does not fit a customer that is `{state}`"),
            Misfit::Condition => write!(f, "`{event}` fits a customer that is `{state}`, but not as this one is"),
            Misfit::Cause => write!(f, "`{event}` names another cause for the end of an ownership than its own"),
        }
    }
}

/// Whether events of a kind ever fit a customer there.
#[must_use]
pub fn fits_place(kind: EventKind, place: PlaceKind) -> bool {
    State::ever_fits(place, kind)
}

/// Beside its place, what an event of a kind needs of the customer; for the documented table of legal moves.
#[must_use]
pub const fn needs(kind: EventKind) -> Option<&'static str> {
    Some(match kind {
        EventKind::Moved | EventKind::Escalated => "to another pool",
        EventKind::Reserved => "not reserved",
        EventKind::ReservationExpired | EventKind::ReservationWithdrawn => "reserved",
        EventKind::Drawn => "asked for",
        EventKind::Restored => "the newest ownership ended by a reclaim; to that rep",
        EventKind::Transferred => "to another owner",
        EventKind::ClaimUndone => "the ownership begun by a claim",
        EventKind::Unlocked => "locked",
        EventKind::ReleaseRequested => "no request open",
        EventKind::ReleaseApproved | EventKind::ReleaseRefused => "a request open",
        EventKind::Nominated => "no nomination of the same cycle open",
        EventKind::ReviewDecided => "a nomination open",
        EventKind::HoldLifted => "the hold placed",
        EventKind::Unfrozen => "frozen so",
        EventKind::CollaboratorAdded => "not a collaborator",
        EventKind::CollaboratorRemoved => "a collaborator",
        _ => return None,
    })
}

/// Whether what an event says fits the customer, where its kind does.
pub(super) fn holds(data: &EventData, customer: &Customer) -> bool {
    let protection = customer.protection();
    let (stay, owner) = (customer.stay(), customer.ownership().map(Ownership::owner));
    match data {
        EventData::Moved { pool } | EventData::Escalated { pool } => stay.is_some_and(|stay| stay.pool() != pool),
        EventData::Transferred(begun) => owner != Some(begun.ownership().owner()),
        EventData::Restored(begun) => newest(customer).is_some_and(|past| past.owner() == begun.ownership().owner()),
        EventData::HoldLifted { document } => protection.is_some_and(|protection| {
            protection.holds().iter().any(|hold| hold.document() == document && hold.is_live())
        }),
        EventData::Unfrozen { kind } => {
            protection.is_some_and(|protection| protection.freezes().iter().any(|freeze| freeze.kind() == *kind))
        }
        EventData::Nominated(new) => customer
            .nomination()
            .is_none_or(|open| open.state() == ReviewState::Rejected || open.cycle() != new.cycle()),
        EventData::ReviewDecided(_) => customer.nomination().is_some_and(|open| open.state() != ReviewState::Rejected),
        EventData::CollaboratorAdded { rep } => !customer.collaborators().contains(rep) && owner != Some(rep),
        EventData::CollaboratorRemoved { rep } => customer.collaborators().contains(rep),
        _ => true,
    }
}

/// The table of legal moves as Markdown: one line for each kind of event.
#[must_use]
pub fn legal_moves_table() -> String {
    let mut table =
        String::from("| event | nothing | awaiting | pool | owned | closed | where |\n|---|---|---|---|---|---|---|\n");
    for &kind in EventKind::ALL {
        table.push_str(&format!("| `{kind}` |"));
        for place in PlaceKind::ALL {
            table.push_str(if fits_place(kind, *place) { " fits |" } else { " |" });
        }
        table.push_str(&format!(" {} |\n", needs(kind).unwrap_or_default()));
    }
    table
}
