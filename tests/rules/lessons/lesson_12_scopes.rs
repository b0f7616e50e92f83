//! A condition list where one scope shadows the other by else-if order.
//!
//! Scopes here are the owner's unit and the customer's tier: two groups of triggers, or two parts of one condition.

use customer_pool::model::Rep;
use customer_pool::{Decision, Policy};
use serde_json::{Value, json};

use super::support::*;

fn in_east() -> Value {
    json!({ "in": { "fact": "owner.unit", "of": ["sales/east"] } })
}

fn is_vip() -> Value {
    json!({ "in": { "fact": "tier", "of": ["vip"] } })
}

/// Goal: a customer in both scopes is under both rules, in either order; a list of alternatives asks them all.
fn check(evaluator: &dyn Evaluator) -> Outcome {
    let rep = |unit: &str| Ok::<_, Box<dyn std::error::Error>>(Rep::new("r1".parse()?).with_units([unit.parse()?]));
    let (east, west) = (rep("sales/east/shanghai")?, rep("sales/west")?);
    let (vip, plain) = (customer(json!({ "tier": "vip" })), customer(json!({})));
    let now = utc("2026-03-03 09:00");

    let unit = json!({ "id": "by_unit", "triggers": [{ "id": "east", "when": in_east(), "base": { "days": 30 } }] });
    let tier = json!({ "id": "by_tier", "triggers": [{ "id": "vip", "when": is_vip(), "base": { "days": 14 } }] });
    for groups in [json!([unit, tier]), json!([tier, unit])] {
        let policy = evaluator.load(&document(json!({ "groups": groups })))?;
        for (customer, owner, who, due) in [
            (&vip, &east, "a vip in the east", Some("2026-03-17 00:00")),
            (&vip, &west, "a vip in the west", Some("2026-03-17 00:00")),
            (&plain, &east, "no vip in the east", Some("2026-04-02 00:00")),
            (&plain, &west, "no vip in the west", None),
        ] {
            let decision = evaluator.decide(&policy, Asked { customer, owner: Some(owner), now });
            same(&format!("the due instant of {who}"), decision.due(), due.map(utc))?;
        }
    }

    for when in [json!({ "any": [in_east(), is_vip()] }), json!({ "any": [is_vip(), in_east()] })] {
        let policy = evaluator.load(&document(groups(json!([{ "id": "t", "when": when, "base": { "days": 14 } }]))))?;
        for (customer, owner, armed) in
            [(&vip, &east, true), (&vip, &west, true), (&plain, &east, true), (&plain, &west, false)]
        {
            let decision = evaluator.decide(&policy, Asked { customer, owner: Some(owner), now });
            same("whether one of two scopes selects", decision.trigger().is_some(), armed)?;
        }
    }
    Ok(())
}

/// If a rule of one group fits, else those of the next.
struct GroupsAreElseIf;

impl Evaluator for GroupsAreElseIf {
    fn decide(&self, policy: &Policy, Asked { customer, owner, now }: Asked<'_>) -> Decision {
        let one_list = misapplied(policy, |document| {
            let groups = document["groups"].as_array().into_iter().flatten();
            let triggers = groups.filter_map(|group| group["triggers"].as_array()).flatten().cloned();
            let triggers: Vec<Value> = triggers.collect();
            if !triggers.is_empty() {
                document["groups"] = json!([{ "id": "all", "triggers": triggers }]);
            }
        });
        one_list.decide(customer, owner, now)
    }
}

/// If the condition has a scope, that one; else the next.
struct FirstScopeOnly;

impl Evaluator for FirstScopeOnly {
    fn decide(&self, policy: &Policy, Asked { customer, owner, now }: Asked<'_>) -> Decision {
        let first = misapplied(policy, |document| {
            everywhere(document, &mut |part| {
                if let Some(first) = part.pointer("/any/0").cloned() {
                    *part = first;
                }
            });
        });
        first.decide(customer, owner, now)
    }
}

/// The lesson.
pub const LESSON: Lesson = Lesson {
    number: 12,
    check,
    wrong: &[
        Wrong { name: "a group shadows the next", make: || Box::new(GroupsAreElseIf) },
        Wrong { name: "a scope shadows the next", make: || Box::new(FirstScopeOnly) },
    ],
};
