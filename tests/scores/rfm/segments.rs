//! Segment tables: those that ship, and those that are refused.

use std::collections::BTreeMap;

use customer_pool::score::rfm::{Axes, CellReport, Cuts, Rfm, RfmInputs, RfmScore, Segments, SegmentsError, Side};
use serde_json::{Value, json};

use super::data::text;

/// Goal: the tables that ship are the published ones. Method: every cell of the shared file.
#[test]
fn shipped_tables_are_the_published_ones() {
    let Some(text) = text("rfm/segments.json") else { return };
    let published: Value = serde_json::from_str(&text).unwrap();
    let tables = [
        ("grid25_RxFM_11seg", Segments::grid25(), 25),
        ("regex_RxF_10seg", Segments::recency_frequency(), 25),
        ("codes125", Segments::codes125(), 125),
        ("klaviyo", Segments::thirds(), 27),
    ];
    for (name, table, cells) in tables {
        let found: BTreeMap<String, String> =
            table.cells().map(|(cell, segment)| (cell, segment.name().to_owned())).collect();
        assert_eq!(found.len(), cells, "{name}");
        let mut listed = 0;
        for (segment, cells) in published[name]["segments"].as_object().unwrap() {
            for cell in cells.as_array().unwrap() {
                assert_eq!(&found[cell.as_str().unwrap()], segment, "{name}");
                listed += 1;
            }
        }
        let rest = found.values().filter(|name| *name == "Lost").count();
        assert!(listed == cells || (name == "codes125" && listed + rest == cells), "{name}: {listed}");
    }
}

fn ranges(published: &Value, first_match: bool) -> String {
    let segment = |(at, (name, ranges)): (usize, (&String, &Value))| {
        let r: Vec<u64> = ranges.as_array().unwrap().iter().map(|class| class.as_u64().unwrap()).collect();
        let pairs: Vec<[u64; 2]> = r.chunks(2).map(|pair| [pair[0], pair[1]]).collect();
        json!({ "id": format!("s{at}"), "name": name, "ranges": [pairs] })
    };
    let segments: Vec<Value> = published["segments"].as_object().unwrap().iter().enumerate().map(segment).collect();
    json!({ "name": "t", "version": 1, "classes": 5, "axes": "all", "first_match": first_match, "segments": segments })
        .to_string()
}

/// Goal: the published tables that are no partitions are refused for what they are. Method: the two of ranges, with and
/// without an order.
#[test]
fn published_tables_that_are_no_partitions_are_refused() {
    let Some(text) = text("rfm/segments.json") else { return };
    let published: Value = serde_json::from_str(&text).unwrap();
    for name in ["rfm_R_v0.2", "rfm_R_v0.3"] {
        let refused = Segments::from_json(&ranges(&published[name], false));
        assert!(matches!(refused, Err(SegmentsError::Twice { .. })), "{name}: {refused:?}");
        let in_order = Segments::from_json(&ranges(&published[name], true));
        assert!(
            matches!(in_order, Err(SegmentsError::Uncovered { .. } | SegmentsError::Empty(_))),
            "{name}: {in_order:?}"
        );
    }
}

fn table(change: impl Fn(&mut Value)) -> Result<Segments, SegmentsError> {
    let mut table = json!({
        "name": "t", "version": 2, "classes": 3, "axes": "recency_and_mean", "rest": "others", "segments": [
            { "id": "best", "name": "Best", "cells": ["33"], "ranges": [[[2, 2], [1, 3]]] },
            { "id": "others", "name": "Others" },
        ],
    });
    change(&mut table);
    Segments::from_json(&table.to_string())
}

/// Goal: each thing that can be wrong is said. Method: a sound table with one thing changed.
#[test]
fn what_is_wrong_with_a_table_is_said() {
    let sound = table(|_| {}).unwrap();
    assert_eq!((sound.name(), sound.version(), sound.classes(), sound.axes()), ("t", 2, 3, Axes::RecencyAndMean));
    let of = |cell: &str| sound.cells().find(|(known, _)| known == cell).unwrap().1.id().to_string();
    assert_eq!(["33", "21", "23", "11", "32"].map(of), ["best", "best", "best", "others", "others"]);
    type Refused = fn(&SegmentsError) -> bool;
    type Change = fn(&mut Value);
    let cases: [(Change, Refused); 10] = [
        (|t| t["classes"] = json!(1), |e| matches!(e, SegmentsError::Classes(1))),
        (|t| t["more"] = json!(1), |e| matches!(e, SegmentsError::Shape(_))),
        (|t| t["segments"][0]["cells"] = json!(["34"]), |e| matches!(e, SegmentsError::Cell { .. })),
        (|t| t["segments"][0]["cells"] = json!(["333"]), |e| matches!(e, SegmentsError::Cell { axes: 2, .. })),
        (|t| t["segments"][0]["ranges"] = json!([[[2, 1], [1, 3]]]), |e| matches!(e, SegmentsError::Range { .. })),
        (|t| t["segments"][0]["ranges"] = json!([[[1, 1]]]), |e| matches!(e, SegmentsError::Ranges { found: 1, .. })),
        (|t| t["segments"][0]["cells"] = json!(["21"]), |e| matches!(e, SegmentsError::Twice { .. })),
        (|t| t["rest"] = json!("nobody"), |e| matches!(e, SegmentsError::Empty(_))),
        (|t| t["segments"][1]["id"] = json!("best"), |e| matches!(e, SegmentsError::Name(_))),
        (
            |t| {
                t["rest"] = json!("nobody");
                t["segments"].as_array_mut().unwrap().pop();
            },
            |e| matches!(e, SegmentsError::Uncovered { cell, others: 4 } if cell == "11"),
        ),
    ];
    for (at, (change, refused)) in cases.iter().enumerate() {
        let found = table(change).unwrap_err();
        assert!(refused(&found), "{at}: {found:?}");
        assert!(!found.to_string().is_empty());
    }
    // In a declared order the first one keeps a cell.
    let ordered = table(|t| {
        t["first_match"] = json!(true);
        t["segments"][1]["cells"] = json!(["21", "11"]);
    });
    assert_eq!(ordered.unwrap().cells().find(|(cell, _)| cell == "21").unwrap().1.id(), "best");
}

/// Goal: the mean of frequency and money is rounded half up. Method: all pairs of five classes.
#[test]
fn the_mean_is_rounded_half_up() {
    let inputs: Vec<RfmInputs> = (0..25_u64)
        .map(|i| RfmInputs { recency: Some(1), frequency: Some(i % 5), monetary: Some((i / 5).into()) })
        .collect();
    let rfm = Rfm::fit(&inputs, 5, "2026-01-01".parse().unwrap()).unwrap();
    let grid = Segments::grid25();
    let names: BTreeMap<String, String> =
        grid.cells().map(|(cell, segment)| (cell, segment.id().to_string())).collect();
    for one in &inputs {
        let score = rfm.score(one);
        let [r, f, m] = score.classes().unwrap();
        let mean = ((f64::from(f) + f64::from(m)) / 2.0 + 0.5).floor() as u8;
        assert_eq!(grid.of(&score).unwrap().unwrap().id(), names[&format!("{r}{mean}")].as_str());
    }
}

/// Goal: a table for another number of classes is refused, and both numbers are named. Method: every shipped table against 2 to
/// 12 classes, score by score and in a report.
#[test]
fn a_table_for_other_classes_is_refused() {
    let inputs: Vec<RfmInputs> = (0..600_u64)
        .map(|i| RfmInputs { recency: Some((i % 71) as i64), frequency: Some(i % 13), monetary: Some((i % 89).into()) })
        .collect();
    let tables = [Segments::grid25(), Segments::recency_frequency(), Segments::codes125(), Segments::thirds()];
    for classes in 2..=12 {
        let rfm = Rfm::fit(&inputs, classes, "2026-01-01".parse().unwrap()).unwrap();
        let scores: Vec<RfmScore> = inputs.iter().map(|one| rfm.score(one)).collect();
        for table in &tables {
            let report = CellReport::new(&scores, table);
            if classes == table.classes() {
                let segments = report.unwrap().segments;
                assert_eq!(segments.values().map(|cell| cell.customers).sum::<u64>(), 600, "{}", table.name());
                assert!(scores.iter().all(|score| table.of(score).unwrap().is_some()));
                continue;
            }
            let refused = report.unwrap_err();
            assert_eq!((refused.of_table(), refused.of_scores()), (table.classes(), classes));
            assert!(scores.iter().all(|score| table.of(score).as_ref() == Err(&refused)));
            let said = refused.to_string();
            assert!(said.contains(table.name()) && said.contains(&classes.to_string()), "{said}");
        }
    }
}

/// Goal: only the columns that a table reads need its number of classes. Method: money in two fixed classes, and no cuts of money.
#[test]
fn only_the_columns_that_a_table_reads_need_its_classes() {
    let of = |money: Option<Cuts<_>>| {
        let five = |values: std::ops::Range<i64>| Cuts::quantile(values, 5).unwrap();
        let orders = Cuts::quantile(1..9_u64, 5).unwrap();
        let rfm = Rfm::new("2026-01-01".parse().unwrap(), five(0..9), orders, money);
        rfm.score(&RfmInputs { recency: Some(1), frequency: Some(8), monetary: Some(7.into()) })
    };
    let two = of(Some(Cuts::fixed([5.into()], Side::Below).unwrap()));
    assert_eq!(Segments::recency_frequency().of(&two).unwrap().map(|one| one.name()), Some("Champions"));
    let refused = Segments::grid25().of(&two).unwrap_err();
    assert_eq!(refused.to_string(), "the segment table `grid25` is for 5 classes, and monetary value has 2");
    assert_eq!(Segments::grid25().of(&of(None)), Ok(None));
}
