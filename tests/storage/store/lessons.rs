//! Lessons that need a store.

use std::ops::ControlFlow;

use customer_pool::model::{Activity, ActivityKind, Actor, Occurred};
use customer_pool::plan::{Command, Intent, ItemOutcome};
use customer_pool::service::{Batch, Driver, SweepRun, Swept};
use customer_pool::store::{Committed, MemoryStore, PoolStore};
use customer_pool::sweep::Ceilings;
use customer_pool::{at, id};

use super::drivers::{Office, claim};

fn names(n: usize) -> impl Iterator<Item = String> {
    (0..n).map(|n| format!("c{n}"))
}

/// 14: check, then unconditional update. The loser's write is refused by the store, not only by a check before it.
#[test]
fn lesson_14_the_last_writer_does_not_win() {
    let mut office = Office::new("", "").created(names(1));
    let driver = Driver::new(&office.rules);
    let checked = driver.preview(&claim("c0", "li"), office.now).on(&mut office.store).expect("a preview");
    let checked = checked.plan.expect("li may have it");
    let mut other = office.store.clone();
    assert!(matches!(
        driver.run(&claim("c0", "wang"), office.now).on(&mut other),
        Ok(customer_pool::service::Attempt::Done(_))
    ));
    let Ok(written) = office.store.commit(checked.changes());
    assert!(matches!(written, Committed::Stale(_)));
    assert_eq!(office.owner("c0").as_deref(), Some("wang"));
}

/// 19: a batch is validated as a batch, and what fails in its middle leaves nothing half done and says so.
#[test]
fn lesson_19_a_batch_counts_itself_and_leaves_nothing_half_done() {
    let quota = r#""quotas": [{"id": "daily", "limit": 2, "window": "day"}]"#;
    let mut office = Office::new(quota, "").created(names(4));
    let claims: Vec<_> = names(4).map(|name| claim(&name, "li")).collect();
    let driver = Driver::new(&office.rules);
    let whole = Batch::new(id!("all"), claims.clone()).whole();
    let attempt = driver.run_batch(&whole, office.now).on(&mut office.store).expect("no failure");
    let items: Vec<_> = attempt.outcome().expect("an outcome").items().iter().map(|(_, item)| item.clone()).collect();
    assert_eq!(items[..2], [ItemOutcome::HeldBack, ItemOutcome::HeldBack]);
    assert!(items[2..].iter().all(|item| matches!(item, ItemOutcome::Refused { .. })));
    assert_eq!(office.owner("c0"), None);
    let driver = Driver::new(&office.rules);
    let parts = Batch::new(id!("some"), claims);
    let attempt = driver.run_batch(&parts, office.now).on(&mut office.store).expect("no failure");
    let done = attempt.outcome().expect("an outcome").items().iter().filter(|(_, item)| item.is_done()).count();
    assert_eq!(done, 2);
}

/// 21: customers come page by page, one that cannot be decided stops nobody, and a follow-up made since a page was read is
/// not overwritten.
#[test]
fn lesson_21_a_sweep_goes_on_and_overwrites_nothing() {
    let mut office = Office::new("", "").created(names(3));
    for name in names(3) {
        assert!(office.done(&claim(&name, "li")).is_done());
    }
    let due = at!("2026-03-17T00:00:00Z");
    let driver = Driver::new(&office.rules);
    let mut run = SweepRun::new(due, Ceilings::new());
    let mut seen = Vec::new();
    let mut other = office.store.clone();
    let rules = &office.rules;
    let mut on_swept = |about: &customer_pool::id::CustomerId, swept: &Swept| {
        seen.push((about.to_string(), swept.clone()));
        // While the page is under way, somebody calls the last customer.
        if about.as_str() == "c0" {
            called(rules, &mut other);
        }
        ControlFlow::Continue(())
    };
    driver.sweep_page(&mut run, 10, &mut on_swept).on(&mut office.store).expect("no failure");
    let done: Vec<_> = seen.iter().map(|(about, swept)| (about.as_str(), matches!(swept, Swept::Done(_)))).collect();
    assert_eq!(done, [("c0", true), ("c1", true), ("c2", false)]);
    assert_eq!(office.owner("c2").as_deref(), Some("li"));
}

fn called(rules: &customer_pool::policy::Revisions, store: &mut MemoryStore) {
    let at = at!("2026-03-16T23:59:00Z");
    let call = Activity::new(ActivityKind::Call, Actor::Rep(id!("li")), Some(Occurred::At(at)), None).expect("a call");
    let call = Command::new(id!("call"), id!("c2"), Actor::Rep(id!("li")), Intent::RecordActivity(call.into()));
    let recorded = Driver::new(rules).run(&call, at).on(store).expect("no failure");
    assert!(recorded.outcome().is_some());
}
