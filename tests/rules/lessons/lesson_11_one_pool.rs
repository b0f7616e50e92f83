//! The pool is chosen by creation time: adding a pool silently re-routes people. One customer lands in several pools.

use customer_pool::decision::Step;
use customer_pool::{Decision, Policy};
use serde_json::{Value, json};

use super::support::*;

/// Goal: the first rule that fits names the one pool, whatever pools there are besides, in whatever order.
fn check(evaluator: &dyn Evaluator) -> Outcome {
    let customers = [
        (customer(json!({ "tier": "vip", "profile": { "region": "east" } })), "vips"),
        (customer(json!({ "tier": "vip" })), "vips"),
        (customer(json!({ "profile": { "region": "east" } })), "east"),
        (customer(json!({ "profile": { "region": "north" } })), "others"),
        (customer(json!({ "created": "2020-01-01T00:00:00Z" })), "others"),
    ];
    for pools in [
        vec!["vips", "east", "others"],
        vec!["others", "east", "vips"],
        vec!["vips", "east", "others", "north"],
        vec!["north", "vips", "east", "others"],
    ] {
        let pools: Vec<Value> = pools.into_iter().map(|pool| json!({ "id": pool })).collect();
        let mut keys = silence(14);
        keys["pools"] = json!(pools);
        keys["routing"] = json!({ "fallback": "others", "rules": [
            { "when": { "in": { "fact": "tier", "of": ["vip"] } }, "pool": "vips" },
            { "when": { "in": { "fact": "region", "of": ["east"] } }, "pool": "east" }
        ] });
        let policy = evaluator.load(&document(keys))?;
        for (customer, right) in &customers {
            let now = utc("2026-03-19 09:00");
            let decision = evaluator.decide(&policy, Asked::new(customer, now));
            let pool = decision.pool().and_then(|pool| policy.pool_id(pool)).map(ToString::to_string);
            same("the pool", pool.as_deref(), Some(*right))?;
            let explanation = evaluator.explain(&policy, Asked::new(customer, now));
            let routes = explanation.steps().iter().filter(|step| matches!(step, Step::Route { .. })).count();
            same("how many pools were chosen", routes, 1)?;
        }
    }
    Ok(())
}

/// Whoever fits no rule goes to the pool that was added last.
struct NewestPool;

impl Evaluator for NewestPool {
    fn decide(&self, policy: &Policy, Asked { customer, owner, now }: Asked<'_>) -> Decision {
        let newest = misapplied(policy, |document| {
            let last = document["pools"].as_array().and_then(|pools| pools.last()).cloned().unwrap_or_default();
            document["routing"]["fallback"] = last["id"].clone();
        });
        newest.decide(customer, owner, now)
    }
}

/// Every rule that fits moves the customer on, so that it ends where the last one says.
struct EveryRuleMovesIt;

impl Evaluator for EveryRuleMovesIt {
    fn decide(&self, policy: &Policy, Asked { customer, owner, now }: Asked<'_>) -> Decision {
        let last_wins = misapplied(policy, |document| {
            if let Some(rules) = document["routing"].get_mut("rules").and_then(Value::as_array_mut) {
                rules.reverse();
            }
        });
        last_wins.decide(customer, owner, now)
    }
}

/// The lesson.
pub const LESSON: Lesson = Lesson {
    number: 11,
    check,
    wrong: &[
        Wrong { name: "the newest pool takes the rest", make: || Box::new(NewestPool) },
        Wrong { name: "every rule that fits moves the customer", make: || Box::new(EveryRuleMovesIt) },
    ],
};
