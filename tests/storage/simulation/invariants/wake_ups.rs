//! The wake-up index misses nobody: whatever is outstanding by itself has come due in the index, or its row is known to be
//! stale. And time changes neither the rank of a customer in its pool nor the instant at which it starves.

use customer_pool::ledger::PolicyStamp;
use customer_pool::plan::wake;
use customer_pool::store::PoolStore;

use super::super::world::World;
use super::{Lives, Verdict, never};

pub fn holds(world: &World, lives: &Lives) -> Verdict {
    let mut store = world.store.clone();
    let rules = world.rules();
    // Some clocks go ahead, and a row that is due says the instant of whoever wrote it.
    let seen = world.now.checked_add_micros(120_000_000).ok_or("our age")?;
    let stale = never(store.stale(&PolicyStamp::of(rules.newest()), None, usize::MAX));
    for (state, _) in &lives.all {
        let customer = state.customer();
        let owner = customer.ownership().and_then(|owned| never(store.rep(owned.owner())));
        let again = wake(rules, customer, owner.as_ref(), seen);
        let row = world.store.wake_of(customer.id()).ok_or("a row")?;
        let missed = match (again.at, row.at) {
            (Some(again), Some(row)) => again < row && row > seen,
            (Some(_), None) => true,
            (None, _) => false,
        };
        let ages = again.rank != row.rank || again.starves_at != row.starves_at;
        if ages && !stale.contains(customer.id()) {
            return Err(format!("{} is {:?} and the index says {:?}", customer.id(), again, row));
        }
        if missed && !stale.contains(customer.id()) {
            return Err(format!("{} wakes at {:?}, and the index says {:?}", customer.id(), again.at, row.at));
        }
    }
    Ok(())
}
