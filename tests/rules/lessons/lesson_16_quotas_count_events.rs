//! Quota counted from rows held now: returning refunds it; being assigned or creating consumes it. Quota consumed by a
//! claim that failed.

use customer_pool::Policy;
use customer_pool::claim::{BatchDecision, BatchResult, ClaimCase};
use customer_pool::decision::{ClaimDecision, Denial};
use customer_pool::model::{Ledger, LedgerEntry, WayIn};
use customer_pool::time::Timestamp;
use serde_json::{Value, json};

use super::claims::*;
use super::support::*;

/// Goal: a quota counts claims, whatever became of them, and only claims that succeeded. Method: a day's quota of one:
/// after a claim that was returned; after an assignment and a creation; after a claim that was refused.
fn check(evaluator: &dyn Evaluator) -> Outcome {
    let policy = evaluator.load(&claims(json!({
        "quotas": [{ "id": "daily", "limit": 1, "window": "day" }],
        "capacities": [{ "id": "held", "scope": "everybody", "cap": 50 }]
    })))?;
    let (seller, customer) = (rep("r1", "sales"), pooled("c1", json!({})));
    let now = utc("2026-03-02 12:00");
    let after = |entries: Value, held: u32| {
        let ledgers = [ledger(&seller, json!({ "entries": entries, "holdings": [{ "rule": "held", "used": held }] }))];
        evaluator.claim(&policy, &ClaimCase::new(&customer, &seller).with_ledgers(&ledgers), now)
    };
    let returned = after(json!([entry("claim", "2026-03-02 09:00", "c7")]), 0);
    denied("claimed and returned today", &returned, &["claim.quota"])?;
    let given = json!([entry("assign", "2026-03-02 09:00", "c7"), entry("create", "2026-03-02 10:00", "c8")]);
    denied("assigned and created today", &after(given, 2), &[])?;

    let frozen = pooled("c2", json!({ "protection": { "freezes": [{ "kind": "dispute" }] } }));
    let ledgers = [ledger(&seller, json!({ "holdings": [{ "rule": "held", "used": 0 }] }))];
    let batch = evaluator.claim_batch(&policy, Batch::new(&seller, &[frozen, customer], &ledgers), now);
    same("what is taken after a refusal", (batch.is_taken(0), batch.is_taken(1)), (false, true))
}

/// What is held now is what was claimed.
struct CountsWhatIsHeld;

impl Evaluator for CountsWhatIsHeld {
    fn claim(&self, policy: &Policy, case: &ClaimCase<'_>, now: Timestamp) -> ClaimDecision {
        let has_quotas = policy.draft().claims().is_some_and(|rules| !rules.quotas().is_empty());
        let ledgers: Vec<Ledger> = case
            .ledgers()
            .iter()
            .map(|ledger| {
                let Some(held) = ledger.holdings().first().filter(|_| has_quotas) else { return ledger.clone() };
                let rows = usize::try_from(held.used()).unwrap_or(usize::MAX);
                let entries = ledger.entries().iter().take(rows);
                let claimed = entries.map(|entry| LedgerEntry::new(entry.at(), WayIn::Claim, entry.customer().clone()));
                Ledger::new(ledger.scope().clone())
                    .with_version(ledger.version())
                    .with_entries(claimed.collect::<Vec<_>>())
                    .with_holdings(ledger.holdings().iter().cloned())
            })
            .collect();
        policy.claim(&anew(case, case.customer(), &ledgers), now)
    }
}

/// It counts before it knows whether the claim succeeds.
struct CountsWhatFailed;

impl Evaluator for CountsWhatFailed {
    fn claim_batch(&self, policy: &Policy, batch: Batch<'_>, now: Timestamp) -> BatchDecision {
        let first = batch.judged(policy, now);
        let is_quota = |denial: &Denial| denial.code() == "claim.quota";
        let failed = first.results().iter().zip(batch.customers).filter(|(result, _)| match result {
            BatchResult::Decided(decision) => {
                !decision.denials().is_empty() && !decision.denials().iter().any(is_quota)
            }
            BatchResult::NotAttempted => false,
        });
        let failed = failed.map(|(_, customer)| LedgerEntry::new(now, WayIn::Claim, customer.id().clone()));
        let failed: Vec<LedgerEntry> = failed.collect();
        let counted: Vec<Ledger> =
            batch.ledgers.iter().map(|ledger| ledger.clone().with_entries(failed.iter().cloned())).collect();
        Batch { ledgers: &counted, ..batch }.judged(policy, now)
    }
}

/// The lesson.
pub const LESSON: Lesson = Lesson {
    number: 16,
    check,
    wrong: &[
        Wrong { name: "what is held is counted", make: || Box::new(CountsWhatIsHeld) },
        Wrong { name: "a claim that failed is counted", make: || Box::new(CountsWhatFailed) },
    ],
};
