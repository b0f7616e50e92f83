//! The customer after an event.

use serde::{Deserialize, Serialize};

use super::event::Event;
use crate::digest::Digest;
use crate::events::{self, IllegalEvent, Misfit, PlaceKind, State};
use crate::model::Customer;
use crate::wire::getters;

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

    getters! {
        /// The customer.
        customer: &Customer,
        /// The number of its last event.
        version: u64,
        /// The link to its last event, where the history is chained.
        link: Option<Digest>,
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
    let before = state.map(Versioned::customer);
    let place = before.map_or(PlaceKind::Nothing, |before| State::of(before, event.at()).place());
    let illegal = |misfit| IllegalEvent { state: place, event: event.kind(), misfit };
    let expected = state.map_or(0, Versioned::version).saturating_add(1);
    if event.number() != expected {
        return Err(illegal(Misfit::Gap { expected, found: event.number() }));
    }
    let customer = events::evolve(event.data(), event.at(), event.customer(), before)?;
    if before.is_some() && event.cause() != event.data().ends().filter(|_| place == PlaceKind::Owned) {
        return Err(illegal(Misfit::Cause));
    }
    let link = event.previous().map(|_| event.link());
    Ok(Versioned { customer, version: event.number(), link })
}

/// The customer after all its events; `None` where there are none.
///
/// # Errors
/// [`IllegalEvent`] of the first event that does not fit.
pub fn fold<'e>(events: impl IntoIterator<Item = &'e Event>) -> Result<Option<Versioned>, IllegalEvent> {
    events.into_iter().try_fold(None, |state: Option<Versioned>, event| evolve(state.as_ref(), event).map(Some))
}
