//! What a rep holds now, as ledgers say it: weights under capacity rules, open reservations, locks.

use serde::{Deserialize, Serialize};

use crate::id::{CustomerId, Label, PoolId};
use crate::time::Timestamp;
use crate::wire::getters;

/// How much a rep holds under one capacity rule: [`Policy::holdings`](crate::Policy::holdings) computes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holding {
    pub(super) rule: Label,
    pub(super) used: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) excused: Vec<Excused>,
}

/// A weight that does not count while a business hold is live: from `until` on it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Excused {
    until: Timestamp,
    weight: u32,
}

impl Excused {
    /// This weight counts from `until` on.
    #[must_use]
    pub const fn new(until: Timestamp, weight: u32) -> Self {
        Self { until, weight }
    }

    getters! {
        /// When the hold lapses.
        until: Timestamp,
        /// What the customer then weighs.
        weight: u32,
    }
}

impl Holding {
    /// So much weight under this capacity rule, whatever the hour.
    #[must_use]
    pub fn new(rule: Label, used: u64) -> Self {
        Self { rule, used, excused: Vec::new() }
    }

    /// With weights that count only from an instant on.
    #[must_use]
    pub fn with_excused(mut self, excused: impl IntoIterator<Item = Excused>) -> Self {
        self.excused = excused.into_iter().collect();
        self
    }

    getters! {
        /// The capacity rule.
        rule: &Label,
        /// The weight that counts at every instant.
        used: u64,
        /// The weights that count from an instant on.
        excused: &[Excused],
    }
}

/// An open reservation of a rep, of whichever customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenReservation {
    customer: CustomerId,
    pool: PoolId,
    until: Timestamp,
}

impl OpenReservation {
    /// A reservation of `customer` in `pool` before `until`.
    #[must_use]
    pub fn new(customer: CustomerId, pool: PoolId, until: Timestamp) -> Self {
        Self { customer, pool, until }
    }

    getters! {
        /// Of which customer.
        customer: &CustomerId,
        /// In which pool.
        pool: &PoolId,
        /// When it lapses.
        until: Timestamp,
    }
}

/// A customer that the rep has locked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedCustomer {
    customer: CustomerId,
    since: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
}

impl LockedCustomer {
    /// A lock of `customer` from `since` on, open-ended without `until`.
    #[must_use]
    pub fn new(customer: CustomerId, since: Timestamp, until: Option<Timestamp>) -> Self {
        Self { customer, since, until }
    }

    getters! {
        /// Which customer.
        customer: &CustomerId,
        /// Since when.
        since: Timestamp,
        /// The instant at which it ends.
        until: Option<Timestamp>,
    }
}
