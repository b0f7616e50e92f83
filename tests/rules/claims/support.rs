//! Short ways to write a policy, facts, and a question whose promises are kept.

pub(crate) use crate::support::{at, codes, just_before};
use customer_pool::Policy;
use customer_pool::claim::ClaimCase;
use customer_pool::decision::{ClaimDecision, ClaimVerdict, Denial};
use customer_pool::model::{
    Cause, Customer, Ledger, LedgerEntry, LedgerScope, PastOwnership, Place, PoolStay, Rep, WayIn,
};
use customer_pool::time::Timestamp;

/// A policy of Shanghai with the pools `east` (members: the unit `sales/east`) and `west`, and these claim rules.
pub fn policy(claims: &str) -> Policy {
    policy_with(
        r#"{"id": "east", "members": [{"unit": "sales/east"}]}, {"id": "west", "members": ["everybody"]}"#,
        claims,
        "",
    )
}

/// The same with these pools, and with more keys.
pub fn policy_with(pools: &str, claims: &str, more: &str) -> Policy {
    Policy::from_json(&document(pools, claims, more)).unwrap_or_else(|error| panic!("{error}"))
}

pub fn document(pools: &str, claims: &str, more: &str) -> String {
    format!(
        r#"{{"format": 1, "id": "p", "revision": 1, "default_calendar": "cn",
        "calendars": {{"cn": {{"zone": "Asia/Shanghai", "working_days": ["mon", "tue", "wed", "thu", "fri"],
            "valid": {{"from": "2024-01-01", "to": "2030-12-31"}}}}}},
        "pools": [{pools}], "routing": {{"fallback": "west"}}, "claims": {{{claims}}}{more}}}"#
    )
}

/// Li, of the unit `sales/east/shanghai`.
pub fn li() -> Rep {
    rep("li", "sales/east/shanghai")
}

pub fn rep(id: &str, unit: &str) -> Rep {
    Rep::new(id.parse().unwrap()).with_units([unit.parse().unwrap()])
}

/// A customer in the pool `east` since the beginning of 2026.
pub fn pooled(id: &str) -> Customer {
    in_pool(id, "east", "2026-01-01T00:00:00")
}

pub fn in_pool(id: &str, pool: &str, since: &str) -> Customer {
    let stay = PoolStay::new(pool.parse().unwrap(), at(since));
    Customer::new(id.parse().unwrap(), Place::Pool(stay))
}

/// An ownership by a claim, of a rep in this unit.
pub fn past(owner: &str, from: &str, to: &str, cause: Cause) -> PastOwnership {
    PastOwnership::new(owner.parse().unwrap(), at(from), at(to), WayIn::Claim, cause)
        .with_units(["sales/east/shanghai".parse().unwrap()])
}

pub fn claimed(when: &str, customer: &str) -> LedgerEntry {
    LedgerEntry::new(at(when), WayIn::Claim, customer.parse().unwrap()).with_pool("east".parse().unwrap())
}

/// Li's ledger, at version 7.
pub fn ledger(entries: impl IntoIterator<Item = LedgerEntry>) -> Ledger {
    Ledger::new(LedgerScope::Rep("li".parse().unwrap())).with_version(7).with_entries(entries)
}

/// The answer, after its promises are looked at: it is the same just before `next_change` and another there; the rep
/// may not have the customer just before `retry_at` and may there; and the explanation decides the same.
pub fn ask(policy: &Policy, case: &ClaimCase<'_>, now: Timestamp) -> ClaimDecision {
    let decision = policy.claim(case, now);
    let explained = policy.explain_claim(case, now);
    assert_eq!(*explained.decision(), decision, "the explanation decides the same");
    if let Some(next) = decision.next_change() {
        assert!(next > now, "{next} lies ahead of {now}");
        assert!(policy.claim(case, just_before(next)).is_same(&decision), "the same up to {next}: {decision:?}");
        assert!(!policy.claim(case, next).is_same(&decision), "another at {next}: {decision:?}");
    } else {
        for days in [1_i64, 40, 4_000] {
            let later = now.checked_add_micros(days * 86_400_000_000).expect("our age");
            assert!(policy.claim(case, later).is_same(&decision), "the same for ever: {decision:?}");
        }
    }
    if let Some(retry) = decision.retry_at() {
        assert!(retry > now);
        assert_eq!(policy.claim(case, retry).verdict(), ClaimVerdict::Eligible, "at {retry}: {decision:?}");
        assert_ne!(policy.claim(case, just_before(retry)).verdict(), ClaimVerdict::Eligible, "{decision:?}");
    }
    decision
}

/// The verdict of a question about Li with this ledger.
pub fn denials(policy: &Policy, customer: &Customer, ledgers: &[Ledger], now: &str) -> Vec<Denial> {
    let rep = li();
    let decision = ask(policy, &ClaimCase::new(customer, &rep).with_ledgers(ledgers), at(now));
    assert_eq!(decision.verdict() == ClaimVerdict::Denied, !decision.denials().is_empty(), "{decision:?}");
    assert!(!matches!(decision.verdict(), ClaimVerdict::Undetermined(_)), "{decision:?}");
    decision.denials().to_vec()
}
