//! Drivers over the store in memory: worked examples, previews, retries, departures, imports, futures.

use std::ops::ControlFlow;

pub(crate) use crate::support::id;
use customer_pool::Policy;
use customer_pool::conformance::{BlockOn, Fault, FaultStore, Park};
use customer_pool::model::{Actor, Customer, LedgerScope, Place, Rep};
use customer_pool::plan::{Command, Intent, ItemOutcome, Landing, Outcome, RepCommand, RepIntent};
use customer_pool::policy::Revisions;
use customer_pool::service::{
    Attempt, Batch, Departure, Driver, DriverError, Failure, Pull, SweepRun, with_retries, with_retries_async,
};
use customer_pool::store::{Committed, MemoryStore, PoolStore, Ready};
use customer_pool::sweep::{Ceiling, Ceilings};
use customer_pool::time::Timestamp;
use customer_pool::{at, id};

/// Rules, a store, and what a test says again and again.
pub struct Office {
    pub rules: Revisions,
    pub store: MemoryStore,
    pub now: Timestamp,
}

impl Office {
    /// `claims` and `moves` are the inside of those parts of the policy.
    pub fn new(claims: &str, moves: &str) -> Self {
        let text = format!(
            r#"{{"format": 1, "id": "office", "revision": 1, "default_calendar": "utc",
            "calendars": {{"utc": {{"zone": "UTC", "working_days": ["mon", "tue", "wed", "thu", "fri"],
                                    "valid": {{"from": "2024-01-01", "to": "2030-12-31"}}}}}},
            "pools": [{{"id": "east", "members": [{{"unit": "sales"}}]}}], "routing": {{"fallback": "east"}},
            "claims": {{{claims}}}, "moves": {{{moves}}},
            "groups": [{{"id": "contact", "triggers": [{{"id": "silent", "when": "always", "base": {{"days": 14}},
                         "renewals": {{"call": {{"days": 14}}}}}}]}}]}}"#
        );
        let policy = Policy::from_json(&text).expect("a policy");
        let rules = Revisions::new([policy]).expect("one revision");
        let mut office = Self { rules, store: MemoryStore::new(), now: at!("2026-03-02T08:00:00Z") };
        for rep in ["li", "wang", "zhao"] {
            let facts = Rep::new(id(rep)).with_units([id!("sales/east")]).into();
            let command = RepCommand::new(id(rep), id(rep), Actor::System, RepIntent::Enroll { rep: facts });
            let enrolled = Driver::new(&office.rules).run_rep(&command, office.now).on(&mut office.store);
            assert!(matches!(enrolled, Ok(Attempt::Done(_))));
        }
        office
    }

    pub fn driver(&self) -> Driver<'_> {
        Driver::new(&self.rules)
    }

    pub fn created(mut self, names: impl IntoIterator<Item = String>) -> Self {
        for name in names {
            let customer = Customer::new(id(&name), Place::Awaiting).into();
            let intent = Intent::Create { customer, into: Landing::Pool(id!("east")) };
            let outcome = self.done(&Command::new(id(&format!("create {name}")), id(&name), Actor::System, intent));
            assert!(outcome.is_done());
        }
        self
    }

    pub fn attempt(&mut self, command: &Command) -> Attempt<ItemOutcome> {
        let mut store = self.store.clone();
        self.driver().run(command, self.now).on(&mut store).expect("no failure")
    }

    pub fn done(&mut self, command: &Command) -> ItemOutcome {
        let attempt = self.attempt(command);
        attempt.outcome().expect("nobody else writes").clone()
    }

    pub fn owner(&mut self, customer: &str) -> Option<String> {
        let Ok(state) = self.store.customer(&id(customer));
        state.and_then(|state| state.customer().ownership().map(|owned| owned.owner().to_string()))
    }
}

pub fn claim(customer: &str, by: &str) -> Command {
    let key = format!("{by} claims {customer}");
    Command::new(id(&key), id(customer), Actor::Rep(id(by)), Intent::Claim { by: id(by) })
}

fn names(n: usize) -> impl Iterator<Item = String> {
    (0..n).map(|n| format!("c{n}"))
}

/// Worked example: two reps claim one customer at once: one succeeds, the other sees a conflict.
#[test]
fn two_reps_claim_one_customer_at_once() {
    let mut office = Office::new("", "").created(names(1));
    let driver = office.driver();
    let plans = ["li", "wang"].map(|by| {
        let planned = driver.preview(&claim("c0", by), office.now).on(&mut office.store.clone()).expect("a preview");
        planned.plan.expect("either may have it")
    });
    let mut store = office.store.clone();
    let mut commit = |plan: &customer_pool::plan::Plan| {
        driver.commit(plan, plan.digest().expect("a digest"), office.now).on(&mut store).expect("no failure")
    };
    assert!(matches!(commit(&plans[0]), Attempt::Done(_)));
    assert!(matches!(commit(&plans[1]), Attempt::Stale(_)), "the other sees a conflict");
    assert_eq!(office.owner("c0").as_deref(), Some("li"));
}

/// Worked example: one rep claims ten customers at once with quota 3 and no minimum interval: exactly three succeed.
#[test]
fn one_rep_claims_ten_customers_at_once_with_quota_three() {
    let office = Office::new(r#""quotas": [{"id": "daily", "limit": 3, "window": "day"}]"#, "").created(names(10));
    let claims: Vec<_> = names(10).map(|name| claim(&name, "li")).collect();
    let done: usize = std::thread::scope(|scope| {
        let one = |command| {
            let office = &office;
            scope.spawn(move || {
                let attempt = with_retries(1_000, || {
                    let mut store = office.store.clone();
                    office.driver().run(command, office.now).on(&mut store)
                });
                let attempt = attempt.expect("it ends");
                usize::from(attempt.outcome().expect("it ends").is_done())
            })
        };
        let threads: Vec<_> = claims.iter().map(one).collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).sum()
    });
    assert_eq!(done, 3);
}

#[test]
fn the_previewed_plan_is_the_committed_plan() {
    let mut office = Office::new(r#""undo": {"within": {"hours": 2}, "per_day": 1}"#, "").created(names(2));
    assert!(office.done(&claim("c0", "li")).is_done());
    let driver = Driver::new(&office.rules);
    let release = Command::new(id!("release"), id!("c0"), Actor::Rep(id!("li")), Intent::Release { by: id!("li") });
    let planned = driver.preview(&release, office.now).on(&mut office.store).expect("a preview");
    let plan = planned.plan.expect("the claim would be undone");
    let digest = plan.digest().expect("a digest");
    // Over the wire and back it is the same plan.
    let text = serde_json::to_string(&plan).expect("JSON");
    let back: customer_pool::plan::Plan = serde_json::from_str(&text).expect("a plan");
    assert_eq!((back.digest().expect("a digest"), &back), (digest, &plan));
    // A plan that somebody has changed is not the one.
    let other: customer_pool::plan::Plan = serde_json::from_str(&text.replace(r#""li""#, r#""wang""#)).expect("a plan");
    let refused = driver.commit(&other, digest, office.now).on(&mut office.store);
    assert!(matches!(refused, Err(DriverError::Failed(Failure::NotPreviewed))), "{refused:?}");
    // Its decisions stand until the undo window ends: then it would be a release.
    let over = plan.until().expect("the window ends");
    let refused = driver.commit(&plan, digest, over).on(&mut office.store);
    assert!(
        matches!(refused, Err(DriverError::Failed(Failure::PreviewOver { until })) if until == over),
        "{refused:?}"
    );
    let later = office.now.checked_add_micros(3_600_000_000).expect("our age");
    let committed = driver.commit(&plan, digest, later).on(&mut office.store).expect("no failure");
    assert!(matches!(committed, Attempt::Done(_)));
    let Ok(events) = office.store.events(&id!("c0"), 1, 10);
    assert_eq!(events[2..], plan.changes().customers[0].events[..]);
    assert!(matches!(driver.commit(&plan, digest, later).on(&mut office.store), Ok(Attempt::Again(_))));
}

#[test]
fn a_key_is_one_commands() {
    let mut office = Office::new("", "").created(names(2));
    assert!(office.done(&claim("c0", "li")).is_done());
    let other = Command::new(id!("li claims c0"), id!("c1"), Actor::Rep(id!("li")), Intent::Claim { by: id!("li") });
    let driver = Driver::new(&office.rules);
    let refused = driver.run(&other, office.now).on(&mut office.store);
    assert!(matches!(refused, Err(DriverError::Failed(Failure::KeyReused { .. }))), "{refused:?}");
    assert_eq!(office.owner("c1"), None);
}

#[test]
fn a_refusal_is_not_kept_and_may_be_tried_again() {
    let mut office = Office::new(r#""quotas": [{"id": "daily", "limit": 1, "window": "day"}]"#, "").created(names(2));
    assert!(office.done(&claim("c0", "li")).is_done());
    let command = claim("c1", "li");
    assert!(matches!(office.done(&command), ItemOutcome::Refused { .. }));
    let Ok(kept) = office.store.outcome(command.key());
    assert_eq!(kept, None);
    office.now = at!("2026-03-03T00:00:00Z");
    assert!(office.done(&command).is_done());
}

#[test]
fn unknown_customers_and_reps_are_named() {
    let mut office = Office::new("", "").created(names(1));
    assert!(matches!(office.done(&claim("nobody", "li")), ItemOutcome::Unknown(_)));
    assert!(matches!(office.done(&claim("c0", "nobody")), ItemOutcome::Unknown(_)));
}

#[test]
fn retries_are_bounded_and_say_so() {
    let stale = customer_pool::plan::Version::new(customer_pool::plan::Subject::Customer(id!("c0")), 7);
    let mut calls = 0;
    let ended = with_retries(4, || {
        calls += 1;
        Ok::<Attempt<()>, DriverError>(Attempt::Stale(stale.clone()))
    });
    assert!(
        matches!(ended, Err(DriverError::Contended(contended)) if contended.attempts == 4 && contended.stale == stale)
    );
    assert_eq!(calls, 4);
}

#[test]
fn a_driver_runs_over_futures_too() {
    let mut office = Office::new("", "").created(names(1));
    let mut store = Ready(office.store.clone());
    let (driver, command) = (Driver::new(&office.rules), claim("c0", "li"));
    fn is_send<T: Send>(future: T) -> T {
        future
    }
    let attempt = Park.block_on(is_send(driver.run(&command, office.now).on_async(&mut store))).expect("no failure");
    assert!(matches!(attempt, Attempt::Done(_)));
    let (rules, now) = (&office.rules, office.now);
    let again = Park.block_on(with_retries_async(3, || {
        let mut store = Ready(office.store.clone());
        async move { Driver::new(rules).run(&claim("c0", "li"), now).on_async(&mut store).await }
    }));
    assert!(matches!(again, Ok(Attempt::Again(_))));
    assert_eq!(office.owner("c0").as_deref(), Some("li"));
}

#[test]
fn a_departure_of_thousands_is_paged_and_resumed() {
    let count = 2_000;
    let moves = r#""departures": [{"when": "always", "to": "successor"}]"#;
    let mut office = Office::new("", moves);
    let owned: Vec<Command> = names(count)
        .map(|name| {
            let customer = Customer::new(id(&name), Place::Awaiting).into();
            let intent =
                Intent::Import { customer, into: Landing::Owner(id!("li")), since: None, source: Some(id!("old")) };
            Command::new(id(&format!("import {name}")), id(&name), Actor::System, intent)
        })
        .collect();
    let driver = Driver::new(&office.rules);
    for (n, page) in owned.chunks(500).enumerate() {
        let batch = Batch::new(id(&format!("page {n}")), page.iter().cloned());
        let attempt = driver.run_batch(&batch, office.now).on(&mut office.store).expect("no failure");
        assert!(attempt.outcome().is_some_and(|outcome| outcome.items().iter().all(|(_, item)| item.is_done())));
    }
    let begin = || Departure::new(id!("li leaves"), id!("li"), Actor::System).with_successor(id!("wang"));
    let (mut departure, mut seen) = (begin(), 0);
    // It is given up in the middle, and begun again with the same key.
    let mut on_item = |_: &customer_pool::id::CustomerId, attempt: &Attempt<ItemOutcome>| {
        assert!(attempt.outcome().is_some());
        seen += 1;
        if seen == 777 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    for _ in 0..3 {
        driver.depart_page(&mut departure, 300, office.now, &mut on_item).on(&mut office.store).expect("no failure");
    }
    let Ok(left) = office.store.owned_by(&id!("li"), None, usize::MAX);
    assert_eq!((left.len(), departure.is_over()), (count - 777, false));
    let mut departure = begin();
    let mut on_item = |_: &customer_pool::id::CustomerId, _: &Attempt<ItemOutcome>| ControlFlow::Continue(());
    while !departure.is_over() {
        driver.depart_page(&mut departure, 300, office.now, &mut on_item).on(&mut office.store).expect("no failure");
    }
    let Ok(left) = office.store.owned_by(&id!("li"), None, usize::MAX);
    let Ok(inherited) = office.store.owned_by(&id!("wang"), None, usize::MAX);
    assert_eq!((left.len(), inherited.len()), (0, count));
    assert!(matches!(office.store.rep(&id!("li")), Ok(Some(rep)) if !rep.rep().is_active()));
}

#[test]
fn a_sweep_keeps_its_ceilings_and_goes_on_where_it_was() {
    let mut office = Office::new("", "").created(names(6));
    for name in names(6) {
        assert!(office.done(&claim(&name, "li")).is_done());
    }
    let due: Timestamp = at!("2026-03-17T00:00:00Z");
    let driver = Driver::new(&office.rules);
    let before = due.checked_add_micros(-1).expect("our age");
    let mut swept = Vec::new();
    let mut sweep = |store: &mut MemoryStore, run: &mut SweepRun, pages: usize| {
        for _ in 0..pages {
            let mut on_swept = |id: &customer_pool::id::CustomerId, what: &customer_pool::service::Swept| {
                swept.push((id.to_string(), what.clone()));
                ControlFlow::Continue(())
            };
            driver.sweep_page(run, 2, &mut on_swept).on(store).expect("no failure");
        }
    };
    let mut run = SweepRun::new(before, Ceilings::new());
    sweep(&mut office.store, &mut run, 1);
    assert!(run.is_over() && run.tally().is_empty(), "nothing is due");
    let mut run = SweepRun::new(due, Ceilings::new().with_per_run(3));
    sweep(&mut office.store, &mut run, 3);
    let after = run.after().cloned().expect("it has a cursor");
    assert_eq!((run.tally().get("done"), run.tally().get("throttled")), (Some(&3), Some(&3)));
    assert_eq!(after.customer, id::<customer_pool::id::CustomerId>("c5"));
    let mut next = SweepRun::new(due, Ceilings::new());
    sweep(&mut office.store, &mut next, 2);
    assert_eq!(next.tally().get("done"), Some(&3), "the next run takes what was held back");
    assert!(swept.iter().any(|(_, what)| *what == customer_pool::service::Swept::Throttled(Ceiling::Run)));
    assert_eq!(driver.next_wake().on(&mut office.store).expect("no failure"), None);
}

#[test]
fn a_pull_takes_what_the_rep_may_have_in_the_pools_order() {
    let mut office = Office::new(r#""quotas": [{"id": "daily", "limit": 2, "window": "day"}]"#, "").created(names(5));
    let driver = Driver::new(&office.rules);
    let pull = Pull::new(id!("pull"), id!("li"), id!("east"), 4);
    let attempt = driver.pull(&pull, office.now).on(&mut office.store).expect("no failure");
    let outcome = attempt.outcome().expect("nobody else writes").clone();
    let got: Vec<_> = outcome.items().iter().filter(|(_, item)| item.is_done()).map(|(id, _)| id.to_string()).collect();
    assert_eq!(got, ["c0", "c1"]);
    assert_eq!(driver.pull(&pull, office.now).on(&mut office.store).expect("no failure"), Attempt::Again(outcome));
    let Ok(ledger) = office.store.ledger(&LedgerScope::Rep(id!("li")), Some(Timestamp::MIN));
    assert_eq!(ledger.entries().len(), 2);
}

#[test]
fn one_command_has_one_outcome_now_and_when_it_is_sent_again() {
    let mut office = Office::new("", "").created(names(1));
    let command = claim("c0", "li");
    let Attempt::Done(first) = office.attempt(&command) else { panic!("nobody else writes") };
    assert!(matches!(&first, ItemOutcome::Applied { version: 2, .. }), "{first:?}");
    assert_eq!(office.attempt(&command), Attempt::Again(first));
    let rep = RepCommand::enroll(id("zhang"), Rep::new(id("zhang")));
    let driver = Driver::new(&office.rules);
    let Ok(Attempt::Done(first)) = driver.run_rep(&rep, office.now).on(&mut office.store) else { panic!("no failure") };
    assert!(matches!(&first, ItemOutcome::Applied { version: 1, .. }), "{first:?}");
    assert!(
        matches!(driver.run_rep(&rep, office.now).on(&mut office.store), Ok(Attempt::Again(again)) if again == first)
    );
}

#[test]
fn a_kept_outcome_without_the_commands_own_part_is_not_its_answer() {
    let mut office = Office::new("", "").created(names(1));
    let (driver, command) = (Driver::new(&office.rules), claim("c0", "li"));
    let planned = driver.preview(&command, office.now).on(&mut office.store).expect("a preview");
    let mut changes = planned.plan.expect("a plan").changes().clone();
    changes.answered.as_mut().expect("an answer").outcome = Outcome::default();
    let Ok(written) = office.store.commit(&changes);
    assert!(matches!(written, Committed::Applied(_)));
    let refused = driver.run(&command, office.now).on(&mut office.store);
    assert!(matches!(refused, Err(DriverError::Failed(Failure::KeyReused { .. }))), "{refused:?}");
}

/// An error as hosts have it that box every error: it is no `Error` itself, and `?` makes it of all that are.
#[derive(Debug)]
struct Anything(Box<dyn std::error::Error + Send + Sync>);

impl<E: std::error::Error + Send + Sync + 'static> From<E> for Anything {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

#[test]
fn a_question_mark_takes_the_error_of_a_store_with_boxed_errors() {
    fn boxed(office: &Office) -> Result<(), Box<dyn std::error::Error>> {
        let mut store = FaultStore::new(office.store.clone(), 1, false);
        let _ = office.driver().run(&claim("c0", "li"), office.now).on(&mut store)?;
        Ok(())
    }
    fn anything(office: &Office) -> Result<(), Anything> {
        let mut store = FaultStore::new(office.store.clone(), 1, false);
        let _ = with_retries(2, || office.driver().run(&claim("c0", "li"), office.now).on(&mut store))?;
        Ok(())
    }
    let mut office = Office::new("", "").created(names(1));
    let (boxed, anything) = (boxed(&office).expect_err("a fault"), anything(&office).expect_err("a fault").0);
    for error in [boxed.downcast_ref::<DriverError>(), anything.downcast_ref::<DriverError>()] {
        let error = error.expect("a driver's error");
        let source = std::error::Error::source(error).expect("the store's own error");
        assert_eq!(source.downcast_ref(), Some(&Fault));
        assert_eq!((error.store_error(), error.store_error::<std::io::Error>().is_none()), (Some(&Fault), true));
    }
    assert_eq!(office.owner("c0"), None);
}

#[test]
fn a_blocking_store_may_be_behind_a_pointer() {
    let mut office = Office::new("", "").created(names(1));
    let driver = Driver::new(&office.rules);
    let store: &mut dyn PoolStore<Error = std::convert::Infallible> = &mut office.store;
    assert!(matches!(driver.run(&claim("c0", "li"), office.now).on(store), Ok(Attempt::Done(_))));
}
