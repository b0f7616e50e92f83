//! The laws of classes, over drawn columns.

use customer_pool::score::rfm::{Cuts, Population, Rfm, RfmInputs, classify, mid_rank_classes, rank_tiles};
use proptest::prelude::*;

/// The rule as the specification has it.
fn naive(values: &[i64], value: i64, k: usize) -> u8 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let above = (1..k).filter(|j| value > sorted[(sorted.len() - 1) * j / k]).count();
    1 + u8::try_from(above).unwrap()
}

/// Type-7 quantile, by interpolation.
fn type7(values: &[i64], j: usize, k: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let place = (sorted.len() - 1) as f64 * j as f64 / k as f64;
    let (low, high) = (sorted[place.floor() as usize] as f64, sorted[place.ceil() as usize] as f64);
    low + (high - low) * place.fract()
}

/// Columns with many ties, with few, constant ones, and ends of the range.
fn column() -> impl Strategy<Value = Vec<i64>> {
    let value = prop_oneof![
        4 => -3_i64..4,
        3 => -1_000_i64..1_000,
        1 => prop_oneof![Just(i64::MIN), Just(i64::MAX), Just(i64::MAX - 1), Just(0)],
        1 => any::<i64>(),
    ];
    prop_oneof![5 => prop::collection::vec(value, 1..60), 1 => (any::<i64>(), 1_usize..20).prop_map(|(v, n)| vec![v; n])]
}

proptest! {
    /// Goal: classes are those of the rule, and its laws hold. Method: the naive rule; ties, order, maps, ends, merging.
    #[test]
    fn classes_are_those_of_the_rule(values in column(), k in 2_u8..12, cut in 0_usize..60) {
        let cuts = Cuts::quantile(values.iter().copied(), k).unwrap().unwrap();
        let class = |value: &i64| cuts.class(value);
        for value in &values {
            prop_assert_eq!(class(value), naive(&values, *value, usize::from(k)));
            prop_assert_eq!(cuts.mirrored(value), k + 1 - class(value));
        }
        // The lowest class of ties is 1, so a constant column is 1 everywhere.
        prop_assert_eq!(class(values.iter().min().unwrap()), 1);
        // Any strictly increasing map changes nothing.
        let mapped: Vec<i128> = values.iter().map(|value| i128::from(*value) * 3 + 7).collect();
        let other = Cuts::quantile(mapped.iter().copied(), k).unwrap().unwrap();
        prop_assert!(values.iter().zip(&mapped).all(|(value, mapped)| class(value) == other.class(mapped)));
        // The order of rows does not matter, nor where the population is divided.
        let mut turned = values.clone();
        turned.reverse();
        turned.rotate_left(cut % values.len());
        prop_assert_eq!(Cuts::quantile(turned.iter().copied(), k).unwrap(), Some(cuts.clone()));
        let (one, two) = turned.split_at(cut % (values.len() + 1));
        let merged = one.iter().copied().collect::<Population<i64>>().merged(two.iter().copied().collect());
        prop_assert_eq!(merged.cuts(k).unwrap(), Some(cuts.clone()));
        prop_assert_eq!(merged.len(), values.len() as u64);
        // Stored cuts apply to new customers: classes go up with values.
        let stored: Cuts<i64> = serde_json::from_str(&serde_json::to_string(&cuts).unwrap()).unwrap();
        prop_assert_eq!(&stored, &cuts);
        for (one, next) in [(-5, 3), (0, 1), (i64::MIN, i64::MAX)] {
            prop_assert!(stored.class(&one) <= stored.class(&next));
        }
    }

    /// Goal: the rule is "above the type-7 quantile" for values of the data. Method: interpolated quantiles of small numbers.
    #[test]
    fn the_rule_is_above_the_type_7_quantile(values in prop::collection::vec(-40_i64..40, 1..60), k in 2_usize..8) {
        for value in &values {
            let above = (1..k).filter(|j| (*value as f64) > type7(&values, *j, k) + 1e-9).count();
            prop_assert_eq!(usize::from(naive(&values, *value, k)), 1 + above);
        }
    }

    /// Goal: columns are classified as single customers are. Method: both, over hard columns of every type.
    #[test]
    fn columns_are_classified_as_customers_are(values in column(), k in 2_u8..10, many in 1_usize..40) {
        let recency: Vec<i64> = values.iter().cycle().take(values.len() * many).copied().collect();
        let frequency: Vec<u32> = recency.iter().map(|value| (value.unsigned_abs() % 23) as u32).collect();
        let money: Vec<i32> = recency.iter().map(|value| (value % 1_000_003) as i32).collect();
        let found = classify(&recency, &frequency, &money, k).unwrap().unwrap();
        let inputs: Vec<RfmInputs> = recency.iter().zip(&frequency).zip(&money).map(|((r, f), m)| RfmInputs {
            recency: Some(*r), frequency: Some(u64::from(*f)), monetary: Some((*m).into()),
        }).collect();
        let rfm = Rfm::fit(&inputs, k, "2026-01-01".parse().unwrap()).unwrap();
        prop_assert_eq!(Some(&found.recency), rfm.recency());
        for (one, code) in inputs.iter().zip(&found.codes) {
            let [r, f, m] = rfm.score(one).classes().unwrap().map(u16::from);
            prop_assert_eq!(*code, 100 * r + 10 * f + m);
        }
    }

    /// Goal: tiles are even, mid-ranks keep ties together. Method: their definitions.
    #[test]
    fn tiles_are_even_and_mid_ranks_keep_ties_together(values in column(), k in 2_u8..12) {
        let rows: Vec<(usize, Option<i64>)> = values.iter().copied().map(Some).enumerate().collect();
        let tiles = rank_tiles(&rows, k).unwrap();
        let sizes: Vec<usize> = (1..=k).map(|class| tiles.classes.iter().filter(|c| **c == Some(class)).count()).collect();
        prop_assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 1);
        let mut turned = rows.clone();
        turned.reverse();
        let mut again = rank_tiles(&turned, k).unwrap();
        again.classes.reverse();
        prop_assert_eq!(&again, &tiles);
        let ties_split = rows.iter().any(|(i, v)| rows.iter().any(|(j, w)| v == w && tiles.classes[*i] != tiles.classes[*j]));
        prop_assert_eq!(tiles.split > 0, ties_split);
        let classes = mid_rank_classes(&rows.iter().map(|(_, value)| *value).collect::<Vec<_>>(), k).unwrap();
        for (i, v) in values.iter().enumerate() {
            let below = values.iter().filter(|w| *w < v).count();
            let equal = values.iter().filter(|w| *w == v).count();
            let class = 1 + usize::from(k) * (2 * below + equal) / (2 * values.len());
            prop_assert_eq!(classes[i].map(usize::from), Some(class.min(usize::from(k))));
        }
    }
}
