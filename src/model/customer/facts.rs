//! What is known of a customer.

use core::cmp::Reverse;

use super::super::{
    Lapse, Nomination, Notice, Ownership, PastOwnership, Place, PoolEntry, PoolStay, Profile, Protection,
    ReleaseRequest, Scores, TierState,
};
use super::{Activities, Counters, Customer, WarningKey};
use crate::attribute::Attributes;
use crate::id::{CustomerId, Label, PoolId, RepId};
use crate::time::Timestamp;
use crate::wire::getters;

impl Customer {
    getters! {
        /// Which customer it is.
        id: &CustomerId,
        /// Where it is.
        #[inline]
        place: &Place,
    }

    /// Its ownership, when it is owned.
    #[must_use]
    #[inline]
    pub fn ownership(&self) -> Option<&Ownership> {
        match &self.place {
            Place::Owned(ownership) => Some(ownership),
            _ => None,
        }
    }

    /// Its stay in a pool, when it lies in one.
    #[must_use]
    pub fn stay(&self) -> Option<&PoolStay> {
        match &self.place {
            Place::Pool(stay) => Some(stay),
            _ => None,
        }
    }

    /// The order in which a pool hands out: the greater rank key first and those without one last, then who entered
    /// first, then by id. Customers that lie in no pool come last of all.
    #[must_use]
    pub fn cmp_in_pool(&self, other: &Self) -> core::cmp::Ordering {
        let place = |customer: &Self| customer.stay().map(|stay| (Reverse(stay.rank()), stay.since()));
        match (place(self), place(other)) {
            (Some(one), Some(two)) => one.cmp(&two).then_with(|| self.id.cmp(&other.id)),
            (one, two) => one.is_none().cmp(&two.is_none()).then_with(|| self.id.cmp(&other.id)),
        }
    }

    /// The stay in a pool before its present place.
    #[must_use]
    pub fn last_stay(&self) -> Option<&PoolStay> {
        self.rest.as_deref().and_then(|rest| rest.last_stay.as_ref())
    }

    /// The pool it is in, else the one it was last in.
    #[must_use]
    pub fn last_pool(&self) -> Option<&PoolId> {
        self.stay().or_else(|| self.last_stay()).map(PoolStay::pool)
    }

    /// The reservations of it that reps let lapse: who, and when each ended.
    #[must_use]
    pub fn lapses(&self) -> &[Lapse] {
        self.rest.as_deref().map_or(&[], |rest| &rest.lapses)
    }

    /// Its entries into pools other than the one it is in, or was last in.
    #[must_use]
    pub fn former_entries(&self) -> &[PoolEntry] {
        self.rest.as_deref().map_or(&[], |rest| &rest.former_entries)
    }

    /// The owner's request to release it that nobody has decided.
    #[must_use]
    pub fn release_request(&self) -> Option<&ReleaseRequest> {
        self.rest.as_deref().and_then(|rest| rest.release_request.as_ref())
    }

    getters! {
        /// Its tier (客户级别).
        #[inline]
        tier: Option<&Label>,
        /// Its tags.
        #[inline]
        tags: &[Label],
        /// Its declared attributes.
        #[inline]
        attributes: &Attributes,
        /// Its activities.
        #[inline]
        activities: &Activities,
    }

    /// Its protection, when it has any.
    #[must_use]
    #[inline]
    pub fn protection(&self) -> Option<&Protection> {
        self.protection.as_deref()
    }

    /// Its profile, when anything of it is known.
    #[must_use]
    pub fn profile(&self) -> Option<&Profile> {
        self.rest.as_deref().map(|rest| &rest.profile)
    }

    /// Its scores, when anything of it is known.
    #[must_use]
    pub fn scores(&self) -> Option<&Scores> {
        self.rest.as_deref().map(|rest| &rest.scores)
    }

    /// The state of its tier, where a tier table keeps it.
    #[must_use]
    pub fn tier_state(&self) -> Option<&TierState> {
        self.rest.as_deref().and_then(|rest| rest.tier_state.as_deref())
    }

    /// The owner's collaborators.
    #[must_use]
    pub fn collaborators(&self) -> &[RepId] {
        self.rest.as_deref().map_or(&[], |rest| &rest.collaborators)
    }

    /// Ownerships that have ended, newest first: by their ends, then by their starts.
    #[must_use]
    #[inline]
    pub fn past(&self) -> &[PastOwnership] {
        self.rest.as_deref().map_or(&[], |rest| &rest.past)
    }

    /// Since when [`past`](Self::past) is complete; `None` means that it is.
    #[must_use]
    pub fn past_known_from(&self) -> Option<Timestamp> {
        self.rest.as_deref().and_then(|rest| rest.past_known_from)
    }

    /// Its counts.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.rest.as_deref().map(|rest| rest.counters).unwrap_or_default()
    }

    /// The notice that was served last, whether or not its cycle is still the present one.
    #[must_use]
    pub fn notice(&self) -> Option<&Notice> {
        self.rest.as_deref().and_then(|rest| rest.notice.as_ref())
    }

    /// The nomination that was made last and not withdrawn, whether or not its cycle is still the present one.
    #[must_use]
    pub fn nomination(&self) -> Option<&Nomination> {
        self.rest.as_deref().and_then(|rest| rest.nomination.as_ref())
    }

    /// The keys of the warnings that were sent.
    #[must_use]
    pub fn warned(&self) -> &[WarningKey] {
        self.rest.as_deref().map_or(&[], |rest| &rest.warned)
    }
}
