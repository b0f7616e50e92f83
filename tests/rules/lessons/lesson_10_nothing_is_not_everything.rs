//! An AND over an empty condition list matches every customer. An empty member list becomes "everyone in the company".
//!
//! Who is a member of a pool is not decided yet; the same mistake with a set of units or tiers is.

use customer_pool::{Policy, PolicyError};
use serde_json::{Value, json};

use super::support::*;

/// Goal: a list of nothing is refused where it stands, at every depth, for triggers and for routes.
fn check(evaluator: &dyn Evaluator) -> Outcome {
    let nobody = |fact: &str| json!({ "in": { "fact": fact, "of": [] } });
    for (when, place) in [
        (json!({ "all": [] }), ".all"),
        (json!({ "any": [] }), ".any"),
        (json!({ "not": { "all": [] } }), ".not.all"),
        (json!({ "any": [{ "missing": "tier" }, { "all": [] }] }), ".any[1].all"),
        (nobody("tier"), ".in.of"),
        (nobody("owner.unit"), ".in.of"),
        (json!({ "all": [nobody("tag"), { "present": "tier" }] }), ".all[0].in.of"),
    ] {
        let trigger = groups(json!([{ "id": "t", "when": when, "base": { "days": 3 } }]));
        refused(evaluator, &trigger, &format!("$.groups[0].triggers[0].when{place}"))?;
        let routing = json!({ "routing": { "fallback": "pool", "rules": [{ "when": when, "pool": "pool" }] } });
        refused(evaluator, &routing, &format!("$.routing.rules[0].when{place}"))?;
    }
    Ok(())
}

fn refused(evaluator: &dyn Evaluator, keys: &Value, path: &str) -> Outcome {
    let found = match evaluator.load(&document(keys.clone())) {
        Ok(_) => return Err(format!("{path}: a condition of nothing was accepted").into()),
        Err(PolicyError::Problems(problems)) => problems,
        Err(other) => return Err(other.into()),
    };
    let found: Vec<_> = found.iter().map(|problem| (problem.code(), problem.path())).collect();
    same("the problems", found, vec![("condition.empty", path)])
}

fn load_with(document: &str, mut change: impl FnMut(&mut Value)) -> Result<Policy, PolicyError> {
    let mut document: Value = serde_json::from_str(document).expect("the lessons' documents are JSON");
    everywhere(&mut document, &mut change);
    Policy::from_json(&document.to_string())
}

/// All of no conditions hold.
struct AllOfNothingHolds;

impl Evaluator for AllOfNothingHolds {
    fn load(&self, document: &str) -> Result<Policy, PolicyError> {
        load_with(document, |part| {
            if *part == json!({ "all": [] }) {
                *part = json!("always");
            }
        })
    }
}

/// A list with nobody on it does not restrict.
struct NobodyIsEverybody;

impl Evaluator for NobodyIsEverybody {
    fn load(&self, document: &str) -> Result<Policy, PolicyError> {
        load_with(document, |part| {
            if part.pointer("/in/of") == Some(&json!([])) {
                *part = json!("always");
            }
        })
    }
}

/// The lesson.
pub const LESSON: Lesson = Lesson {
    number: 10,
    check,
    wrong: &[
        Wrong { name: "all of nothing is everybody", make: || Box::new(AllOfNothingHolds) },
        Wrong { name: "an empty list is everybody", make: || Box::new(NobodyIsEverybody) },
    ],
};
