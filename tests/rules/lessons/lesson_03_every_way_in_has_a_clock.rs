//! Batch assignment, workflows or transfers skip the field the clock reads, so those customers are never reclaimed.

use customer_pool::decision::ReasonCode;
use customer_pool::model::WayIn;
use customer_pool::{Decision, Policy, Verdict};
use serde_json::json;

use super::support::*;

/// Goal: an ownership has a clock however it began, and one whose start nobody knows is listed for review.
fn check(evaluator: &dyn Evaluator) -> Outcome {
    let policy = evaluator.load(&document(silence(14)))?;
    for way_in in WayIn::ALL {
        let owned = json!({ "owned": { "owner": "r1", "start": "2026-03-02T09:00:00Z", "way_in": way_in } });
        let customer = customer(json!({ "place": owned }));
        let decision = evaluator.decide(&policy, Asked::new(&customer, utc("2026-03-19 09:00")));
        same(&format!("two weeks after {way_in}"), decision.verdict(), Verdict::Due)?;
        same(&format!("the due instant after {way_in}"), decision.due(), Some(utc("2026-03-17 00:00")))?;
    }

    // The transfer kept the clock, and the earlier owner's call still counts.
    let owned = json!({ "owned": {
        "owner": "r1", "start": "2026-03-10T09:00:00Z", "way_in": "transfer", "number": 2,
        "clock_start": "2026-03-02T09:00:00Z", "chain_start": "2026-03-02T09:00:00Z"
    } });
    let past = json!([{
        "owner": "r0", "from": "2026-03-02T09:00:00Z", "to": "2026-03-10T09:00:00Z",
        "way_in": "claim", "cause": "transferred"
    }]);
    let mut before = call("2026-03-05 10:00");
    before["actor"] = json!({ "rep": "r0" });
    let transferred = customer(json!({ "place": owned, "past": past, "activities": [before] }));
    let decision = evaluator.decide(&policy, Asked::new(&transferred, utc("2026-03-22 09:00")));
    same("the due instant of a kept clock", decision.due(), Some(utc("2026-03-20 00:00")))?;
    same("after a kept clock", decision.verdict(), Verdict::Due)?;

    let unknown = customer(json!({ "place": { "owned": { "owner": "r1" } } }));
    let decision = evaluator.decide(&policy, Asked::new(&unknown, utc("2026-03-19 09:00")));
    let right = Verdict::Undetermined(ReasonCode::OwnershipStartUnknown);
    same("an ownership of unknown start", decision.verdict(), right)
}

/// The claim writes the field; nobody else does.
struct OnlyClaimsHaveAClock;

impl Evaluator for OnlyClaimsHaveAClock {
    fn decide(&self, policy: &Policy, Asked { customer, owner, now }: Asked<'_>) -> Decision {
        match customer.ownership().map(|ownership| ownership.way_in()) {
            Some(WayIn::Assign | WayIn::Transfer | WayIn::Import) => without_clock(policy).decide(customer, owner, now),
            _ => policy.decide(customer, owner, now),
        }
    }
}

/// An empty field is today, every day.
struct EmptyStartIsToday;

impl Evaluator for EmptyStartIsToday {
    fn decide(&self, policy: &Policy, Asked { customer, owner, now }: Asked<'_>) -> Decision {
        if customer.ownership().is_none_or(|ownership| ownership.start().is_some()) {
            return policy.decide(customer, owner, now);
        }
        let fresh = misread(customer, |facts| facts["place"]["owned"]["start"] = json!(now));
        policy.decide(&fresh, owner, now)
    }
}

/// The lesson.
pub const LESSON: Lesson = Lesson {
    number: 3,
    check,
    wrong: &[
        Wrong { name: "assigned, transferred and imported have no clock", make: || Box::new(OnlyClaimsHaveAClock) },
        Wrong { name: "an empty start is today", make: || Box::new(EmptyStartIsToday) },
    ],
};
