//! A stay in a pool: entries, reservations and their lapses, asks in a lottery.

use serde::{Deserialize, Serialize};

use super::Cause;
use crate::id::{PoolId, RepId};
use crate::time::{Span, Timestamp};
use crate::wire::getters;

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

    getters! {
        /// For whom.
        rep: &RepId,
        /// Since when.
        since: Timestamp,
        /// The instant at which it lapses.
        until: Timestamp,
        /// The span it was made for. Reservations from before spans were kept have none.
        span: Option<Span>,
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

    getters! {
        /// Who let it lapse.
        rep: &RepId,
        /// When the reservation ended.
        at: Timestamp,
        /// The span of the reservation. Without it, the reservation span of the pool that the customer is in now counts.
        span: Option<Span>,
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

    getters! {
        /// Who.
        rep: &RepId,
        /// When.
        at: Timestamp,
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

    getters! {
        /// Which pool.
        pool: &PoolId,
        /// When.
        at: Timestamp,
    }
}
