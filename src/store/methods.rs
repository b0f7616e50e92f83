//! The methods of a store, as one list. Adapters, requests and replies are all generated from it, so a method that is missing
//! somewhere does not compile.

/// Calls the macro `$then` with every method of a store: its name, the name of its request and reply, the arguments, the answer.
macro_rules! store_methods {
    ($then:ident) => {
        $then! {
            customer Customer(customer: [&crate::id::CustomerId]) -> Option<crate::ledger::Versioned>;
            rep Rep(rep: [&crate::id::RepId]) -> Option<crate::ledger::VersionedRep>;
            outcome Outcome(key: [&crate::id::CommandKey]) -> Option<crate::plan::FirstOutcome>;
            ledger Ledger(
                scope: [&crate::model::LedgerScope], since: [Option<crate::time::Timestamp>]
            ) -> crate::model::Ledger;
            due Due(
                at: [crate::time::Timestamp], after: [Option<&crate::store::Waking>], limit: [usize]
            ) -> Vec<crate::store::Waking>;
            stale Stale(
                policy: [&crate::ledger::PolicyStamp], after: [Option<&crate::id::CustomerId>], limit: [usize]
            ) -> Vec<crate::id::CustomerId>;
            pooled Pooled(
                pool: [&crate::id::PoolId], after: [Option<&crate::store::Ranked>], limit: [usize]
            ) -> Vec<crate::store::Ranked>;
            starved Starved(
                pool: [&crate::id::PoolId], at: [crate::time::Timestamp], after: [Option<&crate::store::Waking>],
                limit: [usize]
            ) -> Vec<crate::store::Waking>;
            owned_by OwnedBy(
                rep: [&crate::id::RepId], after: [Option<&crate::id::CustomerId>], limit: [usize]
            ) -> Vec<crate::id::CustomerId>;
            events Events(
                customer: [&crate::id::CustomerId], from: [u64], limit: [usize]
            ) -> Vec<crate::ledger::Event>;
            rep_events RepEvents(rep: [&crate::id::RepId], from: [u64], limit: [usize]) -> Vec<crate::ledger::RepEvent>;
            commit Commit(changes: [&crate::plan::Changes]) -> crate::store::Committed;
        }
    };
}
pub(crate) use store_methods;
