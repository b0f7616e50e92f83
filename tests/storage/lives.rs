//! Drawn lives: whatever commands come, histories and stores are of one piece; and every kind of everything is reached.
#![cfg(feature = "proptest1")]

use std::collections::BTreeSet;

use customer_pool::ledger::{EventKind, fold, read_event};
use customer_pool::moves::Refusal;
use customer_pool::plan::{Command, Intent, ItemOutcome};
use customer_pool::service::{Audit, Driver};
use customer_pool::store::PoolStore;
use customer_pool::strategies;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

fn name_of(intent: &Intent) -> String {
    let json = serde_json::to_value(intent).expect("JSON");
    json.as_str().map(str::to_owned).or_else(|| Some(json.as_object()?.keys().next()?.clone())).expect("a name")
}

/// The names of all intents, as the wire has them.
const INTENTS: &[&str] = &[
    "claim",
    "pull",
    "ask",
    "confirm",
    "withdraw",
    "expire",
    "draw",
    "release",
    "approve_release",
    "refuse_release",
    "undo_claim",
    "take_back",
    "assign",
    "transfer",
    "depart",
    "restore",
    "move_to",
    "escalate",
    "create",
    "import",
    "admit",
    "merge",
    "close",
    "lock",
    "unlock",
    "extend",
    "freeze",
    "unfreeze",
    "place_hold",
    "lift_hold",
    "pause",
    "reclaim",
    "wake",
    "review",
    "record_activity",
    "refold",
    "change",
    "change_tier",
    "review_tier",
    "review_life_cycle",
    "add_collaborator",
    "remove_collaborator",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Goal: states are folds of events, events survive the wire, every decision replays, and no answer is given twice.
    #[test]
    fn every_life_is_of_one_piece(life in strategies::life()) {
        let mut store = life.store.clone();
        let driver = Driver::new(&life.rules);
        for customer in life.store.customer_ids() {
            let audit = driver.audit(&customer).on(&mut store).expect("no failure");
            prop_assert!(matches!(audit, Audit::Whole { .. }), "{}: {:?}", customer, audit);
            let Ok(events) = store.events(&customer, 1, usize::MAX);
            let Ok(state) = store.customer(&customer);
            prop_assert_eq!(fold(&events), Ok(state));
            for event in &events {
                let text = serde_json::to_string(event).expect("JSON");
                prop_assert_eq!(&read_event(&text).expect("an event"), event);
            }
        }
        for (command, now, outcome) in &life.commands {
            let text = serde_json::to_string(command).expect("JSON");
            prop_assert_eq!(&serde_json::from_str::<Command>(&text).expect("a command"), command);
            let applied = matches!(outcome, ItemOutcome::Applied { .. });
            let Ok(kept) = store.outcome(command.key());
            prop_assert_eq!(kept.is_some(), applied);
            if applied {
                let again = driver.run(command, *now).on(&mut store).expect("no failure");
                prop_assert_eq!(again.outcome(), Some(outcome));
            }
        }
    }
}

/// Goal: the strategies reach every intent and every kind of event. Method: a fixed seed, and a set of what was seen.
#[test]
fn the_strategies_reach_every_variant() {
    let (mut intents, mut events) = (BTreeSet::new(), BTreeSet::new());
    let mut runner = TestRunner::deterministic();
    let strategy = strategies::life();
    for _ in 0..1_500 {
        let life = strategy.new_tree(&mut runner).expect("a life").current();
        intents.extend(life.commands.iter().map(|(command, ..)| name_of(command.intent())));
        events.extend(life.events.iter().map(|event| event.kind()));
    }
    let missing: Vec<_> = INTENTS.iter().filter(|name| !intents.contains(**name)).collect();
    assert!(missing.is_empty(), "no life has {missing:?}");
    assert_eq!(intents.len(), INTENTS.len(), "the list is whole: {intents:?}");
    let missing: Vec<_> = EventKind::ALL.iter().filter(|kind| !events.contains(*kind)).collect();
    println!("{} kinds of events, without {missing:?}", events.len());
    // What only some policies of the strategy can bring about is left to the simulation, which has its own.
    assert!(missing.len() <= 12, "no life has {missing:?}");
}

/// Refusals that only rules made for them bring about: the worked tests of `tests/rules/moves/` that do.
const WORKED: &[(&str, &str, &str)] = &[
    ("move.reason_missing", "returns", "a_release_needs_a_listed_reason_and_a_note"),
    ("move.reason_unknown", "returns", "a_release_needs_a_listed_reason_and_a_note"),
    ("move.note_missing", "returns", "a_release_needs_a_listed_reason_and_a_note"),
    ("move.pool_unknown", "enter", "a_customer_is_created_somewhere"),
    ("merge.itself", "pools", "merge_and_close_are_final"),
    ("undo.over", "undo", "what_cannot_be_undone"),
    ("undo.used_up", "undo", "over_the_undos_of_the_day_a_release_is_ordinary_and_an_undo_refused"),
    ("restore.not_last_owner", "heirs", "a_restore_undoes_the_newest_reclaim"),
    ("escalate.ahead", "pools", "a_customer_escalates_to_the_pool_above"),
    ("reservation.open", "claims", "a_reservation_is_asked_for_confirmed_given_up_or_lapses"),
    ("lock.cap", "protection", "locks_per_rep_are_capped"),
    ("lock.too_long", "protection", "a_lock_is_no_longer_than_the_longest"),
    ("extension.too_long", "protection", "an_extension_is_granted_within_its_limits"),
    ("extension.limit", "protection", "an_extension_is_granted_within_its_limits"),
];

/// Goal: every refusal of the list is what some command comes to in some test. Method: the lives of a fixed seed, and the
/// worked tests that bring about the others. (Reason codes and verdicts are counted by `tests/laws/properties/`, denials by
/// `tests/laws/claim_properties/`, legal and illegal events by `tests/storage/ledger/`.)
#[test]
fn every_refusal_is_reached() {
    let mut reached = BTreeSet::new();
    let mut runner = TestRunner::deterministic();
    let strategy = strategies::life();
    for _ in 0..1_500 {
        let life = strategy.new_tree(&mut runner).expect("a life").current();
        for (.., outcome) in &life.commands {
            if let ItemOutcome::Refused { refusals, .. } = outcome {
                reached.extend(refusals.iter().map(|why| why.code().to_owned()));
            }
        }
    }
    for (code, file, test) in WORKED {
        let path = format!("{}/tests/rules/moves/{file}.rs", env!("CARGO_MANIFEST_DIR"));
        let source = std::fs::read_to_string(&path).expect(&path);
        assert!(source.contains(&format!("fn {test}()")), "`{test}` is not in {path}");
        reached.insert((*code).to_owned());
    }
    let missing: Vec<_> = Refusal::CODES.iter().filter(|code| !reached.contains(**code)).collect();
    assert!(missing.is_empty(), "no test is refused for {missing:?}");
}
