//! Disabling and re-enabling a rule wipes every clock.
//!
//! Here a rule is switched by a revision of the policy without it, and one with it again.

use std::cell::Cell;

use customer_pool::time::Timestamp;
use customer_pool::{Decision, Policy, Verdict};
use serde_json::{Value, json};

use super::support::*;

/// Goal: after a rule was off for a while each customer's due instant is what it was, with single and with folded
/// activities.
fn check(evaluator: &dyn Evaluator) -> Outcome {
    let revision = |number: u32, mut keys: Value| {
        keys["revision"] = json!(number);
        evaluator.load(&document(keys))
    };
    let on = revision(1, silence(14))?;
    let off = revision(2, json!({ "groups": [] }))?;
    let on_again = revision(3, silence(14))?;

    let customer = customer(json!({ "activities": [call("2026-03-05 10:00")] }));
    let folded = evaluator.record(&on, &customer.clone().with_activities([]), listed(&customer))?;
    for (form, customer) in [("listed", &customer), ("folded", &folded)] {
        let decide = |policy, now| evaluator.decide(policy, Asked::new(customer, utc(now)));
        same(&format!("{form}: due"), decide(&on, "2026-03-10 09:00").due(), Some(utc("2026-03-20 00:00")))?;
        // A host that folds folds anew for every revision; these were folded for the rule that is off.
        if form == "listed" {
            same("due while the rule is off", decide(&off, "2026-03-11 09:00").due(), None)?;
            same("while the rule is off", decide(&off, "2026-03-22 09:00").verdict(), Verdict::Keep)?;
        }
        let again = decide(&on_again, "2026-03-12 09:00");
        same(&format!("{form}: due when the rule is on again"), again.due(), Some(utc("2026-03-20 00:00")))?;
        let late = decide(&on_again, "2026-03-22 09:00");
        same(&format!("{form}: after that"), late.verdict(), Verdict::Due)?;
    }
    Ok(())
}

/// Keeps due instants in an index of its own, which a rule that is off empties.
#[derive(Default)]
struct IndexIsWiped {
    wiped: Cell<Option<Timestamp>>,
}

impl Evaluator for IndexIsWiped {
    fn decide(&self, policy: &Policy, Asked { customer, owner, now }: Asked<'_>) -> Decision {
        if policy.trigger_ids().next().is_none() {
            self.wiped.set(Some(now));
        }
        let Some(wiped) = self.wiped.get() else { return policy.decide(customer, owner, now) };
        let restarted = misread(customer, |facts| facts["place"]["owned"]["clock_start"] = json!(wiped.min(now)));
        policy.decide(&restarted, owner, now)
    }
}

/// The lesson.
pub const LESSON: Lesson = Lesson {
    number: 9,
    check,
    wrong: &[Wrong {
        name: "a rule that is on again starts every clock anew",
        make: || Box::<IndexIsWiped>::default(),
    }],
};
