//! The laws of claims: who is stricter admits nobody else, a batch is its items one after another, and no sequence of
//! accepted claims goes past a limit.

use std::cell::Cell;
use std::collections::BTreeSet;

use customer_pool::Policy;
use customer_pool::claim::{Acquisition, BatchItem, BatchMode, BatchResult, ClaimBatch, ClaimCase, ClaimStep};
use customer_pool::decision::{ClaimVerdict, Denial};
use customer_pool::model::{Customer, Excused, Holding, Ledger, LedgerEntry, LedgerScope, Rep, unit_at};
use customer_pool::policy::draft::{
    CapacityCombination, CapacityDraft, ClaimRulesDraft, HandOut, PolicyDraft, QuotaDraft, QuotaWindow, Scope,
};
use customer_pool::time::{CivilWindow, Timestamp};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use crate::strategies::{self, ClaimWorld};
use crate::support::{cases, check};

const POLICIES: u32 = 500;

/// Every way to make one rule stricter: a lower limit or cap, a longer span, a rule more.
fn stricter(rules: &Value) -> Vec<Value> {
    let mut found = Vec::new();
    let mut edit = |path: &str, change: &dyn Fn(&mut Value)| {
        let mut document = rules.clone();
        change(document.pointer_mut(path).unwrap());
        found.push(document);
    };
    let lower = |value: &mut Value| *value = value.as_u64().unwrap().saturating_sub(1).into();
    let longer = |span: &mut Value| {
        let parts = span.as_object_mut().unwrap();
        let n = parts.values_mut().find(|value| value.is_number()).unwrap();
        *n = (n.as_u64().unwrap() + 1).into();
    };
    let length = |list: &str| rules.get(list).and_then(Value::as_array).map_or(0, Vec::len);
    for i in 0..length("quiet_periods") {
        edit(&format!("/quiet_periods/{i}/span"), &longer);
    }
    for i in 0..length("cooldowns") {
        for cause in rules["cooldowns"][i]["after"].as_object().unwrap().keys() {
            edit(&format!("/cooldowns/{i}/after/{cause}"), &longer);
        }
    }
    for i in 0..length("repeat_limits") {
        edit(&format!("/repeat_limits/{i}/within"), &longer);
        if rules["repeat_limits"][i]["limit"].as_u64() > Some(1) {
            edit(&format!("/repeat_limits/{i}/limit"), &lower);
        }
    }
    for i in 0..length("quotas") {
        edit(&format!("/quotas/{i}/limit"), &lower);
        if rules["quotas"][i]["window"].get("sliding").is_some() {
            edit(&format!("/quotas/{i}/window/sliding"), &longer);
        }
    }
    for i in 0..length("capacities") {
        edit(&format!("/capacities/{i}/cap"), &lower);
    }
    if rules.get("minimum_interval").is_some() {
        edit("/minimum_interval", &longer);
    } else {
        edit("", &|rules| rules["minimum_interval"] = json!({ "hours": 30 }));
    }
    for (list, rule) in [
        ("quotas", json!({ "id": "added", "limit": 1, "window": "day" })),
        ("quotas", json!({ "id": "added", "limit": 2, "window": { "sliding": { "days": 5 } }, "per": "unit" })),
        ("qualifications", json!({ "id": "added", "requires": "tier" })),
        ("cooldowns", json!({ "id": "added", "after": { "released": { "days": 9 } } })),
        ("repeat_limits", json!({ "id": "added", "limit": 1, "within": { "days": 30 } })),
        ("quiet_periods", json!({ "id": "added", "span": { "days": 2 } })),
    ] {
        edit("", &|rules| {
            let rules = rules.as_object_mut().unwrap().entry(list).or_insert_with(|| json!([]));
            rules.as_array_mut().unwrap().push(rule.clone());
        });
    }
    found
}

/// Whether who else is refused may bring the customer to this rep.
fn is_in_lottery(world: &ClaimWorld) -> bool {
    let pool = world.customer.stay().map(|stay| stay.pool());
    let draft = world.policy.draft().pools().iter().find(|draft| Some(draft.id()) == pool);
    matches!(draft.and_then(|draft| draft.hand_out()), Some(HandOut::Lottery(_)))
}

/// Goal: who is stricter admits nobody else. Method: make one rule stricter, or add one, and look for a new "yes".
#[test]
fn a_stricter_rule_never_admits() {
    let refused = Cell::new(0);
    check(POLICIES, (strategies::claim_worlds(), prop::array::uniform6(any::<Index>())), |(worlds, places)| {
        let draft = worlds[0].policy.draft();
        let edits = stricter(&serde_json::to_value(draft.claims().unwrap()).unwrap());
        for place in places {
            let rules = place.get(&edits).clone();
            let rules: ClaimRulesDraft = serde_json::from_value(rules).unwrap();
            let policy = Policy::new(draft.clone().with_claims(rules)).unwrap();
            for world in worlds.iter().filter(|world| !is_in_lottery(world)) {
                for &now in world.moments.iter().chain([&world.now]) {
                    let (one, other) = (world.policy.claim(&world.case(), now), policy.claim(&world.case(), now));
                    let (one, other) = (one.verdict(), other.verdict());
                    if other == ClaimVerdict::Eligible {
                        prop_assert_eq!(one, other, "at {} under {}\n{:?}", now, policy.canonical_json(), world);
                    }
                    refused.set(refused.get() + u32::from(one == ClaimVerdict::Eligible && one != other));
                }
            }
        }
        Ok(())
    });
    assert!(refused.get() > cases(POLICIES), "the law was hardly put to the test: {} refusals", refused.get());
}

/// The ledgers after the rep took a customer: entered as a host enters it.
fn after(
    policy: &Policy,
    rep: &Rep,
    customer: &Customer,
    acquisition: Acquisition,
    ledgers: &[Ledger],
    at: Timestamp,
) -> Vec<Ledger> {
    let entry = LedgerEntry::new(at, acquisition.way_in(), customer.id().clone())
        .with_units(rep.units().iter().cloned())
        .with_facts(customer.clone());
    let entry = match customer.last_pool() {
        Some(pool) => entry.with_pool(pool.clone()),
        None => entry,
    };
    let taken = policy.holdings([customer]);
    let mut after = Vec::new();
    for ledger in ledgers {
        let is_own = *ledger.scope() == LedgerScope::Rep(rep.id().clone());
        let concerns = match ledger.scope() {
            LedgerScope::Rep(_) => is_own,
            LedgerScope::Unit(path) => {
                let depth = u32::try_from(path.as_str().split('/').count()).unwrap();
                rep.units().iter().any(|unit| unit_at(unit, depth) == path.as_str())
            }
            LedgerScope::Everybody => true,
        };
        if !concerns {
            after.push(ledger.clone());
            continue;
        }
        let mut next = Ledger::new(ledger.scope().clone())
            .with_version(ledger.version())
            .with_entries(ledger.entries().iter().cloned().chain([entry.clone()]))
            .with_reservations(ledger.reservations().iter().filter(|open| open.customer() != customer.id()).cloned())
            .with_locks(ledger.locks().iter().cloned());
        if let Some(at) = ledger.known_from() {
            next = next.with_known_from(at);
        }
        after.push(next.with_holdings(ledger.holdings().iter().map(|holding| {
            let more = taken.iter().find(|taken| is_own && taken.rule() == holding.rule());
            let more_used = more.map_or(0, Holding::used);
            let excused: Vec<Excused> =
                holding.excused().iter().chain(more.map_or(&[][..], Holding::excused)).copied().collect();
            Holding::new(holding.rule().clone(), holding.used() + more_used).with_excused(excused)
        })));
    }
    after
}

fn is_limit(denial: &Denial) -> bool {
    matches!(denial, Denial::MinimumInterval { .. } | Denial::Quota { .. } | Denial::Capacity { .. })
}

/// Goal: a batch is nothing but its items, one after another. Method: claim four customers and the first once more, in
/// every mode, and one by one with ledgers kept by hand.
#[test]
fn a_batch_is_its_items_one_after_another() {
    let (several, stopped) = (Cell::new(0), Cell::new(0));
    check(POLICIES * 2, strategies::claim_worlds(), |worlds| {
        let ClaimWorld { policy, rep, ledgers, acquisition, .. } = &worlds[0];
        let mut customers: Vec<&Customer> = worlds.iter().map(|world| &world.customer).collect();
        let mut known = BTreeSet::new();
        customers.retain(|customer| known.insert(customer.id()));
        let unique = customers.len();
        customers.push(customers[0]);
        let items: Vec<BatchItem<'_>> = customers.iter().map(|customer| BatchItem::new(customer)).collect();
        for now in [worlds[0].now, worlds[1].now] {
            let (mut kept, mut singles) = (ledgers.clone(), Vec::new());
            for (i, &customer) in customers.iter().enumerate() {
                let case = ClaimCase::new(customer, rep)
                    .with_ledgers(&kept)
                    .with_acquisition(*acquisition)
                    .with_step(ClaimStep::Claim);
                let decision = policy.claim(&case, now);
                let again = i == unique && singles[0] == (ClaimVerdict::Eligible, vec![]);
                let verdict = if again { ClaimVerdict::AlreadyMine } else { decision.verdict() };
                let denials = if again { vec![] } else { decision.denials().to_vec() };
                if verdict == ClaimVerdict::Eligible {
                    kept = after(policy, rep, customer, *acquisition, &kept, now);
                }
                singles.push((verdict, denials));
            }
            for mode in BatchMode::ALL {
                let batch = ClaimBatch::new(rep, &items, *mode)
                    .with_ledgers(ledgers)
                    .with_acquisition(*acquisition)
                    .with_step(ClaimStep::Claim);
                let decision = policy.claim_batch(&batch, now);
                prop_assert_eq!(decision.results().len(), items.len());
                let stop = singles.iter().position(|(_, denials)| denials.iter().any(is_limit));
                let stop = stop.filter(|_| *mode == BatchMode::UpToRemaining);
                for (i, (result, single)) in decision.results().iter().zip(&singles).enumerate() {
                    match result {
                        BatchResult::NotAttempted => {
                            prop_assert!(stop.is_some_and(|stop| i >= stop), "{} {:?}", i, worlds)
                        }
                        BatchResult::Decided(decision) => {
                            let found = (decision.verdict(), decision.denials().to_vec());
                            prop_assert_eq!(&found, single, "item {} of {}\n{:?}", i, mode, worlds);
                            prop_assert!(stop.is_none_or(|stop| i < stop));
                        }
                    }
                }
                let eligible = |(verdict, _): &&(ClaimVerdict, Vec<Denial>)| *verdict == ClaimVerdict::Eligible;
                let before = stop.unwrap_or(singles.len());
                let good =
                    |verdict: ClaimVerdict| !matches!(verdict, ClaimVerdict::Denied | ClaimVerdict::Undetermined(_));
                let taken = match mode {
                    BatchMode::AllOrNothing if !singles.iter().all(|(verdict, _)| good(*verdict)) => 0,
                    _ => singles[..before].iter().filter(eligible).count(),
                };
                prop_assert_eq!(decision.taken(), taken, "{} at {}\n{:?}", mode, now, worlds);
                prop_assert_eq!(decision.stopped_by().is_empty(), stop.is_none());
                several.set(several.get() + u32::from(taken > 1));
                stopped.set(stopped.get() + u32::from(stop.is_some_and(|stop| stop > 0)));
            }
        }
        Ok(())
    });
    assert!(several.get() > 100 && stopped.get() > 50, "{} took several, {} stopped", several.get(), stopped.get());
}

/// Goal: limits hold whatever is claimed when. Method: claim customer after customer from empty ledgers, enter what is
/// accepted, and count afterwards with the calendar alone.
#[test]
fn no_sequence_of_claims_goes_past_a_limit() {
    let (full, held) = (Cell::new(0), Cell::new(0));
    check(POLICIES * 2, strategies::claim_worlds(), |worlds| {
        let policy = &worlds[0].policy;
        let draft = plain(policy.draft());
        let plain = Policy::new(draft).unwrap();
        let rep = &worlds[0].rep;
        let mut moments: Vec<Timestamp> = worlds.iter().flat_map(|world| world.moments.iter().copied()).collect();
        moments.extend(worlds.iter().map(|world| world.now));
        moments.sort();
        let own = Ledger::new(LedgerScope::Rep(rep.id().clone()));
        let rules = plain.draft().claims().unwrap();
        let empty = rules.capacities().iter().map(|rule| Holding::new(rule.id().clone(), 0));
        let mut ledgers = vec![own.with_holdings(empty)];
        let mut taken: Vec<(Timestamp, &Customer)> = Vec::new();
        for (i, at) in moments.into_iter().enumerate() {
            let customer = &worlds[i % worlds.len()].customer;
            let case = ClaimCase::new(customer, rep).with_ledgers(&ledgers).with_step(ClaimStep::Claim);
            let decision = plain.claim(&case, at);
            if decision.verdict() == ClaimVerdict::Eligible {
                ledgers = after(&plain, rep, customer, Acquisition::Claim, &ledgers, at);
                taken.push((at, customer));
            }
            full.set(full.get() + u32::from(decision.denials().iter().any(is_limit)));
        }
        for quota in rules.quotas() {
            for (at, _) in &taken {
                let used =
                    taken.iter().filter(|(other, _)| other <= at && is_counted(&plain, quota, *other, *at)).count();
                prop_assert!(used <= *quota.limit() as usize, "{used} of {} at {at}\n{:?}", quota.id(), worlds);
                held.set(held.get() + 1);
            }
        }
        for rule in rules.capacities() {
            let weight = |customer: &Customer| -> u32 {
                customer.tier().and_then(|tier| rule.weights().get(tier)).copied().unwrap_or(1)
            };
            let sum: u32 = taken.iter().map(|(_, customer)| weight(customer)).sum();
            prop_assert!(sum <= *rule.cap(), "{sum} under {}\n{:?}", rule.id(), worlds);
        }
        Ok(())
    });
    assert!(full.get() > 100 && held.get() > 100, "{} limits were full, {} claims counted", full.get(), held.get());
}

/// The policy with limits that can be counted by hand: quotas of the rep on everything, and every capacity binding.
fn plain(draft: &PolicyDraft) -> PolicyDraft {
    let rules = draft.claims().unwrap();
    let mut counted = ClaimRulesDraft::new()
        .with_lottery_seed("seed".parse().unwrap())
        .with_combine_capacities(CapacityCombination::Min);
    for quota in rules.quotas() {
        counted =
            counted.with_quotas([QuotaDraft::new(quota.id().clone(), quota.limit().max(&1) + 1, *quota.window())]);
    }
    for rule in rules.capacities() {
        let mut bare = CapacityDraft::new(rule.id().clone(), Scope::Everybody, rule.cap().max(&1) + 1);
        for (tier, weight) in rule.weights() {
            bare = bare.with_weight(tier.clone(), *weight);
        }
        counted = counted.with_capacities([bare]);
    }
    draft.clone().with_claims(counted)
}

/// Whether an event at `other` counts at `at`.
fn is_counted(policy: &Policy, quota: &QuotaDraft, other: Timestamp, at: Timestamp) -> bool {
    let calendar = policy.default_calendar();
    let civil = |window| calendar.window(window, other) == calendar.window(window, at);
    match quota.window() {
        QuotaWindow::Day => civil(CivilWindow::Day),
        QuotaWindow::Week => civil(CivilWindow::Week { starts: chrono::Weekday::Mon }),
        QuotaWindow::Month => civil(CivilWindow::Month),
        QuotaWindow::Sliding(span) => calendar.end(other, *span, &[]).is_ok_and(|end| at < end.at()),
    }
}
