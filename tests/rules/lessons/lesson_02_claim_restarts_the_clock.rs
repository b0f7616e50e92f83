//! Claiming does not restart the clock, because the rule reads a last-follow-up column that the claim leaves alone.

use customer_pool::model::{Activity, Occurred};
use customer_pool::{Decision, Policy, Verdict};
use serde_json::json;

use super::support::*;

/// Goal: what was done before the claim, by another or by the same rep, says nothing about the new ownership.
fn check(evaluator: &dyn Evaluator) -> Outcome {
    let policy = evaluator.load(&document(silence(14)))?;
    for earlier_owner in ["r0", "r1"] {
        let mut old = call("2025-03-02 10:00");
        old["actor"] = json!({ "rep": earlier_owner });
        let past = json!([{
            "owner": earlier_owner, "from": "2025-03-01T00:00:00Z", "to": "2025-06-01T00:00:00Z",
            "way_in": "claim", "cause": "reclaimed"
        }]);
        let customer = customer(json!({ "activities": [old], "past": past }));
        let decision = evaluator.decide(&policy, Asked::new(&customer, utc("2026-03-02 23:00")));
        same("the evening of the claim", decision.verdict(), Verdict::Keep)?;
        same("the due instant", decision.due(), Some(utc("2026-03-17 00:00")))?;

        let recorded = evaluator.record(&policy, &customer.clone().with_activities([]), listed(&customer))?;
        let decision = evaluator.decide(&policy, Asked::new(&recorded, utc("2026-03-02 23:00")));
        same("the due instant with the old call recorded now", decision.due(), Some(utc("2026-03-17 00:00")))?;
    }
    Ok(())
}

/// Counts from the last follow-up, whoever's it was and however old.
struct ReadsTheColumn;

impl Evaluator for ReadsTheColumn {
    fn decide(&self, policy: &Policy, Asked { customer, owner, now }: Asked<'_>) -> Decision {
        let occurred = |activity: &Activity| match activity.occurred() {
            Some(Occurred::At(at)) => Some(at),
            _ => None,
        };
        let column = listed(customer).iter().filter_map(occurred).max();
        let start = customer.ownership().and_then(|ownership| ownership.start());
        match column {
            Some(column) if Some(column) < start => {
                let stale = misread(customer, |facts| facts["place"]["owned"]["clock_start"] = json!(column));
                policy.decide(&stale, owner, now)
            }
            _ => policy.decide(customer, owner, now),
        }
    }
}

/// The lesson.
pub const LESSON: Lesson = Lesson {
    number: 2,
    check,
    wrong: &[Wrong { name: "the clock is the last follow-up column", make: || Box::new(ReadsTheColumn) }],
};
