//! What is wrong with rules about moves, and that the closed lists are closed.

use std::collections::BTreeSet;

use customer_pool::Policy;
use customer_pool::ledger::EventKind;
use customer_pool::moves::Refusal;
use customer_pool::policy::PolicyError;

use super::support::document;

/// Goal: every problem is found at its place with its code. Method: a document with each.
#[test]
fn every_problem_has_its_place() {
    let moves = r#"
        "release": {"reasons": ["a", "b", "a"], "pools": ["nowhere", "east", "east"],
                    "approval": {"is_true": "attribute.strategic"}},
        "take_back": {"reasons": ["c", "c"], "pools": ["gone"]},
        "extension": {"longest": {"days": 0}},
        "departures": [{"when": {"all": []}, "to": "successor"}, {"when": "always", "to": {"pool": "lost"}},
                       {"when": {"present": "rep.tenure"}, "to": "manager"}]"#;
    let Err(PolicyError::Problems(problems)) = Policy::from_json(&document("", moves)) else {
        panic!("it has problems");
    };
    let found: Vec<_> = problems.iter().map(|problem| (problem.code(), problem.path())).collect();
    assert_eq!(
        found,
        [
            ("policy.duplicate_id", "$.moves.release.reasons[2]"),
            ("policy.unknown_pool", "$.moves.release.pools[0]"),
            ("policy.duplicate_id", "$.moves.release.pools[2]"),
            ("condition.undeclared_attribute", "$.moves.release.approval.is_true"),
            ("policy.duplicate_id", "$.moves.take_back.reasons[1]"),
            ("policy.unknown_pool", "$.moves.take_back.pools[0]"),
            ("span.invalid", "$.moves.extension.longest"),
            ("condition.empty", "$.moves.departures[0].when.all"),
            ("policy.unknown_pool", "$.moves.departures[1].to.pool"),
            ("condition.wrong_subject", "$.moves.departures[2].when.present"),
        ]
    );
}

/// Goal: what only moves read, reclaim does not ask for. Method: a departure by the owner's unit.
#[test]
fn a_condition_of_moves_does_not_make_reclaim_ask_for_the_owner() {
    let moves = r#""departures": [{"when": {"in": {"fact": "owner.unit", "of": ["sales"]}}, "to": "manager"}]"#;
    let policy = super::support::policy("", moves);
    let customer = super::support::claimed();
    let verdict = policy.decide(&customer, None, super::support::at("2026-03-04T10:00:00")).verdict();
    assert_eq!(verdict, customer_pool::Verdict::Keep);
}

/// Goal: codes and names are stable texts, each once. Method: as sets.
#[test]
fn names_are_given_once() {
    let codes: BTreeSet<_> = Refusal::CODES.iter().chain(customer_pool::decision::Denial::CODES).collect();
    assert_eq!(codes.len(), Refusal::CODES.len() + customer_pool::decision::Denial::CODES.len());
    let events: BTreeSet<_> = EventKind::MOVES.iter().map(|event| event.as_str()).collect();
    assert_eq!(events.len(), EventKind::MOVES.len());
}
