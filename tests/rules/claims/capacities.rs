//! Check 10: holding capacity.

use customer_pool::claim::{Acquisition, ClaimCase};
use customer_pool::decision::{ClaimVerdict, Denial};
use customer_pool::model::{BusinessHold, Excused, Holding, Ledger, Protection};

use super::support::{ask, at, codes, denials, ledger, li, policy_with, pooled};

fn capacities(rules: &str, combine: &str) -> customer_pool::Policy {
    let pools = r#"{"id": "east", "members": ["everybody"]}, {"id": "west"}"#;
    policy_with(pools, &format!(r#""combine_capacities": "{combine}", "capacities": [{rules}]"#), "")
}

fn held(of: &[(&str, u64)]) -> Ledger {
    ledger([]).with_holdings(of.iter().map(|(rule, used)| Holding::new(rule.parse().unwrap(), *used)))
}

/// Goal: which of several capacities binds. Method: the same holdings under every combination.
#[test]
fn capacities_combine_as_the_policy_says() {
    let rules = r#"{"id": "all", "scope": "everybody", "cap": 10}, {"id": "unit", "scope": {"unit": "sales"}, "cap": 5},
        {"id": "near", "scope": {"unit": "sales/east"}, "cap": 7}"#;
    let ledgers = [held(&[("all", 6), ("unit", 6), ("near", 6)])];
    let refusing = |combine: &str, ledgers: &[Ledger]| {
        let found = denials(&capacities(rules, combine), &pooled("c1"), ledgers, "2026-03-02T12:00:00");
        let rules: Vec<(String, u64)> = found
            .iter()
            .map(|denial| match denial {
                Denial::Capacity { rule, cap, .. } => (rule.to_string(), *cap),
                other => panic!("{other:?}"),
            })
            .collect();
        rules
    };
    let named = |name: &str, cap| vec![(name.to_owned(), cap)];
    assert_eq!(refusing("most_specific", &ledgers), []);
    assert_eq!(refusing("most_specific", &[held(&[("near", 7)])]), named("near", 7));
    assert_eq!(refusing("min", &ledgers), named("unit", 5));
    assert_eq!(refusing("max", &ledgers), []);
    let full = [held(&[("all", 10), ("unit", 5), ("near", 7)])];
    assert_eq!(refusing("max", &full), [named("all", 10), named("unit", 5), named("near", 7)].concat());
    assert_eq!(refusing("sum", &[held(&[("all", 21)])]), []);
    assert_eq!(refusing("sum", &[held(&[("all", 22)])]), named("all", 22));
}

#[test]
fn a_heavy_customer_is_refused_where_a_weightless_one_is_not() {
    let policy = capacities(r#"{"id": "r", "scope": "everybody", "cap": 10, "weights": {"vip": 3, "test": 0}}"#, "min");
    let tier = |tier: &str| pooled("c1").with_tier(tier.parse().unwrap());
    let ledgers = [held(&[("r", 8)])];
    assert_eq!(denials(&policy, &pooled("c1"), &ledgers, "2026-03-02T12:00:00"), []);
    let found = denials(&policy, &tier("vip"), &ledgers, "2026-03-02T12:00:00");
    assert_eq!(found, [Denial::Capacity { rule: "r".parse().unwrap(), used: 8, cap: 10, weighs: 3 }]);
    assert_eq!(denials(&policy, &tier("test"), &[held(&[("r", 99)])], "2026-03-02T12:00:00"), []);
}

/// Goal: a hold's lapse is dated. Method: excused weights that fill the cap later, and a hold on the customer itself.
#[test]
fn the_lapse_of_a_hold_counts_for_the_next_change() {
    let policy = capacities(r#"{"id": "r", "scope": "everybody", "cap": 10, "excused_by": ["open_order"]}"#, "min");
    let (rep, customer) = (li(), pooled("c1"));
    let excused = [Excused::new(at("2026-03-09T00:00:00"), 1), Excused::new(at("2026-03-05T00:00:00"), 1)];
    let ledgers = [ledger([]).with_holdings([Holding::new("r".parse().unwrap(), 8).with_excused(excused)])];
    let decision = ask(&policy, &ClaimCase::new(&customer, &rep).with_ledgers(&ledgers), at("2026-03-02T12:00:00"));
    assert_eq!(decision.verdict(), ClaimVerdict::Eligible);
    assert_eq!(decision.next_change(), Some(at("2026-03-09T00:00:00")));

    let order =
        BusinessHold::live("open_order".parse().unwrap(), "o1".parse().unwrap(), Some(at("2026-03-04T00:00:00")));
    let held = pooled("c1").with_protection(Protection::new().with_hold(order));
    let full = [held_full()];
    let decision = ask(&policy, &ClaimCase::new(&held, &rep).with_ledgers(&full), at("2026-03-02T12:00:00"));
    assert_eq!(decision.verdict(), ClaimVerdict::Eligible, "it weighs nothing yet");
    assert_eq!(decision.next_change(), Some(at("2026-03-04T00:00:00")));
    let decision = ask(&policy, &ClaimCase::new(&held, &rep).with_ledgers(&full), at("2026-03-04T00:00:00"));
    assert_eq!((codes(decision.denials()), decision.retry_at()), (vec!["claim.capacity"], None));
}

fn held_full() -> Ledger {
    held(&[("r", 10)])
}

/// Goal: modes and departures. Method: a full capacity that warns of an assignment and skips an import.
#[test]
fn a_full_capacity_refuses_warns_or_is_skipped_per_way_in() {
    let rules = r#"{"id": "r", "scope": "everybody", "cap": 10, "modes": {"assign": "warn", "import": "skip"}}"#;
    let policy = capacities(rules, "min");
    let (rep, customer, ledgers) = (li(), pooled("c1"), [held_full()]);
    for (acquisition, denied, warned) in [
        (Acquisition::Claim, 1, 0),
        (Acquisition::Assign, 0, 1),
        (Acquisition::Transfer, 1, 0),
        (Acquisition::Import, 0, 0),
        (Acquisition::Departure, 0, 0),
        (Acquisition::Restore, 1, 0),
    ] {
        let case = ClaimCase::new(&customer, &rep).with_ledgers(&ledgers).with_acquisition(acquisition);
        let decision = ask(&policy, &case, at("2026-03-02T12:00:00"));
        assert_eq!((decision.denials().len(), decision.warnings().len()), (denied, warned), "{acquisition}");
    }
}

/// Goal: a warning that nobody needs is not told. Method: under `max` a rule that warns is over its cap, alone and beside
/// one that admits, one that refuses and one that is skipped.
#[test]
fn under_max_a_warning_is_told_only_where_no_other_rule_admits() {
    let warns = r#"{"id": "warns", "scope": "everybody", "cap": 1, "modes": {"claim": "warn"}}"#;
    let other = |cap: u32, mode: &str| {
        format!(r#"{warns}, {{"id": "other", "scope": "everybody", "cap": {cap}, "modes": {{"claim": "{mode}"}}}}"#)
    };
    let (rep, customer, ledgers) = (li(), pooled("c1"), [held(&[("warns", 5), ("other", 5)])]);
    let warned = |rules: &str| {
        let policy = capacities(rules, "max");
        let decision = ask(&policy, &ClaimCase::new(&customer, &rep).with_ledgers(&ledgers), at("2026-03-02T12:00:00"));
        assert_eq!(decision.verdict(), ClaimVerdict::Eligible, "{rules}");
        codes(decision.warnings())
    };
    assert_eq!(warned(warns), ["claim.capacity"]);
    assert_eq!(warned(&other(9, "enforce")), [""; 0]);
    assert_eq!(warned(&other(1, "enforce")), ["claim.capacity"], "what one refuses the other only warns of");
    assert_eq!(warned(&other(9, "warn")), [""; 0]);
    assert_eq!(warned(&other(1, "warn")), ["claim.capacity", "claim.capacity"]);
    assert_eq!(warned(&other(1, "skip")), [""; 0]);
}
