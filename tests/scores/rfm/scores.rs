//! Scores against the reference answers and the naive rule.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use customer_pool::score::rfm::{
    CellReport, Cuts, CutsError, Population, Rfm, RfmInputs, RfmWeights, Segments, Side, classify, mid_rank_classes,
    rank_tiles,
};
use rust_decimal::Decimal;

use super::data::{rows, scored, text};

fn on() -> NaiveDate {
    "2006-12-31".parse().unwrap()
}

/// Goal: 995 customers as the reference has them. Method: every class of the file, by single scores, by stored cuts read
/// again, by merged shards, and by columns.
#[test]
fn the_reference_customers_have_their_scores() {
    let Some(text) = text("rfm/orders_scores.csv") else { return };
    let all: Vec<(RfmInputs, [u8; 3])> = rows(&text).map(|row| scored(&row)).collect();
    assert_eq!(all.len(), 995);
    let inputs: Vec<RfmInputs> = all.iter().map(|(inputs, _)| *inputs).collect();
    let rfm = Rfm::fit(&inputs, 5, on()).unwrap();
    let stored: Rfm = serde_json::from_str(&serde_json::to_string(&rfm).unwrap()).unwrap();
    assert_eq!(stored, rfm);
    for (inputs, classes) in &all {
        assert_eq!(stored.score(inputs).classes(), Some(*classes), "{inputs:?}");
    }
    let shard = |part: usize| {
        let some = || inputs.iter().skip(part).step_by(3);
        let money: Population<Decimal> = some().filter_map(|one| one.monetary).collect();
        let read: Population<Decimal> = serde_json::from_str(&serde_json::to_string(&money).unwrap()).unwrap();
        assert_eq!(read, money);
        (some().filter_map(|one| one.recency).collect::<Population<i64>>(), read)
    };
    let [one, two, three] = [0, 1, 2].map(shard);
    assert_eq!(one.0.merged(three.0).merged(two.0).cuts(5).unwrap().as_ref(), rfm.recency());
    assert_eq!(three.1.merged(one.1.merged(two.1)).cuts(5).unwrap().as_ref(), rfm.monetary());
    let days: Vec<i64> = inputs.iter().filter_map(|one| one.recency).collect();
    let orders: Vec<u64> = inputs.iter().filter_map(|one| one.frequency).collect();
    let money: Vec<i64> = inputs.iter().map(|one| i64::try_from(one.monetary.unwrap().mantissa()).unwrap()).collect();
    assert!(inputs.iter().all(|one| one.monetary.unwrap().scale() == 0));
    let codes = classify(&days, &orders, &money, 5).unwrap().unwrap().codes;
    for (code, (_, [r, f, m])) in codes.into_iter().zip(&all) {
        assert_eq!(code, 100 * u16::from(*r) + 10 * u16::from(*f) + u16::from(*m));
    }
}

/// Goal: how the answers of the R package differ is known. Method: one class of recency and two of money, no others.
#[test]
fn the_r_package_differs_in_three_classes() {
    let (Some(ours), Some(theirs)) = (text("rfm/orders_scores.csv"), text("rfm/orders_r_rfm.csv")) else { return };
    let theirs: BTreeMap<&str, [u8; 3]> =
        rows(&theirs).map(|row| (row[0], [row[4], row[5], row[6]].map(|class| class.parse().unwrap()))).collect();
    let mut differ = [0; 3];
    for row in rows(&ours) {
        let (_, classes) = scored(&row);
        for ((count, one), other) in differ.iter_mut().zip(classes).zip(theirs[row[0]]) {
            *count += i32::from(one != other);
        }
    }
    assert_eq!(differ, [1, 0, 2]);
}

/// Goal: what is missing stays missing, and a column of nothing has no cuts. Method: customers without a part.
#[test]
fn what_is_missing_stays_missing() {
    let known = RfmInputs { recency: Some(10), frequency: Some(2), monetary: None };
    let rfm = Rfm::fit(&[known, RfmInputs::default()], 5, on()).unwrap();
    assert!(rfm.monetary().is_none());
    let score = rfm.score(&known);
    assert_eq!((score.recency(), score.frequency(), score.monetary()), (Some(5), Some(1), None));
    assert_eq!((score.code(), score.classes()), (None, None));
    let nobody = rfm.score(&RfmInputs::default());
    assert_eq!((nobody.recency(), nobody.frequency()), (None, None));
    assert_eq!(Segments::grid25().of(&score), Ok(None));
    assert_eq!(Rfm::fit(&[], 5, on()).unwrap().recency(), None);
}

/// Goal: wrong numbers of classes and wrong cuts are refused. Method: each.
#[test]
fn wrong_cuts_are_refused() {
    assert_eq!(Cuts::quantile([1], 1), Err(CutsError::Classes(1)));
    assert_eq!(Cuts::quantile([1], 101), Err(CutsError::Classes(101)));
    assert_eq!(Cuts::<i64>::fixed([], Side::Below), Err(CutsError::Classes(1)));
    assert_eq!(Cuts::fixed([1, 2, 2], Side::Above), Err(CutsError::Order(2)));
    assert_eq!(Cuts::fixed(0..100, Side::Above), Err(CutsError::Classes(101)));
    assert_eq!(classify(&[1_u32], &[1_u32], &[1_i64], 10), Err(CutsError::Classes(10)));
    assert_eq!(classify::<u32, u32, i64>(&[], &[], &[], 5), Ok(None));
    assert_eq!(classify(&[1_u32], &[1_u32, 2], &[1_i64], 5), Ok(None));
    assert!(rank_tiles::<&str, i64>(&[], 1).is_err() && mid_rank_classes::<i64>(&[], 0).is_err());
    for text in
        [r#"{"cuts":[],"side":"below"}"#, r#"{"cuts":["2","1"],"side":"below"}"#, r#"{"cuts":["x"],"side":"below"}"#]
    {
        assert!(serde_json::from_str::<Cuts<i64>>(text).is_err(), "{text}");
    }
    assert!(serde_json::from_str::<Population<i64>>(r#"[["3",0]]"#).is_err());
}

/// Goal: the side of a fixed cut is what it says. Method: values at, below and above it.
#[test]
fn a_value_at_a_fixed_cut_goes_to_the_stated_side() {
    let below = Cuts::fixed([10, 20], Side::Below).unwrap();
    let above = Cuts::fixed([10, 20], Side::Above).unwrap();
    assert_eq!([9, 10, 11, 20, 21].map(|value| below.class(&value)), [1, 1, 2, 2, 3]);
    assert_eq!([9, 10, 11, 20, 21].map(|value| above.class(&value)), [1, 2, 2, 3, 3]);
    assert_eq!([9, 10, 21].map(|value| above.mirrored(&value)), [3, 2, 1]);
}

/// Goal: a weighted score is the sum of its parts, and a report counts everybody once. Method: 27 codes.
#[test]
fn weights_and_reports_add_up() {
    assert!(RfmWeights::new(500, 500, 1).is_err());
    let weights = RfmWeights::new(155, 280, 565).unwrap();
    let inputs: Vec<RfmInputs> = (0..270_i64)
        .map(|i| RfmInputs {
            recency: Some(i % 10),
            frequency: Some((i % 27) as u64),
            monetary: Some(Decimal::new(i, 2)),
        })
        .collect();
    let rfm = Rfm::fit(&inputs, 3, on()).unwrap();
    let scores: Vec<_> = inputs.iter().map(|one| rfm.score(one)).collect();
    for score in &scores {
        let weighed = weights.weigh(score.classes().unwrap());
        assert_eq!(weighed.total, weighed.contributions.iter().sum::<u32>());
        assert!((1_000..=3_000).contains(&weighed.total));
    }
    let report = CellReport::new(&scores, &Segments::thirds()).unwrap();
    assert_eq!(report.codes.values().map(|cell| cell.customers).sum::<u64>(), 270);
    assert_eq!(report.segments.values().map(|cell| cell.customers).sum::<u64>(), 270);
    let whole: Decimal = inputs.iter().filter_map(|one| one.monetary).sum();
    assert_eq!(report.segments.values().map(|cell| cell.value).sum::<Decimal>(), whole);
    assert_eq!(report.classes.iter().map(|counts| counts.values().sum::<u64>()).collect::<Vec<_>>(), [270; 3]);
    assert_eq!((report.segments.len(), report.missing), (6, 0));
}

/// Goal: money that does not add up costs nobody else's sums, and everybody is counted. Method: one amount too large for the cents
/// of the others, one too fine for them, at every place.
#[test]
fn money_that_does_not_add_up_is_in_no_sum() {
    for odd in ["70000000000000000000000000000", "0.3333333333333333333333333333"] {
        for place in 0..4 {
            let mut money: Vec<Decimal> = ["800.50", "150.25", "-3.75"].map(|text| text.parse().unwrap()).to_vec();
            money.insert(place, odd.parse().unwrap());
            let inputs: Vec<RfmInputs> = money
                .iter()
                .map(|money| RfmInputs { recency: Some(1), frequency: Some(1), monetary: Some(*money) })
                .chain([RfmInputs::default()])
                .collect();
            let rfm = Rfm::fit(&inputs, 5, on()).unwrap();
            let scores: Vec<_> = inputs.iter().map(|one| rfm.score(one)).collect();
            let report = CellReport::new(&scores, &Segments::grid25()).unwrap();
            assert_eq!(report.unsummed, [place]);
            assert_eq!(report.segments.values().map(|cell| cell.value).sum::<Decimal>(), Decimal::from(947));
            assert_eq!(report.codes.values().map(|cell| cell.value).sum::<Decimal>(), Decimal::from(947));
            assert_eq!((report.codes.values().map(|cell| cell.customers).sum::<u64>(), report.missing), (4, 1));
        }
    }
}
