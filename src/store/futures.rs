//! The trait whose calls are futures.

use core::future::Future;

use super::page::{Committed, OpenItem, Ranked, Waking};
use crate::id::{CommandKey, CustomerId, PoolId, RepId};
use crate::ledger::{Event, PolicyStamp, RepEvent, Versioned, VersionedRep};
use crate::model::{Ledger, LedgerScope};
use crate::plan::{Changes, FirstOutcome};
use crate::time::Timestamp;

/// The same as [`PoolStore`](super::PoolStore), for databases that answer later. Every future is `Send`.
///
/// Write the methods as `async fn`. The obligations are those of [`PoolStore`](super::PoolStore#to-be-correct-an-implementation-must).
pub trait AsyncPoolStore: Send {
    /// The database's own error, or a boxed one.
    type Error: Into<Box<dyn core::error::Error + Send + Sync>> + Send;

    /// A customer with its version; nothing where there is none.
    ///
    /// # Errors
    /// The database's own.
    fn customer(
        &mut self,
        customer: &CustomerId,
    ) -> impl Future<Output = Result<Option<Versioned>, Self::Error>> + Send;

    /// A rep with its version; nothing where there is none.
    ///
    /// # Errors
    /// The database's own.
    fn rep(&mut self, rep: &RepId) -> impl Future<Output = Result<Option<VersionedRep>, Self::Error>> + Send;

    /// The first outcome of a command's key.
    ///
    /// # Errors
    /// The database's own.
    fn outcome(&mut self, key: &CommandKey) -> impl Future<Output = Result<Option<FirstOutcome>, Self::Error>> + Send;

    /// A ledger with its version: its entries from `since` on, or more of them, by instant; without `since` entries are not
    /// asked for. All open reservations and all locks; no holdings. `known_from` is `since`, or the instant since which the
    /// ledger itself is complete where that is later; nothing where every entry is given. A ledger that nobody has written is
    /// empty, complete, and has version 0.
    ///
    /// # Errors
    /// The database's own.
    fn ledger(
        &mut self,
        scope: &LedgerScope,
        since: Option<Timestamp>,
    ) -> impl Future<Output = Result<Ledger, Self::Error>> + Send;

    /// Customers whose wake-up is at or before `at`, in the order of (wake-up, id), after `after`.
    ///
    /// # Errors
    /// The database's own.
    fn due(
        &mut self,
        at: Timestamp,
        after: Option<&Waking>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Waking>, Self::Error>> + Send;

    /// Customers whose index row was computed under another revision of policy or calendars than this one, or with another
    /// version of their owner than the present one, in the order of their ids, after `after`.
    ///
    /// # Errors
    /// The database's own.
    fn stale(
        &mut self,
        policy: &PolicyStamp,
        after: Option<&CustomerId>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<CustomerId>, Self::Error>> + Send;

    /// The customers of a pool in the order in which it hands out, after `after`.
    ///
    /// # Errors
    /// The database's own.
    fn pooled(
        &mut self,
        pool: &PoolId,
        after: Option<&Ranked>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Ranked>, Self::Error>> + Send;

    /// The customers of a pool that starve at `at`, in the order of (the instant it began, id), after `after`.
    ///
    /// # Errors
    /// The database's own.
    fn starved(
        &mut self,
        pool: &PoolId,
        at: Timestamp,
        after: Option<&Waking>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Waking>, Self::Error>> + Send;

    /// The customers that a rep owns, in the order of their ids, after `after`.
    ///
    /// # Errors
    /// The database's own.
    fn owned_by(
        &mut self,
        rep: &RepId,
        after: Option<&CustomerId>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<CustomerId>, Self::Error>> + Send;

    /// The customers with an open item of this kind, in the order of their ids, after `after`.
    ///
    /// # Errors
    /// The database's own.
    fn open_items(
        &mut self,
        kind: OpenItem,
        after: Option<&CustomerId>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<CustomerId>, Self::Error>> + Send;

    /// A customer's events from this number on, in their order.
    ///
    /// # Errors
    /// The database's own.
    fn events(
        &mut self,
        customer: &CustomerId,
        from: u64,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<Event>, Self::Error>> + Send;

    /// A rep's events from this number on, in their order.
    ///
    /// # Errors
    /// The database's own.
    fn rep_events(
        &mut self,
        rep: &RepId,
        from: u64,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<RepEvent>, Self::Error>> + Send;

    /// Writes all of it or nothing: see the obligations. A key that has been answered comes first, whatever the versions are
    /// by now.
    ///
    /// # Errors
    /// The database's own.
    fn commit(&mut self, changes: &Changes) -> impl Future<Output = Result<Committed, Self::Error>> + Send;
}
