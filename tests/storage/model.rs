//! A model of the pool beside the store in memory: the simplest that could be right, and the same after every command.

use std::collections::{BTreeMap, BTreeSet};

use customer_pool::Policy;
use customer_pool::model::{Actor, Customer, Place, Rep};
use customer_pool::plan::{Command, Intent, ItemOutcome, Landing, RepCommand, RepIntent};
use customer_pool::policy::Revisions;
use customer_pool::service::{Audit, Driver};
use customer_pool::store::{MemoryStore, PoolStore};
use customer_pool::time::Timestamp;
use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};

const QUOTA: usize = 2;
const CAP: usize = 3;
const HOUR: i64 = 3_600_000_000;
const COOLDOWN: i64 = 30 * HOUR;
const PROTECTED_DAYS: i64 = 3;

fn rules() -> Revisions {
    let policy = format!(
        r#"{{"format": 1, "id": "model", "revision": 1, "default_calendar": "utc",
        "calendars": {{"utc": {{"zone": "UTC", "working_days": ["mon"], "valid": {{"from": "2024-01-01", "to": "2030-12-31"}}}}}},
        "pools": [{{"id": "east", "members": ["everybody"]}}], "routing": {{"fallback": "east"}},
        "claims": {{"quotas": [{{"id": "daily", "limit": {QUOTA}, "window": "day"}}],
                    "cooldowns": [{{"id": "again", "after": {{"released": {{"hours": 30}}}}}}],
                    "capacities": [{{"id": "book", "scope": "everybody", "cap": {CAP}}}]}},
        "groups": [{{"id": "contact", "triggers": [{{"id": "silent", "when": "always", "base": {{"days": {PROTECTED_DAYS}}}}}]}}]}}"#
    );
    Revisions::new([Policy::from_json(&policy).expect("a policy")]).expect("one revision")
}

#[derive(Clone, Debug)]
enum Wish {
    Create(u8),
    Claim(u8, u8),
    Release(u8, u8),
    Transfer(u8, u8),
    Sweep,
    /// The last command once more, with its key.
    Again,
    Wait(i64),
}

/// Who has what since when, and who claimed when: nothing else is needed to say what each wish comes to.
#[derive(Clone, Debug, Default)]
struct Model {
    now: i64,
    exists: BTreeSet<u8>,
    owned: BTreeMap<u8, (u8, i64)>,
    claims: Vec<(u8, i64)>,
    released: Vec<(u8, u8, i64)>,
    /// What the last wish comes to; `None` where it is refused.
    done: bool,
}

const BEGIN: &str = "2026-03-02T08:00:00Z";
const DAY: i64 = 24 * HOUR;

impl Model {
    fn held(&self, rep: u8) -> usize {
        self.owned.values().filter(|(owner, _)| *owner == rep).count()
    }

    /// The first midnight after so many whole days of protection.
    fn due(since: i64) -> i64 {
        (since.div_euclid(DAY) + PROTECTED_DAYS + 1) * DAY
    }

    fn may_claim(&self, customer: u8, rep: u8) -> bool {
        let today =
            self.claims.iter().filter(|(who, at)| *who == rep && at.div_euclid(DAY) == self.now.div_euclid(DAY));
        let cools = |(what, who, at): &&(u8, u8, i64)| *what == customer && *who == rep && self.now < at + COOLDOWN;
        self.exists.contains(&customer)
            && !self.owned.contains_key(&customer)
            && today.count() < QUOTA
            && self.held(rep) < CAP
            && !self.released.iter().any(|one| cools(&one))
    }
}

impl ReferenceStateMachine for Model {
    type State = Self;
    type Transition = Wish;

    fn init_state() -> BoxedStrategy<Self> {
        let begin: Timestamp = BEGIN.parse().expect("an instant");
        Just(Self { now: begin.as_micros(), ..Self::default() }).boxed()
    }

    fn transitions(_: &Self) -> BoxedStrategy<Wish> {
        let (customer, rep) = (0_u8..6, 0_u8..3);
        prop_oneof![
            2 => customer.clone().prop_map(Wish::Create),
            6 => (customer.clone(), rep.clone()).prop_map(|(customer, rep)| Wish::Claim(customer, rep)),
            3 => (customer.clone(), rep.clone()).prop_map(|(customer, rep)| Wish::Release(customer, rep)),
            2 => (customer, rep).prop_map(|(customer, rep)| Wish::Transfer(customer, rep)),
            2 => Just(Wish::Sweep),
            1 => Just(Wish::Again),
            3 => prop_oneof![Just(1), Just(HOUR), Just(5 * HOUR), Just(DAY), Just(COOLDOWN)].prop_map(Wish::Wait),
        ]
        .boxed()
    }

    fn apply(mut state: Self, wish: &Wish) -> Self {
        let now = state.now;
        match *wish {
            Wish::Create(customer) => state.done = state.exists.insert(customer),
            Wish::Claim(customer, rep) => {
                // Who has it already has what he wants.
                let mine = state.owned.get(&customer).is_some_and(|(owner, _)| *owner == rep);
                state.done = mine || state.may_claim(customer, rep);
                if state.done && !mine {
                    state.owned.insert(customer, (rep, now));
                    state.claims.push((rep, now));
                }
            }
            Wish::Release(customer, rep) => {
                state.done = state.owned.get(&customer).is_some_and(|(owner, _)| *owner == rep);
                if state.done {
                    state.owned.remove(&customer);
                    state.released.push((customer, rep, now));
                }
            }
            Wish::Transfer(customer, rep) => {
                let owner = state.owned.get(&customer).map(|(owner, _)| *owner);
                state.done = owner.is_some_and(|owner| owner == rep || state.held(rep) < CAP);
                if state.done && owner != Some(rep) {
                    state.owned.insert(customer, (rep, now));
                }
            }
            Wish::Sweep => state.owned.retain(|_, (_, since)| now < Self::due(*since)),
            Wish::Again => {}
            Wish::Wait(time) => state.now += time,
        }
        state
    }
}

struct Pool {
    rules: Revisions,
    store: MemoryStore,
    last: Option<(Command, Timestamp, bool)>,
    sent: u32,
}

impl Pool {
    fn send(&mut self, customer: u8, intent: Intent, now: i64) -> bool {
        self.sent += 1;
        let (key, customer) = (format!("k{}", self.sent), format!("c{customer}"));
        let (key, customer) = (key.parse().expect("a key"), customer.parse().expect("an id"));
        self.run(Command::new(key, customer, Actor::System, intent), Timestamp::from_micros(now).expect("our age"))
    }

    fn run(&mut self, command: Command, now: Timestamp) -> bool {
        let attempt = Driver::new(&self.rules).run(&command, now).on(&mut self.store).expect("no failure");
        let outcome = attempt.outcome().expect("nobody else writes");
        let applied = matches!(outcome, ItemOutcome::Applied { .. });
        let done = outcome.is_done();
        self.last = Some((command, now, applied));
        done
    }
}

impl StateMachineTest for Pool {
    type SystemUnderTest = Self;
    type Reference = Model;

    fn init_test(model: &Model) -> Self {
        let (rules, mut store) = (rules(), MemoryStore::new());
        let now = Timestamp::from_micros(model.now).expect("our age");
        for rep in ["r0", "r1", "r2"] {
            let facts = Rep::new(rep.parse().expect("an id")).into();
            let enroll = RepIntent::Enroll { rep: facts };
            let id = rep.parse().expect("an id");
            let command = RepCommand::new(rep.parse().expect("a key"), id, Actor::System, enroll);
            let enrolled = Driver::new(&rules).run_rep(&command, now).on(&mut store).expect("no failure");
            assert!(enrolled.outcome().is_some());
        }
        Self { rules, store, last: None, sent: 0 }
    }

    fn apply(mut pool: Self, model: &Model, wish: Wish) -> Self {
        let rep = |rep: u8| format!("r{rep}").parse().expect("an id");
        let done = match wish {
            Wish::Create(customer) => {
                let id = format!("c{customer}").parse().expect("an id");
                let facts = Customer::new(id, Place::Awaiting).into();
                let into = Landing::Pool("east".parse().expect("an id"));
                pool.send(customer, Intent::Create { customer: facts, into }, model.now)
            }
            Wish::Claim(customer, by) => pool.send(customer, Intent::Claim { by: rep(by) }, model.now),
            Wish::Release(customer, by) => pool.send(customer, Intent::Release { by: rep(by) }, model.now),
            Wish::Transfer(customer, to) => pool.send(customer, Intent::Transfer { to: rep(to) }, model.now),
            Wish::Sweep => {
                for customer in 0..6 {
                    pool.send(customer, Intent::Wake, model.now);
                }
                return pool;
            }
            Wish::Again => {
                // What was carried out is answered as before; what was refused may be tried again, and is not here.
                if let Some((command, now, true)) = pool.last.clone() {
                    assert!(pool.run(command, now));
                }
                return pool;
            }
            Wish::Wait(_) => return pool,
        };
        assert_eq!(done, model.done, "{wish:?}");
        pool
    }

    fn check_invariants(pool: &Self, model: &Model) {
        let mut store = pool.store.clone();
        for customer in 0..6_u8 {
            let id = format!("c{customer}").parse().expect("an id");
            let Ok(state) = store.customer(&id);
            assert_eq!(state.is_some(), model.exists.contains(&customer), "{id}");
            let owner = state.as_ref().and_then(|state| state.customer().ownership());
            let owner = owner.map(|owned| owned.owner().to_string());
            assert_eq!(owner, model.owned.get(&customer).map(|(rep, _)| format!("r{rep}")), "{id}");
            let audit = Driver::new(&pool.rules).audit(&id).on(&mut store).expect("no failure");
            assert!(matches!(audit, Audit::Whole { .. } | Audit::Absent), "{id}: {audit:?}");
        }
    }
}

prop_state_machine! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    /// Goal: the store and a model of forty lines never disagree. Method: up to sixty wishes, among them waits that end
    /// exactly at midnight's and the cooldown's edge.
    #[test]
    fn the_pool_is_as_its_model_says(sequential 1..60 => Pool);
}
