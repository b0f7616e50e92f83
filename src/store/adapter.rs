//! A blocking store where one is wanted whose calls are futures.

use super::blocking::PoolStore;
use super::futures::AsyncPoolStore;
use super::page::{Committed, OpenItem, Ranked, Waking};
use crate::id::{CommandKey, CustomerId, PoolId, RepId};
use crate::ledger::{Event, PolicyStamp, RepEvent, Versioned, VersionedRep};
use crate::model::{Ledger, LedgerScope};
use crate::plan::{Changes, FirstOutcome};
use crate::time::Instant;

/// Answers at once: a blocking store whose calls are ready futures.
#[derive(Clone, Debug)]
pub struct Ready<S>(pub S);

macro_rules! ready {
    ($($name:ident($($arg:ident: $type:ty),*) -> $answer:ty;)*) => {
        impl<S: PoolStore<Error: Send> + Send> AsyncPoolStore for Ready<S> {
            type Error = S::Error;

            $(async fn $name(&mut self, $($arg: $type),*) -> Result<$answer, S::Error> {
                self.0.$name($($arg),*)
            })*
        }
    };
}

ready! {
    customer(customer: &CustomerId) -> Option<Versioned>;
    rep(rep: &RepId) -> Option<VersionedRep>;
    outcome(key: &CommandKey) -> Option<FirstOutcome>;
    ledger(scope: &LedgerScope, since: Option<Instant>) -> Ledger;
    due(at: Instant, after: Option<&Waking>, limit: usize) -> Vec<Waking>;
    stale(policy: &PolicyStamp, after: Option<&CustomerId>, limit: usize) -> Vec<CustomerId>;
    pooled(pool: &PoolId, after: Option<&Ranked>, limit: usize) -> Vec<Ranked>;
    starved(pool: &PoolId, at: Instant, after: Option<&Waking>, limit: usize) -> Vec<Waking>;
    owned_by(rep: &RepId, after: Option<&CustomerId>, limit: usize) -> Vec<CustomerId>;
    open_items(kind: OpenItem, after: Option<&CustomerId>, limit: usize) -> Vec<CustomerId>;
    events(customer: &CustomerId, from: u64, limit: usize) -> Vec<Event>;
    rep_events(rep: &RepId, from: u64, limit: usize) -> Vec<RepEvent>;
    commit(changes: &Changes) -> Committed;
}
