//! How cases are drawn, and the engine's answers in the words of the reference.

use core::fmt::Debug;

use customer_pool::decision::{HeldBy, ReviewPending};
use customer_pool::{Decision, Policy, Verdict};
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngSeed, TestCaseResult, TestRunner};

use crate::reference::{Answer, Said};

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

/// A decision in the words of the reference.
pub(crate) fn said(policy: &Policy, decision: &Decision) -> Answer {
    let trigger = decision.trigger();
    let verdict = match decision.verdict() {
        Verdict::NotOwned => Said::NotOwned,
        Verdict::Undetermined(code) => Said::Undetermined(code.as_str()),
        Verdict::Held(HeldBy::Freeze(kind)) => Said::Held(kind.to_string()),
        Verdict::Held(HeldBy::Exemption) => Said::Held("exemption".to_owned()),
        Verdict::Held(HeldBy::Lock) => Said::Held("lock".to_owned()),
        Verdict::Held(HeldBy::Business(kind)) => Said::Held(policy.hold_kind(kind).unwrap().to_string()),
        Verdict::Held(HeldBy::FreezeWindow) => Said::Held("freeze_window".to_owned()),
        Verdict::Held(HeldBy::Deferral) => Said::Held("deferral".to_owned()),
        Verdict::NoticePending(earliest) => Said::NoticePending(earliest),
        Verdict::ReviewPending(ReviewPending::Nominated) => Said::ReviewPending("nominated"),
        Verdict::ReviewPending(ReviewPending::Deferred) => Said::ReviewPending("deferred"),
        Verdict::Due => Said::Due,
        Verdict::Warn(stage) => Said::Warn(policy.stage_id(trigger.unwrap(), stage).unwrap().to_string()),
        Verdict::Keep => Said::Keep,
    };
    Answer {
        verdict,
        due: decision.due(),
        trigger: trigger.map(|trigger| policy.trigger_id(trigger).unwrap().to_string()),
        action: decision.action(),
        pool: decision.pool().map(|pool| policy.pool_id(pool).unwrap().to_string()),
        notify: policy.notify_ids(decision.notify()).map(ToString::to_string).collect(),
        reasons: decision.reasons().iter().map(|code| code.as_str()).collect(),
        next_change: decision.next_change(),
    }
}
