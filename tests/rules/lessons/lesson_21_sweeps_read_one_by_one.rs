//! All customers loaded at once; one exception aborts the run; notification sent before the write; a follow-up made since
//! the read is overwritten.
//!
//! The engine sends and writes nothing: it plans, and checks each item again when the host writes or sends it.

use std::rc::{Rc, Weak};

use customer_pool::model::{Customer, Rep};
use customer_pool::sweep::{Ceilings, Recheck, SweepItem, SweepPlan};
use customer_pool::time::Timestamp;
use customer_pool::{Policy, Verdict};
use serde_json::{Value, json};

use super::support::*;

/// The customers of a store, read when they are asked for.
struct Store<I> {
    rows: I,
    given: Vec<Weak<Customer>>,
    /// The most customers that were in memory at once.
    most: usize,
}

impl<I: Iterator<Item = Customer>> Iterator for Store<I> {
    type Item = SweptRow;

    fn next(&mut self) -> Option<SweptRow> {
        let customer = Rc::new(self.rows.next()?);
        self.given.retain(|given| given.strong_count() > 0);
        self.given.push(Rc::downgrade(&customer));
        self.most = self.most.max(self.given.len());
        Some((customer, Some(owner())))
    }
}

fn owner() -> Rep {
    Rep::new("r1".parse().expect("an id"))
}

fn names<'a>(items: impl Iterator<Item = &'a SweepItem>) -> Vec<String> {
    items.map(|item| item.customer().to_string()).collect()
}

/// Goal: a run needs no more than one customer in memory, an odd row loses neither itself nor the rest, and what happened
/// since it was read voids its item, be it a reclaim or a warning. Method: a store that counts the customers which are
/// alive; of forty the seventh has a pause that ends before it begins.
fn check(evaluator: &dyn Evaluator) -> Outcome {
    let mut keys = silence(14);
    keys["groups"][0]["triggers"][0]["warnings"] =
        json!([{ "id": "soon", "before": { "days": 3 }, "audience": ["owner"] }]);
    let policy = evaluator.load(&document(keys))?;
    let reversed = json!({ "pauses": [{ "from": "2026-03-05T00:00:00Z", "to": "2026-03-04T00:00:00Z" }] });
    let row = |number: u32| {
        let odd = if number == 7 { json!({ "protection": reversed }) } else { json!({}) };
        misread(&customer(odd), |facts| facts["id"] = json!(format!("c{number:02}")))
    };
    let mut store = Store { rows: (1..=40).map(row), given: Vec::new(), most: 0 };
    let now = utc("2026-03-17 03:00");
    let plan = evaluator.plan_sweep(&policy, &mut store, now);
    same("the most customers in memory at once", store.most, 1)?;
    let all_but_one: Vec<String> =
        (1..=40).filter(|number| *number != 7).map(|number| format!("c{number:02}")).collect();
    same("what is planned", names(plan.items().iter()), all_but_one)?;
    let odd: Vec<&str> = plan.undetermined().iter().map(|odd| odd.customer().as_str()).collect();
    same("the odd rows", odd, vec!["c07"])?;

    let called = |since: &str| json!([call("2026-03-02 10:00"), call(since)]);
    for (what, read, since, now) in [
        ("a reclaim", "2026-03-17 03:00", "2026-03-16 18:00", "2026-03-17 03:05"),
        ("a warning", "2026-03-15 03:00", "2026-03-15 03:02", "2026-03-15 03:05"),
    ] {
        let silent = customer(json!({}));
        let plan =
            evaluator.plan_sweep(&policy, &mut std::iter::once((Rc::new(silent.clone()), Some(owner()))), utc(read));
        let item = plan.items().first().ok_or_else(|| format!("{what} is not planned"))?;
        let recheck = |customer: &Customer| evaluator.recheck(&policy, item, Asked::new(customer, utc(now)));
        same(&format!("{what}, nothing happened"), recheck(&silent), Recheck::Stands)?;
        let spoken = customer(json!({ "activities": called(since) }));
        same(&format!("{what}, a follow-up since"), recheck(&spoken), Recheck::Void)?;
        let other = json!({ "owned": { "owner": "r2", "start": utc("2026-03-02 09:00") } });
        let moved = misread(&silent, |facts: &mut Value| facts["place"] = other);
        same(&format!("{what}, another owner since"), recheck(&moved), Recheck::Void)?;
    }
    Ok(())
}

/// Reads the table, then works.
struct AllAtOnce;

impl Evaluator for AllAtOnce {
    fn plan_sweep(&self, policy: &Policy, rows: &mut dyn Iterator<Item = SweptRow>, now: Timestamp) -> SweepPlan {
        let table: Vec<SweptRow> = rows.collect();
        policy.plan_sweep(table, now, Ceilings::new())
    }
}

fn is_odd(policy: &Policy, (customer, owner): &SweptRow, now: Timestamp) -> bool {
    matches!(policy.decide(customer, owner.as_ref(), now).verdict(), Verdict::Undetermined(_))
}

/// An exception nobody catches.
struct StopsAtTheFirstOddRow;

impl Evaluator for StopsAtTheFirstOddRow {
    fn plan_sweep(&self, policy: &Policy, rows: &mut dyn Iterator<Item = SweptRow>, now: Timestamp) -> SweepPlan {
        policy.plan_sweep(rows.take_while(|row| !is_odd(policy, row, now)), now, Ceilings::new())
    }
}

/// An exception that is caught and forgotten.
struct OddRowsAreLost;

impl Evaluator for OddRowsAreLost {
    fn plan_sweep(&self, policy: &Policy, rows: &mut dyn Iterator<Item = SweptRow>, now: Timestamp) -> SweepPlan {
        policy.plan_sweep(rows.filter(|row| !is_odd(policy, row, now)), now, Ceilings::new())
    }
}

/// What was planned is written.
struct ChecksNothingAgain;

impl Evaluator for ChecksNothingAgain {
    fn recheck(&self, _: &Policy, _: &SweepItem, _: Asked<'_>) -> Recheck {
        Recheck::Stands
    }
}

/// The update says `where owner = ?`.
struct ComparesTheOwnerOnly;

impl Evaluator for ComparesTheOwnerOnly {
    fn recheck(&self, _: &Policy, item: &SweepItem, asked: Asked<'_>) -> Recheck {
        match asked.customer.ownership() {
            Some(ownership) if ownership.owner() == item.owner() => Recheck::Stands,
            _ => Recheck::Void,
        }
    }
}

/// The lesson.
pub const LESSON: Lesson = Lesson {
    number: 21,
    check,
    wrong: &[
        Wrong { name: "all customers are loaded at once", make: || Box::new(AllAtOnce) },
        Wrong { name: "the first odd row ends the run", make: || Box::new(StopsAtTheFirstOddRow) },
        Wrong { name: "odd rows are listed nowhere", make: || Box::new(OddRowsAreLost) },
        Wrong { name: "what was planned is written unchecked", make: || Box::new(ChecksNothingAgain) },
        Wrong { name: "only the owner is compared again", make: || Box::new(ComparesTheOwnerOnly) },
    ],
};
