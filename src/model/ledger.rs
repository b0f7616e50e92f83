//! Ledgers: what a rep, a unit, or everybody took and holds, as far as claims count it.

use serde::{Deserialize, Serialize};

use super::{Customer, UnitPath, WayIn, unit_at};
use crate::id::{CustomerId, Label, PoolId, RepId};
use crate::time::Timestamp;

/// Whose ledger it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LedgerScope {
    /// One rep's.
    Rep(RepId),
    /// That of all reps in this unit: a unit path, cut at the depth that the rule names.
    Unit(UnitPath),
    /// Everybody's.
    Everybody,
}

/// An ownership that began: what quotas, minimum intervals and undo limits count. It stays in the ledger whatever
/// became of the customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerEntry {
    at: Timestamp,
    way_in: WayIn,
    customer: CustomerId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pool: Option<PoolId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    units: Vec<UnitPath>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    undone: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    facts: Option<Box<Customer>>,
}

impl LedgerEntry {
    /// An ownership of `customer` that began at `at` in this way.
    #[must_use]
    pub fn new(at: Timestamp, way_in: WayIn, customer: CustomerId) -> Self {
        Self { at, way_in, customer, pool: None, units: Vec::new(), undone: None, facts: None }
    }

    /// Out of this pool.
    #[must_use]
    pub fn with_pool(mut self, pool: PoolId) -> Self {
        self.pool = Some(pool);
        self
    }

    /// With the units the rep was in then.
    #[must_use]
    pub fn with_units(mut self, units: impl IntoIterator<Item = UnitPath>) -> Self {
        self.units = units.into_iter().collect();
        self
    }

    /// Undone at this instant: refunded to quotas, and to nothing else.
    #[must_use]
    pub fn with_undone(mut self, at: Timestamp) -> Self {
        self.undone = Some(at);
        self
    }

    /// With the facts about the customer that conditions of quotas read, as they were then.
    #[must_use]
    pub fn with_facts(mut self, customer: Customer) -> Self {
        self.facts = Some(Box::new(customer));
        self
    }

    /// When it began.
    #[must_use]
    #[inline]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// How it began.
    #[must_use]
    pub fn way_in(&self) -> WayIn {
        self.way_in
    }

    /// Of which customer.
    #[must_use]
    pub fn customer(&self) -> &CustomerId {
        &self.customer
    }

    /// The pool the customer came out of.
    #[must_use]
    pub fn pool(&self) -> Option<&PoolId> {
        self.pool.as_ref()
    }

    /// The rep's units then.
    #[must_use]
    pub fn units(&self) -> &[UnitPath] {
        &self.units
    }

    /// When it was undone.
    #[must_use]
    pub fn undone(&self) -> Option<Timestamp> {
        self.undone
    }

    /// The facts about the customer then.
    #[must_use]
    pub fn facts(&self) -> Option<&Customer> {
        self.facts.as_deref()
    }
}

/// How much a rep holds under one capacity rule: [`Policy::holdings`](crate::Policy::holdings) computes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holding {
    rule: Label,
    used: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    excused: Vec<Excused>,
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

    /// When the hold lapses.
    #[must_use]
    pub const fn until(&self) -> Timestamp {
        self.until
    }

    /// What the customer then weighs.
    #[must_use]
    pub const fn weight(&self) -> u32 {
        self.weight
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

    /// The capacity rule.
    #[must_use]
    pub fn rule(&self) -> &Label {
        &self.rule
    }

    /// The weight that counts at every instant.
    #[must_use]
    pub fn used(&self) -> u64 {
        self.used
    }

    /// The weights that count from an instant on.
    #[must_use]
    pub fn excused(&self) -> &[Excused] {
        &self.excused
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

    /// Of which customer.
    #[must_use]
    pub fn customer(&self) -> &CustomerId {
        &self.customer
    }

    /// In which pool.
    #[must_use]
    pub fn pool(&self) -> &PoolId {
        &self.pool
    }

    /// When it lapses.
    #[must_use]
    pub fn until(&self) -> Timestamp {
        self.until
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

    /// Which customer.
    #[must_use]
    pub fn customer(&self) -> &CustomerId {
        &self.customer
    }

    /// Since when.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        self.since
    }

    /// The instant at which it ends.
    #[must_use]
    pub fn until(&self) -> Option<Timestamp> {
        self.until
    }
}

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

/// What quotas may count of one entry: a bit for its way in, none where it does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counting {
    /// Where the rule cuts units at the depth of the ledger's own.
    cut: u8,
    /// Where the rule names no depth, or a greater one: only reps directly in the unit count.
    direct: u8,
}

/// The bit of a way in.
#[inline]
pub(crate) const fn way_bit(way: WayIn) -> u8 {
    1 << way as u8
}

const _: () = assert!(WayIn::ALL.len() <= 8, "a set of ways in is one byte");

impl LedgerEntry {
    /// What counts of it in this scope. Rules of different depths note their entries in one ledger of a unit; an entry
    /// without units is in it for whoever reads it.
    fn counting(&self, scope: &LedgerScope) -> Counting {
        let way = if self.undone.is_some() { 0 } else { way_bit(self.way_in) };
        let LedgerScope::Unit(unit) = scope else { return Counting { cut: way, direct: way } };
        let is_direct = self.units.is_empty() || self.units.contains(unit);
        let depth = depth_of(unit);
        let is_cut = is_direct || self.units.iter().any(|own| unit_at(own, depth) == unit.as_str());
        Counting { cut: if is_cut { way } else { 0 }, direct: if is_direct { way } else { 0 } }
    }
}

/// How many parts a path has.
fn depth_of(path: &UnitPath) -> u32 {
    u32::try_from(path.as_str().matches('/').count()).unwrap_or(u32::MAX).saturating_add(1)
}

/// For each entry of a ledger the bit of its way in; none where it does not count.
#[derive(Clone, Copy)]
pub(crate) struct Counts<'a> {
    of: &'a [Counting],
    cut: bool,
}

impl Counts<'_> {
    /// How many entries from this place up to that one count for these ways in.
    pub(crate) fn count(self, from: usize, to: usize, ways: u8) -> u32 {
        let of = self.of.get(from..to).unwrap_or_default();
        if self.cut {
            of.iter().map(|one| u32::from(one.cut & ways != 0)).sum()
        } else {
            of.iter().map(|one| u32::from(one.direct & ways != 0)).sum()
        }
    }

    /// Whether the entry at this place counts for these ways in.
    pub(crate) fn has(self, place: usize, ways: u8) -> bool {
        self.of.get(place).is_some_and(|one| (if self.cut { one.cut } else { one.direct }) & ways != 0)
    }
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

    /// Whose it is.
    #[must_use]
    pub fn scope(&self) -> &LedgerScope {
        &self.scope
    }

    /// The host's version of it.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Since when it is complete; `None` means that it is.
    #[must_use]
    pub fn known_from(&self) -> Option<Timestamp> {
        self.known_from
    }

    /// The ownerships that began, by instant.
    #[must_use]
    pub fn entries(&self) -> &[LedgerEntry] {
        &self.entries
    }

    /// What is held, per capacity rule.
    #[must_use]
    pub fn holdings(&self) -> &[Holding] {
        &self.holdings
    }

    /// The open reservations.
    #[must_use]
    pub fn reservations(&self) -> &[OpenReservation] {
        &self.reservations
    }

    /// The locked customers.
    #[must_use]
    pub fn locks(&self) -> &[LockedCustomer] {
        &self.locks
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
