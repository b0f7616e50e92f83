//! Cooldown looks at the last owner only, so A → B → A passes in a day; freeze measured from a column that any edit
//! moves.

use customer_pool::Policy;
use customer_pool::claim::ClaimCase;
use customer_pool::decision::{ClaimDecision, Denial};
use customer_pool::time::Timestamp;
use serde_json::{Value, json};

use super::claims::*;
use super::support::*;

/// Goal: each past ownership bars its owner from its own end on. Method: r1 and then r2 gave the customer back in one
/// day; it was moved to another place in the pool three days later.
fn check(evaluator: &dyn Evaluator) -> Outcome {
    let policy = evaluator.load(&claims(json!({
        "cooldowns": [{ "id": "cooldown", "after": { "released": { "hours": 168 } } }]
    })))?;
    let customer = pooled(
        "c1",
        json!({
            "place": in_pool("pool", "2026-03-05 09:00"),
            "past": [
                past("r2", "2026-03-02 11:00", "2026-03-02 15:00", "released"),
                past("r1", "2026-03-02 09:00", "2026-03-02 10:00", "released")
            ]
        }),
    );
    let now = utc("2026-03-06 09:00");
    for (id, until) in [("r1", "2026-03-09 10:00"), ("r2", "2026-03-09 15:00")] {
        let former = rep(id, "sales");
        let decision = evaluator.claim(&policy, &ClaimCase::new(&customer, &former), now);
        denied(id, &decision, &["claim.cooldown"])?;
        let ends = decision.denials().iter().map(|denial| match denial {
            Denial::Cooldown { until, .. } => Some(*until),
            _ => None,
        });
        same(&format!("the end of the cooldown of {id}"), ends.collect(), vec![Some(utc(until))])?;
        same(&format!("when {id} may come back"), decision.retry_at(), Some(utc(until)))?;
    }
    Ok(())
}

/// It keeps one former owner.
struct LastOwnerOnly;

impl Evaluator for LastOwnerOnly {
    fn claim(&self, policy: &Policy, case: &ClaimCase<'_>, now: Timestamp) -> ClaimDecision {
        let last = misread(case.customer(), |facts| {
            if let Some(past) = facts.get_mut("past").and_then(Value::as_array_mut) {
                past.truncate(1);
            }
        });
        policy.claim(&anew(case, &last, case.ledgers()), now)
    }
}

/// It counts from when the row was last touched.
struct CountsFromTheLastEdit;

impl Evaluator for CountsFromTheLastEdit {
    fn claim(&self, policy: &Policy, case: &ClaimCase<'_>, now: Timestamp) -> ClaimDecision {
        let edited = case.customer().stay().map(|stay| stay.since());
        let moved = misread(case.customer(), |facts| {
            let last = facts.get_mut("past").and_then(Value::as_array_mut).and_then(|past| past.first_mut());
            if let (Some(last), Some(edited)) = (last, edited) {
                last["to"] = json!(edited);
            }
        });
        policy.claim(&anew(case, &moved, case.ledgers()), now)
    }
}

/// The lesson.
pub const LESSON: Lesson = Lesson {
    number: 17,
    check,
    wrong: &[
        Wrong { name: "only the last owner is barred", make: || Box::new(LastOwnerOnly) },
        Wrong { name: "the cooldown counts from the last edit", make: || Box::new(CountsFromTheLastEdit) },
    ],
};
