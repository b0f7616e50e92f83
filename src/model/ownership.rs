//! Where a customer is: owned, in a pool, awaiting admission, or closed; and where it was.

use serde::{Deserialize, Serialize};

use super::{Cause, ClosedCause, UnitPath, WayIn};
use crate::id::{Label, PoolId, RepId};
use crate::time::{Span, Timestamp};

/// Where a customer is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Somebody owns it.
    Owned(Ownership),
    /// It lies in a pool.
    Pool(PoolStay),
    /// It has not been admitted to a pool yet (入池审核).
    Awaiting,
    /// It is closed for good: never claimable, never reclaimed.
    Closed(ClosedCause),
}

impl From<Ownership> for Place {
    fn from(ownership: Ownership) -> Self {
        Self::Owned(ownership)
    }
}

impl From<PoolStay> for Place {
    fn from(stay: PoolStay) -> Self {
        Self::Pool(stay)
    }
}

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

/// What only the audit reads of an ownership.
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

    /// Nothing is not kept, so that ownerships of the same facts are equal.
    fn with_details(mut self, edit: impl FnOnce(&mut Details)) -> Self {
        let mut details = self.details.take().unwrap_or_default();
        edit(&mut details);
        self.details = (*details != Details::default()).then_some(details);
        self
    }

    /// Who owns the customer.
    #[must_use]
    pub fn owner(&self) -> &RepId {
        &self.owner
    }

    /// When this ownership began.
    #[must_use]
    #[inline]
    pub fn start(&self) -> Option<Timestamp> {
        self.start
    }

    /// `t0`: when its clock began.
    #[must_use]
    #[inline]
    pub fn clock_start(&self) -> Option<Timestamp> {
        self.clock_start
    }

    /// When the first ownership of its chain of transfers began.
    #[must_use]
    #[inline]
    pub fn chain_start(&self) -> Option<Timestamp> {
        self.chain_start
    }

    /// Which ownership of the customer it is, counted from 1.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.number
    }

    /// How it began.
    #[must_use]
    pub fn way_in(&self) -> WayIn {
        self.way_in
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

/// A customer's stay in a pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PoolStay(Box<Stay>);

/// What a stay holds, apart from it: most customers are owned, and what says where one is stays small.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename = "PoolStay", deny_unknown_fields)]
struct Stay {
    pool: PoolId,
    since: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cause: Option<Cause>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_owner: Option<RepId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    earlier_entries: Vec<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reservation: Option<Reservation>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    asks: Vec<Ask>,
    #[serde(default, skip_serializing_if = "crate::wire::is_default")]
    drawn: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rank: Option<i64>,
}

/// A customer held for a rep who asked for it and has not confirmed yet: on `[since, until)`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reservation {
    rep: RepId,
    since: Timestamp,
    until: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    span: Option<Span>,
}

impl Reservation {
    /// A reservation for this rep on `[since, until)`.
    #[must_use]
    pub fn new(rep: RepId, since: Timestamp, until: Timestamp) -> Self {
        Self { rep, since, until, span: None }
    }

    /// Made for this span: a lapse bars the rep for as long again, in whatever pool the customer is then.
    #[must_use]
    pub fn with_span(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// For whom.
    #[must_use]
    pub fn rep(&self) -> &RepId {
        &self.rep
    }

    /// Since when.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        self.since
    }

    /// The instant at which it lapses.
    #[must_use]
    pub fn until(&self) -> Timestamp {
        self.until
    }

    /// The span it was made for. Reservations from before spans were kept have none.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        self.span
    }

    /// The lapse that this reservation ends in if nobody confirms it.
    #[must_use]
    pub fn lapse(&self) -> Lapse {
        Lapse { rep: self.rep.clone(), at: self.until, span: self.span }
    }
}

/// A reservation of a customer that a rep let lapse: who, when it ended, and the span it was made for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lapse {
    rep: RepId,
    at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    span: Option<Span>,
}

impl Lapse {
    /// A reservation of this rep that ended at this instant without a confirmation.
    #[must_use]
    pub fn new(rep: RepId, at: Timestamp) -> Self {
        Self { rep, at, span: None }
    }

    /// The reservation was made for this span, so the rep may not ask for the customer on `[at, end(at, span))`.
    #[must_use]
    pub fn with_span(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// Who let it lapse.
    #[must_use]
    pub fn rep(&self) -> &RepId {
        &self.rep
    }

    /// When the reservation ended.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// The span of the reservation. Without it, the reservation span of the pool that the customer is in now counts.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        self.span
    }
}

/// That a rep asked for a customer in its lottery: who, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    rep: RepId,
    at: Timestamp,
}

impl Ask {
    /// By this rep, at this instant.
    #[must_use]
    pub fn new(rep: RepId, at: Timestamp) -> Self {
        Self { rep, at }
    }

    /// Who.
    #[must_use]
    pub fn rep(&self) -> &RepId {
        &self.rep
    }

    /// When.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }
}

impl PoolStay {
    /// In `pool` since `since`.
    #[must_use]
    pub fn new(pool: PoolId, since: Timestamp) -> Self {
        Self(Box::new(Stay {
            pool,
            since,
            cause: None,
            last_owner: None,
            earlier_entries: Vec::new(),
            reservation: None,
            asks: Vec::new(),
            drawn: false,
            rank: None,
        }))
    }

    /// With this rank key: who is handed out first. A greater one comes before a smaller one; it must not change by the
    /// mere passing of time.
    #[must_use]
    pub fn with_rank(mut self, rank: i64) -> Self {
        self.0.rank = Some(rank);
        self
    }

    /// After these earlier entries of the same pool.
    #[must_use]
    pub fn with_earlier_entries(mut self, entries: impl IntoIterator<Item = Timestamp>) -> Self {
        self.0.earlier_entries = entries.into_iter().collect();
        self
    }

    /// Reserved.
    #[must_use]
    pub fn with_reservation(mut self, reservation: Reservation) -> Self {
        self.0.reservation = Some(reservation);
        self
    }

    /// With these asks in its lottery.
    #[must_use]
    pub fn with_asks(mut self, asks: impl IntoIterator<Item = Ask>) -> Self {
        self.0.asks = asks.into_iter().collect();
        self
    }

    /// Drawn without a winner: the pool is open for this customer until it next enters a pool.
    #[must_use]
    pub fn with_drawn(mut self) -> Self {
        self.0.drawn = true;
        self
    }

    /// Without its reservation: it was confirmed, given up, or has lapsed.
    #[must_use]
    pub fn without_reservation(mut self) -> Self {
        self.0.reservation = None;
        self
    }

    /// Without the asks in its lottery: they end when the customer leaves the pool.
    #[must_use]
    pub fn without_asks(mut self) -> Self {
        self.0.asks.clear();
        self
    }

    /// It came because the ownership of `last_owner` ended by `cause`.
    #[must_use]
    pub fn with_last_owner(mut self, last_owner: RepId, cause: Cause) -> Self {
        self.0.last_owner = Some(last_owner);
        self.0.cause = Some(cause);
        self
    }

    /// The pool.
    #[must_use]
    pub fn pool(&self) -> &PoolId {
        &self.0.pool
    }

    /// When it entered.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        self.0.since
    }

    /// Why it came.
    #[must_use]
    pub fn cause(&self) -> Option<Cause> {
        self.0.cause
    }

    /// Who owned it last.
    #[must_use]
    pub fn last_owner(&self) -> Option<&RepId> {
        self.0.last_owner.as_ref()
    }

    /// The rank key.
    #[must_use]
    pub fn rank(&self) -> Option<i64> {
        self.0.rank
    }

    /// When it entered this pool before.
    #[must_use]
    pub fn earlier_entries(&self) -> &[Timestamp] {
        &self.0.earlier_entries
    }

    /// The reservation that has not been confirmed or given up.
    #[must_use]
    pub fn reservation(&self) -> Option<&Reservation> {
        self.0.reservation.as_ref()
    }

    /// Who asked for it in its lottery, once per rep.
    #[must_use]
    pub fn asks(&self) -> &[Ask] {
        &self.0.asks
    }

    /// Whether its lottery was drawn without a winner.
    #[must_use]
    pub fn is_drawn(&self) -> bool {
        self.0.drawn
    }
}

/// That a customer entered a pool: which, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoolEntry {
    pool: PoolId,
    at: Timestamp,
}

impl PoolEntry {
    /// An entry into this pool at this instant.
    #[must_use]
    pub fn new(pool: PoolId, at: Timestamp) -> Self {
        Self { pool, at }
    }

    /// Which pool.
    #[must_use]
    pub fn pool(&self) -> &PoolId {
        &self.pool
    }

    /// When.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }
}

/// That the owner asked to release the customer, where that needs an approval. It dies with the ownership.
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

    /// When.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// Why.
    #[must_use]
    pub fn reason(&self) -> Option<&Label> {
        self.reason.as_ref()
    }

    /// Into which pool.
    #[must_use]
    pub fn pool(&self) -> Option<&PoolId> {
        self.pool.as_ref()
    }
}

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

    /// Who owned the customer.
    #[must_use]
    pub fn owner(&self) -> &RepId {
        &self.owner
    }

    /// When it began.
    #[must_use]
    pub fn from(&self) -> Timestamp {
        self.from
    }

    /// When it ended.
    #[must_use]
    pub fn to(&self) -> Timestamp {
        self.to
    }

    /// How it began.
    #[must_use]
    pub fn way_in(&self) -> WayIn {
        self.way_in
    }

    /// Why it ended.
    #[must_use]
    pub fn cause(&self) -> Cause {
        self.cause
    }

    /// The owner's units when it began.
    #[must_use]
    pub fn units(&self) -> &[UnitPath] {
        &self.units
    }
}
