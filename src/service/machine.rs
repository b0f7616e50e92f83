//! The step machine: drivers ask for one thing of the store after the other, and whoever holds the store answers.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::error::Failure;
use crate::id::{CommandKey, CustomerId, PoolId, RepId};
use crate::ledger::{Event, PolicyStamp, RepEvent, Versioned, VersionedRep};
use crate::model::{Ledger, LedgerScope};
use crate::plan::{Changes, FirstOutcome};
use crate::store::{Committed, OpenItem, Ranked, Waking};
use crate::time::Instant;

/// What a driver asks of a store: the methods of [`PoolStore`](crate::store::PoolStore), one for one.
#[derive(Clone, Debug)]
pub enum Request {
    /// [`customer`](crate::store::PoolStore::customer).
    Customer(CustomerId),
    /// [`rep`](crate::store::PoolStore::rep).
    Rep(RepId),
    /// [`outcome`](crate::store::PoolStore::outcome).
    Outcome(CommandKey),
    /// [`ledger`](crate::store::PoolStore::ledger).
    Ledger(LedgerScope, Option<Instant>),
    /// [`due`](crate::store::PoolStore::due).
    Due(Instant, Option<Waking>, usize),
    /// [`stale`](crate::store::PoolStore::stale).
    Stale(PolicyStamp, Option<CustomerId>, usize),
    /// [`pooled`](crate::store::PoolStore::pooled).
    Pooled(PoolId, Option<Ranked>, usize),
    /// [`starved`](crate::store::PoolStore::starved).
    Starved(PoolId, Instant, Option<Waking>, usize),
    /// [`owned_by`](crate::store::PoolStore::owned_by).
    OwnedBy(RepId, Option<CustomerId>, usize),
    /// [`open_items`](crate::store::PoolStore::open_items).
    OpenItems(OpenItem, Option<CustomerId>, usize),
    /// [`events`](crate::store::PoolStore::events).
    Events(CustomerId, u64, usize),
    /// [`rep_events`](crate::store::PoolStore::rep_events).
    RepEvents(RepId, u64, usize),
    /// [`commit`](crate::store::PoolStore::commit).
    Commit(Box<Changes>),
}

/// What a store answered.
#[derive(Clone, Debug)]
pub enum Reply {
    /// To [`Request::Customer`].
    Customer(Option<Versioned>),
    /// To [`Request::Rep`].
    Rep(Option<VersionedRep>),
    /// To [`Request::Outcome`].
    Outcome(Option<FirstOutcome>),
    /// To [`Request::Ledger`].
    Ledger(Ledger),
    /// To [`Request::Due`].
    Due(Vec<Waking>),
    /// To [`Request::Stale`].
    Stale(Vec<CustomerId>),
    /// To [`Request::Pooled`].
    Pooled(Vec<Ranked>),
    /// To [`Request::Starved`].
    Starved(Vec<Waking>),
    /// To [`Request::OwnedBy`].
    OwnedBy(Vec<CustomerId>),
    /// To [`Request::OpenItems`].
    OpenItems(Vec<CustomerId>),
    /// To [`Request::Events`].
    Events(Vec<Event>),
    /// To [`Request::RepEvents`].
    RepEvents(Vec<RepEvent>),
    /// To [`Request::Commit`].
    Commit(Committed),
}

/// Where request and reply meet.
#[derive(Debug, Default)]
struct Slot {
    request: Option<Request>,
    reply: Option<Reply>,
}

fn locked(slot: &Mutex<Slot>) -> MutexGuard<'_, Slot> {
    // A slot holds no invariant that a panic elsewhere could have broken.
    slot.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The driver's side: every question waits until the pump has put an answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Desk(Arc<Mutex<Slot>>);

/// Waits for the answer.
struct Answer<'d> {
    desk: &'d Desk,
    request: Option<Request>,
}

impl Future for Answer<'_> {
    type Output = Reply;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Reply> {
        let request = self.request.take();
        let mut slot = locked(&self.desk.0);
        if let Some(request) = request {
            slot.request = Some(request);
            return Poll::Pending;
        }
        slot.reply.take().map_or(Poll::Pending, Poll::Ready)
    }
}

impl Desk {
    fn ask(&self, request: Request) -> Answer<'_> {
        Answer { desk: self, request: Some(request) }
    }

    pub(super) async fn customer(&self, customer: &CustomerId) -> Result<Option<Versioned>, Failure> {
        match self.ask(Request::Customer(customer.clone())).await {
            Reply::Customer(reply) => Ok(reply),
            _ => Err(Failure::Stalled),
        }
    }

    pub(super) async fn rep(&self, rep: &RepId) -> Result<Option<VersionedRep>, Failure> {
        match self.ask(Request::Rep(rep.clone())).await {
            Reply::Rep(reply) => Ok(reply),
            _ => Err(Failure::Stalled),
        }
    }

    pub(super) async fn outcome(&self, key: &CommandKey) -> Result<Option<FirstOutcome>, Failure> {
        match self.ask(Request::Outcome(key.clone())).await {
            Reply::Outcome(reply) => Ok(reply),
            _ => Err(Failure::Stalled),
        }
    }

    pub(super) async fn ledger(&self, scope: &LedgerScope, since: Option<Instant>) -> Result<Ledger, Failure> {
        match self.ask(Request::Ledger(scope.clone(), since)).await {
            Reply::Ledger(reply) => Ok(reply),
            _ => Err(Failure::Stalled),
        }
    }

    pub(super) async fn due(&self, at: Instant, after: Option<&Waking>, limit: usize) -> Result<Vec<Waking>, Failure> {
        match self.ask(Request::Due(at, after.cloned(), limit)).await {
            Reply::Due(reply) => Ok(reply),
            _ => Err(Failure::Stalled),
        }
    }

    pub(super) async fn stale(
        &self,
        policy: &PolicyStamp,
        after: Option<&CustomerId>,
        limit: usize,
    ) -> Result<Vec<CustomerId>, Failure> {
        match self.ask(Request::Stale(policy.clone(), after.cloned(), limit)).await {
            Reply::Stale(reply) => Ok(reply),
            _ => Err(Failure::Stalled),
        }
    }

    pub(super) async fn pooled(
        &self,
        pool: &PoolId,
        after: Option<&Ranked>,
        limit: usize,
    ) -> Result<Vec<Ranked>, Failure> {
        match self.ask(Request::Pooled(pool.clone(), after.cloned(), limit)).await {
            Reply::Pooled(reply) => Ok(reply),
            _ => Err(Failure::Stalled),
        }
    }

    pub(super) async fn starved(
        &self,
        pool: &PoolId,
        at: Instant,
        after: Option<&Waking>,
        limit: usize,
    ) -> Result<Vec<Waking>, Failure> {
        match self.ask(Request::Starved(pool.clone(), at, after.cloned(), limit)).await {
            Reply::Starved(reply) => Ok(reply),
            _ => Err(Failure::Stalled),
        }
    }

    pub(super) async fn owned_by(
        &self,
        rep: &RepId,
        after: Option<&CustomerId>,
        limit: usize,
    ) -> Result<Vec<CustomerId>, Failure> {
        match self.ask(Request::OwnedBy(rep.clone(), after.cloned(), limit)).await {
            Reply::OwnedBy(reply) => Ok(reply),
            _ => Err(Failure::Stalled),
        }
    }

    pub(super) async fn events(&self, customer: &CustomerId, from: u64, limit: usize) -> Result<Vec<Event>, Failure> {
        match self.ask(Request::Events(customer.clone(), from, limit)).await {
            Reply::Events(reply) => Ok(reply),
            _ => Err(Failure::Stalled),
        }
    }

    pub(super) async fn rep_events(&self, rep: &RepId, from: u64, limit: usize) -> Result<Vec<RepEvent>, Failure> {
        match self.ask(Request::RepEvents(rep.clone(), from, limit)).await {
            Reply::RepEvents(reply) => Ok(reply),
            _ => Err(Failure::Stalled),
        }
    }

    pub(super) async fn commit(&self, changes: &Changes) -> Result<Committed, Failure> {
        match self.ask(Request::Commit(Box::new(changes.clone()))).await {
            Reply::Commit(reply) => Ok(reply),
            _ => Err(Failure::Stalled),
        }
    }
}

/// What comes next: something to ask the store, or the end.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "it lives for one step")]
pub enum Step<T> {
    /// Ask the store, and give [`Machine::step`] the answer.
    Ask(Request),
    /// The driver is done.
    Done(Result<T, Failure>),
}

type Driving<'a, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'a>>;

/// A driver, begun and waiting for its store: [`on`](Self::on) runs it over a blocking store,
/// [`on_async`](Self::on_async) over one whose calls are futures. For a pump of your own, call [`step`](Self::step).
#[must_use = "a driver does nothing until it is run"]
pub struct Machine<'a, T> {
    driving: Driving<'a, T>,
    desk: Desk,
    #[cfg(feature = "tracing01")]
    span: tracing::Span,
}

impl<T> core::fmt::Debug for Machine<'_, T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Machine").finish_non_exhaustive()
    }
}

impl<'a, T> Machine<'a, T> {
    pub(super) fn new<F>(name: &'static str, drive: impl FnOnce(Desk) -> F) -> Self
    where
        F: Future<Output = Result<T, Failure>> + Send + 'a,
    {
        let desk = Desk::default();
        #[cfg(not(feature = "tracing01"))]
        let _ = name;
        Self {
            driving: Box::pin(drive(desk.clone())),
            desk,
            #[cfg(feature = "tracing01")]
            span: tracing::info_span!(target: "customer_pool", "customer_pool.drive", driver = name),
        }
    }

    /// Goes on with the store's answer, without one at the beginning.
    pub fn step(&mut self, reply: Option<Reply>) -> Step<T> {
        #[cfg(feature = "tracing01")]
        let _entered = self.span.clone().entered();
        if let Some(reply) = reply {
            locked(&self.desk.0).reply = Some(reply);
        }
        match self.driving.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(done) => Step::Done(done),
            Poll::Pending => match locked(&self.desk.0).request.take() {
                Some(request) => {
                    #[cfg(feature = "tracing01")]
                    tracing::trace!(target: "customer_pool", request = request.name(), "asks the store");
                    Step::Ask(request)
                }
                None => Step::Done(Err(Failure::Stalled)),
            },
        }
    }
}

impl Request {
    /// The name of the store's method.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Customer(..) => "customer",
            Self::Rep(..) => "rep",
            Self::Outcome(..) => "outcome",
            Self::Ledger(..) => "ledger",
            Self::Due(..) => "due",
            Self::Stale(..) => "stale",
            Self::Pooled(..) => "pooled",
            Self::Starved(..) => "starved",
            Self::OwnedBy(..) => "owned_by",
            Self::OpenItems(..) => "open_items",
            Self::Events(..) => "events",
            Self::RepEvents(..) => "rep_events",
            Self::Commit(..) => "commit",
        }
    }
}
