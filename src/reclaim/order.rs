//! Which of several plain clocks decides: each is one number, so that the first or last is found without a branch.

use super::due::reasons;
use crate::decision::Reasons;
use crate::time::Timestamp;

/// A clock as one number: its end in 52 bits, the index of its trigger in 10, and what decided the end in 2, from the
/// highest bits down.
#[derive(Clone, Copy)]
pub(super) struct Key(u64);

/// The bits of an index.
const INDEX: u64 = 0x3ff;
/// The bits of what decided.
const WHY: u64 = 3;

/// The index of a trigger as [`Order::add`] takes it: its bits are inverted, so that of equal ends the greatest number
/// is that of the first trigger.
pub(super) fn tag(index: u16) -> u64 {
    invert(u64::from(index) << 2)
}

#[inline(always)]
const fn invert(key: u64) -> u64 {
    key ^ (INDEX << 2)
}

impl Key {
    #[inline(always)]
    pub(super) const fn index(self) -> u16 {
        ((self.0 >> 2) & INDEX) as u16
    }

    #[inline(always)]
    pub(super) const fn why(self) -> Reasons {
        reasons((self.0 & WHY) as u8)
    }
}

/// The clock that decides, and its due instant; `None` where no clock runs.
pub(super) type Deciding = Option<(Key, Timestamp)>;

/// Finds the clock that decides: the first of the last ones of each group.
pub(super) struct Order {
    first: u64,
    /// The last clock of the group that is being read, its index inverted.
    latest: u64,
}

impl Order {
    pub(super) const fn new() -> Self {
        Self { first: u64::MAX, latest: 0 }
    }

    /// Adds a clock: its end, what decided that, its trigger, and whether it is the last one of its group.
    #[inline(always)]
    pub(super) fn add(&mut self, end: u64, why: u8, tag: u64, closes: bool) {
        self.latest = self.latest.max((end << 12) | tag | u64::from(why));
        if closes {
            self.first = self.first.min(invert(self.latest));
            self.latest = 0;
        }
    }

    /// The clock that decides; `None` where its end is no `instant`.
    #[inline(always)]
    pub(super) fn deciding(&self, instant: impl Fn(u64) -> Option<Timestamp>) -> Option<Deciding> {
        if self.first == u64::MAX {
            return Some(None);
        }
        Some(Some((Key(self.first), instant(self.first >> 12)?)))
    }
}
