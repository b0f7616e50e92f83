//! A rule change said to apply to new data only is applied to everyone tonight.

use customer_pool::model::Customer;
use customer_pool::policy::Revisions;
use customer_pool::{Decision, Policy, Verdict};
use serde_json::{Value, json};

use super::support::*;

const CHANGE: &str = "2026-03-21 12:00";
const TONIGHT: &str = "2026-03-21 23:00";

/// Thirty days, and from the change on seven.
fn shortened(evaluator: &dyn Evaluator, transition: &Value) -> Result<Revisions, Box<dyn std::error::Error>> {
    let mut new = silence(7);
    new["revision"] = json!(2);
    new["effective_from"] = json!(utc(CHANGE));
    new["transition"] = transition.clone();
    Ok(Revisions::new([evaluator.load(&document(silence(30)))?, evaluator.load(&document(new))?])?)
}

fn claimed(at: &str) -> Customer {
    let owned = json!({ "owned": { "owner": "r1", "start": utc(at) } });
    customer(json!({ "place": owned, "activities": [] }))
}

/// Goal: on the night of a change from thirty days to seven nobody loses a customer by it, except where the policy says
/// so; who begins after it is under it. Method: old ownerships of every age that the new rule would take, per transition.
fn check(evaluator: &dyn Evaluator) -> Outcome {
    let ages = ["2026-02-20 09:00", "2026-03-01 09:00", "2026-03-13 09:00"];
    let notice = json!({ "retime_with_notice": { "days": 3 } });
    let old_dues = ["2026-03-23 00:00", "2026-04-01 00:00", "2026-04-13 00:00"];
    let notice_dues = ["2026-03-23 00:00", "2026-03-25 00:00", "2026-03-25 00:00"];
    for (transition, dues) in [(json!("grandfather"), old_dues), (notice, notice_dues)] {
        let revisions = shortened(evaluator, &transition)?;
        for (start, due) in ages.into_iter().zip(dues) {
            let what = |when: &str| format!("{transition}, claimed at {start}, {when}");
            let decide = |now| evaluator.decide_revised(&revisions, Asked::new(&claimed(start), utc(now)));
            same(&what("tonight"), decide(TONIGHT).verdict(), Verdict::Keep)?;
            same(&what("the due instant"), decide(TONIGHT).due(), Some(utc(due)))?;
            same(&what("at that instant"), decide(due).verdict(), Verdict::Due)?;
        }
        let new = evaluator.decide_revised(&revisions, Asked::new(&claimed("2026-03-21 15:00"), utc(TONIGHT)));
        same(&format!("{transition}, a new one"), new.due(), Some(utc("2026-03-29 00:00")))?;
    }
    // A policy that means everyone says so.
    let revisions = shortened(evaluator, &json!("retime"))?;
    let retimed = evaluator.decide_revised(&revisions, Asked::new(&claimed("2026-03-01 09:00"), utc(TONIGHT)));
    same("retime, tonight", retimed.verdict(), Verdict::Due)
}

/// The job reads the settings of now.
struct EverybodyIsUnderTheNewest;

impl Evaluator for EverybodyIsUnderTheNewest {
    fn decide_revised(&self, revisions: &Revisions, Asked { customer, owner, now }: Asked<'_>) -> Decision {
        revisions.effective_at(now).decide(customer, owner, now)
    }
}

/// The same revisions with other words about old ownerships.
fn reworded(revisions: &Revisions, how: impl Fn(&mut Value)) -> Revisions {
    let reword = |policy: &Policy| {
        misapplied(policy, |document| {
            if let Some(transition) = document.get_mut("transition") {
                how(transition);
            }
        })
    };
    Revisions::new(revisions.revisions().iter().map(reword)).expect("revisions with other words")
}

/// What is announced for later holds at once.
struct NoNoticeIsGiven;

impl Evaluator for NoNoticeIsGiven {
    fn decide_revised(&self, revisions: &Revisions, Asked { customer, owner, now }: Asked<'_>) -> Decision {
        let at_once = reworded(revisions, |transition| {
            if transition.is_object() {
                *transition = json!("retime");
            }
        });
        at_once.decide(customer, owner, now).decision
    }
}

/// Old ownerships are spared tonight, and then are under the new rule all the same.
struct NewOnesOnlyIsForgotten;

impl Evaluator for NewOnesOnlyIsForgotten {
    fn decide_revised(&self, revisions: &Revisions, Asked { customer, owner, now }: Asked<'_>) -> Decision {
        let later = reworded(revisions, |transition| {
            if *transition == json!("grandfather") {
                *transition = json!({ "retime_with_notice": { "days": 1 } });
            }
        });
        later.decide(customer, owner, now).decision
    }
}

/// The lesson.
pub const LESSON: Lesson = Lesson {
    number: 24,
    check,
    wrong: &[
        Wrong { name: "everybody is under the newest rules", make: || Box::new(EverybodyIsUnderTheNewest) },
        Wrong { name: "a notice of a change is not given", make: || Box::new(NoNoticeIsGiven) },
        Wrong { name: "new ones only is forgotten the day after", make: || Box::new(NewOnesOnlyIsForgotten) },
    ],
};
