//! W1 as a decision table for zen-engine, on an easier form: the idle days are computed for it, and it says the verdict
//! alone, without due instant, deciding trigger, reasons or next change.

use std::sync::Arc;

use serde_json::{Value, json};
use zen_engine::model::DecisionContent;
use zen_engine::{Decision, Variable};

use crate::workloads::columns::W1Row;
use crate::{Verdicts, days_between};

const FIELDS: [&str; 7] = ["owned", "locked", "open_order", "tier", "idle_call", "held_days", "idle_order"];

/// The rules in order, the first that fits decides. An empty cell asks nothing.
const RULES: [([&str; 7], &str); 9] = [
    (["false", "", "", "", "", "", ""], "not_owned"),
    (["", "true", "", "", "", "", ""], "locked"),
    (["", "", "true", "", "", "", ""], "open_order"),
    (["", "", "", "", "", "> 120", ""], "due"),
    (["", "", "", "", "", "", "> 90"], "due"),
    (["", "", "", "\"vip\"", "> 60", "", ""], "due"),
    (["", "", "", "\"key\"", "> 30", "", ""], "due"),
    (["", "", "", "\"normal\", \"none\"", "> 14", "", ""], "due"),
    (["", "", "", "", "", "", ""], "keep"),
];

/// The decision, compiled.
pub fn decision() -> Decision {
    let inputs: Vec<Value> = FIELDS.iter().map(|field| json!({"id": field, "name": field, "field": field})).collect();
    let rules: Vec<Value> = RULES
        .iter()
        .enumerate()
        .map(|(i, (cells, verdict))| {
            let mut rule = json!({"_id": format!("r{i}"), "verdict": format!("\"{verdict}\"")});
            for (field, cell) in FIELDS.iter().zip(cells) {
                rule[*field] = (*cell).into();
            }
            rule
        })
        .collect();
    let graph = json!({
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode", "content": {}},
            {"id": "table", "name": "table", "type": "decisionTableNode", "content": {
                "hitPolicy": "first", "inputs": inputs, "rules": rules,
                "outputs": [{"id": "verdict", "name": "verdict", "field": "verdict"}],
            }},
            {"id": "out", "name": "out", "type": "outputNode", "content": {}},
        ],
        "edges": [
            {"id": "e1", "sourceId": "in", "targetId": "table"},
            {"id": "e2", "sourceId": "table", "targetId": "out"},
        ],
    });
    let content: DecisionContent = serde_json::from_value(graph).expect("a graph");
    let mut decision = Decision::from(Arc::new(content));
    decision.compile();
    decision
}

/// What a row is told: made before the clock runs.
pub fn context(row: &W1Row, now: i64) -> Variable {
    let idle = |at: Option<i64>| days_between(at.unwrap_or(row.start), now);
    json!({
        "owned": row.owned,
        "locked": row.lock.is_some_and(|(since, until)| since >= row.start && now < until),
        "open_order": row.open_order,
        "tier": row.tier.unwrap_or("none"),
        "idle_call": idle(row.call),
        "held_days": days_between(row.start, now),
        "idle_order": idle(row.order),
    })
    .into()
}

/// Evaluates every context.
pub async fn evaluate(decision: &Decision, contexts: &[Variable]) -> Verdicts {
    let mut verdicts = Verdicts::default();
    for context in contexts {
        let response = decision.evaluate(context.clone()).await.expect("an evaluation");
        let verdict = response.result.dot("verdict");
        match verdict.as_ref().and_then(Variable::as_str) {
            Some("not_owned") => verdicts.not_owned += 1,
            Some("locked") => verdicts.locked += 1,
            Some("open_order") => verdicts.open_order += 1,
            Some("due") => verdicts.due += 1,
            Some("keep") => verdicts.keep += 1,
            other => panic!("the table says {other:?}"),
        }
    }
    verdicts
}
