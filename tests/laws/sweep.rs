//! Sweeps: plans over many customers, ceilings, items checked again, and reclaims executed with named exceptions.
#![cfg(feature = "chrono-tz")]

use std::cell::Cell;
use std::collections::BTreeMap;

use crate::strategies;
use customer_pool::decision::{Action, HeldBy};
use customer_pool::model::{
    BusinessHold, Customer, Freeze, FreezeKind, HoldKind, Nomination, Notice, Ownership, Place, Protection, Rep,
    ReviewState,
};
use customer_pool::moves::{Exception, ExceptionKind};
use customer_pool::policy::Revisions;
use customer_pool::sweep::{Ceiling, Ceilings, Execution, ExecutionRefusal, Recheck, SweepAction, SweepPlan};
use customer_pool::{Policy, ReasonCode, Verdict};
use proptest::prelude::*;
use serde_json::{Value, json};

/// A policy of one trigger of ten days with two warnings, and these keys of the trigger besides.
fn policy(keys: Value) -> Policy {
    let mut trigger = json!({
        "id": "silent", "when": "always", "base": { "days": 10 },
        "warnings": [
            { "id": "early", "before": { "days": 5 }, "audience": ["owner"] },
            { "id": "last", "before": { "days": 1 }, "audience": ["owner", "manager"] }
        ]
    });
    trigger.as_object_mut().unwrap().extend(keys.as_object().unwrap().clone());
    let document = json!({
        "format": 1, "id": "p", "revision": 1,
        "calendars": { "cn": {
            "zone": "Asia/Shanghai", "working_days": ["mon", "tue", "wed", "thu", "fri"],
            "valid": { "from": "2024-01-01", "to": "2030-12-31" }
        } },
        "default_calendar": "cn", "pools": [{ "id": "pool" }], "routing": { "fallback": "pool" },
        "holds": ["open_order"],
        "groups": [{ "id": "g", "triggers": [trigger] }]
    });
    Policy::from_json(&document.to_string()).unwrap()
}

/// A customer that its owner claimed on that day of March.
fn claimed(id: &str, owner: &str, day: u32) -> Customer {
    let owned = Ownership::new(owner.parse().unwrap(), at(&format!("2026-03-{day:02} 15:00")));
    Customer::new(id.parse().unwrap(), Place::Owned(owned))
}

fn plan(policy: &Policy, customers: &[Customer], now: &str, ceilings: Ceilings) -> SweepPlan {
    policy.plan_sweep(customers.iter().map(|customer| (customer, None::<&Rep>)), at(now), ceilings)
}

fn planned(plan: &SweepPlan) -> Vec<(String, String)> {
    let name = |action: &SweepAction| match action {
        SweepAction::Warn { stage, .. } => format!("warn {stage}"),
        other => format!("{other:?}").to_lowercase(),
    };
    plan.items().iter().map(|item| (item.customer().to_string(), name(item.action()))).collect()
}

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

/// `vectors.md`: a sweep missed for three days; the next one takes everything due by its `as_of`, and warns each of the
/// rest once, at the most urgent stage.
#[test]
fn a_missed_sweep_is_caught_up_and_warns_once_at_the_most_urgent_stage() {
    let policy = policy(json!({}));
    // Due on the 12th, 13th, 14th, 15th and 17th at midnight; the last sweep was on the 11th.
    let customers: Vec<Customer> = [1, 2, 3, 4, 6].map(|day| claimed(&format!("c{day}"), "li", day)).into();
    let caught_up = plan(&policy, &customers, "2026-03-14 03:00", Ceilings::new());
    let wanted = [("c1", "reclaim"), ("c2", "reclaim"), ("c3", "reclaim"), ("c4", "warn last"), ("c6", "warn early")];
    assert_eq!(planned(&caught_up), pairs(&wanted));
    // What was sent is not sent again; the next stage is.
    let sent: Vec<Customer> = customers
        .into_iter()
        .zip(caught_up.items())
        .map(|(customer, item)| match item.action() {
            SweepAction::Warn { key, .. } => customer.with_warned([key.clone()]),
            _ => customer,
        })
        .collect();
    let again = plan(&policy, &sent, "2026-03-14 04:00", Ceilings::new());
    assert_eq!(planned(&again), pairs(&wanted[..3]));
    let tomorrow = plan(&policy, &sent[3..], "2026-03-15 03:00", Ceilings::new());
    assert_eq!(planned(&tomorrow), pairs(&[("c4", "reclaim"), ("c6", "warn last")]));
}

/// Each ceiling holds back what exceeds it, in the order of due instants, and uses none of the others.
#[test]
fn ceilings_hold_back_the_latest_and_the_next_run_takes_them() {
    let policy = policy(json!({ "warnings": [] }));
    let mut customers: Vec<Customer> = (1..6).map(|day| claimed(&format!("a{day}"), "li", day)).collect();
    customers.extend((1..3).map(|day| claimed(&format!("b{day}"), "wang", day)));
    // Six more of each that are not due.
    customers.extend(
        (20..26).flat_map(|day| [claimed(&format!("x{day}"), "li", day), claimed(&format!("y{day}"), "wang", day)]),
    );
    let now = "2026-03-25 16:00";
    let throttled = |ceilings: Ceilings| -> Vec<(String, Ceiling)> {
        let plan = plan(&policy, &customers, now, ceilings);
        assert_eq!(plan.items().len() + plan.throttled().len(), 7, "what is due, and nothing else");
        plan.throttled().iter().map(|held| (held.item().customer().to_string(), held.ceiling())).collect()
    };
    let of = |ids: &[&str], ceiling| ids.iter().map(|id| ((*id).to_owned(), ceiling)).collect::<Vec<_>>();
    assert_eq!(throttled(Ceilings::new()), []);
    assert_eq!(throttled(Ceilings::new().with_per_run(3)), of(&["b2", "a3", "a4", "a5"], Ceiling::Run));
    assert_eq!(throttled(Ceilings::new().with_per_owner(1)), of(&["a2", "b2", "a3", "a4", "a5"], Ceiling::Owner));
    // Li holds 11, of which 20 % are two; Wang holds 8, of which 20 % are one.
    assert_eq!(throttled(Ceilings::new().with_share_percent(20)), of(&["b2", "a3", "a4", "a5"], Ceiling::Share));
    // A share below one is one.
    assert_eq!(throttled(Ceilings::new().with_share_percent(1)), of(&["a2", "b2", "a3", "a4", "a5"], Ceiling::Share));
    assert_eq!(throttled(Ceilings::new().with_per_run(0)).len(), 7);
    // What the owner's ceiling holds back leaves the run's room to others.
    let both = throttled(Ceilings::new().with_per_run(2).with_per_owner(1));
    assert_eq!(both[0], ("a2".to_owned(), Ceiling::Run));
    let narrow = plan(&policy, &customers, now, Ceilings::new().with_per_run(3).with_per_owner(1));
    assert_eq!(planned(&narrow), pairs(&[("a1", "reclaim"), ("b1", "reclaim")]));
}

#[test]
fn notices_and_nominations_are_planned_and_odd_rows_listed_apart() {
    let review = policy(json!({ "action": "review", "mode": { "notice": { "days": 2 } } }));
    let customer = claimed("c1", "li", 1);
    let now = "2026-03-12 09:00";
    assert_eq!(
        planned(&plan(&review, std::slice::from_ref(&customer), now, Ceilings::new())),
        pairs(&[("c1", "notice")])
    );
    let cycle = review.cycle(&customer, &review.decide(&customer, None, at(now))).unwrap();
    let served = customer.with_notice(Notice::new(cycle.clone(), at(now)));
    assert_eq!(planned(&plan(&review, std::slice::from_ref(&served), "2026-03-14 23:59", Ceilings::new())), []);
    let due = plan(&review, std::slice::from_ref(&served), "2026-03-15 00:00", Ceilings::new());
    assert_eq!(planned(&due), pairs(&[("c1", "nominate")]));
    let nominated = served.with_nomination(Nomination::new(cycle.clone(), at("2026-03-15 00:00")));
    assert_eq!(planned(&plan(&review, std::slice::from_ref(&nominated), "2026-03-16 00:00", Ceilings::new())), []);
    let approved = Nomination::new(cycle, at("2026-03-15 00:00")).with_state(ReviewState::Approved);
    let approved = nominated.with_nomination(approved);
    let odd = Customer::new("c0".parse().unwrap(), Place::Owned(Ownership::of_unknown_start("li".parse().unwrap())));
    let plan = plan(&review, &[approved, odd], "2026-03-16 00:00", Ceilings::new());
    assert_eq!(planned(&plan), pairs(&[("c1", "reclaim")]));
    let [odd] = plan.undetermined() else { panic!("{plan:?}") };
    assert_eq!((odd.customer().as_str(), odd.reason()), ("c0", ReasonCode::OwnershipStartUnknown));
}

#[test]
fn a_report_counts_by_owner_tier_pool_and_value() {
    let policy = policy(json!({}));
    let valued = |id, owner, day, tier: &str, value: &str| {
        let profile = customer_pool::model::Profile::new().with_value(value.parse().unwrap());
        claimed(id, owner, day).with_tier(tier.parse().unwrap()).with_profile(profile)
    };
    let customers = [
        valued("c1", "li", 1, "vip", "1000"),
        valued("c2", "li", 2, "key", "99.50"),
        claimed("c3", "wang", 3),
        claimed("c4", "wang", 4),
    ];
    let plan = plan(&policy, &customers, "2026-03-14 03:00", Ceilings::new().with_per_owner(1));
    let report = serde_json::to_value(plan.report(&["100".parse().unwrap(), "1000".parse().unwrap()])).unwrap();
    assert_eq!(report["all"]["reclaims"], 2);
    assert_eq!(report["all"]["throttled"], 1);
    assert_eq!(report["all"]["warnings"], 1);
    assert_eq!(report["all"]["value"], "1000");
    assert_eq!(report["all"]["without_value"], 1);
    assert_eq!(report["by_owner"][1]["name"], "wang");
    assert_eq!(report["by_tier"][0]["name"], Value::Null);
    assert_eq!(report["by_pool"][0]["reclaims"], 2);
    let bands: Vec<_> = report["by_value"].as_array().unwrap().iter().map(|line| line["name"].clone()).collect();
    assert_eq!(bands, [Value::Null, json!("..100"), json!("1000..")]);
}

/// Goal: a report's value is exact, or missing. Method: a value beside which a cent needs more digits than a decimal has,
/// and two values beyond the greatest decimal, where an addition that rounds or stops would say something.
#[test]
fn a_reports_value_is_exact_or_missing() {
    let policy = policy(json!({}));
    let report = |values: [&str; 2]| {
        let customers = values.map(|value| {
            let profile = customer_pool::model::Profile::new().with_value(value.parse().unwrap());
            claimed(if value == values[0] { "c1" } else { "c2" }, "li", 1).with_profile(profile)
        });
        plan(&policy, &customers, "2026-03-14 03:00", Ceilings::new()).report(&[])
    };
    let exact = report(["79228162514264337593543950334", "1"]).all.value;
    assert_eq!(exact, Some("79228162514264337593543950335".parse().unwrap()));
    for values in [["10000000000000000000000000000", "0.01"], ["79228162514264337593543950335", "1"]] {
        let report = report(values);
        assert_eq!((report.all.value, report.by_owner[0].tally.value, report.all.reclaims), (None, None, 2));
        assert_eq!(serde_json::to_value(&report).unwrap()["all"].get("value"), None);
    }
}

/// Goal: nothing is written for facts that have moved on. Method: the same item against facts changed in one way each.
#[test]
fn an_item_is_checked_again_against_owner_ownership_and_due() {
    let policy = policy(json!({ "renewals": { "call": { "days": 10 } } }));
    let customer = claimed("c1", "li", 1);
    let (now, later) = ("2026-03-12 03:00", at("2026-03-12 03:05"));
    let plan = plan(&policy, std::slice::from_ref(&customer), now, Ceilings::new());
    let item = &plan.items()[0];
    assert_eq!(policy.recheck(item, &customer, None, later), Recheck::Stands);
    assert_eq!(policy.recheck(item, &claimed("c1", "wang", 1), None, later), Recheck::Void);
    let again = Ownership::new("li".parse().unwrap(), at("2026-03-01 15:00")).with_number(2);
    let again = Customer::new("c1".parse().unwrap(), Place::Owned(again));
    assert_eq!(policy.recheck(item, &again, None, later), Recheck::Void);
    let call = serde_json::from_value(json!({
        "kind": "call", "actor": { "rep": "li" }, "occurred": { "at": "2026-03-11T15:00:00Z" }
    }));
    let called = customer.clone().with_activities([call.unwrap()]);
    assert_eq!(policy.recheck(item, &called, None, later), Recheck::Void, "a follow-up since the plan was read");
    let order = BusinessHold::live(HoldKind::OpenOrder, "o1".parse().unwrap(), None);
    let held = customer.with_protection(Protection::new().with_hold(order));
    assert!(matches!(policy.recheck(item, &held, None, later), Recheck::NotNow(_)));
}

/// Goal: each exception lets pass what it names and nothing else, and only what was needed is recorded. Method: every
/// hindrance with every exception.
#[test]
fn exceptions_let_pass_what_they_name() {
    let exception = |despite| Exception::new(despite, "board_decision".parse().unwrap());
    let all = [ExceptionKind::Freeze, ExceptionKind::Hold, ExceptionKind::DueAhead].map(exception);
    let simple = policy(json!({}));
    let customer = claimed("c1", "li", 1);
    let (early, due) = (at("2026-03-05 09:00"), at("2026-03-12 09:00"));
    let refused = |policy: &Policy, customer: &Customer, exceptions: &[Exception], now| match policy
        .execute(customer, None, exceptions, now)
    {
        Execution::Refused(refusals) => refusals.into_iter().map(|refusal| refusal.code().code()).collect::<Vec<_>>(),
        Execution::Reclaims(moved) => panic!("{moved:?}"),
    };
    let used = |policy: &Policy, customer: &Customer, now| match policy.execute(customer, None, &all, now) {
        Execution::Reclaims(moved) => moved.exceptions().iter().map(Exception::kind).collect::<Vec<_>>(),
        Execution::Refused(refusals) => panic!("{refusals:?}"),
    };
    assert_eq!(used(&simple, &customer, due), []);
    assert_eq!(refused(&simple, &customer, &all[..2], early), ["execution.due_ahead"]);
    assert_eq!(used(&simple, &customer, early), [ExceptionKind::DueAhead]);

    let order = BusinessHold::live(HoldKind::OpenOrder, "o1".parse().unwrap(), None);
    let held = customer.clone().with_protection(Protection::new().with_hold(order));
    assert_eq!(refused(&simple, &held, &[], early), ["execution.held", "execution.due_ahead"]);
    assert_eq!(refused(&simple, &held, &all[..2], early), ["execution.due_ahead"]);
    assert_eq!(used(&simple, &held, early), [ExceptionKind::Hold, ExceptionKind::DueAhead]);
    assert_eq!(used(&simple, &held, due), [ExceptionKind::Hold]);
    let frozen =
        customer.clone().with_protection(Protection::new().with_freeze(Freeze::new(FreezeKind::Dispute, None)));
    assert_eq!(refused(&simple, &frozen, &all[1..], due), ["execution.frozen"]);
    assert_eq!(used(&simple, &frozen, due), [ExceptionKind::Freeze]);

    let notice = policy(json!({ "mode": { "notice": { "days": 2 } } }));
    assert_eq!(refused(&notice, &customer, &all[..2], due), ["execution.notice_pending"]);
    assert_eq!(used(&notice, &customer, due), [ExceptionKind::DueAhead]);
    assert_eq!(refused(&notice, &held, &all[..2], due), ["execution.notice_pending"], "hidden by the hold");

    // No exception replaces a review.
    let review = policy(json!({ "action": "review" }));
    assert_eq!(refused(&review, &customer, &all, due), ["execution.review_pending"]);
    let cycle = review.cycle(&customer, &review.decide(&customer, None, due)).unwrap();
    let state = |state| customer.clone().with_nomination(Nomination::new(cycle.clone(), due).with_state(state));
    assert_eq!(refused(&review, &state(ReviewState::Nominated), &all, due), ["execution.review_pending"]);
    assert_eq!(refused(&review, &state(ReviewState::Rejected), &all, due), ["execution.review_rejected"]);
    let deferred = state(ReviewState::Deferred(at("2026-03-20 09:00")));
    assert_eq!(refused(&review, &deferred, &all, due), ["execution.review_deferred"]);
    assert_eq!(review.decide(&deferred, None, due).verdict(), Verdict::Held(HeldBy::Deferral));
    assert_eq!(used(&review, &state(ReviewState::Approved), due), []);

    // The move takes the customer to the pool, and what was decided about the ownership dies with it.
    let approved = state(ReviewState::Approved);
    let Execution::Reclaims(moved) = review.execute(&approved, None, &[], due) else { panic!("it is approved") };
    let after = review.apply_move(&moved, &approved).unwrap();
    assert!(matches!(after.place(), Place::Pool(stay) if *stay.pool() == "pool"));
    assert!(after.nomination().is_none());
    assert_eq!(refused(&review, &after, &all, due), ["execution.not_owned"]);
}

/// Goal: a change for new ownerships only takes nobody's customer tonight. Method: one customer from before a
/// grandfathered change and one from after it, swept, checked again and executed under both revisions.
#[test]
fn a_sweep_of_revisions_decides_under_the_one_that_binds() {
    let document = |number: u64, days: u32, keys: Value| {
        let mut document =
            serde_json::to_value(policy(json!({ "base": { "days": days }, "warnings": [] })).draft()).unwrap();
        document["revision"] = json!(number);
        document.as_object_mut().unwrap().extend(keys.as_object().unwrap().clone());
        Policy::from_json(&document.to_string()).unwrap()
    };
    let (old, new) = (
        document(1, 60, json!({})),
        document(2, 5, json!({ "effective_from": at("2026-03-10 00:00"), "transition": "grandfather" })),
    );
    let revisions = Revisions::new([old, new.clone()]).unwrap();
    let (before, after) = (claimed("c1", "li", 1), claimed("c2", "li", 10));
    let now = at("2026-03-20 03:00");
    let plan = revisions.plan_sweep([(&before, None::<&Rep>), (&after, None)], now, Ceilings::new());
    assert_eq!(planned(&plan), pairs(&[("c2", "reclaim")]));
    assert_eq!(revisions.recheck(&plan.items()[0], &after, None, now), Recheck::Stands);
    assert!(matches!(revisions.execute(&after, None, &[], now), Execution::Reclaims(_)));
    let refused = Execution::Refused(vec![ExecutionRefusal::DueAhead(at("2026-05-01 00:00"))]);
    assert_eq!(revisions.execute(&before, None, &[], now), refused);
    // Under the newest revision alone the old one would be taken as well.
    let naive = new.plan_sweep([(&before, None::<&Rep>), (&after, None)], now, Ceilings::new());
    assert_eq!(naive.items().len(), 2);
}

use crate::support::{at, check, is_told};

/// Goal: a plan is what the decisions say, in order, within every ceiling, whatever order customers come in, and runs one
/// after the other take everything. Method: random worlds against a plan made by sorting and counting naively.
#[test]
fn plans_are_the_naive_ones() {
    let ceiling = || prop_oneof![Just(None), (0..4_u32).prop_map(Some)];
    let strategy = (strategies::worlds(), ceiling(), ceiling(), prop_oneof![Just(None), (1..101_u32).prop_map(Some)]);
    let (bounded, held_back) = (Cell::new(0_u32), Cell::new(0_u32));
    check(700, strategy, |(worlds, run, owner, share)| {
        let (policy, now) = (&worlds[0].policy, worlds[0].now);
        // Every world three times: several customers of one owner.
        let all: Vec<(Customer, Option<Rep>)> =
            worlds.iter().flat_map(|world| vec![(world.customer.clone(), world.owner.clone()); 3]).collect();
        let mut ceilings = Ceilings::new();
        ceilings = run.map_or(ceilings, |most| ceilings.with_per_run(most));
        ceilings = owner.map_or(ceilings, |most| ceilings.with_per_owner(most));
        ceilings = share.map_or(ceilings, |percent| ceilings.with_share_percent(percent));
        let planned = |of: &[(Customer, Option<Rep>)]| {
            policy.plan_sweep(of.iter().map(|(customer, owner)| (customer, owner.as_ref())), now, ceilings)
        };
        let plan = planned(&all);
        let mut backwards = all.clone();
        backwards.reverse();
        prop_assert_eq!(&planned(&backwards), &plan, "the order in which customers come");

        let mut wanted = Vec::new();
        let mut holds: BTreeMap<String, u32> = BTreeMap::new();
        let mut odd = 0;
        for (customer, rep) in &all {
            let Some(ownership) = customer.ownership() else { continue };
            *holds.entry(ownership.owner().to_string()).or_default() += 1;
            let decision = policy.decide(customer, rep.as_ref(), now);
            let unsent = policy.warning(customer, &decision).is_some_and(|warning| !warning.sent);
            let what = match decision.verdict() {
                Verdict::Due => 2,
                Verdict::NoticePending(None) => 1,
                Verdict::Warn(_) if unsent => 1,
                Verdict::Undetermined(_) => {
                    odd += 1;
                    continue;
                }
                _ => continue,
            };
            let nominates = decision.action() == Some(Action::Review);
            wanted.push((
                decision.due().unwrap(),
                customer.id().clone(),
                ownership.owner().to_string(),
                what,
                nominates,
            ));
        }
        wanted.sort();
        prop_assert_eq!(plan.undetermined().len(), odd);
        let (mut of_run, mut of_owner) = (0, BTreeMap::<String, u32>::new());
        let (mut kept, mut throttled) = (Vec::new(), Vec::new());
        for (due, id, rep, what, nominates) in wanted {
            let had = of_owner.entry(rep.clone()).or_default();
            let most_of_share = share.map_or(u32::MAX, |percent| (holds[&rep] * percent / 100).max(1));
            let fits = of_run < run.unwrap_or(u32::MAX) && *had < owner.unwrap_or(u32::MAX).min(most_of_share);
            if what == 1 {
                kept.push((due, id, None));
            } else if fits {
                (of_run, *had) = (of_run + 1, *had + 1);
                kept.push((due, id, Some(nominates)));
            } else {
                throttled.push((due, id));
            }
        }
        let action = |action: &SweepAction| match action {
            SweepAction::Reclaim => Some(false),
            SweepAction::Nominate => Some(true),
            _ => None,
        };
        let items = plan.items().iter().map(|i| (i.due(), i.customer().clone(), action(i.action())));
        prop_assert_eq!(items.collect::<Vec<_>>(), kept);
        let held = plan.throttled().iter().map(|t| (t.item().due(), t.item().customer().clone()));
        prop_assert_eq!(held.collect::<Vec<_>>(), throttled.clone());
        bounded.set(bounded.get() + of_run);
        held_back.set(held_back.get() + throttled.len() as u32);
        for (item, (customer, rep)) in plan.items().iter().flat_map(|item| {
            all.iter().filter(move |(customer, _)| customer.id() == item.customer()).take(1).map(move |row| (item, row))
        }) {
            if worlds.iter().filter(|world| world.customer.id() == customer.id()).count() == 1 {
                prop_assert_eq!(policy.recheck(item, customer, rep.as_ref(), now), Recheck::Stands);
            }
        }
        Ok(())
    });
    let worth = is_told() || (bounded.get() > 200 && held_back.get() > 200);
    assert!(worth, "{} bounded, {} held back", bounded.get(), held_back.get());
}
