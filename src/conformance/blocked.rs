//! A store whose calls are futures, checked by blocking on each.

use core::future::Future;
use core::task::{Context, Poll};
use std::sync::Arc;
use std::task::{Wake, Waker};
use std::thread::Thread;

use crate::id::CustomerId;
use crate::store::{AsyncListings, AsyncPoolStore, Listings, OpenItem, PoolStore, store_methods};

/// How a host waits for a future: `runtime.block_on(future)`, say.
pub trait BlockOn {
    /// Waits.
    fn block_on<F: Future>(&self, future: F) -> F::Output;
}

/// Waits by parking the thread: for stores that need no runtime.
#[derive(Clone, Copy, Debug, Default)]
pub struct Park;

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

impl BlockOn for Park {
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        let mut future = core::pin::pin!(future);
        let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
        loop {
            match future.as_mut().poll(&mut Context::from_waker(&waker)) {
                Poll::Ready(output) => return output,
                Poll::Pending => std::thread::park(),
            }
        }
    }
}

/// A store whose calls are futures, as a blocking one.
#[derive(Clone, Debug)]
pub struct Blocked<S, B> {
    store: S,
    runtime: B,
}

impl<S, B> Blocked<S, B> {
    /// Waits for this store's futures in this way.
    pub fn new(store: S, runtime: B) -> Self {
        Self { store, runtime }
    }
}

macro_rules! blocked {
    ($($(#[$doc:meta])* $name:ident $variant:ident($($arg:ident: [$($type:tt)*]),*) -> $answer:ty;)*) => {
        impl<S: AsyncPoolStore, B: BlockOn> PoolStore for Blocked<S, B> {
            type Error = S::Error;

            $(fn $name(&mut self, $($arg: $($type)*),*) -> Result<$answer, S::Error> {
                self.runtime.block_on(self.store.$name($($arg),*))
            })*
        }
    };
}

store_methods!(blocked);

impl<S: AsyncListings, B: BlockOn> Listings for Blocked<S, B> {
    fn open_items(
        &mut self,
        kind: OpenItem,
        after: Option<&CustomerId>,
        limit: usize,
    ) -> Result<Vec<CustomerId>, S::Error> {
        self.runtime.block_on(self.store.open_items(kind, after, limit))
    }
}
