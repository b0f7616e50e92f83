//! "Never followed up" treated as already expired: a customer claimed today is gone at tonight's run. Or treated as no
//! clock: never reclaimed.

use customer_pool::model::{Activities, Customer};
use customer_pool::{Decision, Policy, Verdict};
use serde_json::json;

use super::support::*;

/// Goal: the clock of a customer that nobody has followed up started at the claim.
fn check(evaluator: &dyn Evaluator) -> Outcome {
    let policy = evaluator.load(&document(silence(14)))?;
    let customer = customer(json!({ "activities": [] }));
    let decide = |now| evaluator.decide(&policy, Asked::new(&customer, utc(now)));

    let tonight = decide("2026-03-02 23:00");
    same("tonight", tonight.verdict(), Verdict::Keep)?;
    same("the due instant", tonight.due(), Some(utc("2026-03-17 00:00")))?;
    same("tonight's next change", tonight.next_change(), Some(utc("2026-03-17 00:00")))?;
    same("two weeks and two days later", decide("2026-03-19 09:00").verdict(), Verdict::Due)
}

fn never_followed_up(customer: &Customer) -> bool {
    matches!(customer.activities(), Activities::Listed(list) if list.is_empty())
}

/// No last follow-up is older than every threshold.
struct ExpiredAlready;

impl Evaluator for ExpiredAlready {
    fn decide(&self, policy: &Policy, Asked { customer, owner, now }: Asked<'_>) -> Decision {
        if !never_followed_up(customer) {
            return policy.decide(customer, owner, now);
        }
        let long_silent =
            misread(customer, |facts| facts["place"]["owned"]["clock_start"] = json!("1970-01-01T00:00:00Z"));
        policy.decide(&long_silent, owner, now)
    }
}

/// No last follow-up compares with nothing.
struct NoClock;

impl Evaluator for NoClock {
    fn decide(&self, policy: &Policy, Asked { customer, owner, now }: Asked<'_>) -> Decision {
        if never_followed_up(customer) {
            return without_clock(policy).decide(customer, owner, now);
        }
        policy.decide(customer, owner, now)
    }
}

/// The lesson.
pub const LESSON: Lesson = Lesson {
    number: 1,
    check,
    wrong: &[
        Wrong { name: "never followed up is expired already", make: || Box::new(ExpiredAlready) },
        Wrong { name: "never followed up is no clock", make: || Box::new(NoClock) },
    ],
};
