//! Tamper evidence: every event carries the SHA-256 of the one before it.
//!
//! The link of an event is the digest of its canonical JSON, its own link to the one before included. A first event is
//! linked to the digest of whose history it is: of `{"customer":"c1"}`, or `{"rep":"li"}`. So nobody can edit, remove, insert or swap an event without breaking a
//! link after it. That events were cut off at the end shows only against a checkpoint: number and link of an event that
//! the host keeps elsewhere, signed.
//!
//! An old event is verified as it is stored: [`Verifier::next_json`] takes the text, not the event it is read into.

use std::collections::BTreeMap;

use serde_json::Value;

use super::event::Event;
use super::rep::RepEvent;
use crate::digest::Digest;
use crate::id::{CustomerId, RepId};
use crate::wire::getters;

/// What breaks a chain at an event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BrokenLink {
    /// The event does not carry the digest of the one before it: this event or the one before was changed.
    #[error("event {number} is not linked to the event before it as that is now")]
    Link {
        /// The event's number.
        number: u64,
    },
    /// The numbers have a gap.
    #[error("event {expected} is missing: event {found} is in its place")]
    Gap {
        /// The number that comes next.
        expected: u64,
        /// The number found.
        found: u64,
    },
    /// The event is no event.
    #[error("what is stored as event {expected} is no event")]
    Unreadable {
        /// The number that comes next.
        expected: u64,
    },
    /// The history is not the one that the checkpoint was made of, or ends before it.
    #[error("the history does not contain event {number} as the checkpoint has it")]
    Checkpoint {
        /// The checkpoint's number.
        number: u64,
    },
}

/// Follows one history, link by link, and names the first broken one.
///
/// ```
/// use customer_pool::ledger::Verifier;
/// # use customer_pool::ledger::*;
/// # use customer_pool::model::*;
/// # use customer_pool::{at, id};
/// # let policy = customer_pool::Policy::from_json(&std::fs::read_to_string("docs/first-policy.json")?)?;
/// # let customer = Customer::pooled(id!("c1"), id!("east"), at!("2026-03-02T07:00:00Z"));
/// # let origin = Origin::new(Actor::System, id!("k1"), PolicyStamp::of(&policy));
/// # let at = at!("2026-03-02T07:00:00Z");
/// let mut verifier = Verifier::of_customer(&id!("c1"));
/// let data = EventData::Created { customer: customer.into() };
/// let created = Event::new(id!("c1"), 1, at, data, origin).linked(verifier.head());
/// verifier.next(&created)?;
/// assert_eq!((verifier.number(), verifier.head()), (1, created.link()));
/// assert!(verifier.next(&created).is_err()); // it comes once
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Verifier {
    number: u64,
    head: Digest,
}

impl Verifier {
    /// At the beginning of a customer's history.
    #[must_use]
    pub fn of_customer(customer: &CustomerId) -> Self {
        Self::at_start("customer", customer.as_str())
    }

    /// At the beginning of a rep's.
    #[must_use]
    pub fn of_rep(rep: &RepId) -> Self {
        Self::at_start("rep", rep.as_str())
    }

    /// At the start of a history. The kind goes with the id: a customer and a rep may have the same one.
    fn at_start(kind: &str, id: &str) -> Self {
        // An object of two texts: it always has a JSON form.
        let head = Digest::of(&BTreeMap::from([(kind, id)])).unwrap_or_else(|_| Digest::of_bytes(&[]));
        Self { number: 0, head }
    }

    /// After the event with this number and link: a checkpoint.
    #[must_use]
    pub fn after(number: u64, head: Digest) -> Self {
        Self { number, head }
    }

    /// Takes the next event.
    ///
    /// # Errors
    /// [`BrokenLink`] where it is not the next one.
    pub fn next(&mut self, event: &Event) -> Result<(), BrokenLink> {
        self.step(event.number(), event.previous(), event.link())
    }

    /// Takes the next event of a rep.
    ///
    /// # Errors
    /// [`BrokenLink`] where it is not the next one.
    pub fn next_of_rep(&mut self, event: &RepEvent) -> Result<(), BrokenLink> {
        self.step(event.number(), event.previous(), event.link())
    }

    /// Takes the next event, of a customer or a rep, as it is stored.
    ///
    /// # Errors
    /// [`BrokenLink`] where it is no event or not the next one.
    pub fn next_json(&mut self, text: &str) -> Result<(), BrokenLink> {
        let unreadable = || BrokenLink::Unreadable { expected: self.number.saturating_add(1) };
        let value: Value = serde_json::from_str(text).map_err(|_| unreadable())?;
        let number = value.get("number").and_then(Value::as_u64).ok_or_else(unreadable)?;
        let previous = value.get("previous").and_then(Value::as_str).and_then(|text| text.parse().ok());
        let link = Digest::of(&value).map_err(|_| unreadable())?;
        self.step(number, previous, link)
    }

    fn step(&mut self, number: u64, previous: Option<Digest>, link: Digest) -> Result<(), BrokenLink> {
        let expected = self.number.saturating_add(1);
        if number != expected {
            return Err(BrokenLink::Gap { expected, found: number });
        }
        if previous != Some(self.head) {
            return Err(BrokenLink::Link { number });
        }
        (self.number, self.head) = (number, link);
        Ok(())
    }

    getters! {
        /// The number of the last event taken.
        number: u64,
        /// The link to it: with the number, a checkpoint.
        head: Digest,
    }
}

/// Verifies a customer's whole history, against a checkpoint where there is one.
///
/// # Errors
/// [`BrokenLink`] of the first broken link.
pub fn verify<'e>(
    customer: &CustomerId,
    events: impl IntoIterator<Item = &'e Event>,
    checkpoint: Option<(u64, Digest)>,
) -> Result<(u64, Digest), BrokenLink> {
    let mut verifier = Verifier::of_customer(customer);
    let mut seen = checkpoint.is_none_or(|checkpoint| checkpoint == (0, verifier.head()));
    for event in events {
        verifier.next(event)?;
        match checkpoint {
            Some((number, head)) if number == verifier.number() => {
                if head != verifier.head() {
                    return Err(BrokenLink::Checkpoint { number });
                }
                seen = true;
            }
            _ => {}
        }
    }
    match checkpoint {
        Some((number, _)) if !seen => Err(BrokenLink::Checkpoint { number }),
        _ => Ok((verifier.number(), verifier.head())),
    }
}
