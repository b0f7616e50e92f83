//! Pauses: when a clock does not run.

use serde::{Deserialize, Serialize};

use super::timestamp::Timestamp;
use crate::wire::getters;

/// An interval `[from, to)` in which a clock does not run: approved leave, a suspended customer.
///
/// An empty pause (`from == to`) is allowed and changes nothing. [`Calendar::end`](super::Calendar::end) takes
/// pauses that are united, see [`Pause::unite`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    from: Timestamp,
    to: Timestamp,
}

/// Why two instants are no [`Pause`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PauseError {
    /// The pause ends before it begins.
    #[error("pause ends at `{to}`, before it begins at `{from}`")]
    Reversed {
        /// The beginning given.
        from: Timestamp,
        /// The end given.
        to: Timestamp,
    },
}

impl Pause {
    /// The pause from `from` up to `to`, which no longer belongs to it.
    ///
    /// # Errors
    /// [`PauseError::Reversed`] where `to` lies before `from`.
    pub fn new(from: Timestamp, to: Timestamp) -> Result<Self, PauseError> {
        if to < from { Err(PauseError::Reversed { from, to }) } else { Ok(Self { from, to }) }
    }

    getters! {
        /// Its first instant.
        #[inline]
        from: Timestamp,
        /// The first instant after it.
        #[inline]
        to: Timestamp,
    }

    /// The same paused time as a list in order, without touching, overlapping or empty pauses.
    ///
    /// A pause read from data whose end lies before its beginning counts as empty.
    #[must_use]
    pub fn unite(pauses: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let mut sorted: Vec<Self> = pauses.into_iter().filter(|pause| pause.from < pause.to).collect();
        sorted.sort_unstable();
        let mut united: Vec<Self> = Vec::with_capacity(sorted.len());
        for pause in sorted {
            match united.last_mut() {
                Some(last) if pause.from <= last.to => last.to = last.to.max(pause.to),
                _ => united.push(pause),
            }
        }
        united
    }

    /// Whether these pauses are in order and neither touch, overlap nor are empty.
    #[must_use]
    pub fn is_united(pauses: &[Self]) -> bool {
        pauses.iter().all(|pause| pause.from < pause.to)
            && pauses.iter().zip(pauses.iter().skip(1)).all(|(one, next)| one.to < next.from)
    }

    /// Whether `[from, to)` in microseconds lies inside one of these united pauses.
    pub(super) fn cover(pauses: &[Self], from: i64, to: i64) -> bool {
        let i = pauses.partition_point(|pause| pause.to.as_micros() < to);
        pauses.get(i).is_some_and(|pause| pause.from.as_micros() <= from)
    }
}

/// The stretches from `from` on that no pause covers, in microseconds; the last has no end.
pub(super) fn unpaused(pauses: &[Pause], from: i64) -> impl Iterator<Item = (i64, i64)> {
    let first = pauses.partition_point(|pause| pause.to.as_micros() <= from);
    let rest = pauses.get(first..).unwrap_or_default();
    let begins = core::iter::once(from).chain(rest.iter().map(|pause| pause.to.as_micros()));
    let ends = rest.iter().map(|pause| pause.from.as_micros()).chain(core::iter::once(i64::MAX));
    begins.zip(ends)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pause(from: i64, to: i64) -> Pause {
        Pause::new(Timestamp::from_micros(from).unwrap(), Timestamp::from_micros(to).unwrap()).unwrap()
    }

    #[test]
    fn uniting_merges_what_touches_and_drops_what_is_empty() {
        let pauses = [pause(10, 20), pause(5, 5), pause(20, 30), pause(1, 3), pause(25, 26), pause(40, 41)];
        let united = Pause::unite(pauses);
        assert_eq!(united, [pause(1, 3), pause(10, 30), pause(40, 41)]);
        assert!(Pause::is_united(&united));
        assert!(!Pause::is_united(&[pause(10, 20), pause(20, 30)]));
        assert!(!Pause::is_united(&[pause(5, 5)]));
        assert!(!Pause::is_united(&[pause(10, 20), pause(1, 3)]));
    }

    #[test]
    fn a_reversed_pause_is_refused_and_as_data_counts_as_empty() {
        let (early, late) = (Timestamp::from_micros(1).unwrap(), Timestamp::from_micros(2).unwrap());
        assert_eq!(Pause::new(late, early), Err(PauseError::Reversed { from: late, to: early }));
        let data = r#"{"from":"2026-01-02T00:00:00Z","to":"2026-01-01T00:00:00Z"}"#;
        assert_eq!(Pause::unite([serde_json::from_str(data).unwrap()]), []);
        assert!(serde_json::from_str::<Pause>(&data.replace("from", "since")).is_err());
    }

    #[test]
    fn only_whole_cover_counts() {
        let pauses = [pause(10, 20), pause(30, 40)];
        for (from, to, covered) in [(10, 20, true), (9, 20, false), (10, 21, false), (15, 35, false), (40, 40, true)] {
            assert_eq!(Pause::cover(&pauses, from, to), covered, "{from}..{to}");
        }
    }
}
