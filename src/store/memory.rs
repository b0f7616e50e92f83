//! The store in memory: deterministic, for tests, examples and small tools.

use core::convert::Infallible;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::blocking::PoolStore;
use super::listings::Listings;
use super::page::{Committed, OpenItem, Ranked, Waking};
use crate::id::{CommandKey, CustomerId, PoolId, RepId};
use crate::ledger::{Event, PolicyStamp, RepEvent, Versioned, VersionedRep};
use crate::model::{Customer, Ledger, LedgerScope, Ownership};
use crate::plan::{Changes, CustomerChange, FirstOutcome, SideChange, Subject, Version, Wake};
use crate::time::Timestamp;

/// A text that can be erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SideRecord {
    /// Whose.
    pub customer: CustomerId,
    /// The salt of its digest.
    pub salt: String,
    /// The text.
    pub text: String,
}

#[derive(Clone, Debug)]
struct Row {
    state: Versioned,
    wake: Wake,
    events: Vec<Event>,
}

#[derive(Clone, Debug)]
struct RepRow {
    state: VersionedRep,
    events: Vec<RepEvent>,
}

/// Everything that is kept, with its indexes.
#[derive(Clone, Debug, Default)]
struct Tables {
    customers: BTreeMap<CustomerId, Row>,
    reps: BTreeMap<RepId, RepRow>,
    ledgers: BTreeMap<LedgerScope, Ledger>,
    outcomes: BTreeMap<CommandKey, FirstOutcome>,
    side: BTreeMap<crate::digest::Digest, SideRecord>,
    waking: BTreeSet<Waking>,
    starving: BTreeMap<PoolId, BTreeSet<Waking>>,
    pooled: BTreeMap<PoolId, BTreeSet<Ranked>>,
    owned: BTreeMap<RepId, BTreeSet<CustomerId>>,
    open: BTreeMap<OpenItem, BTreeSet<CustomerId>>,
}

/// A store in memory. Its clones are sessions on the same data: each commit is a transaction of its own.
///
/// ```
/// use customer_pool::store::{MemoryStore, PoolStore};
/// use customer_pool::id;
/// let mut store = MemoryStore::new();
/// assert!(store.customer(&id!("c1"))?.is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct MemoryStore(Arc<Mutex<Tables>>);

impl MemoryStore {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Other data, the same now: what happens to one is not seen by the other.
    #[must_use]
    pub fn copied(&self) -> Self {
        Self(Arc::new(Mutex::new(self.tables().clone())))
    }

    /// The ids of all customers, in their order.
    #[must_use]
    pub fn customer_ids(&self) -> Vec<CustomerId> {
        self.tables().customers.keys().cloned().collect()
    }

    /// The ids of all reps, in their order.
    #[must_use]
    pub fn rep_ids(&self) -> Vec<RepId> {
        self.tables().reps.keys().cloned().collect()
    }

    /// A customer's row in the indexes.
    #[must_use]
    pub fn wake_of(&self, id: &CustomerId) -> Option<Wake> {
        self.tables().customers.get(id).map(|row| row.wake.clone())
    }

    /// A side record that was not erased.
    #[must_use]
    pub fn side_record(&self, digest: &crate::digest::Digest) -> Option<SideRecord> {
        self.tables().side.get(digest).cloned()
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        // A panic while the lock is held leaves whole tables: nothing under it panics.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn after<T: Ord + Clone>(set: Option<&BTreeSet<T>>, after: Option<&T>, limit: usize) -> Vec<T> {
    let Some(set) = set else { return Vec::new() };
    match after {
        Some(after) => {
            let bounds = (core::ops::Bound::Excluded(after), core::ops::Bound::Unbounded);
            set.range::<T, _>(bounds).take(limit).cloned().collect()
        }
        None => set.iter().take(limit).cloned().collect(),
    }
}

impl Tables {
    fn version(&self, subject: &Subject) -> u64 {
        match subject {
            Subject::Customer(id) => self.customers.get(id).map_or(0, |row| row.state.version()),
            Subject::Rep(id) => self.reps.get(id).map_or(0, |row| row.state.version()),
            Subject::Ledger(scope) => self.ledgers.get(scope).map_or(0, Ledger::version),
        }
    }

    /// Takes a customer's row out of every index, or puts it in.
    fn index(&mut self, customer: &Customer, wake: &Wake, present: bool) {
        fn put<T: Ord>(set: &mut BTreeSet<T>, item: T, present: bool) {
            if present {
                set.insert(item);
            } else {
                set.remove(&item);
            }
        }
        let id = customer.id();
        let waking = |at| Waking { at, customer: id.clone() };
        if let Some(at) = wake.at {
            put(&mut self.waking, waking(at), present);
        }
        if let Some(stay) = customer.stay() {
            let ranked = Ranked { rank: wake.rank, since: stay.since(), customer: id.clone() };
            put(self.pooled.entry(stay.pool().clone()).or_default(), ranked, present);
            if let Some(at) = wake.starves_at {
                put(self.starving.entry(stay.pool().clone()).or_default(), waking(at), present);
            }
        }
        if let Some(ownership) = customer.ownership() {
            put(self.owned.entry(ownership.owner().clone()).or_default(), id.clone(), present);
        }
        for item in OpenItem::ALL.iter().filter(|item| item.is_open(customer)) {
            put(self.open.entry(*item).or_default(), id.clone(), present);
        }
    }

    fn write_customer(&mut self, change: &CustomerChange) {
        let id = change.after.customer().id();
        let mut events = Vec::new();
        if let Some(old) = self.customers.remove(id) {
            self.index(old.state.customer(), &old.wake, false);
            events = old.events;
        }
        events.extend(change.events.iter().cloned());
        self.index(change.after.customer(), &change.wake, true);
        let row = Row { state: change.after.clone(), wake: change.wake.clone(), events };
        self.customers.insert(id.clone(), row);
    }

    fn write(&mut self, changes: &Changes) -> Vec<Version> {
        let mut written = Vec::new();
        for change in &changes.customers {
            self.write_customer(change);
            let id = change.after.customer().id().clone();
            written.push(Version::new(Subject::Customer(id), change.after.version()));
        }
        for change in &changes.reps {
            let id = change.after.rep().id();
            let mut events = self.reps.remove(id).map_or(Vec::new(), |row| row.events);
            events.extend(change.events.iter().cloned());
            self.reps.insert(id.clone(), RepRow { state: change.after.clone(), events });
            written.push(Version::new(Subject::Rep(id.clone()), change.after.version()));
        }
        for change in &changes.ledgers {
            let ledger = self.ledgers.remove(&change.scope).unwrap_or_else(|| Ledger::new(change.scope.clone()));
            let version = ledger.version().saturating_add(1);
            let ledger = change.notes.iter().fold(ledger, |ledger, note| note.applied_to(ledger));
            self.ledgers.insert(change.scope.clone(), ledger.with_version(version));
            written.push(Version::new(Subject::Ledger(change.scope.clone()), version));
        }
        for side in &changes.side {
            match side {
                SideChange::Written { customer, digest, salt, text } => {
                    let record = SideRecord { customer: customer.clone(), salt: salt.clone(), text: text.clone() };
                    self.side.insert(*digest, record);
                }
                SideChange::Erased { customer } => self.side.retain(|_, record| record.customer != *customer),
            }
        }
        if let Some(answered) = &changes.answered {
            let first = FirstOutcome { content: answered.content, outcome: answered.outcome.clone() };
            self.outcomes.insert(answered.key.clone(), first);
        }
        written
    }
}

impl PoolStore for MemoryStore {
    type Error = Infallible;

    fn customer(&mut self, customer: &CustomerId) -> Result<Option<Versioned>, Infallible> {
        Ok(self.tables().customers.get(customer).map(|row| row.state.clone()))
    }

    fn rep(&mut self, rep: &RepId) -> Result<Option<VersionedRep>, Infallible> {
        Ok(self.tables().reps.get(rep).map(|row| row.state.clone()))
    }

    fn outcome(&mut self, key: &CommandKey) -> Result<Option<FirstOutcome>, Infallible> {
        Ok(self.tables().outcomes.get(key).cloned())
    }

    fn ledger(&mut self, scope: &LedgerScope, since: Option<Timestamp>) -> Result<Ledger, Infallible> {
        let tables = self.tables();
        let Some(ledger) = tables.ledgers.get(scope) else { return Ok(Ledger::new(scope.clone())) };
        Ok(ledger.since(since.unwrap_or(Timestamp::MAX)))
    }

    fn due(&mut self, at: Timestamp, after_row: Option<&Waking>, limit: usize) -> Result<Vec<Waking>, Infallible> {
        let rows = after(Some(&self.tables().waking), after_row, limit);
        Ok(rows.into_iter().take_while(|waking| waking.at <= at).collect())
    }

    fn stale(
        &mut self,
        policy: &PolicyStamp,
        after: Option<&CustomerId>,
        limit: usize,
    ) -> Result<Vec<CustomerId>, Infallible> {
        let tables = self.tables();
        let roster = |row: &Row| {
            let owner = row.state.customer().ownership().map(Ownership::owner)?;
            tables.reps.get(owner).map(|rep| rep.state.version())
        };
        let stale = |row: &Row| row.wake.policy != *policy || row.wake.roster != roster(row);
        let rows = tables.customers.iter().filter(|(id, row)| after.is_none_or(|after| *id > after) && stale(row));
        Ok(rows.map(|(id, _)| id.clone()).take(limit).collect())
    }

    fn pooled(&mut self, pool: &PoolId, row: Option<&Ranked>, limit: usize) -> Result<Vec<Ranked>, Infallible> {
        Ok(after(self.tables().pooled.get(pool), row, limit))
    }

    fn starved(
        &mut self,
        pool: &PoolId,
        at: Timestamp,
        row: Option<&Waking>,
        limit: usize,
    ) -> Result<Vec<Waking>, Infallible> {
        let rows = after(self.tables().starving.get(pool), row, limit);
        Ok(rows.into_iter().take_while(|waking| waking.at <= at).collect())
    }

    fn owned_by(&mut self, rep: &RepId, row: Option<&CustomerId>, limit: usize) -> Result<Vec<CustomerId>, Infallible> {
        Ok(after(self.tables().owned.get(rep), row, limit))
    }

    fn events(&mut self, customer: &CustomerId, from: u64, limit: usize) -> Result<Vec<Event>, Infallible> {
        let tables = self.tables();
        let events = tables.customers.get(customer).map_or(&[][..], |row| &row.events);
        Ok(events.iter().filter(|event| event.number() >= from).take(limit).cloned().collect())
    }

    fn rep_events(&mut self, rep: &RepId, from: u64, limit: usize) -> Result<Vec<RepEvent>, Infallible> {
        let tables = self.tables();
        let events = tables.reps.get(rep).map_or(&[][..], |row| &row.events);
        Ok(events.iter().filter(|event| event.number() >= from).take(limit).cloned().collect())
    }

    fn commit(&mut self, changes: &Changes) -> Result<Committed, Infallible> {
        let mut tables = self.tables();
        if let Some(first) = changes.answered.as_ref().and_then(|answered| tables.outcomes.get(&answered.key)) {
            return Ok(Committed::Duplicate(first.clone()));
        }
        for expected in changes.expected() {
            let found = tables.version(&expected.subject);
            if found != expected.number {
                return Ok(Committed::Stale(Version::new(expected.subject, found)));
            }
        }
        Ok(Committed::Applied(tables.write(changes)))
    }
}

impl Listings for MemoryStore {
    fn open_items(
        &mut self,
        kind: OpenItem,
        row: Option<&CustomerId>,
        limit: usize,
    ) -> Result<Vec<CustomerId>, Infallible> {
        Ok(after(self.tables().open.get(&kind), row, limit))
    }
}
