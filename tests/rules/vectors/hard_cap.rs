//! "Whatever activity happens, never past 04-14."

use chrono::{Days, NaiveDate};
use customer_pool::Policy;
use customer_pool::model::{Activity, ActivityKind, Actor, Customer, Occurred, Ownership, Place};
use customer_pool::time::Timestamp;

const POLICY: &str = include_str!("../../cases/policies/protection.json");

/// Goal: protection is renewed by three days at most and ends with 14 April. Method: a call on every subset of days
/// that matter, against the rule as written, in civil days.
#[test]
fn whatever_activity_happens_nobody_is_protected_past_14_april() {
    let policy = Policy::from_json(POLICY).expect("a policy");
    let claimed = NaiveDate::from_ymd_opt(2019, 3, 25).expect("a date");
    let at = |day: u64, time: &str| -> Timestamp {
        format!("{}T{time}+08:00", claimed + Days::new(day)).parse().expect("an instant")
    };
    // Days since the claim: early, around the base's end, around the cap.
    let days = [0, 3, 7, 8, 10, 11, 13, 14, 16, 17, 18, 19, 20, 21];
    for chosen in 0_u32..1 << days.len() {
        let called = || days.iter().enumerate().filter(|(i, _)| chosen & (1 << i) != 0).map(|(_, day)| *day);
        let calls = called().map(|day| {
            let actor = Actor::Rep("r1".parse().expect("an id"));
            Activity::new(ActivityKind::Call, actor, Some(Occurred::At(at(day, "18:00:00"))), None).expect("an instant")
        });
        let owned = Ownership::new("r1".parse().expect("an id"), at(0, "10:00:00"));
        let customer = Customer::new("c1".parse().expect("an id"), Place::Owned(owned)).with_activities(calls);
        let last_protected = called().max().map_or(10, |day| (day + 3).clamp(10, 20));
        let decision = policy.decide(&customer, None, at(22, "00:00:00"));
        let called: Vec<u64> = called().collect();
        assert_eq!(decision.due(), Some(at(last_protected + 1, "00:00:00")), "called on days {called:?}");
    }
}
