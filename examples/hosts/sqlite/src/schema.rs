//! The schema and its migrations: one after the other, each in a transaction, counted in `user_version`.

use rusqlite::{Connection, TransactionBehavior};

use crate::SqliteError;

/// From an empty file on. A migration that was released is never changed: another one follows it.
const MIGRATIONS: &[&str] = &[include_str!("schema.sql")];

/// Opens a database as every session must.
///
/// `WAL` lets readers go on while one writes; a writer waits for another up to ten seconds; `synchronous = NORMAL` loses no
/// whole commit when the process dies, and may lose the last ones when the machine does: choose `FULL` against that.
pub(crate) fn prepare(connection: &Connection) -> Result<(), SqliteError> {
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    // 64 MiB of pages: a commit touches a few in each of many indexes.
    connection.pragma_update(None, "cache_size", -65_536)?;
    Ok(())
}

fn version(connection: &Connection) -> Result<usize, SqliteError> {
    Ok(connection.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// Brings a database to the present schema. One that has it is not written to: who only reads waits for no writer.
///
/// # Errors
/// [`SqliteError::Newer`] where a later version of this program has written it.
pub fn migrate(connection: &mut Connection) -> Result<(), SqliteError> {
    prepare(connection)?;
    if version(connection)? == MIGRATIONS.len() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Asked again: another session may have been here first.
    let done = version(&transaction)?;
    if done > MIGRATIONS.len() {
        return Err(SqliteError::Newer(done));
    }
    for migration in MIGRATIONS.iter().skip(done) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "user_version", MIGRATIONS.len())?;
    transaction.commit()?;
    Ok(())
}
