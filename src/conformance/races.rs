//! Several writers at once.

use std::sync::Barrier;

use super::support::{Bench, Database, OrViolation, Violation, customer, id, same};
use crate::model::LedgerScope;
use crate::plan::{Command, ItemOutcome};
use crate::service::{Attempt, with_retries};
use crate::store::PoolStore;
use crate::time::Timestamp;

const WORKERS: usize = 6;

/// Runs every command in a thread and session of its own, all at once, each until it is not stale.
fn race<D: Database>(database: &D, bench: &Bench, commands: &[Command]) -> Result<Vec<ItemOutcome>, Violation> {
    let barrier = Barrier::new(commands.len());
    std::thread::scope(|scope| {
        let one = |command| {
            let barrier = &barrier;
            scope.spawn(move || -> Result<ItemOutcome, Violation> {
                let mut store = database.session();
                barrier.wait();
                let attempt = with_retries(1_000, || bench.driver().run(command, bench.now).on(&mut store));
                match attempt.or_violation("a race")? {
                    Attempt::Done(outcome) | Attempt::Again(outcome) => Ok(outcome),
                    Attempt::Stale(version) => Err(Violation::new(format!("{version:?} is never the same"))),
                }
            })
        };
        let threads: Vec<_> = commands.iter().map(one).collect();
        threads.into_iter().map(|thread| thread.join().map_err(|_| Violation::new("a worker panicked"))?).collect()
    })
}

fn won(outcomes: &[ItemOutcome]) -> usize {
    let applied = |outcome: &&ItemOutcome| matches!(outcome, ItemOutcome::Applied { .. });
    outcomes.iter().filter(applied).count()
}

pub(super) fn one_wins<D: Database>(database: &D) -> Result<(), Violation> {
    let (bench, mut store) = (Bench::new()?, database.session());
    let reps: Vec<String> = (0..WORKERS).map(|n| format!("rep{n}")).collect();
    for rep in &reps {
        bench.enroll(&mut store, rep, &format!("sales/{rep}"))?;
    }
    for round in 0..5 {
        let name = format!("c{round}");
        bench.create(&mut store, &name, "east")?;
        let claims = reps
            .iter()
            .take(WORKERS.saturating_sub(round))
            .map(|rep| bench.claim(&format!("{round} {rep}"), &name, rep));
        let outcomes = race(database, &bench, &claims.collect::<Result<Vec<_>, _>>()?)?;
        same("how many have the customer", &won(&outcomes), &1)?;
        let state = customer(&mut store, &name)?.ok_or_else(|| Violation::new("the customer is gone"))?;
        same("the version of the customer", &state.version(), &2)?;
        let owns = reps.iter().map(|rep| {
            let owned = store.owned_by(&id(rep)?, None, 100).or_violation("a list")?;
            Ok(usize::from(owned.contains(state.customer().id())))
        });
        let owners: usize = owns.sum::<Result<usize, Violation>>()?;
        same("how many own it", &owners, &1)?;
    }
    Ok(())
}

/// These reps claim ten customers at once; so many claims succeed, and the ledger says so.
fn claims_at_once<D: Database>(
    database: &D,
    reps: &[(&str, &str)],
    scope: &LedgerScope,
    wanted: usize,
    held: usize,
) -> Result<(), Violation> {
    let (bench, mut store) = (Bench::new()?, database.session());
    for (rep, unit) in reps {
        bench.enroll(&mut store, rep, unit)?;
    }
    let names: Vec<String> = (0..10).map(|n| format!("c{n}")).collect();
    let own: Vec<String> = (0..held).map(|n| format!("own{n}")).collect();
    for name in names.iter().chain(&own) {
        bench.create(&mut store, name, "east")?;
    }
    let first = reps.first().map(|(rep, _)| *rep).unwrap_or_default();
    for name in &own {
        let assign = crate::plan::Intent::Assign { to: id(first)? };
        bench.done(&mut store, &bench.command(&format!("assign {name}"), name, assign)?, bench.now)?;
    }
    let claims = names.iter().zip(reps.iter().cycle());
    let claims = claims.map(|(name, (rep, _))| bench.claim(&format!("claim {name}"), name, rep));
    let outcomes = race(database, &bench, &claims.collect::<Result<Vec<_>, _>>()?)?;
    same("how many claims succeed", &won(&outcomes), &wanted)?;
    let ledger = store.ledger(scope, Some(Timestamp::MIN)).or_violation("a ledger")?;
    same("how many the ledger has", &ledger.entries().len(), &wanted.saturating_add(held))
}

pub(super) fn never_past_a_quota<D: Database>(database: &D) -> Result<(), Violation> {
    claims_at_once(database, &[("li", "sales/east")], &LedgerScope::Rep(id("li")?), 3, 0)
}

pub(super) fn never_past_a_unit_quota<D: Database>(database: &D) -> Result<(), Violation> {
    let team = [("li", "sales/east"), ("wang", "sales/east")];
    claims_at_once(database, &team, &LedgerScope::Unit(id("sales/east")?), 5, 0)
}

pub(super) fn never_past_a_capacity<D: Database>(database: &D) -> Result<(), Violation> {
    // Three are held of four, and the quota would allow three more.
    claims_at_once(database, &[("li", "sales/east")], &LedgerScope::Rep(id("li")?), 1, 3)
}
