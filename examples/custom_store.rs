//! A store of one's own in 200 lines: rows of JSON in sorted maps, as a database would keep them — and the conformance
//! suite, which says whether it is one.
//!
//! `cargo run --features conformance --example custom_store`

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use customer_pool::conformance::{Database, NAMES, check, check_listings};
use customer_pool::digest::{Digest, canonical_json};
use customer_pool::id::{CommandKey, CustomerId, PoolId, RepId};
use customer_pool::ledger::{Event, PolicyStamp, RepEvent, Versioned, VersionedRep, read_event, read_rep_event};
use customer_pool::model::{Ledger, LedgerScope};
use customer_pool::plan::{Changes, FirstOutcome, SideChange, Subject, Version, Wake};
use customer_pool::store::{Committed, Listings, OpenItem, PoolStore, Ranked, Waking};
use customer_pool::time::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What can go wrong here: a row that is no JSON of ours.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The tables: keys and rows are texts.
#[derive(Clone, Debug, Default)]
struct Tables {
    customers: BTreeMap<String, String>,
    wakes: BTreeMap<String, String>,
    events: BTreeMap<(String, u64), String>,
    reps: BTreeMap<String, String>,
    rep_events: BTreeMap<(String, u64), String>,
    ledgers: BTreeMap<String, String>,
    outcomes: BTreeMap<String, String>,
    side: BTreeMap<String, (String, String)>,
}

/// A session: here all share one lock, which is the transaction.
#[derive(Clone, Debug, Default)]
struct JsonStore(Arc<Mutex<Tables>>);

fn read<T: DeserializeOwned>(row: Option<&String>) -> Result<Option<T>, Failure> {
    Ok(row.map(|text| serde_json::from_str(text)).transpose()?)
}

fn written<T: Serialize>(row: &T) -> Result<String, Failure> {
    Ok(canonical_json(row)?)
}

impl JsonStore {
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Tables {
    fn customer(&self, id: &str) -> Result<Option<Versioned>, Failure> {
        read(self.customers.get(id))
    }

    fn rep(&self, id: &str) -> Result<Option<VersionedRep>, Failure> {
        read(self.reps.get(id))
    }

    fn ledger(&self, scope: &LedgerScope) -> Result<Ledger, Failure> {
        Ok(read(self.ledgers.get(&written(scope)?))?.unwrap_or_else(|| Ledger::new(scope.clone())))
    }

    fn version(&self, subject: &Subject) -> Result<u64, Failure> {
        Ok(match subject {
            Subject::Customer(id) => self.customer(id.as_str())?.map_or(0, |row| row.version()),
            Subject::Rep(id) => self.rep(id.as_str())?.map_or(0, |row| row.version()),
            Subject::Ledger(scope) => self.ledger(scope)?.version(),
        })
    }

    /// Every customer with its row in the indexes. A database has an index for each list instead.
    fn all(&self) -> impl Iterator<Item = Result<(Versioned, Wake), Failure>> {
        self.customers
            .iter()
            .zip(self.wakes.values())
            .map(|((_, state), wake)| Ok((serde_json::from_str(state)?, serde_json::from_str(wake)?)))
    }

    /// A page of what `row` makes of some customers.
    fn page<T: Ord>(
        &self,
        after: Option<&T>,
        limit: usize,
        mut row: impl FnMut(&Versioned, &Wake) -> Result<Option<T>, Failure>,
    ) -> Result<Vec<T>, Failure> {
        let mut rows = Vec::new();
        for found in self.all() {
            let (state, wake) = found?;
            rows.extend(row(&state, &wake)?.filter(|row| after.is_none_or(|after| row > after)));
        }
        rows.sort();
        rows.truncate(limit);
        Ok(rows)
    }

    fn write(&mut self, changes: &Changes) -> Result<Vec<Version>, Failure> {
        let mut versions = Vec::new();
        for change in &changes.customers {
            let id = change.after.customer().id();
            self.customers.insert(id.to_string(), written(&change.after)?);
            self.wakes.insert(id.to_string(), written(&change.wake)?);
            for event in &change.events {
                self.events.insert((id.to_string(), event.number()), written(event)?);
            }
            versions.push(Version::new(Subject::Customer(id.clone()), change.after.version()));
        }
        for change in &changes.reps {
            let id = change.after.rep().id();
            self.reps.insert(id.to_string(), written(&change.after)?);
            for event in &change.events {
                self.rep_events.insert((id.to_string(), event.number()), written(event)?);
            }
            versions.push(Version::new(Subject::Rep(id.clone()), change.after.version()));
        }
        for change in &changes.ledgers {
            let ledger = self.ledger(&change.scope)?;
            let version = ledger.version() + 1;
            let ledger = change.notes.iter().fold(ledger, |ledger, note| note.applied_to(ledger)).with_version(version);
            self.ledgers.insert(written(&change.scope)?, written(&ledger)?);
            versions.push(Version::new(Subject::Ledger(change.scope.clone()), version));
        }
        for side in &changes.side {
            match side {
                SideChange::Written { customer, digest, text, .. } => {
                    self.side.insert(digest.to_string(), (customer.to_string(), text.clone()));
                }
                SideChange::Erased { customer } => self.side.retain(|_, (of, _)| of != customer.as_str()),
            }
        }
        if let Some(answered) = &changes.answered {
            let first = FirstOutcome { content: answered.content, outcome: answered.outcome.clone() };
            self.outcomes.insert(answered.key.to_string(), written(&first)?);
        }
        Ok(versions)
    }
}

impl PoolStore for JsonStore {
    type Error = Failure;

    fn customer(&mut self, customer: &CustomerId) -> Result<Option<Versioned>, Failure> {
        self.tables().customer(customer.as_str())
    }

    fn rep(&mut self, rep: &RepId) -> Result<Option<VersionedRep>, Failure> {
        self.tables().rep(rep.as_str())
    }

    fn outcome(&mut self, key: &CommandKey) -> Result<Option<FirstOutcome>, Failure> {
        read(self.tables().outcomes.get(key.as_str()))
    }

    fn ledger(&mut self, scope: &LedgerScope, since: Option<Timestamp>) -> Result<Ledger, Failure> {
        Ok(self.tables().ledger(scope)?.since(since.unwrap_or(Timestamp::MAX)))
    }

    fn due(&mut self, at: Timestamp, after: Option<&Waking>, limit: usize) -> Result<Vec<Waking>, Failure> {
        self.tables().page(after, limit, |state, wake| {
            let customer = state.customer().id().clone();
            Ok(wake.at.filter(|wakes| *wakes <= at).map(|at| Waking { at, customer }))
        })
    }

    fn stale(
        &mut self,
        policy: &PolicyStamp,
        after: Option<&CustomerId>,
        limit: usize,
    ) -> Result<Vec<CustomerId>, Failure> {
        let tables = self.tables();
        tables.page(after, limit, |state, wake| {
            let owner = state.customer().ownership().map(|owned| owned.owner().as_str());
            let roster = owner.map(|owner| tables.rep(owner)).transpose()?.flatten().map(|rep| rep.version());
            let stale = wake.policy != *policy || wake.roster != roster;
            Ok(stale.then(|| state.customer().id().clone()))
        })
    }

    fn pooled(&mut self, pool: &PoolId, after: Option<&Ranked>, limit: usize) -> Result<Vec<Ranked>, Failure> {
        self.tables().page(after, limit, |state, wake| {
            let stay = state.customer().stay().filter(|stay| stay.pool() == pool);
            let customer = state.customer().id().clone();
            Ok(stay.map(|stay| Ranked { rank: wake.rank, since: stay.since(), customer }))
        })
    }

    fn starved(
        &mut self,
        pool: &PoolId,
        at: Timestamp,
        after: Option<&Waking>,
        limit: usize,
    ) -> Result<Vec<Waking>, Failure> {
        self.tables().page(after, limit, |state, wake| {
            let lies = state.customer().stay().is_some_and(|stay| stay.pool() == pool);
            let customer = state.customer().id().clone();
            Ok(wake.starves_at.filter(|starves| lies && *starves <= at).map(|at| Waking { at, customer }))
        })
    }

    fn owned_by(&mut self, rep: &RepId, after: Option<&CustomerId>, limit: usize) -> Result<Vec<CustomerId>, Failure> {
        self.tables().page(after, limit, |state, _| {
            let owned = state.customer().ownership().is_some_and(|owned| owned.owner() == rep);
            Ok(owned.then(|| state.customer().id().clone()))
        })
    }

    fn events(&mut self, customer: &CustomerId, from: u64, limit: usize) -> Result<Vec<Event>, Failure> {
        let (id, tables) = (customer.to_string(), self.tables());
        let rows = tables.events.range((id.clone(), from)..=(id, u64::MAX)).take(limit);
        rows.map(|(_, text)| Ok(read_event(text)?)).collect()
    }

    fn rep_events(&mut self, rep: &RepId, from: u64, limit: usize) -> Result<Vec<RepEvent>, Failure> {
        let (id, tables) = (rep.to_string(), self.tables());
        let rows = tables.rep_events.range((id.clone(), from)..=(id, u64::MAX)).take(limit);
        rows.map(|(_, text)| Ok(read_rep_event(text)?)).collect()
    }

    fn commit(&mut self, changes: &Changes) -> Result<Committed, Failure> {
        let mut tables = self.tables();
        if let Some(answered) = &changes.answered {
            if let Some(first) = read(tables.outcomes.get(answered.key.as_str()))? {
                return Ok(Committed::Duplicate(first));
            }
        }
        for expected in changes.expected() {
            let found = tables.version(&expected.subject)?;
            if found != expected.number {
                return Ok(Committed::Stale(Version::new(expected.subject, found)));
            }
        }
        // All or nothing: a row that cannot be written leaves the tables as they were.
        let mut after = tables.clone();
        let versions = after.write(changes)?;
        *tables = after;
        Ok(Committed::Applied(versions))
    }
}

/// Lists for screens: a store may leave them out.
impl Listings for JsonStore {
    fn open_items(
        &mut self,
        kind: OpenItem,
        after: Option<&CustomerId>,
        limit: usize,
    ) -> Result<Vec<CustomerId>, Failure> {
        self.tables()
            .page(after, limit, |state, _| Ok(kind.is_open(state.customer()).then(|| state.customer().id().clone())))
    }
}

struct InJson(JsonStore);

impl Database for InJson {
    type Session = JsonStore;

    fn session(&self) -> JsonStore {
        self.0.clone()
    }

    fn side_text(&self, digest: &Digest) -> Option<String> {
        self.0.tables().side.get(&digest.to_string()).map(|(_, text)| text.clone())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for name in NAMES {
        check(name, &|| InJson(JsonStore::default()))?;
        println!("ok  {name}");
    }
    check_listings(&InJson(JsonStore::default()))?;
    println!("{} obligations are met, and the lists are right", NAMES.len());
    Ok(())
}
