//! Key accounts.

use customer_pool::attribute::AttributeValue;
use customer_pool::id::{CustomerId, Label};
use customer_pool::score::key_accounts::{
    Basis, Criterion, Ground, RankError, Ranking, Scorecard, ScorecardError, Shares, Standing, Steadiness, ValueClass,
    steadiness,
};
use proptest::prelude::*;
use rust_decimal::Decimal;

fn id(n: usize) -> CustomerId {
    format!("c{n:03}").parse().unwrap()
}

fn label(text: &str) -> Label {
    text.parse().unwrap()
}

fn ranking(values: &[Option<i64>]) -> Ranking {
    let rows = values.iter().enumerate().map(|(n, value)| (id(n), value.map(|cents| Decimal::new(cents, 2))));
    Ranking::new(rows, Basis::Revenue, Shares::default()).unwrap()
}

/// The class of each value as the specification has it, in whole cents.
fn naive(values: &[Option<i64>]) -> Vec<Option<ValueClass>> {
    let total: i64 = values.iter().flatten().map(|value| (*value).max(0)).sum();
    let class = |value: i64| {
        // What those strictly better make; a customer is in A while that falls short of the share.
        let better: i64 = values.iter().flatten().filter(|other| **other > value).map(|other| (*other).max(0)).sum();
        if value <= 0 {
            ValueClass::C
        } else if better * 1000 < total * 800 {
            ValueClass::A
        } else if better * 1000 < total * 950 {
            ValueClass::B
        } else {
            ValueClass::C
        }
    };
    values.iter().map(|value| value.filter(|_| total > 0).map(class)).collect()
}

fn gini(values: &[Option<i64>]) -> f64 {
    let known: Vec<f64> = values.iter().flatten().map(|value| (*value).max(0) as f64).collect();
    let apart: f64 = known.iter().flat_map(|one| known.iter().map(move |other| (one - other).abs())).sum();
    apart / (2.0 * known.len() as f64 * known.iter().sum::<f64>())
}

proptest! {
    /// Goal: classes, ranks, shares and the Gini index are those of their definitions; the order of rows does not matter. Method:
    /// naive formulas over values with many ties.
    #[test]
    fn rankings_are_those_of_the_definitions(
        values in prop::collection::vec(prop_oneof![
            5 => (0_i64..6).prop_map(|n| Some(n * 100)), 4 => (-500_i64..100_000).prop_map(Some), 1 => Just(None),
        ], 0..40), turn in 0_usize..40,
    ) {
        let found = ranking(&values);
        let expected = naive(&values);
        let total: i64 = values.iter().flatten().map(|value| (*value).max(0)).sum();
        prop_assert_eq!(found.total(), Decimal::new(total, 2));
        for verdict in found.verdicts() {
            let n: usize = verdict.customer.as_str()[1..].parse().unwrap();
            prop_assert_eq!(verdict.class, expected[n], "{}", n);
            let Some(value) = values[n] else {
                prop_assert_eq!((verdict.rank, verdict.cumulative_share), (None, None));
                continue;
            };
            prop_assert_eq!(verdict.rank, Some(1 + values.iter().flatten().filter(|other| **other > value).count() as u64));
            if total > 0 {
                let upto: i64 = values.iter().flatten().filter(|other| **other >= value).map(|other| (*other).max(0)).sum();
                let share = (Decimal::from(upto) / Decimal::from(total)).round_dp(6);
                prop_assert_eq!(verdict.cumulative_share, Some(share.normalize()));
                let cut = values.iter().zip(&expected).filter(|(_, class)| **class == Some(ValueClass::A)).filter_map(|(value, _)| *value).min();
                prop_assert_eq!(verdict.cut, cut.map(|cents| Decimal::new(cents, 2)));
                prop_assert_eq!(verdict.distance, cut.map(|cut| Decimal::new(value - cut, 2)));
            }
        }
        match found.concentration() {
            None => prop_assert_eq!(total, 0),
            Some(spread) => {
                let known: f64 = spread.gini.to_string().parse().unwrap();
                prop_assert!((known - gini(&values)).abs() <= 1e-6, "{} and {}", known, gini(&values));
                let in_a = expected.iter().filter(|class| **class == Some(ValueClass::A)).count() as u64;
                prop_assert_eq!(spread.in_a, in_a);
                prop_assert_eq!(spread.is_wide, in_a * 10 > spread.customers * 4);
            }
        }
        let mut rows: Vec<_> = values.iter().enumerate().map(|(n, v)| (id(n), v.map(|cents| Decimal::new(cents, 2)))).collect();
        rows.reverse();
        rows.rotate_left(turn % values.len().max(1));
        prop_assert_eq!(Ranking::new(rows, Basis::Revenue, Shares::default()).unwrap(), found);
    }

    /// Goal: steadiness is the coefficient of variation. Method: floating-point arithmetic, away from the cuts.
    #[test]
    fn steadiness_is_the_coefficient_of_variation(months in prop::collection::vec(-300_i64..3_000, 0..18)) {
        let values: Vec<Decimal> = months.iter().map(|cents| Decimal::new(*cents, 2)).collect();
        let found = steadiness(&values).unwrap();
        let mean = months.iter().sum::<i64>() as f64 / months.len() as f64;
        if months.len() < 6 || months.iter().sum::<i64>() <= 0 {
            prop_assert_eq!(found, Steadiness::U);
            return Ok(());
        }
        let variance = months.iter().map(|value| (*value as f64 - mean).powi(2)).sum::<f64>() / months.len() as f64;
        let variation = variance.sqrt() / mean;
        if (variation - 0.5).abs() > 1e-9 && (variation - 1.0).abs() > 1e-9 {
            let expected = if variation < 0.5 { Steadiness::X } else if variation < 1.0 { Steadiness::Y } else { Steadiness::Z };
            prop_assert_eq!(found, expected, "{}", variation);
        }
    }
}

/// Goal: at the cuts themselves it is the steadier class. Method: a coefficient of exactly one half and one.
#[test]
fn at_a_cut_it_is_the_steadier_class() {
    let months = |values: &[i64]| values.iter().map(|value| Decimal::from(*value)).collect::<Vec<_>>();
    assert_eq!(steadiness(&months(&[1, 3, 1, 3, 1, 3])), Some(Steadiness::X));
    assert_eq!(steadiness(&months(&[0, 2, 0, 2, 0, 2])), Some(Steadiness::Y));
    assert_eq!(steadiness(&months(&[0, 0, 3, 0, 0, 3])), Some(Steadiness::Z));
    assert_eq!(steadiness(&[Decimal::MAX; 6]), None);
    // Scales may differ.
    let mixed = ["1.0", "3", "1.000", "3.00", "1", "3.0"].map(|text| text.parse().unwrap());
    assert_eq!(steadiness(&mixed), Some(Steadiness::X));
}

/// Goal: all ties at the cut are in A, and a spread too even warns. Method: ten equal customers.
#[test]
fn all_ties_at_the_cut_are_in_a() {
    let found = ranking(&[Some(100); 10]);
    assert!(found.verdicts().iter().all(|verdict| verdict.class == Some(ValueClass::A)));
    let spread = found.concentration().unwrap();
    assert_eq!((spread.in_a, spread.is_wide, spread.gini), (10, true, Decimal::ZERO));
    assert_eq!(spread.share_of_a, Decimal::ONE);
    // A total of 0 is undetermined, and who is there twice is an error.
    assert!(ranking(&[Some(0), Some(-5), None]).verdicts().iter().all(|verdict| verdict.class.is_none()));
    let twice = Ranking::new([(id(1), None), (id(1), None)], Basis::Margin, Shares::default());
    assert_eq!(twice, Err(RankError::Twice(id(1))));
    let far =
        Ranking::new([(id(1), Some(Decimal::MAX)), (id(2), Some(Decimal::MAX))], Basis::Margin, Shares::default());
    assert_eq!(far, Err(RankError::OutOfRange(vec![id(1), id(2)])));
    assert!(Shares::new(0, 900).is_err() && Shares::new(900, 800).is_err() && Shares::new(1, 1001).is_err());
}

/// Goal: a score is the sum of its contributions, and wrong cards are refused. Method: every kind of criterion, each error.
#[test]
fn scorecards_add_up() {
    let card = Scorecard::new(
        [
            Criterion::bands(label("years"), 500, [Decimal::ONE, Decimal::TWO], [0, 60, 100]).unwrap(),
            Criterion::words(label("influence"), 300, [(label("high"), 100), (label("some"), 40)]).unwrap(),
            Criterion::flag(label("strategic"), 200, 90).unwrap(),
        ],
        60_000,
    )
    .unwrap();
    let judge = |years: Option<&str>, influence: &str, strategic: Option<bool>| {
        card.judge(|key| match key.as_str() {
            "years" => years.map(|years| AttributeValue::Decimal(years.parse().unwrap())),
            "influence" => Some(AttributeValue::Text(label(influence))),
            _ => strategic.map(AttributeValue::Bool),
        })
    };
    for (years, influence, strategic, score) in [
        (Some("2"), "high", Some(true), 98_000),
        (Some("1.99"), "some", Some(false), 42_000),
        (Some("0.5"), "none", Some(true), 18_000),
        (None, "high", None, 30_000),
    ] {
        let verdict = judge(years, influence, strategic);
        assert_eq!(verdict.score, score);
        assert_eq!(verdict.contributions.iter().map(|one| one.contribution).sum::<u32>(), score);
        assert_eq!(verdict.is_key_account, score >= 60_000);
        assert_eq!(verdict.missing.len(), usize::from(years.is_none()) + usize::from(strategic.is_none()));
    }
    // A value of another type is missing.
    assert_eq!(card.judge(|_| Some(AttributeValue::Bool(true))).missing, [label("years"), label("influence")]);
    let flag = |weight| Criterion::flag(label("a"), weight, 10).unwrap();
    assert_eq!(Scorecard::new([flag(999)], 1), Err(ScorecardError::Weights(999)));
    assert_eq!(Scorecard::new([flag(500), flag(500)], 1), Err(ScorecardError::Twice(label("a"))));
    assert_eq!(Scorecard::new([flag(1_000)], 100_001), Err(ScorecardError::Cut(100_001)));
    assert!(matches!(Criterion::flag(label("a"), 1, 101), Err(ScorecardError::Points { points: 101, .. })));
    assert!(matches!(
        Criterion::bands(label("a"), 1, [Decimal::ONE], [1]),
        Err(ScorecardError::Bands { bands: 2, points: 1, .. })
    ));
    assert!(matches!(
        Criterion::bands(label("a"), 1, [Decimal::TWO, Decimal::ONE], [1, 2, 3]),
        Err(ScorecardError::Cuts { .. })
    ));
}

/// Goal: any ground is enough. Method: all combinations.
#[test]
fn any_ground_makes_a_key_account() {
    for value in [None, Some(ValueClass::A), Some(ValueClass::B), Some(ValueClass::C)] {
        for rule in [false, true] {
            for card in [None, Some(false), Some(true)] {
                let standing = Standing::new(value, rule, card);
                let expected = value == Some(ValueClass::A) || rule || card == Some(true);
                assert_eq!(standing.is_key_account(), expected);
                assert_eq!(standing.grounds().contains(&Ground::Rule), rule);
            }
        }
    }
}

/// Goal: values that do not add up are named, and without them the others are ranked; neither depends on the order of the rows.
/// Method: one value that is too large for the cents of the others, one too fine for them.
#[test]
fn values_that_do_not_add_up_are_named() {
    let rows = |odd: &str| -> Vec<(CustomerId, Option<Decimal>)> {
        let values = ["800.50", odd, "150.25", "-3.75", "49.25"];
        values.iter().enumerate().map(|(n, value)| (id(n), Some(value.parse().unwrap()))).collect()
    };
    for odd in ["70000000000000000000000000000", "-7000000000000000000000000000", "0.3333333333333333333333333333"] {
        let mut rows = rows(odd);
        for _ in 0..rows.len() {
            rows.rotate_left(1);
            let refused = Ranking::new(rows.clone(), Basis::Margin, Shares::default());
            assert_eq!(refused, Err(RankError::OutOfRange(vec![id(1)])), "{odd}");
            assert!(refused.unwrap_err().to_string().contains("`c001`"));
        }
        rows.retain(|(customer, _)| *customer != id(1));
        assert_eq!(Ranking::new(rows, Basis::Margin, Shares::default()).unwrap().total(), Decimal::from(1_000));
    }
}

/// Goal: a total that fits has classes, however large; shares are not rounded in the comparison. Method: values whose thousandfold
/// has too many digits; a share that is reached to the last digit, and missed by it.
#[test]
fn large_totals_have_classes() {
    let of = |values: [&str; 3]| {
        let rows = values.iter().enumerate().map(|(n, value)| (id(n), Some(value.parse().unwrap())));
        let ranking = Ranking::new(rows, Basis::Revenue, Shares::default()).unwrap();
        ranking.verdicts().iter().map(|verdict| verdict.class.unwrap()).collect::<Vec<_>>()
    };
    let (a, b, c) = (ValueClass::A, ValueClass::B, ValueClass::C);
    assert_eq!(
        of(["40000000000000000000000000000", "7500000000000000000000000000", "2500000000000000000000000000"]),
        [a, b, c]
    );
    assert_eq!(
        of(["39999999999999999999999999999", "7500000000000000000000000001", "2500000000000000000000000000"]),
        [a, a, c]
    );
}

/// Goal: steadiness is decided by whole numbers, in any order. Method: months whose partial sums have too many digits, few ones,
/// zeros behind the point.
#[test]
fn steadiness_does_not_depend_on_the_order_of_months() {
    let mut months = ["10", "10.0000000000000000000000000", "9", "11", "10", "10"].map(|text| text.parse().unwrap());
    for _ in 0..6 {
        months.rotate_left(1);
        assert_eq!(steadiness(&months), Some(Steadiness::X));
    }
    assert_eq!(steadiness(&[Decimal::MAX; 5]), Some(Steadiness::U), "too few months, whatever they are");
}
