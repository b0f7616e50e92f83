//! Checks 1 to 3: who is told what about a customer that lies somewhere.

use customer_pool::claim::{Acquisition, Bypass, Check, ClaimCase, ClaimStep};
use customer_pool::decision::{ClaimVerdict, Denial};
use customer_pool::model::{
    ClosedCause, Customer, Freeze, FreezeKind, Ownership, Place, PoolStay, Profile, Protection, Rep,
};
use customer_pool::{Policy, ReasonCode};

use super::support::{ask, at, codes, in_pool, li, policy, policy_with, pooled, rep};

const NOW: &str = "2026-03-02T12:00:00";

fn answer(policy: &Policy, customer: &Customer, rep: &Rep) -> (ClaimVerdict, Vec<Denial>) {
    let decision = ask(policy, &ClaimCase::new(customer, rep), at(NOW));
    (decision.verdict(), decision.denials().to_vec())
}

fn last_in_east(place: Place) -> Customer {
    let stay = PoolStay::new("east".parse().unwrap(), at("2026-01-01T00:00:00"));
    Customer::new("c1".parse().unwrap(), place).with_last_stay(stay)
}

fn owned() -> Place {
    Place::Owned(Ownership::new("wang".parse().unwrap(), at("2026-02-01T00:00:00")))
}

/// Goal: the scopes of members. Method: each scope, a rep inside it and one outside.
#[test]
fn scopes_make_members() {
    for (scope, inside) in [
        (r#""everybody""#, true),
        (r#"{"rep": "li"}"#, true),
        (r#"{"rep": "wang"}"#, false),
        (r#"{"role": "hunter"}"#, true),
        (r#"{"role": "farmer"}"#, false),
        (r#"{"unit": "sales/east"}"#, true),
        (r#"{"unit": "sales/ea"}"#, false),
        (r#"{"unit_alone": "sales/east"}"#, false),
        (r#"{"unit_alone": "sales/east/shanghai"}"#, true),
    ] {
        let pools = format!(r#"{{"id": "east", "members": [{scope}]}}, {{"id": "west"}}"#);
        let rep = li().with_roles(["hunter".parse().unwrap()]);
        let (verdict, denials) = answer(&policy_with(&pools, "", ""), &pooled("c1"), &rep);
        assert_eq!(verdict == ClaimVerdict::Eligible, inside, "{scope}");
        assert_eq!(denials.is_empty(), inside, "{scope}: {denials:?}");
    }
}

/// Goal: a non-member learns nothing. Method: a customer with every denial there is, asked by a stranger and a member.
#[test]
fn a_non_member_gets_one_denial_and_a_member_every_one() {
    let policy = policy_with(
        r#"{"id": "east", "members": [{"unit": "sales/east"}], "disabled": true}, {"id": "west"}"#,
        r#""qualifications": [{"id": "region", "requires": "region"}]"#,
        "",
    );
    let protection = Protection::new().with_freeze(Freeze::new(FreezeKind::LegalHold, None));
    let customer = pooled("c1").with_protection(protection).with_profile(Profile::new().with_do_not_contact(true));
    let (stranger, member) = (rep("he", "sales/north").deactivated(), li().deactivated());
    assert_eq!(answer(&policy, &customer, &stranger).1, [Denial::NotMember]);
    let named = "west".parse().unwrap();
    let decision = ask(&policy, &ClaimCase::new(&customer, &member).with_pool(&named), at(NOW));
    let expected = [
        "rep.inactive",
        "pool.disabled",
        "pool.not_in_named",
        "customer.frozen",
        "customer.do_not_contact",
        "claim.qualification",
    ];
    assert_eq!(codes(decision.denials()), expected);
}

/// Goal: one denial about a customer in no pool. Method: owned, closed, awaiting; owner, member, stranger.
#[test]
fn a_customer_in_no_pool_is_told_of_to_its_owner_and_to_members_of_its_last_pool() {
    let (silent, naming) = (policy(""), policy(r#""names_owner": true"#));
    let (wang, member, stranger) = (rep("wang", "sales/north"), li(), rep("he", "sales/north"));
    let customer = last_in_east(owned());
    assert_eq!(answer(&silent, &customer, &wang).0, ClaimVerdict::AlreadyMine);
    assert_eq!(answer(&silent, &customer, &member).1, [Denial::Owned { owner: None }]);
    assert_eq!(answer(&naming, &customer, &member).1, [Denial::Owned { owner: Some("wang".parse().unwrap()) }]);
    assert_eq!(answer(&naming, &customer, &stranger).1, [Denial::NotMember]);
    let never_pooled = Customer::new("c1".parse().unwrap(), owned());
    assert_eq!(answer(&naming, &never_pooled, &member).1, [Denial::NotMember]);

    let closed = last_in_east(Place::Closed(ClosedCause::Merged));
    assert_eq!(answer(&naming, &closed, &member).1, [Denial::Closed { cause: ClosedCause::Merged }]);
    assert_eq!(answer(&naming, &closed, &stranger).1, [Denial::NotMember]);
    assert_eq!(answer(&naming, &last_in_east(Place::Awaiting), &member).1, [Denial::NotMember]);
}

/// Goal: what a bypass of membership opens, and what none does. Method: a stranger, with every check bypassed.
#[test]
fn bypasses_open_membership_and_never_where_the_customer_is() {
    let policy = policy(r#""names_owner": true"#);
    let all: Vec<Bypass> = Check::ALL.iter().copied().map(Bypass::Check).collect();
    let stranger = rep("he", "sales/north");
    let run = |customer: &Customer, rep: &Rep| {
        let decision = ask(&policy, &ClaimCase::new(customer, rep).with_bypasses(&all), at(NOW));
        (codes(decision.denials()), codes(decision.bypassed()))
    };
    assert_eq!(run(&pooled("c1"), &stranger), (vec![], vec!["pool.not_member"]));
    assert_eq!(run(&pooled("c1"), &stranger.clone().deactivated()).0, ["rep.inactive"]);
    assert_eq!(run(&last_in_east(owned()), &stranger), (vec!["customer.owned"], vec!["pool.not_member"]));
    assert_eq!(run(&last_in_east(Place::Awaiting), &li()).0, ["pool.not_member"]);
    let frozen = pooled("c1").with_protection(Protection::new().with_freeze(Freeze::new(FreezeKind::Merge, None)));
    assert_eq!(run(&frozen, &li()), (vec![], vec!["customer.frozen"]));
    let silent = pooled("c1").with_profile(Profile::new().with_do_not_contact(true));
    assert_eq!(run(&silent, &li()).0, ["customer.do_not_contact"]);
}

/// Goal: one freeze is named, and its end is a change but no retry. Method: two freezes that thaw one after the other.
#[test]
fn a_freeze_ends_at_its_instant_and_promises_nothing() {
    let policy = policy("");
    let freeze = |kind, until: &str| Freeze::new(kind, Some(at(until)));
    let protection = Protection::new()
        .with_freeze(freeze(FreezeKind::Merge, "2026-03-05T00:00:00"))
        .with_freeze(freeze(FreezeKind::Dispute, "2026-03-03T00:00:00"))
        .with_freeze(freeze(FreezeKind::Dispute, "2026-03-04T00:00:00"));
    let (rep, customer) = (li(), pooled("c1").with_protection(protection));
    let frozen = |now: &str| {
        let decision = ask(&policy, &ClaimCase::new(&customer, &rep), at(now));
        assert_eq!(decision.retry_at(), None);
        (decision.denials().to_vec(), decision.next_change())
    };
    let denial = |kind, until: &str| vec![Denial::Frozen { kind, until: Some(at(until)) }];
    let (dispute, merge) = (FreezeKind::Dispute, FreezeKind::Merge);
    let fourth = Some(at("2026-03-04T00:00:00"));
    assert_eq!(frozen(NOW), (denial(dispute, "2026-03-04T00:00:00"), fourth));
    let fifth = Some(at("2026-03-05T00:00:00"));
    assert_eq!(frozen("2026-03-04T00:00:00"), (denial(merge, "2026-03-05T00:00:00"), fifth));
    assert_eq!(frozen("2026-03-05T00:00:00"), (vec![], None));
}

/// Goal: which checks each way in runs. Method: a policy in which every rule denies, and a customer in a pool.
#[test]
fn every_way_in_runs_its_own_checks() {
    let rules = r#""quiet_periods": [{"id": "quiet", "span": {"days": 300}}], "minimum_interval": {"days": 9},
        "cooldowns": [{"id": "again", "after": {"released": {"days": 300}}}],
        "repeat_limits": [{"id": "often", "limit": 1, "within": {"days": 300}}],
        "qualifications": [{"id": "region", "requires": "region"}],
        "quotas": [{"id": "quota", "limit": 0, "window": "day", "ways": ["claim", "assign", "transfer", "create", "import"]}],
        "capacities": [{"id": "cap", "scope": "everybody", "cap": 0}]"#;
    let policy =
        policy_with(r#"{"id": "east", "members": ["everybody"], "hand_out": "blind"}, {"id": "west"}"#, rules, "");
    let past =
        super::support::past("li", "2026-02-01T00:00:00", "2026-02-02T00:00:00", customer_pool::model::Cause::Released);
    let protection = Protection::new().with_freeze(Freeze::new(FreezeKind::Merge, None));
    let customer = pooled("c1").with_past([past], None).with_protection(protection);
    let (rep, holding) = (li(), customer_pool::model::Holding::new("cap".parse().unwrap(), 0));
    let ledgers =
        [super::support::ledger([super::support::claimed("2026-03-02T09:00:00", "c9")]).with_holdings([holding])];
    let (frozen, quiet, again, often) =
        ("customer.frozen", "claim.quiet_period", "claim.cooldown", "claim.repeat_limit");
    let (fits, pause, quota, cap) = ("claim.qualification", "claim.minimum_interval", "claim.quota", "claim.capacity");
    for (acquisition, expected) in [
        (Acquisition::Claim, vec![frozen, quiet, again, often, fits, pause, quota, cap, "pool.blind"]),
        (Acquisition::Assign, vec![frozen, quiet, again, often, fits, quota, cap]),
        (Acquisition::Transfer, vec![frozen, fits, quota, cap]),
        (Acquisition::Create, vec![frozen, fits, quota, cap]),
        (Acquisition::Import, vec![frozen, fits, quota, cap]),
        (Acquisition::Departure, vec![frozen, fits]),
        (Acquisition::Restore, vec![frozen, cap]),
    ] {
        let case = ClaimCase::new(&customer, &rep).with_ledgers(&ledgers).with_acquisition(acquisition);
        assert_eq!(codes(ask(&policy, &case, at(NOW)).denials()), expected, "{acquisition}");
        let inactive = li().deactivated();
        let case = ClaimCase::new(&customer, &inactive).with_ledgers(&ledgers).with_acquisition(acquisition);
        assert_eq!(ask(&policy, &case, at(NOW)).denials().first(), Some(&Denial::RepInactive), "{acquisition}");
    }
}

/// Goal: a policy changes the checks of a way in. Method: a claim without cooldown, an import with membership.
#[test]
fn a_policy_adds_checks_and_removes_them() {
    let rules = r#""cooldowns": [{"id": "again", "after": {"released": {"days": 300}}}],
        "checks": {"claim": {"remove": ["cooldown"]}, "import": {"add": ["membership", "cooldown"]}}"#;
    let policy = policy(rules);
    let past =
        super::support::past("li", "2026-02-01T00:00:00", "2026-02-02T00:00:00", customer_pool::model::Cause::Released);
    let (customer, rep, stranger) =
        (pooled("c1").with_past([past], None), li(), super::support::rep("he", "sales/north"));
    let run = |rep: &Rep, acquisition| {
        codes(ask(&policy, &ClaimCase::new(&customer, rep).with_acquisition(acquisition), at(NOW)).denials())
    };
    assert_eq!(run(&rep, Acquisition::Claim), [""; 0]);
    assert_eq!(run(&rep, Acquisition::Import), ["claim.cooldown"]);
    assert_eq!(run(&stranger, Acquisition::Import), ["pool.not_member"]);
}

/// Goal: pool rules outside of pools. Method: a transfer of a customer that was last in east, in west, in none.
#[test]
fn outside_of_pools_the_rules_of_the_last_pool_bind_and_with_none_no_pools() {
    let rule = r#""quotas": [{"id": "q", "limit": 0, "window": "day", "ways": ["transfer"]POOLS}]"#;
    let (east, all) = (policy(&rule.replace("POOLS", r#", "pools": ["east"]"#)), policy(&rule.replace("POOLS", "")));
    let (rep, ledgers) = (li(), [super::support::ledger([])]);
    let never = Customer::new("c1".parse().unwrap(), owned());
    let west = PoolStay::new("west".parse().unwrap(), at("2026-01-01T00:00:00"));
    let gone = PoolStay::new("gone".parse().unwrap(), at("2026-01-01T00:00:00"));
    let run = |policy: &Policy, customer: &Customer| {
        let case = ClaimCase::new(customer, &rep).with_ledgers(&ledgers).with_acquisition(Acquisition::Transfer);
        ask(policy, &case, at(NOW)).verdict()
    };
    assert_eq!(run(&east, &last_in_east(owned())), ClaimVerdict::Denied);
    assert_eq!(run(&east, &never.clone().with_last_stay(west)), ClaimVerdict::Eligible);
    assert_eq!(run(&east, &never), ClaimVerdict::Eligible);
    assert_eq!(run(&all, &never), ClaimVerdict::Denied);
    let unknown = never.with_last_stay(gone);
    assert_eq!(run(&east, &unknown), ClaimVerdict::Undetermined(ReasonCode::UnknownPool));
    assert_eq!(run(&all, &unknown), ClaimVerdict::Denied);
}

/// Goal: a pool that the policy does not know tells nobody anything. Method: a member, a stranger, every step.
#[test]
fn a_customer_in_an_unknown_pool_is_undetermined() {
    let (policy, customer) = (policy(""), in_pool("c1", "gone", "2026-01-01T00:00:00"));
    for rep in [li(), rep("he", "sales/north").deactivated()] {
        for step in [ClaimStep::Question, ClaimStep::Claim, ClaimStep::Ask, ClaimStep::Confirm] {
            let decision = ask(&policy, &ClaimCase::new(&customer, &rep).with_step(step), at(NOW));
            assert_eq!(decision.verdict(), ClaimVerdict::Undetermined(ReasonCode::UnknownPool));
        }
    }
}
