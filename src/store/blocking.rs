//! The blocking trait.

use super::page::{Committed, OpenItem, Ranked, Waking};
use crate::id::{CommandKey, CustomerId, PoolId, RepId};
use crate::ledger::{Event, PolicyStamp, RepEvent, Versioned, VersionedRep};
use crate::model::{Ledger, LedgerScope};
use crate::plan::{Changes, FirstOutcome};
use crate::time::Timestamp;

/// What a host's database does for the pool, one call after the other. Usable as `dyn PoolStore<Error = E>`.
///
/// Nothing here decides, and nothing has a default. A page holds at most `limit` rows, and is shorter only at the end.
///
/// # To be correct, an implementation must
/// Each line names the check of the conformance suite that tests it.
///
/// - give back what was committed, to the microsecond, the last digit and the last byte of an id: `round_trip`;
/// - compare every version of [`Changes::expected`] in the same atomic step that writes, and write nothing where one is
///   another: `compares_customers`, `compares_reps`, `compares_ledgers`, `compares_unit_ledgers`,
///   `compares_what_was_only_read`, `a_stale_commit_writes_nothing`;
/// - write all of a commit or nothing of it, and let nobody see a part: `commits_are_atomic`;
/// - answer a command's key with its first outcome for ever after, and write nothing then: `keys_are_idempotent`;
/// - move a ledger's version by one with each commit that changes it, and apply its notes in their order:
///   `ledger_versions_move`, `ledgers_note`;
/// - see its own writes in every later read, in the same transaction too: `reads_see_writes`;
/// - give pages in the stated order, each row once, none left out that was there all the time, whatever others write
///   meanwhile: `pages_are_ordered`, `pages_are_complete_while_others_write`;
/// - keep the wake-up index, and every other index, in step with the rows of the commit: `wake_ups_follow_commits`,
///   `indexes_follow_commits`;
/// - give rows of other revisions, and of owners who have changed: `stale_rows_are_listed`;
/// - take an empty commit, an empty page and unknown ids for what they are: `nothing_is_nothing`;
/// - erase side records and leave the events as they are: `side_records_are_erased`;
/// - let of several writers racing for one customer exactly one win, and of one rep, or two reps of one unit, in several
///   sessions never more than a quota or a capacity allows: `one_wins`, `never_past_a_quota`,
///   `never_past_a_unit_quota`, `never_past_a_capacity`;
/// - be as if a call had not been made, or as if it had, where it fails: `faults_lose_nothing`.
pub trait PoolStore {
    /// The database's own error, or a boxed one. A driver hands it on in its own [`DriverError`](crate::service::DriverError).
    type Error: Into<Box<dyn core::error::Error + Send + Sync>>;

    /// A customer with its version; nothing where there is none.
    ///
    /// # Errors
    /// The database's own.
    fn customer(&mut self, customer: &CustomerId) -> Result<Option<Versioned>, Self::Error>;

    /// A rep with its version; nothing where there is none.
    ///
    /// # Errors
    /// The database's own.
    fn rep(&mut self, rep: &RepId) -> Result<Option<VersionedRep>, Self::Error>;

    /// The first outcome of a command's key.
    ///
    /// # Errors
    /// The database's own.
    fn outcome(&mut self, key: &CommandKey) -> Result<Option<FirstOutcome>, Self::Error>;

    /// A ledger with its version: its entries from `since` on, or more of them, by instant; without `since` entries are not
    /// asked for. All open reservations and all locks; no holdings. `known_from` is `since`, or the instant since which the
    /// ledger itself is complete where that is later; nothing where every entry is given. A ledger that nobody has written is
    /// empty, complete, and has version 0.
    ///
    /// # Errors
    /// The database's own.
    fn ledger(&mut self, scope: &LedgerScope, since: Option<Timestamp>) -> Result<Ledger, Self::Error>;

    /// Customers whose wake-up is at or before `at`, in the order of (wake-up, id), after `after`.
    ///
    /// # Errors
    /// The database's own.
    fn due(&mut self, at: Timestamp, after: Option<&Waking>, limit: usize) -> Result<Vec<Waking>, Self::Error>;

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
    ) -> Result<Vec<CustomerId>, Self::Error>;

    /// The customers of a pool in the order in which it hands out, after `after`.
    ///
    /// # Errors
    /// The database's own.
    fn pooled(&mut self, pool: &PoolId, after: Option<&Ranked>, limit: usize) -> Result<Vec<Ranked>, Self::Error>;

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
    ) -> Result<Vec<Waking>, Self::Error>;

    /// The customers that a rep owns, in the order of their ids, after `after`.
    ///
    /// # Errors
    /// The database's own.
    fn owned_by(
        &mut self,
        rep: &RepId,
        after: Option<&CustomerId>,
        limit: usize,
    ) -> Result<Vec<CustomerId>, Self::Error>;

    /// The customers with an open item of this kind, in the order of their ids, after `after`.
    ///
    /// # Errors
    /// The database's own.
    fn open_items(
        &mut self,
        kind: OpenItem,
        after: Option<&CustomerId>,
        limit: usize,
    ) -> Result<Vec<CustomerId>, Self::Error>;

    /// A customer's events from this number on, in their order.
    ///
    /// # Errors
    /// The database's own.
    fn events(&mut self, customer: &CustomerId, from: u64, limit: usize) -> Result<Vec<Event>, Self::Error>;

    /// A rep's events from this number on, in their order.
    ///
    /// # Errors
    /// The database's own.
    fn rep_events(&mut self, rep: &RepId, from: u64, limit: usize) -> Result<Vec<RepEvent>, Self::Error>;

    /// Writes all of it or nothing: see the obligations. A key that has been answered comes first, whatever the versions are
    /// by now.
    ///
    /// # Errors
    /// The database's own.
    fn commit(&mut self, changes: &Changes) -> Result<Committed, Self::Error>;
}
