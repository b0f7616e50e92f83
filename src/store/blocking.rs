//! The blocking trait.

use super::methods::store_methods;

macro_rules! blocking {
    ($($(#[$doc:meta])* $name:ident $variant:ident($($arg:ident: [$($type:tt)*]),*) -> $answer:ty;)*) => {
        /// What a host's database does for the pool, one call after the other. Usable as `dyn PoolStore<Error = E>`.
        ///
        /// No method decides anything or has a default, and the drivers call every one. Lists for screens are another
        /// trait, [`Listings`](super::Listings). A page holds at most `limit` rows, and is shorter only at the end.
        ///
        /// # To be correct, an implementation must
        /// Each line names the check of the conformance suite that tests it.
        ///
        /// - give back what was committed, to the microsecond, the last digit and the last byte of an id: `round_trip`;
        /// - compare every version of [`Changes::expected`](crate::plan::Changes::expected) in the same atomic step
        ///   that writes, and write nothing where one is another: `compares_customers`, `compares_reps`,
        ///   `compares_ledgers`, `compares_unit_ledgers`, `compares_what_was_only_read`,
        ///   `a_stale_commit_writes_nothing`;
        /// - write all of a commit or nothing of it, and let nobody see a part: `commits_are_atomic`;
        /// - answer a command's key with its first outcome for ever after, and write nothing then:
        ///   `keys_are_idempotent`;
        /// - move a ledger's version by one with each commit that changes it, and apply its notes in their order:
        ///   `ledger_versions_move`, `ledgers_note`;
        /// - see its own writes in every later read, in the same transaction too: `reads_see_writes`;
        /// - give pages in the stated order, each row once, none left out that was there all the time, whatever others
        ///   write meanwhile: `pages_are_ordered`, `pages_are_complete_while_others_write`;
        /// - keep the wake-up index, and every other index, in step with the rows of the commit:
        ///   `wake_ups_follow_commits`, `indexes_follow_commits`;
        /// - give rows of other revisions, and of owners who have changed: `stale_rows_are_listed`;
        /// - take an empty commit, an empty page and unknown ids for what they are: `nothing_is_nothing`;
        /// - erase side records and leave the events as they are: `side_records_are_erased`;
        /// - let of several writers racing for one customer exactly one win, and of one rep, or two reps of one unit,
        ///   in several sessions never more than a quota or a capacity allows: `one_wins`, `never_past_a_quota`,
        ///   `never_past_a_unit_quota`, `never_past_a_capacity`;
        /// - be as if a call had not been made, or as if it had, where it fails: `faults_lose_nothing`.
        pub trait PoolStore {
            /// The database's own error, or a boxed one. A driver hands it on in its own
            /// [`DriverError`](crate::service::DriverError).
            type Error: Into<Box<dyn core::error::Error + Send + Sync>>;

            $(
                $(#[$doc])*
                ///
                /// # Errors
                /// The database's own.
                fn $name(&mut self, $($arg: $($type)*),*) -> Result<$answer, Self::Error>;
            )*
        }
    };
}

store_methods!(blocking);
