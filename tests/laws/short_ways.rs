//! Goal: the short ways of the evaluator decide as the long one does. Method: policies simple enough for them, random
//! facts beside the boundaries, and the explanation, which always takes the long way, as the other opinion.

use crate::support::micros as at;
use customer_pool::Policy;
use customer_pool::attribute::{AttributeType, AttributeValue};
use customer_pool::condition::{Condition, Fact};
use customer_pool::model::{
    Activity, ActivityKind, Actor, BusinessHold, Cause, Customer, HoldKind, Lock, Occurred, Ownership, PastOwnership,
    Place, Protection, Rep, WayIn,
};
use customer_pool::policy::draft::{
    DealDraft, DealTreatment, ExemptDraft, Format, FreezeWindowDraft, GroupDraft, HardCapFrom, PolicyDraft, PoolDraft,
    RouteDraft, RoutingDraft, StageDraft, TriggerDraft,
};
use customer_pool::record::Recorder;
use customer_pool::time::{CalendarDraft, Span, Timestamp};
use proptest::prelude::*;

const TIERS: [&str; 3] = ["vip", "key", "normal"];
const REGIONS: [&str; 3] = ["north", "a region of more than twenty-two bytes", "east"];
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
    let region = || Fact::Attribute("region".parse().unwrap());
    let in_region = move |i: usize| Condition::is_in(region(), [REGIONS[i].parse().unwrap()]);
    let spends = |at: i32| Condition::at_least(Fact::Attribute("spend".parse().unwrap()), format!("{at}.50"));
    let leaf = prop_oneof![2 => Just(Condition::Always), 3 => tiers(1..3).prop_map(is_in),
        1 => Just(Condition::Missing(Fact::Tier)), 1 => (0..REGIONS.len()).prop_map(in_region),
        1 => Just(Condition::Present(region())), 1 => (0..4).prop_map(spends)];
    leaf.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..3).prop_map(Condition::All),
            prop::collection::vec(inner.clone(), 1..3).prop_map(Condition::Any),
            inner.prop_map(Condition::negated),
        ]
    })
}

/// What bears on decisions beside clocks, one thing at a time, and more questions than a table holds answers to.
fn with_more(draft: PolicyDraft, more: u8, trigger: &TriggerDraft) -> PolicyDraft {
    let tag = |i: usize| Condition::is_in(Fact::Tag, [format!("tag{i}").parse().unwrap()]);
    let group = |id: &str| GroupDraft::new(id.parse().unwrap());
    let triggers = |n: usize| (0..n).map(move |i| renamed(trigger, format!("more{i}"), tag(i)));
    match more {
        0 => draft.with_deal_customers(DealDraft::new(tag(0), DealTreatment::Exempt)),
        1 => {
            let groups = vec![group("deals").with_triggers(triggers(2))];
            draft.with_deal_customers(DealDraft::new(tag(0), DealTreatment::Groups(groups)))
        }
        2 => draft.with_exempt(ExemptDraft::new().with_customer_tags(["tag0".parse().unwrap()])),
        3 => {
            let day = |day| chrono::NaiveDate::from_ymd_opt(2026, 3, day).unwrap().and_hms_opt(12, 0, 0).unwrap();
            draft.with_freeze_windows([FreezeWindowDraft::new("w".parse().unwrap(), day(3), day(9))])
        }
        4 => draft.with_groups([group("more").with_triggers(triggers(13))]),
        5 => draft.with_grace(Span::days(2)),
        _ => draft,
    }
}

prop_compose! {
    fn trigger()(when in condition(), base in span(), call in prop::option::of(span()), order in prop::option::of(span()),
        visit in prop::option::weighted(0.1, span()), warns in prop::bool::weighted(0.1), cap in prop::option::of((span(), any::<bool>())), pool in any::<bool>()) -> TriggerDraft {
        let mut trigger = TriggerDraft::new("t".parse().unwrap(), when, base);
        for (kind, span) in [(ActivityKind::Call, call), (ActivityKind::Order, order), (ActivityKind::Visit, visit)] {
            trigger = span.into_iter().fold(trigger, |trigger, span| trigger.with_renewal(kind.clone(), span));
        }
        if let Some((span, chain)) = cap {
            let from = if chain { HardCapFrom::Chain } else { HardCapFrom::Clock };
            trigger = trigger.with_max_hold(span).with_max_hold_from(from);
        }
        if warns {
            trigger = trigger.with_warnings([StageDraft::new("soon".parse().unwrap(), Span::days(2)).with_audience(["owner".parse().unwrap()])]);
        }
        if pool { trigger.with_pool("other".parse().unwrap()) } else { trigger }
    }
}

fn renamed(trigger: &TriggerDraft, id: String, when: Condition) -> TriggerDraft {
    let mut value = serde_json::to_value(trigger).unwrap();
    value["id"] = id.into();
    value["when"] = serde_json::to_value(when).unwrap();
    serde_json::from_str(&value.to_string()).unwrap()
}

fn policy() -> impl Strategy<Value = Policy> {
    let group = (prop::collection::vec(trigger(), 1..4), prop::bool::weighted(0.2));
    // Apia left out a day in 2011; then positions of days are no instants.
    let zones = prop_oneof![3 => Just("America/New_York"), 3 => Just("+08:00"), 1 => Just("Pacific/Apia")];
    (prop::collection::vec(group, 1..4), zones, 0_u8..18, any::<bool>(), trigger()).prop_map(
        |(groups, zone, more, routes, trigger)| {
            let date = |year| chrono::NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
            let calendar = CalendarDraft::monday_to_friday(zone, date(2020), date(2031));
            let groups = groups.into_iter().enumerate().map(|(i, (triggers, all_of))| {
                let triggers = triggers
                    .iter()
                    .enumerate()
                    .map(|(j, trigger)| renamed(trigger, format!("t{i}_{j}"), trigger.when().clone()));
                let group = GroupDraft::new(format!("g{i}").parse().unwrap()).with_triggers(triggers);
                if all_of { group.with_all_of() } else { group }
            });
            let mut routing = RoutingDraft::new("pool".parse().unwrap());
            if routes && more > 12 {
                let when = Condition::Present(Fact::Tier);
                routing = routing.with_rules([RouteDraft::new(when, "other".parse().unwrap())]);
            }
            let draft = PolicyDraft::new(Format::V1, "p".parse().unwrap(), 1)
                .with_default_calendar("c".parse().unwrap())
                .with_routing(routing)
                .with_calendar("c".parse().unwrap(), calendar)
                .with_pools(["pool", "other"].map(|pool| PoolDraft::new(pool.parse().unwrap())))
                .with_holds([HoldKind::OpenOrder])
                .with_attribute("region".parse().unwrap(), AttributeType::Text)
                .with_attribute("spend".parse().unwrap(), AttributeType::Decimal)
                .with_groups(groups);
            Policy::new(with_more(draft, more, &trigger)).unwrap()
        },
    )
}

/// Instants beside day starts of both zones, and others.
fn instant() -> impl Strategy<Value = i64> {
    (-60_i64..60, prop_oneof![Just(0), Just(5 * 3_600_000_000), Just(4 * 3_600_000_000), 0..DAY], -1_i64..2)
        .prop_map(|(day, time, beside)| SPRING + day * DAY + time + beside)
}

/// Who owned it before: one after the other, back from `start`, listed in either order; and sometimes one that may overlap.
type History = (Vec<(i64, i64)>, bool, Option<(Timestamp, Timestamp)>);

fn history() -> impl Strategy<Value = History> {
    let lengths = prop_oneof![Just(0), Just(DAY), 0..40 * DAY];
    let gaps = prop_oneof![3 => Just(0), 2 => 0..DAY];
    let odd = (instant(), instant()).prop_map(|(from, to)| (at(from), at(to)));
    (prop::collection::vec((lengths, gaps), 0..4), any::<bool>(), prop::option::weighted(0.15, odd))
}

fn past(start: i64, (periods, oldest_first, odd): History) -> Vec<PastOwnership> {
    let ended = |from, to| PastOwnership::new("r0".parse().unwrap(), from, to, WayIn::Claim, Cause::Released);
    let mut next = start;
    let mut past = Vec::new();
    for (length, gap) in periods {
        let to = next - gap;
        next = to - length;
        past.push(ended(at(next), at(to)));
    }
    past.extend(odd.map(|(from, to)| ended(from, to)));
    if oldest_first {
        past.reverse();
    }
    past
}

prop_compose! {
    fn customer()(start in instant(), chain in prop::option::of(instant()), tier in prop::option::of(0..TIERS.len()),
        calls in prop::collection::vec(instant(), 0..3), orders in prop::collection::vec(instant(), 0..2),
        visits in prop::collection::vec(instant(), 0..2), unknown in prop::bool::weighted(0.05),
        region in prop::option::of(0..REGIONS.len()), spend in prop::option::of((-1_i64..500, 0_u32..4)),
        mistyped in prop::bool::weighted(0.02), tagged in prop::option::weighted(0.3, 0_usize..14),
        pause in prop::option::weighted(0.2, (instant(), instant())), history in prop::option::weighted(0.3, history()),
        lock in prop::option::weighted(0.2, (instant(), instant())), order in prop::bool::weighted(0.1)) -> Customer {
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
        let mut attributes = Vec::new();
        if let Some(region) = region {
            attributes.push(("region".parse().unwrap(), AttributeValue::Text(REGIONS[region].parse().unwrap())));
        }
        if let Some((mantissa, scale)) = spend {
            let spend = rust_decimal::Decimal::new(mantissa, scale);
            let spend = if mistyped { AttributeValue::Bool(true) } else { AttributeValue::Decimal(spend) };
            attributes.push(("spend".parse().unwrap(), spend));
        }
        customer = customer.with_attributes(attributes).with_tags(tagged.map(|i| format!("tag{i}").parse().unwrap()));
        if let Some(history) = history {
            customer = customer.with_past(past(start, history), None);
        }
        let activity = |kind: &ActivityKind, micros| {
            Activity::new(kind.clone(), Actor::Rep("r1".parse().unwrap()), Some(Occurred::At(at(micros))), None).unwrap()
        };
        let calls = calls.iter().map(|&micros| activity(&ActivityKind::Call, micros));
        let orders = orders.iter().map(|&micros| activity(&ActivityKind::Order, micros));
        let visits = visits.iter().map(|&micros| activity(&ActivityKind::Visit, micros));
        let mut protection = Protection::new();
        if let Some((a, b)) = lock {
            protection = protection.with_lock(Lock::new(Some(at(a.min(b))), Some(at(a.max(b)))));
        }
        if order {
            protection = protection.with_hold(BusinessHold::live(HoldKind::OpenOrder, "o".parse().unwrap(), None));
        }
        if let Some((from, to)) = pause {
            protection = protection.with_pauses([(at(from), at(to))]);
        }
        customer.with_activities(calls.chain(orders).chain(visits)).with_protection(protection)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_short_ways_decide_as_the_long_way_explains(
        policy in policy(), customers in prop::collection::vec((customer(), instant()), 12),
        away in prop::option::weighted(0.2, (instant(), instant())), owner in prop::option::weighted(0.3, Just("r1")),
    ) {
        let rep = owner.map(|owner| Rep::new(owner.parse().unwrap()));
        let rep = rep.map(|rep| rep.with_leave(away.map(|(from, to)| (at(from), at(to)))));
        let mut folded = Vec::new();
        for (customer, now) in &customers {
            let customer = customer.clone();
            let activities = Recorder::new(&policy, &customer, rep.as_ref()).unwrap().finish();
            let customer = customer.with_folded(activities);
            let first = policy.decide(&customer, rep.as_ref(), at(*now));
            let due = first.due().map_or(*now, Timestamp::as_micros);
            for now in [*now, due - 1, due] {
                let explained = *policy.explain(&customer, rep.as_ref(), at(now)).decision();
                let decided = policy.decide(&customer, rep.as_ref(), at(now));
                prop_assert_eq!(decided, explained, "{:?} at {}", customer, at(now));
            }
            folded.push(customer);
        }
        let (now, mut all) = (at(SPRING), Vec::new());
        policy.decide_all(&folded, |_| rep.as_ref(), now, &mut all);
        let each: Vec<_> = folded.iter().map(|customer| policy.decide(customer, rep.as_ref(), now)).collect();
        prop_assert_eq!(all, each);
    }
}

/// Goal: instants far past the calendar's table are numbers that the short way cannot hold, and it leaves them. Method:
/// a policy of hours alone, so that nothing else asks for the table.
#[test]
fn clocks_of_hours_past_the_calendars_table_decide_alike() {
    let date = |year| chrono::NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
    let trigger = |id: &str, hours| TriggerDraft::new(id.parse().unwrap(), Condition::Always, Span::hours(hours));
    let group = |id: &str, hours| GroupDraft::new(id.parse().unwrap()).with_triggers([trigger(id, hours)]);
    let draft = PolicyDraft::new(Format::V1, "p".parse().unwrap(), 1)
        .with_default_calendar("c".parse().unwrap())
        .with_routing(RoutingDraft::new("pool".parse().unwrap()))
        .with_calendar("c".parse().unwrap(), CalendarDraft::monday_to_friday("UTC", date(2020), date(2031)))
        .with_pools([PoolDraft::new("pool".parse().unwrap())])
        .with_groups([group("a", 72), group("b", 48)]);
    let policy = Policy::new(draft).unwrap();
    for start in ["2026-03-01T09:00:00Z", "2142-09-30T00:00:00Z", "2300-01-01T00:00:00Z", "9999-01-01T00:00:00Z"] {
        let start: Timestamp = start.parse().unwrap();
        let customer = Customer::new("c1".parse().unwrap(), Place::Owned(Ownership::new("r1".parse().unwrap(), start)));
        let folded = Recorder::new(&policy, &customer, None).unwrap().finish();
        let customer = customer.with_folded(folded);
        for days in [1, 2, 3, 4] {
            let now = at(start.as_micros() + days * DAY);
            let decided = policy.decide(&customer, None, now);
            assert_eq!(decided, *policy.explain(&customer, None, now).decision(), "{now}");
            assert_eq!(decided.due(), Some(at(start.as_micros() + 2 * DAY)));
        }
    }
}
