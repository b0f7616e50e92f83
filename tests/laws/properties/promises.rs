//! What every decision promises: when it changes, that its explanation is of it, that the form and the order in which
//! facts are given do not matter.

use customer_pool::model::{Activities, Customer, Rep};
use customer_pool::record::Recorder;
use customer_pool::time::Timestamp;
use customer_pool::{Decision, Policy, Verdict};
use proptest::prelude::*;

use super::support::check;
use crate::strategies::{self, World};
use crate::support::turned;
use crate::walk::{self, Answers};

const POLICIES: u32 = 250;

fn decide(world: &World, now: Timestamp) -> Decision {
    world.policy.decide(&world.customer, world.owner.as_ref(), now)
}

fn instants(world: &World) -> Vec<Timestamp> {
    walk::instants(&world.moments, world.now)
}

/// Goal: a host that wakes up at `next_change` misses nothing and is never woken for nothing. Method: walk from change
/// to change and ask everywhere between.
#[test]
fn a_decision_stands_until_its_next_change_and_no_longer() {
    check(POLICIES, strategies::worlds(), |worlds| {
        for world in &worlds {
            let answers =
                Answers { ask: |at| decide(world, at), next_change: Decision::next_change, is_same: Decision::is_same };
            answers.stand(world.now, &instants(world), world)?;
        }
        Ok(())
    });
}

/// Goal: nobody is told other reasons than those that decided. Method: decide and explain everywhere.
#[test]
fn an_explanation_is_of_the_decision() {
    check(POLICIES, strategies::worlds(), |worlds| {
        for world in &worlds {
            for now in instants(world) {
                let explanation = world.policy.explain(&world.customer, world.owner.as_ref(), now);
                prop_assert_eq!(&decide(world, now), explanation.decision(), "at {}\n{:?}", now, world);
                prop_assert_eq!(explanation.now(), now);
            }
        }
        Ok(())
    });
}

/// Goal: what a host folds and forgets was not needed. Method: fold all at once, one by one, in both orders, and
/// through JSON; decide once nothing lies ahead.
#[test]
fn folded_activities_decide_like_single_ones() {
    check(POLICIES, strategies::worlds(), |worlds| {
        for world in &worlds {
            let World { policy, customer, owner, .. } = world;
            let Activities::Listed(list) = customer.activities() else { continue };
            let Ok(recorder) = Recorder::new(policy, customer, owner.as_ref()) else {
                let verdict = decide(world, Timestamp::MAX).verdict();
                prop_assert!(
                    matches!(verdict, Verdict::NotOwned | Verdict::Undetermined(_)),
                    "{:?}\n{:?}",
                    verdict,
                    world
                );
                continue;
            };
            let folded = recorder.finish();
            for backwards in [false, true] {
                let mut list = list.to_vec();
                if backwards {
                    list.reverse();
                }
                let mut one_by_one = Recorder::empty(policy, customer, owner.as_ref()).unwrap();
                for activity in &list {
                    one_by_one.record(activity);
                }
                let json = serde_json::to_string(&one_by_one.finish()).unwrap();
                prop_assert_eq!(&serde_json::from_str::<customer_pool::model::Folded>(&json).unwrap(), &folded);
            }
            let of_folded = customer.clone().with_folded(folded);
            let skew = i64::from(policy.draft().clock_skew_s().copied().unwrap_or(300)) * 1_000_000;
            let in_sight = |now: Timestamp| {
                list.iter().all(|activity| {
                    let occurred = match activity.occurred() {
                        Some(customer_pool::model::Occurred::At(at)) => Some(at),
                        _ => None,
                    };
                    let at = [occurred, activity.recorded()].into_iter().flatten().min();
                    at.is_none_or(|at| at.as_micros() <= now.as_micros() + skew)
                })
            };
            for now in instants(world).into_iter().filter(|now| in_sight(*now)) {
                let single = decide(world, now);
                prop_assert_eq!(single, policy.decide(&of_folded, owner.as_ref(), now), "at {}\n{:?}", now, world);
            }
        }
        Ok(())
    });
}

/// Goal: a database may return rows in any order. Method: turn every list of the facts round.
#[test]
fn the_order_of_facts_does_not_matter() {
    check(POLICIES, strategies::worlds(), |worlds| {
        for world in &worlds {
            let mut customer = serde_json::to_value(&world.customer).unwrap();
            let mut owner = serde_json::to_value(&world.owner).unwrap();
            turned(&mut customer);
            turned(&mut owner);
            let customer: Customer = serde_json::from_value(customer).unwrap();
            let owner: Option<Rep> = serde_json::from_value(owner).unwrap();
            for &now in world.moments.iter().chain([&world.now]) {
                let other = world.policy.decide(&customer, owner.as_ref(), now);
                prop_assert_eq!(decide(world, now), other, "at {}\n{:?}", now, world);
            }
        }
        Ok(())
    });
}

/// Goal: storing changes nothing. Method: print and parse policies and facts.
#[test]
fn parsing_what_was_printed_gives_the_same() {
    check(POLICIES, strategies::worlds(), |worlds| {
        let policy = &worlds[0].policy;
        for text in [serde_json::to_string(policy.draft()).unwrap(), policy.canonical_json().to_owned()] {
            let parsed = Policy::from_json(&text).unwrap();
            prop_assert_eq!(parsed.draft(), policy.draft());
            prop_assert_eq!(parsed.revision(), policy.revision());
            prop_assert_eq!(parsed.canonical_json(), policy.canonical_json());
        }
        for world in &worlds {
            let text = serde_json::to_string(&world.customer).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Customer>(&text).unwrap(), &world.customer, "{}", text);
            let text = serde_json::to_string(&world.owner).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Option<Rep>>(&text).unwrap(), &world.owner, "{}", text);
        }
        Ok(())
    });
}
