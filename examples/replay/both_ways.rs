//! Steps through a log twice, side by side — by wake-ups, and by deciding for everybody every hour — and compares.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use customer_pool::Policy;
use customer_pool::time::Timestamp;

use super::log::Log;
use super::world::{Act, Cycle, Event, World};

type Error = Box<dyn std::error::Error>;

const HOUR: i64 = 3_600_000_000;

/// What both ways found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Warnings and reclaims by wake-ups, in order of time.
    pub events: Vec<Event>,
    /// Events that a scan confirmed.
    pub confirmed: u64,
    /// Events that an activity undid before the next scan.
    pub undone: Vec<Event>,
    /// Warnings that a later event of the same ownership replaced before the next scan.
    pub overtaken: Vec<Event>,
    /// Events that the first scan at or after them did not find.
    pub missed: Vec<Event>,
    /// Events that a scan found and no wake-up did.
    pub unexpected: Vec<Event>,
    /// Decisions by wake-ups.
    pub wake_decisions: u64,
    /// Decisions by scans.
    pub scan_decisions: u64,
    /// Scans.
    pub scans: u64,
    /// *Undetermined* decisions, both ways together.
    pub undetermined: u64,
    /// Ownerships begun.
    pub ownerships: u64,
    /// Customers that became a deal.
    pub deals: u64,
    /// Customers that are owned when the log ends.
    pub still_owned: u64,
}

impl Outcome {
    /// Whether both ways found the same.
    pub fn agrees(&self) -> bool {
        self.missed.is_empty() && self.unexpected.is_empty()
    }

    /// Sorts out the events since the last scan against what this scan found; `touched` says whether something
    /// happened to the customer after an event. Returns the customers that the two ways may now see differently.
    pub fn settle(&mut self, due: &[Event], found: Vec<Event>, touched: impl Fn(&Event) -> bool) -> BTreeSet<usize> {
        let mut found: BTreeMap<(Cycle, Act), Event> =
            found.into_iter().map(|event| ((event.cycle, event.act), event)).collect();
        let mut apart = BTreeSet::new();
        for (i, event) in due.iter().enumerate() {
            let overtaken = || due[i + 1..].iter().any(|later| later.cycle.customer == event.cycle.customer);
            if found.remove(&(event.cycle, event.act)).is_some() {
                self.confirmed += 1;
                if touched(event) {
                    apart.insert(event.cycle.customer);
                }
            } else if touched(event) {
                self.undone.push(*event);
                apart.insert(event.cycle.customer);
            } else if matches!(event.act, Act::Warned(_)) && overtaken() {
                self.overtaken.push(*event);
            } else {
                self.missed.push(*event);
            }
        }
        // Where an activity undid something, the scan judged facts that wake-ups had already changed.
        self.unexpected.extend(found.into_values().filter(|event| !apart.contains(&event.cycle.customer)));
        apart
    }
}

/// Replays a log under a policy, up to the first full hour at or after its end.
pub fn replay(policy: &Policy, log: &Log) -> Result<Outcome, Error> {
    let mut outcome = Outcome::default();
    let (Some(first), Some(last)) = (log.facts.first(), log.facts.last()) else { return Ok(outcome) };
    let mut by_wake_ups = World::new(policy, log);
    let mut by_scans = World::new(policy, log);
    let mut wake_ups = WakeUps { queue: BinaryHeap::new(), set: vec![None; log.customers.len()] };
    let mut hour = full_hour(first.at)?;
    let end = full_hour(last.at)?;
    while hour <= end {
        let settled = outcome.events.len();
        wake_ups.step(&mut by_wake_ups, hour, &mut outcome.events)?;
        while let Some(fact) = by_scans.fact_until(hour) {
            by_scans.take(fact)?;
        }
        let found = by_scans.scan(hour);
        outcome.scans += 1;
        let due = outcome.events[settled..].to_vec();
        for customer in outcome.settle(&due, found, |event| by_wake_ups.touched_after(event)) {
            by_scans.copy_from(&by_wake_ups, customer);
        }
        hour = hour.checked_add_micros(HOUR).ok_or("the log ends with time itself")?;
    }
    outcome.wake_decisions = by_wake_ups.decisions;
    outcome.scan_decisions = by_scans.decisions;
    outcome.undetermined = by_wake_ups.undetermined + by_scans.undetermined;
    (outcome.ownerships, outcome.deals, outcome.still_owned) = by_wake_ups.census();
    Ok(outcome)
}

/// When to decide about whom: one wake-up a customer, the last one set.
struct WakeUps {
    queue: BinaryHeap<Reverse<(Timestamp, usize)>>,
    set: Vec<Option<Timestamp>>,
}

impl WakeUps {
    fn set(&mut self, customer: usize, at: Option<Timestamp>) {
        self.set[customer] = at;
        self.queue.extend(at.map(|at| Reverse((at, customer))));
    }

    /// The earliest that satisfies.
    fn pop_if(&mut self, satisfies: impl Fn(Timestamp) -> bool) -> Option<(Timestamp, usize)> {
        while let Some(Reverse((at, customer))) = self.queue.peek().copied() {
            let stands = self.set[customer] == Some(at);
            if stands && !satisfies(at) {
                return None;
            }
            self.queue.pop();
            if stands {
                return Some((at, customer));
            }
        }
        None
    }

    /// Steps to `until`. A fact wakes its customer at once, but not before every fact of that instant is in.
    fn step(&mut self, world: &mut World<'_>, until: Timestamp, events: &mut Vec<Event>) -> Result<(), Error> {
        loop {
            let fact = world.fact_until(until);
            let comes_first = |at: Timestamp| at <= until && fact.is_none_or(|fact| at < fact.at);
            if let Some((at, customer)) = self.pop_if(comes_first) {
                let (event, next) = world.wake(customer, at);
                events.extend(event);
                self.set(customer, next);
            } else if let Some(fact) = fact {
                world.take(fact)?;
                self.set(fact.customer, Some(fact.at));
            } else {
                return Ok(());
            }
        }
    }
}

/// The first full hour at or after an instant.
fn full_hour(at: Timestamp) -> Result<Timestamp, Error> {
    let into = at.as_micros().rem_euclid(HOUR);
    at.checked_add_micros((HOUR - into) % HOUR).ok_or_else(|| "the log ends with time itself".into())
}
