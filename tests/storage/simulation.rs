//! Reps, sweepers, crashes, retries, changed rules and skewed clocks over one store, from one seed: after every step the
//! invariants of the specification hold. `SIM_SEEDS` says how many seeds are run, `SIM_SEED` runs one and prints its steps.

mod crash;
mod dice;
mod invariants;
mod world;

use std::collections::BTreeMap;

use world::World;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

/// One life of a store: what was done how often.
fn run(seed: u64, steps: u32, told: bool) -> BTreeMap<String, u64> {
    let mut world = World::new(seed, told);
    for step in 0..steps {
        world.step();
        if let Err(violation) = invariants::after_each_step(&world) {
            panic!("SIM_SEED={seed} step {step}: {violation}");
        }
    }
    world.settle();
    if let Err(violation) = invariants::at_the_end(&world) {
        panic!("SIM_SEED={seed} at the end: {violation}");
    }
    world.tally
}

/// Goal: no sequence of commands, crashes, retries, races and changed rules breaks an invariant. Method: seeded worlds; the
/// run itself proves that it reached every kind of event and every trouble.
#[test]
fn no_life_breaks_an_invariant() {
    if let Some(seed) = number("SIM_SEED") {
        let tally = run(seed, 400, true);
        println!("{tally:#?}");
        return;
    }
    let seeds = number("SIM_SEEDS").unwrap_or(60);
    let mut all = BTreeMap::<String, u64>::new();
    for seed in 0..seeds {
        for (what, count) in run(seed, 250, false) {
            *all.entry(what).or_default() += count;
        }
    }
    println!("{seeds} seeds: {all:#?}");
    let reached = |what: &str| all.get(what).copied().unwrap_or(0);
    for what in world::MUST_HAPPEN {
        assert!(reached(what) >= 1, "`{what}` never happened in {seeds} seeds: {all:#?}");
    }
    for kind in customer_pool::ledger::EventKind::ALL {
        let name = format!("event {kind}");
        assert!(reached(&name) >= 1, "`{name}` never happened in {seeds} seeds: {all:#?}");
    }
}
