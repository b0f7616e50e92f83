//! Deal customers accepted into the pool but refused to every claimer: stuck for ever.

use customer_pool::Policy;
use customer_pool::claim::ClaimCase;
use customer_pool::decision::{ClaimDecision, ClaimVerdict};
use customer_pool::time::Timestamp;
use serde_json::json;

use super::claims::*;
use super::support::*;

/// Goal: whoever lies in a pool can be claimed from it, unless a rule that has a name says otherwise. Method: a deal
/// customer that reclaim exempts, in a pool; and the same where a qualification asks for a leader.
fn check(evaluator: &dyn Evaluator) -> Outcome {
    let load = |rules| {
        let mut document: serde_json::Value = serde_json::from_str(&claims(rules))?;
        document["deal_customers"] = json!({ "when": { "present": "last_deal" }, "then": "exempt" });
        Ok::<_, Box<dyn std::error::Error>>(evaluator.load(&document.to_string())?)
    };
    let customer = pooled("c1", json!({ "last_deal": utc("2025-11-03 09:00") }));
    let (seller, now) = (rep("r1", "sales"), utc("2026-03-02 09:00"));
    let case = ClaimCase::new(&customer, &seller);
    let decision = evaluator.claim(&load(json!({}))?, &case, now);
    same("a deal customer in a pool", decision.verdict(), ClaimVerdict::Eligible)?;

    let leads = json!({ "any": [{ "missing": "last_deal" }, { "in": { "fact": "rep.role", "of": ["lead"] } }] });
    let policy = load(json!({ "qualifications": [{ "id": "deals", "requires": { "condition": leads } }] }))?;
    denied("for who does not lead", &evaluator.claim(&policy, &case, now), &["claim.qualification"])?;
    let lead = seller.clone().with_roles(["lead".parse()?]);
    let decision = evaluator.claim(&policy, &ClaimCase::new(&customer, &lead), now);
    same("for who leads", decision.verdict(), ClaimVerdict::Eligible)
}

/// What nothing is taken from, nobody may take.
struct NobodyTakesDeals;

impl Evaluator for NobodyTakesDeals {
    fn claim(&self, policy: &Policy, case: &ClaimCase<'_>, now: Timestamp) -> ClaimDecision {
        let forbidden = misapplied(policy, |document| {
            let rules = document.as_object_mut().map(|document| document.entry("claims").or_insert_with(|| json!({})));
            let rules = rules.and_then(|rules| rules.as_object_mut());
            let list = rules.map(|rules| rules.entry("qualifications").or_insert_with(|| json!([])));
            if let Some(list) = list.and_then(|list| list.as_array_mut()) {
                list.push(json!({ "id": "hidden", "requires": { "condition": { "missing": "last_deal" } } }));
            }
        });
        forbidden.claim(case, now)
    }
}

/// The lesson.
pub const LESSON: Lesson = Lesson {
    number: 20,
    check,
    wrong: &[Wrong { name: "deal customers are refused to everybody", make: || Box::new(NobodyTakesDeals) }],
};
