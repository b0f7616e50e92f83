//! Runs the workloads W1 and W1b: are the answers exact, and how many decisions a second does one thread take?
//!
//! `cargo run --release --example w1 -- [--rows N] [--json]`. Fails if an answer differs from the specification's, or
//! if listed and folded facts are decided differently.

#[path = "../tests/workloads/mod.rs"]
mod workloads;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use customer_pool::model::Customer;
use customer_pool::{Decision, Policy};
use workloads::Counts;

/// How often every row is decided; the fastest round counts.
const ROUNDS: usize = 5;

/// Runs W1 and W1b.
#[derive(Parser)]
struct Arguments {
    /// Decide this many rows of each, instead of the numbers of which the specification gives the answers.
    #[arg(long)]
    rows: Option<u64>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut report = serde_json::Map::new();
    let mut exact = true;
    for (name, text, hard, rows, answers) in [
        ("W1", workloads::W1_POLICY, false, 1_000_000, workloads::w1_answers()),
        ("W1b", workloads::W1B_POLICY, true, 20_000, workloads::w1b_answers()),
    ] {
        let policy = Policy::from_json(text).expect("the policies of the workloads are valid");
        let asked = arguments.rows.unwrap_or(rows);
        let (listed, listed_took) = fastest(&policy, &workloads::customers(asked, hard));
        let (folded, folded_took) = fastest(&policy, &workloads::folded(&policy, asked, hard));
        let counts = Counts::of(&policy, &listed);
        let counts = if hard { counts } else { counts.by_group_of_w1() };
        // Of other numbers of rows the specification says nothing; the two forms of facts must agree all the same.
        let checked = asked == rows;
        let right = listed.iter().zip(&folded).all(|(a, b)| a.is_same(b)) && (!checked || counts == answers);
        exact &= right;
        let per_second = |took: Duration| (asked as f64 / took.as_secs_f64()).round();
        let (listed, folded) = (per_second(listed_took), per_second(folded_took));
        if !arguments.json {
            let verdict = match (right, checked) {
                (true, true) => "exact",
                (true, false) => "both forms of facts agree",
                (false, _) => "WRONG",
            };
            println!("{name}: {asked} rows, {verdict}");
            println!("{counts:#?}");
            println!("{:.2} M decisions/s of listed facts, {:.2} of folded ones\n", listed / 1e6, folded / 1e6);
        }
        report.insert(
            name.to_owned(),
            serde_json::json!({
                "rows": asked, "right": right, "checked_against_specification": checked,
                "not_owned": counts.not_owned, "held_by_lock": counts.locked, "held_by_open_order": counts.open_order,
                "due": counts.due, "keep": counts.keep, "sum_of_dues_s": counts.sum_of_dues_s,
                "decisions_per_s": { "listed": listed, "folded": folded },
            }),
        );
    }
    if arguments.json {
        println!("{}", serde_json::Value::Object(report));
    }
    if exact { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn fastest(policy: &Policy, rows: &[Customer]) -> (Vec<Decision>, Duration) {
    let now = workloads::now();
    let mut decisions = Vec::with_capacity(rows.len());
    let mut best = Duration::MAX;
    for _ in 0..ROUNDS {
        decisions.clear();
        let start = Instant::now();
        decisions.extend(rows.iter().map(|row| policy.decide(row, None, now)));
        best = best.min(start.elapsed());
    }
    (decisions, best)
}
