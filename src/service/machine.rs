//! The step machine: drivers ask for one thing of the store after the other, and whoever holds the store answers.

use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::error::Failure;
use crate::store::store_methods;

/// An argument as a request keeps it: what a method borrows, owned. With a value, that value as it is kept.
macro_rules! kept {
    (&crate::plan::Changes) => { Box<crate::plan::Changes> };
    (&$type:ty) => { $type };
    (Option<&$type:ty>) => { Option<$type> };
    ($type:ty) => { $type };
    ($value:ident: &crate::plan::Changes) => { Box::new($value.clone()) };
    ($value:ident: &$type:ty) => { $value.clone() };
    ($value:ident: Option<&$type:ty>) => { $value.cloned() };
    ($value:ident: $type:ty) => { $value };
}

macro_rules! requests {
    ($($(#[$doc:meta])* $name:ident $variant:ident($($arg:ident: [$($type:tt)*]),*) -> $answer:ty;)*) => {
        /// What a driver asks of a store: the methods of [`PoolStore`](crate::store::PoolStore), one for one.
        #[derive(Clone, Debug)]
        pub enum Request {
            $(
                #[doc = concat!("[`", stringify!($name), "`](crate::store::PoolStore::", stringify!($name), ").")]
                $variant($(kept!($($type)*)),*),
            )*
        }

        impl Request {
            /// The name of the store's method.
            #[must_use]
            pub const fn name(&self) -> &'static str {
                match self {
                    $(Self::$variant(..) => stringify!($name),)*
                }
            }
        }

        /// What a store answered.
        #[derive(Clone, Debug)]
        pub enum Reply {
            $(
                #[doc = concat!("To [`Request::", stringify!($variant), "`].")]
                $variant($answer),
            )*
        }

        impl Desk {
            $(pub(super) async fn $name(&self, $($arg: $($type)*),*) -> Result<$answer, Failure> {
                match self.ask(Request::$variant($(kept!($arg: $($type)*)),*)).await {
                    Reply::$variant(reply) => Ok(reply),
                    _ => Err(Failure::Stalled),
                }
            })*
        }
    };
}

store_methods!(requests);

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
}

/// What comes next: something to ask the store, or the end.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "it lives for one step")]
pub enum MachineStep<T> {
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
    pub fn step(&mut self, reply: Option<Reply>) -> MachineStep<T> {
        #[cfg(feature = "tracing01")]
        let _entered = self.span.clone().entered();
        if let Some(reply) = reply {
            locked(&self.desk.0).reply = Some(reply);
        }
        match self.driving.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(done) => MachineStep::Done(done),
            Poll::Pending => match locked(&self.desk.0).request.take() {
                Some(request) => {
                    #[cfg(feature = "tracing01")]
                    tracing::trace!(target: "customer_pool", request = request.name(), "asks the store");
                    MachineStep::Ask(request)
                }
                None => MachineStep::Done(Err(Failure::Stalled)),
            },
        }
    }
}
