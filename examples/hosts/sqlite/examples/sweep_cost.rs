//! What a sweep costs beside the nightly job of other CRMs, on one file in one run.
//!
//! `cargo run --release --example sweep_cost -- [customers] [due in ten thousand]`: every customer is owned; some are due.
//! Three do the work, each on a copy of the file:
//!
//! - the sweep: the wake-up index says who is due, each of them is decided about anew and committed with its events;
//! - the nightly loop: the same decisions and commits, but every row of the table is read and decided about;
//! - the nightly statement: one `UPDATE` over a flat table, as other CRMs have it — no events, no reasons, no cooldowns, no
//!   warnings, and nobody can say afterwards why.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant as Clock};

use anyhow::{Result, ensure};
use customer_pool::Policy;
use customer_pool::id::{CustomerId, RepId};
use customer_pool::model::{Actor, Customer, Place, Rep};
use customer_pool::plan::{Command, Intent, Landing, RepCommand, RepIntent};
use customer_pool::policy::Revisions;
use customer_pool::service::{Attempt, Batch, Driver, SweepRun};
use customer_pool::store::PoolStore;
use customer_pool::sweep::Ceilings;
use customer_pool::time::Timestamp;
use pool_sqlite::{LISTS, SqliteStore, migrate};
use rusqlite::{Connection, StatementStatus};

const REPS: usize = 500;
const DAY: i64 = 86_400_000_000;

fn rules() -> Result<Revisions> {
    let policy = r#"{"format": 1, "id": "cost", "revision": 1, "default_calendar": "utc",
        "calendars": {"utc": {"zone": "UTC", "working_days": ["mon"], "valid": {"from": "2024-01-01", "to": "2030-12-31"}}},
        "pools": [{"id": "east"}], "routing": {"fallback": "east"},
        "groups": [{"id": "contact", "triggers": [{"id": "silent", "when": "always", "base": {"days": 30}}]}]}"#;
    Ok(Revisions::new([Policy::from_json(policy)?])?)
}

fn open(file: &Path) -> Result<Connection> {
    let mut connection = Connection::open(file)?;
    migrate(&mut connection)?;
    Ok(connection)
}

/// Every customer owned, so many of ten thousand for longer than the thirty days.
fn fill(file: &Path, rules: &Revisions, customers: usize, due: usize, now: Timestamp) -> Result<()> {
    let connection = open(file)?;
    connection.pragma_update(None, "synchronous", "OFF")?;
    let (driver, mut store) = (Driver::new(rules), SqliteStore::new(&connection));
    for rep in 0..REPS {
        let id: RepId = format!("r{rep}").parse()?;
        let facts = RepIntent::Enroll { rep: Rep::new(id.clone()).into() };
        let command = RepCommand::new(format!("r{rep}").parse()?, id, Actor::System, facts);
        ensure!(driver.run_rep(&command, now).on(&mut store)?.outcome().is_some(), "a rep");
    }
    let names: Vec<usize> = (0..customers).collect();
    for page in names.chunks(500) {
        let command = |n: &usize| -> Result<Command> {
            let id: CustomerId = format!("c{n:07}").parse()?;
            let days = if (n * 7_919) % 10_000 < due { 40 } else { i64::try_from(n % 25)? };
            let since = now.checked_add_micros(-days * DAY);
            let customer = Customer::new(id.clone(), Place::Awaiting).into();
            let into = Landing::Owner(format!("r{}", n % REPS).parse()?);
            Ok(Command::new(
                format!("i{n}").parse()?,
                id,
                Actor::System,
                Intent::Import { customer, into, since, source: None },
            ))
        };
        let batch = Batch::new(
            format!("p{}", page.first().copied().unwrap_or(0)).parse()?,
            page.iter().map(command).collect::<Result<Vec<_>>>()?,
        );
        ensure!(matches!(driver.run_batch(&batch, now).on(&mut store)?, Attempt::Done(_)), "a page");
    }
    // What other CRMs keep: one flat row a customer.
    connection.execute_batch(
        "CREATE TABLE flat (id TEXT PRIMARY KEY, owner TEXT, last_follow_up TEXT, facts TEXT) STRICT, WITHOUT ROWID;
         INSERT INTO flat SELECT id, owner, json_extract(facts, '$.place.owned.start'), facts FROM customer;
         PRAGMA wal_checkpoint(TRUNCATE); VACUUM;",
    )?;
    Ok(())
}

/// How many customers were looked at, how many went, and how long it took.
struct Run {
    looked_at: u64,
    went: u64,
    took: Duration,
}

fn sweep(file: &Path, rules: &Revisions, now: Timestamp) -> Result<Run> {
    let connection = open(file)?;
    let start = Clock::now();
    let (driver, mut run, mut looked_at) = (Driver::new(rules), SweepRun::new(now, Ceilings::new()), 0);
    while !run.is_over() {
        let transaction = connection.unchecked_transaction()?;
        let mut on_swept = |_: &CustomerId, _: &_| {
            looked_at += 1;
            ControlFlow::Continue(())
        };
        driver.sweep_page(&mut run, 500, &mut on_swept).on(&mut SqliteStore::new(&*transaction))?;
        transaction.commit()?;
    }
    Ok(Run { looked_at, went: run.tally().get("done").copied().unwrap_or(0), took: start.elapsed() })
}

fn nightly_loop(file: &Path, rules: &Revisions, now: Timestamp) -> Result<Run> {
    let connection = open(file)?;
    let start = Clock::now();
    let driver = Driver::new(rules);
    let (mut looked_at, mut went, mut after) = (0, 0, String::new());
    loop {
        let transaction = connection.unchecked_transaction()?;
        let mut page: Vec<String> = Vec::new();
        {
            let mut statement =
                transaction.prepare_cached("SELECT id FROM customer WHERE id > ?1 ORDER BY id LIMIT 500")?;
            let mut rows = statement.query([&after])?;
            while let Some(row) = rows.next()? {
                page.push(row.get(0)?);
            }
        }
        let Some(last) = page.last().cloned() else { break };
        let mut store = SqliteStore::new(&*transaction);
        for id in page {
            looked_at += 1;
            let id: CustomerId = id.parse()?;
            let Some(state) = store.customer(&id)? else { continue };
            if rules.decide(state.customer(), None, now).decision.verdict() == customer_pool::Verdict::Due {
                let wake = Command::new(format!("night {id}").parse()?, id, Actor::System, Intent::Wake);
                went += u64::from(matches!(driver.run(&wake, now).on(&mut store)?, Attempt::Done(_)));
            }
        }
        transaction.commit()?;
        after = last;
    }
    Ok(Run { looked_at, went, took: start.elapsed() })
}

/// Its rows are those that SQLite says it stepped over.
fn nightly_statement(file: &Path, now: Timestamp) -> Result<Run> {
    let connection = open(file)?;
    let limit = now.checked_add_micros(-30 * DAY).map(|at| at.to_string()).unwrap_or_default();
    let start = Clock::now();
    let text = "UPDATE flat SET owner = NULL WHERE owner IS NOT NULL AND last_follow_up < ?1";
    let mut statement = connection.prepare(text)?;
    let went = statement.execute([limit])?;
    let took = start.elapsed();
    // The first row is reached without a step.
    let steps = u64::try_from(statement.get_status(StatementStatus::FullscanStep))?;
    Ok(Run { looked_at: steps + 1, went: u64::try_from(went)?, took })
}

fn plan(file: &Path) -> Result<()> {
    let connection = open(file)?;
    let query = LISTS.iter().find(|(name, _)| *name == "due").map_or("", |(_, query)| *query);
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {query}"))?;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        println!("query plan of the sweep: {}", row.get::<_, String>(3)?);
    }
    Ok(())
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let customers: usize = arguments.next().map_or(Ok(20_000), |text| text.parse())?;
    let due: usize = arguments.next().map_or(Ok(100), |text| text.parse())?;
    let (rules, now) = (rules()?, "2026-06-01T00:00:00Z".parse()?);
    // It goes when this ends, by an error too.
    let folder = tempfile::tempdir()?;
    let first = folder.path().join("sweep.db");
    let start = Clock::now();
    fill(&first, &rules, customers, due, now)?;
    println!("{customers} customers, filled in {:.1} s", start.elapsed().as_secs_f64());
    let (second, third) = (folder.path().join("loop.db"), folder.path().join("statement.db"));
    fs::copy(&first, &second)?;
    fs::copy(&first, &third)?;
    plan(&first)?;
    let runs = [
        ("sweep by wake-ups", sweep(&first, &rules, now)?),
        ("nightly loop over all", nightly_loop(&second, &rules, now)?),
        ("nightly statement over all", nightly_statement(&third, now)?),
    ];
    let quickest = runs[0].1.took.as_secs_f64();
    println!("| who | rows looked at | went to the pool | seconds | × the sweep |\n|---|---|---|---|---|");
    for (who, run) in &runs {
        let took = run.took.as_secs_f64();
        println!("| {who} | {} | {} | {took:.3} | {:.1} |", run.looked_at, run.went, took / quickest);
    }
    let [(_, swept), (_, looped), (_, updated)] = &runs;
    ensure!(swept.went == looped.went && swept.went == updated.went, "everybody takes the same customers");
    ensure!(swept.looked_at == swept.went, "the sweep looks at nobody else");
    let all = u64::try_from(customers)?;
    ensure!(looped.looked_at == all && updated.looked_at == all, "the nightly jobs look at everybody");
    Ok(())
}
