//! The worked examples of the specification about claims.

use customer_pool::claim::{BatchItem, BatchMode, BatchResult, ClaimBatch, ClaimCase};
use customer_pool::decision::{ClaimFinding, ClaimVerdict, Denial};
use customer_pool::model::{BusinessHold, Cause, Customer, Holding, Ledger, LedgerScope, Ownership, Place, Rep, WayIn};

use super::support::{ask, at, claimed, codes, denials, in_pool, ledger, li, past, policy, policy_with, pooled};

const COOLDOWN: &str = r#""cooldowns": [{"id": "again", "after": {"released": {"days": 7}}}]"#;
const ONE_A_DAY: &str = r#""undo": {"within": {"hours": 1}, "per_day": 1},
    "quotas": [{"id": "daily", "limit": 1, "window": "day"}],
    "cooldowns": [{"id": "again", "after": {"released": {"days": 7}}}]"#;

/// Goal: whoever had it since, a past ownership blocks. Method: A, B, and A again on one day.
#[test]
fn a_then_b_then_a_in_one_day_is_denied() {
    let policy = policy(COOLDOWN);
    let customer = pooled("c1").with_past(
        [
            past("wang", "2026-03-02T11:00:00", "2026-03-02T14:00:00", Cause::Released),
            past("li", "2026-03-02T09:00:00", "2026-03-02T10:00:00", Cause::Released),
        ],
        None,
    );
    let found = denials(&policy, &customer, &[], "2026-03-02T15:00:00");
    let until = at("2026-03-10T00:00:00");
    assert_eq!(found, [Denial::Cooldown { rule: "again".parse().unwrap(), cause: Cause::Released, until }]);
    assert_eq!(denials(&policy, &customer, &[], "2026-03-10T00:00:00"), []);
}

/// Goal: an event uses the quota whatever became of it. Method: claimed and returned, then another customer.
#[test]
fn returned_after_the_undo_window_the_quota_stays_used() {
    let policy = policy(ONE_A_DAY);
    let (rep, other) = (li(), pooled("c2"));
    let ledgers = [ledger([claimed("2026-03-02T09:00:00", "c1")])];
    let decision = ask(&policy, &ClaimCase::new(&other, &rep).with_ledgers(&ledgers), at("2026-03-02T15:00:00"));
    assert_eq!(codes(decision.denials()), ["claim.quota"]);
    assert_eq!(decision.retry_at(), Some(at("2026-03-03T00:00:00")));
    assert_eq!(decision.next_change(), decision.retry_at());
    assert_eq!(decision.preconditions().ledgers(), [(LedgerScope::Rep("li".parse().unwrap()), 7)]);
}

/// Goal: an undo refunds the quota and nothing else. Method: the same claim undone; another customer, then the same.
#[test]
fn returned_inside_the_undo_window_it_is_allowed_and_the_cooldown_blocks_the_same_customer() {
    let policy = policy(ONE_A_DAY);
    let ledgers = [ledger([claimed("2026-03-02T09:00:00", "c1").with_undone(at("2026-03-02T09:30:00"))])];
    assert_eq!(denials(&policy, &pooled("c2"), &ledgers, "2026-03-02T15:00:00"), []);
    let undone = past("li", "2026-03-02T09:00:00", "2026-03-02T09:30:00", Cause::Undone);
    let same = pooled("c1").with_past([undone], None);
    let found = denials(&policy, &same, &ledgers, "2026-03-02T15:00:00");
    let until = at("2026-03-10T00:00:00");
    assert_eq!(found, [Denial::Cooldown { rule: "again".parse().unwrap(), cause: Cause::Undone, until }]);
}

/// Goal: windows lie in the policy's zone. Method: a claim at 15:59 and at 16:00 UTC of the day before.
#[test]
fn today_in_shanghai_starts_at_16_utc_the_day_before() {
    let policy = policy(ONE_A_DAY);
    for (when, denied) in [("2026-03-01T15:59:59Z", false), ("2026-03-01T16:00:00Z", true)] {
        let ledgers = [ledger([claimed(when, "c1")])];
        let found = denials(&policy, &pooled("c2"), &ledgers, "2026-03-02T07:00:00Z");
        assert_eq!(!found.is_empty(), denied, "{when}: {found:?}");
    }
}

/// Goal: membership of the named pool is irrelevant. Method: the command names `west`, the customer is in `east`.
#[test]
fn a_customer_in_another_pool_than_the_named_one_is_denied_beside_its_own_pools_denials() {
    let policy = policy(r#""quiet_periods": [{"id": "quiet", "span": {"days": 3}, "pools": ["east"]}]"#);
    let (rep, named) = (li(), "west".parse().unwrap());
    let customer = in_pool("c1", "east", "2026-03-01T12:00:00");
    let decision = ask(&policy, &ClaimCase::new(&customer, &rep).with_pool(&named), at("2026-03-02T15:00:00"));
    assert_eq!(codes(decision.denials()), ["pool.not_in_named", "claim.quiet_period"]);
    assert_eq!(decision.retry_at(), None);
    // A member of `west` alone learns nothing.
    let stranger = Rep::new("zhao".parse().unwrap());
    let decision = ask(&policy, &ClaimCase::new(&customer, &stranger).with_pool(&named), at("2026-03-02T15:00:00"));
    assert_eq!(decision.denials(), [Denial::NotMember]);
}

fn owned_by_li(id: usize) -> Customer {
    let owned = Ownership::new("li".parse().unwrap(), at("2026-02-01T00:00:00")).with_way_in(WayIn::Claim);
    Customer::new(format!("c{id}").parse().unwrap(), Place::Owned(owned))
}

const FIFTY: &str = r#""capacities": [{"id": "cap", "scope": "everybody", "cap": 50, "excused_by": ["open_order"]}]"#;

/// Goal: what a live order excuses does not count. Method: fifty customers, eight of them with an open order.
#[test]
fn cap_50_holding_50_of_which_8_have_open_orders_is_eligible_with_42_used() {
    let policy = policy(FIFTY);
    let order = |i: usize| BusinessHold::live("open_order".parse().unwrap(), format!("o{i}").parse().unwrap(), None);
    let customers: Vec<Customer> = (0..50)
        .map(|i| {
            let protection = customer_pool::model::Protection::new();
            let customer = owned_by_li(i);
            if i < 8 { customer.with_protection(protection.with_hold(order(i))) } else { customer }
        })
        .collect();
    let holdings = policy.holdings(&customers);
    assert_eq!(holdings, [Holding::new("cap".parse().unwrap(), 42)]);
    let (rep, ledgers, customer) = (li(), [ledger([]).with_holdings(holdings)], pooled("new"));
    let case = ClaimCase::new(&customer, &rep).with_ledgers(&ledgers);
    assert_eq!(ask(&policy, &case, at("2026-03-02T15:00:00")).verdict(), ClaimVerdict::Eligible);
    let explained = policy.explain_claim(&case, at("2026-03-02T15:00:00"));
    let used = explained.findings().iter().find_map(|finding| match finding {
        ClaimFinding::Capacity { used, cap, weighs, .. } => Some((*used, *cap, *weighs)),
        _ => None,
    });
    assert_eq!(used, Some((Some(42), 50, 1)));
}

/// Goal: over the cap nothing can be added. Method: the same holdings under a cap of 30; the owner keeps what he has.
#[test]
fn a_cap_lowered_below_what_is_held_takes_nothing_away_and_adds_nothing() {
    let policy = policy(&FIFTY.replace("50", "30"));
    let customers: Vec<Customer> = (0..50).map(owned_by_li).collect();
    let ledgers = [ledger([]).with_holdings(policy.holdings(&customers))];
    let found = denials(&policy, &pooled("new"), &ledgers, "2026-03-02T15:00:00");
    assert_eq!(found, [Denial::Capacity { rule: "cap".parse().unwrap(), used: 50, cap: 30, weighs: 1 }]);
    let rep = li();
    let mine = ClaimCase::new(&customers[0], &rep).with_ledgers(&ledgers);
    assert_eq!(ask(&policy, &mine, at("2026-03-02T15:00:00")).verdict(), ClaimVerdict::AlreadyMine);
    assert_eq!(policy.decide(&customers[0], None, at("2026-03-02T15:00:00")).next_change(), None);
}

/// Goal: what each mode makes of one item too many. Method: three customers, a quota of two.
#[test]
fn a_batch_of_one_more_than_the_limit() {
    let policy = policy(r#""quotas": [{"id": "daily", "limit": 2, "window": "day"}]"#);
    let (rep, ledgers): (Rep, [Ledger; 1]) = (li(), [ledger([])]);
    let customers = ["c1", "c2", "c3"].map(pooled);
    let items: Vec<BatchItem<'_>> = customers.iter().map(BatchItem::from).collect();
    let run = |mode| {
        let batch = ClaimBatch::new(&rep, &items, mode).with_ledgers(&ledgers);
        policy.claim_batch(&batch, at("2026-03-02T15:00:00"))
    };
    let all = run(BatchMode::AllOrNothing);
    assert_eq!((all.taken(), all.results().len()), (0, 3));

    let some = run(BatchMode::UpToRemaining);
    assert_eq!([0, 1, 2].map(|i| some.is_taken(i)), [true, true, false]);
    assert_eq!(some.results()[2], BatchResult::NotAttempted);
    assert!(matches!(some.stopped_by(), [Denial::Quota { rule, used: 2, limit: 2, .. }] if rule.as_str() == "daily"));

    let each = run(BatchMode::ItemByItem);
    assert_eq!([0, 1, 2].map(|i| each.is_taken(i)), [true, true, false]);
    let BatchResult::Decided(last) = &each.results()[2] else { panic!("{each:?}") };
    assert_eq!(codes(last.denials()), ["claim.quota"]);
    assert!(each.stopped_by().is_empty());
}

/// Goal: no scope is nobody. Method: a pool without members.
#[test]
fn with_an_empty_member_list_nobody_is_a_member() {
    let policy = policy_with(r#"{"id": "east"}, {"id": "west", "members": ["everybody"]}"#, "", "");
    assert_eq!(denials(&policy, &pooled("c1"), &[], "2026-03-02T15:00:00"), [Denial::NotMember]);
    assert_eq!(denials(&policy, &in_pool("c1", "west", "2026-01-01T00:00:00"), &[], "2026-03-02T15:00:00"), []);
}
