//! An ownership, and the owner's request to end it.

use serde::{Deserialize, Serialize};

use super::{UnitPath, WayIn};
use crate::id::{Label, PoolId, RepId};
use crate::time::Timestamp;
use crate::wire::getters;

/// One ownership that has not ended.
///
/// Its clock starts at `clock_start` (`t0`), which is its start unless a transfer kept the clock. Its chain starts
/// at `chain_start`: the first ownership of an unbroken chain of transfers, its own start where there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Wire", into = "Wire")]
pub struct Ownership {
    owner: RepId,
    start: Option<Timestamp>,
    clock_start: Option<Timestamp>,
    chain_start: Option<Timestamp>,
    number: u32,
    way_in: WayIn,
    details: Option<Box<Details>>,
}

/// What many ownerships lack: kept apart, so that an ownership stays small. Claims, quotas and the choice of the revision read it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Details {
    units: Vec<UnitPath>,
    revision: Option<Label>,
}

impl Ownership {
    /// The first ownership, begun by a claim at `start`.
    #[must_use]
    pub fn new(owner: RepId, start: Timestamp) -> Self {
        Self {
            owner,
            start: Some(start),
            clock_start: Some(start),
            chain_start: Some(start),
            number: 1,
            way_in: WayIn::Claim,
            details: None,
        }
    }

    /// An ownership of which nobody knows when it began: every decision about it is *undetermined*.
    #[must_use]
    pub fn of_unknown_start(owner: RepId) -> Self {
        Self { start: None, clock_start: None, chain_start: None, ..Self::new(owner, Timestamp::MIN) }
    }

    /// The `number`-th ownership of this customer, counted from 1.
    #[must_use]
    pub fn with_number(mut self, number: u32) -> Self {
        self.number = number;
        self
    }

    /// Begun in this way.
    #[must_use]
    pub fn with_way_in(mut self, way_in: WayIn) -> Self {
        self.way_in = way_in;
        self
    }

    /// With a clock that a transfer kept running since `clock_start`.
    #[must_use]
    pub fn with_clock_start(mut self, clock_start: Timestamp) -> Self {
        self.clock_start = Some(clock_start);
        self
    }

    /// In an unbroken chain of transfers whose first ownership began at `chain_start`.
    #[must_use]
    pub fn with_chain_start(mut self, chain_start: Timestamp) -> Self {
        self.chain_start = Some(chain_start);
        self
    }

    /// With the units the owner was in when it began.
    #[must_use]
    pub fn with_units(self, units: impl IntoIterator<Item = UnitPath>) -> Self {
        self.with_details(|details| details.units = units.into_iter().collect())
    }

    /// Begun under this revision of the policy.
    #[must_use]
    pub fn with_revision(self, revision: Label) -> Self {
        self.with_details(|details| details.revision = Some(revision))
    }

    /// Empty details are dropped, so ownerships with equal facts compare equal.
    fn with_details(mut self, edit: impl FnOnce(&mut Details)) -> Self {
        let mut details = self.details.take().unwrap_or_default();
        edit(&mut details);
        self.details = (*details != Details::default()).then_some(details);
        self
    }

    getters! {
        /// Who owns the customer.
        owner: &RepId,
        /// When this ownership began.
        #[inline]
        start: Option<Timestamp>,
        /// `t0`: when its clock began.
        #[inline]
        clock_start: Option<Timestamp>,
        /// When the first ownership of its chain of transfers began.
        #[inline]
        chain_start: Option<Timestamp>,
        /// Which ownership of the customer it is, counted from 1.
        number: u32,
        /// How it began.
        way_in: WayIn,
    }

    /// The owner's units when it began.
    #[must_use]
    pub fn units(&self) -> &[UnitPath] {
        self.details.as_deref().map_or(&[], |details| &details.units)
    }

    /// The policy revision it began under.
    #[must_use]
    pub fn revision(&self) -> Option<&Label> {
        self.details.as_deref().and_then(|details| details.revision.as_ref())
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    owner: RepId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    start: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    clock_start: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chain_start: Option<Timestamp>,
    #[serde(default = "first")]
    number: u32,
    #[serde(default = "claim")]
    way_in: WayIn,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    units: Vec<UnitPath>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revision: Option<Label>,
}

const fn first() -> u32 {
    1
}

const fn claim() -> WayIn {
    WayIn::Claim
}

impl From<Wire> for Ownership {
    fn from(wire: Wire) -> Self {
        let bare = Self::of_unknown_start(wire.owner).with_number(wire.number).with_way_in(wire.way_in);
        let details = (!wire.units.is_empty() || wire.revision.is_some())
            .then(|| Box::new(Details { units: wire.units, revision: wire.revision }));
        Self {
            start: wire.start,
            clock_start: wire.clock_start.or(wire.start),
            chain_start: wire.chain_start.or(wire.start),
            details,
            ..bare
        }
    }
}

impl From<Ownership> for Wire {
    fn from(ownership: Ownership) -> Self {
        let Ownership { owner, start, clock_start, chain_start, number, way_in, details } = ownership;
        let Details { units, revision } = details.map(|details| *details).unwrap_or_default();
        Self {
            owner,
            start,
            clock_start: clock_start.filter(|_| clock_start != start),
            chain_start: chain_start.filter(|_| chain_start != start),
            number,
            way_in,
            units,
            revision,
        }
    }
}

/// That the owner asked to release the customer, where that needs an approval. It ends with the ownership.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseRequest {
    at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<Label>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pool: Option<PoolId>,
}

impl ReleaseRequest {
    /// A request made at `at`, for this reason and, where the owner named one, into this pool.
    #[must_use]
    pub fn new(at: Timestamp, reason: Option<Label>, pool: Option<PoolId>) -> Self {
        Self { at, reason, pool }
    }

    getters! {
        /// When.
        at: Timestamp,
        /// Why.
        reason: Option<&Label>,
        /// Into which pool.
        pool: Option<&PoolId>,
    }
}
