//! The monotone laws of reclaim, and that editing a rule loses no clock.

use std::cell::Cell;

use customer_pool::decision::HeldBy;
use customer_pool::model::{
    Activities, Activity, ActivityKind, Actor, BusinessHold, Customer, Freeze, FreezeKind, Lock, Occurred, OwnerFacts,
    Protection,
};
use customer_pool::policy::draft::{Anchor, DealTreatment, LatestActivity};
use customer_pool::record::Recorder;
use customer_pool::time::Timestamp;
use customer_pool::{Decision, Policy, Verdict};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;

use super::support::{WORDS, cases, check, with_owners};
use crate::strategies::{self, World};

const POLICIES: u32 = 250;

fn decide(policy: &Policy, world: &World, customer: &Customer, now: Timestamp) -> Decision {
    policy.decide(customer, world.owner.as_ref(), now)
}

fn is_undetermined(decision: &Decision) -> bool {
    matches!(decision.verdict(), Verdict::Undetermined(_))
}

/// JSON pointers to every base, renewal and cap.
fn clocks(document: &Value) -> Vec<String> {
    fn walk(value: &Value, path: &str, found: &mut Vec<String>) {
        match value {
            Value::Array(parts) => {
                parts.iter().enumerate().for_each(|(i, part)| walk(part, &format!("{path}/{i}"), found));
            }
            Value::Object(parts) => {
                for (key, part) in parts {
                    let path = format!("{path}/{key}");
                    match key.as_str() {
                        "base" | "max_hold" => found.push(path),
                        "renewals" => {
                            found.extend(part.as_object().unwrap().keys().map(|kind| format!("{path}/{kind}")));
                        }
                        _ => walk(part, &path, found),
                    }
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    walk(document, "", &mut found);
    found
}

/// The policy with the span at this place longer by so many of its units.
fn lengthened(document: &Value, path: &str, by: u64) -> Policy {
    let mut document = document.clone();
    let span = document.pointer_mut(path).and_then(Value::as_object_mut).unwrap();
    let n = span.values_mut().find(|value| value.is_number()).unwrap();
    *n = (n.as_u64().unwrap() + by).into();
    Policy::from_json(&document.to_string()).unwrap()
}

/// Goal: who is more generous takes from nobody. Method: lengthen one span and compare due instants.
#[test]
fn lengthening_a_base_a_renewal_or_a_cap_never_makes_due_earlier() {
    let later = Cell::new(0);
    let strategy = (strategies::worlds(), prop::array::uniform4((any::<Index>(), 1..4_u64)));
    check(POLICIES, strategy, |(worlds, places)| {
        let document = serde_json::to_value(worlds[0].policy.draft()).unwrap();
        let clocks = clocks(&document);
        for (place, by) in places {
            let path = place.get(&clocks);
            let longer = lengthened(&document, path, by);
            for world in &worlds {
                for &now in world.moments.iter().chain([&world.now]) {
                    let (one, other) = (
                        decide(&world.policy, world, &world.customer, now),
                        decide(&longer, world, &world.customer, now),
                    );
                    if is_undetermined(&one) || is_undetermined(&other) {
                        continue;
                    }
                    prop_assert_eq!(one.due().is_some(), other.due().is_some(), "{} at {}\n{:?}", path, now, world);
                    prop_assert!(one.due() <= other.due(), "{} at {}: {:?} > {:?}\n{:?}", path, now, one, other, world);
                    later.set(later.get() + u32::from(one.due() < other.due()));
                }
            }
        }
        Ok(())
    });
    assert!(later.get() > cases(POLICIES), "the law was hardly put to the test: {} due instants moved", later.get());
}

/// Goal: nobody loses a customer to a row that is not there. Method: every customer at every instant that matters, its
/// owner unknown, under every word about owners.
#[test]
fn an_unknown_owner_is_undetermined_under_every_policy_and_whatever_it_reads() {
    let seen = Cell::new((0, 0));
    check(POLICIES, strategies::worlds(), |worlds| {
        for owners in WORDS {
            let policy = with_owners(&worlds[0].policy, owners);
            for world in &worlds {
                for &now in world.moments.iter().chain([&world.now]) {
                    let decision = policy.decide(&world.customer, OwnerFacts::Unknown, now);
                    let mut all = Vec::new();
                    policy.decide_all(core::slice::from_ref(&world.customer), |_| OwnerFacts::Unknown, now, &mut all);
                    prop_assert_eq!(&all, &[decision]);
                    let explained = policy.explain(&world.customer, OwnerFacts::Unknown, now);
                    prop_assert_eq!(explained.decision(), &decision);
                    let is_owned = world.customer.ownership().is_some();
                    prop_assert_eq!(is_undetermined(&decision), is_owned, "{:?} at {}\n{:?}", owners, now, world);
                    prop_assert_eq!(decision.due(), None);
                    let given = decide(&policy, world, &world.customer, now);
                    let (all, told) = seen.get();
                    let told_if_given = is_owned && !is_undetermined(&given);
                    seen.set((all + u32::from(is_owned), told + u32::from(told_if_given)));
                }
            }
        }
        Ok(())
    });
    let (all, told) = seen.get();
    assert!(told * 2 > all && told > cases(POLICIES), "of {all} the owner alone made {told} undetermined");
}

/// Goal: without a row that a policy can do without, it decides as if nobody had asked. Method: the same.
#[test]
fn an_owner_who_may_be_absent_is_one_who_is_not_given() {
    check(POLICIES, strategies::worlds(), |worlds| {
        let [none, optional, required] = WORDS.map(|owners| with_owners(&worlds[0].policy, owners));
        for world in &worlds {
            let of = |policy: &Policy, owner| policy.decide(&world.customer, owner, world.now);
            let given = of(&none, OwnerFacts::NotGiven);
            prop_assert_eq!(of(&optional, OwnerFacts::Absent), given);
            prop_assert_eq!(of(&none, OwnerFacts::NotEnrolled), given);
            prop_assert_eq!(of(&optional, OwnerFacts::NotEnrolled), given);
            prop_assert_eq!(of(&required, OwnerFacts::NotGiven), given);
            prop_assert_eq!(of(&none, OwnerFacts::Absent), of(&none, OwnerFacts::Unknown));
            prop_assert_eq!(of(&required, OwnerFacts::NotEnrolled), of(&required, OwnerFacts::Unknown));
        }
        Ok(())
    });
}

/// The customer with one more lock, freeze or business document.
fn with_hold(world: &World, what: u32, since: Timestamp, until: Option<Timestamp>) -> Customer {
    let protection = world.customer.protection().cloned().unwrap_or_else(Protection::new);
    let kind = world.policy.draft().holds().first().cloned().unwrap_or(customer_pool::model::HoldKind::OpenOrder);
    let document = "added".parse().unwrap();
    world.customer.clone().with_protection(match what {
        0 => protection.with_lock(Lock::new(Some(since), until)),
        1 => protection.with_lock(Lock::new(None, until)),
        2 => protection.with_freeze(Freeze::new(FreezeKind::Merge, until)),
        3 => protection.with_hold(BusinessHold::live(kind, document, until)),
        _ => protection.with_hold(BusinessHold::not_live(kind, document, until)),
    })
}

/// Goal: what protects never harms. Method: add a lock, a freeze or a document, live or ended, anywhere.
#[test]
fn adding_a_hold_never_turns_keep_into_due() {
    let strategy = (strategies::worlds(), 0..5_u32, any::<Index>(), any::<Index>(), any::<bool>());
    let held = Cell::new(0);
    check(POLICIES, strategy, |(worlds, what, since, until, is_open)| {
        for world in worlds.iter().filter(|world| !world.moments.is_empty()) {
            let until = if is_open { None } else { Some(*until.get(&world.moments)) };
            let customer = with_hold(world, what, *since.get(&world.moments), until);
            for &now in world.moments.iter().chain([&world.now]) {
                let (one, other) =
                    (decide(&world.policy, world, &world.customer, now), decide(&world.policy, world, &customer, now));
                // A hold that has ended can move the due instant by its grace: that begins another cycle, for which nothing
                // that was said of the one before counts.
                let void = one.due().is_some_and(|due| due <= now) && one.due() != other.due();
                if one.verdict() != Verdict::Due && !is_undetermined(&one) && !void {
                    prop_assert_ne!(other.verdict(), Verdict::Due, "{} at {}\n{:?}\n{:?}", what, now, customer, world);
                }
                let holds = |decision: &Decision| {
                    matches!(decision.verdict(), Verdict::Held(HeldBy::Lock | HeldBy::Business(_) | HeldBy::Freeze(_)))
                };
                held.set(held.get() + u32::from(holds(&other) && !holds(&one)));
            }
        }
        Ok(())
    });
    assert!(held.get() > cases(POLICIES), "the law was hardly put to the test: {} decisions became held", held.get());
}

/// The kinds that some trigger is anchored to.
fn anchors(policy: &Policy) -> Vec<ActivityKind> {
    let deal = match policy.draft().deal_customers().map(|deal| deal.then()) {
        Some(DealTreatment::Groups(groups)) => groups.as_slice(),
        _ => &[],
    };
    let triggers = policy.draft().groups().iter().chain(deal).flat_map(|group| group.triggers());
    let kinds = triggers.filter_map(|trigger| match trigger.anchor() {
        Some(Anchor::LatestActivity(LatestActivity(kinds))) => Some(kinds.clone()),
        _ => None,
    });
    kinds.flatten().collect()
}

/// Goal: nobody loses a customer by working. Method: add an activity, recorded after all others, that anchors nothing.
#[test]
fn adding_an_activity_never_shortens_protection() {
    let kinds =
        prop::sample::select(vec![ActivityKind::Call, ActivityKind::Visit, ActivityKind::Order, ActivityKind::Inbound]);
    let strategy = (strategies::worlds(), kinds, any::<Index>(), any::<bool>());
    let later = Cell::new(0);
    check(POLICIES, strategy, |(worlds, kind, when, with_evidence)| {
        for world in worlds.iter().filter(|world| !world.moments.is_empty()) {
            let Activities::Listed(list) = world.customer.activities() else { continue };
            if anchors(&world.policy).contains(&kind) {
                continue;
            }
            let occurred = |activity: &Activity| match activity.occurred() {
                Some(Occurred::At(at)) => Some(at),
                _ => None,
            };
            let at = *when.get(&world.moments);
            let instants = list.iter().flat_map(|activity| [occurred(activity), activity.recorded()]).flatten();
            let recorded = instants.chain([at]).max().unwrap();
            let actor = Actor::Rep("r1".parse().unwrap());
            let mut added = Activity::new(kind.clone(), actor, Some(Occurred::At(at)), Some(recorded)).unwrap();
            if with_evidence {
                added = added.with_duration_s(600).with_text_chars(600).with_next_step();
            }
            let customer = world.customer.clone().with_activities(list.iter().cloned().chain([added]));
            for &now in world.moments.iter().chain([&world.now]) {
                let (one, other) =
                    (decide(&world.policy, world, &world.customer, now), decide(&world.policy, world, &customer, now));
                if is_undetermined(&one) || is_undetermined(&other) {
                    continue;
                }
                let never_earlier = other.due().is_none() || one.due().is_some_and(|due| Some(due) <= other.due());
                prop_assert!(never_earlier, "at {}: {:?} > {:?}\n{:?}\n{:?}", now, one, other, customer, world);
                later.set(later.get() + u32::from(one.due() != other.due()));
            }
        }
        Ok(())
    });
    assert!(later.get() > cases(POLICIES), "the law was hardly put to the test: {} due instants moved", later.get());
}

/// Goal: switching a rule off and on again, or editing it, loses no clock. Method: edit a policy, decide and fold under
/// the edited one, and come back.
#[test]
fn a_rule_edited_and_back_gives_the_same_dues() {
    let changed = Cell::new(0);
    check(POLICIES, (strategies::worlds(), any::<Index>()), |(worlds, place)| {
        let document = serde_json::to_value(worlds[0].policy.draft()).unwrap();
        let clocks = clocks(&document);
        let edited = lengthened(&document, place.get::<String>(&clocks), 2);
        let mut off = document.clone();
        for group in off.pointer_mut("/groups").and_then(Value::as_array_mut).unwrap() {
            for trigger in group["triggers"].as_array_mut().unwrap() {
                trigger["when"] = serde_json::json!({ "not": "always" });
            }
        }
        let off = Policy::from_json(&off.to_string()).unwrap();
        let back = Policy::from_json(&document.to_string()).unwrap();
        for world in &worlds {
            let fold = |policy: &Policy, customer: &Customer| {
                Some(Recorder::new(policy, customer, world.owner.as_ref()).ok()?.finish())
            };
            let before = fold(&world.policy, &world.customer);
            for policy in [&edited, &off] {
                let meanwhile = decide(policy, world, &world.customer, world.now);
                let first = decide(&world.policy, world, &world.customer, world.now);
                changed.set(changed.get() + u32::from(!meanwhile.is_same(&first)));
                let folded = fold(policy, &world.customer);
                prop_assert_eq!(before.is_some(), folded.is_some());
                // Equal qualifying rules are one and the same fold, whatever the spans are.
                let carried = folded.map(|folded| world.customer.clone().with_folded(folded));
                let carried = carried.and_then(|customer| fold(&back, &customer));
                prop_assert_eq!(&before, &carried, "{:?}", world);
            }
            let (one, other) = (
                decide(&world.policy, world, &world.customer, world.now),
                decide(&back, world, &world.customer, world.now),
            );
            prop_assert_eq!(one, other);
        }
        Ok(())
    });
    assert!(changed.get() > cases(POLICIES), "the edits hardly changed anything: {} decisions", changed.get());
}
