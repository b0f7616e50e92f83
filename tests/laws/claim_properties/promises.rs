//! What every answer promises: until when it stands, when a "no" becomes a "yes", that its explanation is of it, and
//! that the order in which facts are given does not matter.

use std::cell::Cell;

use customer_pool::claim::{Acquisition, ClaimCase, ClaimStep};
use customer_pool::decision::{ClaimDecision, ClaimVerdict, Denial};
use customer_pool::model::{Customer, Ledger, Rep};
use customer_pool::moves::{Intent, MoveCase, MoveVerdict, Refusal};
use customer_pool::policy::draft::ClaimRulesDraft;
use customer_pool::time::Timestamp;
use customer_pool::{Policy, ReasonCode};
use proptest::prelude::*;
use serde_json::Value;

use crate::strategies::{self, ClaimWorld};
use crate::support::turned;
use crate::support::{cases, check};
use crate::walk::{self, Answers, moved};

const POLICIES: u32 = 500;

fn claim(world: &ClaimWorld, now: Timestamp) -> ClaimDecision {
    world.policy.claim(&world.case(), now)
}

fn instants(world: &ClaimWorld) -> Vec<Timestamp> {
    walk::instants(&world.moments, world.now)
}

/// Goal: a host that wakes up at `next_change` misses nothing and is never woken for nothing. Method: walk from change
/// to change and ask everywhere between.
#[test]
fn an_answer_stands_until_its_next_change_and_no_longer() {
    let changes = Cell::new(0);
    check(POLICIES, strategies::claim_worlds(), |worlds| {
        for world in &worlds {
            let answers = Answers {
                ask: |at| claim(world, at),
                next_change: ClaimDecision::next_change,
                is_same: ClaimDecision::is_same,
            };
            changes.set(changes.get() + answers.stand(world.now, &instants(world), world)?);
        }
        Ok(())
    });
    assert!(changes.get() > cases(POLICIES), "only {} changes were met", changes.get());
}

/// Goal: who comes back at `retry_at` is not sent away again, and could not have come before. Method: ask at it, just
/// before it, and at every instant between that could matter.
#[test]
fn a_no_becomes_a_yes_at_its_retry_and_not_before() {
    let retries = Cell::new(0);
    check(POLICIES * 2, strategies::claim_worlds(), |worlds| {
        for world in &worlds {
            for now in world.moments.iter().copied().chain([world.now]) {
                let decision = claim(world, now);
                let waits = matches!(decision.verdict(), ClaimVerdict::Denied | ClaimVerdict::Undetermined(_));
                let Some(retry_at) = decision.retry_at() else {
                    // Where time lifts every denial, silence says that the rep never may.
                    let lifts = decision.verdict() == ClaimVerdict::Denied && decision.denials().iter().all(is_lifted);
                    if lifts {
                        for at in instants(world).into_iter().filter(|at| *at > now) {
                            prop_assert_ne!(
                                claim(world, at).verdict(),
                                ClaimVerdict::Eligible,
                                "{} {}\n{:?}",
                                now,
                                at,
                                world
                            );
                        }
                    }
                    continue;
                };
                prop_assert!(waits && retry_at > now, "{:?} at {}\n{:?}", decision, now, world);
                prop_assert_eq!(claim(world, retry_at).verdict(), ClaimVerdict::Eligible, "{}\n{:?}", retry_at, world);
                for at in instants(world).into_iter().chain([moved(retry_at, -1)]) {
                    if now <= at && at < retry_at {
                        let then = claim(world, at);
                        prop_assert_ne!(
                            then.verdict(),
                            ClaimVerdict::Eligible,
                            "{} before {}\n{:?}",
                            at,
                            retry_at,
                            world
                        );
                    }
                }
                retries.set(retries.get() + 1);
            }
        }
        Ok(())
    });
    assert!(retries.get() > cases(POLICIES), "only {} answers said when to come back", retries.get());
}

/// Goal: the command that asks is refused up to its `retry_at`, and there no more. Method: as for the question, with the
/// command for the way in and step of each world.
#[test]
fn a_command_is_refused_up_to_its_retry_and_no_longer() {
    let retries = Cell::new(0);
    check(POLICIES, strategies::claim_worlds(), |worlds| {
        for world in &worlds {
            let intent = match (world.acquisition, world.step) {
                (Acquisition::Assign, _) => Intent::Assign { to: &world.rep },
                (Acquisition::Transfer, _) => Intent::Transfer { to: &world.rep },
                (Acquisition::Restore, _) => Intent::Restore { to: &world.rep },
                (_, ClaimStep::Ask) => Intent::Ask { by: &world.rep },
                (_, ClaimStep::Confirm) => Intent::Confirm { by: &world.rep },
                _ => Intent::Claim { by: &world.rep },
            };
            let case = MoveCase::new(&world.customer, intent)
                .with_ledgers(&world.ledgers)
                .with_bypasses(&world.bypasses)
                .with_askers(&world.askers);
            let case = match &world.pool {
                Some(pool) => case.with_pool(pool),
                None => case,
            };
            let passes = |at| {
                let verdict = world.policy.decide_move(&case, at).verdict();
                matches!(verdict, MoveVerdict::Moves | MoveVerdict::AlreadyDone)
            };
            for now in world.moments.iter().copied().chain([world.now]) {
                let decision = world.policy.decide_move(&case, now);
                prop_assert_eq!(decision.class().is_none(), passes(now));
                let Some(retry) = decision.retry_at() else {
                    // What the checks of claims do not count on time for, a command does not either: a freeze, a draw.
                    let waits = decision.refusals().iter().all(|refusal| match refusal {
                        Refusal::Denied(denial) => is_lifted(denial),
                        _ => true,
                    });
                    let later =
                        instants(world).into_iter().find(|at| now < *at && waits && !passes(now) && passes(*at));
                    prop_assert!(later.is_none(), "{later:?} passes: {decision:?} at {now}\n{world:?}");
                    continue;
                };
                prop_assert!(!passes(now) && now < retry, "{decision:?} at {now}\n{world:?}");
                prop_assert!(passes(retry), "{decision:?} at {now}, then {retry}\n{world:?}");
                for at in instants(world).into_iter().chain([moved(retry, -1)]) {
                    prop_assert!(
                        at < now || retry <= at || !passes(at),
                        "{at} before {retry}: {decision:?}\n{world:?}"
                    );
                }
                retries.set(retries.get() + 1);
            }
        }
        Ok(())
    });
    assert!(retries.get() > cases(POLICIES) / 2, "only {} commands said when to come back", retries.get());
}

fn is_lifted(denial: &Denial) -> bool {
    match denial {
        Denial::Quota { limit, .. } => *limit > 0,
        other => matches!(
            other.code(),
            "claim.quiet_period"
                | "claim.cooldown"
                | "claim.repeat_limit"
                | "claim.minimum_interval"
                | "pool.reserved"
                | "pool.other_reservation"
                | "pool.lapsed"
                | "pool.lottery_open"
        ),
    }
}

/// Goal: nobody is told other reasons than those that decided. Method: answer and explain everywhere.
#[test]
fn an_explanation_is_of_the_answer() {
    check(POLICIES, strategies::claim_worlds(), |worlds| {
        for world in &worlds {
            for now in instants(world) {
                let explanation = world.policy.explain_claim(&world.case(), now);
                prop_assert_eq!(&claim(world, now), explanation.decision(), "at {}\n{:?}", now, world);
                prop_assert_eq!(explanation.now(), now);
            }
        }
        Ok(())
    });
}

/// Goal: denials come in the order of disclosure, each once, and only with the verdict that has any. Method: look at
/// the order of their codes.
#[test]
fn denials_stand_in_the_order_of_the_checks() {
    let place = |denial: &Denial| Denial::CODES.iter().position(|code| *code == denial.code());
    check(POLICIES, strategies::claim_worlds(), |worlds| {
        for world in &worlds {
            let decision = claim(world, world.now);
            let denials = decision.denials();
            let places: Vec<_> = denials.iter().map(place).collect();
            prop_assert!(places.is_sorted(), "{:?}", denials);
            let mut once = denials.to_vec();
            once.sort();
            once.dedup();
            prop_assert_eq!(once.len(), denials.len(), "{:?}", denials);
            prop_assert_eq!(decision.verdict() == ClaimVerdict::Denied, !denials.is_empty(), "{:?}", decision);
        }
        Ok(())
    });
}

/// A question with its lists in another order.
struct Turned {
    customer: Customer,
    rep: Rep,
    ledgers: Vec<Ledger>,
    askers: Vec<(Rep, Vec<Ledger>)>,
}

fn again<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
    let mut value = serde_json::to_value(value).unwrap();
    turned(&mut value);
    serde_json::from_value(value).unwrap()
}

impl Turned {
    fn of(world: &ClaimWorld) -> Self {
        let askers = world.askers.iter().rev().map(|(rep, ledgers)| (again(rep), again(ledgers))).collect();
        Self { customer: again(&world.customer), rep: again(&world.rep), ledgers: again(&world.ledgers), askers }
    }

    fn claim(&self, world: &ClaimWorld, policy: &Policy, now: Timestamp) -> ClaimDecision {
        let case = ClaimCase::new(&self.customer, &self.rep)
            .with_ledgers(&self.ledgers)
            .with_acquisition(world.acquisition)
            .with_step(world.step)
            .with_bypasses(&world.bypasses)
            .with_askers(&self.askers);
        match &world.pool {
            Some(pool) => policy.claim(&case.with_pool(pool), now),
            None => policy.claim(&case, now),
        }
    }
}

/// Goal: a database may return rows, entries and units in any order. Method: turn every list of the facts round.
#[test]
fn the_order_of_facts_does_not_matter() {
    check(POLICIES, strategies::claim_worlds(), |worlds| {
        for world in &worlds {
            let turned = Turned::of(world);
            for &now in world.moments.iter().chain([&world.now]) {
                let (one, other) = (claim(world, now), turned.claim(world, &world.policy, now));
                // Two ledgers of one scope contradict each other, and which version was read is no fact.
                if one.verdict() != ClaimVerdict::Undetermined(ReasonCode::LedgerContradictory) {
                    prop_assert!(one.is_same(&other), "at {now}\n{:?}\n{:?}\n{:?}", one, other, world);
                    prop_assert_eq!(one.retry_at(), other.retry_at());
                    prop_assert_eq!(one.next_change(), other.next_change());
                }
            }
        }
        Ok(())
    });
}

/// The same rules in reverse; capacities stay, of which the first of equal ones binds.
fn reversed(rules: &ClaimRulesDraft) -> ClaimRulesDraft {
    let mut document = serde_json::to_value(rules).unwrap();
    for list in ["quiet_periods", "cooldowns", "repeat_limits", "qualifications", "quotas"] {
        if let Some(Value::Array(rules)) = document.get_mut(list) {
            rules.reverse();
        }
    }
    serde_json::from_value(document).unwrap()
}

/// Goal: no rule shadows another. Method: turn the lists of rules round and compare sets of denials.
#[test]
fn the_order_of_rules_does_not_matter() {
    check(POLICIES, strategies::claim_worlds(), |worlds| {
        let draft = worlds[0].policy.draft().clone();
        let rules = reversed(draft.claims().unwrap());
        let policy = Policy::new(draft.with_claims(rules)).unwrap();
        for world in &worlds {
            for &now in world.moments.iter().chain([&world.now]) {
                let (one, other) = (claim(world, now), policy.claim(&world.case(), now));
                let sorted = |list: &[Denial]| {
                    let mut list = list.to_vec();
                    list.sort();
                    list
                };
                prop_assert_eq!(one.verdict(), other.verdict());
                prop_assert_eq!(sorted(one.denials()), sorted(other.denials()));
                prop_assert_eq!(one.warnings(), other.warnings());
                prop_assert_eq!(one.retry_at(), other.retry_at());
                prop_assert_eq!(one.next_change(), other.next_change());
            }
        }
        Ok(())
    });
}

/// Goal: storing changes nothing. Method: print and parse policies and facts about claims.
#[test]
fn parsing_what_was_printed_gives_the_same() {
    fn printed<T: serde::Serialize + serde::de::DeserializeOwned + PartialEq>(value: &T) -> bool {
        let text = serde_json::to_string(value).unwrap();
        serde_json::from_str::<T>(&text).unwrap() == *value
    }
    check(POLICIES, strategies::claim_worlds(), |worlds| {
        let policy = &worlds[0].policy;
        for text in [serde_json::to_string(policy.draft()).unwrap(), policy.canonical_json().to_owned()] {
            let parsed = Policy::from_json(&text).unwrap();
            prop_assert_eq!(parsed.draft(), policy.draft());
            prop_assert_eq!(parsed.revision(), policy.revision());
        }
        for world in &worlds {
            prop_assert!(printed(&world.customer) && printed(&world.rep) && printed(&world.ledgers), "{:?}", world);
            let decision = claim(world, world.now);
            prop_assert!(printed(&decision.denials().to_vec()), "{:?}", decision);
            prop_assert!(printed(decision.preconditions()), "{:?}", decision);
        }
        Ok(())
    });
}

/// Goal: an answer names every ledger it stands on, and no other. Method: a ledger that is not named may say anything.
#[test]
fn what_is_not_a_precondition_does_not_matter() {
    let idle = Cell::new(0);
    check(POLICIES, strategies::claim_worlds(), |worlds| {
        for world in &worlds {
            let decision = claim(world, world.now);
            let read = |ledger: &&Ledger| decision.preconditions().ledgers().iter().any(|(of, _)| of == ledger.scope());
            let kept: Vec<Ledger> = world.ledgers.iter().filter(read).cloned().collect();
            if kept.len() == world.ledgers.len() {
                continue;
            }
            let other = world.policy.claim(&world.case().with_ledgers(&kept), world.now);
            // When it changes may depend on a ledger that is not read now.
            prop_assert!(decision.is_same(&other), "{:?}\n{:?}\n{:?}", decision, other, world);
            idle.set(idle.get() + 1);
            for (scope, version) in decision.preconditions().ledgers() {
                let of_askers = world.askers.iter().flat_map(|(_, ledgers)| ledgers);
                let mut all = world.ledgers.iter().chain(of_askers);
                let given = all.any(|ledger| ledger.scope() == scope && ledger.version() == *version);
                prop_assert!(given, "{:?} at {}", scope, version);
            }
        }
        Ok(())
    });
    assert!(idle.get() > 50, "only {} questions had a ledger to spare", idle.get());
}

/// The ledger as a host reads it that fetches only what it is told to: the rows since an instant, or none.
fn fetched(ledger: &Ledger, since: Option<Timestamp>) -> Ledger {
    let rows = ledger.entries().iter().filter(|entry| since.is_some_and(|since| entry.at() >= since)).cloned();
    let fetched = Ledger::new(ledger.scope().clone())
        .with_version(ledger.version())
        .with_entries(rows.collect::<Vec<_>>())
        .with_holdings(ledger.holdings().iter().cloned())
        .with_reservations(ledger.reservations().iter().cloned())
        .with_locks(ledger.locks().iter().cloned());
    match since {
        Some(since) => fetched.with_known_from(since),
        None => fetched,
    }
}

/// Goal: a host fetches what `ledgers_read` names and no more. Method: leave out the other ledgers and older entries.
#[test]
fn what_is_fetched_is_enough() {
    let (shorter, fewer) = (Cell::new(0), Cell::new(0));
    check(POLICIES, strategies::claim_worlds(), |worlds| {
        for world in &worlds {
            let read = world.policy.ledgers_read(world.acquisition, &world.rep, world.now);
            let mut scopes: Vec<_> = world.ledgers.iter().map(Ledger::scope).collect();
            scopes.sort();
            let twice = scopes.windows(2).any(|pair| pair[0] == pair[1]);
            let whole = |ledger: &Ledger| ledger.known_from().is_none() && !ledger.is_contradictory();
            if twice || !world.ledgers.iter().all(whole) {
                continue;
            }
            let given = world.ledgers.iter().filter_map(|ledger| {
                let (_, since) = read.iter().find(|(scope, _)| scope == ledger.scope())?;
                Some(fetched(ledger, *since))
            });
            let given: Vec<Ledger> = given.collect();
            let rows = |ledgers: &[Ledger]| ledgers.iter().map(|ledger| ledger.entries().len()).sum::<usize>();
            shorter.set(shorter.get() + u32::from(rows(&given) < rows(&world.ledgers)));
            fewer.set(fewer.get() + u32::from(given.len() < world.ledgers.len()));
            let (one, other) =
                (claim(world, world.now), world.policy.claim(&world.case().with_ledgers(&given), world.now));
            prop_assert!(one.is_same(&other), "{:?}\n{:?}\n{:?}\n{:?}", one, other, read, world);
        }
        Ok(())
    });
    assert!(shorter.get() > 100 && fewer.get() > 10, "{} shorter, {} fewer", shorter.get(), fewer.get());
}
