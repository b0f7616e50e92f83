//! Everything that can be wrong with the rules about claims: code and place.

use customer_pool::Policy;
use customer_pool::policy::PolicyError;

use super::support::document;

const POOLS: &str = r#"{"id": "east"}, {"id": "west"}"#;

fn found(pools: &str, claims: &str, more: &str) -> Vec<(String, String)> {
    match Policy::from_json(&document(pools, claims, more)) {
        Ok(_) => Vec::new(),
        Err(PolicyError::Problems(problems)) => {
            problems.iter().map(|problem| (problem.code().to_owned(), problem.path().to_owned())).collect()
        }
        Err(other) => panic!("{other}: {claims}"),
    }
}

/// Goal: every problem has its code and its place. Method: a policy with just that one.
#[test]
fn every_problem_of_claim_rules_is_reported_where_it_is() {
    for (claims, code, path) in [
        (r#""quotas": [{"id": "q", "limit": 1, "window": "day", "pools": []}]"#, "policy.empty", "quotas[0].pools"),
        (
            r#""quotas": [{"id": "q", "limit": 1, "window": "day", "pools": ["no"]}]"#,
            "policy.unknown_pool",
            "quotas[0].pools[0]",
        ),
        (r#""quotas": [{"id": "q", "limit": 1, "window": "day", "ways": []}]"#, "policy.empty", "quotas[0].ways"),
        (
            r#""quotas": [{"id": "q", "limit": 1, "window": "day", "ways": ["restore"]}]"#,
            "policy.quota_way",
            "quotas[0].ways[0]",
        ),
        (
            r#""quotas": [{"id": "q", "limit": 1, "window": {"sliding": {"days": 0}}}]"#,
            "span.invalid",
            "quotas[0].window.sliding",
        ),
        (
            r#""quotas": [{"id": "q", "limit": 1, "window": "day", "per": {"unit_at": 0}}]"#,
            "policy.zero",
            "quotas[0].per.unit_at",
        ),
        (
            r#""quotas": [{"id": "q", "limit": 1, "window": "day", "when": {"present": "rep.role"}}]"#,
            "condition.wrong_subject",
            "quotas[0].when.present",
        ),
        (
            r#""quotas": [{"id": "q", "limit": 1, "window": "day", "when": {"present": "owner.tag"}}]"#,
            "condition.wrong_subject",
            "quotas[0].when.present",
        ),
        (
            r#""quotas": [{"id": "q", "limit": 1, "window": "day", "steps": [{"when": {"present": "owner.tag"}, "add": 1}]}]"#,
            "condition.wrong_subject",
            "quotas[0].steps[0].when.present",
        ),
        (
            r#""quotas": [{"id": "q", "limit": 1, "window": "day", "steps": [{"when": {"present": "rep.figure.x"}, "add": 1}]}]"#,
            "condition.undeclared_figure",
            "quotas[0].steps[0].when.present",
        ),
        (
            r#""quiet_periods": [{"id": "a", "span": {"working_hours": 3}}]"#,
            "span.calendar_without_blocks",
            "quiet_periods[0].span",
        ),
        (
            r#""quiet_periods": [{"id": "a", "span": {"days": 1}}], "repeat_limits": [{"id": "a", "limit": 1, "within": {"days": 1}}]"#,
            "policy.duplicate_id",
            "repeat_limits[0].id",
        ),
        (
            r#""repeat_limits": [{"id": "a", "limit": 0, "within": {"days": 1}}]"#,
            "policy.zero",
            "repeat_limits[0].limit",
        ),
        (r#""cooldowns": [{"id": "a"}]"#, "policy.empty", "cooldowns[0].after"),
        (
            r#""cooldowns": [{"id": "a", "after": {"departed": {"days": 1}}}]"#,
            "policy.cooldown_cause",
            "cooldowns[0].after.departed",
        ),
        (
            r#""cooldowns": [{"id": "a", "per": "everybody", "after": {"released": {"days": 1}}}]"#,
            "policy.cooldown_per",
            "cooldowns[0].per",
        ),
        (r#""qualifications": [{"id": "a", "requires": "tier"}]"#, "policy.no_tiers", "qualifications[0].requires"),
        (
            r#""qualifications": [{"id": "a", "requires": {"condition": {"all": []}}}]"#,
            "condition.empty",
            "qualifications[0].requires.condition.all",
        ),
        (
            r#""capacities": [{"id": "a", "scope": "everybody", "cap": 1, "when": {"present": "rep.tag"}}]"#,
            "condition.wrong_subject",
            "capacities[0].when.present",
        ),
        (
            r#""combine_capacities": "sum", "capacities": [{"id": "a", "scope": "everybody", "cap": 1}, {"id": "b", "scope": "everybody", "cap": 1, "weights": {"vip": 2}}]"#,
            "policy.capacity_sum",
            "capacities[1].weights",
        ),
        (
            r#""combine_capacities": "sum", "capacities": [{"id": "a", "scope": "everybody", "cap": 1}, {"id": "b", "scope": "everybody", "cap": 1, "modes": {"claim": "warn"}}]"#,
            "policy.capacity_sum",
            "capacities[1].modes",
        ),
        (r#""lock_caps": [{"id": "a", "scope": "everybody", "cap": 1}]"#, "policy.no_longest_lock", "lock_caps"),
        (r#""minimum_interval": {"minutes": 0}"#, "span.invalid", "minimum_interval"),
        (r#""undo": {"within": {"hours": 36501}, "per_day": 0}"#, "span.invalid", "undo.within"),
        (
            r#""checks": {"claim": {"add": ["quota"], "remove": ["quota"]}}"#,
            "policy.contradictory_checks",
            "checks.claim.remove[0]",
        ),
    ] {
        let expected = vec![(code.to_owned(), format!("$.claims.{path}"))];
        assert_eq!(found(POOLS, claims, ""), expected, "{claims}");
    }
}

/// Goal: the same for pools and words. Method: as above.
#[test]
fn every_problem_of_pools_and_words_is_reported_where_it_is() {
    let weights = r#""capacities": [{"id": "a", "scope": "everybody", "cap": 1, "weights": {"vip": 2}}]"#;
    for (pools, claims, more, code, path) in [
        (r#"{"id": "west", "escalate_after": {"days": 3}}"#, "", "", "policy.no_parent", "$.pools[0].escalate_after"),
        (
            r#"{"id": "west", "hand_out": {"lottery": {"days": 3}}}"#,
            "",
            "",
            "policy.no_lottery_seed",
            "$.pools[0].hand_out.lottery",
        ),
        (
            r#"{"id": "west", "hand_out": {"reservation": {"days": 0}}}"#,
            "",
            "",
            "span.invalid",
            "$.pools[0].hand_out.reservation",
        ),
        (POOLS, "", r#", "tiers": ["a", "b", "a"]"#, "policy.duplicate_id", "$.tiers[2]"),
        (POOLS, "", r#", "figures": ["a", "a"]"#, "policy.duplicate_id", "$.figures[1]"),
        (POOLS, weights, r#", "tiers": ["a"]"#, "policy.unknown_tier", "$.claims.capacities[0].weights.vip"),
    ] {
        assert_eq!(found(pools, claims, more), [(code.to_owned(), path.to_owned())], "{pools} {claims} {more}");
    }
    assert_eq!(found(POOLS, weights, ""), [], "without a list of tiers every word may be one");
}

/// Goal: limits. Method: one rule, step, member, tier more than a policy may have.
#[test]
fn too_many_of_anything_is_a_problem() {
    let many = |n: usize, one: &dyn Fn(usize) -> String| (0..n).map(one).collect::<Vec<_>>().join(",");
    let quotas = many(257, &|i| format!(r#"{{"id": "q{i}", "limit": 1, "window": "day"}}"#));
    let steps = many(65, &|_| r#"{"when": "always", "add": 1}"#.to_owned());
    let members = many(1_025, &|i| format!(r#"{{"rep": "r{i}"}}"#));
    let tiers = many(257, &|i| format!(r#""t{i}""#));
    let east = |key: &str| format!(r#"{{"id": "east", {key}}}, {{"id": "west"}}"#);
    for (pools, claims, more, path) in [
        (POOLS.to_owned(), format!(r#""quotas": [{quotas}]"#), String::new(), "$.claims.quotas"),
        (
            POOLS.to_owned(),
            format!(r#""quotas": [{{"id": "q", "limit": 1, "window": "day", "steps": [{steps}]}}]"#),
            String::new(),
            "$.claims.quotas[0].steps",
        ),
        (east(&format!(r#""members": [{members}]"#)), String::new(), String::new(), "$.pools[0].members"),
        (east(&format!(r#""admins": [{members}]"#)), String::new(), String::new(), "$.pools[0].admins"),
        (POOLS.to_owned(), String::new(), format!(r#", "tiers": [{tiers}]"#), "$.tiers"),
    ] {
        assert_eq!(found(&pools, &claims, &more), [("policy.too_many".to_owned(), path.to_owned())]);
    }
}
