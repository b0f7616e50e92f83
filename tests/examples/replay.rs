//! The replay of a log of work items: by wake-ups and by hourly scans alike, on a made-up log and on the real one.
#![cfg(feature = "chrono-tz")]

#[path = "../../examples/replay/both_ways.rs"]
mod both_ways;
#[path = "../../examples/replay/log.rs"]
mod log;
#[path = "../../examples/replay/world.rs"]
mod world;

use customer_pool::Policy;

use crate::support::shared;
use both_ways::{Outcome, replay};
use log::{Log, What};
use world::{Act, Event};

const POLICY: &str = include_str!("../../examples/data/replay_policy.json");
const MADE_UP: &str = include_str!("../../examples/data/replay_log.csv");

fn policy(text: &str) -> Policy {
    Policy::from_json(text).expect("the policy is valid")
}

fn log(text: &str) -> Log {
    Log::read(text.as_bytes()).expect("the log is readable")
}

fn lines(events: &[Event], policy: &Policy, log: &Log) -> Vec<String> {
    events.iter().map(|event| event.line(policy, log)).collect()
}

fn count(events: &[Event]) -> (usize, usize) {
    let warned = events.iter().filter(|event| matches!(event.act, Act::Warned(_))).count();
    (warned, events.len() - warned)
}

/// Goal: the rules of the replay, each by a case of the made-up log: follow-ups by others and by the system count, a
/// first validation by the system is a deal, nothing comes after it, a hard cap across the change of the clocks, an
/// item that spans the reclaim, a follow-up at the very instant of the warning. Method: dates worked out by hand.
#[test]
fn the_made_up_log_gives_these_events() {
    let (policy, log) = (policy(POLICY), log(MADE_UP));
    let outcome = replay(&policy, &log).unwrap();
    let expected = [
        "2012-03-05T23:00:00Z 103 of anna (ownership 1) warned (last_day): first_follow_up due 2012-03-06T23:00:00Z",
        "2012-03-05T23:00:00Z 102 of ben (ownership 1) warned (last_day): first_follow_up due 2012-03-06T23:00:00Z",
        "2012-03-06T23:00:00Z 103 of anna (ownership 1) reclaimed to pool: first_follow_up due 2012-03-06T23:00:00Z",
        "2012-03-11T23:00:00Z 107 of anna (ownership 1) warned (last_day): first_follow_up due 2012-03-12T23:00:00Z",
        "2012-03-12T23:00:00Z 107 of anna (ownership 1) reclaimed to pool: first_follow_up due 2012-03-12T23:00:00Z",
        "2012-03-14T23:00:00Z 103 of carl (ownership 2) warned (last_day): silent due 2012-03-15T23:00:00Z",
        "2012-03-15T23:00:00Z 103 of carl (ownership 2) reclaimed to pool: silent due 2012-03-15T23:00:00Z",
        "2012-04-03T22:00:00Z 104 of ben (ownership 1) warned (last_day): silent due 2012-04-04T22:00:00Z",
        "2012-04-04T22:00:00Z 104 of ben (ownership 1) reclaimed to pool: silent due 2012-04-04T22:00:00Z",
    ];
    assert_eq!(lines(&outcome.events, &policy, &log), expected);
    assert!(outcome.agrees());
    assert_eq!((outcome.confirmed, outcome.undone.len(), outcome.overtaken.len()), (9, 0, 0));
    assert_eq!((log.rows, log.customers.len(), log.skipped), (31, 6, 2));
    assert_eq!((outcome.ownerships, outcome.deals, outcome.still_owned), (9, 4, 1));
    assert_eq!(outcome.undetermined, 0);
}

/// Goal: the order of rows means nothing. Method: the same rows backwards.
#[test]
fn the_order_of_rows_changes_nothing() {
    let policy = policy(POLICY);
    let (header, rows) = MADE_UP.split_once('\n').unwrap();
    let backwards: Vec<&str> = std::iter::once(header).chain(rows.lines().rev()).collect();
    let backwards = replay(&policy, &log(&backwards.join("\n"))).unwrap();
    assert_eq!(backwards, replay(&policy, &log(MADE_UP)).unwrap());
}

/// Goal: with clocks that end within the hour the comparison tells apart what it should. Method: one case for each
/// way in which a scan can come too late, by hand; that `d` agrees at 16:30 shows that the scans' world was told.
#[test]
fn events_that_no_scan_can_see_are_counted_apart() {
    let policy = policy(
        r#"{"format": 1, "id": "quick", "revision": 1, "default_calendar": "utc",
        "calendars": {"utc": {"zone": "UTC", "working_days": ["mon"], "valid": {"from": "2012-01-01", "to": "2012-12-31"}}},
        "pools": [{"id": "pool"}], "routing": {"fallback": "pool"}, "groups": [
        {"id": "g1", "triggers": [{"id": "quick", "when": "always", "base": {"hours": 2}, "satisfied_by": ["call"],
            "qualifying": {"by": "anyone"}, "warnings": [{"id": "soon", "before": {"minutes": 10}, "audience": ["owner"]}]}]},
        {"id": "g2", "triggers": [{"id": "slow", "when": "always", "base": {"hours": 4}}]}]}"#,
    );
    let mut text = "case,activity,resource,start,end\n".to_owned();
    for (case, activity, resource, start, end) in [
        ("a", "W_Completeren aanvraag", "r1", "10:02", "10:03"),
        ("a", "W_Nabellen offertes", "r1", "11:53", "11:55"),
        ("b", "W_Completeren aanvraag", "r1", "10:02", "10:03"),
        ("c", "W_Completeren aanvraag", "r1", "10:30", "10:31"),
        ("d", "W_Completeren aanvraag", "r1", "10:05", "10:06"),
        ("d", "W_Nabellen offertes", "r2", "12:30", "12:40"),
        ("e", "W_Completeren aanvraag", "r1", "10:05", "10:06"),
        ("e", "W_Afhandelen leads", "SYS", "12:20", "12:30"),
        ("f", "W_Valideren aanvraag", "r1", "17:30", "17:40"),
    ] {
        text += &format!("{case},{activity},{resource},2012-03-05T{start}:00.000Z,2012-03-05T{end}:00.000Z\n");
    }
    let log = log(&text);
    let outcome = replay(&policy, &log).unwrap();
    assert_eq!(
        lines(&outcome.undone, &policy, &log),
        [
            "2012-03-05T11:52:00Z a of r1 (ownership 1) warned (soon): quick due 2012-03-05T12:02:00Z",
            "2012-03-05T12:05:00Z d of r1 (ownership 1) reclaimed to pool: quick due 2012-03-05T12:05:00Z",
        ]
    );
    assert_eq!(
        lines(&outcome.overtaken, &policy, &log),
        ["2012-03-05T12:20:00Z c of r1 (ownership 1) warned (soon): quick due 2012-03-05T12:30:00Z"]
    );
    let last = outcome.events.last().map(|event| event.line(&policy, &log));
    let expected = "2012-03-05T16:30:00Z d of r2 (ownership 2) reclaimed to pool: slow due 2012-03-05T16:30:00Z";
    assert_eq!(last.as_deref(), Some(expected));
    assert!(outcome.agrees());
    assert_eq!((outcome.confirmed, count(&outcome.events), outcome.deals), (8, (5, 6), 1));
}

/// Goal: the comparison can fail. Method: a scan that finds nothing, one that finds a thing twice, and one that finds
/// another due instant.
#[test]
fn what_only_one_way_finds_is_reported() {
    let (policy, log) = (policy(POLICY), log(MADE_UP));
    let event = replay(&policy, &log).unwrap().events[2];
    let settle = |due: &[Event], found: &[Event]| {
        let mut outcome = Outcome::default();
        outcome.settle(due, found.to_vec(), |_| false);
        (outcome.missed.len(), outcome.unexpected.len(), outcome.agrees())
    };
    assert_eq!(settle(&[event], &[event]), (0, 0, true));
    assert_eq!(settle(&[event], &[]), (1, 0, false));
    assert_eq!(settle(&[], &[event]), (0, 1, false));
    let mut other = event;
    other.cycle.due = None;
    assert_eq!(settle(&[event], &[other]), (1, 1, false));
    let mut outcome = Outcome::default();
    outcome.settle(&[event], Vec::new(), |_| true);
    assert!(outcome.agrees() && outcome.undone == [event]);
}

/// Goal: a bad row is named by its line. Method: one fault a log.
#[test]
fn bad_rows_are_named() {
    let row = |row: &str| {
        let text = format!("case,activity,resource,start,end\n{row}\n");
        Log::read(text.as_bytes()).map(|_| ()).map_err(|error| error.to_string())
    };
    assert_eq!(row("c,a,r,2012-03-05T10:00:00Z,2012-03-05T10:00:00Z"), Ok(()));
    let backwards = row("c,a,r,2012-03-05T10:00:00Z,2012-03-05T09:00:00Z");
    assert_eq!(backwards.unwrap_err(), "line 2: the work item ends before it starts");
    assert_eq!(
        row("c,a,,2012-03-05T10:00:00Z,2012-03-05T10:00:00Z").unwrap_err(),
        "line 2: the work item lacks its case or resource"
    );
    assert!(row("c,a,r,yesterday,2012-03-05T10:00:00Z").unwrap_err().starts_with("line 2: `yesterday`"));
    assert!(row("c,a,r").unwrap_err().contains("line: 2"));
    assert_eq!(
        Log::read("case,activity,resource,start".as_bytes()).map(|_| ()).unwrap_err().to_string(),
        "line 1: no column `end`"
    );
}

/// Goal: the real log, 59,302 work items. Method: totals that an independent naive replay, case by case and without
/// this crate, finds as well.
#[test]
fn the_real_log_gives_these_totals() {
    let Some(path) = shared("followups/loan_followups_2011.csv.gz") else { return };
    let log = Log::open(&path).unwrap();
    let outcome = replay(&policy(POLICY), &log).unwrap();
    assert!(outcome.agrees(), "missed {:?}, unexpected {:?}", outcome.missed, outcome.unexpected);
    assert_eq!((outcome.undone.len(), outcome.overtaken.len()), (0, 0), "these clocks change at full hours only");
    assert_eq!((log.rows, log.customers.len(), log.skipped), (59_302, 8_234, 382));
    assert_eq!(log.facts.iter().filter(|fact| fact.what == What::Deal).count(), 3_191);
    assert_eq!(count(&outcome.events), (9_948, 7_372));
    assert_eq!((outcome.ownerships, outcome.deals, outcome.still_owned), (10_874, 3_191, 313));
    assert_eq!((outcome.confirmed, outcome.scans, outcome.undetermined), (17_320, 3_967, 0));
    assert!(outcome.wake_decisions * 20 < outcome.scan_decisions, "wake-ups are the cheap way");
}
