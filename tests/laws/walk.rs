//! The walk from change to change, which answers of every kind must stand.
#![cfg(feature = "chrono-tz")]

use core::fmt::Debug;

use customer_pool::time::Timestamp;
use proptest::prelude::*;

pub(crate) fn moved(at: Timestamp, micros: i64) -> Timestamp {
    at.checked_add_micros(micros).unwrap_or(at)
}

/// The instants of a world worth asking at: its moments and the microseconds beside them, and some far away.
pub(crate) fn instants(moments: &[Timestamp], now: Timestamp) -> Vec<Timestamp> {
    const YEAR: i64 = 31_556_952_000_000;
    let mut instants: Vec<Timestamp> =
        moments.iter().flat_map(|at| [moved(*at, -1), *at, moved(*at, 1), moved(*at, 3_600_000_000)]).collect();
    instants.extend([now, moved(now, YEAR), Timestamp::MIN, Timestamp::MAX]);
    instants
}

/// How an answer is asked for, and what it says of itself.
pub(crate) struct Answers<A, F> {
    pub(crate) ask: F,
    pub(crate) next_change: fn(&A) -> Option<Timestamp>,
    pub(crate) is_same: fn(&A, &A) -> bool,
}

impl<A: Debug, F: Fn(Timestamp) -> A> Answers<A, F> {
    /// Walks from change to change and asks everywhere between: each answer stands until its `next_change`, and no longer.
    /// How many changes were met.
    pub(crate) fn stand(
        &self,
        now: Timestamp,
        instants: &[Timestamp],
        world: &impl Debug,
    ) -> Result<u32, TestCaseError> {
        let (mut now, mut changes) = (now, 0);
        for _ in 0..6 {
            let decision = (self.ask)(now);
            let end = (self.next_change)(&decision);
            prop_assert!(end.is_none_or(|end| end > now), "{:?} at {}", decision, now);
            let before_end = end.map(|end| moved(end, -1));
            let middle = end.and_then(|end| now.checked_add_micros((end.as_micros() - now.as_micros()) / 2));
            for &at in instants.iter().chain(&before_end).chain(&middle) {
                if at >= now && end.is_none_or(|end| at < end) {
                    let then = (self.ask)(at);
                    let same = (self.is_same)(&then, &decision);
                    prop_assert!(same, "{:?} at {}\n{:?} at {}\n{:?}", decision, now, then, at, world);
                    prop_assert_eq!((self.next_change)(&then), end, "at {} as at {}\n{:?}", at, now, world);
                }
            }
            let Some(end) = end else { break };
            let after = (self.ask)(end);
            let same = (self.is_same)(&after, &decision);
            prop_assert!(!same, "{:?} at {} as at {}\n{:?}", decision, now, end, world);
            changes += 1;
            now = end;
        }
        Ok(changes)
    }
}
