//! Runs the example and keeps its files apart for every test.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// A policy with what the tests need: one short clock, one attribute of each kind that they use.
pub const POLICY: &str = r#"{
  "format": 1, "id": "small", "revision": 1,
  "attributes": {"spend": "decimal", "signed_on": "date", "visits": "integer", "partner": "bool"},
  "calendars": {"cn": {"zone": "+08:00", "working_days": ["mon", "tue", "wed", "thu", "fri"],
                       "valid": {"from": "2024-01-01", "to": "2030-12-31"}}},
  "default_calendar": "cn",
  "pools": [{"id": "pool"}], "routing": {"fallback": "pool"},
  "holds": ["open_order"],
  "groups": [{"id": "contact", "triggers": [{
    "id": "silent", "when": "always", "base": {"days": 3}, "renewals": {"call": {"days": 3}},
    "warnings": [{"id": "soon", "before": {"days": 1}, "audience": ["owner"]}]
  }]}]
}"#;

pub const NOW: &str = "2026-03-05T10:00:00+08:00";

/// What a run left behind.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// The output as one JSON object a line.
    pub fn json(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
    }

    /// The ids of the customers that were decided about, in order.
    pub fn customers(&self) -> Vec<String> {
        self.json().iter().filter_map(|row| row["customer"].as_str().map(str::to_owned)).collect()
    }
}

/// The built example: `target/PROFILE/examples/pool`, beside `target/PROFILE/deps/` where this test lies.
pub fn binary() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows where it lies");
    let profile = test.parent().and_then(Path::parent).expect("tests lie in `deps/`");
    let binary = profile.join("examples").join(format!("pool{}", std::env::consts::EXE_SUFFIX));
    assert!(binary.exists(), "{} is missing: `cargo build --example pool` makes it", binary.display());
    binary
}

/// Runs the example with this standard input.
pub fn run_with(args: &[&str], input: &[u8]) -> Ran {
    let mut child = Command::new(binary())
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the example runs");
    let mut stdin = child.stdin.take().expect("it was piped");
    let input = input.to_vec();
    // Apart, because it may write more than a pipe holds before it has read everything; it may also not read at all.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().expect("the example ends");
    writer.join().expect("the input is written");
    Ran {
        code: output.status.code().expect("no signal ended it"),
        out: String::from_utf8(output.stdout).expect("the output is UTF-8"),
        err: String::from_utf8(output.stderr).expect("so is standard error"),
    }
}

/// Runs the example without input.
pub fn run(args: &[&str]) -> Ran {
    run_with(args, b"")
}

/// A file of this name and content in a folder of this test's own.
pub fn file(test: &str, name: &str, content: impl AsRef<[u8]>) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli").join(test);
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    let path = folder.join(name);
    std::fs::write(&path, content).expect("the file can be written");
    path.to_str().expect("the path is UTF-8").to_owned()
}

/// Sweeps these customers under [`POLICY`] at [`NOW`] and gives JSON.
pub fn sweep(test: &str, name: &str, customers: impl AsRef<[u8]>) -> (Ran, String) {
    let (policy, customers) = (file(test, "policy.json", POLICY), file(test, name, customers));
    let ran = run(&["sweep", "--policy", &policy, "--customers", &customers, "--now", NOW, "--json"]);
    (ran, customers)
}

/// A customer claimed by `r1` on this day of March 2026.
pub fn claimed(id: &str, day: u32) -> String {
    format!(r#"{{"id":"{id}","place":{{"owned":{{"owner":"r1","start":"2026-03-{day:02}T10:00:00+08:00"}}}}}}"#)
}
