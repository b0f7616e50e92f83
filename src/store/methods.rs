//! The methods of a store, as one list. The two traits, adapters, requests and replies are all generated from it.

/// Calls the macro `$then` with every method of a store: its documentation, its name, the name of its request and
/// reply, the arguments, the answer.
macro_rules! store_methods {
    ($then:ident) => {
        $then! {
            /// A customer with its version; nothing where there is none.
            customer Customer(customer: [&crate::id::CustomerId]) -> Option<crate::ledger::Versioned>;
            /// A rep with its version; nothing where there is none.
            rep Rep(rep: [&crate::id::RepId]) -> Option<crate::ledger::VersionedRep>;
            /// The first outcome of a command's key.
            outcome Outcome(key: [&crate::id::CommandKey]) -> Option<crate::plan::FirstOutcome>;
            /// A ledger with its version: its entries from `since` on, or more of them, by instant; without `since` no
            /// entries are asked for. All open reservations and all locks; no holdings. `known_from` is `since`, or the
            /// instant since which the ledger itself is complete if that is later; nothing if every entry is given. A
            /// ledger that was never written is empty, complete, and has version 0.
            ledger Ledger(
                scope: [&crate::model::LedgerScope], since: [Option<crate::time::Timestamp>]
            ) -> crate::model::Ledger;
            /// Customers whose wake-up is at or before `at`, in the order of (wake-up, id), after `after`.
            due Due(
                at: [crate::time::Timestamp], after: [Option<&crate::store::Waking>], limit: [usize]
            ) -> Vec<crate::store::Waking>;
            /// Customers whose index row was computed under another revision of policy or calendars than this one, or
            /// with another version of their owner than the present one, in the order of their ids, after `after`.
            stale Stale(
                policy: [&crate::ledger::PolicyStamp], after: [Option<&crate::id::CustomerId>], limit: [usize]
            ) -> Vec<crate::id::CustomerId>;
            /// The customers of a pool in the order in which it hands out, after `after`.
            pooled Pooled(
                pool: [&crate::id::PoolId], after: [Option<&crate::store::Ranked>], limit: [usize]
            ) -> Vec<crate::store::Ranked>;
            /// The customers of a pool that starve at `at`, in the order of (the instant it began, id), after `after`.
            starved Starved(
                pool: [&crate::id::PoolId], at: [crate::time::Timestamp], after: [Option<&crate::store::Waking>],
                limit: [usize]
            ) -> Vec<crate::store::Waking>;
            /// The customers that a rep owns, in the order of their ids, after `after`.
            owned_by OwnedBy(
                rep: [&crate::id::RepId], after: [Option<&crate::id::CustomerId>], limit: [usize]
            ) -> Vec<crate::id::CustomerId>;
            /// A customer's events from this number on, in their order.
            events Events(
                customer: [&crate::id::CustomerId], from: [u64], limit: [usize]
            ) -> Vec<crate::ledger::Event>;
            /// A rep's events from this number on, in their order.
            rep_events RepEvents(rep: [&crate::id::RepId], from: [u64], limit: [usize]) -> Vec<crate::ledger::RepEvent>;
            /// Writes all of it or nothing: see the obligations. A key that has been answered comes first, whatever the
            /// versions are by now.
            commit Commit(changes: [&crate::plan::Changes]) -> crate::store::Committed;
        }
    };
}
pub(crate) use store_methods;
