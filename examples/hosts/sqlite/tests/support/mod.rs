//! A folder in which the program runs.
#![allow(dead_code, reason = "each test file takes what it needs")]

use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

pub struct Desk(TempDir);

impl Desk {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    pub fn policy(&self) -> String {
        include_str!("../../../../../docs/first-policy.json")
            .replace(r#"{ "id": "east" }"#, r#"{ "id": "east", "members": [{ "unit": "sales" }] }"#)
    }

    pub fn file(&self) -> PathBuf {
        self.0.path().join("pool.db")
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.path().join(name), text).expect("written");
    }

    pub fn init(&self) {
        self.write("policy.json", &self.policy());
        self.says("2026-03-01T00:00:00Z", &["init", "--policy", "policy.json"], "is ready, under revision 1");
    }

    fn command(&self, now: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pool-sqlite"));
        command.current_dir(self.0.path()).args(["--now", now]).args(arguments);
        command
    }

    pub fn start(&self, now: &str, arguments: &[&str]) -> Child {
        let mut command = self.command(now, arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
    }

    pub fn run(&self, now: &str, arguments: &[&str]) -> Output {
        self.command(now, arguments).output().expect("it runs")
    }

    fn ends(&self, now: &str, arguments: &[&str], code: i32, wanted: &str) -> String {
        let output = self.run(now, arguments);
        let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?} said {said}");
        assert!(said.contains(wanted), "{arguments:?}: `{wanted}` is not in `{said}`");
        said
    }

    pub fn says(&self, now: &str, arguments: &[&str], wanted: &str) -> String {
        self.ends(now, arguments, 0, wanted)
    }

    pub fn refuses(&self, now: &str, arguments: &[&str], wanted: &str) -> String {
        self.ends(now, arguments, 2, wanted)
    }

    pub fn fails(&self, now: &str, arguments: &[&str], wanted: &str) -> String {
        self.ends(now, arguments, 1, wanted)
    }
}
