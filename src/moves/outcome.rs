//! What a command comes to: the move it would make, or why it makes none.

use super::command::Exception;
use super::refusal::Refusal;
use crate::decision::{Denial, Preconditions, ReasonCode};
use crate::events::EventKind;
use crate::id::{CustomerId, DocumentId, Label, PoolId};
use crate::model::{
    Ask, BusinessHold, Cause, Customer, Extension, Freeze, FreezeKind, LedgerEntry, Lock, Ownership, PastOwnership,
    Place, ReleaseRequest, WarningKey,
};
use crate::time::Instant;

/// An event that does not fit the customer's state: the move was decided on other facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{event}` does not fit a customer in this state")]
pub struct IllegalMove {
    pub(crate) event: EventKind,
}

impl IllegalMove {
    /// The event.
    #[must_use]
    pub const fn event(&self) -> EventKind {
        self.event
    }
}

/// What dies with an ownership.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dying {
    pub(crate) locks: Vec<Lock>,
    pub(crate) extensions: Vec<Extension>,
    pub(crate) warned: Vec<WarningKey>,
    pub(crate) release_request: Option<ReleaseRequest>,
}

impl Dying {
    /// The locks.
    #[must_use]
    pub fn locks(&self) -> &[Lock] {
        &self.locks
    }

    /// The extensions.
    #[must_use]
    pub fn extensions(&self) -> &[Extension] {
        &self.extensions
    }

    /// The keys of the warnings that were sent.
    #[must_use]
    pub fn warned(&self) -> &[WarningKey] {
        &self.warned
    }

    /// The open request to release the customer.
    #[must_use]
    pub fn release_request(&self) -> Option<&ReleaseRequest> {
        self.release_request.as_ref()
    }

    /// Whether nothing does.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A change to a customer's facts beside its place.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// A reservation lapsed: whose, and when.
    Lapsed(Ask),
    /// The owner asks to release it.
    RequestOpened(ReleaseRequest),
    /// The request is decided.
    RequestClosed,
    /// A lock begins.
    Locked(Lock),
    /// The live locks end.
    Unlocked,
    /// An extension is granted.
    Extended(Extension),
    /// A freeze begins.
    Frozen(Freeze),
    /// The freezes of this kind end.
    Unfrozen(FreezeKind),
    /// A document holds the customer.
    HoldPlaced(BusinessHold),
    /// A document holds it no longer.
    HoldLifted(DocumentId),
    /// The clock is paused on this interval.
    Paused(Instant, Instant),
}

/// What would be: everything that a command changes about one customer.
///
/// [`Policy::apply_move`](crate::Policy::apply_move) gives the customer afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    pub(crate) customer: CustomerId,
    pub(crate) at: Instant,
    pub(crate) events: Vec<EventKind>,
    pub(crate) from_pool: Option<PoolId>,
    pub(crate) place: Option<Place>,
    pub(crate) ended: Option<PastOwnership>,
    pub(crate) dies: Dying,
    pub(crate) changes: Vec<Change>,
    pub(crate) reason: Option<Label>,
    pub(crate) merged_into: Option<CustomerId>,
    pub(crate) bypassed: Vec<Denial>,
    pub(crate) exceptions: Vec<Exception>,
}

impl Move {
    /// One event at this instant, of which nothing else is known yet.
    pub(crate) fn bare(customer: &Customer, at: Instant, event: EventKind) -> Self {
        Self {
            customer: customer.id().clone(),
            at,
            events: vec![event],
            from_pool: customer.last_pool().cloned(),
            place: None,
            ended: None,
            dies: Dying::default(),
            changes: Vec::new(),
            reason: None,
            merged_into: None,
            bypassed: Vec::new(),
            exceptions: Vec::new(),
        }
    }

    /// Of which customer.
    #[must_use]
    pub fn customer(&self) -> &CustomerId {
        &self.customer
    }

    /// When: `now`; where the facts name a later instant within the clock skew at which an ownership began or ended,
    /// that one, so that no two ownerships overlap.
    #[must_use]
    pub fn at(&self) -> Instant {
        self.at
    }

    /// The events, in their order.
    #[must_use]
    pub fn events(&self) -> &[EventKind] {
        &self.events
    }

    /// Where the customer is afterwards: the new ownership, or the stay in a pool, as it then is. `None` where its place
    /// does not change.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }

    /// The ownership that begins.
    #[must_use]
    pub fn begun(&self) -> Option<&Ownership> {
        match &self.place {
            Some(Place::Owned(ownership)) => Some(ownership),
            _ => None,
        }
    }

    /// The ownership that ends, with its cause.
    #[must_use]
    pub fn ended(&self) -> Option<&PastOwnership> {
        self.ended.as_ref()
    }

    /// What dies with it.
    #[must_use]
    pub fn dies(&self) -> &Dying {
        &self.dies
    }

    /// What changes beside the place.
    #[must_use]
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Why.
    #[must_use]
    pub fn reason(&self) -> Option<&Label> {
        self.reason.as_ref()
    }

    /// The customer into which this one is merged.
    #[must_use]
    pub fn merged_into(&self) -> Option<&CustomerId> {
        self.merged_into.as_ref()
    }

    /// Denials of claims that a bypass removed.
    #[must_use]
    pub fn bypassed(&self) -> &[Denial] {
        &self.bypassed
    }

    /// The named exceptions that were needed.
    #[must_use]
    pub fn exceptions(&self) -> &[Exception] {
        &self.exceptions
    }

    /// What the ledgers of the new owner, of his units and of everybody enter where an ownership begins. The facts about
    /// the customer then are for the host to add where a quota reads them.
    #[must_use]
    pub fn entry(&self) -> Option<LedgerEntry> {
        let begun = self.begun()?;
        let entry = LedgerEntry::new(begun.start()?, begun.way_in(), self.customer.clone())
            .with_units(begun.units().iter().cloned());
        Some(match &self.from_pool {
            Some(pool) => entry.with_pool(pool.clone()),
            None => entry,
        })
    }

    /// When the ownership began that is undone: the ledgers mark its entry as undone.
    #[must_use]
    pub fn undone(&self) -> Option<Instant> {
        self.ended.as_ref().filter(|ended| ended.cause() == Cause::Undone).map(PastOwnership::from)
    }

    /// Whether two moves come to the same, whenever they are made. What a bypass removed does not count.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let place = |of: &Self| match &of.place {
            None => (0, None, None, None, false),
            Some(Place::Awaiting) => (1, None, None, None, false),
            Some(Place::Closed(cause)) => (2, None, None, Some(cause.as_str()), false),
            Some(Place::Pool(stay)) => (3, Some(stay.pool().clone()), None, None, stay.since() == of.at),
            Some(Place::Owned(owned)) => {
                let restarts = owned.clock_start() == owned.start();
                (4, None, Some(owned.owner().clone()), Some(owned.way_in().as_str()), restarts)
            }
        };
        let cause = |of: &Self| of.ended.as_ref().map(PastOwnership::cause);
        self.customer == other.customer
            && self.events == other.events
            && place(self) == place(other)
            && cause(self) == cause(other)
            && self.dies == other.dies
            && self.reason == other.reason
            && self.exceptions == other.exceptions
    }
}

/// The answer to a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MoveVerdict {
    /// It makes the planned move.
    Moves,
    /// What it wants is so already: success, no event.
    AlreadyDone,
    /// It is refused, for every one of the refusals.
    Refused,
    /// No refusal is certain, and the facts do not tell whether there is one; the code says why.
    Undetermined(ReasonCode),
}

/// The answer to a command, and until when it stands.
///
/// For every instant in `[now, next_change)` verdict, refusals with their numbers, warnings and what the move comes to
/// are the same; at `next_change` they are not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MoveDecision {
    pub(crate) verdict: MoveVerdict,
    pub(crate) planned: Option<Box<Move>>,
    pub(crate) refusals: Vec<Refusal>,
    pub(crate) warnings: Vec<Denial>,
    pub(crate) next_change: Option<Instant>,
    pub(crate) preconditions: Preconditions,
}

impl MoveDecision {
    /// The answer.
    #[must_use]
    pub const fn verdict(&self) -> MoveVerdict {
        self.verdict
    }

    /// The move, where there is one.
    #[must_use]
    pub fn planned(&self) -> Option<&Move> {
        self.planned.as_deref()
    }

    /// Every refusal, in the order of the list.
    #[must_use]
    pub fn refusals(&self) -> &[Refusal] {
        &self.refusals
    }

    /// Capacities that are full and only warn.
    #[must_use]
    pub fn warnings(&self) -> &[Denial] {
        &self.warnings
    }

    /// The first instant at which the answer is another; `None` when it never is.
    #[must_use]
    pub const fn next_change(&self) -> Option<Instant> {
        self.next_change
    }

    /// The versions under which the answer holds.
    #[must_use]
    pub const fn preconditions(&self) -> &Preconditions {
        &self.preconditions
    }

    /// Whether two answers are the same in the sense of [`next_change`](Self::next_change).
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let moves = match (&self.planned, &other.planned) {
            (Some(one), Some(two)) => one.is_same(two),
            (None, None) => true,
            _ => false,
        };
        moves && self.verdict == other.verdict && self.refusals == other.refusals && self.warnings == other.warnings
    }
}
