//! Hidden fields hidden in the browser only. Errors that reveal who owns a customer the asker may not see.

use customer_pool::Policy;
use customer_pool::claim::ClaimCase;
use customer_pool::decision::ClaimDecision;
use customer_pool::time::Timestamp;
use serde_json::json;

use super::claims::*;
use super::support::*;

/// Goal: a stranger cannot tell an owned customer from a free, frozen or closed one, and a member learns the owner only
/// where the policy says so. Method: compare the answers; look for the owner's id in everything that is said.
fn check(evaluator: &dyn Evaluator) -> Outcome {
    let policy = evaluator.load(&claims(json!({ "quiet_periods": [{ "id": "quiet", "span": { "days": 400 } }] })))?;
    let now = utc("2026-03-02 09:00");
    let last_stay = json!({ "pool": "pool", "since": utc("2026-01-05 09:00") });
    let owned = json!({ "owned": { "owner": "r9", "start": utc("2026-02-02 09:00") } });
    let owned = pooled("c1", json!({ "place": owned, "last_stay": last_stay }));
    let free = pooled("c1", json!({}));
    let frozen = pooled("c1", json!({ "protection": { "freezes": [{ "kind": "legal_hold" }] } }));
    let closed = pooled("c1", json!({ "place": { "closed": "blacklisted" }, "last_stay": last_stay }));

    let stranger = rep("r2", "service");
    let told = evaluator.claim(&policy, &ClaimCase::new(&free, &stranger), now);
    for (what, customer) in [("owned", &owned), ("frozen", &frozen), ("closed", &closed)] {
        let answer = evaluator.claim(&policy, &ClaimCase::new(customer, &stranger), now);
        let seen = |answer: &ClaimDecision| (answer.verdict(), answer.denials().to_vec(), answer.next_change());
        same(&format!("what a stranger is told of one that is {what}"), seen(&answer), seen(&told))?;
    }
    let member = rep("r1", "sales");
    let answer = evaluator.claim(&policy, &ClaimCase::new(&owned, &member), now);
    let text = serde_json::to_string(answer.denials())?;
    same(&format!("whether {text} names the owner"), text.contains("r9"), false)
}

/// The screen hides the name that the answer carries.
struct NamesTheOwner;

impl Evaluator for NamesTheOwner {
    fn claim(&self, policy: &Policy, case: &ClaimCase<'_>, now: Timestamp) -> ClaimDecision {
        misruled(policy, |rules| rules["names_owner"] = json!(true)).claim(case, now)
    }
}

/// The conflict is found before anybody asks who wants to know.
struct ConflictBeforeMembership;

impl Evaluator for ConflictBeforeMembership {
    fn claim(&self, policy: &Policy, case: &ClaimCase<'_>, now: Timestamp) -> ClaimDecision {
        if case.customer().stay().is_some() {
            return policy.claim(case, now);
        }
        misruled(policy, |rules| rules["checks"] = json!({ "claim": { "remove": ["membership"] } })).claim(case, now)
    }
}

/// The lesson.
pub const LESSON: Lesson = Lesson {
    number: 28,
    check,
    wrong: &[
        Wrong { name: "the answer names the owner", make: || Box::new(NamesTheOwner) },
        Wrong { name: "strangers learn of the conflict", make: || Box::new(ConflictBeforeMembership) },
    ],
};
