//! Replays a real log of work items: who would have been warned, and who would have lost customers.
//!
//! `cargo run --release --example replay -- [LOG.csv[.gz]] [--policy FILE] [--list]`
//!
//! Columns of the log: case, activity, resource, start, end. A case becomes a customer when its first human work item
//! starts, and its first validation ends it as a deal. Fails unless waking up at each decision's `next_change` finds
//! exactly what deciding for everybody every hour finds.

#[path = "replay/both_ways.rs"]
mod both_ways;
#[path = "replay/log.rs"]
mod log;
#[path = "replay/world.rs"]
mod world;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use customer_pool::Policy;

use both_ways::{Outcome, replay};
use log::Log;
use world::{Act, Event};

/// Replays a log of work items under a policy, by wake-ups and by hourly scans, and compares the two.
#[derive(Parser)]
struct Arguments {
    /// The log, CSV or gzipped CSV; without it, a tiny made-up one.
    log: Option<PathBuf>,
    /// The policy; without it, examples/data/replay_policy.json.
    #[arg(long)]
    policy: Option<PathBuf>,
    /// List every warning and reclaim; a log without a path always does.
    #[arg(long)]
    list: bool,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("replay: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<bool, Box<dyn std::error::Error>> {
    let policy = match &arguments.policy {
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
            Policy::from_json(&text).map_err(|error| format!("{}: {error}", path.display()))?
        }
        None => Policy::from_json(include_str!("data/replay_policy.json"))?,
    };
    let log = match &arguments.log {
        Some(path) => Log::open(path)?,
        None => Log::read(include_str!("data/replay_log.csv").as_bytes())?,
    };
    let outcome = replay(&policy, &log)?;
    if arguments.list || arguments.log.is_none() {
        outcome.events.iter().for_each(|event| println!("{}", event.line(&policy, &log)));
        println!();
    }
    let days = |event: &Event| policy.default_calendar().day_of(event.at);
    table("day", &outcome.events, days);
    table("rep", &outcome.events, |event| log.reps[event.cycle.owner].id());
    summary(&log, &outcome);
    for (wrong, events) in [("no scan found", &outcome.missed), ("no wake-up found", &outcome.unexpected)] {
        events.iter().for_each(|event| eprintln!("{wrong}: {}", event.line(&policy, &log)));
    }
    Ok(outcome.agrees())
}

fn table<K: Ord + Display>(name: &str, events: &[Event], key: impl Fn(&Event) -> K) {
    let mut rows: BTreeMap<K, [u64; 2]> = BTreeMap::new();
    for event in events {
        let [warned, reclaimed] = rows.entry(key(event)).or_default();
        match event.act {
            Act::Warned(_) => *warned += 1,
            Act::Reclaimed(_) => *reclaimed += 1,
        }
    }
    println!("{name:<12}{:>8}{:>11}", "warned", "reclaimed");
    for (key, [warned, reclaimed]) in rows {
        println!("{:<12}{warned:>8}{reclaimed:>11}", key.to_string());
    }
    println!();
}

fn summary(log: &Log, outcome: &Outcome) {
    let warned = outcome.events.iter().filter(|event| matches!(event.act, Act::Warned(_))).count();
    println!("work items               {}", log.rows);
    println!(
        "customers                {} ({} cases skipped: nobody human owned them)",
        log.customers.len(),
        log.skipped
    );
    println!("ownerships               {}", outcome.ownerships);
    println!("warnings                 {warned}");
    println!("reclaims                 {}", outcome.events.len() - warned);
    println!("deals                    {}", outcome.deals);
    println!("owned at the end         {}", outcome.still_owned);
    println!("decisions by wake-ups    {}", outcome.wake_decisions);
    println!("decisions by scans       {} in {} hourly scans", outcome.scan_decisions, outcome.scans);
    println!("events found both ways   {}", outcome.confirmed);
    println!("undone before a scan     {}", outcome.undone.len());
    println!("overtaken before a scan  {}", outcome.overtaken.len());
    println!("found one way only       {}", outcome.missed.len() + outcome.unexpected.len());
    if outcome.undetermined > 0 {
        println!("undetermined decisions   {}", outcome.undetermined);
    }
}
