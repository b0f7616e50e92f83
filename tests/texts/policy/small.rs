//! A small policy is small: a zone in place of calendars, and no routing where there is one pool.

use customer_pool::model::Customer;
use customer_pool::{Policy, PolicyError, at, id};
use serde_json::{Value, json};

use super::SMALL;

/// The problems of a document: code and path.
fn problems(document: &Value) -> Vec<(String, String)> {
    match Policy::from_json(&document.to_string()) {
        Err(PolicyError::Problems(problems)) => {
            problems.iter().map(|problem| (problem.code().to_owned(), problem.path().to_owned())).collect()
        }
        other => panic!("{other:?}"),
    }
}

/// Goal: days are those of the zone, in every year, and everybody goes to the one pool. Method: beside the same rule with
/// a calendar and routing, around midnight, and far outside any calendar's validity.
#[test]
fn a_policy_with_a_zone_counts_civil_days_and_sends_everybody_to_its_one_pool() {
    let small = Policy::from_json(SMALL).unwrap();
    let mut document: Value = serde_json::from_str(SMALL).unwrap();
    document.as_object_mut().unwrap().remove("zone");
    document["calendars"] = json!({ "cn": { "zone": "Asia/Shanghai", "working_days": ["mon"],
                                            "valid": { "from": "2024-01-01", "to": "2030-12-31" } } });
    document["default_calendar"] = json!("cn");
    document["routing"] = json!({ "fallback": "only" });
    let large = Policy::from_json(&document.to_string()).unwrap();
    assert_eq!(small.default_calendar().zone().to_string(), "Asia/Shanghai");
    for since in [at!("2026-03-02T15:59:59Z"), at!("2026-03-02T16:00:00Z"), at!("1990-03-02T16:00:00Z")] {
        let customer = Customer::owned(id!("c1"), id!("li"), since);
        for now in [since, at!("2026-03-16T16:00:00Z"), at!("2026-03-17T16:00:00Z")] {
            let [small_says, large_says] = [&small, &large].map(|policy| policy.decide(&customer, None, now));
            assert_eq!(small_says, large_says);
            assert_eq!(small.pool_id(small_says.pool().unwrap()).unwrap().as_str(), "only");
        }
    }
    let customer = Customer::owned(id!("c1"), id!("li"), at!("2026-03-02T15:59:59Z"));
    assert_eq!(small.decide(&customer, None, at!("2026-03-03T00:00:00Z")).due(), Some(at!("2026-03-16T16:00:00Z")));
}

/// Goal: what such a policy cannot count is told when it is made. Method: each span that counts working time.
#[test]
fn a_policy_with_a_zone_refuses_spans_in_working_time() {
    let trigger = |key: &str, span: Value| {
        let mut document: Value = serde_json::from_str(SMALL).unwrap();
        document["groups"][0]["triggers"][0][key] = span;
        problems(&document)
    };
    let without = |path: &str| vec![("span.without_calendar".to_owned(), format!("$.groups[0].triggers[0].{path}"))];
    assert_eq!(trigger("base", json!({ "working_days": 3 })), without("base"));
    assert_eq!(trigger("base", json!({ "working_hours": 3 })), without("base"));
    assert_eq!(trigger("base", json!({ "days": 3, "roll": "next_working_day" })), without("base"));
    let stage = json!([{ "id": "soon", "before": { "working_days": 1 }, "audience": ["owner"] }]);
    assert_eq!(trigger("warnings", stage), without("warnings[0].before"));
}

/// Goal: one way to say what a day is and where customers go. Method: none, and both.
#[test]
fn zone_or_calendars_and_routing_or_one_pool() {
    let with = |edit: &dyn Fn(&mut Value)| {
        let mut document: Value = serde_json::from_str(SMALL).unwrap();
        edit(&mut document);
        problems(&document)
    };
    let one = |code: &str, path: &str| vec![(code.to_owned(), path.to_owned())];
    assert_eq!(with(&|d| drop(d.as_object_mut().unwrap().remove("zone"))), one("policy.no_calendar", "$"));
    assert_eq!(with(&|d| d["zone"] = json!("Mars/Olympus")), one("calendar.zone_unknown", "$.zone"));
    let calendar =
        json!({ "zone": "UTC", "working_days": ["mon"], "valid": { "from": "2024-01-01", "to": "2030-12-31" } });
    assert_eq!(with(&|d| d["calendars"] = json!({ "c": calendar })), one("policy.no_calendar", "$.zone"));
    assert_eq!(with(&|d| d["default_calendar"] = json!("c")), one("policy.no_calendar", "$.zone"));
    assert_eq!(with(&|d| d["pools"] = json!([])), one("policy.no_routing", "$"));
    assert_eq!(with(&|d| d["pools"] = json!([{ "id": "a" }, { "id": "b" }])), one("policy.no_routing", "$"));
}
