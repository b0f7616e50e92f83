//! When an answer changes by itself.

use crate::time::Timestamp;

/// The earlier of two; what is absent never comes first.
#[inline]
pub(crate) fn earlier<T: Ord>(a: Option<T>, b: Option<T>) -> Option<T> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// The first instant at which the answer differs from `first`, and the answer of that instant; `None` if it never does.
///
/// Every instant at which the answer may change is tried in turn. `soonest` is the first of them. `judge` gives the
/// answer at an instant and the next instant after it at which the answer may change; the search ends if that is not
/// later. Instants between two of these are not asked, so `judge` must not leave one out at which the answer changes.
#[inline(always)]
pub(crate) fn first_change<A>(
    first: &A,
    mut soonest: Option<Timestamp>,
    is_same: impl Fn(&A, &A) -> bool,
    mut judge: impl FnMut(Timestamp) -> (A, Option<Timestamp>),
) -> Option<(Timestamp, A)> {
    while let Some(at) = soonest {
        let (later, next) = judge(at);
        if !is_same(first, &later) {
            return Some((at, later));
        }
        soonest = next.filter(|next| *next > at);
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(tick: usize) -> Timestamp {
        Timestamp::from_micros(tick as i64).unwrap()
    }

    fn tick(at: Timestamp) -> usize {
        at.as_micros() as usize
    }

    /// An answer for every instant of a small grid, and how many needless instants `judge` names before a change.
    fn answers() -> impl Strategy<Value = Vec<(u8, bool)>> {
        prop::collection::vec((0_u8..3, prop::bool::weighted(0.3)), 1..40)
    }

    proptest! {
        /// Goal: the search finds the first change. Method: answers on a small grid; the search is told the instants of
        /// changes and some needless ones, the reference asks at every instant.
        #[test]
        fn the_first_change_is_what_asking_at_every_instant_finds(answers in answers()) {
            let ticks = answers.len();
            // The next instant after this one that `judge` names: where the answer changes, and some others.
            let next = |now: usize| {
                (now + 1..ticks).find(|&t| answers[t].1 || answers[t].0 != answers[t - 1].0).map(at)
            };
            for now in 0..ticks {
                let first = answers[now].0;
                let found = first_change(&first, next(now), u8::eq, |at| (answers[tick(at)].0, next(tick(at))));
                let naive = (now + 1..ticks).find(|&t| answers[t].0 != first).map(|t| (at(t), answers[t].0));
                prop_assert_eq!(found, naive);
            }
        }

        /// Goal: the search ends whatever it is told. Method: `judge` names an instant that is not later.
        #[test]
        fn the_search_ends_where_the_next_instant_is_not_later(from in 0_usize..9, back in 0_usize..9) {
            let mut asked = 0;
            let found = first_change(&(), Some(at(from)), |(), ()| true, |now| {
                asked += 1;
                ((), Some(at(tick(now).saturating_sub(back))))
            });
            prop_assert_eq!((found, asked), (None, 1));
        }
    }
}
