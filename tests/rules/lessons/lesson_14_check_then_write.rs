//! Check, then unconditional update: two reps both succeed, the last writer wins.
//!
//! The engine writes nothing. It names the versions under which its answer holds, so that the host's update is
//! conditional on all of them.

use customer_pool::Policy;
use customer_pool::claim::ClaimCase;
use customer_pool::decision::{ClaimDecision, ClaimVerdict, Preconditions};
use customer_pool::model::{Ledger, LedgerScope};
use customer_pool::time::Timestamp;
use serde_json::json;

use super::claims::*;
use super::support::*;

/// Goal: of two reps of one unit, and of one rep twice, only the first can write. Method: a host that compares the
/// versions it is told before it writes, with one claim left to the unit and one day's claim left to the rep.
fn check(evaluator: &dyn Evaluator) -> Outcome {
    let policy = evaluator.load(&claims(json!({ "quotas": [
        { "id": "of_rep", "limit": 1, "window": "day" },
        { "id": "of_unit", "limit": 1, "window": "day", "per": "unit" }
    ] })))?;
    let (one, other, far) = (rep("r1", "sales"), rep("r2", "sales"), rep("r3", "sales/west"));
    let now = utc("2026-03-02 09:00");
    let units = |path: &str| Ledger::new(LedgerScope::Unit(path.parse().expect("a path"))).with_version(7);
    let ask = |rep, customer: &str, version| {
        let customer = pooled(customer, json!({}));
        let ledgers = [ledger(rep, json!({ "version": 5 })), units("sales"), units("sales/west")];
        let case = ClaimCase::new(&customer, rep).with_ledgers(&ledgers).with_customer_version(version);
        evaluator.claim(&policy, &case, now)
    };
    // What the host holds when the second of two answers arrives that were both given before the first was written.
    let written = |scope: &LedgerScope| match scope {
        LedgerScope::Rep(id) if id == one.id() => Some(6),
        LedgerScope::Rep(_) => Some(5),
        LedgerScope::Unit(path) if *path == "sales" => Some(8),
        LedgerScope::Unit(_) => Some(7),
        LedgerScope::Everybody => None,
    };
    let holds = |preconditions: &Preconditions, customer_now| {
        let ledgers = preconditions.ledgers().iter().all(|(scope, version)| written(scope) == Some(*version));
        preconditions.customer() == Some(customer_now) && ledgers
    };
    let first = ask(&one, "c1", 3);
    same("the first", first.verdict(), ClaimVerdict::Eligible)?;
    let mut named: Vec<_> = first.preconditions().ledgers().to_vec();
    named.sort();
    let right = vec![(LedgerScope::Rep(one.id().clone()), 5), (LedgerScope::Unit("sales".parse()?), 7)];
    same("the ledgers it stands on", named, right)?;
    for (what, rep, customer, customer_now) in [
        ("another rep takes the same customer", &other, "c1", 4),
        ("a rep of another unit takes the same customer", &far, "c1", 4),
        ("another rep of the unit takes another customer", &other, "c2", 3),
        ("the same rep takes another customer", &one, "c2", 3),
    ] {
        let second = ask(rep, customer, 3);
        same(what, second.verdict(), ClaimVerdict::Eligible)?;
        same(&format!("{what}: may it be written"), holds(second.preconditions(), customer_now), false)?;
    }
    Ok(())
}

/// It checks the unit's quota and then forgets that it read it.
struct ForgetsTheUnit;

impl Evaluator for ForgetsTheUnit {
    fn claim(&self, policy: &Policy, case: &ClaimCase<'_>, now: Timestamp) -> ClaimDecision {
        let decision = policy.claim(case, now);
        if decision.verdict() != ClaimVerdict::Eligible || !case.bypasses().is_empty() {
            return decision;
        }
        misruled(policy, |rules| {
            if let Some(quotas) = rules.get_mut("quotas").and_then(serde_json::Value::as_array_mut) {
                quotas.retain(|quota| quota.get("per").is_none());
            }
        })
        .claim(case, now)
    }
}

/// It writes to the customer whatever has become of it.
struct ForgetsTheCustomer;

impl Evaluator for ForgetsTheCustomer {
    fn claim(&self, policy: &Policy, case: &ClaimCase<'_>, now: Timestamp) -> ClaimDecision {
        policy.claim(&case.with_customer_version(4), now)
    }
}

/// The lesson.
pub const LESSON: Lesson = Lesson {
    number: 14,
    check,
    wrong: &[
        Wrong { name: "the unit's ledger is read and not named", make: || Box::new(ForgetsTheUnit) },
        Wrong { name: "the customer's version is whatever it is by then", make: || Box::new(ForgetsTheCustomer) },
    ],
};
