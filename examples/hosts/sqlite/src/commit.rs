//! The write: compare everything, then write everything, in one transaction.

use customer_pool::digest::canonical_json;
use customer_pool::model::{LedgerEntry, Place};
use customer_pool::plan::{
    Answered, Changes, CustomerChange, FirstOutcome, LedgerChange, LedgerNote, RepChange, SideChange, Subject, Version,
};
use customer_pool::store::{Committed, OpenItem};
use rusqlite::{Connection, OptionalExtension, ToSql, params};

use crate::SqliteError;
use crate::store::{demerit, json, scope_text, stored};

/// On an open transaction it is part of that, undone alone by a savepoint; by itself it is a transaction that takes the
/// write lock first, so that nothing it compares can change before it writes.
pub(crate) fn commit(connection: &Connection, changes: &Changes) -> Result<Committed, SqliteError> {
    let (begin, end, undo) = if connection.is_autocommit() {
        ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK")
    } else {
        ("SAVEPOINT pool", "RELEASE pool", "ROLLBACK TO pool; RELEASE pool")
    };
    connection.execute_batch(begin)?;
    let committed = within(connection, changes).and_then(|committed| {
        if matches!(committed, Committed::Applied(_)) {
            connection.execute_batch(end)?;
        }
        Ok(committed)
    });
    // What failed to be written is undone. So is what failed at its very end: a transaction left open would take later
    // commits for parts of itself, and lose them. That undoing fails too is the lesser of two errors.
    if !matches!(committed, Ok(Committed::Applied(_))) {
        drop(connection.execute_batch(undo));
    }
    committed
}

fn within(connection: &Connection, changes: &Changes) -> Result<Committed, SqliteError> {
    if let Some(answered) = &changes.answered {
        let query = "SELECT text FROM outcome WHERE key = ?1";
        let found: Option<String> = one(connection, query, answered.key.as_str())?;
        if let Some(text) = found {
            return Ok(Committed::Duplicate(json("outcome", answered.key.as_str(), &text)?));
        }
    }
    for expected in changes.expected() {
        let found = version(connection, &expected.subject)?;
        if found != expected.number {
            return Ok(Committed::Stale(Version::new(expected.subject, found)));
        }
    }
    let mut written = Vec::new();
    for change in &changes.reps {
        write_rep(connection, change)?;
        written.push(Version::new(Subject::Rep(change.after.rep().id().clone()), change.after.version()));
    }
    let mut customers = Vec::new();
    for change in &changes.customers {
        write_customer(connection, change)?;
        let id = change.after.customer().id().clone();
        customers.push(Version::new(Subject::Customer(id), change.after.version()));
    }
    customers.append(&mut written);
    for change in &changes.ledgers {
        customers.push(write_ledger(connection, change)?);
    }
    for side in &changes.side {
        write_side(connection, side)?;
    }
    if let Some(Answered { key, content, outcome }) = &changes.answered {
        let first = FirstOutcome { content: *content, outcome: outcome.clone() };
        run(
            connection,
            "INSERT INTO outcome (key, text) VALUES (?1, ?2)",
            params![key.as_str(), canonical_json(&first)?],
        )?;
    }
    Ok(Committed::Applied(customers))
}

fn run(connection: &Connection, text: &str, params: impl rusqlite::Params) -> Result<(), SqliteError> {
    connection.prepare_cached(text)?.execute(params)?;
    Ok(())
}

fn one<T: rusqlite::types::FromSql>(
    connection: &Connection,
    query: &str,
    key: impl ToSql,
) -> Result<Option<T>, SqliteError> {
    Ok(connection.prepare_cached(query)?.query_row([key], |row| row.get(0)).optional()?)
}

fn version(connection: &Connection, subject: &Subject) -> Result<u64, SqliteError> {
    let found: Option<u64> = match subject {
        Subject::Customer(id) => one(connection, "SELECT version FROM customer WHERE id = ?1", id.as_str())?,
        Subject::Rep(id) => one(connection, "SELECT version FROM rep WHERE id = ?1", id.as_str())?,
        Subject::Ledger(scope) => one(connection, "SELECT version FROM ledger WHERE scope = ?1", scope_text(scope)?)?,
    };
    Ok(found.unwrap_or(0))
}

fn write_customer(connection: &Connection, change: &CustomerChange) -> Result<(), SqliteError> {
    let (after, wake) = (&change.after, &change.wake);
    let customer = after.customer();
    let stamp = stamp(connection, &canonical_json(&wake.policy)?)?;
    let (pool, since, rank) = match customer.place() {
        Place::Pool(stay) => (Some(stay.pool().as_str()), Some(stay.since().as_micros()), Some(demerit(wake.rank))),
        _ => (None, None, None),
    };
    let owner = customer.ownership().map(|owned| owned.owner().as_str());
    let present: Option<u64> = match owner {
        Some(owner) => one(connection, "SELECT version FROM rep WHERE id = ?1", owner)?,
        None => None,
    };
    // An update leaves alone the indexes whose columns are as they were.
    let text = "INSERT INTO customer (id, version, link, facts, wake_at, pool, unranked, demerit, since, starves_at, \
                owner, stamp, roster, estranged, nominated, reserved, requested) \
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17) \
                ON CONFLICT (id) DO UPDATE SET version = ?2, link = ?3, facts = ?4, wake_at = ?5, pool = ?6, \
                unranked = ?7, demerit = ?8, since = ?9, starves_at = ?10, owner = ?11, stamp = ?12, roster = ?13, \
                estranged = ?14, nominated = ?15, reserved = ?16, requested = ?17";
    let row = params![
        customer.id().as_str(),
        stored(after.version())?,
        after.link().map(|link| link.to_string()),
        canonical_json(customer)?,
        wake.at.map(|at| at.as_micros()),
        pool,
        rank.map(|(unranked, _)| unranked),
        rank.map(|(_, demerit)| demerit),
        since,
        wake.starves_at.filter(|_| pool.is_some()).map(|at| at.as_micros()),
        owner,
        stamp,
        wake.roster.map(stored).transpose()?,
        wake.roster != present,
        OpenItem::Nomination.is_open(customer),
        OpenItem::Reservation.is_open(customer),
        OpenItem::ReleaseRequest.is_open(customer),
    ];
    run(connection, text, row)?;
    let text = "INSERT INTO event (customer, number, text) VALUES (?1, ?2, ?3)";
    for event in &change.events {
        let row = params![customer.id().as_str(), stored(event.number())?, canonical_json(event)?];
        run(connection, text, row)?;
    }
    Ok(())
}

fn stamp(connection: &Connection, text: &str) -> Result<i64, SqliteError> {
    if let Some(number) = one(connection, "SELECT number FROM stamp WHERE text = ?1", text)? {
        return Ok(number);
    }
    run(connection, "INSERT INTO stamp (text) VALUES (?1)", [text])?;
    Ok(connection.last_insert_rowid())
}

fn write_rep(connection: &Connection, change: &RepChange) -> Result<(), SqliteError> {
    let (after, id) = (&change.after, change.after.rep().id().as_str());
    let text = "INSERT OR REPLACE INTO rep (id, version, link, facts) VALUES (?1, ?2, ?3, ?4)";
    let link = after.link().map(|link| link.to_string());
    run(connection, text, params![id, stored(after.version())?, link, canonical_json(after.rep())?])?;
    let text = "INSERT INTO rep_event (rep, number, text) VALUES (?1, ?2, ?3)";
    for event in &change.events {
        run(connection, text, params![id, stored(event.number())?, canonical_json(event)?])?;
    }
    run(connection, "UPDATE customer SET estranged = 1 WHERE owner = ?1", [id])
}

fn write_ledger(connection: &Connection, change: &LedgerChange) -> Result<Version, SqliteError> {
    let scope = scope_text(&change.scope)?;
    let found: Option<u64> = one(connection, "SELECT version FROM ledger WHERE scope = ?1", &scope)?;
    let next = found.unwrap_or(0).saturating_add(1);
    run(connection, "INSERT OR REPLACE INTO ledger (scope, version) VALUES (?1, ?2)", params![scope, stored(next)?])?;
    for note in &change.notes {
        write_note(connection, &scope, note)?;
    }
    Ok(Version::new(Subject::Ledger(change.scope.clone()), next))
}

fn write_note(connection: &Connection, scope: &str, note: &LedgerNote) -> Result<(), SqliteError> {
    match note {
        LedgerNote::Began(entry) => write_entry(connection, scope, entry),
        LedgerNote::Undone { customer, began, at } => run(
            connection,
            "UPDATE ledger_entry SET undone = ?4 WHERE scope = ?1 AND at = ?2 AND customer = ?3",
            params![scope, began.as_micros(), customer.as_str(), at.as_micros()],
        ),
        LedgerNote::Reserved(open) => run(
            connection,
            "INSERT OR REPLACE INTO reservation (scope, customer, text) VALUES (?1, ?2, ?3)",
            params![scope, open.customer().as_str(), canonical_json(open)?],
        ),
        LedgerNote::Settled { customer } => run(
            connection,
            "DELETE FROM reservation WHERE scope = ?1 AND customer = ?2",
            params![scope, customer.as_str()],
        ),
        LedgerNote::Locked(locked) => run(
            connection,
            "INSERT INTO lock (scope, customer, place, text) VALUES (?1, ?2, \
             (SELECT coalesce(max(place), 0) + 1 FROM lock WHERE scope = ?1 AND customer = ?2), ?3)",
            params![scope, locked.customer().as_str(), canonical_json(locked)?],
        ),
        LedgerNote::Unlocked { customer } => {
            run(connection, "DELETE FROM lock WHERE scope = ?1 AND customer = ?2", params![scope, customer.as_str()])
        }
        LedgerNote::Reweighed { .. } => Ok(()),
    }
}

fn write_entry(connection: &Connection, scope: &str, entry: &LedgerEntry) -> Result<(), SqliteError> {
    run(
        connection,
        "INSERT INTO ledger_entry (scope, at, place, customer, undone, text) VALUES (?1, ?2, \
         (SELECT coalesce(max(place), 0) + 1 FROM ledger_entry WHERE scope = ?1 AND at = ?2), ?3, ?4, ?5)",
        params![
            scope,
            entry.at().as_micros(),
            entry.customer().as_str(),
            entry.undone().map(|at| at.as_micros()),
            canonical_json(entry)?,
        ],
    )
}

fn write_side(connection: &Connection, side: &SideChange) -> Result<(), SqliteError> {
    match side {
        SideChange::Written { customer, digest, salt, text } => run(
            connection,
            "INSERT OR REPLACE INTO side_record (digest, customer, salt, text) VALUES (?1, ?2, ?3, ?4)",
            params![digest.to_string(), customer.as_str(), salt, text],
        ),
        SideChange::Erased { customer } => {
            run(connection, "DELETE FROM side_record WHERE customer = ?1", [customer.as_str()])
        }
    }
}
