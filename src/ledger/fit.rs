//! Which event fits where: structure only. Reclaiming a locked customer fits; refusing it is a decision's work.

use core::fmt;

use super::data::EventData;
use super::event::Event;
use super::kind::EventKind;
use crate::model::{Customer, ReviewState};
use crate::moves::{PlaceKind, State};
use crate::time::Instant;

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
    /// It does not fit where the customer is: see the table of [legal moves](super#legal-moves).
    Place,
    /// It fits there, but something it needs is not so: nobody claimed, locked, asked, nominated.
    Condition,
    /// The reason it names for the end of an ownership is not its own.
    Cause,
}

/// An event that does not fit a customer's state: state, event, and what is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub struct IllegalEvent {
    pub(super) state: PlaceKind,
    pub(super) event: EventKind,
    pub(super) misfit: Misfit,
}

impl IllegalEvent {
    /// Where the customer was.
    #[must_use]
    pub const fn state(&self) -> PlaceKind {
        self.state
    }

    /// The event.
    #[must_use]
    pub const fn event(&self) -> EventKind {
        self.event
    }

    /// What is wrong.
    #[must_use]
    pub const fn misfit(&self) -> Misfit {
        self.misfit
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
    if let Some(moved) = kind.as_move() {
        return State::ever_fits(place, moved);
    }
    let owned = place == PlaceKind::Owned;
    match kind {
        EventKind::Warned
        | EventKind::NoticeServed
        | EventKind::Nominated
        | EventKind::ReviewDecided
        | EventKind::CollaboratorAdded
        | EventKind::CollaboratorRemoved => owned,
        // What the customer does, and what it is.
        _ => owned || matches!(place, PlaceKind::Pool | PlaceKind::Awaiting),
    }
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

/// Whether what an event needs beside the place is so.
pub(super) fn holds(event: &Event, customer: &Customer, at: Instant) -> bool {
    let state = State::of(customer, at);
    if event.kind().as_move().is_some_and(|event| !state.fits(event)) {
        return false;
    }
    let protection = customer.protection();
    let (stay, owner) = (customer.stay(), customer.ownership().map(crate::model::Ownership::owner));
    match event.data() {
        EventData::Moved { pool } | EventData::Escalated { pool } => stay.is_some_and(|stay| stay.pool() != pool),
        EventData::Transferred(begun) => owner != Some(begun.ownership().owner()),
        EventData::Restored(begun) => {
            crate::moves::newest(customer).is_some_and(|past| past.owner() == begun.ownership().owner())
        }
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
