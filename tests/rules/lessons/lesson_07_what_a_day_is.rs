//! A boundary of `<=` days makes N + 1 days. The server's local zone decides what a day is; UTC midnight makes "today"
//! start at 08:00 in Beijing.

use customer_pool::time::Timestamp;
use customer_pool::{Decision, Policy, Verdict};
use serde_json::{Value, json};

use super::support::*;

/// A policy of one base span in Beijing.
fn beijing(base: &Value) -> String {
    let mut keys = groups(json!([{ "id": "span", "when": "always", "base": base }]));
    keys["calendars"] = json!({ "plain": {
        "zone": "+08:00", "working_days": ["mon", "tue", "wed", "thu", "fri"],
        "valid": { "from": "2024-01-01", "to": "2030-12-31" }
    } });
    document(keys)
}

/// Goal: protected up to the last microsecond of the N-th day of the policy's zone, and not one longer.
fn check(evaluator: &dyn Evaluator) -> Outcome {
    for (base, claimed, last) in [
        (json!({ "days": 3 }), "2026-03-02T15:00:00+08:00", "2026-03-05T23:59:59.999999+08:00"),
        // Monday in UTC, Tuesday in Beijing.
        (json!({ "days": 3 }), "2026-03-03T00:30:00+08:00", "2026-03-06T23:59:59.999999+08:00"),
        (json!({ "working_days": 3 }), "2026-03-02T15:00:00+08:00", "2026-03-05T23:59:59.999999+08:00"),
        (json!({ "hours": 72 }), "2026-03-02T15:00:00+08:00", "2026-03-05T14:59:59.999999+08:00"),
    ] {
        let policy = evaluator.load(&beijing(&base))?;
        let call = json!({ "kind": "call", "actor": { "rep": "r1" }, "occurred": { "at": claimed } });
        let customer = customer(json!({
            "place": { "owned": { "owner": "r1", "start": claimed } }, "activities": [call]
        }));
        let last: Timestamp = last.parse()?;
        let due = last.checked_add_micros(1).ok_or("no instant after the last")?;
        let decide = |now| evaluator.decide(&policy, Asked::new(&customer, now));
        same(&format!("the end of {base} from {claimed}"), decide(last).due(), Some(due))?;
        same(&format!("the last instant of {base} from {claimed}"), decide(last).verdict(), Verdict::Keep)?;
        same(&format!("the instant after {base} from {claimed}"), decide(due).verdict(), Verdict::Due)?;
    }
    Ok(())
}

/// Keeps while the days since are `<=` N: all of the day that begins at the due instant.
struct OneDayMore;

impl Evaluator for OneDayMore {
    fn decide(&self, policy: &Policy, Asked { customer, owner, now }: Asked<'_>) -> Decision {
        const DAY: i64 = 86_400_000_000;
        let decision = policy.decide(customer, owner, now);
        match (decision.verdict(), decision.due()) {
            (Verdict::Due, Some(due)) if now.as_micros() < due.as_micros() + DAY => {
                policy.decide(customer, owner, due.checked_add_micros(-1).expect("a due instant of our age"))
            }
            _ => decision,
        }
    }
}

/// Cuts days where the server's day is cut.
struct DaysOfTheServer;

impl Evaluator for DaysOfTheServer {
    fn decide(&self, policy: &Policy, Asked { customer, owner, now }: Asked<'_>) -> Decision {
        let in_utc = misapplied(policy, |document| {
            for calendar in document["calendars"].as_object_mut().into_iter().flat_map(|all| all.values_mut()) {
                calendar["zone"] = json!("UTC");
            }
        });
        in_utc.decide(customer, owner, now)
    }
}

/// The lesson.
pub const LESSON: Lesson = Lesson {
    number: 7,
    check,
    wrong: &[
        Wrong { name: "`<=` days are N + 1 days", make: || Box::new(OneDayMore) },
        Wrong { name: "days are cut at the server's midnight", make: || Box::new(DaysOfTheServer) },
    ],
};
