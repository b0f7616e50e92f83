//! A follow-up time typed by a person is stored as is: a future date buys immunity, a back-dated note lowers
//! protection.

use customer_pool::decision::ReasonCode;
use customer_pool::model::{Activity, Customer, Occurred};
use customer_pool::record::{RecordError, Recorder};
use customer_pool::{Decision, Policy, Verdict};
use serde_json::{Value, json};

use super::support::*;

/// A call by `r1` with the time that was typed and the time of typing.
fn typed(occurred: &str, recorded: &str) -> Value {
    let mut typed = call(recorded);
    typed["occurred"] = json!({ "at": utc(occurred) });
    typed
}

/// Goal: a future-dated call counts when it was written down, a back-dated one moves nothing back.
fn check(evaluator: &dyn Evaluator) -> Outcome {
    let policy = evaluator.load(&document(silence(14)))?;

    let dated_next_year = customer(json!({ "activities": [typed("2027-03-05 10:00", "2026-03-05 10:00")] }));
    let decision = evaluator.decide(&policy, Asked::new(&dated_next_year, utc("2026-03-06 09:00")));
    same("the due instant after a call dated next year", decision.due(), Some(utc("2026-03-20 00:00")))?;
    let decision = evaluator.decide(&policy, Asked::new(&dated_next_year, utc("2026-03-22 09:00")));
    same("two weeks after a call dated next year", decision.verdict(), Verdict::Due)?;

    // Without the time of typing a future time is ignored, and reported.
    let mut unrecorded = call("2027-03-05 10:00");
    unrecorded.as_object_mut().expect("an object").remove("recorded");
    let ignored = customer(json!({ "activities": [call("2026-03-02 10:00"), unrecorded] }));
    let decision = evaluator.decide(&policy, Asked::new(&ignored, utc("2026-03-06 09:00")));
    same("the due instant after an ignored call", decision.due(), Some(utc("2026-03-17 00:00")))?;
    same("that it is reported", decision.reasons().contains(ReasonCode::InFuture), true)?;

    let called = customer(json!({ "activities": [call("2026-03-10 10:00")] }));
    let back_dated: Activity = serde_json::from_value(typed("2026-03-05 10:00", "2026-03-12 10:00"))?;
    let called = evaluator.record(&policy, &called, &[back_dated])?;
    let decision = evaluator.decide(&policy, Asked::new(&called, utc("2026-03-12 11:00")));
    same("the due instant after a back-dated call", decision.due(), Some(utc("2026-03-25 00:00")))
}

/// Believes that what is typed has happened.
struct FutureIsBelieved;

impl Evaluator for FutureIsBelieved {
    fn decide(&self, policy: &Policy, Asked { customer, owner, now }: Asked<'_>) -> Decision {
        let typed_ahead = |activity: &Activity| match (activity.occurred(), activity.recorded()) {
            (Some(Occurred::At(occurred)), Some(recorded)) if occurred > recorded => Some(occurred),
            _ => None,
        };
        let Some(occurred) = listed(customer).iter().filter_map(typed_ahead).max() else {
            return policy.decide(customer, owner, now);
        };
        let as_typed = misread(customer, |facts| {
            for activity in facts["activities"].as_array_mut().into_iter().flatten() {
                activity["recorded"] = activity["occurred"]["at"].clone();
            }
        });
        policy.decide(&as_typed, owner, now.max(occurred))
    }
}

/// One column holds what was typed last.
struct LastTypedWins;

impl Evaluator for LastTypedWins {
    fn record(&self, policy: &Policy, customer: &Customer, activities: &[Activity]) -> Result<Customer, RecordError> {
        let mut column = Recorder::empty(policy, customer, None)?;
        column.record_all(activities);
        Ok(customer.clone().with_folded(column.finish()))
    }
}

/// The lesson.
pub const LESSON: Lesson = Lesson {
    number: 4,
    check,
    wrong: &[
        Wrong { name: "a future time is believed", make: || Box::new(FutureIsBelieved) },
        Wrong { name: "the last typed time wins", make: || Box::new(LastTypedWins) },
    ],
};
