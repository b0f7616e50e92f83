//! Every command and every exit code.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use super::support::{NOW, POLICY, binary, claimed, file, run, run_with, sweep};

/// Without arguments a newcomer sees the sample: policy, counts, what comes due, one explanation.
#[test]
fn without_a_command_the_sample_is_shown() {
    let ran = run(&[]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    for part in [
        "Policy `valve-sales`",
        "3000 customers of 20 reps",
        "due 18 · notice pending 11 · review pending 4 · warn 70",
        "The next to come due",
        "Why, for one",
    ] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    assert!(ran.out.lines().count() < 45, "{}", ran.out);
    let chinese = run(&["--lang", "zh-CN"]);
    assert_eq!(chinese.out.lines().count(), ran.out.lines().count());
    assert!(chinese.out.contains("下一次变化：") && !ran.out.contains("下一次变化："), "{}", chinese.out);
}

/// The exit codes that a script may rely on are in `--help` and in the README.
#[test]
fn help_and_readme_document_the_exit_codes() {
    let help = run(&["--help"]);
    assert_eq!(help.code, 0);
    let readme = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/pool/README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    for code in 0..=6 {
        assert!(help.out.contains(&format!("\n  {code}  ")), "{code}: {}", help.out);
        assert!(readme.contains(&format!("\n| {code} | ")), "{code}");
    }
}

/// `check` accepts a good policy, and prints every problem of a bad one with code, path and sentence.
#[test]
fn check_prints_all_problems() {
    let good = run(&["check", &file("check", "good.json", POLICY)]);
    assert_eq!(good.code, 0, "{}", good.err);
    assert!(good.out.contains("policy `small`, revision 1: no problems"), "{}", good.out);

    let twice_wrong = POLICY.replace(r#""fallback": "pool""#, r#""fallback": "lake""#).replace("3", "0");
    let bad = file("check", "bad.json", twice_wrong);
    let ran = run(&["check", &bad]);
    assert_eq!(ran.code, 1);
    for part in ["$.routing.fallback: ", "policy.unknown_pool", "$.groups[0].triggers[0].base: ", "span.invalid"] {
        assert!(ran.out.contains(part), "{part}: {}", ran.out);
    }
    let json = run(&["check", &bad, "--json"]);
    let problems = json.json();
    assert_eq!((json.code, problems.len()), (1, ran.out.lines().count() - 1), "{}", json.out);
    assert!(problems.iter().any(|p| p["code"] == "policy.unknown_pool" && p["path"] == "$.routing.fallback"));
}

/// An error of shape comes with line and column, also from standard input; so does a duplicate key.
#[test]
fn check_names_line_and_column_of_a_wrong_shape() {
    let wrong = POLICY.replace(r#""revision": 1"#, r#""revision": 1, "colour": "red""#);
    let ran = run_with(&["check", "-"], wrong.as_bytes());
    assert_eq!(ran.code, 1);
    assert!(ran.out.starts_with("-:2:53: "), "{}", ran.out);
    assert!(ran.out.contains("colour"), "{}", ran.out);

    let twice = POLICY.replace(r#""revision": 1"#, r#""revision": 1, "revision": 1"#);
    let ran = run_with(&["check", "-", "--json"], twice.as_bytes());
    let problem = &ran.json()[0];
    assert_eq!((ran.code, &problem["code"], &problem["line"]), (1, &"policy.shape".into(), &2.into()), "{problem}");
}

/// A policy that is too large, no UTF-8 or not there is no policy: sweep over each.
#[test]
fn unreadable_policies_are_told_apart() {
    for (content, code, part) in
        [(vec![b' '; (1 << 20) + 1], 1, "the document has"), (b"{\"id\": \"\xFF\"}".to_vec(), 4, "utf-8")]
    {
        let ran = run_with(&["sweep", "--policy", "-", "--customers", "none", "--now", NOW], &content);
        assert_eq!(ran.code, code, "{}", ran.err);
        assert!(ran.err.contains(part), "{}", ran.err);
    }
    let ran = run(&["check", "no/such/file.json"]);
    assert_eq!(ran.code, 4);
    assert!(ran.err.contains("no/such/file.json"), "{}", ran.err);
}

/// A sweep says verdict, due, trigger, pool, next change, reason, and for a warning audience and cycle key; the counts
/// at its end are those of its rows, by verdict and by rep.
#[test]
fn sweep_decides_and_counts() {
    let rows = [claimed("late", 1), claimed("soon", 2), claimed("fresh", 5)].join("\n");
    let pooled = r#"{"id":"free","place":{"pool":{"pool":"pool","since":"2026-03-01T00:00:00Z"}}}"#;
    let (ran, customers) = sweep("sweep", "rows.ndjson", format!("{rows}\n{pooled}\n"));
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let rows = ran.json();
    let verdicts: Vec<_> = rows[..4].iter().map(|row| row["verdict"].to_string()).collect();
    assert_eq!(verdicts, [r#""due""#, r#"{"warn":"soon"}"#, r#""keep""#, r#""not_owned""#]);
    let warn = &rows[1];
    assert_eq!(warn["due"], "2026-03-05T16:00:00Z");
    assert_eq!((&warn["trigger"], &warn["pool"]), (&"silent".into(), &"pool".into()));
    assert_eq!(warn["next_change"], "2026-03-05T16:00:00Z");
    assert_eq!(warn["reasons"][0], "reclaim.warning");
    assert_eq!(warn["warning"]["audience"][0], "owner");
    assert_eq!(warn["warning"]["key"], r#"["soon",1,"silent","2026-03-05T16:00:00Z","soon"]"#);
    let summary = &rows[4]["summary"];
    assert_eq!((&summary["customers"], &summary["all"]["warn"]), (&4.into(), &1.into()));
    assert_eq!((&summary["by_rep"]["r1"]["due"], &summary["all"]["not_owned"]), (&1.into(), &1.into()));

    let policy = file("sweep", "policy.json", POLICY);
    let table = run(&["sweep", "--policy", &policy, "--customers", &customers, "--now", NOW]);
    assert_eq!(table.code, 0);
    let soon = table.out.lines().position(|line| line.starts_with("soon ")).expect("a row for `soon`");
    let lines: Vec<_> = table.out.lines().collect();
    assert!(lines[soon].contains("warn: soon") && lines[soon].contains("2026-03-06 00:00"), "{}", lines[soon]);
    assert!(lines[soon + 1].contains("warning to owner is to be sent under [\"soon\",1,"), "{}", lines[soon + 1]);
    assert!(table.out.contains("4 customers: due 1 · notice pending 0 · review pending 0 · warn 1 · keep 1 · held 0 · undetermined 0 · not owned 1"));
}

/// The undetermined stand apart, behind all others, whatever their place in the input.
#[test]
fn the_undetermined_are_listed_apart() {
    let unknown = r#"{"id":"unknown","place":{"owned":{"owner":"r1"}}}"#;
    let policy = file("apart", "policy.json", POLICY);
    let customers = file("apart", "rows.ndjson", format!("{unknown}\n{}\n", claimed("fresh", 5)));
    let ran = run(&["sweep", "--policy", &policy, "--customers", &customers, "--now", NOW]);
    let at = |text: &str| ran.out.find(text).unwrap_or_else(|| panic!("{text}: {}", ran.out));
    assert!(at("\nfresh ") < at("for review") && at("for review") < at("\nunknown "));
    assert!(ran.out.contains("facts.ownership_start_unknown"));
}

/// `next` lists changes in order, as many as asked, and those that `sweep` dates.
#[test]
fn next_lists_changes_in_order() {
    let ran = run(&["next", "--json", "--limit", "7"]);
    assert_eq!((ran.code, ran.json().len()), (0, 7), "{}", ran.err);
    let all = run(&["next", "--json", "--limit", "100000"]);
    assert!(all.out.starts_with(&ran.out), "the first seven are the first of all");
    let listed: Vec<_> = all.json().iter().map(|row| (row["at"].to_string(), row["customer"].to_string())).collect();
    assert!(listed.is_sorted());
    let swept = run(&["sweep", "--json"]).json();
    let mut dated: Vec<_> = swept
        .iter()
        .filter(|row| !row["next_change"].is_null())
        .map(|row| (row["next_change"].to_string(), row["customer"].to_string()))
        .collect();
    dated.sort();
    assert_eq!(listed, dated);
    assert!(all.json().iter().all(|row| row["changed"].as_array().is_some_and(|parts| !parts.is_empty())));
    let table = run(&["next", "--limit", "7"]);
    assert!(table.out.contains("7 of "), "{}", table.out);
}

/// `explain` gives the decision of `sweep` and the steps to it, in text, in Chinese and in JSON; nobody by that name is code 5.
#[test]
fn explain_shows_the_whole_explanation() {
    let swept = run(&["sweep", "--json"]).json();
    let warned = swept.iter().find(|row| row["verdict"]["warn"].is_string()).expect("somebody is warned");
    let id = warned["customer"].as_str().unwrap();
    let ran = run(&["explain", id, "--json"]);
    let explained = &ran.json()[0];
    for key in ["verdict", "due", "trigger", "pool", "next_change", "notify", "reasons", "warning"] {
        assert_eq!(explained[key], warned[key], "{key}");
    }
    let text = run(&["explain", id]);
    assert_eq!((ran.code, text.code), (0, 0));
    for line in explained["explanation"].as_array().unwrap() {
        assert!(text.out.contains(line.as_str().unwrap()), "{line}");
    }
    for part in ["Warn: ", "Clock of ", "Bound for pool ", "Next change: ", "warning to "] {
        assert!(text.out.contains(part), "{part}: {}", text.out);
    }
    let chinese = run(&["explain", id, "--lang", "zh-CN"]);
    assert!(chinese.out.contains("下一次变化："), "{}", chinese.out);
    assert_eq!(chinese.out.lines().count(), text.out.lines().count());

    let nobody = run(&["explain", "nobody"]);
    assert_eq!((nobody.code, nobody.out.as_str()), (5, ""));
    assert!(nobody.err.contains("`nobody`"), "{}", nobody.err);
}

/// `generate` writes the sample again.
#[test]
fn generate_writes_the_sample() {
    let folder = file("generate", "marker", "");
    let folder = std::path::Path::new(&folder).parent().unwrap();
    let ran = run(&["generate", folder.to_str().unwrap()]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data");
    for name in ["policy.json", "customers.ndjson", "reps.json", "ledgers.ndjson"] {
        assert!(std::fs::read(folder.join(name)).unwrap() == std::fs::read(data.join(name)).unwrap(), "{name}");
    }
    let occupied = file("generate", "occupied", "");
    assert_eq!(run(&["generate", &occupied]).code, 4, "a file is no folder");
}

/// A wrong command line is code 2 and says why; the system clock is asked only by `--now now`.
#[test]
fn wrong_command_lines_are_code_2() {
    let (policy, rows) = (file("usage", "policy.json", POLICY), file("usage", "rows.ndjson", claimed("a", 1)));
    let files = ["--policy", policy.as_str(), "--customers", rows.as_str()];
    for (args, part) in [
        (vec!["sweep", files[0], files[1], files[2], files[3]], "--now"),
        (vec!["sweep", files[0], files[1], files[2], files[3], "--now", "today"], "`today`"),
        (vec!["sweep", files[0], files[1], "--now", NOW], "--customers"),
        (vec!["next", "--reps", "reps.json"], "--policy"),
        (vec!["sweep", "--policy", "-", "--customers", "-", "--now", NOW], "standard input"),
        (vec!["seep"], "seep"),
        (vec!["explain"], "CUSTOMER"),
        (vec!["explain", "a", "--lang", "fr"], "`en` and `zh-CN`"),
        (vec!["sweep", "--lang", "en"], "--lang"),
    ] {
        let ran = run(&args);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{args:?}");
        assert!(ran.err.contains(part), "{args:?}: {}", ran.err);
    }
    let ran = run(&["sweep", files[0], files[1], files[2], files[3], "--now", "now", "--json"]);
    assert_eq!(ran.json()[0]["verdict"], "due", "2026-03-01 is long ago by any clock: {}", ran.err);
}

/// When nobody reads on, the run ends without a word: read one line of a long output, close, look at code and stderr.
#[test]
fn a_broken_pipe_ends_quietly() {
    let mut child =
        Command::new(binary()).arg("sweep").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
    let mut lines = BufReader::with_capacity(64, child.stdout.take().unwrap());
    lines.read_line(&mut String::new()).unwrap();
    drop(lines);
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!((child.wait().unwrap().code(), err.as_str()), (Some(0), ""));
}
