//! Triggers that only notify say no more than is known.

use crate::support::at;
use customer_pool::model::{Customer, Lock, Ownership, Place, Protection};
use customer_pool::{Policy, ReasonCode, Verdict};
use serde_json::{Value, json};

/// A calendar that is valid up to 15 March 2026, and a trigger that only notifies beside one that decides.
fn policy(notifies: &Value, keys: &Value) -> Policy {
    let mut document = json!({
        "format": 1, "id": "p", "revision": 1, "default_calendar": "cn",
        "calendars": {"cn": {"zone": "Asia/Shanghai", "working_days": ["mon", "tue", "wed", "thu", "fri"],
                             "valid": {"from": "2026-01-01", "to": "2026-03-15"}}},
        "pools": [{"id": "pool"}], "routing": {"fallback": "pool"},
        "groups": [
            {"id": "tell", "triggers": [{"id": "tell", "when": "always", "base": notifies, "mode": "notify_only"}]},
            {"id": "take", "triggers": [{"id": "take", "when": "always", "base": {"days": 60}}]}
        ]
    });
    document.as_object_mut().unwrap().extend(keys.as_object().unwrap().clone());
    Policy::from_json(&document.to_string()).unwrap()
}

fn owned(protection: Protection) -> Customer {
    let ownership = Ownership::new("r1".parse().unwrap(), at("2026-03-02T09:00:00"));
    Customer::new("c1".parse().unwrap(), Place::Owned(ownership)).with_protection(protection)
}

/// The names of the triggers that notify, the verdict, and whether one of those triggers cannot be dated.
fn answer(policy: &Policy, customer: &Customer, now: &str) -> (Vec<String>, Verdict, bool) {
    let decision = policy.decide(customer, None, at(now));
    assert_eq!(*policy.explain(customer, None, at(now)).decision(), decision);
    let named = policy.notify_ids(decision.notify()).map(ToString::to_string).collect();
    (named, decision.verdict(), decision.reasons().contains(ReasonCode::NotifyUndated))
}

#[test]
fn a_trigger_that_only_notifies_is_listed_from_its_own_due_instant_on() {
    let policy = policy(&json!({"days": 3}), &json!({}));
    let customer = owned(Protection::new());
    assert_eq!(answer(&policy, &customer, "2026-03-05T23:59:59"), (vec![], Verdict::Keep, false));
    assert_eq!(answer(&policy, &customer, "2026-03-06T00:00:00"), (vec!["tell".to_owned()], Verdict::Keep, false));
}

/// Goal: what cannot be dated is never listed, whatever made it so. Method: a base that ends outside the calendar's
/// validity, and a day base, which is datable by itself, under a lock and under a grace that cannot be dated.
#[test]
fn a_trigger_that_only_notifies_and_cannot_be_dated_is_not_listed() {
    let outside = policy(&json!({"working_days": 30}), &json!({}));
    assert_eq!(answer(&outside, &owned(Protection::new()), "2026-04-20T00:00:00"), (vec![], Verdict::Keep, true));

    // An open-ended lock, which lasts for the longest lock; that ends outside the calendar.
    let out_of_range = Verdict::Undetermined(ReasonCode::CalendarOutOfRange);
    let locked = Protection::new().with_lock(Lock::new(Some(at("2026-03-03T09:00:00")), None));
    for keys in [
        json!({"longest_lock": {"working_days": 30}}),
        json!({"longest_lock": {"working_days": 30}, "grace": {"days": 1}}),
    ] {
        let policy = policy(&json!({"days": 3}), &keys);
        assert_eq!(answer(&policy, &owned(locked.clone()), "2026-03-10T00:00:00"), (vec![], out_of_range, true));
    }

    // A lock that has ended begins a grace that ends outside the calendar.
    let ended =
        Protection::new().with_lock(Lock::new(Some(at("2026-03-03T09:00:00")), Some(at("2026-03-09T09:00:00"))));
    let policy = policy(&json!({"days": 3}), &json!({"grace": {"working_days": 30}}));
    assert_eq!(answer(&policy, &owned(ended.clone()), "2026-03-08T00:00:00").0, ["tell"], "while the lock lives");
    assert_eq!(answer(&policy, &owned(ended), "2026-03-10T00:00:00"), (vec![], out_of_range, true));
}
