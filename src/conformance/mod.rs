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

/// The names of all checks, from one list: for the macro, for [`NAMES`], and for [`check`].
#[doc(hidden)]
#[macro_export]
macro_rules! conformance_checks {
    ($then:ident $(, $more:tt)*) => {
        $crate::$then! { [$($more)*]
            round_trip reads_see_writes nothing_is_nothing side_records_are_erased
            compares_customers compares_reps compares_ledgers compares_unit_ledgers compares_what_was_only_read
            a_stale_commit_writes_nothing commits_are_atomic keys_are_idempotent
            ledger_versions_move ledgers_note
            pages_are_ordered pages_are_complete_while_others_write
            wake_ups_follow_commits indexes_follow_commits stale_rows_are_listed
            one_wins never_past_a_quota never_past_a_unit_quota never_past_a_capacity
            faults_lose_nothing
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! conformance_tests {
    ([$fresh:tt] $($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                let fresh = $fresh;
                if let Err(violation) = $crate::conformance::check(stringify!($name), &fresh) {
                    panic!("{violation}");
                }
            }
        )*
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

#[doc(hidden)]
#[macro_export]
macro_rules! conformance_names {
    ([] $($name:ident)*) => {
        /// The names of all checks.
        pub const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}

crate::conformance_checks!(conformance_names);

/// Checks the [`Listings`](crate::store::Listings) of a new database.
///
/// # Errors
/// [`Violation`]: what the store did wrong.
pub fn check_listings<D: Database<Session: crate::store::Listings>>(database: &D) -> Result<(), Violation> {
    pages::open_items_are_listed(database).map_err(|violation| violation.of("open_items_are_listed"))
}

/// Runs one check on a new database.
///
/// # Errors
/// [`Violation`]: what the store did wrong, or that there is no check of this name.
pub fn check<D: Database>(name: &str, fresh: &dyn Fn() -> D) -> Result<(), Violation> {
    let database = fresh();
    let checked = match name {
        "round_trip" => content::round_trip(&database),
        "reads_see_writes" => content::reads_see_writes(&database),
        "nothing_is_nothing" => content::nothing_is_nothing(&database),
        "side_records_are_erased" => content::side_records_are_erased(&database),
        "compares_customers" => versions::compares_customers(&database),
        "compares_reps" => versions::compares_reps(&database),
        "compares_ledgers" => versions::compares_ledgers(&database),
        "compares_unit_ledgers" => versions::compares_unit_ledgers(&database),
        "compares_what_was_only_read" => versions::compares_what_was_only_read(&database),
        "a_stale_commit_writes_nothing" => versions::a_stale_commit_writes_nothing(&database),
        "commits_are_atomic" => versions::commits_are_atomic(&database),
        "keys_are_idempotent" => versions::keys_are_idempotent(&database),
        "ledger_versions_move" => content::ledger_versions_move(&database),
        "ledgers_note" => content::ledgers_note(&database),
        "pages_are_ordered" => pages::pages_are_ordered(&database),
        "pages_are_complete_while_others_write" => pages::pages_are_complete_while_others_write(&database),
        "wake_ups_follow_commits" => pages::wake_ups_follow_commits(&database),
        "indexes_follow_commits" => pages::indexes_follow_commits(&database),
        "stale_rows_are_listed" => pages::stale_rows_are_listed(&database),
        "one_wins" => races::one_wins(&database),
        "never_past_a_quota" => races::never_past_a_quota(&database),
        "never_past_a_unit_quota" => races::never_past_a_unit_quota(&database),
        "never_past_a_capacity" => races::never_past_a_capacity(&database),
        "faults_lose_nothing" => faults::faults_lose_nothing(fresh),
        _ => Err(Violation::new("there is no check of this name")),
    };
    checked.map_err(|violation| violation.of(name))
}
