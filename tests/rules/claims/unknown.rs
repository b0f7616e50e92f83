//! Facts that are missing or contradict each other: undetermined with the reason, unless a denial is certain.

use customer_pool::claim::{Acquisition, ClaimCase};
use customer_pool::decision::{ClaimDecision, ClaimVerdict};
use customer_pool::model::{Cause, Customer, Holding, Ledger, LedgerEntry, LedgerScope, WayIn};
use customer_pool::{Policy, ReasonCode};

use super::support::{ask, at, claimed, codes, in_pool, ledger, li, past, policy, policy_with, pooled, rep};

const NOW: &str = "2026-03-02T12:00:00";

fn answer(policy: &Policy, customer: &Customer, ledgers: &[Ledger]) -> ClaimDecision {
    let rep = li();
    ask(policy, &ClaimCase::new(customer, &rep).with_ledgers(ledgers), at(NOW))
}

fn reason(decision: &ClaimDecision) -> Option<ReasonCode> {
    match decision.verdict() {
        ClaimVerdict::Undetermined(code) => Some(code),
        _ => None,
    }
}

const ALL_RULES: &str = r#""minimum_interval": {"minutes": 5}, "quotas": [{"id": "q", "limit": 2, "window": "day"}],
    "capacities": [{"id": "cap", "scope": "everybody", "cap": 9}]"#;

/// Goal: every ledger that is read must be there. Method: no ledger, another's, two of one scope, none of the holding.
#[test]
fn a_missing_or_double_ledger_is_undetermined() {
    let policy = policy(ALL_RULES);
    let (customer, whole) = (pooled("c1"), ledger([]).with_holdings([Holding::new("cap".parse().unwrap(), 1)]));
    assert_eq!(answer(&policy, &customer, core::slice::from_ref(&whole)).verdict(), ClaimVerdict::Eligible);
    assert_eq!(reason(&answer(&policy, &customer, &[])), Some(ReasonCode::LedgerMissing));
    let other = Ledger::new(LedgerScope::Rep("wang".parse().unwrap()));
    assert_eq!(reason(&answer(&policy, &customer, &[other])), Some(ReasonCode::LedgerMissing));
    let twice = [whole.clone(), whole.clone()];
    assert_eq!(reason(&answer(&policy, &customer, &twice)), Some(ReasonCode::LedgerContradictory));
    assert_eq!(reason(&answer(&policy, &customer, &[ledger([])])), Some(ReasonCode::HoldingMissing));
    let holdings = [1, 2].map(|used| Holding::new("cap".parse().unwrap(), used));
    let twice = ledger([]).with_holdings(holdings);
    assert_eq!(reason(&answer(&policy, &customer, &[twice])), Some(ReasonCode::LedgerContradictory));
    let reversed = claimed("2026-03-01T09:00:00", "c9").with_undone(at("2026-03-01T08:59:59"));
    let reversed = whole.with_entries([reversed]);
    assert_eq!(reason(&answer(&policy, &customer, &[reversed])), Some(ReasonCode::LedgerContradictory));
}

/// Goal: a short ledger is undetermined until its windows are whole, and a used-up quota is certain. Method: complete
/// since 10:00 today.
#[test]
fn an_incomplete_ledger_is_settled_by_time() {
    let rule = |window: &str| policy(&format!(r#""quotas": [{{"id": "q", "limit": 1, "window": {window}}}]"#));
    let short = |entries: Vec<LedgerEntry>| [ledger(entries).with_known_from(at("2026-03-02T10:00:00"))];
    for (window, settled) in [
        (r#""day""#, "2026-03-03T00:00:00"),
        (r#""month""#, "2026-04-01T00:00:00"),
        (r#"{"sliding": {"hours": 24}}"#, "2026-03-03T09:59:59.999999"),
        (r#"{"sliding": {"days": 2}}"#, "2026-03-05T00:00:00"),
    ] {
        let (policy, customer) = (rule(window), pooled("c1"));
        let decision = answer(&policy, &customer, &short(vec![]));
        assert_eq!(reason(&decision), Some(ReasonCode::LedgerIncomplete), "{window}");
        assert_eq!(decision.retry_at(), Some(at(settled)), "{window}");
        assert_eq!(decision.next_change(), decision.retry_at(), "{window}");
        let used = answer(&policy, &customer, &short(vec![claimed("2026-03-02T11:00:00", "c9")]));
        assert_eq!(codes(used.denials()), ["claim.quota"], "{window}");
        let since_midnight = [ledger([]).with_known_from(at("2026-03-02T00:00:00"))];
        let whole = answer(&policy, &customer, &since_midnight);
        assert_eq!(reason(&whole).is_none(), window == r#""day""#, "{window}");
    }
    let interval = policy(r#""minimum_interval": {"hours": 3}"#);
    let decision = answer(&interval, &pooled("c1"), &short(vec![]));
    assert_eq!(reason(&decision), Some(ReasonCode::LedgerIncomplete));
    assert_eq!(decision.retry_at(), Some(at("2026-03-02T12:59:59.999999")));
}

/// Goal: an entry that does not say what the customer was. Method: one unsaid entry, alone and beside one that fills.
#[test]
fn an_entry_without_the_facts_of_a_condition_is_undetermined_unless_the_quota_is_used_up() {
    let policy = policy(
        r#""quotas": [{"id": "q", "limit": 1, "window": "day", "when": {"in": {"fact": "tier", "of": ["vip"]}}}]"#,
    );
    let vip = pooled("c1").with_tier("vip".parse().unwrap());
    let unsaid = claimed("2026-03-02T09:00:00", "c8");
    let decision = answer(&policy, &vip, &[ledger([unsaid.clone()])]);
    assert_eq!(reason(&decision), Some(ReasonCode::LedgerFactsMissing));
    assert_eq!(decision.retry_at(), Some(at("2026-03-03T00:00:00")));
    let said = claimed("2026-03-02T09:00:00", "c9").with_facts(vip.clone());
    assert_eq!(codes(answer(&policy, &vip, &[ledger([unsaid.clone(), said])]).denials()), ["claim.quota"]);
    assert_eq!(answer(&policy, &pooled("c1"), &[ledger([unsaid])]).verdict(), ClaimVerdict::Eligible);
}

/// Goal: a history that contradicts itself or is short. Method: each contradiction under a cooldown and a repeat limit.
#[test]
fn a_contradictory_or_short_history_is_undetermined_where_a_rule_reads_it() {
    let cooldown =
        policy(r#""cooldowns": [{"id": "r", "after": {"released": {"days": 7}, "reclaimed": {"days": 30}}}]"#);
    let repeat = policy(r#""repeat_limits": [{"id": "r", "limit": 2, "within": {"days": 7}}]"#);
    let released = |from: &str, to: &str| past("wang", from, to, Cause::Released);
    let with = |past: Vec<_>, known_from: Option<&str>| pooled("c1").with_past(past, known_from.map(at));
    let overlapping = with(
        vec![
            released("2026-01-02T00:00:00", "2026-01-05T00:00:00"),
            released("2026-01-04T00:00:00", "2026-01-06T00:00:00"),
        ],
        None,
    );
    let reversed = with(vec![released("2026-01-05T00:00:00", "2026-01-02T00:00:00")], None);
    let open = with(vec![released("2026-01-05T00:00:00", "2026-03-02T13:00:00")], None);
    for policy in [&cooldown, &repeat] {
        assert_eq!(reason(&answer(policy, &overlapping, &[])), Some(ReasonCode::OwnershipsOverlap));
        assert_eq!(reason(&answer(policy, &reversed, &[])), Some(ReasonCode::OwnershipsOverlap));
        let decision = answer(policy, &open, &[]);
        assert_eq!(reason(&decision), Some(ReasonCode::OwnershipOpen));
        assert_eq!(decision.retry_at(), Some(at("2026-03-02T12:55:00")), "five minutes of skew before it ends");
    }
    let none = policy("");
    assert_eq!(answer(&none, &overlapping, &[]).verdict(), ClaimVerdict::Eligible, "nothing reads it");

    let short = with(vec![], Some("2026-02-20T00:00:00"));
    let decision = answer(&cooldown, &short, &[]);
    assert_eq!(reason(&decision), Some(ReasonCode::HistoryIncomplete));
    assert_eq!(decision.retry_at(), Some(at("2026-03-22T00:00:00")), "30 days after the last that is not known");
    assert_eq!(answer(&repeat, &short, &[]).verdict(), ClaimVerdict::Eligible);
    let own = past("li", "2026-02-28T00:00:00", "2026-03-01T00:00:00", Cause::Released);
    let blocked = answer(&cooldown, &with(vec![own], Some("2026-02-20T00:00:00")), &[]);
    assert_eq!(codes(blocked.denials()), ["claim.cooldown"], "that is certain");
    assert_eq!(blocked.retry_at(), Some(at("2026-03-22T00:00:00")));
}

/// Goal: an attribute of another type tells nothing. Method: a qualification, a quota and a capacity that read it.
#[test]
fn an_attribute_of_another_type_is_undetermined_where_a_condition_reads_it() {
    let key = || "hot".parse().unwrap();
    let (customer, ledgers) = (pooled("c1"), [ledger([]).with_holdings([Holding::new("r".parse().unwrap(), 0)])]);
    let wrong = customer.clone().with_attributes([(key(), serde_json::from_str(r#"{"integer": 1}"#).unwrap())]);
    let right = customer.with_attributes([(key(), serde_json::from_str(r#"{"bool": true}"#).unwrap())]);
    let when = r#"{"is_true": "attribute.hot"}"#;
    for rules in [
        format!(r#""qualifications": [{{"id": "r", "requires": {{"condition": {when}}}}}]"#),
        format!(r#""quotas": [{{"id": "r", "limit": 1, "window": "day", "when": {when}}}]"#),
        format!(r#""quotas": [{{"id": "r", "limit": 1, "window": "day", "steps": [{{"when": {when}, "add": 1}}]}}]"#),
        format!(r#""capacities": [{{"id": "r", "scope": "everybody", "cap": 1, "when": {when}}}]"#),
    ] {
        let pools = r#"{"id": "east", "members": ["everybody"]}, {"id": "west"}"#;
        let policy = policy_with(pools, &rules, r#", "attributes": {"hot": "bool"}"#);
        assert_eq!(reason(&answer(&policy, &wrong, &ledgers)), Some(ReasonCode::AttributeType), "{rules}");
        assert_eq!(answer(&policy, &right, &ledgers).verdict(), ClaimVerdict::Eligible, "{rules}");
        if rules.contains("capacities") {
            assert!(policy.holdings([&wrong]).is_empty(), "what cannot be weighed is not given");
        }
    }
}

/// Goal: spans that cannot be dated. Method: working days outside the calendar's range, and ends beyond the last year.
#[test]
fn what_a_calendar_cannot_date_is_undetermined() {
    let calendar = policy(r#""cooldowns": [{"id": "r", "after": {"released": {"working_days": 3}}}]"#);
    let old = pooled("c1").with_past([past("li", "2019-01-01T00:00:00", "2019-02-01T00:00:00", Cause::Released)], None);
    assert_eq!(reason(&answer(&calendar, &old, &[])), Some(ReasonCode::CalendarOutOfRange));
    let sliding = policy(r#""quotas": [{"id": "q", "limit": 1, "window": {"sliding": {"working_days": 3}}}]"#);
    let entry = |when: &str| LedgerEntry::new(at(when), WayIn::Claim, "c9".parse().unwrap());
    let decision = answer(&sliding, &pooled("c1"), &[ledger([entry("2019-01-01T00:00:00")])]);
    assert_eq!(reason(&decision), Some(ReasonCode::CalendarOutOfRange));
    let hours = policy(r#""quotas": [{"id": "q", "limit": 1, "window": {"sliding": {"hours": 24}}}]"#);
    let decision = answer(&hours, &pooled("c1"), &[ledger([entry("9999-12-31T23:00:00Z")])]);
    assert_eq!(reason(&decision), Some(ReasonCode::TimeOutOfRange));
    let used = answer(&hours, &pooled("c1"), &[ledger([entry("9999-12-31T23:00:00Z"), entry(NOW)])]);
    assert_eq!((codes(used.denials()), used.retry_at()), (vec!["claim.quota"], None));
}

/// Goal: `ledgers_read` says exactly how far back. Method: a ledger complete since then, and a microsecond less.
#[test]
fn ledgers_read_asks_for_as_much_as_is_read_and_no_more() {
    for window in [
        r#""day""#,
        r#""week""#,
        r#""month""#,
        r#"{"sliding": {"hours": 24}}"#,
        r#"{"sliding": {"days": 2}}"#,
        r#"{"sliding": {"months": 1}}"#,
        r#"{"sliding": {"working_days": 3}}"#,
    ] {
        let policy = policy(&format!(r#""quotas": [{{"id": "q", "limit": 1, "window": {window}}}]"#));
        let (rep, customer) = (li(), pooled("c1"));
        let read = policy.ledgers_read(Acquisition::Claim, &rep, at(NOW));
        let [(scope, Some(since))] = &read[..] else { panic!("{read:?}") };
        let with = |since| [Ledger::new(scope.clone()).with_known_from(since)];
        assert_eq!(answer(&policy, &customer, &with(*since)).verdict(), ClaimVerdict::Eligible, "{window}");
        let less = since.checked_add_micros(1).expect("our age");
        assert_eq!(reason(&answer(&policy, &customer, &with(less))), Some(ReasonCode::LedgerIncomplete), "{window}");
    }
    let policy = policy(ALL_RULES);
    assert_eq!(policy.ledgers_read(Acquisition::Departure, &li(), at(NOW)), []);
    let restore = policy.ledgers_read(Acquisition::Restore, &li(), at(NOW));
    assert_eq!(restore, [(LedgerScope::Rep("li".parse().unwrap()), None)], "only what is held now");
}

/// Goal: nobody can claim before the customer came. Method: in the pool since 2027, asked in 2026 and in 2020; within the
/// clock skew; by somebody who is no member; the other ways in.
#[test]
fn an_entry_into_the_pool_that_lies_ahead_makes_claims_undetermined_until_it_is_seen() {
    let policy = policy("");
    let customer = in_pool("c1", "east", "2027-01-01T00:00:00");
    let li = li();
    let case = ClaimCase::new(&customer, &li);
    let undetermined = ClaimVerdict::Undetermined(ReasonCode::PoolEntryInFuture);
    let seen = at("2026-12-31T23:55:00");
    for now in ["2020-01-01T00:00:00", "2026-06-01T00:00:00", "2026-12-31T23:54:59.999999"] {
        let decision = ask(&policy, &case, at(now));
        assert_eq!(decision.verdict(), undetermined, "{now}");
        assert_eq!((decision.next_change(), decision.retry_at()), (Some(seen), Some(seen)), "{now}");
    }
    assert_eq!(ask(&policy, &case, seen).verdict(), ClaimVerdict::Eligible);
    let stranger = rep("wu", "finance");
    let other = ask(&policy, &ClaimCase::new(&customer, &stranger), at("2026-06-01T00:00:00"));
    assert_eq!(codes(other.denials()), ["pool.not_member"], "who is told nothing is told nothing of this");
    for acquisition in [Acquisition::Assign, Acquisition::Restore] {
        let decision = ask(&policy, &case.with_acquisition(acquisition), at("2026-06-01T00:00:00"));
        assert_eq!(decision.verdict(), undetermined, "{acquisition:?}");
    }
}
