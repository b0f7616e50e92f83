//! Who should be claimed first: sums that can be taken apart, an order that time leaves alone, nobody who rots.

use customer_pool::id::{CustomerId, Label};
use customer_pool::model::{Customer, Place, PoolStay};
use customer_pool::score::priority::{FULL, Part, Priority, PriorityError, PriorityRule, Unit, Waiting, value_units};
use customer_pool::time::{Calendar, CalendarDraft, Span, Timestamp};
use proptest::prelude::*;
use rust_decimal::Decimal;

const HOUR: i64 = 3_600_000_000;

fn calendar() -> Calendar {
    Calendar::new(&CalendarDraft::monday_to_friday(
        "+08:00",
        "2020-01-01".parse().unwrap(),
        "2200-12-31".parse().unwrap(),
    ))
    .unwrap()
}

fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(1_770_000_000_000_000 + micros).unwrap()
}

fn rule(weights: [u16; 5]) -> PriorityRule {
    PriorityRule::new(weights, 463, Span::days(30)).unwrap()
}

/// Goal: the sum of a page. Method: a worked example.
#[test]
fn contributions_make_the_score() {
    let unit = |n| Unit::new(n).unwrap();
    let waiting = Waiting::new(at(0)).with(Part::Value, unit(FULL)).with(Part::ChurnUrgency, unit(250_000));
    let priority = rule([400, 200, 100, 200, 100]).judge(&waiting, &calendar(), at(10 * HOUR));
    let points: Vec<i64> = priority.contributions().iter().map(|one| one.points).collect();
    assert_eq!(points, [400_000_000, 0, 0, 50_000_000, 463_000]);
    assert_eq!(priority.score(), 450_463_000);
    assert_eq!(priority.contributions()[1].unit, None, "what is missing says so");
}

/// Goal: what is no rule is refused. Method: sums beside 1,000, a pace and a span out of range.
#[test]
fn wrong_rules_are_refused() {
    let new = PriorityRule::new;
    assert_eq!(new([400, 200, 100, 200, 99], 1, Span::days(1)), Err(PriorityError::Weights(999)));
    assert_eq!(new([u16::MAX; 5], 1, Span::days(1)), Err(PriorityError::Weights(327_675)));
    assert_eq!(new([1_000, 0, 0, 0, 0], 1_000_001, Span::days(1)), Err(PriorityError::Pace(1_000_001)));
    assert!(matches!(new([1_000, 0, 0, 0, 0], 1, Span::days(0)), Err(PriorityError::Limit(_))));
    assert!(Unit::new(FULL + 1).is_none());
}

/// Goal: the limit beats every score, from its first instant on. Method: the last instant before, and the limit.
#[test]
fn who_starves_comes_first() {
    let rule = rule([1_000, 0, 0, 0, 0]);
    let (calendar, poor) = (calendar(), Waiting::new(at(0)));
    let (old, new): (CustomerId, CustomerId) = ("old".parse().unwrap(), "new".parse().unwrap());
    let limit = rule.judge(&poor, &calendar, at(0)).starves_at().unwrap();
    for (now, first) in [(limit.checked_add_micros(-1).unwrap(), &new), (limit, &old)] {
        let rich = Waiting::new(now).with(Part::Value, Unit::new(FULL).unwrap()).with_key_account();
        let (one, other) = (rule.judge(&poor, &calendar, now), rule.judge(&rich, &calendar, now));
        assert_eq!(one.order(&old).min(other.order(&new)).4, first);
    }
}

/// Goal: percentiles within a segment, among all where it is small. Method: 30 and 29 customers.
#[test]
fn values_are_ranked_within_their_segment() {
    let (big, small): (Label, Label) = ("big".parse().unwrap(), "small".parse().unwrap());
    let mut customers: Vec<_> = (0..30).map(|n| (Some(&big), Some(Decimal::from(n)))).collect();
    customers.extend((0..29).map(|n| (Some(&small), Some(Decimal::from(100 + n)))));
    customers.push((Some(&big), None));
    let units = value_units(&customers);
    assert_eq!(units[0], Unit::new(FULL / 60), "half of one of 30");
    assert_eq!(units[29], Unit::new(983_333));
    assert_eq!(units[30], Unit::new(516_949), "30 of 59 below, and half of itself");
    assert_eq!(units[59], None);
    assert_eq!(value_units(&[(None, Some(Decimal::ONE)); 3]), [Unit::new(FULL / 2); 3]);
}

fn weights() -> impl Strategy<Value = [u16; 5]> {
    prop::array::uniform4(0_u16..=1_000).prop_map(|mut cuts| {
        cuts.sort_unstable();
        [cuts[0], cuts[1] - cuts[0], cuts[2] - cuts[1], cuts[3] - cuts[2], 1_000 - cuts[3]]
    })
}

fn waiting() -> impl Strategy<Value = Waiting> {
    let unit = || prop_oneof![Just(0), Just(FULL), 0..=FULL, 0..4_u32];
    let entered = prop_oneof![Just(0), Just(HOUR - 1), Just(HOUR), 0..60 * 24 * HOUR];
    (prop::array::uniform4(prop::option::of(unit())), entered, any::<bool>()).prop_map(|(units, entered, key)| {
        let mut waiting = Waiting::new(at(entered));
        for (part, unit) in Part::ALL.into_iter().zip(units) {
            if let Some(unit) = unit {
                waiting = waiting.with(part, Unit::new(unit).unwrap());
            }
        }
        if key { waiting.with_key_account() } else { waiting }
    })
}

fn stored(id: usize, waiting_since: Timestamp, priority: &Priority) -> Customer {
    let stay = PoolStay::new("p".parse().unwrap(), waiting_since).with_rank(priority.rank_key());
    Customer::new(format!("c{id}").parse().unwrap(), Place::Pool(stay))
}

proptest! {
    /// Goal: exactly additive. Method: the sum, and each product.
    #[test]
    fn sums_are_exact(weights in weights(), waiting in waiting(), later in 0..100 * 24 * HOUR) {
        let priority = rule(weights).judge(&waiting, &calendar(), at(later));
        let points: i64 = priority.contributions().iter().map(|one| one.points).sum();
        prop_assert_eq!(points, priority.score());
        for one in priority.contributions() {
            prop_assert_eq!(one.points, i64::from(one.weight) * one.unit.unwrap_or(0));
        }
    }

    /// Goal: time does not change the order of two that do not starve, and the stored key gives it. Method: judge at two
    /// instants, compare with each other and with `cmp_in_pool`.
    #[test]
    fn time_leaves_the_order_alone(
        weights in weights(), one in waiting(), other in waiting(), times in prop::array::uniform2(0..400 * 24 * HOUR),
    ) {
        let rule = PriorityRule::new(weights, 463, Span::days(36_500)).unwrap();
        let calendar = calendar();
        let (a, b): (CustomerId, CustomerId) = ("c1".parse().unwrap(), "c2".parse().unwrap());
        let judged = times.map(|time| (rule.judge(&one, &calendar, at(time)), rule.judge(&other, &calendar, at(time))));
        let [first, second] = &judged;
        let order = first.0.order(&a).cmp(&first.1.order(&b));
        prop_assert_eq!(order, second.0.order(&a).cmp(&second.1.order(&b)));
        prop_assert_eq!(first.0.rank_key(), second.0.rank_key());
        let (since, until) = (first.0.order(&a).3, first.1.order(&b).3);
        prop_assert_eq!(order, stored(1, since, &first.0).cmp_in_pool(&stored(2, until, &first.1)));
    }

    /// Goal: nobody past the limit stands behind one who is not, and the order of a list does not depend on the list's.
    /// Method: sort a list and its reverse.
    #[test]
    fn nobody_rots(weights in weights(), list in prop::collection::vec(waiting(), 1..12), now in 0..90 * 24 * HOUR) {
        let (rule, calendar) = (rule(weights), calendar());
        let ids: Vec<CustomerId> = (0..list.len()).map(|n| format!("c{n}").parse().unwrap()).collect();
        let judged: Vec<_> = list.iter().map(|one| rule.judge(one, &calendar, at(now))).collect();
        let mut order: Vec<_> = judged.iter().zip(&ids).map(|(one, id)| (one.order(id), one.starves_at())).collect();
        let mut reversed: Vec<_> = order.iter().rev().copied().collect();
        order.sort_by_key(|(order, _)| *order);
        reversed.sort_by_key(|(order, _)| *order);
        prop_assert_eq!(&order, &reversed);
        let starved: Vec<bool> = order.iter().map(|(_, starves)| starves.unwrap() <= at(now)).collect();
        prop_assert!(starved.is_sorted_by_key(|starved| !starved), "{:?}", starved);
    }
}
