//! What was decided about a customer and is still open: a notice that was served, a nomination under review.

use serde::{Deserialize, Serialize};

use crate::id::{CustomerId, TriggerId};
use crate::time::Timestamp;
use crate::wire::getters;

/// Names one round of protection: whose, of which ownership, under which trigger, until when.
///
/// Whatever moves the due instant — a renewal, an extension, a grace, a later pause — begins another cycle, and what was
/// said in the one before is void.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cycle {
    customer: CustomerId,
    ownership: u32,
    trigger: TriggerId,
    due: Timestamp,
}

impl Cycle {
    /// The cycle of the `ownership`-th ownership of a customer that ends at `due` by this trigger.
    /// [`Policy::cycle`](crate::Policy::cycle) gives that of a decision.
    #[must_use]
    pub fn new(customer: CustomerId, ownership: u32, trigger: TriggerId, due: Timestamp) -> Self {
        Self { customer, ownership, trigger, due }
    }

    getters! {
        /// Whose.
        customer: &CustomerId,
        /// Which ownership of the customer, counted from 1.
        ownership: u32,
        /// The deciding trigger.
        trigger: &TriggerId,
        /// The due instant.
        due: Timestamp,
    }
}

/// A notice (告知) that was served on the owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    cycle: Cycle,
    at: Timestamp,
}

impl Notice {
    /// Served at `at`, for this cycle.
    #[must_use]
    pub fn new(cycle: Cycle, at: Timestamp) -> Self {
        Self { cycle, at }
    }

    getters! {
        /// For which cycle.
        cycle: &Cycle,
        /// When.
        at: Timestamp,
    }
}

/// How far the review (复核) of a nomination has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewState {
    /// It waits for a supervisor.
    Nominated,
    /// The supervisor approved: if its conditions still hold, the customer is reclaimed.
    Approved,
    /// The supervisor rejected: the owner keeps the customer until the cycle changes.
    Rejected,
    /// The supervisor deferred (暂缓) it until this instant.
    Deferred(Timestamp),
}

/// A customer nominated for review.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nomination {
    cycle: Cycle,
    at: Timestamp,
    state: ReviewState,
}

impl Nomination {
    /// Nominated at `at`, for this cycle.
    #[must_use]
    pub fn new(cycle: Cycle, at: Timestamp) -> Self {
        Self { cycle, at, state: ReviewState::Nominated }
    }

    /// With this state of its review.
    #[must_use]
    pub fn with_state(mut self, state: ReviewState) -> Self {
        self.state = state;
        self
    }

    getters! {
        /// For which cycle.
        cycle: &Cycle,
        /// When.
        at: Timestamp,
        /// How far its review has come.
        state: ReviewState,
    }
}
