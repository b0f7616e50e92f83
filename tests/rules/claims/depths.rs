//! Rules over units: quotas of several depths in one ledger, and which unit is the nearest.

use customer_pool::Policy;
use customer_pool::claim::ClaimCase;
use customer_pool::decision::{ClaimVerdict, Denial};
use customer_pool::model::{Holding, Ledger, LedgerEntry, LedgerScope, Rep};

use super::support::{ask, at, claimed, codes, ledger, policy_with, pooled, rep};

fn everybody_claims(rules: &str) -> Policy {
    policy_with(r#"{"id": "east", "members": ["everybody"]}, {"id": "west"}"#, rules, "")
}

fn quotas(quotas: &[(&str, u32, &str)]) -> Policy {
    let quota = |(id, limit, per): &(&str, u32, &str)| {
        format!(r#"{{"id": "{id}", "limit": {limit}, "window": "day", "per": {per}}}"#)
    };
    everybody_claims(&format!(r#""quotas": [{}]"#, quotas.iter().map(quota).collect::<Vec<_>>().join(", ")))
}

/// An entry for each rep in the list, by the units that the rep was in.
fn taken(units: &[&[&str]]) -> Vec<LedgerEntry> {
    let entry = |(i, units): (usize, &&[&str])| {
        claimed("2026-03-02T09:00:00", &format!("t{i}")).with_units(units.iter().map(|unit| unit.parse().unwrap()))
    };
    units.iter().enumerate().map(entry).collect()
}

fn of_unit(unit: &str, entries: Vec<LedgerEntry>) -> Ledger {
    Ledger::new(LedgerScope::Unit(unit.parse().unwrap())).with_entries(entries)
}

/// The quotas that deny somebody, with what they counted.
fn denied(policy: &Policy, rep: &Rep, ledgers: &[Ledger]) -> Vec<(String, u32)> {
    let customer = pooled("c1");
    let decision = ask(policy, &ClaimCase::new(&customer, rep).with_ledgers(ledgers), at("2026-03-02T12:00:00"));
    let of = |denial: &Denial| match denial {
        Denial::Quota { rule, used, .. } => (rule.to_string(), *used),
        other => panic!("{other:?}"),
    };
    decision.denials().iter().map(of).collect()
}

/// Goal: what a rule of another depth notes in a unit's ledger is not the team's. Method: A in `s/e` claims, which the
/// branch's quota notes in the ledger of `s`; then B, who is in `s` itself, asks.
#[test]
fn quotas_over_units_of_several_depths_share_no_entries() {
    let branch = ("branch", 9, r#"{"unit_at": 1}"#);
    let team = ("team", 1, r#""unit""#);
    let b = rep("b", "s");
    let by_a = [of_unit("s", taken(&[&["s/e"]]))];
    assert_eq!(denied(&quotas(&[team, branch]), &b, &by_a), []);
    assert_eq!(denied(&quotas(&[team]), &b, &by_a), []);
    let by_b = [of_unit("s", taken(&[&["s/e"], &["s"]]))];
    assert_eq!(denied(&quotas(&[team, branch]), &b, &by_b), [("team".to_owned(), 1)]);
    let narrow = ("branch", 2, r#"{"unit_at": 1}"#);
    assert_eq!(denied(&quotas(&[narrow]), &b, &by_b), [("branch".to_owned(), 2)], "the branch counts both");
}

/// The same for two rules that both name a depth.
#[test]
fn quotas_at_depths_two_and_three_share_no_entries() {
    let third = ("third", 1, r#"{"unit_at": 3}"#);
    let second = ("second", 9, r#"{"unit_at": 2}"#);
    let b = rep("b", "s/e");
    let by_a = [of_unit("s/e", taken(&[&["s/e/x"]]))];
    assert_eq!(denied(&quotas(&[third, second]), &b, &by_a), []);
    let by_b = [of_unit("s/e", taken(&[&["s/e/x"], &["s/e"]]))];
    assert_eq!(denied(&quotas(&[third, second]), &b, &by_b), [("third".to_owned(), 1)]);
    // A rep in several units counts once, whichever of them is the one.
    let by_both = [of_unit("s/e", taken(&[&["s/e/x", "s/e"]]))];
    assert_eq!(denied(&quotas(&[("second", 1, r#"{"unit_at": 2}"#)]), &b, &by_both), [("second".to_owned(), 1)]);
}

/// Goal: hosts that keep no units with their entries go on as before. Method: an entry without units, every rule.
#[test]
fn an_entry_without_units_counts_for_every_rule_over_units() {
    let ledgers = [of_unit("s", taken(&[&[]]))];
    for per in [r#""unit""#, r#"{"unit_at": 1}"#, r#"{"unit_at": 3}"#] {
        assert_eq!(denied(&quotas(&[("q", 1, per)]), &rep("b", "s"), &ledgers), [("q".to_owned(), 1)], "{per}");
    }
    // One of another unit is not counted, though a host put it there.
    let stray = [of_unit("s", taken(&[&["t/e"]]))];
    assert_eq!(denied(&quotas(&[("q", 1, r#"{"unit_at": 1}"#)]), &rep("b", "s"), &stray), []);
}

/// Goal: the same where windows slide and conditions read facts. Method: the pair of rules with each.
#[test]
fn sliding_and_conditional_quotas_count_by_depth_too() {
    let rules = r#""quotas": [
        {"id": "team", "limit": 1, "window": {"sliding": {"hours": 24}}, "per": "unit"},
        {"id": "branch", "limit": 2, "window": {"sliding": {"days": 1}}, "per": {"unit_at": 1},
         "when": {"in": {"fact": "tier", "of": ["vip"]}}}]"#;
    let pools = r#"{"id": "east", "members": ["everybody"]}, {"id": "west"}"#;
    let policy = policy_with(pools, rules, r#", "tiers": ["normal", "vip"]"#);
    let vip = pooled("c1").with_tier("vip".parse().unwrap());
    let entries = taken(&[&["s/e"], &["s/f"]]).into_iter().map(|entry| entry.with_facts(vip.clone()));
    let ledgers = [of_unit("s", entries.collect())];
    let b = rep("b", "s");
    let decision = ask(&policy, &ClaimCase::new(&vip, &b).with_ledgers(&ledgers), at("2026-03-02T12:00:00"));
    assert!(matches!(decision.denials(), [Denial::Quota { rule, used: 2, .. }] if rule.as_str() == "branch"));
}

/// Goal: the nearest unit is the fewest steps up from one of the rep's own, not the longest path. Method: a rep in
/// `x/y/z` and in `s`.
#[test]
fn the_nearest_unit_is_the_fewest_steps_up_from_one_of_the_reps_own() {
    let rules = r#""capacities": [{"id": "xy", "scope": {"unit": "x/y"}, "cap": 9},
                                  {"id": "s", "scope": {"unit": "s"}, "cap": 1}]"#;
    let policy = everybody_claims(rules);
    let customer = pooled("c1");
    let held = |used| {
        let of = |rule: &str| Holding::new(rule.parse().unwrap(), used);
        [ledger([]).with_holdings([of("xy"), of("s")])]
    };
    let binding = |units: &[&str], used| {
        let rep = Rep::new("li".parse().unwrap()).with_units(units.iter().map(|unit| unit.parse().unwrap()));
        let ledgers = held(used);
        let decision = ask(&policy, &ClaimCase::new(&customer, &rep).with_ledgers(&ledgers), at("2026-03-02T12:00:00"));
        assert_eq!(decision.verdict() == ClaimVerdict::Denied, codes(decision.denials()) == ["claim.capacity"]);
        let of = |denial: &Denial| match denial {
            Denial::Capacity { rule, .. } => rule.to_string(),
            other => panic!("{other:?}"),
        };
        decision.denials().iter().map(of).collect::<Vec<_>>()
    };
    assert_eq!(binding(&["x/y/z", "s"], 2), ["s"]);
    assert_eq!(binding(&["s", "x/y/z"], 2), ["s"], "whatever the order of the paths");
    assert_eq!(binding(&["x/y", "s/t"], 2), Vec::<String>::new(), "x/y is the nearer");
    assert_eq!(binding(&["x/y/z", "s/t"], 9), ["xy"], "of equally near ones the first in the list");
}
