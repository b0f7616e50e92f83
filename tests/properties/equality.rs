//! The engine equals the reference, on worlds that are worth it.

use proptest::prelude::*;

use crate::reference::Reference;
use crate::strategies::{self, World};
use crate::support::{check, said};

/// Goal: the engine decides what the specification says. Method: both decide about ten thousand random worlds.
#[test]
fn the_engine_equals_the_reference() {
    check(10_000, strategies::world(), |world| {
        let World { policy, customer, owner, now, .. } = &world;
        let reference = Reference::new(policy.draft(), customer, owner.as_ref());
        let decided = said(policy, &policy.decide(customer, owner.as_ref(), *now));
        prop_assert_eq!(decided, reference.decide(*now));
        Ok(())
    });
}

#[test]
fn survey() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::{Config, RngSeed, TestRunner};
    let n: u32 = std::env::var("SURVEY").map_or(300, |n| n.parse().unwrap());
    let mut runner = TestRunner::new(Config { rng_seed: RngSeed::Fixed(7), ..Config::default() });
    let strategy = strategies::world();
    let mut bad = 0;
    let mut t = [std::time::Duration::ZERO; 3];
    for _ in 0..n {
        let t0 = std::time::Instant::now();
        let world = strategy.new_tree(&mut runner).unwrap().current();
        let t1 = std::time::Instant::now();
        let World { policy, customer, owner, now, .. } = &world;
        let reference = Reference::new(policy.draft(), customer, owner.as_ref());
        let decided = said(policy, &policy.decide(customer, owner.as_ref(), *now));
        let t2 = std::time::Instant::now();
        let wanted = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| reference.decide(*now)));
        t[0] += t1 - t0;
        t[1] += t2 - t1;
        t[2] += t2.elapsed();
        if t2.elapsed().as_millis() > 100 {
            println!("SLOW {:?} {world:?}", t2.elapsed());
        }
        if wanted.as_ref().ok() != Some(&decided) {
            bad += 1;
            if bad <= 12 {
                println!("---- engine {decided:?}\nreference {wanted:?}\n{world:?}");
            }
        }
    }
    println!("{bad} of {n} differ; {t:?}");
}
