//! Sweeps, once or for ever.

use std::ops::ControlFlow;
use std::process::ExitCode;
use std::time::Duration;

use customer_pool::service::{Driver, SweepRun};
use customer_pool::sweep::Ceilings;
use customer_pool::time::Timestamp;
use pool_sqlite::SqliteStore;

use super::files::{Clock, Pool};

/// How many customers are looked at between two looks at the clock.
const PAGE: usize = 200;

fn swept(pool: &mut Pool, most: Option<u32>, now: Timestamp) -> anyhow::Result<SweepRun> {
    let ceilings = most.map_or(Ceilings::new(), |most| Ceilings::new().with_per_run(most));
    let mut run = SweepRun::new(now, ceilings);
    let driver = Driver::new(&pool.rules);
    while !run.is_over() {
        // Each customer is a transaction of its own: whoever claims meanwhile waits for one, and not for all.
        let mut on_swept = |_: &_, _: &_| ControlFlow::Continue(());
        driver.sweep_page(&mut run, PAGE, &mut on_swept).on(&mut SqliteStore::new(&pool.connection))?;
    }
    Ok(run)
}

fn tell(run: &SweepRun) {
    let counts: Vec<String> = run.tally().iter().map(|(what, count)| format!("{count} {what}")).collect();
    println!("{}", if counts.is_empty() { "nothing was due".to_owned() } else { counts.join(", ") });
}

/// One sweep.
pub fn sweep(pool: &mut Pool, most: Option<u32>, clock: Clock) -> anyhow::Result<ExitCode> {
    tell(&swept(pool, most, clock.now())?);
    Ok(ExitCode::SUCCESS)
}

/// When a run ends.
pub struct End {
    /// After the first round.
    pub once: bool,
    /// When nothing is due before this instant.
    pub until: Option<Timestamp>,
}

/// Sweeps, and sleeps until the next wake-up; with a fixed instant it ends after the first round.
pub fn run(pool: &mut Pool, end: &End, longest: u64, clock: Clock) -> anyhow::Result<ExitCode> {
    loop {
        // Others may have added a revision or changed a rep since: rows that this leaves behind are put right first.
        pool.reload()?;
        pool.reindex(clock.now())?;
        let run = swept(pool, None, clock.now())?;
        if !run.tally().is_empty() {
            tell(&run);
        }
        let next = Driver::new(&pool.rules).next_wake().on(&mut SqliteStore::new(&pool.connection))?;
        let over = end.until.is_some_and(|until| next.is_none_or(|next| next >= until) || clock.now() >= until);
        if over || end.once || clock.0.is_some() {
            match next {
                Some(next) => println!("the next wake-up is at {next}"),
                None => println!("nobody is ever to be looked at again"),
            }
            return Ok(ExitCode::SUCCESS);
        }
        // What cannot be done stays due: at least a second passes, and at most so many, for what others write meanwhile.
        let ahead = next.map_or(i64::MAX, |next| next.as_micros().saturating_sub(clock.now().as_micros()));
        let sleep = u64::try_from(ahead / 1_000_000).unwrap_or(0).saturating_add(1).min(longest.max(1));
        std::thread::sleep(Duration::from_secs(sleep));
    }
}
