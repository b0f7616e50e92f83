//! Cap checked on one path and not on import, the second form, or batch. Cap message shows another number than the one
//! enforced.

use customer_pool::Policy;
use customer_pool::claim::{Acquisition, BatchDecision, ClaimCase};
use customer_pool::decision::{ClaimDecision, Denial};
use customer_pool::model::{Customer, Holding, Ledger};
use customer_pool::time::Timestamp;
use serde_json::json;

use super::claims::*;
use super::support::*;

/// Goal: the cap binds whichever way a customer comes, and its message shows what it counted. Method: fifty of fifty
/// held, and eight beside them that a live order excuses; then two places left, and a batch of three.
fn check(evaluator: &dyn Evaluator) -> Outcome {
    let policy = evaluator.load(&claims(json!({
        "capacities": [{ "id": "held", "scope": "everybody", "cap": 50, "excused_by": ["open_order"] }]
    })))?;
    let seller = rep("r1", "sales");
    let now = utc("2026-03-02 09:00");
    let holding = |used: u32| {
        let excused: Vec<_> = (0..8).map(|_| json!({ "until": utc("2026-04-01 09:00"), "weight": 1 })).collect();
        [ledger(&seller, json!({ "holdings": [{ "rule": "held", "used": used, "excused": excused }] }))]
    };
    let (full, customer) = (holding(50), pooled("c1", json!({})));
    for acquisition in
        [Acquisition::Claim, Acquisition::Assign, Acquisition::Transfer, Acquisition::Create, Acquisition::Import]
    {
        let case = ClaimCase::new(&customer, &seller).with_ledgers(&full).with_acquisition(acquisition);
        let decision = evaluator.claim(&policy, &case, now);
        let right = Denial::Capacity { rule: "held".parse()?, used: 50, cap: 50, weighs: 1 };
        same(&format!("{acquisition} at the cap"), decision.denials().to_vec(), vec![right])?;
    }
    let customers: Vec<Customer> = ["c1", "c2", "c3"].iter().map(|id| pooled(id, json!({}))).collect();
    let batch = evaluator.claim_batch(&policy, Batch::new(&seller, &customers, &holding(48)), now);
    same("how many a batch takes with two places left", batch.taken(), 2)
}

/// Imports and forms have code of their own.
struct OnlyClaimsAreChecked;

impl Evaluator for OnlyClaimsAreChecked {
    fn claim(&self, policy: &Policy, case: &ClaimCase<'_>, now: Timestamp) -> ClaimDecision {
        match case.acquisition() {
            Acquisition::Claim => policy.claim(case, now),
            _ => without(policy, "capacities").claim(case, now),
        }
    }
}

/// The batch writes many rows at once and asks nobody.
struct BatchesAreNotChecked;

impl Evaluator for BatchesAreNotChecked {
    fn claim_batch(&self, policy: &Policy, batch: Batch<'_>, now: Timestamp) -> BatchDecision {
        batch.judged(&without(policy, "capacities"), now)
    }
}

/// The message counts rows, the check counts weight.
struct AnotherNumberIsShown;

impl Evaluator for AnotherNumberIsShown {
    fn claim(&self, policy: &Policy, case: &ClaimCase<'_>, now: Timestamp) -> ClaimDecision {
        let decision = policy.claim(case, now);
        if !codes(decision.denials()).contains(&"claim.capacity") {
            return decision;
        }
        let rows = |holding: &Holding| {
            let excused: u64 = holding.excused().iter().map(|excused| u64::from(excused.weight())).sum();
            Holding::new(holding.rule().clone(), holding.used() + excused)
        };
        let shown: Vec<Ledger> = case
            .ledgers()
            .iter()
            .map(|ledger| {
                Ledger::new(ledger.scope().clone())
                    .with_version(ledger.version())
                    .with_entries(ledger.entries().iter().cloned())
                    .with_holdings(ledger.holdings().iter().map(rows).collect::<Vec<_>>())
            })
            .collect();
        policy.claim(&anew(case, case.customer(), &shown), now)
    }
}

/// The lesson.
pub const LESSON: Lesson = Lesson {
    number: 18,
    check,
    wrong: &[
        Wrong { name: "only claims meet the cap", make: || Box::new(OnlyClaimsAreChecked) },
        Wrong { name: "batches do not meet the cap", make: || Box::new(BatchesAreNotChecked) },
        Wrong { name: "the message shows another number", make: || Box::new(AnotherNumberIsShown) },
    ],
};
