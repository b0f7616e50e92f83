//! Batch of n validated once as if it were one. A batch that fails in the middle leaves half done and reports nothing.

use customer_pool::Policy;
use customer_pool::claim::{BatchDecision, BatchMode, BatchResult};
use customer_pool::model::Customer;
use customer_pool::time::Timestamp;
use serde_json::{Value, json};

use super::claims::*;
use super::support::*;

fn said(batch: &BatchDecision) -> Vec<Vec<&'static str>> {
    let one = |(i, result): (usize, &BatchResult)| match result {
        BatchResult::NotAttempted => vec!["not attempted"],
        BatchResult::Decided(_) if batch.is_taken(i) => vec!["taken"],
        BatchResult::Decided(decision) => codes(decision.denials()),
    };
    batch.results().iter().enumerate().map(one).collect()
}

/// Goal: each item is judged against what the earlier ones took, and each is reported. Method: four customers under a
/// quota of three, in every mode.
fn check(evaluator: &dyn Evaluator) -> Outcome {
    let policy = evaluator.load(&claims(json!({ "quotas": [{ "id": "daily", "limit": 3, "window": "day" }] })))?;
    let seller = rep("r1", "sales");
    let customers: Vec<Customer> = ["c1", "c2", "c3", "c4"].iter().map(|id| pooled(id, json!({}))).collect();
    let run = |mode| {
        let ledgers = [ledger(&seller, json!({}))];
        let batch = Batch { mode, ..Batch::new(&seller, &customers, &ledgers) };
        evaluator.claim_batch(&policy, batch, utc("2026-03-02 09:00"))
    };
    let (taken, none) = (vec!["taken"], Vec::new());
    let (full, stopped) = (vec!["claim.quota"], vec!["not attempted"]);
    let all = run(BatchMode::AllOrNothing);
    same("all or nothing", said(&all), vec![none.clone(), none.clone(), none, full.clone()])?;
    same("how many all or nothing takes", all.taken(), 0)?;
    let remaining = run(BatchMode::UpToRemaining);
    same("up to what remains", said(&remaining), vec![taken.clone(), taken.clone(), taken.clone(), stopped])?;
    same("what stopped it", codes(remaining.stopped_by()), full.clone())?;
    same("item by item", said(&run(BatchMode::ItemByItem)), vec![taken.clone(), taken.clone(), taken, full])
}

/// Room for one is room for all.
struct ValidatedOnce;

impl Evaluator for ValidatedOnce {
    fn claim_batch(&self, policy: &Policy, batch: Batch<'_>, now: Timestamp) -> BatchDecision {
        let roomy = misruled(policy, |rules| {
            for quota in rules.get_mut("quotas").and_then(Value::as_array_mut).into_iter().flatten() {
                quota["limit"] = json!(quota["limit"].as_u64().unwrap_or(0) + batch.customers.len() as u64);
            }
        });
        batch.judged(&roomy, now)
    }
}

/// All or nothing takes what it met before it failed.
struct LeavesHalfDone;

impl Evaluator for LeavesHalfDone {
    fn claim_batch(&self, policy: &Policy, batch: Batch<'_>, now: Timestamp) -> BatchDecision {
        let mode = if batch.mode == BatchMode::AllOrNothing { BatchMode::ItemByItem } else { batch.mode };
        Batch { mode, ..batch }.judged(policy, now)
    }
}

/// It reports up to where it failed, and nothing after.
struct ReportsTheFirst;

impl Evaluator for ReportsTheFirst {
    fn claim_batch(&self, policy: &Policy, batch: Batch<'_>, now: Timestamp) -> BatchDecision {
        let (whole, all) = (batch.judged(policy, now), batch.customers);
        let reported = if batch.mode == BatchMode::UpToRemaining { whole.taken() } else { all.len() };
        Batch { customers: all.get(..reported).unwrap_or(all), ..batch }.judged(policy, now)
    }
}

/// The lesson.
pub const LESSON: Lesson = Lesson {
    number: 19,
    check,
    wrong: &[
        Wrong { name: "a batch is validated once", make: || Box::new(ValidatedOnce) },
        Wrong { name: "a failed batch is half done", make: || Box::new(LeavesHalfDone) },
        Wrong { name: "items after the failure are not reported", make: || Box::new(ReportsTheFirst) },
    ],
};
