//! W1 on neighbours beside our row and column forms: `cargo run --release --manifest-path benches/peers/Cargo.toml`.
//!
//! All are measured in one run, one thread, median of fifteen, and must agree on what they count. At full size the
//! command fails below the bars: the row form at least 100 times as fast as zen-engine, the columns at most twice the
//! time of a loop written by hand. `-- --rows N` runs fewer rows and only holds all to the same counts.

mod sqlite;
#[path = "../../../tests/workloads/mod.rs"]
mod workloads;
mod zen;

use std::process::ExitCode;
use std::time::Instant;

use customer_pool::columns::{DecisionColumns, verdict};
use customer_pool::{Decision, Policy};
use workloads::Counts;
use workloads::columns::{ByHand, W1Columns, decisions};

/// Rows at which the bars hold.
const FULL: u64 = 1_000_000;
/// Rows for zen-engine, which would take minutes for all.
const FEW: u64 = 20_000;
const RUNS: usize = 15;
/// How many times as fast as zen-engine the row form is, at least.
const ROWS_BAR: f64 = 100.0;
/// How many times as long as the loop the columns take, at most.
const COLUMNS_BAR: f64 = 2.0;

/// What all count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdicts {
    not_owned: u64,
    locked: u64,
    open_order: u64,
    due: u64,
    keep: u64,
    /// What zen-engine is not asked.
    due_by_silence: u64,
    sum_of_dues_s: i64,
}

impl Verdicts {
    fn of(policy: &Policy, decisions: &[Decision]) -> Self {
        let counts = Counts::of(policy, decisions).by_group_of_w1();
        assert_eq!(counts.other, 0);
        Self {
            not_owned: counts.not_owned,
            locked: counts.locked,
            open_order: counts.open_order,
            due: counts.due.values().sum(),
            keep: counts.keep,
            due_by_silence: counts.due.get("no_follow_up").copied().unwrap_or_default(),
            sum_of_dues_s: counts.sum_of_dues_s,
        }
    }

    /// Without what only some are asked.
    fn verdicts_alone(self) -> Self {
        Self { due_by_silence: 0, sum_of_dues_s: 0, ..self }
    }
}

/// Civil days in Shanghai from one instant to another.
pub fn days_between(from: i64, to: i64) -> i64 {
    let day = |at: i64| (at + 8 * 3_600_000_000).div_euclid(86_400_000_000);
    day(to) - day(from)
}

/// Seconds that it took.
fn time<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let from = Instant::now();
    let done = work();
    (from.elapsed().as_secs_f64(), done)
}

fn median(mut runs: Vec<f64>) -> f64 {
    runs.sort_by(f64::total_cmp);
    runs[runs.len() / 2]
}

fn rows_asked_for() -> u64 {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (None, _) => FULL,
        (Some("--rows"), Some(rows)) => rows.parse().expect("--rows takes a number"),
        _ => panic!("usage: peers [--rows N]"),
    }
}

fn main() -> ExitCode {
    let count = rows_asked_for();
    let few = count.min(FEW);
    let now = workloads::now();
    let policy = Policy::from_json(workloads::W1_POLICY).expect("the workload's policy");

    let table = W1Columns::new(count);
    let columns = table.columns(&policy);
    let customers = workloads::folded(&policy, count, false);
    let connection = sqlite::table((0..table.len()).map(|row| table.row(row)));
    let decision = zen::decision();
    let contexts: Vec<_> = (0..few as usize).map(|row| zen::context(&table.row(row), now.as_micros())).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");

    let mut out = DecisionColumns::new(table.len());
    let mut by_hand = ByHand::new(table.len());
    let mut by_row: Vec<Decision> = Vec::new();

    // Once before the clock runs: all agree, and all is warm.
    policy.decide_all(&customers, |_| None, now, &mut by_row);
    policy.decide_columns(&columns, now, &mut out);
    table.by_hand(&mut by_hand);
    assert_eq!(by_hand.difference(&out), None, "the loop writes what the columns say");
    let by_columns = decisions(&out);
    assert!(by_columns == by_row, "the columns say what the rows say");
    let ours = Verdicts::of(&policy, &by_row);
    if count == FULL {
        assert_eq!(Counts::of(&policy, &by_row).by_group_of_w1(), workloads::w1_answers());
    }
    assert_eq!(sqlite::query(&connection, now.as_micros()), ours, "SQLite counts alike");
    let ours_of_few = Verdicts::of(&policy, by_row.get(..few as usize).unwrap_or_default()).verdicts_alone();
    assert_eq!(runtime.block_on(zen::evaluate(&decision, &contexts)), ours_of_few, "zen-engine counts alike");

    let mut runs: [Vec<f64>; 5] = Default::default();
    for _ in 0..RUNS {
        // One after another, so that what disturbs the machine disturbs all.
        let took = [
            time(|| policy.decide_columns(&columns, now, &mut out)).0,
            time(|| table.by_hand(&mut by_hand)).0,
            time(|| policy.decide_all(&customers, |_| None, now, &mut by_row)).0,
            time(|| sqlite::query(&connection, now.as_micros())).0,
            time(|| runtime.block_on(zen::evaluate(&decision, &contexts))).0 * (count as f64 / few as f64),
        ];
        for (runs, took) in runs.iter_mut().zip(took) {
            runs.push(took);
        }
    }
    assert!(out.verdict().contains(&verdict::DUE) && by_row.len() == table.len());
    let [columns, by_hand, rows, sqlite, zen] = runs.map(|runs| median(runs) * 1e9 / count as f64);

    println!("W1, {count} rows, one thread, median of {RUNS}:");
    println!("{:<44} {:>10} {:>12} {:>10}", "", "ns/row", "M rows/s", "x loop");
    for (name, ns) in [
        ("loop written by hand", by_hand),
        ("customer-pool, columns", columns),
        ("customer-pool, rows", rows),
        ("SQLite, one query, no reasons", sqlite),
        ("zen-engine, idle days given, verdict alone", zen),
    ] {
        println!("{name:<44} {ns:>10.1} {:>12.3} {:>10.2}", 1e3 / ns, ns / by_hand);
    }
    println!("rows are {:.0} times as fast as zen-engine (bar: {ROWS_BAR:.0})", zen / rows);
    println!("columns take {:.2} times as long as the loop (bar: {COLUMNS_BAR:.1})", columns / by_hand);
    if count < FULL {
        println!("too few rows to be held to the bars; all agree");
        return ExitCode::SUCCESS;
    }
    if zen / rows < ROWS_BAR || columns / by_hand > COLUMNS_BAR {
        println!("below the bars");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
