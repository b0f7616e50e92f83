//! The log keeps the operator where it says previous owner; no rule id, no numbers, no reason.
//!
//! A log can keep what it is told: the answer names rule, numbers and what a manager let pass.

use customer_pool::Policy;
use customer_pool::claim::{Bypass, Check, ClaimCase};
use customer_pool::decision::{ClaimDecision, ClaimVerdict, Denial};
use customer_pool::model::{Cause, LedgerScope};
use customer_pool::time::Timestamp;
use serde_json::{Value, json};

use super::claims::*;
use super::support::*;

/// Goal: an answer says which rule refused, with its numbers and reason; a bypass is on record; the former owner is who
/// owned, not who asks. Method: a full quota, with and without a bypass; a customer that r1 gave back, wanted by r2.
fn check(evaluator: &dyn Evaluator) -> Outcome {
    let policy = evaluator.load(&claims(json!({
        "quotas": [{ "id": "weekly_vip", "limit": 1, "window": "week" }],
        "cooldowns": [{ "id": "given_back", "after": { "released": { "hours": 168 } } }]
    })))?;
    let now = utc("2026-03-04 09:00");
    let (former, seller) = (rep("r1", "sales"), rep("r2", "sales"));
    let customer = pooled(
        "c1",
        json!({
            "place": in_pool("pool", "2026-03-02 10:00"),
            "past": [past("r1", "2026-02-02 09:00", "2026-03-02 10:00", "released")]
        }),
    );
    let full = [ledger(&seller, json!({ "entries": [entry("claim", "2026-03-03 09:00", "c7")] }))];
    let quota = Denial::Quota {
        rule: "weekly_vip".parse()?,
        ledger: LedgerScope::Rep(seller.id().clone()),
        used: 1,
        limit: 1,
        resets_at: Some(utc("2026-03-09 00:00")),
    };
    let case = ClaimCase::new(&customer, &seller).with_ledgers(&full);
    let refused = evaluator.claim(&policy, &case, now);
    same("why the quota refuses", refused.denials().to_vec(), vec![quota.clone()])?;

    let bypasses = [Bypass::Check(Check::Quota)];
    let let_pass = evaluator.claim(&policy, &case.with_bypasses(&bypasses), now);
    same("with the manager's bypass", let_pass.verdict(), ClaimVerdict::Eligible)?;
    same("what is on record of it", let_pass.bypassed().to_vec(), vec![quota])?;

    let empty = [ledger(&former, json!({}))];
    let barred = evaluator.claim(&policy, &ClaimCase::new(&customer, &former).with_ledgers(&empty), now);
    let cooldown =
        Denial::Cooldown { rule: "given_back".parse()?, cause: Cause::Released, until: utc("2026-03-09 10:00") };
    same("why the former owner is refused", barred.denials().to_vec(), vec![cooldown])
}

/// Who asks is who did it.
struct KeepsTheOperator;

impl Evaluator for KeepsTheOperator {
    fn claim(&self, policy: &Policy, case: &ClaimCase<'_>, now: Timestamp) -> ClaimDecision {
        let (only, rep) = (case.customer().past().len() == 1, case.rep().id());
        let rewritten = misread(case.customer(), |facts| {
            for past in facts.get_mut("past").and_then(Value::as_array_mut).into_iter().flatten() {
                if only {
                    past["owner"] = json!(rep);
                }
            }
        });
        policy.claim(&anew(case, &rewritten, case.ledgers()), now)
    }
}

/// The refusal says that it is one.
struct KeepsNoRule;

impl Evaluator for KeepsNoRule {
    fn claim(&self, policy: &Policy, case: &ClaimCase<'_>, now: Timestamp) -> ClaimDecision {
        let nameless = misruled(policy, |rules| {
            let quotas = rules.get_mut("quotas").and_then(Value::as_array_mut);
            for (i, quota) in quotas.into_iter().flatten().enumerate() {
                quota["id"] = json!(format!("rule_{i}"));
            }
        });
        nameless.claim(case, now)
    }
}

/// What a manager lets pass is not looked at.
struct KeepsNoBypass;

impl Evaluator for KeepsNoBypass {
    fn claim(&self, policy: &Policy, case: &ClaimCase<'_>, now: Timestamp) -> ClaimDecision {
        if case.bypasses().is_empty() {
            return policy.claim(case, now);
        }
        without(policy, "quotas").claim(case, now)
    }
}

/// The lesson.
pub const LESSON: Lesson = Lesson {
    number: 29,
    check,
    wrong: &[
        Wrong { name: "the operator is kept as the former owner", make: || Box::new(KeepsTheOperator) },
        Wrong { name: "no rule is named", make: || Box::new(KeepsNoRule) },
        Wrong { name: "a bypass leaves no trace", make: || Box::new(KeepsNoBypass) },
    ],
};
