//! The ready policies in `examples/policies/`: each loads and is described, and behaves as its users know.

use std::path::{Path, PathBuf};

use customer_pool::claim::{Bypass, Check, ClaimCase};
use customer_pool::condition::Fact;
use customer_pool::decision::{ClaimDecision, ClaimVerdict, Denial, HeldBy};
use customer_pool::model::{
    Activities, Activity, ActivityKind, Actor, BusinessHold, Cause, Customer, HoldKind, Ledger, LedgerEntry,
    LedgerScope, Lock, Occurred, Ownership, PastOwnership, Place, PoolStay, Profile, Protection, Rep, WayIn,
};
use customer_pool::moves::{Intent, MoveCase, MoveVerdict, Refusal};
use customer_pool::time::Timestamp;
use customer_pool::{Policy, Verdict};

const NAMES: [&str; 8] =
    ["agency", "cordyscrm", "education", "foreign-trade", "hecom", "software-sales", "wukongcrm", "yudao"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/policies")
}

fn read(file: &str) -> String {
    std::fs::read_to_string(folder().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn policy(name: &str) -> Policy {
    Policy::from_json(&read(&format!("{name}.json"))).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A local time of 2026 in Shanghai: `at("03-02 15:00")`.
fn at(text: &str) -> Timestamp {
    let (day, time) = text.split_once(' ').expect("a day and a time");
    format!("2026-{day}T{time}:00+08:00").parse().expect("an instant")
}

fn just_before(at: Timestamp) -> Timestamp {
    at.checked_add_micros(-1).expect("our age")
}

fn rep(id: &str, unit: &str) -> Rep {
    Rep::new(id.parse().unwrap()).with_units([unit.parse().unwrap()])
}

fn owned_by(owner: &str, since: &str, way_in: WayIn) -> Customer {
    let ownership = Ownership::new(owner.parse().unwrap(), at(since)).with_way_in(way_in);
    Customer::new("c1".parse().unwrap(), Place::Owned(ownership))
}

fn owned(since: &str) -> Customer {
    owned_by("li", since, WayIn::Claim)
}

fn did(kind: ActivityKind, when: &str) -> Activity {
    Activity::new(kind, Actor::Rep("li".parse().unwrap()), Some(Occurred::At(at(when))), None).unwrap()
}

fn in_pool(pool: &str, since: &str) -> Customer {
    let stay = PoolStay::new(pool.parse().unwrap(), at(since));
    Customer::new("c1".parse().unwrap(), Place::Pool(stay))
}

/// Who had it before, ended by a reclaim.
fn had(owner: &str, from: &str, to: &str) -> PastOwnership {
    PastOwnership::new(owner.parse().unwrap(), at(from), at(to), WayIn::Claim, Cause::Reclaimed)
}

fn took(when: &str, customer: &str, pool: &str) -> LedgerEntry {
    LedgerEntry::new(at(when), WayIn::Claim, customer.parse().unwrap()).with_pool(pool.parse().unwrap())
}

/// The rep's ledger: what was taken, and what the customers owned weigh.
fn ledger(policy: &Policy, rep: &Rep, taken: impl IntoIterator<Item = LedgerEntry>, owned: &[Customer]) -> Ledger {
    Ledger::new(LedgerScope::Rep(rep.id().clone())).with_entries(taken).with_holdings(policy.holdings(owned))
}

fn ask(policy: &Policy, customer: &Customer, rep: &Rep, ledgers: &[Ledger], now: Timestamp) -> ClaimDecision {
    policy.claim(&ClaimCase::new(customer, rep).with_ledgers(ledgers), now)
}

fn codes(decision: &ClaimDecision) -> Vec<&'static str> {
    decision.denials().iter().map(Denial::code).collect()
}

/// When the customer comes due, as decided when the last thing about it has happened.
fn due(policy: &Policy, customer: &Customer, owner: Option<&Rep>) -> Option<Timestamp> {
    let Activities::Listed(activities) = customer.activities() else { return None };
    let done = activities.iter().filter_map(|activity| match activity.occurred() {
        Some(Occurred::At(at)) => Some(at),
        _ => None,
    });
    let now = done.chain(customer.ownership().and_then(Ownership::start)).max()?;
    policy.decide(customer, owner, now).due()
}

/// The folder has these policies and no other, and each loads without a problem.
#[test]
fn every_ready_policy_loads() {
    let mut names: Vec<String> = std::fs::read_dir(folder())
        .expect("the folder is there")
        .filter_map(|entry| {
            entry.expect("an entry").file_name().into_string().expect("UTF-8").strip_suffix(".json").map(str::to_owned)
        })
        .collect();
    names.sort();
    assert_eq!(names, NAMES);
    for name in NAMES {
        assert_eq!(policy(name).draft().id().as_str(), name);
    }
}

/// Every rule stands in the text beside its policy, by name, and every text is listed.
#[test]
fn every_rule_is_described() {
    let list = read("README.md");
    for name in NAMES {
        let (policy, text) = (policy(name), read(&format!("{name}.md")));
        assert!(list.contains(&format!("({name}.md)")), "{name}");
        assert!(text.contains("\n## Left out\n"), "{name}");
        let mut ids: Vec<&str> = policy.trigger_ids().map(|id| id.as_str()).collect();
        if let Some(claims) = policy.draft().claims() {
            ids.extend(claims.quiet_periods().iter().map(|rule| rule.id().as_str()));
            ids.extend(claims.cooldowns().iter().map(|rule| rule.id().as_str()));
            ids.extend(claims.repeat_limits().iter().map(|rule| rule.id().as_str()));
            ids.extend(claims.qualifications().iter().map(|rule| rule.id().as_str()));
            ids.extend(claims.quotas().iter().map(|rule| rule.id().as_str()));
            ids.extend(claims.capacities().iter().map(|rule| rule.id().as_str()));
            ids.extend(claims.lock_caps().iter().map(|rule| rule.id().as_str()));
        }
        // In CordysCRM's the two clocks are joined by AND, and described by their group.
        for id in ids.into_iter().filter(|id| name != "cordyscrm" || !["no_follow_up", "stored"].contains(id)) {
            assert!(text.contains(&format!("`{id}`")), "{name} says nothing about `{id}`");
        }
    }
}

/// No ready policy reads a fact that its text cannot promise: only the customer, the owner, the rep. By loading each
/// condition's fact names.
#[test]
fn every_named_fact_is_one() {
    for name in NAMES {
        let text = read(&format!("{name}.json"));
        for fact in text.split("\"fact\": \"").skip(1).filter_map(|rest| rest.split('"').next()) {
            fact.parse::<Fact>().unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }
}

// CordysCRM

/// Ten claims on a natural day; the eleventh waits for midnight, and a customer given back frees no place.
#[test]
fn cordyscrm_counts_claims_per_natural_day() {
    let (policy, li) = (policy("cordyscrm"), rep("li", "sales/west"));
    let customer = in_pool("public", "02-01 09:00");
    let day = |n: u32| (0..n).map(|i| took("03-02 09:00", &format!("x{i}"), "public")).collect::<Vec<_>>();
    let now = at("03-02 23:59");
    assert_eq!(
        ask(&policy, &customer, &li, &[ledger(&policy, &li, day(9), &[])], now).verdict(),
        ClaimVerdict::Eligible
    );
    let full = [ledger(&policy, &li, day(10), &[])];
    let answer = ask(&policy, &customer, &li, &full, now);
    assert_eq!((codes(&answer), answer.retry_at()), (vec!["claim.quota"], Some(at("03-03 00:00"))));
    assert_eq!(ask(&policy, &customer, &li, &full, at("03-03 00:00")).verdict(), ClaimVerdict::Eligible);
}

/// The previous owner waits 3 times 24 hours from the end, to the minute; others do not.
#[test]
fn cordyscrm_previous_owner_waits_n_times_24_hours() {
    let (policy, li) = (policy("cordyscrm"), rep("li", "sales/west"));
    let customer = in_pool("public", "02-20 10:30").with_past([had("li", "02-01 09:00", "03-01 10:30")], None);
    let ledgers = [ledger(&policy, &li, [], &[])];
    let answer = ask(&policy, &customer, &li, &ledgers, at("03-02 15:00"));
    assert_eq!((codes(&answer), answer.retry_at()), (vec!["claim.cooldown"], Some(at("03-04 10:30"))));
    let wang = rep("chen", "sales/west");
    let other = [ledger(&policy, &wang, [], &[])];
    assert_eq!(ask(&policy, &customer, &wang, &other, at("03-02 15:00")).verdict(), ClaimVerdict::Eligible);
}

/// Newly entered customers wait for everybody.
#[test]
fn cordyscrm_newly_entered_customers_wait_for_everybody() {
    let (policy, li) = (policy("cordyscrm"), rep("li", "sales/west"));
    let ledgers = [ledger(&policy, &li, [], &[])];
    let answer = ask(&policy, &in_pool("public", "03-02 09:00"), &li, &ledgers, at("03-02 15:00"));
    assert_eq!((codes(&answer), answer.retry_at()), (vec!["claim.quiet_period"], Some(at("03-03 09:00"))));
}

/// Customers with an opportunity do not count; the capacity of the department beats that of everybody; an admin passes
/// quota and cooldown, and not capacity.
#[test]
fn cordyscrm_capacity_and_admins() {
    let policy = policy("cordyscrm");
    let book = |n: usize| vec![owned("02-01 09:00"); n];
    let busy = owned("02-01 09:00").with_protection(Protection::new().with_hold(BusinessHold::live(
        HoldKind::OpenOpportunity,
        "o1".parse().unwrap(),
        None,
    )));
    let customer = in_pool("public", "02-01 09:00").with_past([had("li", "01-01 09:00", "03-02 09:00")], None);
    let now = at("03-02 15:00");
    let west = rep("li", "sales/west");
    let full = [ledger(&policy, &west, (0..10).map(|i| took("03-02 09:00", &format!("x{i}"), "public")), &book(100))];
    assert_eq!(codes(&ask(&policy, &customer, &west, &full, now)), ["claim.cooldown", "claim.quota", "claim.capacity"]);
    let admin = [Bypass::Check(Check::Quota), Bypass::Check(Check::Cooldown)];
    let case = ClaimCase::new(&customer, &west).with_ledgers(&full).with_bypasses(&admin);
    assert_eq!(codes(&policy.claim(&case, now)), ["claim.capacity"]);

    let free = in_pool("public", "02-01 09:00");
    let mut with_busy = book(99);
    with_busy.push(busy);
    let ledgers = [ledger(&policy, &west, [], &with_busy)];
    assert_eq!(ask(&policy, &free, &west, &ledgers, now).verdict(), ClaimVerdict::Eligible);
    let east = rep("zhao", "sales/east");
    let ledgers = [ledger(&policy, &east, [], &book(150))];
    assert_eq!(ask(&policy, &free, &east, &ledgers, now).verdict(), ClaimVerdict::Eligible);
}

/// Joined by AND: only when both follow-up and storage time have passed.
#[test]
fn cordyscrm_joins_its_conditions_by_and() {
    let (policy, li) = (policy("cordyscrm"), rep("li", "sales/west"));
    let silent = owned("03-02 15:00");
    assert_eq!(due(&policy, &silent, Some(&li)), Some(at("04-01 15:00")));
    let called = silent.with_activities([did(ActivityKind::Call, "03-25 15:00")]);
    assert_eq!(due(&policy, &called, Some(&li)), Some(at("04-08 15:00")));
}

/// A release names a reason from the list.
#[test]
fn cordyscrm_releases_with_a_reason_from_the_list() {
    let (policy, li) = (policy("cordyscrm"), rep("li", "sales/west"));
    let customer = owned("03-02 15:00");
    let (listed, other) = ("no_demand".parse().unwrap(), "bored".parse().unwrap());
    let release = MoveCase::new(&customer, Intent::Release { by: li.id().clone() }).with_owner(&li);
    let now = at("03-03 15:00");
    let refused = policy.decide_move(&release.clone().with_reason(&other), now);
    assert!(matches!(refused.refusals(), [Refusal::ReasonUnknown { .. }]), "{refused:?}");
    assert_eq!(policy.decide_move(&release.with_reason(&listed), now).verdict(), MoveVerdict::Moves);
}

// yudao

/// What remains is the smaller of the two limits.
#[test]
fn yudao_takes_the_smaller_of_two_limits() {
    let policy = policy("yudao");
    assert_eq!(due(&policy, &owned("03-02 15:00"), None), Some(at("04-01 15:00")));
    let called = |when| owned("03-02 15:00").with_activities([did(ActivityKind::Call, when)]);
    // A contact moves the first limit, and never beyond the second, 90 days after the ownership began.
    assert_eq!(due(&policy, &called("03-20 10:00"), None), Some(at("04-19 10:00")));
    let decision = policy.decide(&called("05-20 10:00"), None, at("05-25 09:00"));
    assert_eq!(decision.due(), Some(at("05-31 15:00")));
    assert_eq!(decision.trigger().and_then(|trigger| policy.trigger_id(trigger)).unwrap().as_str(), "deal_expired");
}

/// By the clock, to the minute, and not by days: kept just before, due at the instant.
#[test]
fn yudao_counts_by_the_clock() {
    let policy = policy("yudao");
    let due = at("04-01 15:00");
    assert!(matches!(policy.decide(&owned("03-02 15:00"), None, just_before(due)).verdict(), Verdict::Warn(_)));
    assert_eq!(policy.decide(&owned("03-02 15:00"), None, due).verdict(), Verdict::Due);
}

/// The reminder list begins five days before.
#[test]
fn yudao_reminds_n_days_before() {
    let policy = policy("yudao");
    let soon = at("03-27 15:00");
    assert_eq!(policy.decide(&owned("03-02 15:00"), None, just_before(soon)).verdict(), Verdict::Keep);
    assert!(matches!(policy.decide(&owned("03-02 15:00"), None, soon).verdict(), Verdict::Warn(_)));
}

/// Locked and deal customers are exempt; a deal customer cannot be claimed.
#[test]
fn yudao_spares_locked_and_deal_customers() {
    let policy = policy("yudao");
    let late = at("07-01 09:00");
    let deal = owned("03-02 15:00").with_last_deal(at("03-10 09:00"));
    assert_eq!(policy.decide(&deal, None, late).verdict(), Verdict::Held(HeldBy::Exemption));
    let lock = Protection::new().with_lock(Lock::new(Some(at("03-03 09:00")), None));
    assert_eq!(
        policy.decide(&owned("03-02 15:00").with_protection(lock), None, late).verdict(),
        Verdict::Held(HeldBy::Lock)
    );
    let li = rep("li", "sales");
    let ledgers = [ledger(&policy, &li, [], &[])];
    let pooled = in_pool("pool", "03-01 09:00").with_last_deal(at("02-10 09:00"));
    assert_eq!(codes(&ask(&policy, &pooled, &li, &ledgers, late)), ["claim.qualification"]);
}

/// Every matching limit must hold: a newcomer stops at 30, also when deal customers fill it.
#[test]
fn yudao_every_limit_must_hold() {
    let (policy, li) = (policy("yudao"), rep("li", "sales/newcomers"));
    let deals = vec![owned("02-01 09:00").with_last_deal(at("02-10 09:00")); 30];
    let ledgers = [ledger(&policy, &li, [], &deals)];
    let answer = ask(&policy, &in_pool("pool", "02-01 09:00"), &li, &ledgers, at("03-02 15:00"));
    let [Denial::Capacity { rule, used: 30, cap: 30, weighs: 1 }] = answer.denials() else { panic!("{answer:?}") };
    assert_eq!(rule.as_str(), "owned_by_newcomers");
    let veteran = rep("wang", "sales");
    let ledgers = [ledger(&policy, &veteran, [], &deals)];
    assert_eq!(
        ask(&policy, &in_pool("pool", "02-01 09:00"), &veteran, &ledgers, at("03-02 15:00")).verdict(),
        ClaimVerdict::Eligible
    );
}

// WukongCRM

/// Three days from Monday: lost on Friday at 00:00, whatever the hour of the claim. 2 March 2026 is a Monday.
#[test]
fn wukongcrm_three_days_from_monday_is_lost_on_friday_at_midnight() {
    let (policy, li) = (policy("wukongcrm"), rep("li", "sales/west"));
    for claimed in ["03-02 00:01", "03-02 15:00", "03-02 23:59"] {
        assert_eq!(due(&policy, &owned(claimed), Some(&li)), Some(at("03-06 00:00")), "{claimed}");
    }
    let friday = at("03-06 00:00");
    assert_ne!(policy.decide(&owned("03-02 15:00"), Some(&li), just_before(friday)).verdict(), Verdict::Due);
    assert_eq!(policy.decide(&owned("03-02 15:00"), Some(&li), friday).verdict(), Verdict::Due);
}

/// One number per customer level, and the later of receipt and last follow-up counts.
#[test]
fn wukongcrm_has_a_number_per_level() {
    let (policy, li) = (policy("wukongcrm"), rep("li", "sales/west"));
    let level_a = owned("03-02 15:00").with_tier("A".parse().unwrap());
    assert_eq!(due(&policy, &level_a, Some(&li)), Some(at("03-10 00:00")));
    let before = owned("03-02 15:00").with_activities([did(ActivityKind::Call, "02-27 10:00")]);
    assert_eq!(due(&policy, &before, Some(&li)), Some(at("03-06 00:00")));
    let after = owned("03-02 15:00").with_activities([did(ActivityKind::Call, "03-04 10:00")]);
    assert_eq!(due(&policy, &after, Some(&li)), Some(at("03-08 00:00")));
}

/// Any of three reasons: also with daily calls, no opportunity for 30 days loses the customer.
#[test]
fn wukongcrm_any_reason_is_enough() {
    let (policy, li) = (policy("wukongcrm"), rep("li", "sales/west"));
    let called = owned("03-02 15:00").with_activities([did(ActivityKind::Call, "04-01 10:00")]);
    let decision = policy.decide(&called, Some(&li), at("04-02 00:00"));
    assert_eq!((decision.verdict(), decision.due()), (Verdict::Due, Some(at("04-02 00:00"))));
    assert_eq!(decision.trigger().and_then(|trigger| policy.trigger_id(trigger)).unwrap().as_str(), "no_opportunity");
}

/// Deal customers, those with an opportunity and locked ones stay.
#[test]
fn wukongcrm_spares_deals_opportunities_and_locks() {
    let (policy, li) = (policy("wukongcrm"), rep("li", "sales/west"));
    let late = at("07-01 09:00");
    let verdict = |customer: Customer| policy.decide(&customer, Some(&li), late).verdict();
    assert_eq!(verdict(owned("03-02 15:00").with_last_deal(at("03-10 09:00"))), Verdict::Held(HeldBy::Exemption));
    let hold = BusinessHold::live(HoldKind::OpenOpportunity, "o1".parse().unwrap(), None);
    assert!(matches!(
        verdict(owned("03-02 15:00").with_protection(Protection::new().with_hold(hold))),
        Verdict::Held(HeldBy::Business(_))
    ));
    let lock = Protection::new().with_lock(Lock::new(None, None));
    assert_eq!(verdict(owned("03-02 15:00").with_protection(lock)), Verdict::Held(HeldBy::Lock));
}

/// The quota is per natural day and pool, the previous owner waits whole days, and who is in no list is no member.
#[test]
fn wukongcrm_claims_per_day_and_pool() {
    let (policy, zhao) = (policy("wukongcrm"), rep("zhao", "sales/north"));
    let now = at("03-02 15:00");
    let taken = |pool: &str| (0..3).map(|i| took("03-02 09:00", &format!("x{i}"), pool)).collect::<Vec<_>>();
    let north = in_pool("north", "02-01 09:00");
    let answer = ask(&policy, &north, &zhao, &[ledger(&policy, &zhao, taken("north"), &[])], now);
    assert_eq!((codes(&answer), answer.retry_at()), (vec!["claim.quota"], Some(at("03-03 00:00"))));
    let elsewhere = [ledger(&policy, &zhao, taken("company"), &[])];
    assert_eq!(ask(&policy, &north, &zhao, &elsewhere, now).verdict(), ClaimVerdict::Eligible);

    let again = north.clone().with_past([had("zhao", "02-10 09:00", "03-01 17:00")], None);
    let answer = ask(&policy, &again, &zhao, &elsewhere, now);
    assert_eq!((codes(&answer), answer.retry_at()), (vec!["claim.cooldown"], Some(at("03-09 00:00"))));
    assert_eq!(codes(&ask(&policy, &north, &rep("li", "sales/west"), &[], now)), ["pool.not_member"]);
}

// Hecom

/// Default days from the claim; each kind of action renews by its own.
#[test]
fn hecom_has_default_and_renewal() {
    let policy = policy("hecom");
    assert_eq!(due(&policy, &owned("03-02 15:00"), None), Some(at("04-02 00:00")));
    let with = |kind, when| owned("03-02 15:00").with_activities([did(kind, when)]);
    assert_eq!(due(&policy, &with(ActivityKind::Visit, "03-25 10:00"), None), Some(at("04-10 00:00")));
    assert_eq!(due(&policy, &with(ActivityKind::Call, "03-30 10:00"), None), Some(at("04-07 00:00")));
    assert_eq!(due(&policy, &with(ActivityKind::Call, "03-03 10:00"), None), Some(at("04-02 00:00")));
}

/// The activity on the last day still renews, to its last minute; on the next it is too late.
#[test]
fn hecom_an_activity_on_the_last_day_still_renews() {
    let policy = policy("hecom");
    let last = owned("03-02 15:00").with_activities([did(ActivityKind::Call, "04-01 23:59")]);
    let decision = policy.decide(&last, None, at("04-02 00:00"));
    assert_ne!(decision.verdict(), Verdict::Due);
    assert_eq!(decision.due(), Some(at("04-09 00:00")));
    assert_eq!(policy.decide(&owned("03-02 15:00"), None, at("04-02 00:00")).verdict(), Verdict::Due);
}

/// Never beyond the longest protection from the claim.
#[test]
fn hecom_has_a_longest_protection() {
    let policy = policy("hecom");
    let busy = owned("03-02 15:00").with_activities([did(ActivityKind::Order, "08-20 10:00")]);
    let decision = policy.decide(&busy, None, at("08-29 23:59"));
    assert_eq!((decision.due(), decision.verdict() == Verdict::Due), (Some(at("08-30 00:00")), false));
    assert_eq!(policy.decide(&busy, None, at("08-30 00:00")).verdict(), Verdict::Due);
}

/// A customer that the rep created is returned only by hand; conditions keep others.
#[test]
fn hecom_leaves_self_created_and_listed_customers() {
    let policy = policy("hecom");
    let late = at("12-01 09:00");
    let created = owned_by("li", "03-02 15:00", WayIn::Create);
    let decision = policy.decide(&created, None, late);
    assert_eq!((decision.verdict(), decision.due(), decision.next_change()), (Verdict::Keep, None, None));
    let strategic = owned("03-02 15:00").with_tags(["strategic".parse().unwrap()]);
    assert_eq!(policy.decide(&strategic, None, late).verdict(), Verdict::Held(HeldBy::Exemption));
    let contract = BusinessHold::live(HoldKind::ActiveContract, "k1".parse().unwrap(), None);
    let under_contract = owned("03-02 15:00").with_protection(Protection::new().with_hold(contract));
    assert!(matches!(policy.decide(&under_contract, None, late).verdict(), Verdict::Held(HeldBy::Business(_))));
}

// The four for trades

/// A large customer is released on request only.
#[test]
fn software_sales_asks_before_a_large_customer_is_released() {
    let (policy, li) = (policy("software-sales"), rep("li", "sales/east"));
    let reason = "no_budget".parse().unwrap();
    for (tier, event) in [("small", "released"), ("large", "release_requested")] {
        let customer = owned("03-02 15:00").with_tier(tier.parse().unwrap());
        let case = MoveCase::new(&customer, Intent::Release { by: li.id().clone() }).with_owner(&li);
        let decision = policy.decide_move(&case.with_reason(&reason).with_note(), at("03-03 15:00"));
        let events: Vec<_> = decision.planned().unwrap().kinds().iter().map(|event| event.as_str()).collect();
        assert_eq!(events, [event], "{tier}");
    }
}

/// First contact within 15 working hours: two working days of seven and a half.
#[test]
fn software_sales_wants_a_first_contact_within_two_working_days() {
    let policy = policy("software-sales");
    assert_eq!(due(&policy, &owned("03-02 09:00"), None), Some(at("03-03 18:00")));
    let wrote = owned("03-02 09:00").with_activities([did(ActivityKind::Message, "03-02 11:00")]);
    assert_eq!(due(&policy, &wrote, None), Some(at("03-18 00:00")));
}

/// A rep who converts well may claim five a day, another three.
#[test]
fn software_sales_rewards_conversion() {
    let policy = policy("software-sales");
    let plain = rep("li", "sales/east").with_tenure("PT9000H".parse().unwrap());
    let good = plain.clone().with_figure("conversion".parse().unwrap(), "0.25".parse().unwrap());
    let taken = || (0..3).map(|i| took("03-02 09:00", &format!("x{i}"), "country"));
    let customer = in_pool("country", "02-01 09:00").with_tier("small".parse().unwrap());
    for (rep, expected) in [(plain, ClaimVerdict::Denied), (good, ClaimVerdict::Eligible)] {
        let ledgers = [ledger(&policy, &rep, taken(), &[])];
        assert_eq!(ask(&policy, &customer, &rep, &ledgers, at("03-02 15:00")).verdict(), expected);
    }
}

/// Who does not speak the customer's language may not have it; a sample in progress keeps the book open.
#[test]
fn foreign_trade_asks_for_languages() {
    let policy = policy("foreign-trade");
    let french = in_pool("world", "02-01 09:00")
        .with_tier("C".parse().unwrap())
        .with_profile(Profile::new().with_skills(["french".parse().unwrap()]));
    let li = rep("li", "export").with_highest_tier("A".parse().unwrap());
    let ledgers = [ledger(&policy, &li, [], &[])];
    assert_eq!(codes(&ask(&policy, &french, &li, &ledgers, at("03-02 15:00"))), ["claim.qualification"]);
    let li = li.with_skills(["french".parse().unwrap()]);
    assert_eq!(ask(&policy, &french, &li, &ledgers, at("03-02 15:00")).verdict(), ClaimVerdict::Eligible);
}

/// New leads are pulled, not picked; Monday is closed, so that Sunday evening's lead is due on Tuesday.
#[test]
fn education_hands_new_leads_out_blind() {
    let policy = policy("education");
    let advisor = Rep::new("li".parse().unwrap()).with_roles(["advisor".parse().unwrap()]);
    let lead = in_pool("new_leads", "03-01 09:00");
    let ledgers = [ledger(&policy, &advisor, [], &[])];
    assert_eq!(codes(&ask(&policy, &lead, &advisor, &ledgers, at("03-03 15:00"))), ["pool.blind"]);
    let pulled = policy.pull(&advisor, &ledgers, &"new_leads".parse().unwrap(), [&lead], at("03-03 15:00"));
    assert!(matches!(pulled, customer_pool::claim::PullDecision::Takes { .. }));
    assert_eq!(due(&policy, &owned("03-01 20:30"), None), Some(at("03-03 10:30")));
}

/// The quota is the partner firm's: one rep's registrations fill it for a colleague.
#[test]
fn agency_counts_per_partner_firm() {
    let policy = policy("agency");
    let li = rep("li", "partners/huaxin")
        .with_regions(["east".parse().unwrap()])
        .with_industries(["steel".parse().unwrap()]);
    let profile = Profile::new().with_region("east".parse().unwrap()).with_industry("steel".parse().unwrap());
    let project = in_pool("partners", "02-01 09:00").with_profile(profile);
    let firm = Ledger::new(LedgerScope::Unit("partners/huaxin".parse().unwrap()))
        .with_entries((0..20).map(|i| took("03-01 09:00", &format!("x{i}"), "partners")));
    let ledgers = [ledger(&policy, &li, [], &[]), firm];
    let answer = ask(&policy, &project, &li, &ledgers, at("03-02 15:00"));
    assert_eq!((codes(&answer), answer.retry_at()), (vec!["claim.quota"], Some(at("04-01 00:00"))));
    let other = rep("wang", "partners/lida")
        .with_regions(["east".parse().unwrap()])
        .with_industries(["steel".parse().unwrap()]);
    let free = [ledger(&policy, &other, [], &[]), Ledger::new(LedgerScope::Unit("partners/lida".parse().unwrap()))];
    assert_eq!(ask(&policy, &project, &other, &free, at("03-02 15:00")).verdict(), ClaimVerdict::Eligible);
}
