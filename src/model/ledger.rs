//! Ledgers: what a rep, a unit, or everybody took and holds, as far as claims count it.

use serde::{Deserialize, Serialize};

use super::entry::{Counting, Counts, LedgerEntry, LedgerScope, depth_of};
use super::holding::{Excused, Holding, LockedCustomer, OpenReservation};
use crate::id::{CustomerId, Label};
use crate::time::Timestamp;
use crate::wire::getters;

/// The view of a ledger that claims read: events, not counters, and since when they are complete.
///
/// [`Policy::ledgers_read`](crate::Policy::ledgers_read) says which ledgers a question reads, and how far back.
/// Entries may be given in any order; they are kept by instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Wire", into = "Wire")]
pub struct Ledger {
    scope: LedgerScope,
    version: u64,
    known_from: Option<Timestamp>,
    entries: Vec<LedgerEntry>,
    holdings: Vec<Holding>,
    reservations: Vec<OpenReservation>,
    locks: Vec<LockedCustomer>,
    /// The instants of the entries, apart, so that a question about a few of many reads little memory.
    instants: Vec<Timestamp>,
    /// What quotas may count of each entry.
    counting: Vec<Counting>,
    contradictory: bool,
}

impl Ledger {
    /// A ledger without entries, complete, at version 0.
    #[must_use]
    pub fn new(scope: LedgerScope) -> Self {
        Self {
            scope,
            version: 0,
            known_from: None,
            entries: Vec::new(),
            holdings: Vec::new(),
            reservations: Vec::new(),
            locks: Vec::new(),
            instants: Vec::new(),
            counting: Vec::new(),
            contradictory: false,
        }
    }

    /// At this version of the host's; a decision names the versions it read.
    #[must_use]
    pub fn with_version(mut self, version: u64) -> Self {
        self.version = version;
        self
    }

    /// Complete only since this instant; without it, complete.
    #[must_use]
    pub fn with_known_from(mut self, at: Timestamp) -> Self {
        self.known_from = Some(at);
        self
    }

    /// With these ownerships that began.
    #[must_use]
    pub fn with_entries(mut self, entries: impl IntoIterator<Item = LedgerEntry>) -> Self {
        self.entries.extend(entries);
        self.sorted()
    }

    /// With these holdings, one per capacity rule.
    #[must_use]
    pub fn with_holdings(mut self, holdings: impl IntoIterator<Item = Holding>) -> Self {
        self.holdings.extend(holdings);
        self
    }

    /// With these open reservations.
    #[must_use]
    pub fn with_reservations(mut self, reservations: impl IntoIterator<Item = OpenReservation>) -> Self {
        self.reservations.extend(reservations);
        self
    }

    /// With these locked customers.
    #[must_use]
    pub fn with_locks(mut self, locks: impl IntoIterator<Item = LockedCustomer>) -> Self {
        self.locks.extend(locks);
        self
    }

    /// Puts the entries in order, and looks once for what every question would have to look for.
    fn sorted(mut self) -> Self {
        self.entries.sort_by_key(LedgerEntry::at);
        self.instants = self.entries.iter().map(LedgerEntry::at).collect();
        self.counting = self.entries.iter().map(|entry| entry.counting(&self.scope)).collect();
        self.contradictory = self.entries.iter().any(|entry| entry.undone.is_some_and(|undone| undone < entry.at));
        self
    }

    /// Adds an entry in its place, as a batch does for what it takes.
    pub(crate) fn push(&mut self, entry: LedgerEntry) {
        let place = self.entries.partition_point(|known| known.at <= entry.at);
        self.instants.insert(place, entry.at);
        self.counting.insert(place, entry.counting(&self.scope));
        self.entries.insert(place, entry);
    }

    /// Adds to what is held under this capacity rule, where the ledger says anything about it.
    pub(crate) fn hold(&mut self, rule: &Label, weight: u64, excused: Option<Excused>) {
        for holding in self.holdings.iter_mut().filter(|holding| holding.rule == *rule) {
            holding.used = holding.used.saturating_add(weight);
            holding.excused.extend(excused);
        }
    }

    /// Takes away the open reservation of a customer that is no longer reserved.
    pub(crate) fn settle(&mut self, customer: &CustomerId) {
        self.reservations.retain(|open| open.customer() != customer);
    }

    /// Adds an open reservation.
    pub(crate) fn reserve(&mut self, reservation: OpenReservation) {
        self.reservations.push(reservation);
    }

    /// The same ledger with its entries from this instant on.
    #[must_use]
    pub fn since(&self, at: Timestamp) -> Self {
        let first = self.instants.partition_point(|entry| *entry < at);
        let kept = self.entries.get(first..).unwrap_or_default();
        let ledger = Self {
            version: self.version,
            known_from: self.known_from,
            holdings: self.holdings.clone(),
            reservations: self.reservations.clone(),
            locks: self.locks.clone(),
            entries: kept.to_vec(),
            ..Self::new(self.scope.clone())
        };
        let ledger = ledger.sorted();
        match self.known_from {
            Some(known) => ledger.with_known_from(known.max(at)),
            None if first == 0 => ledger,
            None => ledger.with_known_from(at),
        }
    }

    /// Marks the entry of an ownership as undone: refunded to quotas.
    pub(crate) fn undo(&mut self, customer: &CustomerId, began: Timestamp, at: Timestamp) {
        let entries = self.entries.iter_mut().zip(&mut self.counting);
        for (entry, counting) in entries.filter(|(entry, _)| entry.at == began && entry.customer == *customer) {
            entry.undone = Some(at);
            *counting = entry.counting(&self.scope);
            self.contradictory |= at < began;
        }
    }

    /// Adds a lock.
    pub(crate) fn lock(&mut self, locked: LockedCustomer) {
        self.locks.push(locked);
    }

    /// Takes away the locks of a customer.
    pub(crate) fn unlock(&mut self, customer: &CustomerId) {
        self.locks.retain(|locked| locked.customer() != customer);
    }

    /// The instants of the entries.
    pub(crate) fn instants(&self) -> &[Timestamp] {
        &self.instants
    }

    /// Where a rule that cuts units at this depth, or names none, finds what counts of an entry.
    pub(crate) fn counting(&self, depth: Option<u32>) -> Counts<'_> {
        let cut = match &self.scope {
            LedgerScope::Unit(unit) => depth.is_some_and(|depth| depth <= depth_of(unit)),
            LedgerScope::Rep(_) | LedgerScope::Everybody => true,
        };
        Counts { of: &self.counting, cut }
    }

    /// Whether its entries contradict themselves: an ownership was undone before it began.
    #[must_use]
    pub fn is_contradictory(&self) -> bool {
        self.contradictory
    }

    getters! {
        /// Whose it is.
        scope: &LedgerScope,
        /// The host's version of it.
        version: u64,
        /// Since when it is complete; `None` means that it is.
        known_from: Option<Timestamp>,
        /// The ownerships that began, by instant.
        entries: &[LedgerEntry],
        /// What is held, per capacity rule.
        holdings: &[Holding],
        /// The open reservations.
        reservations: &[OpenReservation],
        /// The locked customers.
        locks: &[LockedCustomer],
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    scope: LedgerScope,
    #[serde(default, skip_serializing_if = "crate::wire::is_default")]
    version: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    known_from: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    entries: Vec<LedgerEntry>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    holdings: Vec<Holding>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    reservations: Vec<OpenReservation>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    locks: Vec<LockedCustomer>,
}

impl From<Wire> for Ledger {
    fn from(wire: Wire) -> Self {
        let Wire { scope, version, known_from, entries, holdings, reservations, locks } = wire;
        Self { version, known_from, entries, holdings, reservations, locks, ..Self::new(scope) }.sorted()
    }
}

impl From<Ledger> for Wire {
    fn from(ledger: Ledger) -> Self {
        let Ledger { scope, version, known_from, entries, holdings, reservations, locks, .. } = ledger;
        Self { scope, version, known_from, entries, holdings, reservations, locks }
    }
}
