//! Draft papers protect for ever; one old opportunity exempts for ever, even deleted.

use customer_pool::model::{Customer, HoldKind};
use customer_pool::{Decision, Policy, Verdict};
use serde_json::{Value, json};

use super::support::*;

/// Goal: a live document holds until it ends, and nothing else holds; what ended leaves no trace but a grace, if the
/// policy has one. Method: a customer that is due, with documents in each state.
fn check(evaluator: &dyn Evaluator) -> Outcome {
    let mut keys = silence(14);
    keys["holds"] = json!(["sent_quote", "open_opportunity"]);
    let policy = evaluator.load(&document(keys))?;
    let paper = |kind: &str, live: bool, until: Option<&str>| {
        let mut paper = json!({ "kind": kind, "document": format!("{kind}.{live}"), "live": live });
        if let Some(until) = until {
            paper["until"] = json!(utc(until));
        }
        paper
    };
    let decide = |papers: &[Value], now: &str| {
        let customer = customer(json!({ "protection": { "holds": papers } }));
        evaluator.decide(&policy, Asked::new(&customer, utc(now)))
    };
    let (now, ended, ends) = ("2026-03-19 09:00", Some("2026-03-18 09:00"), Some("2026-03-20 09:00"));
    let (opportunity, quote) = ("open_opportunity", "sent_quote");
    for (what, papers) in [
        ("a draft", vec![paper(quote, false, None)]),
        ("a draft that is valid for longer", vec![paper(quote, false, ends)]),
        ("an opportunity that was lost", vec![paper(opportunity, false, None)]),
        ("an opportunity that ended", vec![paper(opportunity, true, ended)]),
        ("an opportunity that ended before the ownership", vec![paper(opportunity, true, Some("2024-05-01 00:00"))]),
        ("a draft beside one that ended", vec![paper(quote, false, None), paper(opportunity, true, ended)]),
        ("an opportunity that was deleted", vec![]),
    ] {
        same(what, decide(&papers, now).verdict(), Verdict::Due)?;
    }
    let live = [paper(quote, false, None), paper(opportunity, true, ends)];
    let held = decide(&live, now);
    let is_held = |decision: &Decision| matches!(decision.verdict(), Verdict::Held(_));
    same("whether a live one beside a draft holds", is_held(&held), true)?;
    same("when that changes", held.next_change(), ends.map(utc))?;
    same("once it has ended", decide(&live, "2026-03-20 09:00").verdict(), Verdict::Due)?;
    same("whether one without an end holds", is_held(&decide(&[paper(opportunity, true, None)], now)), true)
}

fn with_papers(customer: &Customer, how: impl Fn(&mut Value)) -> Customer {
    misread(customer, |facts| {
        facts.pointer_mut("/protection/holds").and_then(Value::as_array_mut).into_iter().flatten().for_each(how);
    })
}

/// Counts documents, whatever their state.
struct EveryPaperHolds;

impl Evaluator for EveryPaperHolds {
    fn decide(&self, policy: &Policy, Asked { customer, owner, now }: Asked<'_>) -> Decision {
        policy.decide(&with_papers(customer, |paper| paper["live"] = json!(true)), owner, now)
    }
}

/// Looks at the state, which nobody sets when the time is over.
struct NoPaperEnds;

impl Evaluator for NoPaperEnds {
    fn decide(&self, policy: &Policy, Asked { customer, owner, now }: Asked<'_>) -> Decision {
        let endless = with_papers(customer, |paper| {
            if paper["live"] == json!(true) {
                paper.as_object_mut().map(|paper| paper.remove("until"));
            }
        });
        policy.decide(&endless, owner, now)
    }
}

/// Whoever has had a document is exempt: of a deleted one the foreign key stays.
struct OnceHeldAlwaysExempt;

impl Evaluator for OnceHeldAlwaysExempt {
    fn decide(&self, policy: &Policy, Asked { customer, owner, now }: Asked<'_>) -> Decision {
        let had_one = customer.protection().is_some_and(|protection| {
            protection.holds().iter().any(|paper| *paper.kind() == HoldKind::OpenOpportunity)
        });
        let exempt = without_clock(policy);
        if had_one { &exempt } else { policy }.decide(customer, owner, now)
    }
}

/// The lesson.
pub const LESSON: Lesson = Lesson {
    number: 22,
    check,
    wrong: &[
        Wrong { name: "a draft holds", make: || Box::new(EveryPaperHolds) },
        Wrong { name: "a document holds past its end", make: || Box::new(NoPaperEnds) },
        Wrong { name: "an old opportunity exempts for ever", make: || Box::new(OnceHeldAlwaysExempt) },
    ],
};
