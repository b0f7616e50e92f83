//! NULL columns compared with `= false`: such rows are never selected.

use customer_pool::{Decision, Policy, Verdict};
use serde_json::{Value, json};

use super::support::*;

/// Goal: a comparison with a missing fact does not hold, and its negation does; nothing is undetermined by it.
fn check(evaluator: &dyn Evaluator) -> Outcome {
    let archived = json!({ "is_true": "attribute.archived" });
    let rich = json!({ "at_least": { "fact": "value", "value": "500" } });
    let poor = json!({ "less_than": { "fact": "value", "value": "500" } });
    let value = |text: &str| json!({ "profile": { "value": text } });
    let flag = |bool: bool| json!({ "attributes": { "archived": { "bool": bool } } });
    for (when, facts, selected) in [
        (json!({ "not": archived }), json!({}), true),
        (json!({ "not": archived }), flag(false), true),
        (json!({ "not": archived }), flag(true), false),
        (archived.clone(), json!({}), false),
        (json!({ "not": rich }), json!({}), true),
        (json!({ "not": rich }), value("20"), true),
        (json!({ "not": rich }), value("500"), false),
        (poor.clone(), json!({}), false),
        (poor.clone(), value("20"), true),
        (json!({ "not": { "in": { "fact": "tier", "of": ["vip"] } } }), json!({}), true),
    ] {
        let mut keys = groups(json!([{ "id": "t", "when": when, "base": { "days": 14 } }]));
        keys["attributes"] = json!({ "archived": "bool" });
        let policy = evaluator.load(&document(keys))?;
        let decision = evaluator.decide(&policy, Asked::new(&customer(facts.clone()), utc("2026-03-19 09:00")));
        let right = if selected { Verdict::Due } else { Verdict::Keep };
        same(&format!("{when} over {facts}"), decision.verdict(), right)?;
    }
    Ok(())
}

/// The fact that a leaf asks about.
fn fact(leaf: &Value) -> Option<&Value> {
    let asked = leaf.as_object()?.values().next()?;
    if asked.is_string() { Some(asked) } else { asked.get("fact") }
}

/// As in SQL: neither a comparison with NULL holds nor its negation.
struct NullIsNeither;

impl Evaluator for NullIsNeither {
    fn decide(&self, policy: &Policy, Asked { customer, owner, now }: Asked<'_>) -> Decision {
        let as_in_sql = misapplied(policy, |document| {
            everywhere(document, &mut |part| {
                if let Some(fact) = part.get("not").and_then(fact).cloned() {
                    *part = json!({ "all": [{ "present": fact }, part.clone()] });
                }
            });
        });
        as_in_sql.decide(customer, owner, now)
    }
}

/// The lesson.
pub const LESSON: Lesson = Lesson {
    number: 13,
    check,
    wrong: &[Wrong { name: "a missing fact is neither so nor not so", make: || Box::new(NullIsNeither) }],
};
