//! Goal: the short ways of the evaluator decide as the long one does. Method: policies simple enough for them, random
//! facts beside the boundaries, and the explanation, which always takes the long way, as the other opinion.

use customer_pool::Policy;
use customer_pool::condition::{Condition, Fact};
use customer_pool::model::{
    Activity, ActivityKind, Actor, BusinessHold, Customer, HoldKind, Lock, Occurred, Ownership, Place, Protection,
};
use customer_pool::policy::{Format, PolicyDraft};
use customer_pool::reclaim::{GroupDraft, HardCapFrom, TriggerDraft};
use customer_pool::record::Recorder;
use customer_pool::route::{PoolDraft, RoutingDraft};
use customer_pool::time::{CalendarDraft, Instant, Span};
use proptest::prelude::*;

const TIERS: [&str; 3] = ["vip", "key", "normal"];
const DAY: i64 = 86_400_000_000;

/// 2026-03-01, around the change of New York's offset.
const SPRING: i64 = 1_772_323_200_000_000;

fn span() -> impl Strategy<Value = Span> {
    prop_oneof![6 => (1_u32..40).prop_map(Span::days), 1 => (1_u32..20).prop_map(Span::working_days),
        1 => (1_u32..200).prop_map(Span::hours), 1 => Just(Span::days(20_000))]
}

fn condition() -> impl Strategy<Value = Condition> {
    let tiers = |n| prop::collection::vec(0..TIERS.len(), n);
    let is_in = |tiers: Vec<usize>| Condition::is_in(Fact::Tier, tiers.iter().map(|&i| TIERS[i].parse().unwrap()));
    prop_oneof![2 => Just(Condition::Always), 3 => tiers(1..3).prop_map(is_in),
        1 => Just(Condition::Missing(Fact::Tier))]
}

prop_compose! {
    fn trigger()(when in condition(), base in span(), call in prop::option::of(span()), order in prop::option::of(span()),
        cap in prop::option::of((span(), any::<bool>())), pool in any::<bool>()) -> TriggerDraft {
        let mut trigger = TriggerDraft::new("t".parse().unwrap(), when, base);
        for (kind, span) in [(ActivityKind::Call, call), (ActivityKind::Order, order)] {
            trigger = span.into_iter().fold(trigger, |trigger, span| trigger.with_renewal(kind.clone(), span));
        }
        if let Some((span, chain)) = cap {
            let from = if chain { HardCapFrom::Chain } else { HardCapFrom::Clock };
            trigger = trigger.with_max_hold(span).with_max_hold_from(from);
        }
        if pool { trigger.with_pool("other".parse().unwrap()) } else { trigger }
    }
}

fn renamed(trigger: &TriggerDraft, id: String) -> TriggerDraft {
    let mut value = serde_json::to_value(trigger).unwrap();
    value["id"] = id.into();
    serde_json::from_str(&value.to_string()).unwrap()
}

fn policy() -> impl Strategy<Value = Policy> {
    let group = (prop::collection::vec(trigger(), 1..4), prop::bool::weighted(0.2));
    (prop::collection::vec(group, 1..4), prop_oneof![Just("America/New_York"), Just("+08:00")]).prop_map(
        |(groups, zone)| {
            let date = |year| chrono::NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
            let calendar = CalendarDraft::monday_to_friday(zone, date(2020), date(2031));
            let groups = groups.into_iter().enumerate().map(|(i, (triggers, all_of))| {
                let triggers = triggers.iter().enumerate().map(|(j, trigger)| renamed(trigger, format!("t{i}_{j}")));
                let group = GroupDraft::new(format!("g{i}").parse().unwrap()).with_triggers(triggers);
                if all_of { group.with_all_of() } else { group }
            });
            let routing = RoutingDraft::new("pool".parse().unwrap());
            let draft = PolicyDraft::new(Format::V1, "p".parse().unwrap(), 1, "c".parse().unwrap(), routing)
                .with_calendar("c".parse().unwrap(), calendar)
                .with_pools(["pool", "other"].map(|pool| PoolDraft::new(pool.parse().unwrap())))
                .with_holds([HoldKind::OpenOrder])
                .with_groups(groups);
            Policy::new(draft).unwrap()
        },
    )
}

/// Instants beside day starts of both zones, and others.
fn instant() -> impl Strategy<Value = i64> {
    (-60_i64..60, prop_oneof![Just(0), Just(5 * 3_600_000_000), Just(4 * 3_600_000_000), 0..DAY], -1_i64..2)
        .prop_map(|(day, time, beside)| SPRING + day * DAY + time + beside)
}

fn at(micros: i64) -> Instant {
    Instant::from_micros(micros).unwrap()
}

prop_compose! {
    fn customer()(start in instant(), chain in prop::option::of(instant()), tier in prop::option::of(0..TIERS.len()),
        calls in prop::collection::vec(instant(), 0..3), orders in prop::collection::vec(instant(), 0..2),
        unknown in prop::bool::weighted(0.05), lock in prop::option::weighted(0.2, (instant(), instant())), order in prop::bool::weighted(0.1)) -> Customer {
        let mut owned = Ownership::new("r1".parse().unwrap(), at(start));
        if unknown {
            owned = Ownership::of_unknown_start("r1".parse().unwrap()).with_clock_start(at(start));
        }
        if let Some(chain) = chain {
            owned = owned.with_chain_start(at(chain.min(start)));
        }
        let mut customer = Customer::new("c1".parse().unwrap(), Place::Owned(owned));
        if let Some(tier) = tier {
            customer = customer.with_tier(TIERS[tier].parse().unwrap());
        }
        let activity = |kind: &ActivityKind, micros| {
            Activity::new(kind.clone(), Actor::Rep("r1".parse().unwrap()), Some(Occurred::At(at(micros))), None).unwrap()
        };
        let calls = calls.iter().map(|&micros| activity(&ActivityKind::Call, micros));
        let orders = orders.iter().map(|&micros| activity(&ActivityKind::Order, micros));
        let mut protection = Protection::new();
        if let Some((a, b)) = lock {
            protection = protection.with_lock(Lock::new(Some(at(a.min(b))), Some(at(a.max(b)))));
        }
        if order {
            protection = protection.with_hold(BusinessHold::live(HoldKind::OpenOrder, "o".parse().unwrap(), None));
        }
        customer.with_activities(calls.chain(orders)).with_protection(protection)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_short_ways_decide_as_the_long_way_explains(
        policy in policy(), customers in prop::collection::vec((customer(), instant()), 12)
    ) {
        for (customer, now) in customers {
            let folded = Recorder::new(&policy, &customer, None).unwrap().finish();
            let customer = customer.with_folded(folded);
            let first = policy.decide(&customer, None, at(now));
            let due = first.due().map_or(now, Instant::as_micros);
            for now in [now, due - 1, due] {
                let explained = *policy.explain(&customer, None, at(now)).decision();
                prop_assert_eq!(policy.decide(&customer, None, at(now)), explained, "{:?} at {}", customer, at(now));
            }
        }
    }
}
