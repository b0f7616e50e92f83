//! What a command comes to: the move it would make, or why it makes none.

use super::case::Exception;
use super::refusal::Refusal;
use crate::decision::{Class, Denial, Preconditions, ReasonCode};
use crate::events::{EventData, EventKind, IllegalEvent, Misfit, PlaceKind, ended, evolve, is_same, placed};
use crate::id::{CustomerId, Label, RepId};
use crate::model::{Cause, Customer, LedgerEntry, Ownership, PastOwnership, Place};
use crate::time::Timestamp;
use crate::wire::getters;

/// A planned move: the events that a command would append to a customer's history.
///
/// [`Policy::apply_move`](crate::Policy::apply_move) gives the customer afterwards. What else a move comes to follows
/// from the events and the customer that it was decided about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    pub(crate) customer: CustomerId,
    /// The ownership that it was decided on: whose, and since when.
    pub(crate) owned: Option<(RepId, Option<Timestamp>)>,
    pub(crate) at: Timestamp,
    pub(crate) events: Vec<EventData>,
    pub(crate) reason: Option<Label>,
    pub(crate) bypassed: Vec<Denial>,
    pub(crate) exceptions: Vec<Exception>,
}

fn owned(customer: &Customer) -> Option<(RepId, Option<Timestamp>)> {
    customer.ownership().map(|owned| (owned.owner().clone(), owned.start()))
}

impl Move {
    /// One event at this instant.
    pub(crate) fn bare(customer: &Customer, at: Timestamp, event: EventData) -> Self {
        Self {
            customer: customer.id().clone(),
            owned: owned(customer),
            at,
            events: vec![event],
            reason: None,
            bypassed: Vec::new(),
            exceptions: Vec::new(),
        }
    }

    getters! {
        /// Of which customer.
        customer: &CustomerId,
        /// When: `now`; where the facts name a later instant within the clock skew at which an ownership began or ended,
        /// that one, so that no two ownerships overlap.
        at: Timestamp,
        /// The events, in their order.
        events: &[EventData],
    }

    /// Their kinds.
    #[must_use]
    pub fn kinds(&self) -> Vec<EventKind> {
        self.events.iter().map(EventData::kind).collect()
    }

    getters! {
        /// Why.
        reason: Option<&Label>,
        /// Denials of claims that a bypass removed.
        bypassed: &[Denial],
        /// The named exceptions that were needed.
        exceptions: &[Exception],
    }

    /// The ownership that begins.
    #[must_use]
    pub fn begun(&self) -> Option<&Ownership> {
        self.events.iter().find_map(EventData::begun)
    }

    /// The ownership of this customer that ends, with its cause.
    #[must_use]
    pub fn ended(&self, customer: &Customer) -> Option<PastOwnership> {
        self.last(customer, ended)
    }

    /// Where this customer is afterwards: the new ownership, or the stay in a pool, as it then is. `None` where its place
    /// does not change.
    #[must_use]
    pub fn place(&self, customer: &Customer) -> Option<Place> {
        self.last(customer, |event, at, before| placed(event, at, before).flatten())
    }

    /// When the ownership of this customer began that is undone: the ledgers mark its entry as undone.
    #[must_use]
    pub fn undone(&self, customer: &Customer) -> Option<Timestamp> {
        self.ended(customer).filter(|ended| ended.cause() == Cause::Undone).map(|ended| ended.from())
    }

    /// What the ledgers of the new owner, of their units and of everybody enter where an ownership of this customer
    /// begins. The facts about the customer then are for the host to add where a quota reads them.
    #[must_use]
    pub fn entry(&self, customer: &Customer) -> Option<LedgerEntry> {
        let begun = self.begun()?;
        let entry = LedgerEntry::new(begun.start()?, begun.way_in(), self.customer.clone())
            .with_units(begun.units().iter().cloned());
        Some(match customer.last_pool() {
            Some(pool) => entry.with_pool(pool.clone()),
            None => entry,
        })
    }

    /// The customer afterwards.
    pub(crate) fn apply(&self, customer: &Customer) -> Result<Customer, IllegalEvent> {
        let ends = self.events.iter().find(|event| event.ends().is_some());
        if let Some(event) = ends.filter(|_| customer.ownership().is_some() && owned(customer) != self.owned) {
            return Err(IllegalEvent { state: PlaceKind::Owned, event: event.kind(), misfit: Misfit::Condition });
        }
        self.events.iter().try_fold(customer.clone(), |before, event| self.step(event, &before))
    }

    fn step(&self, event: &EventData, before: &Customer) -> Result<Customer, IllegalEvent> {
        let opens = matches!(event, EventData::Created { .. } | EventData::Imported { .. });
        let before = Some(before).filter(|before| !(opens && matches!(before.place(), Place::Awaiting)));
        evolve(event, self.at, &self.customer, before)
    }

    /// What the last of the events comes to that comes to anything, each asked of the customer before it.
    fn last<T>(&self, customer: &Customer, ask: impl Fn(&EventData, Timestamp, &Customer) -> Option<T>) -> Option<T> {
        let (mut found, mut before) = (None, customer.clone());
        for event in &self.events {
            found = ask(event, self.at, &before).or(found);
            before = self.step(event, &before).ok()?;
        }
        found
    }

    /// Whether two moves come to the same, whenever they are made. What a bypass removed does not count.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let mut events = self.events.iter().zip(&other.events);
        self.customer == other.customer
            && self.events.len() == other.events.len()
            && events.all(|(one, two)| is_same((one, self.at), (two, other.at)))
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
    pub(crate) open_rule: Option<Label>,
    pub(crate) retry_at: Option<Timestamp>,
    pub(crate) next_change: Option<Timestamp>,
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

    getters! {
        /// Every refusal, in the order of the list.
        refusals: &[Refusal],
        /// Capacities that are full and only warn.
        warnings: &[Denial],
    }

    /// What kind of "no" it is: the first [`Class`] of all refusals, or that of what is not known. `None` where it is no
    /// "no".
    #[must_use]
    pub fn class(&self) -> Option<Class> {
        match self.verdict {
            MoveVerdict::Refused => self.refusals.iter().map(Refusal::class).min(),
            MoveVerdict::Undetermined(code) => Some(code.class_of_undetermined()),
            MoveVerdict::Moves | MoveVerdict::AlreadyDone => None,
        }
    }

    getters! {
        /// The rule that could not be told, where the answer is undetermined for a rule with a name.
        open_rule: Option<&Label>,
        /// Where time alone lifts what stands in the way: the first instant at which the command is neither refused nor
        /// undetermined if nothing else happens. Before it, from the instant of the question on, it is.
        retry_at: Option<Timestamp>,
        /// The first instant at which the answer is another; `None` when it never is.
        next_change: Option<Timestamp>,
        /// The versions under which the answer holds.
        const preconditions: &Preconditions,
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
