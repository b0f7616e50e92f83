//! Storage: two traits with the same words, and a store in memory.
//!
//! A host implements [`PoolStore`] — or [`AsyncPoolStore`], whose futures are `Send` — on its own open transaction, so that
//! its other writes commit with ours. A handle is scoped to one tenant. The traits say only what a store must do; every
//! rule is elsewhere.

mod adapter;
mod blocking;
mod futures;
mod memory;
mod methods;
mod page;

pub use adapter::Ready;
pub use blocking::PoolStore;
pub use futures::AsyncPoolStore;
pub use memory::{MemoryStore, SideRecord};
pub(crate) use methods::store_methods;
pub use page::{Committed, OpenItem, Ranked, Waking};
