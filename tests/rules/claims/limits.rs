//! Checks 4 to 10 at their boundaries: every span is half-open.

use customer_pool::claim::{Acquisition, Bypass, Check, ClaimCase};
use customer_pool::decision::{ClaimVerdict, Denial};
use customer_pool::model::{
    Cause, Customer, Ledger, LedgerEntry, LedgerScope, PastOwnership, PoolStay, Profile, Rep, WayIn,
};

use super::support::{
    ask, at, claimed, codes, denials, in_pool, just_before, ledger, li, past, policy, policy_with, pooled,
};

/// Goal: half-open. Method: each rule alone, denied just before its end and eligible at it.
#[test]
fn what_time_lifts_is_lifted_at_its_end_and_not_before() {
    let owned = past("li", "2026-02-01T00:00:00", "2026-03-02T10:00:00", Cause::TakenBack);
    for (rules, code, until) in [
        (r#""quiet_periods": [{"id": "r", "span": {"hours": 72}}]"#, "claim.quiet_period", "2026-03-05T09:00:00"),
        (
            r#""cooldowns": [{"id": "r", "after": {"taken_back": {"days": 7}}}]"#,
            "claim.cooldown",
            "2026-03-10T00:00:00",
        ),
        (
            r#""repeat_limits": [{"id": "r", "limit": 1, "within": {"days": 60}}]"#,
            "claim.repeat_limit",
            "2026-04-03T00:00:00",
        ),
        (r#""minimum_interval": {"minutes": 90}"#, "claim.minimum_interval", "2026-03-02T12:30:00"),
        (r#""quotas": [{"id": "r", "limit": 1, "window": "day"}]"#, "claim.quota", "2026-03-03T00:00:00"),
        (r#""quotas": [{"id": "r", "limit": 1, "window": "week"}]"#, "claim.quota", "2026-03-09T00:00:00"),
        (
            r#""week_starts": "sat", "quotas": [{"id": "r", "limit": 1, "window": "week"}]"#,
            "claim.quota",
            "2026-03-07T00:00:00",
        ),
        (r#""quotas": [{"id": "r", "limit": 1, "window": "month"}]"#, "claim.quota", "2026-04-01T00:00:00"),
        (
            r#""quotas": [{"id": "r", "limit": 1, "window": {"sliding": {"hours": 24}}}]"#,
            "claim.quota",
            "2026-03-03T11:00:00",
        ),
        (
            r#""quotas": [{"id": "r", "limit": 1, "window": {"sliding": {"working_days": 3}}}]"#,
            "claim.quota",
            "2026-03-06T00:00:00",
        ),
    ] {
        let policy = policy(rules);
        let (rep, ledgers) = (li(), [ledger([claimed("2026-03-02T11:00:00", "c0")])]);
        let customer = in_pool("c1", "east", "2026-03-02T09:00:00").with_past([owned.clone()], None);
        let case = ClaimCase::new(&customer, &rep).with_ledgers(&ledgers);
        let decision = ask(&policy, &case, at("2026-03-02T12:00:00"));
        assert_eq!(codes(decision.denials()), [code], "{rules}");
        assert_eq!(decision.retry_at(), Some(at(until)), "{rules}");
        assert_eq!(decision.next_change(), Some(at(until)), "{rules}");
        assert_eq!(codes(policy.claim(&case, just_before(at(until))).denials()), [code], "{rules}");
        assert_eq!(policy.claim(&case, at(until)).verdict(), ClaimVerdict::Eligible, "{rules}");
    }
}

/// Goal: `retry_at` waits for all. Method: several rules that end one after the other, and one that never does.
#[test]
fn a_retry_is_dated_behind_every_denial_and_never_behind_one_that_stays() {
    let rules = r#""minimum_interval": {"minutes": 90}, "quotas": [
        {"id": "daily", "limit": 1, "window": "day"}, {"id": "none", "limit": 0, "window": "day", "pools": ["west"]}],
        "cooldowns": [{"id": "again", "after": {"released": {"days": 7}}}]"#;
    let policy = policy(rules);
    let (rep, ledgers) = (li(), [ledger([claimed("2026-03-02T11:00:00", "c0")])]);
    let released = past("li", "2026-03-01T00:00:00", "2026-03-02T10:00:00", Cause::Released);
    let east = pooled("c1").with_past([released.clone()], None);
    let decision = ask(&policy, &ClaimCase::new(&east, &rep).with_ledgers(&ledgers), at("2026-03-02T12:00:00"));
    assert_eq!(codes(decision.denials()), ["claim.cooldown", "claim.minimum_interval", "claim.quota"]);
    assert_eq!(decision.next_change(), Some(at("2026-03-02T12:30:00")));
    assert_eq!(decision.retry_at(), Some(at("2026-03-10T00:00:00")));

    let west = in_pool("c1", "west", "2026-01-01T00:00:00").with_past([released], None);
    let decision = ask(&policy, &ClaimCase::new(&west, &rep).with_ledgers(&ledgers), at("2026-03-02T12:00:00"));
    let Some(Denial::Quota { used: 0, limit: 0, resets_at: None, .. }) = decision.denials().last() else {
        panic!("{decision:?}")
    };
    assert_eq!(decision.retry_at(), None);
}

#[test]
fn only_the_first_entry_is_quiet_where_the_rule_says_so() {
    let rule = r#""quiet_periods": [{"id": "r", "span": {"days": 3}FIRST}]"#;
    let stay = PoolStay::new("east".parse().unwrap(), at("2026-03-02T09:00:00"))
        .with_earlier_entries([at("2026-01-05T00:00:00")]);
    let customer = Customer::new("c1".parse().unwrap(), customer_pool::model::Place::Pool(stay));
    let every = policy(&rule.replace("FIRST", ""));
    assert_eq!(codes(&denials(&every, &customer, &[], "2026-03-02T12:00:00")), ["claim.quiet_period"]);
    let first = policy(&rule.replace("FIRST", r#", "first_entry_only": true"#));
    assert_eq!(denials(&first, &customer, &[], "2026-03-02T12:00:00"), []);
    let new = in_pool("c1", "east", "2026-03-02T09:00:00");
    assert_eq!(codes(&denials(&first, &new, &[], "2026-03-02T12:00:00")), ["claim.quiet_period"]);
}

/// Goal: whom a unit cooldown binds. Method: an ownership by somebody of the same unit, of a sister unit, of none.
#[test]
fn a_unit_cooldown_binds_those_who_share_a_unit() {
    let rule = |per: &str| {
        policy(&format!(r#""cooldowns": [{{"id": "r", "after": {{"released": {{"days": 7}}}}, "per": {per}}}]"#))
    };
    let customer = |owner: &str, unit: Option<&str>| {
        let (from, to) = (at("2026-02-01T00:00:00"), at("2026-03-02T10:00:00"));
        let past = PastOwnership::new(owner.parse().unwrap(), from, to, WayIn::Claim, Cause::Released);
        pooled("c1").with_past([past.with_units(unit.map(|unit| unit.parse().unwrap()))], None)
    };
    let denied = |per: &str, owner: &str, unit: Option<&str>| {
        !denials(&rule(per), &customer(owner, unit), &[], "2026-03-02T12:00:00").is_empty()
    };
    assert!(denied(r#""unit""#, "wang", Some("sales/east/shanghai")));
    assert!(!denied(r#""rep""#, "wang", Some("sales/east/shanghai")));
    assert!(!denied(r#""unit""#, "wang", Some("sales/east/suzhou")));
    assert!(denied(r#"{"unit_at": 2}"#, "wang", Some("sales/east/suzhou")));
    assert!(!denied(r#"{"unit_at": 2}"#, "wang", Some("sales/north")));
    assert!(!denied(r#""unit""#, "wang", None), "who was in no unit shares with nobody");
    assert!(denied(r#""unit""#, "li", None), "it binds the rep himself");
}

/// Goal: causes and restores. Method: a reclaim, the same undone by a restore, and a cause without cooldown.
#[test]
fn an_undone_reclaim_and_a_cause_without_a_span_start_no_cooldown() {
    let policy = policy(r#""cooldowns": [{"id": "r", "after": {"reclaimed": {"days": 7}, "released": {"days": 3}}}]"#);
    let of = |owner: &str, from: &str, to: &str, way_in, cause| {
        PastOwnership::new(owner.parse().unwrap(), at(from), at(to), way_in, cause)
    };
    let reclaimed = of("li", "2026-02-01T00:00:00", "2026-03-01T00:00:00", WayIn::Claim, Cause::Reclaimed);
    let restored = of("li", "2026-03-01T12:00:00", "2026-03-02T00:00:00", WayIn::Restore, Cause::Departed);
    let with = |past: Vec<PastOwnership>| pooled("c1").with_past(past, None);
    let denied = |customer: &Customer| codes(&denials(&policy, customer, &[], "2026-03-02T12:00:00"));
    assert_eq!(denied(&with(vec![reclaimed.clone()])), ["claim.cooldown"]);
    assert_eq!(denied(&with(vec![restored, reclaimed.clone()])), [""; 0]);
    let claimed = of("li", "2026-03-01T12:00:00", "2026-03-02T00:00:00", WayIn::Claim, Cause::Departed);
    assert_eq!(denied(&with(vec![claimed, reclaimed])), ["claim.cooldown"]);
}

/// Goal: the numbers of a repeat limit. Method: three ownerships, one of them undone, under a limit of two.
#[test]
fn a_repeat_limit_counts_every_ownership_that_began_in_its_span() {
    let policy = policy(r#""repeat_limits": [{"id": "r", "limit": 2, "within": {"days": 30}}]"#);
    let customer = pooled("c1").with_past(
        [
            past("li", "2026-02-20T09:00:00", "2026-02-20T09:10:00", Cause::Undone),
            past("wang", "2026-02-12T00:00:00", "2026-02-13T00:00:00", Cause::Released),
            past("li", "2026-02-10T00:00:00", "2026-02-11T00:00:00", Cause::Released),
            past("li", "2026-02-05T00:00:00", "2026-02-06T00:00:00", Cause::Released),
        ],
        None,
    );
    let found = denials(&policy, &customer, &[], "2026-03-02T12:00:00");
    let rule = || "r".parse().unwrap();
    assert_eq!(found, [Denial::RepeatLimit { rule: rule(), used: 3, limit: 2, until: at("2026-03-13T00:00:00") }]);
    let found = denials(&policy, &customer, &[], "2026-03-08T12:00:00");
    assert_eq!(found, [Denial::RepeatLimit { rule: rule(), used: 2, limit: 2, until: at("2026-03-13T00:00:00") }]);
    assert_eq!(denials(&policy, &customer, &[], "2026-03-13T00:00:00"), []);
}

/// Goal: relations and conditions, and when a fact is missing. Method: a customer with each fact, and without.
#[test]
fn qualifications_say_whether_a_fact_is_missing() {
    let rules = r#""qualifications": [{"id": "tier", "requires": "tier"}, {"id": "region", "requires": "region"},
        {"id": "skill", "requires": "skill"}, {"id": "rate", "requires": {"condition":
        {"at_least": {"fact": "rep.figure.rate", "value": "0.2"}}}}]"#;
    let pools = r#"{"id": "east", "members": ["everybody"]}, {"id": "west"}"#;
    let policy = policy_with(pools, rules, r#", "tiers": ["c", "b", "a"], "figures": ["rate"]"#);
    let word = |text: &str| text.parse().unwrap();
    let profile = Profile::new().with_region(word("east")).with_skills([word("german")]);
    let customer = pooled("c1").with_tier(word("b")).with_profile(profile);
    let found = |rep: &Rep, customer: &Customer| {
        let decision = ask(&policy, &ClaimCase::new(customer, rep), at("2026-03-02T12:00:00"));
        let found: Vec<(String, bool)> = decision
            .denials()
            .iter()
            .map(|denial| match denial {
                Denial::Qualification { rule, missing } => (rule.to_string(), *missing),
                other => panic!("{other:?}"),
            })
            .collect();
        found
    };
    let able = Rep::new("li".parse().unwrap())
        .with_highest_tier(word("b"))
        .with_regions([word("east")])
        .with_skills([word("german"), word("thai")])
        .with_figure(word("rate"), "0.2".parse().unwrap());
    assert_eq!(found(&able, &customer), []);
    let weak = Rep::new("li".parse().unwrap())
        .with_highest_tier(word("c"))
        .with_regions([word("north")])
        .with_skills([word("thai")])
        .with_figure(word("rate"), "0.1".parse().unwrap());
    let all = |missing| ["tier", "region", "skill", "rate"].map(|rule| (rule.to_owned(), missing));
    assert_eq!(found(&weak, &customer), all(false));
    assert_eq!(found(&Rep::new("li".parse().unwrap()), &customer), all(true));
    // A customer of whom nothing is known asks for no skill.
    let unknown: Vec<_> = ["tier", "region"].map(|rule| (rule.to_owned(), true)).into();
    assert_eq!(found(&able, &pooled("c1")), unknown);
    assert_eq!(found(&able, &customer.with_tier(word("unheard of"))), [("tier".to_owned(), true)]);
}

/// Goal: what a quota counts. Method: entries of other pools, ways, facts; each counts only where the rule says so.
#[test]
fn a_quota_counts_its_pools_ways_and_customers_and_no_others() {
    let vip = |entry: LedgerEntry, tier: &str| entry.with_facts(pooled("x").with_tier(tier.parse().unwrap()));
    let assigned = LedgerEntry::new(at("2026-03-02T10:00:00"), WayIn::Assign, "c8".parse().unwrap());
    let ledgers = [ledger([
        vip(claimed("2026-03-02T09:00:00", "c7"), "vip"),
        assigned.with_pool("west".parse().unwrap()).with_facts(pooled("x")),
    ])];
    let customer = pooled("c1").with_tier("vip".parse().unwrap());
    for (keys, denied) in [
        ("", true),
        (r#", "pools": ["east"]"#, true),
        (r#", "pools": ["west"]"#, false),
        (r#", "ways": ["assign"]"#, false),
        (r#", "ways": ["claim", "assign"]"#, true),
        (r#", "when": {"in": {"fact": "tier", "of": ["vip"]}}"#, true),
        (r#", "when": {"in": {"fact": "tier", "of": ["key"]}}"#, false),
    ] {
        let policy = policy(&format!(r#""quotas": [{{"id": "q", "limit": 1, "window": "day"{keys}}}]"#));
        let found = denials(&policy, &customer, &ledgers, "2026-03-02T12:00:00");
        assert_eq!(!found.is_empty(), denied, "{keys}: {found:?}");
    }
    // One vip a day: another customer is none of its matter, and a vip of yesterday neither.
    let policy = policy(
        r#""quotas": [{"id": "q", "limit": 1, "window": "day", "when": {"in": {"fact": "tier", "of": ["vip"]}}}]"#,
    );
    assert_eq!(denials(&policy, &pooled("c1"), &ledgers, "2026-03-02T12:00:00"), []);
    assert_eq!(denials(&policy, &customer, &ledgers, "2026-03-03T00:00:00"), []);
    // An assignment is limited by the quotas that count assignments.
    let both = super::support::policy(r#""quotas": [{"id": "q", "limit": 1, "window": "day", "ways": ["assign"]}]"#);
    let rep = li();
    let case = ClaimCase::new(&customer, &rep).with_ledgers(&ledgers).with_acquisition(Acquisition::Assign);
    assert_eq!(codes(ask(&both, &case, at("2026-03-02T12:00:00")).denials()), ["claim.quota"]);
}

/// Goal: per unit and everybody. Method: a ledger each; a rep in two units has two denials, one without unit his own.
#[test]
fn a_quota_counts_over_units_cut_at_a_depth_or_over_everybody() {
    let per = |per: &str| {
        let pools = r#"{"id": "east", "members": ["everybody"]}, {"id": "west"}"#;
        policy_with(pools, &format!(r#""quotas": [{{"id": "q", "limit": 1, "window": "day", "per": {per}}}]"#), "")
    };
    let scoped = |scope| Ledger::new(scope).with_entries([claimed("2026-03-02T09:00:00", "c7")]);
    let unit = |path: &str| LedgerScope::Unit(path.parse().unwrap());
    let ledgers = [scoped(unit("sales/east")), scoped(unit("sales/north")), scoped(LedgerScope::Everybody), ledger([])];
    let two = Rep::new("li".parse().unwrap())
        .with_units(["sales/north/b", "sales/east/a", "sales/east/c"].map(|unit| unit.parse().unwrap()));
    let customer = pooled("c1");
    let found = |policy: &customer_pool::Policy, rep: &Rep| {
        let decision = ask(policy, &ClaimCase::new(&customer, rep).with_ledgers(&ledgers), at("2026-03-02T12:00:00"));
        let scopes: Vec<LedgerScope> = decision
            .denials()
            .iter()
            .map(|denial| match denial {
                Denial::Quota { ledger, .. } => ledger.clone(),
                other => panic!("{other:?}"),
            })
            .collect();
        scopes
    };
    assert_eq!(found(&per(r#"{"unit_at": 2}"#), &two), [unit("sales/east"), unit("sales/north")]);
    assert_eq!(found(&per(r#""everybody""#), &two), [LedgerScope::Everybody]);
    assert_eq!(found(&per(r#""unit""#), &Rep::new("li".parse().unwrap())), [], "a unit of his own");
    let read = per(r#"{"unit_at": 2}"#).ledgers_read(Acquisition::Claim, &two, at("2026-03-02T12:00:00"));
    let since = Some(at("2026-03-02T00:00:00"));
    assert_eq!(read, [(unit("sales/east"), since), (unit("sales/north"), since)]);
}

/// Goal: steps. Method: a base of one, a step up by a figure, a step down by tenure, below zero.
#[test]
fn every_step_that_holds_adds_and_a_missing_figure_adds_nothing() {
    let rules = r#""quotas": [{"id": "q", "limit": 1, "window": "day", "steps": [
        {"when": {"at_least": {"fact": "rep.figure.rate", "value": "0.2"}}, "add": 2},
        {"when": {"less_than": {"fact": "rep.tenure", "value": "PT2160H"}}, "add": -5}]}]"#;
    let pools = r#"{"id": "east", "members": ["everybody"]}, {"id": "west"}"#;
    let policy = policy_with(pools, rules, r#", "figures": ["rate"]"#);
    let limit = |rep: Rep| {
        let (customer, entries) = (pooled("c1"), (0..9).map(|i| claimed("2026-03-02T09:00:00", &format!("x{i}"))));
        let ledgers = [ledger(entries)];
        let decision = ask(&policy, &ClaimCase::new(&customer, &rep).with_ledgers(&ledgers), at("2026-03-02T12:00:00"));
        match decision.denials() {
            [Denial::Quota { used: 9, limit, resets_at, .. }] => (*limit, resets_at.is_some()),
            other => panic!("{other:?}"),
        }
    };
    let bare = || Rep::new("li".parse().unwrap());
    let good = |rep: Rep| rep.with_figure("rate".parse().unwrap(), "0.25".parse().unwrap());
    let new = |rep: Rep| rep.with_tenure("PT100H".parse().unwrap());
    assert_eq!(limit(bare()), (1, true));
    assert_eq!(limit(good(bare())), (3, true));
    assert_eq!(limit(new(good(bare()))), (0, false));
}

/// Goal: an event set by another host's clock counts in its own window. Method: entries of tomorrow.
#[test]
fn an_event_later_than_now_counts_in_its_own_civil_window() {
    let policy = policy(r#""quotas": [{"id": "q", "limit": 1, "window": "day"}]"#);
    let tomorrow = [ledger([claimed("2026-03-03T00:01:00", "c7")])];
    let (rep, customer) = (li(), pooled("c1"));
    let decision = ask(&policy, &ClaimCase::new(&customer, &rep).with_ledgers(&tomorrow), at("2026-03-02T23:59:00"));
    assert_eq!(decision.verdict(), ClaimVerdict::Eligible);
    assert_eq!(decision.next_change(), Some(at("2026-03-03T00:00:00")));
    let both = [ledger([claimed("2026-03-02T09:00:00", "c6"), claimed("2026-03-03T00:01:00", "c7")])];
    let decision = ask(&policy, &ClaimCase::new(&customer, &rep).with_ledgers(&both), at("2026-03-02T23:59:00"));
    assert_eq!(decision.retry_at(), Some(at("2026-03-04T00:00:00")));
    assert!(matches!(decision.denials(), [Denial::Quota { resets_at, .. }] if *resets_at == decision.retry_at()));
}

/// Goal: a bypass removes what it names and says so. Method: three denials, each bypass alone.
#[test]
fn a_bypass_removes_the_denials_it_names_and_the_answer_keeps_them() {
    let rules = r#""quotas": [{"id": "daily", "limit": 1, "window": "day"}, {"id": "weekly", "limit": 1, "window": "week"}],
        "minimum_interval": {"hours": 24}"#;
    let policy = policy(rules);
    let (rep, customer) = (li(), pooled("c1"));
    let ledgers = [ledger([claimed("2026-03-02T11:00:00", "c0")])];
    let run = |bypasses: &[Bypass]| {
        let case = ClaimCase::new(&customer, &rep).with_ledgers(&ledgers).with_bypasses(bypasses);
        let decision = ask(&policy, &case, at("2026-03-02T12:00:00"));
        (decision.denials().len(), decision.bypassed().len())
    };
    assert_eq!(run(&[]), (3, 0));
    assert_eq!(run(&[Bypass::Rule("daily".parse().unwrap())]), (2, 1));
    assert_eq!(run(&[Bypass::Check(Check::Quota)]), (1, 2));
    assert_eq!(run(&[Bypass::Check(Check::Quota), Bypass::Check(Check::MinimumInterval)]), (0, 3));
}

/// Goal: at the ends of time nothing panics and nothing is guessed. Method: the first and the last instant.
#[test]
fn windows_are_cut_where_time_begins_and_ends() {
    use customer_pool::time::Timestamp;
    let policy =
        policy(r#""quotas": [{"id": "d", "limit": 1, "window": "day"}, {"id": "m", "limit": 1, "window": "month"}]"#);
    let (rep, customer, empty) = (li(), in_pool("c1", "east", "0001-01-01T00:00:00Z"), [ledger([])]);
    for now in [Timestamp::MIN, Timestamp::MAX] {
        let decision = policy.claim(&ClaimCase::new(&customer, &rep).with_ledgers(&empty), now);
        assert_eq!((decision.verdict(), decision.next_change()), (ClaimVerdict::Eligible, None), "{now}");
        let used = LedgerEntry::new(now, WayIn::Claim, "c0".parse().unwrap());
        let used = [ledger([used])];
        let decision = policy.claim(&ClaimCase::new(&customer, &rep).with_ledgers(&used), now);
        assert_eq!(codes(decision.denials()), ["claim.quota", "claim.quota"], "{now}");
        assert_eq!(decision.retry_at().is_some(), now == Timestamp::MIN, "{now}");
    }
}

/// Goal: one cause for two cooldowns that end at one instant: the first in the list of causes. Method: two ownerships, both
/// orders of facts, whose cooldowns end together.
#[test]
fn of_two_cooldowns_that_end_at_one_instant_the_first_cause_in_the_list_is_named() {
    let policy =
        policy(r#""cooldowns": [{"id": "again", "after": {"released": {"days": 5}, "taken_back": {"days": 3}}}]"#);
    let taken = past("li", "2026-02-26T09:00:00", "2026-02-28T09:00:00", Cause::TakenBack);
    let released = past("li", "2026-02-25T09:00:00", "2026-02-26T09:00:00", Cause::Released);
    for list in [[taken.clone(), released.clone()], [released, taken]] {
        let found = denials(&policy, &pooled("c1").with_past(list, None), &[], "2026-03-01T12:00:00");
        let [Denial::Cooldown { cause, until, .. }] = &found[..] else { panic!("{found:?}") };
        assert_eq!((*cause, *until), (Cause::Released, at("2026-03-04T00:00:00")));
    }
}
