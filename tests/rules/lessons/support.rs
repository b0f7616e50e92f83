//! What the lessons share: the engine's interface, and short ways to write policies and facts.

use std::error::Error;
use std::fmt::Debug;
use std::rc::Rc;

use customer_pool::claim::{BatchDecision, BatchItem, BatchMode, ClaimBatch, ClaimCase};
use customer_pool::decision::ClaimDecision;
use customer_pool::model::{Activities, Activity, Customer, Ledger, Rep};
use customer_pool::policy::{Revisions, WarningNotice};
use customer_pool::record::{RecordError, Recorder};
use customer_pool::sweep::{Ceilings, Recheck, SweepItem, SweepPlan};
use customer_pool::time::Timestamp;
use customer_pool::{Decision, Explanation, Policy, PolicyError};
use serde_json::{Value, json};

/// A check passes, or says what it found.
pub type Outcome = Result<(), Box<dyn Error>>;

/// A question about one customer.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    pub customer: &'a Customer,
    pub owner: Option<&'a Rep>,
    pub now: Timestamp,
}

impl<'a> Asked<'a> {
    /// Without a row of the owner.
    pub fn new(customer: &'a Customer, now: Timestamp) -> Self {
        Self { customer, owner: None, now }
    }
}

/// Several customers that one rep wants in one command.
#[derive(Clone, Copy)]
pub struct Batch<'a> {
    pub rep: &'a Rep,
    pub customers: &'a [Customer],
    pub ledgers: &'a [Ledger],
    pub mode: BatchMode,
}

impl<'a> Batch<'a> {
    /// Item by item.
    pub fn new(rep: &'a Rep, customers: &'a [Customer], ledgers: &'a [Ledger]) -> Self {
        Self { rep, customers, ledgers, mode: BatchMode::ItemByItem }
    }

    /// As the engine judges it.
    pub fn judged(&self, policy: &Policy, now: Timestamp) -> BatchDecision {
        let items: Vec<BatchItem<'_>> = self.customers.iter().map(BatchItem::from).collect();
        policy.claim_batch(&ClaimBatch::new(self.rep, &items, self.mode).with_ledgers(self.ledgers), now)
    }
}

/// The engine's interface. What an evaluator does not say for itself, the engine says.
pub trait Evaluator {
    /// Reads and validates a policy.
    fn load(&self, document: &str) -> Result<Policy, PolicyError> {
        Policy::from_json(document)
    }

    /// The customer with these activities folded into its facts.
    fn record(&self, policy: &Policy, customer: &Customer, activities: &[Activity]) -> Result<Customer, RecordError> {
        let mut recorder = Recorder::new(policy, customer, None)?;
        recorder.record_all(activities);
        Ok(customer.clone().with_folded(recorder.finish()))
    }

    /// Whether the owner keeps the customer.
    fn decide(&self, policy: &Policy, Asked { customer, owner, now }: Asked<'_>) -> Decision {
        policy.decide(customer, owner, now)
    }

    /// The same, with every step.
    fn explain(&self, policy: &Policy, Asked { customer, owner, now }: Asked<'_>) -> Explanation {
        policy.explain(customer, owner, now)
    }

    /// Whether a rep may have a customer.
    fn claim(&self, policy: &Policy, case: &ClaimCase<'_>, now: Timestamp) -> ClaimDecision {
        policy.claim(case, now)
    }

    /// The same for several customers of one rep in one command.
    fn claim_batch(&self, policy: &Policy, batch: Batch<'_>, now: Timestamp) -> BatchDecision {
        batch.judged(policy, now)
    }

    /// The warning in force.
    fn warning(&self, policy: &Policy, customer: &Customer, decision: &Decision) -> Option<WarningNotice> {
        policy.warning(customer, decision)
    }

    /// What a run is to do about these.
    fn plan_sweep(&self, policy: &Policy, rows: &mut dyn Iterator<Item = SweptRow>, now: Timestamp) -> SweepPlan {
        policy.plan_sweep(rows, now, Ceilings::new())
    }

    /// Whether a planned item is still to be done.
    fn recheck(&self, policy: &Policy, planned: &SweepItem, Asked { customer, owner, now }: Asked<'_>) -> Recheck {
        policy.recheck(planned, customer, owner, now)
    }

    /// Whether the owner keeps the customer, under the revision that binds it.
    fn decide_revised(&self, revisions: &Revisions, Asked { customer, owner, now }: Asked<'_>) -> Decision {
        revisions.decide(customer, owner, now).decision
    }
}

/// What a sweep reads of one customer: the facts, and what is known of the owner.
pub type SweptRow = (Rc<Customer>, Option<Rep>);

/// The crate itself.
pub struct Engine;

impl Evaluator for Engine {}

/// A mistake, the check that finds it, and evaluators that make it.
pub struct Lesson {
    /// Its number in the list of mistakes.
    pub number: usize,
    /// What is right.
    pub check: fn(&dyn Evaluator) -> Outcome,
    /// Who does it wrong.
    pub wrong: &'static [Wrong],
}

/// A deliberately wrong evaluator.
pub struct Wrong {
    /// The mistake, in words.
    pub name: &'static str,
    /// A new one: some remember what they saw.
    pub make: fn() -> Box<dyn Evaluator>,
}

/// Compares what an evaluator said with what is right.
pub fn same<T: PartialEq + Debug>(what: &str, found: T, right: T) -> Outcome {
    if found == right { Ok(()) } else { Err(format!("{what}: found {found:?}, right is {right:?}").into()) }
}

/// `2026-03-17 00:00` in UTC.
pub fn utc(text: &str) -> Timestamp {
    format!("{}:00Z", text.replace(' ', "T")).parse().expect("a date and a time")
}

/// A policy document of one pool and a plain calendar in UTC, with these keys besides or instead.
pub fn document(keys: Value) -> String {
    let mut document = json!({
        "format": 1, "id": "lesson", "revision": 1,
        "calendars": { "plain": {
            "zone": "UTC", "working_days": ["mon", "tue", "wed", "thu", "fri"],
            "valid": { "from": "2024-01-01", "to": "2030-12-31" }
        } },
        "default_calendar": "plain",
        "pools": [{ "id": "pool" }],
        "routing": { "fallback": "pool" }
    });
    replace(&mut document, keys);
    document.to_string()
}

/// The keys of a policy that takes a customer back after so many days without a call.
pub fn silence(days: u32) -> Value {
    let span = json!({ "days": days });
    groups(json!([{ "id": "silent", "when": "always", "base": span, "renewals": { "call": span } }]))
}

/// The keys of a policy of one group with these triggers.
pub fn groups(triggers: Value) -> Value {
    json!({ "groups": [{ "id": "group", "triggers": triggers }] })
}

/// A customer that `r1` claimed on Monday 2 March 2026 at 09:00 and called an hour later, with these facts besides or
/// instead.
pub fn customer(facts: Value) -> Customer {
    let mut customer = json!({
        "id": "c1",
        "place": { "owned": { "owner": "r1", "start": "2026-03-02T09:00:00Z" } },
        "activities": [call("2026-03-02 10:00")]
    });
    replace(&mut customer, facts);
    serde_json::from_value(customer).expect("a customer")
}

/// A call by `r1`.
pub fn call(at: &str) -> Value {
    json!({ "kind": "call", "actor": { "rep": "r1" }, "occurred": { "at": utc(at) }, "recorded": utc(at) })
}

fn replace(object: &mut Value, keys: Value) {
    if let (Value::Object(object), Value::Object(keys)) = (object, keys) {
        object.extend(keys);
    }
}

/// The customer as somebody sees it who misreads its facts in this way.
pub fn misread(customer: &Customer, how: impl FnOnce(&mut Value)) -> Customer {
    let mut facts = serde_json::to_value(customer).expect("facts have a wire form");
    how(&mut facts);
    serde_json::from_value(facts).expect("misread facts are facts")
}

/// The policy as somebody applies it who misreads its document in this way.
pub fn misapplied(policy: &Policy, how: impl FnOnce(&mut Value)) -> Policy {
    let mut document = serde_json::to_value(policy.draft()).expect("a policy has a wire form");
    how(&mut document);
    Policy::from_json(&document.to_string()).expect("a misread policy is a policy")
}

/// The policy as it is where a customer has no clock.
pub fn without_clock(policy: &Policy) -> Policy {
    misapplied(policy, |document| document["groups"] = json!([]))
}

/// Applies `change` to every value inside `value`, inner ones first, and to itself.
pub fn everywhere(value: &mut Value, change: &mut impl FnMut(&mut Value)) {
    match value {
        Value::Array(parts) => parts.iter_mut().for_each(|part| everywhere(part, change)),
        Value::Object(parts) => parts.values_mut().for_each(|part| everywhere(part, change)),
        _ => {}
    }
    change(value);
}

/// The single activities of a customer as they are written down.
pub fn listed(customer: &Customer) -> &[Activity] {
    match customer.activities() {
        Activities::Listed(list) => list,
        Activities::Folded(_) => &[],
    }
}
