//! What is known when a plan is made, and what more must be read.

use std::collections::BTreeMap;

use crate::id::{CustomerId, RepId};
use crate::ledger::{Versioned, VersionedRep};
use crate::model::{Customer, Ledger, LedgerScope, Rep};
use crate::policy::Policy;
use crate::time::Timestamp;

/// Something that a plan must know and does not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum MissingFact {
    /// A customer, or that there is none.
    Customer(CustomerId),
    /// A rep, or that there is none.
    Rep(RepId),
    /// A ledger, with its entries from this instant on; without an instant only its present state.
    Ledger(LedgerScope, Option<Timestamp>),
    /// Every customer that a rep owns: what the rep holds is computed from them.
    Book(RepId),
}

/// What is known: as it was read, and after every command that was planned on it.
///
/// Give what [`MissingFact`]s ask for; what is not there must be given as not there.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub(super) customers: BTreeMap<CustomerId, Option<Versioned>>,
    pub(super) reps: BTreeMap<RepId, Option<VersionedRep>>,
    pub(super) ledgers: BTreeMap<LedgerScope, (Option<Timestamp>, Ledger)>,
    pub(super) books: BTreeMap<RepId, BTreeMap<CustomerId, Customer>>,
}

impl Facts {
    /// Nothing is known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Knows this customer, or that there is none under this id.
    #[must_use]
    pub fn with_customer(mut self, id: CustomerId, customer: Option<Versioned>) -> Self {
        self.learn_customer(id, customer);
        self
    }

    /// Knows this rep, or that there is none under this id.
    #[must_use]
    pub fn with_rep(mut self, id: RepId, rep: Option<VersionedRep>) -> Self {
        self.learn_rep(id, rep);
        self
    }

    /// Knows this ledger from an instant on: the one that the need named.
    #[must_use]
    pub fn with_ledger(mut self, ledger: Ledger, since: Option<Timestamp>) -> Self {
        self.learn_ledger(ledger, since);
        self
    }

    /// Knows every customer that a rep owns.
    #[must_use]
    pub fn with_book(mut self, rep: RepId, customers: impl IntoIterator<Item = Customer>) -> Self {
        self.learn_book(rep, customers);
        self
    }

    /// Learns of a customer.
    pub fn learn_customer(&mut self, id: CustomerId, customer: Option<Versioned>) {
        self.customers.insert(id, customer);
    }

    /// Learns of a rep.
    pub fn learn_rep(&mut self, id: RepId, rep: Option<VersionedRep>) {
        self.reps.insert(id, rep);
    }

    /// Learns of a ledger.
    pub fn learn_ledger(&mut self, ledger: Ledger, since: Option<Timestamp>) {
        self.ledgers.insert(ledger.scope().clone(), (since, ledger));
    }

    /// Learns of what a rep owns.
    pub fn learn_book(&mut self, rep: RepId, customers: impl IntoIterator<Item = Customer>) {
        let book = customers.into_iter().map(|customer| (customer.id().clone(), customer)).collect();
        self.books.insert(rep, book);
    }

    /// A customer that is known to be there.
    #[must_use]
    pub fn customer(&self, id: &CustomerId) -> Option<&Versioned> {
        self.customers.get(id).and_then(Option::as_ref)
    }

    /// A rep who is known to be there.
    #[must_use]
    pub fn rep(&self, id: &RepId) -> Option<&Rep> {
        self.reps.get(id).and_then(Option::as_ref).map(VersionedRep::rep)
    }

    /// The ledger, reaching as far back as is needed, with what the rep holds under this policy; or what else is needed.
    pub(super) fn ledger(
        &self,
        policy: &Policy,
        scope: &LedgerScope,
        since: Option<Timestamp>,
    ) -> Result<Ledger, MissingFact> {
        let reaches = |known: &Option<Timestamp>| match (known, since) {
            (_, None) => true,
            (Some(known), Some(since)) => *known <= since,
            (None, Some(_)) => false,
        };
        let known = self.ledgers.get(scope).filter(|(known, _)| reaches(known));
        let (_, ledger) = known.ok_or_else(|| MissingFact::Ledger(scope.clone(), since))?;
        let LedgerScope::Rep(rep) = scope else { return Ok(ledger.clone()) };
        if !ledger.holdings().is_empty() || policy.holdings([]).is_empty() {
            return Ok(ledger.clone());
        }
        let book = self.books.get(rep).ok_or_else(|| MissingFact::Book(rep.clone()))?;
        Ok(ledger.clone().with_holdings(policy.holdings(book.values())))
    }

    /// The books after a customer has changed.
    pub(super) fn file(&mut self, customer: &Customer) {
        for (rep, book) in &mut self.books {
            if customer.ownership().is_some_and(|ownership| ownership.owner() == rep) {
                book.insert(customer.id().clone(), customer.clone());
            } else {
                book.remove(customer.id());
            }
        }
    }
}
