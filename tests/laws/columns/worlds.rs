//! Goal: a row's decision is its customer's, whatever the policy, the facts and the chunks. Method: the customers of
//! random worlds several times over in one table; policies as they are drawn, and the same with clocks so plain that the
//! short ways take them.

use std::collections::BTreeMap;

use customer_pool::columns::{ColumnProblem, CustomerTable, DecisionColumns};
use customer_pool::model::{Customer, OwnerFacts, Rep};
use customer_pool::record::Recorder;
use customer_pool::time::Timestamp;
use customer_pool::{Policy, Verdict};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::strategies::{self, World};
use crate::support::check;

/// How many policies, each with the facts of four customers.
const POLICIES: u32 = 600;

/// The customers with what they did folded, as columns keep it.
fn folded(policy: &Policy, world: &World) -> (Customer, OwnerFacts<Rep>) {
    let customer = world.customer.clone();
    let owner = OwnerFacts::from(world.owner.clone());
    match Recorder::new(policy, &customer, world.owner.as_ref()) {
        Ok(recorder) => (customer.clone().with_folded(recorder.finish()), owner),
        Err(_) => (customer, owner),
    }
}

/// What else can be known of an owner: every other world's, in turn.
fn less_known((i, (customer, owner)): (usize, (Customer, OwnerFacts<Rep>))) -> (Customer, OwnerFacts<Rep>) {
    let owner = match i % 4 {
        0 => OwnerFacts::Absent,
        1 => OwnerFacts::Unknown,
        2 => OwnerFacts::NotEnrolled,
        _ => owner,
    };
    (customer, owner)
}

/// A span of a kind that a table answers.
fn plain_span(span: &Value) -> Value {
    let (unit, count) = match span.as_object().and_then(|span| span.iter().next()) {
        Some((unit, Value::Number(count))) => (unit.clone(), count.as_u64().unwrap_or(1)),
        Some((unit, Value::Object(span))) => (unit.clone(), span.get("n").and_then(Value::as_u64).unwrap_or(1)),
        _ => ("days".to_owned(), 1),
    };
    match unit.as_str() {
        "hours" | "minutes" | "working_days" => json!({ unit: count }),
        _ => json!({ "days": count }),
    }
}

/// The policy with clocks from the ownership start, in the default calendar, in plain spans.
fn simplified(policy: &Policy, only_days: bool, bare: bool) -> Policy {
    let mut draft: Value = serde_json::from_str(policy.canonical_json()).unwrap();
    let simplify = |span: &Value| {
        if only_days {
            json!({"days": plain_span(span).as_object().unwrap().values().next()})
        } else {
            plain_span(span)
        }
    };
    let mut lists = vec![draft["groups"].take()];
    lists.extend(draft.pointer_mut("/deal_customers/then/groups").map(Value::take));
    for groups in &mut lists {
        for group in groups.as_array_mut().unwrap() {
            if only_days {
                group.as_object_mut().unwrap().remove("all_of");
            }
            for trigger in group["triggers"].as_array_mut().unwrap() {
                let trigger = trigger.as_object_mut().unwrap();
                for key in [
                    "anchor",
                    "even_before_ownership",
                    "if_anchor_missing",
                    "satisfied_by",
                    "mode",
                    "calendar",
                    "action",
                    "notify_only",
                ] {
                    trigger.remove(key);
                }
                if let Some(base) = trigger.get_mut("base") {
                    *base = simplify(base);
                }
                if let Some(cap) = trigger.get_mut("max_hold") {
                    *cap = simplify(cap);
                }
                if let Some(Value::Object(renewals)) = trigger.get_mut("renewals") {
                    renewals.values_mut().for_each(|span| *span = simplify(span));
                }
                if bare {
                    trigger.remove("warnings");
                }
            }
        }
    }
    draft["groups"] = lists.remove(0);
    if let Some(groups) = lists.pop() {
        draft["deal_customers"]["then"]["groups"] = groups;
    }
    let draft_object = draft.as_object_mut().unwrap();
    if bare {
        for key in ["deal_customers", "exempt", "freeze_windows", "grace", "longest_lock"] {
            draft_object.remove(key);
        }
        draft["routing"].as_object_mut().unwrap().remove("rules");
    }
    Policy::from_json(&draft.to_string()).unwrap_or_else(|error| panic!("{error:?}\n{draft}"))
}

/// What the answers were about.
#[derive(Default)]
struct Seen(BTreeMap<&'static str, u32>);

impl Seen {
    fn count(&mut self, policy: &Policy, customers: &[(Customer, OwnerFacts<Rep>)], now: Timestamp) {
        for (customer, owner) in customers {
            let decision = policy.decide(customer, owner.as_ref(), now);
            let name = match decision.verdict() {
                Verdict::NotOwned => "not owned",
                Verdict::Undetermined(_) => "undetermined",
                Verdict::Held(_) if decision.next_change().is_some() => "held for a time",
                Verdict::Held(_) => "held",
                Verdict::Due => "due",
                Verdict::NoticePending(_) => "notice pending",
                Verdict::ReviewPending(_) => "review pending",
                Verdict::Warn(_) => "warned",
                Verdict::Keep => "kept",
            };
            *self.0.entry(name).or_default() += 1;
        }
    }
}

fn hold_alike(policy: &Policy, worlds: &[World], cut: usize, seen: &mut Seen) -> Result<(), TestCaseError> {
    let customers: Vec<_> = worlds.iter().map(|world| folded(policy, world)).collect();
    // The same customers once more, of owners of whom less is known.
    let customers: Vec<_> =
        customers.iter().cloned().chain(customers.iter().cloned().enumerate().map(less_known)).collect();
    // More rows than one word of a mask, each customer at several places of a word.
    let rows: Vec<_> = (0..150).filter_map(|row| customers.get((row * 7 + row / 9) % 8)).collect();
    let table = match CustomerTable::new(policy, rows.iter().map(|(customer, owner)| (customer, owner.as_ref()))) {
        Ok(table) => table,
        // No column has values of two types.
        Err(error) if matches!(error.problem(), ColumnProblem::Type { .. }) => return Ok(()),
        Err(error) => panic!("{error}"),
    };
    let columns = table.columns().unwrap();
    let mut out = DecisionColumns::default();
    let mut instants: Vec<Timestamp> = worlds.iter().map(|world| world.now).collect();
    let first = policy.decide(&customers[0].0, customers[0].1.as_ref(), instants[0]);
    for at in [first.due(), first.next_change()].into_iter().flatten() {
        instants.extend([-1, 0].into_iter().filter_map(|beside| at.checked_add_micros(beside)));
    }
    for now in instants {
        policy.decide_columns(&columns, now, &mut out);
        for (row, (customer, owner)) in rows.iter().enumerate() {
            let wanted = policy.decide(customer, owner.as_ref(), now);
            prop_assert_eq!(
                out.get(row),
                Some(wanted),
                "row {} of {:?} at {} under {}",
                row,
                customer,
                now,
                policy.canonical_json()
            );
            let of_row = columns.customer(row).unwrap();
            prop_assert_eq!(
                policy.decide(&of_row, columns.owner(row), now),
                wanted,
                "{:?} is not {:?}",
                of_row,
                customer
            );
        }
        seen.count(policy, &customers, now);
        let mut parts = DecisionColumns::new(rows.len());
        let (head, tail) = parts.as_slices().split_at(cut);
        policy.decide_rows(&columns, 0..cut, now, head).unwrap();
        policy.decide_rows(&columns, cut..rows.len(), now, tail).unwrap();
        prop_assert!(parts == out, "cut at {}", cut);
    }
    Ok(())
}

#[test]
fn columns_decide_as_rows_do() {
    let seen = std::cell::RefCell::new(Seen::default());
    let shapes = (strategies::worlds(), 0..150_usize, any::<bool>(), any::<bool>());
    check(POLICIES, shapes, |(worlds, cut, only_days, bare)| {
        let policy = simplified(&worlds[0].policy, only_days, bare);
        hold_alike(&policy, &worlds, cut, &mut seen.borrow_mut())
    });
    let seen = seen.into_inner().0;
    for name in ["not owned", "undetermined", "held for a time", "held", "due", "warned", "kept"] {
        assert!(seen.get(name).is_some_and(|count| *count > POLICIES / 20), "too few {name}: {seen:?}");
    }
}

#[test]
fn columns_decide_as_rows_do_under_every_policy() {
    check(POLICIES / 4, (strategies::worlds(), 0..150_usize), |(worlds, cut)| {
        hold_alike(&worlds[0].policy, &worlds, cut, &mut Seen::default())
    });
}
