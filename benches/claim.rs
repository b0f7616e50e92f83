//! A single claim: a rep with a thousand entries in the ledger, under the usual rules together.
//!
//! `cargo bench --bench claim` prints the time of one answer, its next change and its retry included; `-- --test` only
//! runs everything once.
#![expect(missing_docs, reason = "criterion's macros make undocumented functions")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use customer_pool::Policy;
use customer_pool::claim::{BatchItem, BatchMode, ClaimBatch, ClaimCase};
use customer_pool::decision::ClaimVerdict;
use customer_pool::model::{
    Cause, Customer, Holding, Ledger, LedgerEntry, LedgerScope, PastOwnership, Place, PoolStay, Rep, WayIn,
};
use customer_pool::time::Timestamp;

const HOUR: i64 = 3_600_000_000;

fn policy(daily: u32) -> Policy {
    let text = format!(
        r#"{{"format": 1, "id": "p", "revision": 1, "default_calendar": "cn",
        "calendars": {{"cn": {{"zone": "+08:00", "working_days": ["mon", "tue", "wed", "thu", "fri"],
            "valid": {{"from": "2024-01-01", "to": "2030-12-31"}}}}}},
        "pools": [{{"id": "east", "members": [{{"unit": "sales/east"}}]}}], "routing": {{"fallback": "east"}},
        "claims": {{
            "minimum_interval": {{"minutes": 5}},
            "cooldowns": [{{"id": "again", "after": {{"released": {{"days": 7}}, "reclaimed": {{"days": 30}}}}}}],
            "repeat_limits": [{{"id": "often", "limit": 3, "within": {{"days": 90}}}}],
            "quotas": [
                {{"id": "daily", "limit": {daily}, "window": "day"}},
                {{"id": "monthly", "limit": 1000, "window": "month"}},
                {{"id": "sliding", "limit": 400, "window": {{"sliding": {{"hours": 168}}}}}}],
            "capacities": [{{"id": "cap", "scope": "everybody", "cap": 300, "weights": {{"vip": 3}}}}]
        }}}}"#
    );
    Policy::from_json(&text).expect("the bench's policy")
}

fn now() -> Timestamp {
    "2026-03-20T15:00:00+08:00".parse().expect("an instant")
}

/// A thousand claims, one every two hours before now.
fn ledger() -> Ledger {
    let entries = (1..=1_000_i64).map(|i| {
        let at = now().checked_add_micros(-i * 2 * HOUR).expect("our age");
        LedgerEntry::new(at, WayIn::Claim, format!("c{i}").parse().expect("an id"))
            .with_pool("east".parse().expect("an id"))
    });
    Ledger::new(LedgerScope::Rep("li".parse().expect("an id")))
        .with_entries(entries)
        .with_holdings([Holding::new("cap".parse().expect("a label"), 120)])
}

fn customer(id: &str, released_days_ago: i64) -> Customer {
    let stay = PoolStay::new("east".parse().expect("an id"), now().checked_add_micros(-48 * HOUR).expect("our age"));
    let past = [("li", released_days_ago), ("wang", 200), ("li", 400)].map(|(owner, days)| {
        let to = now().checked_add_micros(-days * 24 * HOUR).expect("our age");
        let from = to.checked_add_micros(-20 * 24 * HOUR).expect("our age");
        PastOwnership::new(owner.parse().expect("an id"), from, to, WayIn::Claim, Cause::Released)
    });
    Customer::new(id.parse().expect("an id"), Place::Pool(stay)).with_past(past, None)
}

fn single(criterion: &mut Criterion) {
    let rep = Rep::new("li".parse().expect("an id")).with_units(["sales/east/shanghai".parse().expect("a path")]);
    let ledgers = [ledger()];
    let mut group = criterion.benchmark_group("claim");
    for (name, daily, days, denials) in
        [("eligible", 20, 30, 0), ("quota_used_up", 5, 30, 1), ("cooldown_and_quota", 5, 2, 2)]
    {
        let (policy, customer) = (policy(daily), customer("c", days));
        let case = ClaimCase::new(&customer, &rep).with_ledgers(&ledgers);
        let decision = policy.claim(&case, now());
        assert_eq!(decision.denials().len(), denials, "{decision:?}");
        assert_eq!(decision.verdict() == ClaimVerdict::Eligible, denials == 0);
        assert_eq!(decision.retry_at().is_some(), denials > 0);
        let now = now();
        group.bench_function(name, |bencher| bencher.iter(|| policy.claim(black_box(&case), now)));
    }
    group.finish();
}

fn batch(criterion: &mut Criterion) {
    let rep = Rep::new("li".parse().expect("an id")).with_units(["sales/east/shanghai".parse().expect("a path")]);
    let (policy, ledgers) = (policy(20), [ledger()]);
    let customers: Vec<Customer> = (0..100).map(|i| customer(&format!("n{i}"), 30)).collect();
    let items: Vec<BatchItem<'_>> = customers.iter().map(BatchItem::from).collect();
    let batch = ClaimBatch::new(&rep, &items, BatchMode::ItemByItem).with_ledgers(&ledgers);
    let now = now();
    criterion.bench_function("claim/batch_of_100", |bencher| {
        bencher.iter(|| policy.claim_batch(black_box(&batch), now).taken());
    });
}

criterion_group!(benches, single, batch);
criterion_main!(benches);
