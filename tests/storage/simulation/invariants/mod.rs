//! What must hold after every step, a file for each.

mod capacity;
mod cooldown;
mod folds;
mod indexes;
mod keys;
mod one_place;
mod quota;
mod reclaims;
mod replay;
mod wake_ups;

use customer_pool::ledger::{Event, Versioned};
use customer_pool::store::PoolStore;

use super::world::World;

/// What is broken, in words.
pub type Verdict = Result<(), String>;

/// Everything that is cheap enough to be looked at after each step.
pub fn after_each_step(world: &World) -> Verdict {
    let lives = Lives::of(world);
    one_place::holds(world, &lives)?;
    capacity::holds(&lives)?;
    quota::holds(&lives)?;
    cooldown::holds(&lives)?;
    wake_ups::holds(world, &lives)?;
    indexes::holds(world, &lives)
}

/// Everything.
pub fn at_the_end(world: &World) -> Verdict {
    after_each_step(world)?;
    let lives = Lives::of(world);
    folds::holds(world, &lives)?;
    keys::holds(world, &lives)?;
    reclaims::holds(world, &lives)?;
    replay::holds(world, &lives)
}

/// The histories of all customers, and what is kept of them.
pub struct Lives {
    pub all: Vec<(Versioned, Vec<Event>)>,
}

fn never<T>(result: Result<T, core::convert::Infallible>) -> T {
    match result {
        Ok(value) => value,
        Err(never) => match never {},
    }
}

impl Lives {
    fn of(world: &World) -> Self {
        let mut store = world.store.clone();
        let all = world.store.customer_ids().into_iter().map(|id| {
            let state = never(store.customer(&id)).expect("it is listed");
            (state, never(store.events(&id, 1, usize::MAX)))
        });
        Self { all: all.collect() }
    }
}
