//! Ownerships that have ended: their order, and whether they fit together.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::{Cause, UnitPath, WayIn};
use crate::id::RepId;
use crate::time::Timestamp;
use crate::wire::getters;

/// An ownership that has ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PastOwnership {
    owner: RepId,
    from: Timestamp,
    to: Timestamp,
    way_in: WayIn,
    cause: Cause,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    units: Vec<UnitPath>,
}

impl PastOwnership {
    /// An ownership on `[from, to)` that ended by `cause`.
    #[must_use]
    pub fn new(owner: RepId, from: Timestamp, to: Timestamp, way_in: WayIn, cause: Cause) -> Self {
        Self { owner, from, to, way_in, cause, units: Vec::new() }
    }

    /// With the units the owner was in when it began.
    #[must_use]
    pub fn with_units(mut self, units: impl IntoIterator<Item = UnitPath>) -> Self {
        self.units = units.into_iter().collect();
        self
    }

    getters! {
        /// Who owned the customer.
        owner: &RepId,
        /// When it began.
        from: Timestamp,
        /// When it ended.
        to: Timestamp,
        /// How it began.
        way_in: WayIn,
        /// Why it ended.
        cause: Cause,
        /// The owner's units when it began.
        units: &[UnitPath],
    }

    /// The list in the order that customers keep: by ends, then by starts, newest first. One that is in order is passed once.
    pub(super) fn newest_first(mut past: Vec<Self>) -> Vec<Self> {
        past.sort_by_key(|past| Reverse((past.to(), past.from())));
        past
    }

    /// The time that two ownerships share, or one that ends before it begins. The list is newest first; `present` is when the
    /// ownership began that has not ended, if there is one. Ownerships that follow each other are passed once.
    #[inline]
    pub(crate) fn overlap(past: &[Self], present: Option<Timestamp>) -> Option<(Timestamp, Timestamp)> {
        let mut next = present;
        let precedes = |past: &Self| {
            let precedes = past.from() <= past.to() && next.is_none_or(|next| past.to() <= next);
            next = Some(past.from());
            precedes
        };
        if past.iter().all(precedes) { None } else { Self::shared(past, present) }
    }

    /// The same in any order, and where some ended at the instant at which they began: those overlap nothing.
    fn shared(past: &[Self], present: Option<Timestamp>) -> Option<(Timestamp, Timestamp)> {
        let mut periods: Vec<(Timestamp, Timestamp)> = past.iter().map(|past| (past.from(), past.to())).collect();
        if let Some(reversed) = periods.iter().find(|(from, to)| to < from) {
            return Some(*reversed);
        }
        periods.extend(present.map(|start| (start, Timestamp::MAX)));
        periods.retain(|(from, to)| from < to);
        periods.sort_unstable();
        periods.windows(2).find_map(|pair| match pair {
            [(_, end), (next, next_end)] if next < end => Some((*next, *end.min(next_end))),
            _ => None,
        })
    }
}
