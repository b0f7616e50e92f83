//! `sweep --plan`: what a run would do within its ceilings.

use serde_json::{Value, json};

use super::support::{NOW, POLICY, Ran, claimed, file, run};

/// Sweeps these customers with these options; as JSON, or as a table.
fn planned(test: &str, rows: &[String], options: &[&str]) -> Ran {
    let (policy, rows) = (file(test, "policy.json", POLICY), file(test, "rows.ndjson", rows.join("\n")));
    let files = ["sweep", "--policy", &policy, "--customers", &rows, "--now", NOW];
    run(&[&files[..], options].concat())
}

/// Customer, action and ceiling of every item.
fn items(ran: &Ran) -> Vec<(String, Value, Value)> {
    let item =
        |row: &Value| (row["customer"].as_str().unwrap().to_owned(), row["action"].clone(), row["throttled"].clone());
    ran.json().iter().filter(|row| row["customer"].is_string()).map(item).collect()
}

/// Three that are due, one that is warned, one that is fresh, one that nobody can date; `b` has another owner and all
/// but `c` a value.
fn book() -> Vec<String> {
    let valued = |row: String, value: &str| row.replacen('{', &format!(r#"{{"profile":{{"value":"{value}"}},"#), 1);
    vec![
        claimed("fresh", 5),
        claimed("soon", 2),
        valued(claimed("d", 1), "20000"),
        claimed("c", 1),
        valued(claimed("b", 1).replace("r1", "r2"), "500"),
        valued(claimed("a", 1), "10000.50"),
        r#"{"id":"unknown","place":{"owned":{"owner":"r1"}}}"#.to_owned(),
    ]
}

/// Without ceilings everything is planned, in order; every option asks for a plan, and without one decisions are
/// listed.
#[test]
fn a_plan_lists_what_is_to_be_done() {
    let all = planned("plan_all", &book(), &["--plan", "--json"]);
    assert_eq!((all.code, all.err.as_str()), (0, ""));
    let listed = items(&all);
    let names: Vec<_> = listed.iter().map(|(customer, ..)| customer.as_str()).collect();
    assert_eq!(names, ["a", "b", "c", "d", "soon"], "by due instant and customer");
    assert!(listed.iter().all(|(.., throttled)| throttled.is_null()));
    assert!(listed[..4].iter().all(|(_, action, _)| action == "reclaim"));
    assert_eq!(listed[4].1["warn"]["stage"], "soon");
    assert_eq!(listed[4].1["warn"]["key"], r#"["soon",1,"silent","2026-03-05T16:00:00Z","soon"]"#);
    let rows = all.json();
    let [undetermined, report, summary] = &rows[rows.len() - 3..] else { panic!("{}", all.out) };
    let unknown = json!({"customer": "unknown", "owner": "r1", "reason": "facts.ownership_start_unknown"});
    assert_eq!(undetermined["undetermined"], unknown);
    assert_eq!(report["report"]["all"]["reclaims"], 4);

    let plain = planned("plan_all", &book(), &["--json"]);
    assert_eq!(plain.json().last(), Some(summary), "the summary is that of the decisions");
    assert!(plain.json().iter().all(|row| row.get("throttled").is_none()), "{}", plain.out);
    for option in [["--max", "9"], ["--max-per-owner", "9"], ["--max-share", "100"], ["--band", "7"]] {
        let ran = planned("plan_all", &book(), &[&option[..], &["--json"]].concat());
        assert_eq!(items(&ran), listed, "{option:?}");
    }
}

/// Each ceiling holds back what is behind it and says which it is; warnings pass: compare the marks by hand. `r1` holds
/// six, so that 40 percent are two, and one percent is one at least.
#[test]
fn ceilings_mark_what_they_hold_back() {
    for (options, marks) in [
        (&["--max", "2"][..], ["", "", "run", "run"]),
        (&["--max", "0"], ["run"; 4]),
        (&["--max-per-owner", "1"], ["", "", "owner", "owner"]),
        (&["--max-share", "40"], ["", "", "", "share"]),
        (&["--max-share", "1"], ["", "", "share", "share"]),
        (&["--max", "3", "--max-per-owner", "1"], ["", "", "owner", "owner"]),
        (&["--max", "2", "--max-share", "1"], ["", "", "run", "run"]),
    ] {
        let ran = planned("plan_marks", &book(), &[options, &["--json"]].concat());
        let of: Vec<_> = items(&ran).iter().map(|(.., mark)| mark.as_str().unwrap_or("").to_owned()).collect();
        assert_eq!(
            (ran.code, of),
            (0, [&marks[..], &[""]].concat().iter().map(ToString::to_string).collect()),
            "{options:?}"
        );
        let throttled = marks.iter().filter(|mark| !mark.is_empty()).count();
        let rows = ran.json();
        let all = &rows[rows.len() - 2]["report"]["all"];
        assert_eq!((&all["throttled"], &all["reclaims"]), (&throttled.into(), &(4 - throttled).into()), "{options:?}");

        let table = planned("plan_marks", &book(), options);
        let tail = |id: &str| {
            let line = table.out.lines().find(|line| line.contains(&format!(" {id}  "))).expect("every item is listed");
            line.rsplit("  ").next().unwrap_or("").to_owned()
        };
        for (id, mark) in ["a", "b", "c", "d"].into_iter().zip(marks) {
            assert_eq!(tail(id), if mark.is_empty() { "pool" } else { mark }, "{options:?} {id}: {}", table.out);
        }
    }
}

/// The report adds up by rep, tier, pool and band, in JSON and in the table, whatever the order of the bounds.
#[test]
fn the_report_adds_up() {
    let options = ["--max-per-owner", "2", "--band", "20000,1000"];
    let ran = planned("plan_report", &book(), &[&options[..], &["--json"]].concat());
    let rows = ran.json();
    let report = &rows[rows.len() - 2]["report"];
    let tally = |reclaims: u64, warnings: u64, throttled: u64, value: &str, without: u64| {
        json!({"reclaims": reclaims, "nominations": 0, "notices": 0, "warnings": warnings, "throttled": throttled,
               "value": value, "without_value": without})
    };
    let named = |name: Option<&str>, mut tally: Value| {
        tally["name"] = json!(name);
        tally
    };
    assert_eq!(report["all"], tally(3, 1, 1, "10500.50", 1));
    let r1 = named(Some("r1"), tally(2, 1, 1, "10000.50", 1));
    assert_eq!(report["by_owner"], json!([r1, named(Some("r2"), tally(1, 0, 0, "500", 0))]));
    assert_eq!(report["by_tier"], json!([named(None, report["all"].clone())]));
    assert_eq!(report["by_pool"], json!([named(Some("pool"), report["all"].clone())]));
    let bands = [
        named(None, tally(1, 1, 0, "0", 1)),
        named(Some("..1000"), tally(1, 0, 0, "500", 0)),
        named(Some("1000..20000"), tally(1, 0, 0, "10000.50", 0)),
        named(Some("20000.."), tally(0, 0, 1, "0", 0)),
    ];
    assert_eq!(report["by_value"], json!(bands));
    assert_eq!(report["undetermined"], 1);

    let table = planned("plan_report", &book(), &options);
    for line in ["all 3 0 0 1 1 10500.50 1", "r2 1 0 0 0 0 500 0", "1000..20000 1 0 0 0 0 10000.50 0"] {
        let squeezed = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(table.out.lines().any(|row| squeezed(row) == line), "{line}: {}", table.out);
    }
    assert!(table.out.contains("7 customers: due 4"), "{}", table.out);
}

/// A ceiling that is none is code 2 and says why; a wrong row is code 3, and the others are planned.
#[test]
fn wrong_ceilings_and_wrong_rows_are_told() {
    for (options, part) in [
        (["--max", "-1"], "'-1'"),
        (["--max", "many"], "many"),
        (["--max-per-owner", "4294967296"], "4294967296"),
        (["--max-share", "0"], "1..=100"),
        (["--max-share", "101"], "1..=100"),
        (["--band", "much"], "much"),
    ] {
        let ran = planned("plan_wrong", &book(), &options);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{options:?}");
        assert!(ran.err.contains(part), "{options:?}: {}", ran.err);
    }
    let rows = [book(), vec!["{}".to_owned()]].concat();
    let ran = planned("plan_wrong_row", &rows, &["--plan", "--json"]);
    assert_eq!((ran.code, items(&ran).len()), (3, 5), "{}", ran.err);
}
