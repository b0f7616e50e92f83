//! A claim from question to answer: ask, be refused until midnight, ask again then, and take several at once.

use customer_pool::claim::{BatchItem, BatchMode, BatchResult, ClaimBatch};
use customer_pool::decision::Denial;
use customer_pool::messages::claim_sentence;
use customer_pool::{
    ClaimCase, ClaimVerdict, Customer, Language, Ledger, LedgerEntry, LedgerScope, Policy, Rep, Timestamp, WayIn, at,
    id,
};

type Error = Box<dyn std::error::Error>;
/// Two claims a day from the pool `east`; 50 points of customers, key accounts count three.
const POLICY: &str = r#"{
    "format": 1, "id": "claims", "revision": 1,
    "calendars": {"cn": {"zone": "+08:00", "working_days": ["mon", "tue", "wed", "thu", "fri"],
                         "valid": {"from": "2024-01-01", "to": "2030-12-31"}}},
    "default_calendar": "cn",
    "tiers": ["normal", "key"],
    "pools": [{"id": "east", "members": [{"unit": "sales/east"}]}], "routing": {"fallback": "east"},
    "claims": {
        "quotas": [{"id": "two_a_day", "limit": 2, "window": "day"}],
        "capacities": [{"id": "book", "scope": "everybody", "cap": 50, "weights": {"key": 3}}]
    }
}"#;

fn free(id: &str, tier: &str) -> Result<Customer, Error> {
    Ok(Customer::pooled(id.parse()?, id!("east"), at!("2026-02-20T10:00:00+08:00")).with_tier(tier.parse()?))
}

/// Li's ledger on the afternoon of 2 March: as many claims as there are customers here, and 46 points held.
fn ledger(policy: &Policy, taken: &[&str]) -> Result<Ledger, Error> {
    let nine = at!("2026-03-02T09:00:00+08:00");
    let entry = |id: &&str| Ok::<_, Error>(LedgerEntry::new(nine, WayIn::Claim, id.parse()?));
    let owned: Vec<Customer> = (0..46).map(|i| free(&format!("own{i}"), "normal")).collect::<Result<_, _>>()?;
    let entries = taken.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
    Ok(Ledger::new(LedgerScope::Rep(id!("li")))
        .with_version(7)
        .with_entries(entries)
        .with_holdings(policy.holdings(&owned)))
}

fn main() -> Result<(), Error> {
    let policy = Policy::from_json(POLICY)?;
    let li = Rep::new(id!("li")).with_units([id!("sales/east/shanghai")]);
    let (now, customer): (Timestamp, _) = (at!("2026-03-02T15:00:00+08:00"), free("acme", "normal")?);
    let tell = |answer| println!("{}", claim_sentence(&policy, answer, Language::English));

    // Two were claimed this morning: no, until midnight.
    let ledgers = [ledger(&policy, &["a1", "a2"])?];
    let case = ClaimCase::new(&customer, &li).with_ledgers(&ledgers);
    let answer = policy.claim(&case, now);
    tell(&answer);
    assert!(matches!(answer.denials(), [Denial::Quota { used: 2, limit: 2, .. }]));
    let midnight = answer.retry_at().ok_or("time lifts a quota")?;
    assert_eq!(midnight, at!("2026-03-03T00:00:00+08:00"));
    // At midnight: yes, if the ledger is still what it was.
    let answer = policy.claim(&case, midnight);
    tell(&answer);
    assert_eq!(answer.verdict(), ClaimVerdict::Eligible);
    assert_eq!(answer.preconditions().ledgers(), [(LedgerScope::Rep(id!("li")), 7)]);

    // Three at once, with one claim used up: the second does not fit into the quota, and nothing is tried after it.
    let customers = [free("acme", "key")?, free("bolt", "normal")?, free("coil", "normal")?];
    let items: Vec<_> = customers.iter().map(BatchItem::from).collect();
    let ledgers = [ledger(&policy, &["a1"])?];
    let batch = ClaimBatch::new(&li, &items, BatchMode::UpToRemaining).with_ledgers(&ledgers);
    let done = policy.claim_batch(&batch, now);
    for (customer, result) in customers.iter().zip(done.results()) {
        match result {
            BatchResult::Decided(answer) => {
                println!("{}: {}", customer.id(), claim_sentence(&policy, answer, Language::English))
            }
            BatchResult::NotAttempted => println!("{}: not attempted", customer.id()),
        }
    }
    assert_eq!((done.taken(), done.is_taken(0)), (1, true));
    assert_eq!(done.results()[1..], [BatchResult::NotAttempted, BatchResult::NotAttempted]);
    assert!(matches!(done.stopped_by(), [Denial::Quota { .. }]));
    Ok(())
}
