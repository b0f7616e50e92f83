//! Everything that can be read, and everything that can be wrong with it.

use std::io::Write;

use super::support::{NOW, POLICY, claimed, file, run, run_with, sweep};

/// A wrong line is named with file, line and column, and those before and behind it are decided: an unknown key, a
/// duplicate key, no JSON, a wrong value deep inside, an id that stood before.
#[test]
fn bad_lines_cost_only_themselves() {
    let good: Vec<String> = (1..=3).map(|i| claimed(&format!("c{i}"), i)).collect();
    for (bad, column, part) in [
        (r#"{"id":"x","place":"awaiting","colour":"red"}"#.to_owned(), 37, "`colour`"),
        (r#"{"id":"x","id":"y","place":"awaiting"}"#.to_owned(), 14, "duplicate field `id`"),
        (r#"{"id":"x","place":"#.to_owned(), 18, "EOF"),
        ("nonsense".to_owned(), 1, "a row is a JSON object"),
        (r#"["x","awaiting"]"#.to_owned(), 1, "a row is a JSON object"),
        (r#"{"id":"","place":"awaiting"}"#.to_owned(), 8, "empty"),
        (claimed("x", 2).replace("2026", "20x6"), 76, "`place.owned.start`"),
        (claimed("c1", 2), 1, "`c1` stands on line 1 already"),
    ] {
        let text = format!("{}\n{}\n\n{bad}\n{}\n", good[0], good[1], good[2]);
        let (ran, customers) = sweep("bad_lines", "rows.ndjson", text);
        assert_eq!(ran.code, 3, "{bad}: {}", ran.err);
        assert_eq!(ran.customers(), ["c1", "c2", "c3"], "{bad}");
        assert!(ran.err.starts_with(&format!("{customers}:4:{column}: ")), "{bad}: {}", ran.err);
        assert!(ran.err.contains(part) && ran.err.lines().count() == 1, "{bad}: {}", ran.err);
    }
}

/// The same in an array written over several lines, where a bad element is found by its brackets.
#[test]
fn bad_elements_cost_only_themselves() {
    let bad = "{\n    \"id\": \"x, ] }\",\n    \"place\": {\"lost\": []}\n  }";
    let text = format!("\n[\n  {},\n  {bad}, {}\n]\n", claimed("c1", 1), claimed("c2", 2));
    let (ran, customers) = sweep("bad_elements", "rows.json", &text);
    assert_eq!((ran.code, ran.customers()), (3, vec!["c1".to_owned(), "c2".to_owned()]), "{}", ran.err);
    assert!(ran.err.starts_with(&format!("{customers}:6:")), "{}", ran.err);
    assert!(ran.err.contains("`lost`"), "{}", ran.err);
}

/// An array that stops in the middle, or goes on behind its end, is not readable to the end; what is before counts.
#[test]
fn a_broken_array_keeps_what_came_before() {
    let (a, b) = (claimed("c1", 1), claimed("c2", 2));
    for (text, part) in [
        (format!("[{a},{b}"), "the array does not end"),
        (format!("[{a},{b},{{\"id\""), "the array does not end"),
        (format!("[{a},{b}] {a}"), "more behind the array"),
        (format!("[{a},{b}}}]"), "expected `,` or `]`"),
        (format!("[{a},{b},]"), "expected an element"),
    ] {
        let (ran, customers) = sweep("broken_array", "rows.json", &text);
        assert_eq!(ran.code, 4, "{text}: {}", ran.err);
        assert!(ran.customers().starts_with(&["c1".to_owned()]), "{text}");
        assert!(ran.err.starts_with(&format!("{customers}:1:")) && ran.err.contains(part), "{text}: {}", ran.err);
    }
}

/// A row beyond the stated limits is refused and the next one is read: a line too long, too many facts in lists.
#[test]
fn huge_rows_are_refused() {
    let long = claimed(&"x".repeat(1 << 20), 1);
    let tags = format!("{{\"tags\":[{}],{}", vec!["\"t\""; 10_001].join(","), &claimed("many", 1)[1..]);
    let rows = format!("{}\n{long}\n{tags}\n{}\n", claimed("c1", 1), claimed("c2", 2));
    let array = format!("[{}]", rows.trim_end().replace('\n', ",\n"));
    for (name, text) in [("rows.ndjson", rows), ("rows.json", array)] {
        let (ran, customers) = sweep("huge", name, text);
        assert_eq!((ran.code, ran.customers()), (3, vec!["c1".to_owned(), "c2".to_owned()]), "{name}: {}", ran.err);
        let told: Vec<_> = ran.err.lines().collect();
        assert_eq!(told.len(), 2, "{}", ran.err);
        assert!(told[0].starts_with(&format!("{customers}:2:")) && told[0].contains("longer than 1048576 bytes"));
        assert!(told[1].starts_with(&format!("{customers}:3:1: 10001 facts")), "{}", told[1]);
    }
}

/// An array, NDJSON, both behind a byte order mark, compressed, and from standard input: the same decisions.
#[test]
fn every_way_in_gives_the_same_decisions() {
    let rows = format!("{}\n{}\n", claimed("c1", 1), claimed("c2", 2));
    let (expected, _) = sweep("ways", "rows.ndjson", &rows);
    assert_eq!((expected.code, expected.customers().len()), (0, 2));
    let mut zip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    zip.write_all(rows.as_bytes()).unwrap();
    let array = format!(" \r\n\t[\r\n{}]", rows.trim_end().replace('\n', " ,"));
    for (name, content) in [
        ("windows.txt", rows.replace('\n', "\r\n").into_bytes()),
        ("array.json", array.clone().into_bytes()),
        ("mark.json", format!("\u{FEFF}{array}").into_bytes()),
        ("mark.ndjson", format!("\u{FEFF}{rows}").into_bytes()),
        ("rows.ndjson.gz", zip.finish().unwrap()),
    ] {
        let (ran, _) = sweep("ways", name, content);
        assert_eq!((ran.code, &ran.out), (0, &expected.out), "{name}: {}", ran.err);
    }
    let policy = file("ways", "policy.json", POLICY);
    let args = ["sweep", "--policy", &policy, "--customers", "-", "--now", NOW, "--json"];
    assert_eq!(run_with(&args, rows.as_bytes()).out, expected.out);
    let nobody = run_with(&args, b"\n");
    assert_eq!((nobody.code, nobody.json().len()), (0, 1), "nothing but a summary");
}

/// A compressed file that was cut off is read as far as it goes, and that it is cut off is told.
#[test]
fn a_cut_gzip_file_keeps_what_came_before() {
    let rows: String = (0..20_000).map(|i| claimed(&format!("c{i}"), 1) + "\n").collect();
    let mut zip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    zip.write_all(rows.as_bytes()).unwrap();
    let zip = zip.finish().unwrap();
    let (ran, customers) = sweep("cut", "rows.gz", &zip[..zip.len() / 2]);
    let decided = ran.customers().len();
    assert!(ran.code == 4 && (1..20_000).contains(&decided), "{} after {decided}: {}", ran.code, ran.err);
    assert!(ran.err.starts_with(&format!("{customers}: ")), "{}", ran.err);
}

/// CSV of every kind of column gives the decisions of the same facts in JSON.
#[test]
fn csv_says_the_same_as_json() {
    let csv = "\
id,owner,since,tier,tags,call,hold,hold_until,locked_since,locked_until,attribute.spend,attribute.signed_on,attribute.visits,attribute.partner,pool,pool_since
a,r1,2026-03-01T10:00:00+08:00,vip,x;y,2026-03-04T10:00:00+08:00,,,,,12.50,2026-03-01,3,true,,
\"b, \"\"the\"\" second\",r2,2026-03-01T10:00:00+08:00,,,,open_order,2026-04-01T00:00:00Z,,,,,,,,

c,r2,2026-03-01T10:00:00+08:00,,,,,,2026-03-02T00:00:00Z,2026-03-20T00:00:00Z,,,,,,
d,,,,,,,,,,,,,,pool,2026-03-01T10:00:00+08:00
e,r1,2026-03-01T10:00:00+08:00,,,,,,,,,,,,,
";
    let owned = |id: &str, owner: &str, rest: &str| {
        let id = serde_json::to_string(id).unwrap();
        format!(r#"{{"id":{id},"place":{{"owned":{{"owner":"{owner}","start":"2026-03-01T02:00:00Z"}}}}{rest}}}"#)
    };
    let call = r#","tier":"vip","tags":["x","y"],"activities":[{"kind":"call","actor":{"rep":"r1"},"occurred":{"at":"2026-03-04T02:00:00Z"}}],"attributes":{"spend":{"decimal":"12.50"},"signed_on":{"date":"2026-03-01"},"visits":{"integer":3},"partner":{"bool":true}}"#;
    let hold = r#","protection":{"holds":[{"kind":"open_order","document":"open_order","live":true,"until":"2026-04-01T00:00:00Z"}]}"#;
    let lock = r#","protection":{"locks":[{"since":"2026-03-02T00:00:00Z","until":"2026-03-20T00:00:00Z"}]}"#;
    let json = [
        owned("a", "r1", call),
        owned("b, \"the\" second", "r2", hold),
        owned("c", "r2", lock),
        r#"{"id":"d","place":{"pool":{"pool":"pool","since":"2026-03-01T02:00:00Z"}}}"#.to_owned(),
        owned("e", "r1", ""),
    ];
    let (flat, _) = sweep("csv", "rows.csv", csv);
    let (nested, _) = sweep("csv", "rows.ndjson", json.join("\n"));
    assert_eq!((flat.code, flat.err.as_str()), (0, ""));
    assert_eq!((nested.code, nested.err.as_str()), (0, ""));
    let verdicts: Vec<_> = flat.json().iter().take(5).map(|row| row["verdict"].to_string()).collect();
    let (order, lock) = (r#"{"held":{"business":"open_order"}}"#, r#"{"held":"lock"}"#);
    assert_eq!(verdicts, [r#""keep""#, order, lock, r#""not_owned""#, r#""due""#]);
    assert_eq!(flat.out, nested.out);
}

/// A header that is wrong refuses the file and names column and reason.
#[test]
fn wrong_headers_refuse_the_file() {
    for (header, column, part) in [
        ("id,owner,phone", 10, "unknown column `phone`"),
        ("id,owner,attribute.colour", 10, "the policy declares no attribute `colour`"),
        ("id,owner,id", 10, "column `id` stands here for the second time"),
        ("owner,since", 1, "the header has no column `id`"),
    ] {
        let (ran, customers) = sweep("headers", "rows.csv", format!("{header}\nx,r1,y\n"));
        assert_eq!((ran.code, ran.customers().len()), (4, 0), "{header}");
        assert!(ran.err.starts_with(&format!("{customers}:1:{column}: {part}")), "{header}: {}", ran.err);
    }
}

/// A wrong CSV row is named with the column of its field and costs only itself.
#[test]
fn bad_csv_rows_cost_only_themselves() {
    let good = |id: &str| format!("{id},r1,2026-03-01T10:00:00+08:00,,");
    for (bad, column, part) in [
        ("x,r1,yesterday,,", 6, "`yesterday`"),
        ("x,r1,2026-03-01T10:00:00+08:00,soon,", 32, "`soon`"),
        ("x,r1,2026-03-01T10:00:00+08:00,,12.x", 33, "12.x"),
        ("x,r1,2026-03-01T10:00:00+08:00", 6, "3 fields under a header of 5"),
        ("x,r1,,,,1", 9, "6 fields under a header of 5"),
        ("x,\"r1,,,", 3, "the quote is not closed"),
        ("x,\"r1\"1,,,", 7, "expected a comma"),
        ("x,,,,", 1, "a row needs an `owner`"),
        (",r1,,,", 1, "missing field `id`"),
    ] {
        let text = format!("id,owner,since,call,attribute.spend\n{}\n{bad}\n{}\n", good("a"), good("b"));
        let (ran, customers) = sweep("bad_csv", "rows.csv", text);
        assert_eq!((ran.code, ran.customers()), (3, vec!["a".to_owned(), "b".to_owned()]), "{bad}: {}", ran.err);
        assert!(ran.err.starts_with(&format!("{customers}:3:{column}: ")), "{bad}: {}", ran.err);
        assert!(ran.err.contains(part), "{bad}: {}", ran.err);
    }
}

/// What is known of reps reaches the decision (a leave moves the due instant), and a bad rep is reported like a bad
/// customer.
#[test]
fn reps_are_read_and_used() {
    let policy = file("reps", "policy.json", POLICY);
    let customers = file("reps", "rows.ndjson", claimed("c1", 1));
    let leave = r#"{"from":"2026-03-02T00:00:00+08:00","to":"2026-03-12T00:00:00+08:00"}"#;
    let rep = format!(r#"{{"id":"r1","leave":[{leave}]}}"#);
    let with = |reps: &str| {
        let reps = file("reps", "reps.json", reps);
        let args = ["--policy", &policy, "--customers", &customers, "--reps", &reps, "--now", NOW, "--json"];
        run(&[&["sweep"], &args[..]].concat())
    };
    let ran = with(&format!("[{rep}]"));
    assert_eq!((ran.code, &ran.json()[0]["verdict"]), (0, &"keep".into()), "{}", ran.err);
    let missing = serde_json::json!({"undetermined": "facts.owner_missing"});
    assert_eq!(with("[]").json()[0]["verdict"], missing, "a leave could stand in the row that is not there");
    for (reps, code, part) in [
        (format!("[{{\"id\":\"r2\",\"nick\":\"x\"}},\n{rep}]"), 3, "`nick`"),
        (format!("[{rep},\n{rep}]"), 3, "`r1` stands here for the second time"),
        ("id,units\nr1,x\n".to_owned(), 4, "reps are read from"),
    ] {
        let ran = with(&reps);
        assert_eq!(ran.code, code, "{reps}: {}", ran.err);
        assert!(ran.err.contains("reps.json:") && ran.err.contains(part), "{reps}: {}", ran.err);
        assert_eq!(ran.customers(), ["c1"], "the customers are decided about all the same");
    }
}

/// The customers of a rep whose row is absent or was refused are undetermined; under `optional` those of an absent one
/// are decided without leave, unless the refused row may be that rep's.
#[test]
fn reps_without_a_good_row_lose_nothing() {
    let customers = file("no_row", "rows.ndjson", claimed("c1", 1));
    let verdict = |owners: &str, reps: Option<&str>| {
        let policy = POLICY.replacen("\"format\": 1,", &format!("\"format\": 1, {owners}"), 1);
        let policy = file("no_row", "policy.json", policy);
        let mut args = vec!["sweep", "--policy", &policy, "--customers", &customers, "--now", NOW, "--json"];
        let reps = reps.map(|reps| file("no_row", "reps.json", reps));
        if let Some(reps) = &reps {
            args.extend(["--reps", reps]);
        }
        run(&args).json()[0]["verdict"].clone()
    };
    let (due, missing) = (serde_json::json!("due"), serde_json::json!({"undetermined": "facts.owner_missing"}));
    let reversed = serde_json::json!({"undetermined": "facts.pause_reversed"});
    let (none, optional) = ("", "\"owners\": \"optional\",");
    let leave = r#"{"from":"2026-03-12T00:00:00+08:00","to":"2026-03-02T00:00:00+08:00"}"#;
    let of_r1 = |keys: &str| format!(r#"[{{"id":"r1",{keys}}},{{"id":"r2"}}]"#);
    for owners in [none, optional] {
        assert_eq!(verdict(owners, None), due, "no file: as before");
        assert_eq!(verdict(owners, Some(r#"[{"id":"r1"}]"#)), due);
        assert_eq!(verdict(owners, Some(&of_r1(r#""nick":"x""#))), missing, "refused");
        assert_eq!(verdict(owners, Some(r#"[{"id":"r1"},{"id":"r1","tags":["key"]}]"#)), missing, "which of two?");
        assert_eq!(verdict(owners, Some(&of_r1(&format!(r#""leave":[{leave}]"#)))), reversed);
        assert_eq!(verdict(owners, Some(r#"[{"nick":"x"},{"id":"r2"}]"#)), missing, "whose row it was nobody can tell");
        assert_eq!(verdict(owners, Some(r#"[{"id":"r2"}"#)), missing, "nor what would have come");
        assert_eq!(verdict(owners, Some(r#"[{"nick":"x"},{"id":"r1"}]"#)), due, "there is a good row");
    }
    for absent in [r#"[{"id":"r2"}]"#, r#"[{"id":"r2","nick":"x"}]"#] {
        assert_eq!(verdict(none, Some(absent)), missing);
        assert_eq!(verdict(optional, Some(absent)), due);
    }
}
