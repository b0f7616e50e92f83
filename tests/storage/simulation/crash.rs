//! What can go wrong with a store: a call fails before or after it had its effect.

use customer_pool::service::{DriverError, Machine, MachineStep, Reply, Request};
use customer_pool::store::{MemoryStore, PoolStore};

/// When a driver is interrupted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crash {
    /// At which call.
    pub call: u32,
    /// Whether the call had its effect.
    pub after: bool,
}

/// One driver under way: it is stepped call by call, so that others can run in between.
pub struct Underway<'a, T> {
    machine: Machine<'a, T>,
    pending: Option<Request>,
    calls: u32,
    crash: Option<Crash>,
}

pub enum Progress<T> {
    Goes,
    Crashed,
    Done(Result<T, DriverError>),
}

impl<'a, T> Underway<'a, T> {
    pub fn new(machine: Machine<'a, T>, crash: Option<Crash>) -> Self {
        Self { machine, pending: None, calls: 0, crash }
    }

    /// Whether the next call writes.
    pub fn commits_next(&self) -> bool {
        matches!(self.pending, Some(Request::Commit(_)))
    }

    /// One call of the store, and what the driver asks next.
    pub fn step(&mut self, store: &mut MemoryStore, seen: &mut dyn FnMut(&Request, &Reply)) -> Progress<T> {
        let reply = match self.pending.take() {
            None => None,
            Some(request) => {
                self.calls += 1;
                let here = self.crash.filter(|crash| crash.call == self.calls);
                if here.is_some_and(|crash| !crash.after) {
                    return Progress::Crashed;
                }
                let reply = answer(store, &request);
                seen(&request, &reply);
                if here.is_some() {
                    return Progress::Crashed;
                }
                Some(reply)
            }
        };
        match self.machine.step(reply) {
            MachineStep::Ask(request) => {
                self.pending = Some(request);
                Progress::Goes
            }
            MachineStep::Done(done) => Progress::Done(done.map_err(DriverError::from)),
        }
    }
}

/// A pump of one's own.
fn answer(store: &mut MemoryStore, request: &Request) -> Reply {
    let reply = match request {
        Request::Customer(id) => store.customer(id).map(Reply::Customer),
        Request::Rep(id) => store.rep(id).map(Reply::Rep),
        Request::Outcome(key) => store.outcome(key).map(Reply::Outcome),
        Request::Ledger(scope, since) => store.ledger(scope, *since).map(Reply::Ledger),
        Request::Due(at, after, limit) => store.due(*at, after.as_ref(), *limit).map(Reply::Due),
        Request::Stale(stamp, after, limit) => store.stale(stamp, after.as_ref(), *limit).map(Reply::Stale),
        Request::Pooled(pool, after, limit) => store.pooled(pool, after.as_ref(), *limit).map(Reply::Pooled),
        Request::Starved(pool, at, after, limit) => {
            store.starved(pool, *at, after.as_ref(), *limit).map(Reply::Starved)
        }
        Request::OwnedBy(rep, after, limit) => store.owned_by(rep, after.as_ref(), *limit).map(Reply::OwnedBy),
        Request::Events(id, from, limit) => store.events(id, *from, *limit).map(Reply::Events),
        Request::RepEvents(id, from, limit) => store.rep_events(id, *from, *limit).map(Reply::RepEvents),
        Request::Commit(changes) => store.commit(changes).map(Reply::Commit),
    };
    match reply {
        Ok(reply) => reply,
        Err(never) => match never {},
    }
}
