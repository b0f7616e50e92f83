//! Claims, assignments and batches, on the sample and on files.

use super::support::{Ran, file, run, run_with};

const POLICY: &str = r#"{
  "format": 1, "id": "small", "revision": 1,
  "calendars": {"cn": {"zone": "+08:00", "working_days": ["mon", "tue", "wed", "thu", "fri"],
                       "valid": {"from": "2024-01-01", "to": "2030-12-31"}}},
  "default_calendar": "cn",
  "pools": [{"id": "east", "members": [{"unit": "sales"}]}, {"id": "quick", "members": ["everybody"], "hand_out": {"reservation": {"hours": 2}}}],
  "routing": {"fallback": "east"},
  "claims": {"quotas": [{"id": "daily", "limit": 2, "window": "day"}]}
}"#;

const REPS: &str = r#"[{"id": "li", "units": ["sales/east"]}, {"id": "out"}]"#;

/// Li took one this morning.
const LEDGERS: &str = r#"{"scope": {"rep": "li"}, "version": 4, "entries": [{"at": "2026-03-05T09:00:00+08:00", "way_in": "claim", "customer": "z"}]}
"#;

fn free(id: &str, pool: &str) -> String {
    format!(r#"{{"id":"{id}","place":{{"pool":{{"pool":"{pool}","since":"2026-03-01T09:00:00+08:00"}}}}}}"#)
}

/// Runs a command about claims on these ledgers, with four customers.
fn on_files(test: &str, ledgers: &str, args: &[&str]) -> (Ran, String) {
    let customers = [free("a", "east"), free("b", "east"), free("c", "east"), free("q", "quick")].join("\n");
    let files =
        [("policy.json", POLICY), ("customers.ndjson", &*customers), ("reps.json", REPS), ("ledgers.ndjson", ledgers)];
    let [policy, customers, reps, ledgers] = files.map(|(name, text)| file(test, name, text));
    let sources = ["--policy", &policy, "--customers", &customers, "--reps", &reps, "--ledgers", &ledgers];
    let args: Vec<&str> = args.iter().copied().chain(sources).chain(["--now", "2026-03-05T10:00:00+08:00"]).collect();
    (run(&args), ledgers)
}

/// The sample answers all three commands without a file: yes, no with its reasons, and how many were taken.
#[test]
fn the_sample_answers_claims() {
    let yes = run(&["claim", "stuttgart-nordwerk-water", "becker.s"]);
    assert_eq!((yes.code, yes.err.as_str()), (0, ""));
    assert!(yes.out.contains("Eligible: the rep becomes the owner.") && yes.out.contains("becker.s 32"), "{}", yes.out);
    let no = run(&["claim", "tianjin-haoyu-food", "sun.li", "--lang", "zh-CN"]);
    assert_eq!(no.code, 6);
    assert!(no.out.contains("冷却期“before”至 2026-05-21"), "{}", no.out);
    assert!(no.out.contains("class: later; retry at: 2026-05-21"), "{}", no.out);
    let assigned = run(&["assign", "nanjing-yunfan-water", "liu.yang"]);
    assert_eq!(assigned.code, 0);
    assert!(assigned.out.contains("Warning: holding capacity `book` does not suffice"), "{}", assigned.out);
    let batch = run(&["batch", "hoffmann.k", "stuttgart-nordwerk-water", "munich-nordwerk-shipyards"]);
    assert_eq!(batch.code, 6, "{}", batch.err);
    assert!(batch.out.contains("1 of 2 taken"), "{}", batch.out);
    assert!(batch.out.contains(" too_many ") || batch.out.contains(" forbidden "), "{}", batch.out);
}

/// An answer as JSON has verdict, denials with their numbers, when it changes, the versions, and the sentence.
#[test]
fn an_answer_is_one_json_object() {
    let (ran, _) = on_files("claim_json", LEDGERS, &["claim", "a", "li", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let answer = &ran.json()[0];
    assert_eq!((&answer["verdict"], &answer["way_in"]), (&"eligible".into(), &"claim".into()));
    assert_eq!((&answer["grant"], &answer["class"]), (&"ownership".into(), &serde_json::Value::Null));
    assert_eq!(answer["preconditions"]["ledgers"], serde_json::json!([[{ "rep": "li" }, 4]]));
    let (ran, _) = on_files("claim_denied", LEDGERS, &["claim", "a", "out", "--json"]);
    assert_eq!(ran.code, 6);
    let answer = &ran.json()[0];
    assert_eq!(
        (&answer["denials"], &answer["retry_at"]),
        (&serde_json::json!(["pool.not_member"]), &serde_json::Value::Null)
    );
    assert_eq!(answer["sentence"], "Denied: the rep is not a member of the pool.");
    assert_eq!((&answer["class"], &answer["pool"]), (&"forbidden".into(), &serde_json::Value::Null));
}

/// A batch is judged item by item against what earlier ones took; the mode says what a refusal means.
#[test]
fn a_batch_knows_what_it_took() {
    for (mode, taken, stopped) in [("item_by_item", 1, 0), ("up_to_remaining", 1, 1), ("all_or_nothing", 0, 0)] {
        let (ran, _) = on_files("batch", LEDGERS, &["batch", "li", "a", "b", "c", "--mode", mode, "--json"]);
        assert_eq!(ran.code, 6, "{mode}: {}", ran.err);
        let rows = ran.json();
        assert_eq!(rows.len(), 4, "{mode}");
        assert_eq!(rows[3]["summary"]["taken"], taken, "{mode}");
        assert_eq!(rows[3]["summary"]["stopped_by"].as_array().map(Vec::len), Some(stopped), "{mode}");
        assert_eq!(rows[2]["answer"].is_null(), mode == "up_to_remaining", "{mode}");
    }
    let (ran, _) = on_files("batch_fits", LEDGERS, &["batch", "li", "b"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("1 of 1 taken"), "{}", ran.out);
}

/// Steps, pools and bypasses reach the question, and a wrong word on the command line is code 2.
#[test]
fn the_command_line_says_what_is_meant() {
    let (ran, _) = on_files("steps", LEDGERS, &["claim", "q", "li", "--step", "claim", "--json"]);
    assert_eq!(ran.json()[0]["denials"], serde_json::json!(["pool.ask_first"]));
    let (ran, _) = on_files("steps", LEDGERS, &["claim", "q", "li", "--step", "ask"]);
    assert_eq!(ran.code, 0, "{}", ran.out);
    let (ran, _) = on_files("steps", LEDGERS, &["claim", "a", "li", "--pool", "quick", "--json"]);
    assert_eq!(ran.json()[0]["denials"], serde_json::json!(["pool.not_in_named"]));
    let entry = |at: &str| format!(r#"{{"at": "2026-03-05T{at}:00+08:00", "way_in": "claim", "customer": "z{at}"}}"#);
    let full = format!(r#"{{"scope": {{"rep": "li"}}, "entries": [{}, {}]}}"#, entry("08:00"), entry("09:00"));
    for (bypass, code) in [("rule:daily", 0), ("check:quota", 0), ("check:capacity", 6)] {
        let (ran, _) = on_files("bypasses", &full, &["claim", "a", "li", "--bypass", bypass]);
        assert_eq!(ran.code, code, "{bypass}: {}", ran.out);
    }
    for args in [
        &["claim", "a", "li", "--bypass", "everything"][..],
        &["claim", "a", "li", "--step", "leap"],
        &["batch", "li"],
        &["batch", "li", "a", "--mode", "most"],
        &["claim", "a", "li", "--ledgers", "x.ndjson"],
    ] {
        assert_eq!(run(args).code, 2, "{args:?}");
    }
}

/// A bad ledger is named with file, line and column, and the others are used; who does not exist is code 5.
#[test]
fn bad_ledgers_are_named_and_strangers_too() {
    let bad = format!("{{\"scope\": {{\"rep\": \"x\"}}, \"entry\": []}}\n{LEDGERS}{LEDGERS}");
    let (ran, path) = on_files("bad_ledgers", &bad, &["claim", "a", "li", "--json"]);
    assert_eq!(ran.code, 3);
    assert_eq!(ran.json()[0]["verdict"], "eligible");
    assert!(ran.err.contains(&format!("{path}:1:31: ")) && ran.err.contains("`entry`"), "{}", ran.err);
    assert!(
        ran.err.contains(&format!("{path}:3:1: the ledger of {{\"rep\":\"li\"}} stands here for the second time")),
        "{}",
        ran.err
    );
    let (ran, _) = on_files("no_customer", LEDGERS, &["claim", "nobody", "li"]);
    assert_eq!((ran.code, ran.err.trim()), (5, "there is no customer `nobody`"));
    let (ran, _) = on_files("no_rep", LEDGERS, &["claim", "a", "nobody"]);
    assert_eq!((ran.code, ran.err.trim()), (5, "there is no rep `nobody`"));
    let without =
        run_with(&["claim", "a", "li", "--policy", "-", "--customers", "-", "--now", "2026-03-05T10:00:00Z"], b"");
    assert_eq!(without.code, 2);
}

/// Without a ledger that a rule reads nobody can tell.
#[test]
fn without_ledgers_nobody_can_tell() {
    let (ran, _) = on_files("no_ledgers", "", &["claim", "a", "li", "--json"]);
    assert_eq!(ran.code, 6);
    assert_eq!(ran.json()[0]["verdict"], serde_json::json!({ "undetermined": "ledger.missing" }));
}

/// A release by the owner is answered, not made: its reason is from the policy's list, and only the owner releases.
#[test]
fn a_release_is_answered() {
    let args = ["release", "changsha-xinyuan-textiles", "huang.qi", "--json"];
    let ran = run(&args);
    assert_eq!(ran.code, 6, "{}", ran.err);
    assert_eq!(ran.json()[0]["refusals"], serde_json::json!(["move.reason_missing"]));
    assert_eq!(ran.json()[0]["class"], "invalid");
    let ran = run(&[&args[..], &["--reason", "no_demand"]].concat());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let answer = &ran.json()[0];
    assert_eq!((&answer["verdict"], &answer["pool"]), (&"moves".into(), &"national".into()));
    assert_eq!(answer["events"], serde_json::json!(["released"]));
    let ran = run(&["release", "changsha-xinyuan-textiles", "li.na", "--reason", "no_demand"]);
    assert_eq!(ran.code, 6);
    assert!(ran.out.contains("refused") && ran.out.contains("move.not_owner"), "{}", ran.out);
}
