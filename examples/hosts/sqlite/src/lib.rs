//! A customer pool kept in SQLite.
//!
//! [`SqliteStore`] implements [`PoolStore`](customer_pool::store::PoolStore) on a connection: on your own open transaction,
//! so that your other writes commit with the pool's, or by itself, when every commit is a transaction of its own. One file
//! is one tenant: nothing of one can be read or locked by another.
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod commit;
mod schema;
mod store;

pub use schema::migrate;
pub use store::{LISTS, SqliteStore};

/// Why the store fails.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SqliteError {
    /// SQLite's own words.
    #[error("the database failed")]
    Sqlite(#[from] rusqlite::Error),
    /// A row is not what this program writes.
    #[error("the row of `{id}` in `{table}` cannot be read")]
    Row {
        /// The table.
        table: &'static str,
        /// The row's key.
        id: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// An event is not one that this version reads.
    #[error("event {number} of `{id}` cannot be read")]
    Event {
        /// Whose.
        id: String,
        /// Which.
        number: u64,
        /// Why.
        #[source]
        source: customer_pool::ledger::ReadError,
    },
    /// Something has no canonical JSON.
    #[error(transparent)]
    Canonical(#[from] customer_pool::digest::CanonicalError),
    /// A number or text is not one that this program writes.
    #[error("`{0}` is not what this program writes")]
    Value(String),
    /// A later version of this program has written the file.
    #[error("the file has schema {0}, which this version does not know")]
    Newer(usize),
}

impl SqliteError {
    pub(crate) fn value(what: impl std::fmt::Display) -> Self {
        Self::Value(what.to_string())
    }
}
