//! How cases are drawn.
#![allow(dead_code, reason = "every binary that includes this file uses a part of it")]

use core::fmt::Debug;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestCaseResult, TestRunner};

/// How many cases to draw: as many as `PROPTEST_CASES` says, else `usual`.
pub(crate) fn cases(usual: u32) -> u32 {
    if std::env::var_os("PROPTEST_CASES").is_some() { Config::default().cases } else { usual }
}

/// Draws cases and holds each to the test; from the seed that `PROPTEST_RNG_SEED` says, else always the same.
pub(crate) fn check<T: Debug>(usual: u32, strategy: impl Strategy<Value = T>, test: impl Fn(T) -> TestCaseResult) {
    let default = Config::default();
    let rng_seed = match default.rng_seed {
        RngSeed::Random => RngSeed::Fixed(20_260_302),
        given => given,
    };
    // Every number of a world's tape could be shrunk one by one; some hundred tries make it small enough to read.
    let max_shrink_iters = default.max_shrink_iters.min(800);
    let config = Config { cases: cases(usual), failure_persistence: None, max_shrink_iters, rng_seed, ..default };
    if let Err(error) = TestRunner::new(config).run(&strategy, test) {
        panic!("with {rng_seed:?}: {error}");
    }
}
