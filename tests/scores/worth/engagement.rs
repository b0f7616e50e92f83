//! Engagement: exact halving, independence of order and of passing time, re-basing.

use crate::support::micros as at;
use customer_pool::model::ActivityKind;
use customer_pool::score::engagement::{AHEAD, Engagement, EngagementError, EngagementRule};
use proptest::prelude::*;
use rust_decimal::Decimal;

const DAY: i64 = 86_400_000_000;

fn rule(half_life: i64) -> EngagementRule {
    let points = [(ActivityKind::Call, 3), (ActivityKind::Visit, 10), (ActivityKind::Order, 1_000_000)];
    EngagementRule::new(half_life, points, 20).unwrap()
}

const KINDS: [ActivityKind; 3] = [ActivityKind::Call, ActivityKind::Visit, ActivityKind::Order];
const START: i64 = 1_772_000_000_000_000;

fn score(rule: &EngagementRule, landmark: i64, activities: &[(usize, i64)]) -> Engagement {
    let mut score = rule.start(at(landmark));
    for (kind, after) in activities {
        rule.add(&mut score, &KINDS[*kind], at(START + after)).unwrap();
    }
    score
}

/// Goal: after one half-life half is left, exactly. Method: an activity at the start of a half-life, and any at all times.
#[test]
fn after_a_half_life_half_is_left() {
    let rule = rule(14 * DAY);
    let start = START / (14 * DAY) * 14 * DAY;
    let mut score = rule.start(at(start));
    rule.add(&mut score, &ActivityKind::Visit, at(start)).unwrap();
    for (n, points) in [(0, "10"), (1, "5"), (2, "2.5"), (3, "1.25"), (10, "0.009765")] {
        assert_eq!(rule.value(&score, at(start + n * 14 * DAY)), points.parse::<Decimal>().unwrap(), "{n}");
    }
    assert_eq!(rule.value(&score, at(start - 14 * DAY)), Decimal::from(20));
    // Of a kind without points nothing is added.
    let before = score;
    rule.add(&mut score, &ActivityKind::Message, at(start)).unwrap();
    assert_eq!(score, before);
}

proptest! {
    /// Goal: what is left is the sum of the definition. Method: floating-point arithmetic, to its digits.
    #[test]
    fn the_value_is_the_definitions(
        activities in prop::collection::vec((0_usize..2, 0_i64..200 * DAY), 1..20), half_life in DAY..90 * DAY, later in 0_i64..400 * DAY,
    ) {
        let rule = rule(half_life);
        let landmark = START + 190 * DAY - 20 * half_life;
        let score = score(&rule, landmark.max(START - 300 * half_life), &activities);
        let now = START + 200 * DAY + later;
        let points = [3.0, 10.0];
        let naive: f64 = activities.iter().map(|(kind, after)| {
            points[*kind] * f64::powf(2.0, -((now - START - after) as f64) / half_life as f64)
        }).sum();
        let found: f64 = rule.value(&score, at(now)).to_string().parse().unwrap();
        prop_assert!((found - naive).abs() <= 2e-6 + 1e-8 * naive, "{} and {}", found, naive);
        let unit = f64::from(rule.unit(&score, at(now)).get());
        prop_assert!((unit - 1e6 * naive / (naive + 20.0)).abs() <= 1.5, "{}", unit);
    }

    /// Goal: neither the order of activities nor parts matter to the bit; the order between customers is that of their sums at any
    /// time. Method: shuffled activities, parts added up, values at many times.
    #[test]
    fn order_and_time_do_not_matter(
        one in prop::collection::vec((0_usize..3, 0_i64..100 * DAY), 1..20),
        two in prop::collection::vec((0_usize..3, 0_i64..100 * DAY), 1..20), cut in 0_usize..20, later in 0_i64..30 * DAY,
    ) {
        let rule = rule(10 * DAY);
        let first = score(&rule, START, &one);
        let mut turned = one.clone();
        turned.reverse();
        turned.rotate_left(cut % one.len());
        prop_assert_eq!(score(&rule, START, &turned), first);
        let (left, right) = turned.split_at(cut % one.len());
        prop_assert_eq!(score(&rule, START, left).merged(&score(&rule, START, right)).unwrap(), first);
        let second = score(&rule, START, &two);
        for now in [START, START + 50 * DAY, START + 100 * DAY + later] {
            let (a, b) = (rule.value(&first, at(now)), rule.value(&second, at(now)));
            prop_assert!(a == b || (a < b) == (first.sum() < second.sum()));
            let (a, b) = (rule.unit(&first, at(now)), rule.unit(&second, at(now)));
            prop_assert!(a == b || (a < b) == (first.sum() < second.sum()));
        }
        // Moved to a later landmark a score loses less than a 2⁻³² point there.
        let moved = rule.rebase(&first, at(START + later)).unwrap();
        let d = u32::try_from(moved.landmark() - first.landmark()).unwrap();
        prop_assert_eq!(moved.sum(), first.sum() >> d);
        prop_assert_eq!(serde_json::from_str::<Engagement>(&serde_json::to_string(&moved).unwrap()).unwrap(), moved);
    }
}

/// Goal: the ends are said. Method: activities far ahead, landmarks back, wrong rules, scores of two landmarks.
#[test]
fn the_ends_are_said() {
    let rule = rule(DAY);
    let mut score = rule.start(at(START));
    let landmark = score.landmark();
    let far = at(START + AHEAD * DAY);
    assert_eq!(rule.add(&mut score, &ActivityKind::Call, far), Err(EngagementError::Ahead { landmark }));
    assert_eq!(score, rule.start(at(START)));
    rule.add(&mut score, &ActivityKind::Order, at(START + (AHEAD - 2) * DAY)).unwrap();
    // Long before the landmark nothing is left of it.
    let with = score;
    rule.add(&mut score, &ActivityKind::Order, at(START - 200 * DAY)).unwrap();
    assert_eq!(score, with);
    assert!(matches!(rule.rebase(&score, at(START - 2 * DAY)), Err(EngagementError::Back { .. })));
    assert_eq!(rule.rebase(&score, at(START + 4_000 * DAY)).unwrap().sum(), 0);
    let other = rule.start(at(START + 5 * DAY));
    assert!(matches!(score.merged(&other), Err(EngagementError::Landmarks(..))));
    assert!(matches!(EngagementRule::new(999_999, [], 20), Err(EngagementError::HalfLife(_))));
    assert_eq!(
        EngagementRule::new(DAY, [(ActivityKind::Call, 1_000_001)], 20),
        Err(EngagementError::Points(1_000_001))
    );
    assert_eq!(EngagementRule::new(DAY, [], 0), Err(EngagementError::Half));
    // Far back in time the value is large, not wrong.
    assert!(rule.value(&with, at(START - 300 * DAY)) > Decimal::from(1_000_000));
}
