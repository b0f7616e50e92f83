//! A tape of draws: what a generator reads instead of rolling dice, so that shrinking the tape shrinks the world.

use std::str::FromStr;

use proptest::prelude::*;

/// Numbers to be read once, then zeros. A zero always stands for the plainest choice.
pub(super) struct Tape(std::vec::IntoIter<u32>);

/// Whatever `read` makes of a tape of this length.
pub(super) fn from_tape<T: core::fmt::Debug>(
    length: usize,
    read: fn(&mut Tape) -> Option<T>,
) -> impl Strategy<Value = T> {
    proptest::collection::vec(any::<u32>(), length)
        .prop_filter_map("every tape can be read", move |draws| read(&mut Tape(draws.into_iter())))
}

impl Tape {
    /// The next draws as a tape of their own, so that what is read from it moves nothing that follows.
    pub(super) fn cut(&mut self, length: usize) -> Self {
        Self(self.0.by_ref().take(length).collect::<Vec<_>>().into_iter())
    }

    /// A number below `n`.
    pub(super) fn below(&mut self, n: u32) -> u32 {
        let draw = u64::from(self.0.next().unwrap_or(0));
        u32::try_from(draw.saturating_mul(u64::from(n)) >> 32).unwrap_or(0)
    }

    /// A number from `from` to `to`, both included; `from` is the plainest.
    pub(super) fn between(&mut self, from: u32, to: u32) -> u32 {
        let wide = to.saturating_sub(from).saturating_add(1);
        from.saturating_add(self.below(wide))
    }

    /// Whether something happens that happens in so many of a thousand cases.
    pub(super) fn permille(&mut self, n: u32) -> bool {
        self.below(1_000) >= 1_000_u32.saturating_sub(n)
    }

    /// Whether something happens that happens in so many of a hundred cases.
    pub(super) fn percent(&mut self, n: u32) -> bool {
        self.permille(n.saturating_mul(10))
    }

    /// One of the list.
    pub(super) fn pick<T: Clone>(&mut self, list: &[T]) -> Option<T> {
        let n = u32::try_from(list.len()).ok()?;
        list.get(usize::try_from(self.below(n)).ok()?).cloned()
    }

    /// A word of the list.
    pub(super) fn word<T: FromStr>(&mut self, list: &[&str]) -> Option<T> {
        self.pick(list)?.parse().ok()
    }

    /// So many of what is drawn.
    pub(super) fn list<T>(&mut self, count: u32, draw: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        (0..count).map(|_| draw(self)).collect()
    }

    /// Some words of the list, in its order; each in so many of a hundred cases.
    pub(super) fn words<T: FromStr>(&mut self, list: &[&str], percent: u32) -> Vec<T> {
        list.iter().filter(|_| self.percent(percent)).filter_map(|word| word.parse().ok()).collect()
    }
}
