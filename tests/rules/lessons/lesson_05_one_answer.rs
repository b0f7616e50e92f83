//! The countdown on screen, the reminder list and the job are three queries that disagree; customers are lost without
//! ever having been listed.
//!
//! Here the screen asks `explain`, the list `warning`, the job `decide`.

use customer_pool::decision::ReasonCode;
use customer_pool::model::Customer;
use customer_pool::policy::WarningNotice;
use customer_pool::{Decision, Explanation, Policy, Verdict};
use serde_json::json;

use super::support::*;

/// Goal: who is lost was listed before, and at the instant that the screen showed. Method: a customer that is called
/// so often that only the hard cap ends its protection, looked at every morning.
fn check(evaluator: &dyn Evaluator) -> Outcome {
    let policy = evaluator.load(&document(groups(json!([{
        "id": "silent", "when": "always", "base": { "days": 10 }, "renewals": { "call": { "days": 10 } },
        "max_hold": { "days": 20 },
        "warnings": [{ "id": "soon", "before": { "days": 3 }, "audience": ["owner"] }]
    }]))))?;
    let customer = customer(json!({ "activities": [call("2026-03-08 10:00"), call("2026-03-18 10:00")] }));

    let (mut shown, mut listed) = (None, None);
    for day in 19..=26 {
        let now = utc(&format!("2026-03-{day} 09:00"));
        let decision = evaluator.decide(&policy, Asked::new(&customer, now));
        if decision.verdict() == Verdict::Due {
            same("when the job takes it, as shown before", decision.due(), shown)?;
            return same("whether it was listed before", listed, Some("soon".to_owned()));
        }
        let countdown = evaluator.explain(&policy, Asked::new(&customer, now)).decision().due();
        same("what the screen shows, against the job", countdown, decision.due())?;
        shown = countdown;
        let warning = evaluator.warning(&policy, &customer, &decision);
        listed = listed.or(warning.map(|warning| warning.stage.to_string()));
    }
    Err("the job never took it".into())
}

/// The screen counts from the last call and knows no hard cap.
struct ScreenCountsAlone;

impl Evaluator for ScreenCountsAlone {
    fn explain(&self, policy: &Policy, Asked { customer, owner, now }: Asked<'_>) -> Explanation {
        let uncapped = misapplied(policy, |document| {
            everywhere(document, &mut |part| {
                part.as_object_mut().map(|part| part.remove("max_hold"));
            });
        });
        uncapped.explain(customer, owner, now)
    }
}

/// The list asks for silent customers only.
struct ListKnowsSilenceOnly;

impl Evaluator for ListKnowsSilenceOnly {
    fn warning(&self, policy: &Policy, customer: &Customer, decision: &Decision) -> Option<WarningNotice> {
        policy.warning(customer, decision).filter(|_| !decision.reasons().contains(ReasonCode::Capped))
    }
}

/// The lesson.
pub const LESSON: Lesson = Lesson {
    number: 5,
    check,
    wrong: &[
        Wrong { name: "the screen counts for itself", make: || Box::new(ScreenCountsAlone) },
        Wrong { name: "the list asks another question", make: || Box::new(ListKnowsSilenceOnly) },
    ],
};
