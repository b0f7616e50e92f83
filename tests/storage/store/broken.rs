//! Stores that are broken on purpose, one mistake each: the check that names the mistake finds it.

use core::convert::Infallible;
use std::sync::{Arc, Mutex};

use customer_pool::attribute::AttributeValue;
use customer_pool::conformance::{Database, check, check_listings};
use customer_pool::digest::Digest;
use customer_pool::id::{CommandKey, CustomerId, PoolId, RepId};
use customer_pool::ledger::{Event, PolicyStamp, RepEvent, Versioned, VersionedRep};
use customer_pool::model::{Ledger, LedgerScope};
use customer_pool::plan::{Changes, FirstOutcome};
use customer_pool::store::{Committed, Listings, MemoryStore, OpenItem, PoolStore, Ranked, Waking};
use customer_pool::time::Timestamp;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mistake {
    LedgersNotCompared,
    UnitLedgersNotCompared,
    CustomersNotCompared,
    ReadsNotCompared,
    KeysForgotten,
    CommitsInParts,
    PagesByOffset,
    PagesUnordered,
    DecimalsCut,
    InstantsCut,
    WakeUpsKept,
    RosterForgotten,
    SideRecordsKept,
    LedgerVersionsPerNote,
    RequestsForgotten,
}

/// Each mistake, and the check that must find it.
const CAUGHT: &[(Mistake, &str)] = &[
    (Mistake::LedgersNotCompared, "compares_ledgers"),
    (Mistake::UnitLedgersNotCompared, "compares_unit_ledgers"),
    (Mistake::CustomersNotCompared, "compares_customers"),
    (Mistake::ReadsNotCompared, "compares_what_was_only_read"),
    (Mistake::KeysForgotten, "keys_are_idempotent"),
    (Mistake::CommitsInParts, "commits_are_atomic"),
    (Mistake::PagesByOffset, "pages_are_complete_while_others_write"),
    (Mistake::PagesUnordered, "pages_are_ordered"),
    (Mistake::DecimalsCut, "round_trip"),
    (Mistake::InstantsCut, "round_trip"),
    (Mistake::WakeUpsKept, "wake_ups_follow_commits"),
    (Mistake::RosterForgotten, "stale_rows_are_listed"),
    (Mistake::SideRecordsKept, "side_records_are_erased"),
    (Mistake::LedgerVersionsPerNote, "ledger_versions_move"),
];

#[derive(Clone)]
struct Broken {
    store: MemoryStore,
    mistake: Mistake,
    /// How many rows of a pool were given: a page by offset.
    given: usize,
    /// The first wake-up of each customer.
    first_wakes: Arc<Mutex<Vec<Waking>>>,
    kept: Arc<Mutex<Vec<(Digest, String)>>>,
}

struct BrokenBase(Broken);

impl Database for BrokenBase {
    type Session = Broken;

    fn session(&self) -> Broken {
        self.0.clone()
    }

    fn side_text(&self, digest: &Digest) -> Option<String> {
        if self.0.mistake == Mistake::SideRecordsKept {
            let kept = self.0.kept.lock().expect("no panic");
            return kept.iter().find(|(known, _)| known == digest).map(|(_, text)| text.clone());
        }
        self.0.store.side_record(digest).map(|record| record.text)
    }
}

fn new(mistake: Mistake) -> BrokenBase {
    let (first_wakes, kept) = Default::default();
    BrokenBase(Broken { store: MemoryStore::new(), mistake, given: 0, first_wakes, kept })
}

impl Broken {
    fn is(&self, mistake: Mistake) -> bool {
        self.mistake == mistake
    }

    /// The newest version, whatever was expected.
    fn forgiven(&mut self, changes: &Changes) -> Changes {
        let mut changes = changes.clone();
        for change in &mut changes.ledgers {
            let unit = matches!(change.scope, LedgerScope::Unit(_));
            if self.is(Mistake::LedgersNotCompared) && !unit || self.is(Mistake::UnitLedgersNotCompared) && unit {
                change.expected = None;
            }
        }
        if self.is(Mistake::CustomersNotCompared) {
            for change in &mut changes.customers {
                let Ok(found) = self.store.customer(change.after.customer().id());
                change.expected = found.map_or(0, |state| state.version());
            }
        }
        if self.is(Mistake::ReadsNotCompared) {
            changes.read.clear();
        }
        if self.is(Mistake::KeysForgotten) {
            changes.answered = None;
        }
        changes
    }

    fn in_parts(&mut self, changes: &Changes) -> Committed {
        let mut last = Committed::Applied(Vec::new());
        for change in &changes.customers {
            let part = Changes { customers: vec![change.clone()], ..Changes::default() };
            let Ok(committed) = self.store.commit(&part);
            if matches!(committed, Committed::Stale(_)) {
                return committed;
            }
            last = committed;
        }
        let rest = Changes { customers: Vec::new(), ..changes.clone() };
        match self.store.commit(&rest) {
            Ok(Committed::Applied(versions)) => match last {
                Committed::Applied(mut all) => {
                    all.extend(versions);
                    Committed::Applied(all)
                }
                other => other,
            },
            Ok(other) => other,
        }
    }
}

fn cut(state: &Versioned, mistake: Mistake) -> Versioned {
    let customer = state.customer().clone();
    let attributes: Vec<_> = customer.attributes().iter().map(|(key, value)| (key.clone(), value.clone())).collect();
    let attributes = attributes.into_iter().map(|(key, value)| match value {
        AttributeValue::Decimal(value) if mistake == Mistake::DecimalsCut => {
            (key, AttributeValue::Decimal(value.round_dp(2)))
        }
        AttributeValue::Instant(at) if mistake == Mistake::InstantsCut => {
            let seconds = at.as_micros().div_euclid(1_000_000);
            let at = Timestamp::from_micros(seconds * 1_000_000).expect("an instant");
            (key, AttributeValue::Instant(at))
        }
        value => (key, value),
    });
    Versioned::new(customer.with_attributes(attributes), state.version(), state.link())
}

impl PoolStore for Broken {
    type Error = Infallible;

    fn customer(&mut self, customer: &CustomerId) -> Result<Option<Versioned>, Infallible> {
        let mistake = self.mistake;
        self.store.customer(customer).map(|state| state.map(|state| cut(&state, mistake)))
    }

    fn rep(&mut self, rep: &RepId) -> Result<Option<VersionedRep>, Infallible> {
        self.store.rep(rep)
    }

    fn outcome(&mut self, key: &CommandKey) -> Result<Option<FirstOutcome>, Infallible> {
        self.store.outcome(key)
    }

    fn ledger(&mut self, scope: &LedgerScope, since: Option<Timestamp>) -> Result<Ledger, Infallible> {
        self.store.ledger(scope, since)
    }

    fn due(&mut self, at: Timestamp, after: Option<&Waking>, limit: usize) -> Result<Vec<Waking>, Infallible> {
        if !self.is(Mistake::WakeUpsKept) {
            return self.store.due(at, after, limit);
        }
        let mut rows = self.first_wakes.lock().expect("no panic").clone();
        rows.sort();
        let rows = rows.into_iter().filter(|row| row.at <= at && after.is_none_or(|after| row > after));
        Ok(rows.take(limit).collect())
    }

    fn stale(
        &mut self,
        policy: &PolicyStamp,
        after: Option<&CustomerId>,
        limit: usize,
    ) -> Result<Vec<CustomerId>, Infallible> {
        let rows = self.store.stale(policy, after, limit)?;
        if !self.is(Mistake::RosterForgotten) {
            return Ok(rows);
        }
        let store = &self.store;
        Ok(rows.into_iter().filter(|id| store.wake_of(id).is_some_and(|wake| wake.policy != *policy)).collect())
    }

    fn pooled(&mut self, pool: &PoolId, after: Option<&Ranked>, limit: usize) -> Result<Vec<Ranked>, Infallible> {
        match self.mistake {
            Mistake::PagesByOffset => {
                self.given = if after.is_some() { self.given } else { 0 };
                let all = self.store.pooled(pool, None, usize::MAX)?;
                let page: Vec<_> = all.into_iter().skip(self.given).take(limit).collect();
                self.given += page.len();
                Ok(page)
            }
            Mistake::PagesUnordered => {
                let mut page = self.store.pooled(pool, after, limit)?;
                page.sort_by(|one, other| one.customer.cmp(&other.customer));
                Ok(page)
            }
            _ => self.store.pooled(pool, after, limit),
        }
    }

    fn starved(
        &mut self,
        pool: &PoolId,
        at: Timestamp,
        after: Option<&Waking>,
        limit: usize,
    ) -> Result<Vec<Waking>, Infallible> {
        self.store.starved(pool, at, after, limit)
    }

    fn owned_by(
        &mut self,
        rep: &RepId,
        after: Option<&CustomerId>,
        limit: usize,
    ) -> Result<Vec<CustomerId>, Infallible> {
        self.store.owned_by(rep, after, limit)
    }

    fn events(&mut self, customer: &CustomerId, from: u64, limit: usize) -> Result<Vec<Event>, Infallible> {
        self.store.events(customer, from, limit)
    }

    fn rep_events(&mut self, rep: &RepId, from: u64, limit: usize) -> Result<Vec<RepEvent>, Infallible> {
        self.store.rep_events(rep, from, limit)
    }

    fn commit(&mut self, changes: &Changes) -> Result<Committed, Infallible> {
        let changes = self.forgiven(changes);
        if self.is(Mistake::WakeUpsKept) {
            let mut first = self.first_wakes.lock().expect("no panic");
            for change in &changes.customers {
                let customer = change.after.customer().id();
                if !first.iter().any(|row| row.customer == *customer) {
                    let at = change.wake.at.unwrap_or(Timestamp::MAX);
                    first.push(Waking { at, customer: customer.clone() });
                }
            }
        }
        if self.is(Mistake::SideRecordsKept) {
            let mut kept = self.kept.lock().expect("no panic");
            for side in &changes.side {
                if let customer_pool::plan::SideChange::Written { digest, text, .. } = side {
                    kept.push((*digest, text.clone()));
                }
            }
        }
        if self.is(Mistake::CommitsInParts) && changes.customers.len() > 1 {
            return Ok(self.in_parts(&changes));
        }
        if self.is(Mistake::LedgerVersionsPerNote) {
            let mut all = Vec::new();
            let mut split = Changes { ledgers: Vec::new(), ..changes.clone() };
            for change in &changes.ledgers {
                for note in change.notes.iter().skip(1) {
                    let mut more = change.clone();
                    (more.expected, more.notes) = (None, vec![note.clone()]);
                    all.push(more);
                }
                let mut first = change.clone();
                first.notes.truncate(1);
                split.ledgers.push(first);
            }
            let committed = self.store.commit(&split)?;
            for change in all {
                let Ok(_) = self.store.commit(&Changes { ledgers: vec![change], ..Changes::default() });
            }
            return Ok(committed);
        }
        self.store.commit(&changes)
    }
}

impl Listings for Broken {
    fn open_items(
        &mut self,
        kind: OpenItem,
        after: Option<&CustomerId>,
        limit: usize,
    ) -> Result<Vec<CustomerId>, Infallible> {
        let kind = match kind {
            OpenItem::ReleaseRequest if self.is(Mistake::RequestsForgotten) => OpenItem::Nomination,
            kind => kind,
        };
        self.store.open_items(kind, after, limit)
    }
}

/// Goal: each mistake is found, by the check that names it. Method: one store for each, and that check alone; a store
/// without a mistake passes it.
#[test]
fn every_mistake_is_caught_by_the_check_that_names_it() {
    for &(mistake, name) in CAUGHT {
        let found = check(name, &|| new(mistake)).expect_err(&format!("`{name}` finds {mistake:?}"));
        assert_eq!(found.check(), name);
        println!("{mistake:?}: {found}");
        check(name, &|| super::Memory(MemoryStore::new())).expect("no mistake, no violation");
    }
}

/// Lists are optional: a store that forgets some passes every obligation, and the check of its lists finds it.
#[test]
fn a_list_that_forgets_items_is_caught_by_the_check_of_lists_alone() {
    let forgetful = || new(Mistake::RequestsForgotten);
    let found = check_listings(&forgetful()).expect_err("requests are forgotten");
    assert_eq!(found.check(), "open_items_are_listed");
    check("indexes_follow_commits", &forgetful).expect("no driver reads lists");
}
