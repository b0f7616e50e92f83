//! A command about a customer, and what is known.

use serde::{Deserialize, Serialize};

use super::intent::Intent;
use crate::claim::Bypass;
use crate::id::{Label, PoolId};
use crate::model::{Customer, Ledger, Rep};

/// What an exception allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Despite {
    /// A freeze.
    Freeze,
    /// A live business hold.
    Hold,
    /// A due instant that lies ahead: a reclaim before its time. No command of this room asks for it.
    DueAhead,
}

/// A named exception to what refuses a command, with its reason. The event records those that were used.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    despite: Despite,
    reason: Label,
}

impl Exception {
    /// This exception, for this reason.
    #[must_use]
    pub fn new(despite: Despite, reason: Label) -> Self {
        Self { despite, reason }
    }

    /// What it allows.
    #[must_use]
    pub fn despite(&self) -> Despite {
        self.despite
    }

    /// Why.
    #[must_use]
    pub fn reason(&self) -> &Label {
        &self.reason
    }
}

/// A command about one customer, and the facts it is decided by.
///
/// ```
/// use customer_pool::model::Customer;
/// use customer_pool::moves::{Intent, MoveCase};
/// use customer_pool::{at, id};
/// let customer = Customer::owned(id!("c1"), id!("li"), at!("2026-03-02T07:00:00Z"));
/// let reason = id!("wrong_region");
/// let case = MoveCase::new(&customer, Intent::Release { by: id!("li") }).with_reason(&reason);
/// assert_eq!(case.reason().unwrap(), "wrong_region");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct MoveCase<'a> {
    customer: &'a Customer,
    customer_version: Option<u64>,
    intent: Intent<&'a Rep>,
    owner: Option<&'a Rep>,
    ledgers: &'a [Ledger],
    askers: &'a [(Rep, Vec<Ledger>)],
    pool: Option<&'a PoolId>,
    reason: Option<&'a Label>,
    noted: bool,
    bypasses: &'a [Bypass],
    exceptions: &'a [Exception],
}

impl<'a> MoveCase<'a> {
    /// This command about this customer; nothing else is known or said yet. Where it is created or imported, the customer
    /// is the facts of which the command tells.
    #[must_use]
    pub const fn new(customer: &'a Customer, intent: Intent<&'a Rep>) -> Self {
        Self {
            customer,
            customer_version: None,
            intent,
            owner: None,
            ledgers: &[],
            askers: &[],
            pool: None,
            reason: None,
            noted: false,
            bypasses: &[],
            exceptions: &[],
        }
    }

    /// With the version of the customer that was read.
    #[must_use]
    pub const fn with_customer_version(mut self, version: u64) -> Self {
        self.customer_version = Some(version);
        self
    }

    /// With what is known of the owner: routing rules, conditions of departures and approvals, and lock caps read it.
    #[must_use]
    pub const fn with_owner(mut self, owner: &'a Rep) -> Self {
        self.owner = Some(owner);
        self
    }

    /// With the ledgers of whoever gains or undoes a claim of the customer, or locks it.
    #[must_use]
    pub const fn with_ledgers(mut self, ledgers: &'a [Ledger]) -> Self {
        self.ledgers = ledgers;
        self
    }

    /// With the reps who asked for the customer in its lottery, and their ledgers.
    #[must_use]
    pub const fn with_askers(mut self, askers: &'a [(Rep, Vec<Ledger>)]) -> Self {
        self.askers = askers;
        self
    }

    /// Naming this pool: out of which a customer is claimed or assigned, or into which it is released or taken back.
    #[must_use]
    pub const fn with_pool(mut self, pool: &'a PoolId) -> Self {
        self.pool = Some(pool);
        self
    }

    /// For this reason.
    #[must_use]
    pub const fn with_reason(mut self, reason: &'a Label) -> Self {
        self.reason = Some(reason);
        self
    }

    /// With a note. Its text lies with the host: nothing reads it.
    #[must_use]
    pub const fn with_note(mut self) -> Self {
        self.noted = true;
        self
    }

    /// With these denials of claims removed.
    #[must_use]
    pub const fn with_bypasses(mut self, bypasses: &'a [Bypass]) -> Self {
        self.bypasses = bypasses;
        self
    }

    /// With these named exceptions.
    #[must_use]
    pub const fn with_exceptions(mut self, exceptions: &'a [Exception]) -> Self {
        self.exceptions = exceptions;
        self
    }

    /// The customer.
    #[must_use]
    pub const fn customer(&self) -> &'a Customer {
        self.customer
    }

    /// The version of the customer that was read.
    #[must_use]
    pub const fn customer_version(&self) -> Option<u64> {
        self.customer_version
    }

    /// What is wanted.
    #[must_use]
    pub const fn intent(&self) -> &Intent<&'a Rep> {
        &self.intent
    }

    /// The owner.
    #[must_use]
    pub const fn owner(&self) -> Option<&'a Rep> {
        self.owner
    }

    /// The ledgers.
    #[must_use]
    pub const fn ledgers(&self) -> &'a [Ledger] {
        self.ledgers
    }

    /// The askers of a lottery, and their ledgers.
    #[must_use]
    pub const fn askers(&self) -> &'a [(Rep, Vec<Ledger>)] {
        self.askers
    }

    /// The pool that the command names.
    #[must_use]
    pub const fn pool(&self) -> Option<&'a PoolId> {
        self.pool
    }

    /// The reason.
    #[must_use]
    pub const fn reason(&self) -> Option<&'a Label> {
        self.reason
    }

    /// Whether a note goes with it.
    #[must_use]
    pub const fn is_noted(&self) -> bool {
        self.noted
    }

    /// What a manager lets pass of claims.
    #[must_use]
    pub const fn bypasses(&self) -> &'a [Bypass] {
        self.bypasses
    }

    /// The named exceptions.
    #[must_use]
    pub const fn exceptions(&self) -> &'a [Exception] {
        self.exceptions
    }
}
