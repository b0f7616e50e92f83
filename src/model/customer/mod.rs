//! The customer: everything the engine is told about one.

mod facts;
mod wire;

use serde::{Deserialize, Serialize};

use super::{
    Activity, Folded, Lapse, Nomination, Notice, Ownership, PastOwnership, Place, PoolEntry, PoolStay, Profile,
    Protection, ReleaseRequest, Scores, TierState,
};
use crate::attribute::{AttributeValue, Attributes};
use crate::id::{CustomerId, Label, PoolId, RepId};
use crate::time::Timestamp;

/// The key under which a warning was sent, as the engine gave it.
pub type WarningKey = Label;

/// A customer's activities, in one of two forms that decide alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Activities {
    /// Single activities since the clock start that could matter, in any order. Each decision folds them again.
    Listed(Box<[Activity]>),
    /// What they amount to, kept up by the [`record`](crate::record) module. Decisions only read it.
    Folded(Folded),
}

impl Default for Activities {
    fn default() -> Self {
        Self::Listed(Box::default())
    }
}

/// Why facts are no customer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CustomerError {
    /// Its activities are given singly and folded, and nobody can tell which to believe.
    #[error("`activities` and `folded` are two forms of the same facts; give one of them")]
    ActivitiesTwice,
}

/// Counts over a customer's life.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Counters {
    /// How often it was claimed.
    #[serde(skip_serializing_if = "crate::wire::is_default")]
    pub claimed: u32,
    /// How often it was reclaimed.
    #[serde(skip_serializing_if = "crate::wire::is_default")]
    pub reclaimed: u32,
    /// How often it was released.
    #[serde(skip_serializing_if = "crate::wire::is_default")]
    pub released: u32,
    /// How many whole days it has lain in pools.
    #[serde(skip_serializing_if = "crate::wire::is_default")]
    pub days_in_pools: u32,
}

/// Calls the macro `$then` with the facts that few decisions read, in the order of the wire.
macro_rules! rest_of_customer {
    ($then:ident) => {
        $then! {
            profile: Profile,
            created: Option<Timestamp>,
            last_contract_end: Option<Timestamp>,
            last_deal: Option<Timestamp>,
            collaborators: Vec<RepId>,
            past: Vec<PastOwnership>,
            past_known_from: Option<Timestamp>,
            counters: Counters,
            warned: Vec<WarningKey>,
            notice: Option<Notice>,
            nomination: Option<Nomination>,
            last_stay: Option<PoolStay>,
            lapses: Vec<Lapse>,
            former_entries: Vec<PoolEntry>,
            release_request: Option<ReleaseRequest>,
            scores: Scores,
            tier_state: Option<Box<TierState>>,
        }
    };
}
use rest_of_customer;

macro_rules! rest {
    ($($name:ident: $type:ty,)*) => {
        /// What few decisions read; apart, so that a sweep over many customers reads little memory.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        struct Rest {
            $($name: $type,)*
        }
    };
}

rest_of_customer!(rest);

/// A customer: what the host tells the engine about one.
///
/// ```
/// use customer_pool::model::{Customer, Ownership, Place};
/// let owned = Ownership::new("r1".parse()?, "2026-03-02T07:00:00Z".parse()?);
/// let customer = Customer::new("c1".parse()?, Place::Owned(owned)).with_tier("vip".parse()?);
/// assert_eq!(customer.tier().unwrap(), "vip");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    id: CustomerId,
    place: Place,
    tier: Option<Label>,
    tags: Box<[Label]>,
    attributes: Attributes,
    activities: Activities,
    protection: Option<Box<Protection>>,
    rest: Option<Box<Rest>>,
}

macro_rules! rest_fields {
    ($($(#[$doc:meta])* $name:ident, $with:ident: Timestamp;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(&self) -> Option<Timestamp> {
            self.rest.as_deref().and_then(|rest| rest.$name)
        }

        /// The same customer with this instant.
        #[must_use]
        pub fn $with(self, at: Timestamp) -> Self {
            self.with_rest(|rest| rest.$name = Some(at))
        }
    )*};
}

impl Customer {
    /// A customer that this rep has owned since `since`, by a claim, the first of its ownerships.
    ///
    /// More is said of an ownership by [`Ownership`] and [`with_place`](Self::with_place).
    #[must_use]
    pub fn owned(id: CustomerId, owner: RepId, since: Timestamp) -> Self {
        Self::new(id, Place::Owned(Ownership::new(owner, since)))
    }

    /// A customer that has been in this pool since `since`.
    ///
    /// More is said of a stay in a pool by [`PoolStay`].
    #[must_use]
    pub fn pooled(id: CustomerId, pool: PoolId, since: Timestamp) -> Self {
        Self::new(id, PoolStay::new(pool, since).into())
    }

    /// A customer that awaits admission to a pool or an owner.
    #[must_use]
    pub fn awaiting(id: CustomerId) -> Self {
        Self::new(id, Place::Awaiting)
    }

    /// A customer of which only its place is known.
    #[must_use]
    pub fn new(id: CustomerId, place: Place) -> Self {
        Self {
            id,
            place,
            tier: None,
            tags: Box::default(),
            attributes: Attributes::default(),
            activities: Activities::default(),
            protection: None,
            rest: None,
        }
    }

    rest_fields! {
        /// When it was created.
        created, with_created: Timestamp;
        /// When its last contract ended or ends.
        last_contract_end, with_last_contract_end: Timestamp;
        /// When its last deal (成交) was made.
        last_deal, with_last_deal: Timestamp;
    }

    /// With this tier (客户级别).
    #[must_use]
    pub fn with_tier(mut self, tier: Label) -> Self {
        self.tier = Some(tier);
        self
    }

    /// Without a tier.
    #[must_use]
    pub fn without_tier(mut self) -> Self {
        self.tier = None;
        self
    }

    /// With these tags.
    #[must_use]
    pub fn with_tags(mut self, tags: impl IntoIterator<Item = Label>) -> Self {
        self.tags = tags.into_iter().collect();
        self
    }

    /// With these declared attributes.
    #[must_use]
    pub fn with_attributes(mut self, attributes: impl IntoIterator<Item = (Label, AttributeValue)>) -> Self {
        self.attributes = attributes.into_iter().collect();
        self
    }

    /// With these single activities.
    #[must_use]
    pub fn with_activities(mut self, activities: impl IntoIterator<Item = Activity>) -> Self {
        self.activities = Activities::Listed(activities.into_iter().collect());
        self
    }

    /// With activities that a recorder folded.
    #[must_use]
    pub fn with_folded(mut self, folded: Folded) -> Self {
        self.activities = Activities::Folded(folded);
        self
    }

    /// With this protection.
    #[must_use]
    pub fn with_protection(mut self, protection: Protection) -> Self {
        self.protection = (protection != Protection::default()).then(|| Box::new(protection));
        self
    }

    /// With this profile.
    #[must_use]
    pub fn with_profile(self, profile: Profile) -> Self {
        self.with_rest(|rest| rest.profile = profile)
    }

    /// With these scores.
    #[must_use]
    pub fn with_scores(self, scores: Scores) -> Self {
        self.with_rest(|rest| rest.scores = scores)
    }

    /// With the tier of this state, and the state.
    #[must_use]
    pub fn with_tier_state(self, state: TierState) -> Self {
        self.with_tier(state.tier().clone()).with_rest(|rest| rest.tier_state = Some(Box::new(state)))
    }

    /// Without the state of its tier, which then stands as it is.
    #[must_use]
    pub fn without_tier_state(self) -> Self {
        self.with_rest(|rest| rest.tier_state = None)
    }

    /// With these collaborators (协作人) of the owner.
    #[must_use]
    pub fn with_collaborators(self, reps: impl IntoIterator<Item = RepId>) -> Self {
        self.with_rest(|rest| rest.collaborators = reps.into_iter().collect())
    }

    /// With these ownerships that have ended, in any order; they are kept newest first. `known_from` says since when the
    /// list is complete; without it, it is complete.
    #[must_use]
    pub fn with_past(self, past: impl IntoIterator<Item = PastOwnership>, known_from: Option<Timestamp>) -> Self {
        self.with_rest(|rest| {
            rest.past = PastOwnership::newest_first(past.into_iter().collect());
            rest.past_known_from = known_from;
        })
    }

    /// With these counts.
    #[must_use]
    pub fn with_counters(self, counters: Counters) -> Self {
        self.with_rest(|rest| rest.counters = counters)
    }

    /// With the keys of the warnings that were sent.
    #[must_use]
    pub fn with_warned(self, keys: impl IntoIterator<Item = WarningKey>) -> Self {
        self.with_rest(|rest| rest.warned = keys.into_iter().collect())
    }

    /// With the notice that was served last.
    #[must_use]
    pub fn with_notice(self, notice: Notice) -> Self {
        self.with_rest(|rest| rest.notice = Some(notice))
    }

    /// With the nomination that was made last and not withdrawn.
    #[must_use]
    pub fn with_nomination(self, nomination: Nomination) -> Self {
        self.with_rest(|rest| rest.nomination = Some(nomination))
    }

    /// Without notice and nomination: they end with the ownership.
    #[must_use]
    pub fn without_review(self) -> Self {
        self.with_rest(|rest| (rest.notice, rest.nomination) = (None, None))
    }

    /// Without a nomination: it was withdrawn.
    #[must_use]
    pub fn without_nomination(self) -> Self {
        self.with_rest(|rest| rest.nomination = None)
    }

    /// With the stay in a pool that came before its present place: what an undo restores, and whose pool's rules bind
    /// a customer that is in none.
    #[must_use]
    pub fn with_last_stay(self, stay: PoolStay) -> Self {
        self.with_rest(|rest| rest.last_stay = Some(stay))
    }

    /// With the reservations of it that reps let lapse, in any pool.
    #[must_use]
    pub fn with_lapses(self, lapses: impl IntoIterator<Item = Lapse>) -> Self {
        self.with_rest(|rest| rest.lapses = lapses.into_iter().collect())
    }

    /// With its entries into pools other than the one it is in, or was last in.
    #[must_use]
    pub fn with_former_entries(self, entries: impl IntoIterator<Item = PoolEntry>) -> Self {
        self.with_rest(|rest| rest.former_entries = entries.into_iter().collect())
    }

    /// With the owner's open request to release it; `None` when there is none any more.
    #[must_use]
    pub fn with_release_request(self, request: Option<ReleaseRequest>) -> Self {
        self.with_rest(|rest| rest.release_request = request)
    }

    /// The same customer at another place.
    #[must_use]
    pub fn with_place(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    /// Empty parts are dropped, so customers with equal facts compare equal.
    fn with_rest(mut self, edit: impl FnOnce(&mut Rest)) -> Self {
        let mut rest = self.rest.take().unwrap_or_default();
        edit(&mut rest);
        self.rest = (*rest != Rest::default()).then_some(rest);
        self
    }
}
