//! `rfm`, `clv`, `key-accounts`, `tier` and `rank`.

use serde_json::Value;

use super::support::{POLICY, file, run, run_with};

const ORDERS: &str = "customer_id,order_date,revenue\na,2026-01-05,10\nb,2026-01-06,20.50\na,2026-02-01,5\nc,2026-03-01,7\n\
                      a,2026-03-01,5\nb,2026-03-02,-3\n";

/// Goal: the sample is scored without a file, in tables and as JSON. Method: counts that add up.
#[test]
fn the_sample_is_scored() {
    let ran = run(&["rfm"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.starts_with("2000 customers on 2026-04-28, 5 classes") && ran.out.contains("Champions"));
    let lines = run(&["rfm", "--json"]).json();
    assert_eq!(lines.len(), 2_001);
    let report = &lines[2_000]["report"];
    let sum: u64 =
        report["segments"].as_object().unwrap().values().map(|cell| cell["customers"].as_u64().unwrap()).sum();
    assert_eq!(sum, 2_000);
    let lines = run(&["clv", "predict", "--json", "--limit", "0"]).json();
    assert_eq!(lines.len(), 2_000);
    assert!(lines.iter().all(|line| (0.0..=1.0).contains(&line["alive"].as_f64().unwrap())));
    let lines = run(&["key-accounts", "--json", "--limit", "0"]).json();
    assert_eq!(lines.len(), 2_001);
    assert!(lines[2_000]["concentration"]["in_a"].as_u64().unwrap() > 0);
    assert_eq!(run(&["tier", "--json"]).json().len(), 3_000);
    let lines = run(&["rank", "--json", "--limit", "0"]).json();
    let score = |line: &Value| (!line["starved"].as_bool().unwrap(), -line["score"].as_i64().unwrap());
    assert!(lines.len() > 100 && lines.is_sorted_by_key(score));
    for line in &lines {
        let parts: i64 =
            line["contributions"].as_array().unwrap().iter().map(|one| one["points"].as_i64().unwrap()).sum();
        assert_eq!(line["score"].as_i64().unwrap(), parts);
    }
}

/// Goal: an order log from a file or standard input; what is wrong costs only itself. Method: a refund, a late order, a bad row.
#[test]
fn order_logs_are_read() {
    let log = file("scores", "orders.csv", format!("{ORDERS}d,yesterday,1\n,2026-01-01,2\ne,2027-01-01,9\n"));
    let ran = run(&["rfm", &log, "--on", "2026-03-31", "--classes", "3", "--json"]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert!(ran.err.contains("orders.csv:8: order_date"), "{}", ran.err);
    assert!(ran.err.contains("orders.csv:9: customer_id: it is empty"), "{}", ran.err);
    assert!(ran.err.contains("1 orders of nothing or less") && ran.err.contains("1 orders after"), "{}", ran.err);
    let lines = ran.json();
    assert_eq!(lines[0]["customer"], "a");
    assert_eq!((&lines[0]["inputs"]["frequency"], &lines[0]["inputs"]["monetary"]), (&3.into(), &"20".into()));
    let again = run_with(&["rfm", "-", "--on", "2026-03-31", "--classes", "3", "--json"], ORDERS.as_bytes());
    assert_eq!((again.code, &again.json()[0]), (0, &lines[0]));
    for (args, code, said) in [
        (vec!["rfm", &log], 2, "--on"),
        (vec!["rfm", &log, "--on", "31.3.2026"], 2, "2026-04-28"),
        (vec!["rfm", &log, "--on", "2026-03-31", "--classes", "1"], 2, "2 to 100"),
        (vec!["rfm", "nowhere.csv", "--on", "2026-03-31"], 4, "nowhere.csv"),
        (vec!["clv", "predict", &log, "--on", "2026-03-31"], 2, "--model"),
        (vec!["clv", "predict", "--months", "0"], 2, "1 to 1200"),
        (vec!["clv", "fit", "--days-per-unit", "nan"], 2, "cannot be NaN"),
        (vec!["key-accounts", &log], 0, ""),
        (vec!["key-accounts", "--a", "900", "--b", "800"], 2, "per mille"),
    ] {
        let ran = run(&args);
        assert!(ran.code == code || (code == 0 && ran.code == 3), "{args:?}: {} {}", ran.code, ran.err);
        assert!(ran.err.contains(said), "{args:?}: {}", ran.err);
    }
    let wrong = file("scores", "wrong.csv", "who,when\n1,2\n");
    let ran = run(&["rfm", &wrong, "--on", "2026-03-31"]);
    assert_eq!(ran.code, 4);
    assert!(ran.err.contains("no column"), "{}", ran.err);
}

/// Goal: a fitted model is written, read again, and predicts the same; with too little data there is none. Method: the sample's
/// fit in a file; three customers.
#[test]
fn models_are_written_and_read() {
    let model = file("scores", "model.json", "");
    let picture = file("scores", "fit.svg", "");
    let ran = run(&["clv", "fit", "--json", "--out", &model, "--plot", &picture]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.json()[0].pointer("/purchasing/converged/model/r").is_some());
    assert!(std::fs::read_to_string(&picture).unwrap().starts_with("<svg"));
    let read = run(&["clv", "predict", "--model", &model, "--json"]);
    assert_eq!((read.code, read.out), (0, run(&["clv", "predict", "--json"]).out));
    for other in ["pareto-nbd", "nbd"] {
        let ran = run(&["clv", "fit", "--model", other, "--hold-out-until", "2026-04-28", "--on", "2026-01-31"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.out.contains("in the hold-out"), "{}", ran.out);
    }
    let log = file("scores", "few.csv", ORDERS);
    let ran = run(&["clv", "fit", &log, "--on", "2026-03-31"]);
    assert_eq!(ran.code, 6);
    assert!(ran.err.contains("too little data"), "{}", ran.err);
    let broken = file("scores", "broken.json", r#"{"format": 2}"#);
    assert_eq!(run(&["clv", "predict", "--model", &broken]).code, 4);
}

/// Goal: a prediction says what it rests on, and purchases are not discounted. Method: a given model over twelve months by hand;
/// a rate only lowers what is named as discounted; a model that stands in for a richer one says so.
#[test]
fn a_prediction_says_what_it_rests_on() {
    let purchasing = r#"{"nbd": {"r": "0.5", "alpha": "10"}}"#;
    let text = format!(r#"{{"format": 1, "unit": "week", "days_per_unit": "7", "purchasing": {purchasing}}}"#);
    let model = file("scores", "basis.json", &text);
    let log = file("scores", "basis.csv", ORDERS);
    let predict = |more: &[&str]| {
        let args = ["clv", "predict", &log, "--on", "2026-03-31", "--limit", "0"];
        run(&args.iter().chain(more).copied().collect::<Vec<_>>())
    };
    let lines = predict(&["--model", &model, "--json", "--rate", "0.2"]).json();
    let a = lines.iter().find(|line| line["customer"] == "a").unwrap();
    // Two repeats in the 85 days since 5 January.
    let expected = 2.5 * (365.25 / 7.0) / (10.0 + 85.0 / 7.0);
    assert!((a["purchases"].as_f64().unwrap() - expected).abs() < 1e-9 * expected, "{a}");
    let mean: f64 = (1..=12).map(|i| 1.2_f64.powf(-f64::from(i) / 12.0)).sum::<f64>() / 12.0;
    let discounted = a["discounted_purchases"].as_f64().unwrap();
    assert!((discounted - expected * mean).abs() < 1e-9 * expected, "{a}");
    let basis = &a["basis"];
    assert_eq!((basis["model"].as_str(), basis["on"].as_str()), (Some("nbd"), Some("2026-03-31")));
    assert_eq!((basis["months"].as_u64(), basis["annual_rate"].as_f64()), (Some(12), Some(0.2)));
    assert!(basis.get("fitted_on").is_none() && basis.get("in_place_of_a_model_at").is_none(), "{basis}");
    let ran = predict(&["--model", &model]);
    assert!(ran.out.contains("from 2026-03-31 over 12 months of 30.4375 days, at 10% a year"), "{}", ran.out);
    assert!(ran.out.contains("model nbd, with given parameters") && ran.out.contains("discounted"), "{}", ran.out);
    let evidence = r#""evidence": {"unit": "week", "fitted_on": "2026-02-01", "customers": 9, "repeat_customers": 3,
        "repeats": 4, "log_likelihood": "-1", "standard_errors": ["1", "1"], "gradient": "0"}"#;
    let fallback = file(
        "scores",
        "fallback.json",
        text.replace(r#""purchasing""#, &format!(r#""boundary": "no_dropout", {evidence}, "purchasing""#)),
    );
    let ran = predict(&["--model", &fallback]);
    let said = "model nbd, in place of a richer one that is at its limit no_dropout, fitted on 2026-02-01";
    assert!(ran.out.contains(said), "{} {}", ran.out, ran.err);
    let lines = predict(&["--model", &fallback, "--json"]).json();
    assert_eq!(lines[0]["basis"]["in_place_of_a_model_at"], "no_dropout");
    assert_eq!(lines[0]["basis"]["fitted_on"], "2026-02-01");
}

/// Goal: pictures are drawn of every command that has them. Method: SVG with text in it.
#[test]
fn pictures_are_drawn() {
    for (name, args) in [("rfm", vec!["rfm"]), ("value", vec!["clv", "predict"]), ("accounts", vec!["key-accounts"])] {
        let picture = file("scores", &format!("{name}.svg"), "");
        let args: Vec<&str> = args.into_iter().chain(["--plot", &picture]).collect();
        let ran = run(&args);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let text = std::fs::read_to_string(&picture).unwrap();
        assert!(text.starts_with("<svg") && text.contains("<text") && text.trim_end().ends_with("</svg>"), "{name}");
    }
    assert_eq!(run(&["rfm", "--plot", "nowhere/at/all.svg"]).code, 4);
}

/// Goal: a policy without rules about scores says so. Method: `tier` and `rank` under one.
#[test]
fn a_policy_without_scoring_says_so() {
    let policy = file("scores", "policy.json", POLICY);
    let customers = file("scores", "customers.ndjson", r#"{"id":"c1","place":"awaiting"}"#);
    for command in ["tier", "rank"] {
        let ran = run(&[command, "--policy", &policy, "--customers", &customers, "--now", "2026-03-05T10:00:00Z"]);
        assert_eq!(ran.code, 2, "{}", ran.err);
        assert!(ran.err.contains("scoring."), "{}", ran.err);
    }
}

/// Goal: a table of customers with their scores is judged. Method: CSV under a policy with a ladder and a priority; a score that
/// is none, a column that is none.
#[test]
fn scores_come_in_csv() {
    let scoring = r#""scoring": {
        "tiers": {"band": 800, "periods": 1, "period": "month", "ladder": [
            {"tier": "vip", "when": {"at_least": {"fact": "score.clv", "value": "100"}}}, {"tier": "normal", "when": "always"}]},
        "priority": {"value": 1000, "pace": 0, "starves_after": {"days": 90}}},"#;
    let policy = file("scores", "scored.json", POLICY.replacen('{', &format!("{{{scoring}"), 1));
    let csv = "id,pool,pool_since,score.clv,score.value\na,pool,2026-03-01T00:00:00Z,120.50,700000\n\
               b,pool,2026-03-01T00:00:00Z,,900000\nc,pool,2026-03-01T00:00:00Z,much,1\nd,pool,2026-03-01T00:00:00Z,1,2000000\n";
    let customers = file("scores", "scored.csv", csv);
    let with = ["--policy", &policy, "--customers", &customers, "--now", "2026-03-05T10:00:00Z", "--json"];
    let run_on = |command: &str| run(&[&[command], &with[..]].concat());
    let ran = run_on("rank");
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("scored.csv:4") && ran.err.contains("scored.csv:5"), "{}", ran.err);
    assert_eq!(ran.customers(), ["b", "a"]);
    let tiers: Vec<Value> = run_on("tier").json().iter().map(|line| line["tier"].clone()).collect();
    assert_eq!(tiers, ["vip", "normal"]);
    let wrong = file("scores", "wrong_score.csv", "id,score.height\na,1\n");
    let ran = run(&["rank", "--policy", &policy, "--customers", &wrong, "--now", "2026-03-05T10:00:00Z"]);
    assert_eq!(ran.code, 4);
    assert!(ran.err.contains("`height` is no score"), "{}", ran.err);
}

/// Goal: a segment table for another number of classes is refused, naming both; without a number it is that of the table. Method:
/// numbers with and without a table built in, a table of a file.
#[test]
fn a_segment_table_for_other_classes_is_refused() {
    let thirds = r#"{"name": "mine", "version": 1, "classes": 3, "axes": "recency_and_frequency", "rest": "rest", "segments": [
        {"id": "best", "name": "Best", "cells": ["33"]}, {"id": "rest", "name": "Rest"}]}"#;
    let table = file("scores", "thirds.json", thirds);
    for (args, said) in [
        (vec!["--classes", "4"], "`grid25` is for 5 classes, and recency has 4"),
        (vec!["--classes", "10"], "`grid25` is for 5 classes, and recency has 10"),
        (vec!["--classes", "5", "--segments", &table], "`mine` is for 3 classes, and recency has 5"),
    ] {
        let ran = run(&[&["rfm"], &args[..]].concat());
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}");
        assert!(ran.err.contains(said) && ran.err.contains("--segments"), "{args:?}: {}", ran.err);
    }
    for (args, name) in [(vec![], "grid25"), (vec!["--classes", "3"], "thirds"), (vec!["--segments", &table], "mine")] {
        let lines = run(&[&["rfm", "--json"], &args[..]].concat()).json();
        assert_eq!(lines[2_000]["segments"], name);
        assert!(lines[..2_000].iter().all(|line| line["segment"].is_string()), "{args:?}");
    }
}

/// Goal: a refund is of what was bought on its day, wherever its row stands. Method: both orders of the rows.
#[test]
fn a_refund_counts_wherever_its_row_stands() {
    let (order, refund) = ("a,2026-03-02,100\n", "a,2026-03-02,-30\n");
    for rows in [[order, refund], [refund, order]] {
        let log = format!("customer_id,order_date,revenue\n{}", rows.concat());
        let args = ["rfm", "-", "--on", "2026-03-31", "--non-positive", "netted", "--json"];
        let ran = run_with(&args, log.as_bytes());
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        assert_eq!(ran.json()[0]["inputs"]["monetary"], "70");
    }
}

/// Goal: customers who are left out are told and counted, and one whose amounts do not add up costs nobody else. Method: a log
/// with one of each kind, a table of values, a table of inputs.
#[test]
fn customers_who_are_left_out_are_told() {
    let log = "customer_id,order_date,revenue\na,2026-03-02,100\nb,2026-03-02,0\nc,2026-05-02,7\nd,2026-04-15,7\n\
               e,2026-03-02,10000000000000000000000000000\ne,2026-03-03,0.01\n";
    let ran = run_with(&["rfm", "-", "--on", "2026-03-31", "--json"], log.as_bytes());
    assert_eq!(ran.code, 3);
    let lines = ran.json();
    assert_eq!((lines.len(), &lines[0]["customer"]), (2, &"a".into()));
    assert_eq!(lines[1]["left_out"], serde_json::json!({"non_positive": 1, "later": 2, "customers": 4}));
    for said in [
        "`e` are too many, or their amounts have too many digits",
        "1 customers were left out: all their orders are of nothing or less",
        "2 customers were left out: all their orders are after the last day",
    ] {
        assert!(ran.err.contains(said), "{said}: {}", ran.err);
    }
    let hold_out = ["clv", "fit", "-", "--on", "2026-03-31", "--hold-out-until", "2026-04-30"];
    let ran = run_with(&hold_out, log.as_bytes());
    assert!(ran.err.contains("1 customers were left out: they first bought in the hold-out"), "{}", ran.err);
    let values = "id,value\na,100.50\nb,70000000000000000000000000000\nc,3\n";
    let ran = run_with(&["key-accounts", "-", "--json"], values.as_bytes());
    assert_eq!((ran.code, ran.json().len()), (3, 3), "{}", ran.err);
    assert!(ran.err.contains("`b`: the value has too many digits"), "{}", ran.err);
    let inputs = "id,recency,frequency,value\na,1,2,100.50\nb,1,2,70000000000000000000000000000\nc,1,2,3\n";
    let ran = run_with(&["rfm", "-", "--on", "2026-03-31", "--json"], inputs.as_bytes());
    assert_eq!((ran.code, ran.json().len()), (3, 4), "{}", ran.err);
    assert!(ran.err.contains("`b`: the money has too many digits"), "{}", ran.err);
}
