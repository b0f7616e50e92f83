//! Reminders chosen by date equality are lost when one run is missed; reminder de-duplication without a cycle swallows
//! the second round.

use std::error::Error;

use customer_pool::decision::Step;
use customer_pool::model::{Activity, Customer};
use customer_pool::policy::WarningNotice;
use customer_pool::{Decision, Policy, Verdict};
use serde_json::{Value, json};

use super::support::*;

/// Goal: a stage stays in force until the next one or the due instant, and is sent once in every cycle. Due is first
/// 17 March and, after a call, 27 March: `week` begins on the 9th and 19th, `soon` on the 14th and 24th.
fn check(evaluator: &dyn Evaluator) -> Outcome {
    let policy = evaluator.load(&document(groups(json!([{
        "id": "silent", "when": "always", "base": { "days": 14 }, "renewals": { "call": { "days": 14 } },
        "warnings": [
            { "id": "week", "before": { "days": 7 }, "audience": ["owner"] },
            { "id": "soon", "before": { "days": 2 }, "audience": ["owner", "manager"] }
        ]
    }]))))?;
    let notice = |customer: &Customer, now| {
        let decision = evaluator.decide(&policy, Asked::new(customer, utc(now)));
        let notice = evaluator.warning(&policy, customer, &decision).ok_or(format!("no warning on {now}"))?;
        Ok::<_, Box<dyn Error>>((notice.stage.to_string(), notice.sent, notice.key))
    };

    let mut customer = customer(json!({}));
    let early = evaluator.decide(&policy, Asked::new(&customer, utc("2026-03-08 02:00")));
    same("before the first stage", early.verdict(), Verdict::Keep)?;
    let (stage, sent, first) = notice(&customer, "2026-03-10 02:00")?;
    same("the night after a missed run", (stage.as_str(), sent), ("week", false))?;
    customer = customer.with_warned([first.clone()]);
    let (stage, sent, _) = notice(&customer, "2026-03-11 02:00")?;
    same("the night after it was sent", (stage.as_str(), sent), ("week", true))?;
    let (stage, sent, _) = notice(&customer, "2026-03-15 02:00")?;
    same("the most urgent stage after another missed run", (stage.as_str(), sent), ("soon", false))?;

    let renewed: Vec<Activity> = serde_json::from_value(json!([call("2026-03-02 10:00"), call("2026-03-12 10:00")]))?;
    let customer = customer.with_activities(renewed);
    let (stage, sent, second) = notice(&customer, "2026-03-20 02:00")?;
    same("the second round", (stage.as_str(), sent), ("week", false))?;
    same("that the second round has a key of its own", second != first, true)
}

/// Warns on the day on which a stage begins, and on no other.
struct WarnsOnTheDay;

impl Evaluator for WarnsOnTheDay {
    fn decide(&self, policy: &Policy, Asked { customer, owner, now }: Asked<'_>) -> Decision {
        let explanation = policy.explain(customer, owner, now);
        let late = |step: &Step| match step {
            Step::Stage(stage) if stage.in_force => {
                stage.at.is_some_and(|at| at.to_datetime().date_naive() != now.to_datetime().date_naive())
            }
            _ => false,
        };
        if !explanation.steps().iter().any(late) {
            return *explanation.decision();
        }
        let silent = misapplied(policy, |document| {
            everywhere(document, &mut |part| {
                part.as_object_mut().map(|part| part.remove("warnings"));
            });
        });
        silent.decide(customer, owner, now)
    }
}

/// Remembers that this customer was warned of this, not in which cycle.
struct OncePerCustomer;

impl Evaluator for OncePerCustomer {
    fn warning(&self, policy: &Policy, customer: &Customer, decision: &Decision) -> Option<WarningNotice> {
        let without_cycle = |key: &str| {
            let parts: Vec<Value> = serde_json::from_str(key).expect("a key is a list");
            let [customer, _ownership, trigger, _due, stage] = parts.try_into().expect("five parts");
            (customer, trigger, stage)
        };
        policy.warning(customer, decision).map(|notice| {
            let this = without_cycle(notice.key.as_str());
            let sent = customer.warned().iter().any(|key| without_cycle(key.as_str()) == this);
            WarningNotice { sent, ..notice }
        })
    }
}

/// The lesson.
pub const LESSON: Lesson = Lesson {
    number: 6,
    check,
    wrong: &[
        Wrong { name: "reminders go by date equality", make: || Box::new(WarnsOnTheDay) },
        Wrong { name: "de-duplication knows no cycle", make: || Box::new(OncePerCustomer) },
    ],
};
