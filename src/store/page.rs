//! What the pages of a store hold, and what a commit came to.

use crate::id::CustomerId;
use crate::plan::{FirstOutcome, Version};
use crate::time::Timestamp;

/// A customer in an index of instants: the wake-up index, or that of starvation. The order is that of the page.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Waking {
    /// The instant.
    pub at: Timestamp,
    /// The customer.
    pub customer: CustomerId,
}

/// A customer's place in the order of its pool.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ranked {
    /// The rank key: the greater first, and none last.
    pub rank: Option<i64>,
    /// When it entered the pool: the earlier first.
    pub since: Timestamp,
    /// The customer.
    pub customer: CustomerId,
}

impl Ord for Ranked {
    /// The order in which a pool hands out.
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        other
            .rank
            .cmp(&self.rank)
            .then_with(|| self.since.cmp(&other.since))
            .then_with(|| self.customer.cmp(&other.customer))
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// What can be open about a customer, and waits for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OpenItem {
    /// A nomination that no supervisor has rejected or withdrawn.
    Nomination,
    /// A reservation.
    Reservation,
    /// An owner's request to release it.
    ReleaseRequest,
}

impl OpenItem {
    /// Every kind.
    pub const ALL: &'static [Self] = &[Self::Nomination, Self::Reservation, Self::ReleaseRequest];

    /// Whether a customer has an open item of this kind.
    #[must_use]
    pub fn is_open(self, customer: &crate::model::Customer) -> bool {
        use crate::model::ReviewState;
        match self {
            Self::Nomination => customer.nomination().is_some_and(|open| open.state() != ReviewState::Rejected),
            Self::Reservation => customer.stay().is_some_and(|stay| stay.reservation().is_some()),
            Self::ReleaseRequest => customer.release_request().is_some(),
        }
    }
}

/// What a commit came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Committed {
    /// Everything was written; the new versions of what was changed, in the order of the changes.
    Applied(Vec<Version>),
    /// Nothing was written: this is the version that was found of something of which another was expected.
    Stale(Version),
    /// Nothing was written: the command's key has been answered before, so.
    Duplicate(FirstOutcome),
}
