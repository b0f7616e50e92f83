//! The two pumps: the same machine over a blocking store and over one whose calls are futures.

use super::error::DriverError;
use super::machine::{Machine, Reply, Request, Step};
use crate::store::{AsyncPoolStore, PoolStore};

/// Both pumps, from one list of methods.
macro_rules! answer {
    ($store:ident, $request:ident $(, $wait:tt)?) => {
        match $request {
            Request::Customer(customer) => Reply::Customer($store.customer(&customer)$(.$wait)?.map_err(DriverError::Store)?),
            Request::Rep(rep) => Reply::Rep($store.rep(&rep)$(.$wait)?.map_err(DriverError::Store)?),
            Request::Outcome(key) => Reply::Outcome($store.outcome(&key)$(.$wait)?.map_err(DriverError::Store)?),
            Request::Ledger(scope, since) => Reply::Ledger($store.ledger(&scope, since)$(.$wait)?.map_err(DriverError::Store)?),
            Request::Due(at, after, limit) => Reply::Due($store.due(at, after.as_ref(), limit)$(.$wait)?.map_err(DriverError::Store)?),
            Request::Stale(policy, after, limit) => Reply::Stale($store.stale(&policy, after.as_ref(), limit)$(.$wait)?.map_err(DriverError::Store)?),
            Request::Pooled(pool, after, limit) => Reply::Pooled($store.pooled(&pool, after.as_ref(), limit)$(.$wait)?.map_err(DriverError::Store)?),
            Request::Starved(pool, at, after, limit) => Reply::Starved($store.starved(&pool, at, after.as_ref(), limit)$(.$wait)?.map_err(DriverError::Store)?),
            Request::OwnedBy(rep, after, limit) => Reply::OwnedBy($store.owned_by(&rep, after.as_ref(), limit)$(.$wait)?.map_err(DriverError::Store)?),
            Request::OpenItems(kind, after, limit) => Reply::OpenItems($store.open_items(kind, after.as_ref(), limit)$(.$wait)?.map_err(DriverError::Store)?),
            Request::Events(customer, from, limit) => Reply::Events($store.events(&customer, from, limit)$(.$wait)?.map_err(DriverError::Store)?),
            Request::RepEvents(rep, from, limit) => Reply::RepEvents($store.rep_events(&rep, from, limit)$(.$wait)?.map_err(DriverError::Store)?),
            Request::Commit(changes) => Reply::Commit($store.commit(&changes)$(.$wait)?.map_err(DriverError::Store)?),
        }
    };
}

impl<T> Machine<'_, T> {
    /// Runs the driver over a blocking store.
    ///
    /// # Errors
    /// [`DriverError`].
    pub fn on<S: PoolStore + ?Sized>(mut self, store: &mut S) -> Result<T, DriverError<S::Error>> {
        let mut reply = None;
        loop {
            match self.step(reply.take()) {
                Step::Done(done) => return done.map_err(DriverError::from),
                Step::Ask(request) => reply = Some(answer!(store, request)),
            }
        }
    }

    /// Runs the driver over a store whose calls are futures.
    ///
    /// # Errors
    /// [`DriverError`].
    pub async fn on_async<S: AsyncPoolStore>(mut self, store: &mut S) -> Result<T, DriverError<S::Error>> {
        let mut reply = None;
        loop {
            match self.step(reply.take()) {
                Step::Done(done) => return done.map_err(DriverError::from),
                Step::Ask(request) => reply = Some(answer!(store, request, await)),
            }
        }
    }
}
