//! The two pumps: the same machine over a blocking store and over one whose calls are futures.

use super::error::DriverError;
use super::machine::{Machine, MachineStep, Reply, Request};
use crate::store::{AsyncPoolStore, PoolStore, store_methods};

/// A kept argument as a method takes it.
macro_rules! lent {
    ($value:ident: &$type:ty) => {
        &$value
    };
    ($value:ident: Option<&$type:ty>) => {
        $value.as_ref()
    };
    ($value:ident: $type:ty) => {
        $value
    };
}

macro_rules! answers {
    ($($(#[$doc:meta])* $name:ident $variant:ident($($arg:ident: [$($type:tt)*]),*) -> $answer:ty;)*) => {
        fn answer<S: PoolStore + ?Sized>(store: &mut S, request: Request) -> Result<Reply, S::Error> {
            Ok(match request {
                $(Request::$variant($($arg),*) => Reply::$variant(store.$name($(lent!($arg: $($type)*)),*)?),)*
            })
        }

        async fn answer_async<S: AsyncPoolStore>(store: &mut S, request: Request) -> Result<Reply, S::Error> {
            Ok(match request {
                $(Request::$variant($($arg),*) => Reply::$variant(store.$name($(lent!($arg: $($type)*)),*).await?),)*
            })
        }
    };
}

store_methods!(answers);

/// A store's own error as a driver's.
fn failed<E: Into<Box<dyn core::error::Error + Send + Sync>>>(error: E) -> DriverError {
    DriverError::Store(error.into())
}

impl<T> Machine<'_, T> {
    /// Runs the driver over a blocking store.
    ///
    /// # Errors
    /// [`DriverError`].
    pub fn on<S: PoolStore + ?Sized>(mut self, store: &mut S) -> Result<T, DriverError> {
        let mut reply = None;
        loop {
            match self.step(reply.take()) {
                MachineStep::Done(done) => return done.map_err(DriverError::from),
                MachineStep::Ask(request) => reply = Some(answer(store, request).map_err(failed)?),
            }
        }
    }

    /// Runs the driver over a store whose calls are futures.
    ///
    /// # Errors
    /// [`DriverError`].
    pub async fn on_async<S: AsyncPoolStore>(mut self, store: &mut S) -> Result<T, DriverError> {
        let mut reply = None;
        loop {
            match self.step(reply.take()) {
                MachineStep::Done(done) => return done.map_err(DriverError::from),
                MachineStep::Ask(request) => reply = Some(answer_async(store, request).await.map_err(failed)?),
            }
        }
    }
}
