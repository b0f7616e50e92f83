//! Holidays handled by not running the job, so some customers never come due.
//!
//! Here holidays are data of the calendar: spans count them or not, and every instant has its decision.

use chrono::{DateTime, Days, Utc};
use customer_pool::{Decision, Policy, Verdict};
use serde_json::{Value, json};

use super::support::*;

/// A policy of one base span over the Spring Festival of 2026.
fn festival(base: &Value) -> String {
    let mut keys = groups(json!([{ "id": "span", "when": "always", "base": base }]));
    let off: Vec<String> = (15..=23).map(|day| format!("2026-02-{day}")).collect();
    keys["calendars"] = json!({ "plain": {
        "zone": "UTC", "working_days": ["mon", "tue", "wed", "thu", "fri"],
        "off": off, "valid": { "from": "2026-01-01", "to": "2026-12-31" }
    } });
    document(keys)
}

/// Goal: who comes due on a holiday is due on it and ever after; working days leave holidays out.
fn check(evaluator: &dyn Evaluator) -> Outcome {
    for (base, due, times) in [
        // Ends within the holidays: due on the holiday itself, and still when work begins again.
        (json!({ "days": 14 }), "2026-02-17 00:00", ["2026-02-19 09:00", "2026-02-25 09:00"]),
        // The tenth working day after Monday the 2nd is Tuesday the 24th.
        (json!({ "working_days": 10 }), "2026-02-25 00:00", ["2026-02-27 09:00", "2026-03-15 09:00"]),
    ] {
        let policy = evaluator.load(&festival(&base))?;
        let customer = customer(json!({
            "place": { "owned": { "owner": "r1", "start": "2026-02-02T09:00:00Z" } },
            "activities": [call("2026-02-02 10:00")]
        }));
        let before = evaluator.decide(&policy, Asked::new(&customer, utc("2026-02-16 09:00")));
        same(&format!("on a holiday before the end of {base}"), before.verdict(), Verdict::Keep)?;
        same(&format!("the end of {base}"), before.due(), Some(utc(due)))?;
        for now in times {
            let decision = evaluator.decide(&policy, Asked::new(&customer, utc(now)));
            same(&format!("at {now}, after {base}"), decision.verdict(), Verdict::Due)?;
        }
    }
    Ok(())
}

fn is_holiday(policy: &Policy, at: DateTime<Utc>) -> bool {
    policy.draft().calendars().values().any(|calendar| calendar.off().contains(&at.date_naive()))
}

/// On a holiday the answer is the last working day's.
struct NoRunOnHolidays;

impl Evaluator for NoRunOnHolidays {
    fn decide(&self, policy: &Policy, Asked { customer, owner, now }: Asked<'_>) -> Decision {
        let mut last_run = now.to_datetime();
        while is_holiday(policy, last_run) {
            last_run = last_run - Days::new(1);
        }
        policy.decide(customer, owner, last_run.try_into().expect("an instant of our age"))
    }
}

/// Each run takes those who come due that day, so nobody takes those of the days without a run.
struct EachRunItsOwnDay;

impl Evaluator for EachRunItsOwnDay {
    fn decide(&self, policy: &Policy, Asked { customer, owner, now }: Asked<'_>) -> Decision {
        let decision = policy.decide(customer, owner, now);
        match (decision.verdict(), decision.due()) {
            (Verdict::Due, Some(due)) if is_holiday(policy, due.to_datetime()) => {
                policy.decide(customer, owner, due.checked_add_micros(-1).expect("an instant of our age"))
            }
            _ => decision,
        }
    }
}

/// The lesson.
pub const LESSON: Lesson = Lesson {
    number: 8,
    check,
    wrong: &[
        Wrong { name: "no run on holidays", make: || Box::new(NoRunOnHolidays) },
        Wrong { name: "who comes due on a holiday is never taken", make: || Box::new(EachRunItsOwnDay) },
    ],
};
