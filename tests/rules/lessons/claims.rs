//! Short ways to write policies, facts and questions about claims.

use customer_pool::Policy;
use customer_pool::claim::ClaimCase;
use customer_pool::decision::ClaimDecision;
use customer_pool::model::{Customer, Ledger, LedgerScope, Rep};
use serde_json::{Value, json};

use super::support::*;
pub(crate) use crate::support::codes;

/// A policy with two pools, `pool` of the unit `sales` and `other` of `service`, and these rules about claims.
pub fn claims(rules: Value) -> String {
    document(json!({
        "pools": [
            { "id": "pool", "members": [{ "unit": "sales" }] },
            { "id": "other", "members": [{ "unit": "service" }] }
        ],
        "claims": rules
    }))
}

/// A customer that has lain in `pool` since January 2026, with these facts besides or instead.
pub fn pooled(id: &str, facts: Value) -> Customer {
    let mut customer = json!({ "id": id, "place": in_pool("pool", "2026-01-05 09:00") });
    if let (Value::Object(customer), Value::Object(facts)) = (&mut customer, facts) {
        customer.extend(facts);
    }
    serde_json::from_value(customer).expect("a customer")
}

pub fn in_pool(pool: &str, since: &str) -> Value {
    json!({ "pool": { "pool": pool, "since": utc(since) } })
}

/// A rep of this unit.
pub fn rep(id: &str, unit: &str) -> Rep {
    Rep::new(id.parse().expect("an id")).with_units([unit.parse().expect("a path")])
}

/// The rep's ledger with these keys.
pub fn ledger(rep: &Rep, keys: Value) -> Ledger {
    let mut ledger = json!({ "scope": LedgerScope::Rep(rep.id().clone()) });
    if let (Value::Object(ledger), Value::Object(keys)) = (&mut ledger, keys) {
        ledger.extend(keys);
    }
    serde_json::from_value(ledger).expect("a ledger")
}

/// An ownership that began in this way.
pub fn entry(way_in: &str, at: &str, customer: &str) -> Value {
    json!({ "at": utc(at), "way_in": way_in, "customer": customer, "pool": "pool" })
}

/// A past ownership.
pub fn past(owner: &str, from: &str, to: &str, cause: &str) -> Value {
    json!({ "owner": owner, "from": utc(from), "to": utc(to), "way_in": "claim", "cause": cause })
}

pub fn denied(what: &str, decision: &ClaimDecision, right: &[&'static str]) -> Outcome {
    same(what, codes(decision.denials()), right.to_vec())
}

/// The same question about other facts.
pub fn anew<'a>(case: &ClaimCase<'a>, customer: &'a Customer, ledgers: &'a [Ledger]) -> ClaimCase<'a> {
    let other = ClaimCase::new(customer, case.rep())
        .with_ledgers(ledgers)
        .with_acquisition(case.acquisition())
        .with_step(case.step())
        .with_bypasses(case.bypasses())
        .with_askers(case.askers());
    let other = match case.pool() {
        Some(pool) => other.with_pool(pool),
        None => other,
    };
    match case.customer_version() {
        Some(version) => other.with_customer_version(version),
        None => other,
    }
}

/// The policy as somebody applies it who misreads its rules about claims in this way.
pub fn misruled(policy: &Policy, how: impl FnOnce(&mut Value)) -> Policy {
    misapplied(policy, |document| {
        if let Some(rules) = document.get_mut("claims") {
            how(rules);
        }
    })
}

/// The rules without those of this kind.
pub fn without(policy: &Policy, kind: &str) -> Policy {
    misruled(policy, |rules| {
        rules.as_object_mut().map(|rules| rules.remove(kind));
    })
}
