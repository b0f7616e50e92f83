//! What the fuzz targets do with their bytes. `tests/fuzz_corpus.rs` does the same with the committed corpus.

#![allow(dead_code, reason = "each target uses a part of it")]

#[path = "../../examples/pool/read.rs"]
mod read;

use std::sync::LazyLock;

use customer_pool::model::{Customer, Rep};
use customer_pool::record::Recorder;
use customer_pool::time::Timestamp;
use customer_pool::{Policy, PolicyError, ReasonCode};

use read::{BadInput, BadLine, Row, Rows};

/// How many changes of a decision are followed.
const CHANGES: usize = 4;

const MAXIMAL: &str = include_str!("../../tests/texts/policy/maximal.json");
const CUSTOMER: &str = include_str!("../../tests/texts/policy/customer.json");
const REP: &str = include_str!("../../tests/texts/policy/rep.json");
const PLAIN: &str = r#"{"id":"p","place":{"owned":{"owner":"r1","start":"2026-03-02T07:00:00Z"}}}"#;
const EARLY: &str = r#"{"id":"e","place":{"owned":{"owner":"r1","start":"0001-01-01T00:00:00Z"}},
    "activities":[{"kind":"call","actor":{"rep":"r1"},"occurred":{"at":"9999-12-31T23:59:59.999999Z"}}],
    "protection":{"locks":[{}],"pauses":[{"from":"0001-01-02T00:00:00Z","to":"9998-01-01T00:00:00Z"}]}}"#;

static CUSTOMERS: LazyLock<Vec<Customer>> = LazyLock::new(|| [PLAIN, EARLY, CUSTOMER].map(parse).into());
static REPS: LazyLock<Vec<Rep>> = LazyLock::new(|| vec![parse(REP)]);
static POLICY: LazyLock<Policy> = LazyLock::new(|| Policy::from_json(MAXIMAL).expect("a policy"));

fn parse<T: serde::de::DeserializeOwned>(text: &str) -> T {
    serde_json::from_str(text).expect("facts")
}

/// Bytes as a policy document: an error with a place, or a policy that prints what it reads and decides.
pub fn policy(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let policy = match Policy::from_json(text) {
        Ok(policy) => policy,
        Err(PolicyError::Shape(error)) => {
            assert!(error.line() <= text.lines().count() + 1, "{error}");
            assert!(error.path().starts_with('$') && !error.message().is_empty(), "{error}");
            return;
        }
        Err(PolicyError::Problems(problems)) => {
            assert!(!problems.is_empty() && problems.iter().all(|problem| problem.path().starts_with("$.")));
            return;
        }
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    let again = Policy::from_json(policy.canonical_json()).expect("canonical JSON is a policy");
    assert_eq!(again.revision(), policy.revision(), "printed and read again");
    for customer in CUSTOMERS.iter() {
        for owner in [None, REPS.first()] {
            for now in ["2026-03-02T07:00:00Z", "9999-12-31T23:59:59.999999Z"] {
                decide(&policy, customer, owner, now.parse().expect("an instant"));
            }
        }
    }
}

/// What is good of some rows; a bad one names a place in the input.
fn good<T>(bytes: &[u8], rows: Rows<'_, T>) -> Vec<T> {
    let lines: Vec<_> = bytes.split(|byte| *byte == b'\n').collect();
    let check = |row| match row {
        Ok(Row { line, value }) => {
            assert!((1..=lines.len() as u64).contains(&line), "line {line} of {}", lines.len());
            Some(value)
        }
        Err(BadInput::Row(bad, _) | BadInput::Rest(bad)) => {
            let BadLine { line, column, message } = &bad;
            let found = usize::try_from(*line - 1).ok().and_then(|line| lines.get(line));
            assert!(found.is_some_and(|found| (1..=found.len() as u64 + 1).contains(column)), "no such place: {bad}");
            assert!(!message.is_empty());
            None
        }
        Err(BadInput::Io(error)) => panic!("memory cannot fail: {error}"),
    };
    rows.filter_map(check).collect()
}

/// Bytes as a file of customers and of reps: an array, NDJSON or CSV.
pub fn customers(bytes: &[u8]) {
    let customers: Vec<Customer> = good(bytes, read::read_customers(bytes, POLICY.draft().attributes()));
    let mut reps = REPS.clone();
    reps.extend(good(bytes, read::read_reps(bytes)));
    for rep in &reps {
        let text = serde_json::to_string(rep).expect("facts print");
        assert_eq!(parse::<Rep>(&text), *rep, "{text}");
    }
    for customer in &customers {
        let text = serde_json::to_string(customer).expect("facts print");
        assert_eq!(parse::<Customer>(&text), *customer, "{text}");
        for owner in reps.iter().map(Some).chain([None]) {
            for now in [Timestamp::MIN, "2026-03-05T00:00:00Z".parse().expect("an instant"), Timestamp::MAX] {
                decide(&POLICY, customer, owner, now);
                record(&POLICY, customer, owner, now);
            }
        }
    }
}

/// Decides and follows the changes: each is later, and another decision than a microsecond before.
pub fn decide(policy: &Policy, customer: &Customer, owner: Option<&Rep>, now: Timestamp) {
    let mut decision = policy.decide(customer, owner, now);
    assert_eq!(*policy.explain(customer, owner, now).decision(), decision);
    let mut now = now;
    for _ in 0..CHANGES {
        let Some(next) = decision.next_change() else { return };
        assert!(next > now, "{next} is not later than {now}: {decision:?}");
        let before = next.checked_add_micros(-1).expect("later than some instant");
        let kept = policy.decide(customer, owner, before);
        assert!(kept.is_same(&decision), "{decision:?} became {kept:?} at {before}, before {next}");
        let changed = policy.decide(customer, owner, next);
        assert!(!changed.is_same(&decision), "{decision:?} did not change at {next}");
        (now, decision) = (next, changed);
    }
}

/// Folded activities decide as listed ones do, unless the one of a kind that they keep lies ahead.
fn record(policy: &Policy, customer: &Customer, owner: Option<&Rep>, now: Timestamp) {
    let Ok(recorder) = Recorder::new(policy, customer, owner) else { return };
    let folded = customer.clone().with_folded(recorder.finish());
    let text = serde_json::to_string(&folded).expect("facts print");
    assert_eq!(parse::<Customer>(&text), folded, "{text}");
    let (listed, folded) = (policy.decide(customer, owner, now), policy.decide(&folded, owner, now));
    assert!(folded.reasons().contains(ReasonCode::InFuture) || folded.is_same(&listed), "{folded:?} is not {listed:?}");
}
