//! Entries of ledgers, and what quotas count of them.

use serde::{Deserialize, Serialize};

use super::{Customer, UnitPath, WayIn, unit_at};
use crate::id::{CustomerId, PoolId, RepId};
use crate::time::Timestamp;
use crate::wire::getters;

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
    pub(super) at: Timestamp,
    way_in: WayIn,
    pub(super) customer: CustomerId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pool: Option<PoolId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    units: Vec<UnitPath>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) undone: Option<Timestamp>,
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

    getters! {
        /// When it began.
        #[inline]
        at: Timestamp,
        /// How it began.
        way_in: WayIn,
        /// Of which customer.
        customer: &CustomerId,
        /// The pool the customer came out of.
        pool: Option<&PoolId>,
        /// The rep's units then.
        units: &[UnitPath],
        /// When it was undone.
        undone: Option<Timestamp>,
    }

    /// The facts about the customer then.
    #[must_use]
    pub fn facts(&self) -> Option<&Customer> {
        self.facts.as_deref()
    }
}

/// What quotas may count of one entry: a bit for its way in, none where it does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Counting {
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
    pub(super) fn counting(&self, scope: &LedgerScope) -> Counting {
        let way = if self.undone.is_some() { 0 } else { way_bit(self.way_in) };
        let LedgerScope::Unit(unit) = scope else { return Counting { cut: way, direct: way } };
        let is_direct = self.units.is_empty() || self.units.contains(unit);
        let depth = depth_of(unit);
        let is_cut = is_direct || self.units.iter().any(|own| unit_at(own, depth) == unit.as_str());
        Counting { cut: if is_cut { way } else { 0 }, direct: if is_direct { way } else { 0 } }
    }
}

/// How many parts a path has.
pub(super) fn depth_of(path: &UnitPath) -> u32 {
    u32::try_from(path.as_str().matches('/').count()).unwrap_or(u32::MAX).saturating_add(1)
}

/// For each entry of a ledger the bit of its way in; none where it does not count.
#[derive(Clone, Copy)]
pub(crate) struct Counts<'a> {
    pub(super) of: &'a [Counting],
    pub(super) cut: bool,
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
