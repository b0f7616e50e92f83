//! A thousand customers raced for by two hundred reps over eight threads, then four sweepers at once: on SQLite, and on the
//! store in memory.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

use customer_pool::Policy;
use customer_pool::conformance::Database;
use customer_pool::digest::Digest;
use customer_pool::id::{CustomerId, RepId};
use customer_pool::model::{Actor, Customer, LedgerScope, Place, Rep};
use customer_pool::plan::{Command, Intent, ItemOutcome, Landing, RepCommand, RepIntent};
use customer_pool::policy::Revisions;
use customer_pool::service::{Audit, Batch, Driver, SweepRun, with_retries};
use customer_pool::store::{MemoryStore, PoolStore};
use customer_pool::sweep::Ceilings;
use customer_pool::time::Timestamp;
use pool_sqlite::{SqliteStore, migrate};
use rusqlite::Connection;
use tempfile::TempDir;

const CUSTOMERS: usize = 1_000;
const REPS: usize = 200;
const THREADS: usize = 8;
const QUOTA: usize = 4;
const TEAM_QUOTA: usize = 30;
const CAP: usize = 3;

struct File(TempDir);

impl Database for File {
    type Session = SqliteStore<Connection>;

    fn session(&self) -> Self::Session {
        let mut connection = Connection::open(self.0.path().join("pool.db")).expect("a file");
        migrate(&mut connection).expect("the schema");
        SqliteStore::new(connection)
    }

    fn side_text(&self, _: &Digest) -> Option<String> {
        None
    }
}

struct Memory(MemoryStore);

impl Database for Memory {
    type Session = MemoryStore;

    fn session(&self) -> MemoryStore {
        self.0.clone()
    }

    fn side_text(&self, _: &Digest) -> Option<String> {
        None
    }
}

fn rules() -> Revisions {
    let policy = format!(
        r#"{{"format": 1, "id": "race", "revision": 1, "default_calendar": "utc",
        "calendars": {{"utc": {{"zone": "UTC", "working_days": ["mon"], "valid": {{"from": "2024-01-01", "to": "2030-12-31"}}}}}},
        "pools": [{{"id": "east", "members": [{{"unit": "sales"}}]}}], "routing": {{"fallback": "east"}},
        "claims": {{"quotas": [{{"id": "own", "limit": {QUOTA}, "window": "day"}},
                               {{"id": "team", "limit": {TEAM_QUOTA}, "window": "day", "per": "unit"}}],
                    "capacities": [{{"id": "book", "scope": "everybody", "cap": {CAP}}}]}},
        "groups": [{{"id": "contact", "triggers": [{{"id": "silent", "when": "always", "base": {{"days": 7}}}}]}}]}}"#
    );
    Revisions::new([Policy::from_json(&policy).expect("a policy")]).expect("one revision")
}

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

fn unit(rep: usize) -> String {
    format!("sales/team{}", rep % 10)
}

fn furnish<D: Database>(database: &D, rules: &Revisions, now: Timestamp) {
    let (driver, mut store) = (Driver::new(rules), database.session());
    for rep in 0..REPS {
        let name = format!("r{rep}");
        let facts = Rep::new(id(&name)).with_units([id(&unit(rep))]).into();
        let enroll = RepCommand::new(id(&name), id(&name), Actor::System, RepIntent::Enroll { rep: facts });
        assert!(driver.run_rep(&enroll, now).on(&mut store).expect("no failure").outcome().is_some());
    }
    let names: Vec<String> = (0..CUSTOMERS).map(|n| format!("c{n}")).collect();
    for (page, names) in names.chunks(250).enumerate() {
        let create = |name: &String| {
            let customer = Customer::new(id(name), Place::Awaiting).into();
            let intent = Intent::Create { customer, into: Landing::Pool(id("east")) };
            Command::new(id(&format!("create {name}")), id(name), Actor::System, intent)
        };
        let batch = Batch::new(id(&format!("page {page}")), names.iter().map(create));
        assert!(driver.run_batch(&batch, now).on(&mut store).expect("no failure").outcome().is_some());
    }
}

/// Every rep claims ten customers, that others want too; each thread has its own session and takes the next rep.
fn race<D: Database>(database: &D, rules: &Revisions, now: Timestamp) -> usize {
    let (next, won) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                let (driver, mut store) = (Driver::new(rules), database.session());
                loop {
                    let turn = next.fetch_add(1, Ordering::Relaxed);
                    if turn >= REPS * 10 {
                        return;
                    }
                    let (rep, nth) = (turn % REPS, turn / REPS);
                    let (rep, customer) = (format!("r{rep}"), format!("c{}", (rep * 5 + nth * 37) % CUSTOMERS));
                    let intent = Intent::Claim { by: id(&rep) };
                    let claim = Command::new(id(&format!("{turn}")), id(&customer), Actor::Rep(id(&rep)), intent);
                    let attempt = with_retries(10_000, || driver.run(&claim, now).on(&mut store)).expect("it ends");
                    let outcome = attempt.outcome().expect("it ends");
                    let applied = matches!(outcome, ItemOutcome::Applied { .. });
                    won.fetch_add(usize::from(applied), Ordering::Relaxed);
                }
            });
        }
    });
    won.into_inner()
}

fn owners<S: PoolStore<Error: std::fmt::Debug>>(store: &mut S) -> BTreeMap<String, String> {
    let mut owners = BTreeMap::new();
    for rep in 0..REPS {
        let rep: RepId = id(&format!("r{rep}"));
        for customer in store.owned_by(&rep, None, usize::MAX).expect("a list") {
            let before = owners.insert(customer.to_string(), rep.to_string());
            assert_eq!(before, None, "`{customer}` has two owners");
        }
    }
    owners
}

fn nothing_is_broken<S: PoolStore<Error: std::fmt::Debug>>(store: &mut S, rules: &Revisions, claimed: usize) {
    let owners = owners(store);
    assert_eq!(owners.len(), claimed);
    let mut teams = BTreeMap::<String, usize>::new();
    for rep in 0..REPS {
        let name = format!("r{rep}");
        let held = owners.values().filter(|owner| **owner == name).count();
        assert!(held <= CAP, "{name} holds {held}");
        let ledger = store.ledger(&LedgerScope::Rep(id(&name)), Some(Timestamp::MIN)).expect("a ledger");
        assert_eq!(ledger.entries().len(), held, "{name}");
        *teams.entry(unit(rep)).or_default() += held;
    }
    for (team, held) in teams {
        assert!(held <= TEAM_QUOTA, "{team} has {held}");
        let ledger = store.ledger(&LedgerScope::Unit(id(&team)), Some(Timestamp::MIN)).expect("a ledger");
        assert_eq!(ledger.entries().len(), held, "{team}");
    }
    whole(store, rules);
}

fn whole<S: PoolStore<Error: std::fmt::Debug>>(store: &mut S, rules: &Revisions) {
    for n in 0..CUSTOMERS {
        let customer: CustomerId = id(&format!("c{n}"));
        let audit = Driver::new(rules).audit(&customer).on(store).expect("no failure");
        assert!(matches!(audit, Audit::Whole { .. }), "{customer}: {audit:?}");
    }
}

/// Four sweepers at once reclaim everything that is due, each customer once.
fn sweep<D: Database>(database: &D, rules: &Revisions, at: Timestamp) -> u64 {
    let swept = std::thread::scope(|scope| {
        let one = |_| {
            scope.spawn(|| {
                let mut store = database.session();
                let mut run = SweepRun::new(at, Ceilings::new());
                while !run.is_over() {
                    let mut on_swept = |_: &CustomerId, _: &_| ControlFlow::Continue(());
                    Driver::new(rules).sweep_page(&mut run, 20, &mut on_swept).on(&mut store).expect("no failure");
                }
                run.tally().get("done").copied().unwrap_or(0)
            })
        };
        let threads: Vec<_> = (0..4).map(one).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
    });
    let mut store = database.session();
    assert_eq!(owners(&mut store).len(), 0, "all are back");
    for n in 0..CUSTOMERS {
        let events = store.events(&id(&format!("c{n}")), 1, 100).expect("events");
        let reclaims = events.iter().filter(|event| event.kind().as_str() == "reclaimed").count();
        let claims = events.iter().filter(|event| event.kind().as_str() == "claimed").count();
        assert_eq!(reclaims, claims, "c{n}");
    }
    whole(&mut store, rules);
    swept
}

fn all_of_it<D: Database>(database: &D) {
    let (rules, now) = (rules(), id("2026-03-02T08:00:00Z"));
    furnish(database, &rules, now);
    let claimed = race(database, &rules, now);
    // Ten teams of thirty at most, and everybody tries ten times.
    assert_eq!(claimed, 10 * TEAM_QUOTA);
    nothing_is_broken(&mut database.session(), &rules, claimed);
    let swept = sweep(database, &rules, id("2026-03-20T00:00:00Z"));
    assert_eq!(swept, claimed as u64);
    let again = Driver::new(&rules).next_wake().on(&mut database.session()).expect("no failure");
    assert_eq!(again, None);
}

#[test]
fn two_hundred_reps_race_for_a_thousand_customers_in_sqlite() {
    all_of_it(&File(tempfile::tempdir().expect("a folder")));
}

#[test]
fn two_hundred_reps_race_for_a_thousand_customers_in_memory() {
    all_of_it(&Memory(MemoryStore::new()));
}
