//! A command about a customer, and what is known.

use serde::{Deserialize, Serialize};

use super::intent::Intent;
use crate::claim::{Acquisition, Bypass, ClaimCase, ClaimStep, ReadCustomer, Terms, holds};
use crate::id::{Label, PoolId};
use crate::model::{Customer, Ledger, Rep};
use crate::wire::getters;

/// What an exception lets pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExceptionKind {
    /// A freeze.
    Freeze,
    /// A live business hold.
    Hold,
    /// A due instant that lies ahead: a reclaim before its time.
    DueAhead,
}

/// A named exception to what refuses a command, with its reason. The event records those that were used.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    #[serde(rename = "despite")]
    kind: ExceptionKind,
    reason: Label,
}

impl Exception {
    /// An exception of this kind, for this reason.
    #[must_use]
    pub fn new(kind: ExceptionKind, reason: Label) -> Self {
        Self { kind, reason }
    }

    getters! {
        /// What it lets pass.
        kind: ExceptionKind,
        /// Why.
        reason: &Label,
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
    read: ReadCustomer<'a>,
    terms: Terms<'a>,
    intent: Intent<&'a Rep>,
    owner: Option<&'a Rep>,
    reason: Option<&'a Label>,
    noted: bool,
    exceptions: &'a [Exception],
}

holds!(MoveCase: read, terms);

impl<'a> MoveCase<'a> {
    /// This command about this customer; nothing else is known or said yet. For a creation or an import, the customer is
    /// the facts that the command gives.
    #[must_use]
    pub const fn new(customer: &'a Customer, intent: Intent<&'a Rep>) -> Self {
        let (read, terms) = (ReadCustomer::new(customer), Terms::new());
        Self { read, terms, intent, owner: None, reason: None, noted: false, exceptions: &[] }
    }

    /// With what is known of the owner: routing rules, conditions of departures and approvals, and lock caps read it.
    #[must_use]
    pub const fn with_owner(mut self, owner: &'a Rep) -> Self {
        self.owner = Some(owner);
        self
    }

    /// For this reason.
    #[must_use]
    pub const fn with_reason(mut self, reason: &'a Label) -> Self {
        self.reason = Some(reason);
        self
    }

    /// With a note. The host keeps its text; no decision reads it.
    #[must_use]
    pub const fn with_note(mut self) -> Self {
        self.noted = true;
        self
    }

    /// With these named exceptions.
    #[must_use]
    pub const fn with_exceptions(mut self, exceptions: &'a [Exception]) -> Self {
        self.exceptions = exceptions;
        self
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

    /// The named exceptions.
    #[must_use]
    pub const fn exceptions(&self) -> &'a [Exception] {
        self.exceptions
    }

    /// Whether this rep may gain the customer by this way in.
    pub(super) const fn claim(&self, rep: &'a Rep, acquisition: Acquisition, step: ClaimStep) -> ClaimCase<'a> {
        let case = ClaimCase::on_terms(self.read, rep, self.terms).with_acquisition(acquisition).with_step(step);
        if matches!(self.intent, Intent::Pull { .. }) { case.with_pull() } else { case }
    }
}
