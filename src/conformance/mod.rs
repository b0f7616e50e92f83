//! The conformance suite: what a store must do, as checks that any host runs on its own database.
//!
//! ```
//! use customer_pool::conformance::Database;
//! use customer_pool::digest::Digest;
//! use customer_pool::store::MemoryStore;
//!
//! struct InMemory(MemoryStore);
//!
//! impl Database for InMemory {
//!     type Session = MemoryStore;
//!
//!     fn session(&self) -> MemoryStore {
//!         self.0.clone()
//!     }
//!
//!     fn side_text(&self, digest: &Digest) -> Option<String> {
//!         self.0.side_record(digest).map(|record| record.text)
//!     }
//! }
//!
//! // One test for each obligation of `PoolStore`.
//! customer_pool::conformance!(in_memory, || InMemory(MemoryStore::new()));
//! ```
//!
//! A store whose calls are futures is checked through [`Blocked`].

mod blocked;
mod content;
mod faults;
mod pages;
mod races;
mod support;
mod versions;

pub use blocked::{BlockOn, Blocked, Park};
pub use faults::{Fault, FaultStore};
pub use support::{Database, Violation};

/// The checks by their files, as one list: for the macro, for [`NAMES`], and for [`check`]. The last ones make databases of
/// their own.
#[doc(hidden)]
#[macro_export]
macro_rules! conformance_checks {
    ($then:ident $(, $more:tt)*) => {
        $crate::$then! { [$($more)*]
            {
                content: round_trip reads_see_writes nothing_is_nothing side_records_are_erased
                    ledger_versions_move ledgers_note;
                versions: compares_customers compares_reps compares_ledgers compares_unit_ledgers
                    compares_what_was_only_read a_stale_commit_writes_nothing commits_are_atomic keys_are_idempotent;
                pages: pages_are_ordered pages_are_complete_while_others_write
                    wake_ups_follow_commits indexes_follow_commits stale_rows_are_listed;
                races: one_wins never_past_a_quota never_past_a_unit_quota never_past_a_capacity;
            }
            { faults: faults_lose_nothing; }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! conformance_tests {
    ([$fresh:tt] $({ $($file:ident: $($name:ident)*;)* })*) => {
        $($($(
            #[test]
            fn $name() {
                let fresh = $fresh;
                if let Err(violation) = $crate::conformance::check(stringify!($name), &fresh) {
                    panic!("{violation}");
                }
            }
        )*)*)*
    };
}

/// Tests a store: one test for each obligation, in a module of this name. The expression gives a new empty
/// [`Database`](crate::conformance::Database) each time it is called.
#[macro_export]
macro_rules! conformance {
    ($name:ident, $fresh:expr) => {
        #[cfg(test)]
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            $crate::conformance_checks!(conformance_tests, ($fresh));
        }
    };
}

/// Tests the [`Listings`](crate::store::Listings) of a store that offers them: one test of this name.
#[macro_export]
macro_rules! conformance_of_listings {
    ($name:ident, $fresh:expr) => {
        #[test]
        fn $name() {
            if let Err(violation) = $crate::conformance::check_listings(&$fresh()) {
                panic!("{violation}");
            }
        }
    };
}

/// Checks the [`Listings`](crate::store::Listings) of a new database.
///
/// # Errors
/// [`Violation`]: what the store did wrong.
pub fn check_listings<D: Database<Session: crate::store::Listings>>(database: &D) -> Result<(), Violation> {
    pages::open_items_are_listed(database).map_err(|violation| violation.of("open_items_are_listed"))
}

#[doc(hidden)]
#[macro_export]
macro_rules! conformance_names {
    ([] { $($file:ident: $($name:ident)*;)* } { $($own_file:ident: $own_name:ident;)* }) => {
        /// The names of all checks.
        pub const NAMES: &[&str] = &[$($(stringify!($name),)*)* $(stringify!($own_name),)*];

        fn checked<D: Database>(name: &str, fresh: &dyn Fn() -> D) -> Result<(), Violation> {
            $($(if name == stringify!($name) {
                return $file::$name(&fresh());
            })*)*
            $(if name == stringify!($own_name) {
                return $own_file::$own_name(fresh);
            })*
            Err(Violation::new("there is no check of this name"))
        }
    };
}

crate::conformance_checks!(conformance_names);

/// Runs one check on a new database.
///
/// # Errors
/// [`Violation`]: what the store did wrong, or that there is no check of this name.
pub fn check<D: Database>(name: &str, fresh: &dyn Fn() -> D) -> Result<(), Violation> {
    checked(name, fresh).map_err(|violation| violation.of(name))
}
