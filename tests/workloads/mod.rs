//! W1 and W1b: the same rows for every engine that is measured, drawn from SplitMix64.

#![allow(dead_code, reason = "every target that includes this file uses a part of it")]

#[path = "columns.rs"]
pub mod columns;

use customer_pool::attribute::AttributeValue;
use customer_pool::decision::HeldBy;
use customer_pool::model::{
    Activity, ActivityKind, Actor, BusinessHold, Customer, HoldKind, Lock, Occurred, Ownership, Place, PoolStay,
    Protection,
};
use customer_pool::record::Recorder;
use customer_pool::time::Timestamp;
use customer_pool::{Decision, Policy, Verdict};

/// `2026-08-20T00:00:00Z`.
pub const NOW_S: i64 = 1_787_184_000;
pub(crate) const DAY_S: i64 = 86_400;

/// The policy of W1 as a document.
pub const W1_POLICY: &str = include_str!("w1.json");
/// The policy of W1b as a document.
pub const W1B_POLICY: &str = include_str!("w1b.json");

fn split_mix(x: u64) -> u64 {
    let z = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A draw below `n`.
pub(crate) fn below(row: u64, draw: u64, n: u64) -> i64 {
    (split_mix(row.wrapping_mul(16).wrapping_add(draw)) % n) as i64
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds).expect("the workloads lie in our age")
}

/// The instant at which both workloads are decided.
pub fn now() -> Timestamp {
    at(NOW_S)
}

/// The rows `0..count` of W1 (`hard` false) or W1b, with single activities.
pub fn customers(count: u64, hard: bool) -> Vec<Customer> {
    (0..count).map(|row| customer(row, hard)).collect()
}

/// The same rows with activities folded under the policy, as a host that sweeps keeps them.
pub fn folded(policy: &Policy, count: u64, hard: bool) -> Vec<Customer> {
    (0..count)
        .map(|row| {
            let customer = customer(row, hard);
            if customer.ownership().is_none() {
                return customer;
            }
            let recorder = Recorder::new(policy, &customer, None).expect("an owned customer");
            let folded = recorder.finish();
            customer.with_folded(folded)
        })
        .collect()
}

fn customer(row: u64, hard: bool) -> Customer {
    let clock_start = NOW_S - 1 - below(row, 2, 150 * 86_400);
    let owned = below(row, 1, 10) < 8;
    let owner = "r1".parse().expect("an id");
    let place = if owned {
        Place::Owned(Ownership::new(owner, at(clock_start)))
    } else {
        Place::Pool(PoolStay::new("pool".parse().expect("an id"), at(clock_start)))
    };
    let mut customer = Customer::new(row.into(), place);
    if let Some(tier) = ["vip", "key", "normal"].get(below(row, 0, 4) as usize) {
        customer = customer.with_tier(tier.parse().expect("a label"));
    }
    let activity = |kind, seconds| {
        let actor = Actor::Rep("r1".parse().expect("an id"));
        Activity::new(kind, actor, Some(Occurred::At(at(seconds))), None).expect("an instant is given")
    };
    let mut activities = Vec::new();
    if below(row, 3, 10) != 0 {
        activities.push(activity(ActivityKind::Call, NOW_S - 1 - below(row, 4, 20 * 86_400)));
    }
    if below(row, 5, 2) == 0 {
        activities.push(activity(ActivityKind::Order, NOW_S - 1 - below(row, 6, 120 * 86_400)));
    }
    let mut protection = Protection::new();
    if below(row, 7, 20) == 0 {
        let until = NOW_S - 20 * DAY_S + below(row, 8, 60 * 86_400);
        protection = protection.with_lock(Lock::new(Some(at(clock_start.min(until))), Some(at(until))));
    }
    if below(row, 9, 15) == 0 {
        protection = protection.with_hold(BusinessHold::live(HoldKind::OpenOrder, "o1".parse().expect("an id"), None));
    }
    if hard {
        let mut attributes = Vec::new();
        if let Some(region) = ["ne", "nw", "se", "sw"].get(below(row, 10, 5) as usize) {
            attributes
                .push(("region".parse().expect("a label"), AttributeValue::Text(region.parse().expect("a label"))));
        }
        let spend = rust_decimal::Decimal::new(below(row, 11, 100_000), 2);
        attributes.push(("spend".parse().expect("a label"), AttributeValue::Decimal(spend)));
        customer = customer.with_attributes(attributes);
        if below(row, 12, 10) == 0 {
            let from = NOW_S - 30 * DAY_S + below(row, 13, 20 * 86_400);
            protection = protection.with_pauses([(at(from), at(from + 5 * DAY_S))]);
        }
    }
    customer.with_activities(activities).with_protection(protection)
}

/// What a sweep over a workload found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows that nobody owns.
    pub not_owned: u64,
    /// Rows held by a lock.
    pub locked: u64,
    /// Rows held by an open order and by no lock.
    pub open_order: u64,
    /// Rows that are due, per trigger.
    pub due: std::collections::BTreeMap<String, u64>,
    /// Rows that are kept.
    pub keep: u64,
    /// Anything else: there is none.
    pub other: u64,
    /// Unix seconds, over owned rows.
    pub sum_of_dues_s: i64,
}

impl Counts {
    /// Counts every decision.
    pub fn of(policy: &Policy, decisions: &[Decision]) -> Self {
        let mut counts = Self::default();
        decisions.iter().for_each(|decision| counts.add(policy, decision));
        counts
    }

    /// The same with the triggers of W1's group *no follow-up* counted as one, as the specification counts them.
    pub fn by_group_of_w1(mut self) -> Self {
        let no_follow_up = ["vip", "key", "else"].iter().filter_map(|trigger| self.due.remove(*trigger)).sum();
        if no_follow_up > 0 {
            self.due.insert("no_follow_up".to_owned(), no_follow_up);
        }
        self
    }

    /// Counts one decision.
    pub fn add(&mut self, policy: &Policy, decision: &Decision) {
        self.sum_of_dues_s += decision.due().map_or(0, |due| due.as_micros().div_euclid(1_000_000));
        match decision.verdict() {
            Verdict::NotOwned => self.not_owned += 1,
            Verdict::Held(HeldBy::Lock) => self.locked += 1,
            Verdict::Held(HeldBy::Business(_)) => self.open_order += 1,
            Verdict::Keep => self.keep += 1,
            Verdict::Due => {
                let trigger = decision.trigger().and_then(|trigger| policy.trigger_id(trigger));
                *self.due.entry(trigger.map(ToString::to_string).unwrap_or_default()).or_default() += 1;
            }
            _ => self.other += 1,
        }
    }
}

/// What the specification says about the 1,000,000 rows of W1.
pub fn w1_answers() -> Counts {
    Counts {
        not_owned: 200_535,
        locked: 26_717,
        open_order: 51_417,
        due: due([("no_follow_up", 169_349), ("no_deal", 151_250)]),
        keep: 400_732,
        other: 0,
        sum_of_dues_s: 1_428_688_028_851_200,
    }
}

/// What the specification says about the first 20,000 rows of W1b.
pub fn w1b_answers() -> Counts {
    let due = due([
        ("a1", 96),
        ("a2", 29),
        ("a3", 254),
        ("a4", 77),
        ("a5", 1_067),
        ("b1", 264),
        ("b2", 231),
        ("b3", 1_371),
        ("b4", 1_370),
        ("c1", 2_137),
        ("c2", 340),
    ]);
    let (not_owned, locked, open_order, keep) = (3_972, 534, 1_012, 7_246);
    Counts { not_owned, locked, open_order, due, keep, other: 0, sum_of_dues_s: 28_633_634_597_767 }
}

fn due<const N: usize>(rows: [(&str, u64); N]) -> std::collections::BTreeMap<String, u64> {
    rows.map(|(trigger, rows)| (trigger.to_owned(), rows)).into()
}
