//! Facts at every edge: each answer is a decision or an error, never a panic, and none takes long.

use std::time::{Duration, Instant as Clock};

use customer_pool::model::{
    Activity, ActivityKind, Actor, BusinessHold, Cause, Customer, Extension, Freeze, FreezeKind, HoldKind, Lock,
    Occurred, Ownership, PastOwnership, Place, Protection, Rep, WayIn,
};
use customer_pool::record::Recorder;
use customer_pool::time::Timestamp;
use customer_pool::{Policy, ReasonCode, Verdict, at};

/// How many of each thing are given.
const MANY: i64 = 10_000;
/// No decision takes longer, in a build that is neither optimised nor alone on its machine; a release build stays far
/// below.
const PATIENCE: Duration = Duration::from_secs(5);

const DAY: i64 = 86_400_000_000;

/// Policies that count in every way, from the first to the last year.
const TRIGGERS: [&str; 6] = [
    r#"{"id":"cap","when":"always","base":{"days":36500},"renewals":{"call":{"days":36500}},"max_hold":{"months":1200}}"#,
    r#"{"id":"long","when":{"present":"created"},"base":{"working_days":36500,"at":"24:00"},
        "renewals":{"call":{"working_hours":36500},"order":{"minutes":36500}}}"#,
    r#"{"id":"created","when":{"missing":"tier"},"anchor":"created","even_before_ownership":true,
        "if_anchor_missing":"from_ownership","base":{"months":1200,"roll":"next_working_day"}}"#,
    r#"{"id":"stages","when":"always","base":{"hours":1},"renewals":{"call":{"days":30}},
        "warnings":[{"id":"w","before":{"working_days":36500},"audience":["owner"]},
                    {"id":"x","before":{"minutes":36500},"audience":["owner"]}]}"#,
    r#"{"id":"day","when":"always","base":{"days":3},"renewals":{"call":{"days":3}},"qualifying":{"per_day":1}}"#,
    r#"{"id":"tell","when":"always","base":{"days":60},"renewals":{"order":{"days":60}},"mode":"notify_only"}"#,
];

fn policy(zone: &str, outside: &str, block_to: &str, skew: u32) -> Policy {
    let group = |(i, trigger): (usize, &str)| format!(r#"{{"id":"g{i}","triggers":[{trigger}]}}"#);
    let groups: Vec<String> = TRIGGERS.into_iter().enumerate().map(group).collect();
    let text = format!(
        r#"{{"format":1,"id":"公海🌊","revision":1,"default_calendar":"c","clock_skew_s":{skew},
        "calendars":{{"c":{{"zone":"{zone}","working_days":["mon"],"blocks":{{"mon":[["09:00","{block_to}"]]}},
            "on":["0001-01-01","9999-12-31"],"off":["2026-01-05"],
            "valid":{{"from":"0001-01-01","to":"9999-12-31"}},"outside":"{outside}"}}}},
        "pools":[{{"id":"池"}}],"routing":{{"fallback":"池"}},"holds":["open_order"],
        "longest_lock":{{"days":36500}},"grace":{{"working_hours":36500}},
        "freeze_windows":[{{"id":"f","from":"0001-01-03T00:00:00","to":"9999-12-29T00:00:00"}}],
        "groups":[{}]}}"#,
        groups.join(",")
    );
    Policy::from_json(&text).unwrap_or_else(|error| panic!("{zone}: {error}\n{text}"))
}

/// One with working time of a minute a week, among others.
fn policies() -> Vec<Policy> {
    let mut policies = vec![
        policy("UTC", "refuse", "09:01", 0),
        policy("+23:59", "assume_weekly_pattern", "24:00", 86_400),
        policy("-23:59", "assume_weekly_pattern", "09:01", 0),
    ];
    if cfg!(feature = "chrono-tz") {
        policies.push(policy("Europe/Paris", "refuse", "18:00", 86_400));
    }
    policies
}

fn moved(at: Timestamp, micros: i64) -> Timestamp {
    at.checked_add_micros(micros).unwrap_or(if micros < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

fn owned(start: Timestamp) -> Customer {
    let ownership = Ownership::new("销售🙂".parse().expect("an id"), start);
    Customer::new("客户\u{202e}\u{1}".parse().expect("an id"), Place::Owned(ownership))
}

fn call(at: Timestamp) -> Activity {
    let actor = Actor::Rep("销售🙂".parse().expect("an id"));
    Activity::new(ActivityKind::Call, actor, Some(Occurred::At(at)), None).expect("an instant is given")
}

/// Decides, explains, records and follows a few changes, each of which is later.
fn answer(policy: &Policy, customer: &Customer, owner: Option<&Rep>, now: Timestamp) {
    let mut now = now;
    for _ in 0..4 {
        let decision = policy.decide(customer, owner, now);
        assert_eq!(*policy.explain(customer, owner, now).decision(), decision);
        let _ = policy.warning(customer, &decision);
        let Some(next) = decision.next_change() else { break };
        assert!(next > now, "{next} is not later than {now}");
        assert!(!policy.decide(customer, owner, next).is_same(&decision), "nothing changes at {next}");
        now = next;
    }
    if let Ok(recorder) = Recorder::new(policy, customer, owner) {
        let folded = customer.clone().with_folded(recorder.finish());
        // A folded form keeps the latest of each kind only: while that lies ahead, it knows less than the list.
        let (folded, listed) = (policy.decide(&folded, owner, now), policy.decide(customer, owner, now));
        assert!(
            folded.reasons().contains(ReasonCode::InFuture) || folded.is_same(&listed),
            "{folded:?} is not {listed:?}"
        );
    }
}

/// The first and the last instants, a microsecond and a day around them, and the ends of the precomputed years, as now,
/// ownership, activity, lock, hold, freeze, extension, pause and leave.
#[test]
fn every_fact_at_every_edge_of_time_has_an_answer() {
    let edges: Vec<Timestamp> = [
        Timestamp::MIN,
        at!("1999-12-31T23:59:59.999999Z"),
        at!("2060-01-01T00:00:00Z"),
        at!("9990-06-01T12:00:00Z"),
        Timestamp::MAX,
    ]
    .into_iter()
    .flat_map(|edge| [-DAY, -1, 0, 1, DAY].map(|micros| moved(edge, micros)))
    .collect();
    for policy in policies() {
        for (i, &one) in edges.iter().enumerate() {
            let other = edges[(i * 7 + 3) % edges.len()];
            let (from, to) = (one.min(other), one.max(other));
            let mut customers = vec![
                owned(one),
                owned(one).with_created(other).with_last_deal(other).with_activities([call(other), call(one)]),
                owned(one).with_protection(Protection::new().with_pauses([(from, to)])),
            ];
            let protection = Protection::new()
                .with_lock(Lock::new(Some(from), Some(to)))
                .with_lock(Lock::new(None, None))
                .with_hold(BusinessHold::not_live(HoldKind::OpenOrder, "o".parse().expect("an id"), Some(other)))
                .with_freeze(Freeze::new(FreezeKind::Merge, Some(other)))
                .with_extension(Extension::new(Some(one), other));
            customers.push(owned(from).with_protection(protection));
            let kept = Ownership::new("销售🙂".parse().expect("an id"), to)
                .with_clock_start(from)
                .with_chain_start(Timestamp::MIN);
            let past = PastOwnership::new("r0".parse().expect("an id"), from, to, WayIn::Claim, Cause::Transferred);
            customers.push(
                Customer::new("c".parse().expect("an id"), Place::Owned(kept))
                    .with_past([past], Some(other))
                    .with_activities([call(one), call(other)]),
            );
            let rep = Rep::new("销售🙂".parse().expect("an id")).with_leave([(from, to)]);
            for customer in &customers {
                for now in [one, Timestamp::MAX] {
                    answer(&policy, customer, None, now);
                    answer(&policy, customer, Some(&rep), now);
                }
            }
        }
    }
}

/// A skew that reaches over both ends of time.
#[test]
fn a_clock_skew_at_the_edges_neither_overflows_nor_undoes_a_contradiction() {
    let [without, with] = [0, 86_400].map(|skew| policy("UTC", "refuse", "09:01", skew));
    let customer = owned(moved(Timestamp::MIN, 1));
    assert!(matches!(without.decide(&customer, None, Timestamp::MIN).verdict(), Verdict::Undetermined(_)));
    assert_eq!(without.decide(&customer, None, Timestamp::MIN).next_change(), Some(moved(Timestamp::MIN, 1)));
    assert!(!matches!(with.decide(&customer, None, Timestamp::MIN).verdict(), Verdict::Undetermined(_)));
    answer(&with, &owned(Timestamp::MAX).with_activities([call(Timestamp::MAX)]), None, moved(Timestamp::MAX, -DAY));
}

fn timed(what: &str, policy: &Policy, customer: &Customer, owner: Option<&Rep>, now: Timestamp) {
    let clock = Clock::now();
    let decision = policy.decide(customer, owner, now);
    let taken = clock.elapsed();
    eprintln!("{what}: {taken:?}, {:?}, {:?}", decision.verdict(), decision.next_change());
    assert!(taken < PATIENCE, "{what} took {taken:?}");
}

/// Ten thousand locks, holds, pauses, activities and everything at once, all of which could change the decision and
/// hardly one of which does.
#[test]
fn ten_thousand_facts_of_each_kind_are_decided_in_time() {
    let start = at!("2026-01-01T00:00:00Z");
    let now = moved(start, DAY);
    let minutes = |i: i64| moved(now, i * 60_000_000);
    let locks = (1..=MANY).map(|i| Lock::new(Some(start), Some(minutes(i))));
    let locked = locks.fold(Protection::new(), Protection::with_lock);
    let hold = |i: i64| BusinessHold::live(HoldKind::OpenOrder, i.into(), Some(minutes(i)));
    let held = (1..=MANY).map(hold).fold(Protection::new(), Protection::with_hold);
    let frozen = (1..=MANY)
        .map(|i| Freeze::new(FreezeKind::Merge, Some(minutes(i))))
        .fold(Protection::new(), Protection::with_freeze);
    let pauses: Vec<_> = (1..=MANY).map(|i| (minutes(2 * i), minutes(2 * i + 1))).collect();
    let activities: Vec<_> = (1..=MANY).map(|i| call(minutes(i))).collect();
    let all = (1..=MANY).fold(Protection::new().with_pauses(pauses.clone()), |all, i| {
        all.with_lock(Lock::new(Some(start), Some(minutes(i)))).with_hold(hold(i))
    });
    let rep =
        Rep::new("销售🙂".parse().expect("an id")).with_leave(pauses.iter().map(|(from, to)| (moved(*from, 1), *to)));
    let policy = &policy("UTC", "refuse", "09:01", 86_400);
    let plain = Policy::from_json(include_str!("../workloads/w1.json"));
    for policy in plain.iter().chain([policy]) {
        timed("locks", policy, &owned(start).with_protection(locked.clone()), None, now);
        timed("holds", policy, &owned(start).with_protection(held.clone()), None, now);
        timed("freezes", policy, &owned(start).with_protection(frozen.clone()), None, now);
        let paused = owned(start).with_protection(Protection::new().with_pauses(pauses.clone()));
        timed("pauses", policy, &paused, Some(&rep), now);
        timed("future activities", policy, &owned(start).with_activities(activities.clone()), None, now);
        timed("past activities", policy, &owned(start).with_activities(activities.clone()), None, minutes(MANY));
        timed(
            "all",
            policy,
            &owned(start).with_activities(activities.clone()).with_protection(all.clone()),
            Some(&rep),
            now,
        );
    }
    let past = (0..MANY).map(|i| {
        let from = moved(start, (i - MANY) * 60_000_000);
        PastOwnership::new(i.into(), from, moved(from, 60_000_000), WayIn::Claim, Cause::Released)
    });
    timed("past ownerships", policy, &owned(start).with_past(past, None), None, now);
    let tags = (0..MANY).map(|i| format!("标签{i}").parse().expect("a label"));
    timed("tags", policy, &owned(start).with_tags(tags), None, now);
}
