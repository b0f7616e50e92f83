//! The reads.

use std::borrow::Borrow;

use customer_pool::digest::Digest;
use customer_pool::id::{CommandKey, CustomerId, PoolId, RepId};
use customer_pool::ledger::{Event, PolicyStamp, RepEvent, Versioned, VersionedRep, read_event, read_rep_event};
use customer_pool::model::{Ledger, LedgerEntry, LedgerScope, LockedCustomer, OpenReservation};
use customer_pool::plan::{Changes, FirstOutcome};
use customer_pool::store::{Committed, Listings, OpenItem, PoolStore, Ranked, Waking};
use customer_pool::time::Timestamp;
use rusqlite::{Connection, OptionalExtension, Params, Row, named_params, params};
use serde::de::DeserializeOwned;

use crate::SqliteError;

/// The store on a connection: `SqliteStore<&Transaction>` on an open transaction of yours, `SqliteStore<Connection>` by
/// itself.
#[derive(Debug)]
pub struct SqliteStore<C>(C);

/// The queries behind every list, by name, for whoever wants to see their plans.
pub const LISTS: &[(&str, &str)] = &[
    ("due", DUE),
    ("stale", STAMPED),
    ("stale", ESTRANGED),
    ("pooled", POOLED),
    ("starved", STARVED),
    ("owned_by", OWNED),
    ("open_items", NOMINATED),
    ("open_items", RESERVED),
    ("open_items", REQUESTED),
];

const DUE: &str = "SELECT wake_at, id FROM customer WHERE wake_at <= :at AND (wake_at, id) > (:after_at, :after_id) \
                   ORDER BY wake_at, id LIMIT :limit";
const STAMPED: &str = "SELECT id FROM customer WHERE stamp = :stamp AND id > :after ORDER BY id LIMIT :limit";
const ESTRANGED: &str = "SELECT id FROM customer WHERE estranged = 1 AND id > :after ORDER BY id LIMIT :limit";
const POOLED: &str = "SELECT unranked, demerit, since, id FROM customer WHERE pool = :pool \
                      AND (unranked, demerit, since, id) > (:unranked, :demerit, :since, :after) \
                      ORDER BY unranked, demerit, since, id LIMIT :limit";
const STARVED: &str = "SELECT starves_at, id FROM customer WHERE pool = :pool AND starves_at <= :at \
                       AND (starves_at, id) > (:after_at, :after_id) ORDER BY starves_at, id LIMIT :limit";
const OWNED: &str = "SELECT id FROM customer WHERE owner = :owner AND id > :after ORDER BY id LIMIT :limit";
const NOMINATED: &str = "SELECT id FROM customer WHERE nominated = 1 AND id > :after ORDER BY id LIMIT :limit";
const RESERVED: &str = "SELECT id FROM customer WHERE reserved = 1 AND id > :after ORDER BY id LIMIT :limit";
const REQUESTED: &str = "SELECT id FROM customer WHERE requested = 1 AND id > :after ORDER BY id LIMIT :limit";

impl<C: Borrow<Connection>> SqliteStore<C> {
    /// On this connection, which [`migrate`](crate::migrate) has prepared.
    pub fn new(connection: C) -> Self {
        Self(connection)
    }

    /// The connection.
    pub fn connection(&self) -> &Connection {
        self.0.borrow()
    }

    /// The text of a side record that was not erased.
    ///
    /// # Errors
    /// The database's own.
    pub fn side_text(&self, digest: &Digest) -> Result<Option<String>, SqliteError> {
        let text = "SELECT text FROM side_record WHERE digest = ?1";
        Ok(self.connection().prepare_cached(text)?.query_row([digest.to_string()], |row| row.get(0)).optional()?)
    }

    fn list<T>(
        &self,
        query: &str,
        params: impl Params,
        mut read: impl FnMut(&Row<'_>) -> Result<T, SqliteError>,
    ) -> Result<Vec<T>, SqliteError> {
        let mut statement = self.connection().prepare_cached(query)?;
        let mut rows = statement.query(params)?;
        let mut list = Vec::new();
        while let Some(row) = rows.next()? {
            list.push(read(row)?);
        }
        Ok(list)
    }

    fn ids(&self, query: &str, params: impl Params) -> Result<Vec<CustomerId>, SqliteError> {
        self.list(query, params, |row| text_id(row, 0))
    }

    fn wakings(&self, query: &str, params: impl Params) -> Result<Vec<Waking>, SqliteError> {
        self.list(query, params, |row| Ok(Waking { at: instant(row.get(0)?)?, customer: text_id(row, 1)? }))
    }
}

fn text_id<T: std::str::FromStr>(row: &Row<'_>, column: usize) -> Result<T, SqliteError> {
    let text: String = row.get(column)?;
    text.parse().map_err(|_| SqliteError::Value(text))
}

pub(crate) fn instant(micros: i64) -> Result<Timestamp, SqliteError> {
    Timestamp::from_micros(micros).ok_or_else(|| SqliteError::value(micros))
}

pub(crate) fn json<T: DeserializeOwned>(table: &'static str, id: &str, text: &str) -> Result<T, SqliteError> {
    serde_json::from_str(text).map_err(|source| SqliteError::Row { table, id: id.to_owned(), source })
}

pub(crate) fn scope_text(scope: &LedgerScope) -> Result<String, SqliteError> {
    Ok(customer_pool::digest::canonical_json(scope)?)
}

pub(crate) fn stored<T>(number: T) -> Result<i64, SqliteError>
where
    i64: TryFrom<T>,
    T: std::fmt::Display + Copy,
{
    i64::try_from(number).map_err(|_| SqliteError::value(number))
}

fn limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// No id is empty: this comes before every one.
fn first(after: Option<&CustomerId>) -> &str {
    after.map_or("", CustomerId::as_str)
}

fn versioned(row: &Row<'_>) -> Result<(u64, Option<Digest>, String), SqliteError> {
    let version: i64 = row.get(0)?;
    let link: Option<String> = row.get(1)?;
    let link = link.map(|text| text.parse().map_err(|_| SqliteError::Value(text))).transpose()?;
    Ok((u64::try_from(version).map_err(|_| SqliteError::value(version))?, link, row.get(2)?))
}

/// The rank key from its two columns, and back.
pub(crate) fn demerit(rank: Option<i64>) -> (i64, i64) {
    rank.map_or((1, 0), |rank| (0, !rank))
}

impl<C: Borrow<Connection>> PoolStore for SqliteStore<C> {
    type Error = SqliteError;

    fn customer(&mut self, customer: &CustomerId) -> Result<Option<Versioned>, SqliteError> {
        let query = "SELECT version, link, facts FROM customer WHERE id = ?1";
        let row = self.list(query, [customer.as_str()], versioned)?.pop();
        row.map(|(version, link, facts)| {
            Ok(Versioned::new(json("customer", customer.as_str(), &facts)?, version, link))
        })
        .transpose()
    }

    fn rep(&mut self, rep: &RepId) -> Result<Option<VersionedRep>, SqliteError> {
        let query = "SELECT version, link, facts FROM rep WHERE id = ?1";
        let row = self.list(query, [rep.as_str()], versioned)?.pop();
        row.map(|(version, link, facts)| Ok(VersionedRep::new(json("rep", rep.as_str(), &facts)?, version, link)))
            .transpose()
    }

    fn outcome(&mut self, key: &CommandKey) -> Result<Option<FirstOutcome>, SqliteError> {
        let query = "SELECT text FROM outcome WHERE key = ?1";
        let text = self.list(query, [key.as_str()], |row| Ok(row.get::<_, String>(0)?))?.pop();
        text.map(|text| json("outcome", key.as_str(), &text)).transpose()
    }

    fn ledger(&mut self, scope: &LedgerScope, since: Option<Timestamp>) -> Result<Ledger, SqliteError> {
        let key = scope_text(scope)?;
        let version = "SELECT version FROM ledger WHERE scope = ?1";
        let version: Option<i64> = self.list(version, [&key], |row| Ok(row.get(0)?))?.pop();
        let ledger = Ledger::new(scope.clone());
        let Some(version) = version else { return Ok(ledger) };
        let from = since.unwrap_or(Timestamp::MAX);
        let entries = "SELECT text, undone FROM ledger_entry WHERE scope = ?1 AND at >= ?2 ORDER BY at, place";
        let entries = self.list(entries, params![key, from.as_micros()], |row| {
            let entry: LedgerEntry = json("ledger_entry", &key, &row.get::<_, String>(0)?)?;
            Ok(match row.get::<_, Option<i64>>(1)? {
                Some(at) => entry.with_undone(instant(at)?),
                None => entry,
            })
        })?;
        let earlier = "SELECT 1 FROM ledger_entry WHERE scope = ?1 AND at < ?2 LIMIT 1";
        let cut = !self.list(earlier, params![key, from.as_micros()], |_| Ok(()))?.is_empty();
        let reservations = "SELECT text FROM reservation WHERE scope = ?1 ORDER BY customer";
        let reservations = self.list(reservations, [&key], |row| {
            json::<OpenReservation>("reservation", &key, &row.get::<_, String>(0)?)
        })?;
        let locks = "SELECT text FROM lock WHERE scope = ?1 ORDER BY customer, place";
        let locks = self.list(locks, [&key], |row| json::<LockedCustomer>("lock", &key, &row.get::<_, String>(0)?))?;
        let ledger = ledger
            .with_version(u64::try_from(version).map_err(|_| SqliteError::value(version))?)
            .with_entries(entries)
            .with_reservations(reservations)
            .with_locks(locks);
        Ok(if cut { ledger.with_known_from(from) } else { ledger })
    }

    fn due(&mut self, at: Timestamp, after: Option<&Waking>, rows: usize) -> Result<Vec<Waking>, SqliteError> {
        let after_at = after.map_or(i64::MIN, |after| after.at.as_micros());
        let after_id = first(after.map(|after| &after.customer));
        self.wakings(
            DUE,
            named_params! {":at": at.as_micros(), ":after_at": after_at, ":after_id": after_id, ":limit": limit(rows)},
        )
    }

    fn stale(
        &mut self,
        policy: &PolicyStamp,
        after: Option<&CustomerId>,
        rows: usize,
    ) -> Result<Vec<CustomerId>, SqliteError> {
        let present = customer_pool::digest::canonical_json(policy)?;
        let others = "SELECT number FROM stamp WHERE text <> ?1";
        let others: Vec<i64> = self.list(others, [present], |row| Ok(row.get(0)?))?;
        let (after, limit) = (first(after), limit(rows));
        let mut stale = self.ids(ESTRANGED, named_params! {":after": after, ":limit": limit})?;
        for stamp in others {
            stale.extend(self.ids(STAMPED, named_params! {":stamp": stamp, ":after": after, ":limit": limit})?);
        }
        stale.sort();
        stale.dedup();
        stale.truncate(rows);
        Ok(stale)
    }

    fn pooled(&mut self, pool: &PoolId, after: Option<&Ranked>, rows: usize) -> Result<Vec<Ranked>, SqliteError> {
        let (unranked, rank) = after.map_or((-1, 0), |after| demerit(after.rank));
        let since = after.map_or(0, |after| after.since.as_micros());
        let id = first(after.map(|after| &after.customer));
        let params = named_params! {
            ":pool": pool.as_str(), ":unranked": unranked, ":demerit": rank, ":since": since, ":after": id,
            ":limit": limit(rows),
        };
        self.list(POOLED, params, |row| {
            let (unranked, demerit): (i64, i64) = (row.get(0)?, row.get(1)?);
            let rank = (unranked == 0).then_some(!demerit);
            Ok(Ranked { rank, since: instant(row.get(2)?)?, customer: text_id(row, 3)? })
        })
    }

    fn starved(
        &mut self,
        pool: &PoolId,
        at: Timestamp,
        after: Option<&Waking>,
        rows: usize,
    ) -> Result<Vec<Waking>, SqliteError> {
        let after_at = after.map_or(i64::MIN, |after| after.at.as_micros());
        let after_id = first(after.map(|after| &after.customer));
        let params = named_params! {
            ":pool": pool.as_str(), ":at": at.as_micros(), ":after_at": after_at, ":after_id": after_id,
            ":limit": limit(rows),
        };
        self.wakings(STARVED, params)
    }

    fn owned_by(
        &mut self,
        rep: &RepId,
        after: Option<&CustomerId>,
        rows: usize,
    ) -> Result<Vec<CustomerId>, SqliteError> {
        self.ids(OWNED, named_params! {":owner": rep.as_str(), ":after": first(after), ":limit": limit(rows)})
    }

    fn events(&mut self, customer: &CustomerId, from: u64, rows: usize) -> Result<Vec<Event>, SqliteError> {
        let query = "SELECT number, text FROM event WHERE customer = ?1 AND number >= ?2 ORDER BY number LIMIT ?3";
        self.list(query, params![customer.as_str(), stored(from)?, limit(rows)], |row| {
            let (number, text): (u64, String) = (row.get(0)?, row.get(1)?);
            read_event(&text).map_err(|source| SqliteError::Event { id: customer.to_string(), number, source })
        })
    }

    fn rep_events(&mut self, rep: &RepId, from: u64, rows: usize) -> Result<Vec<RepEvent>, SqliteError> {
        let query = "SELECT number, text FROM rep_event WHERE rep = ?1 AND number >= ?2 ORDER BY number LIMIT ?3";
        self.list(query, params![rep.as_str(), stored(from)?, limit(rows)], |row| {
            let (number, text): (u64, String) = (row.get(0)?, row.get(1)?);
            read_rep_event(&text).map_err(|source| SqliteError::Event { id: rep.to_string(), number, source })
        })
    }

    fn commit(&mut self, changes: &Changes) -> Result<Committed, SqliteError> {
        crate::commit::commit(self.connection(), changes)
    }
}

impl<C: Borrow<Connection>> Listings for SqliteStore<C> {
    fn open_items(
        &mut self,
        kind: OpenItem,
        after: Option<&CustomerId>,
        rows: usize,
    ) -> Result<Vec<CustomerId>, SqliteError> {
        let query = match kind {
            OpenItem::Nomination => NOMINATED,
            OpenItem::Reservation => RESERVED,
            OpenItem::ReleaseRequest => REQUESTED,
        };
        self.ids(query, named_params! {":after": first(after), ":limit": limit(rows)})
    }
}
