//! Storage: two traits with the same methods, and a store in memory.
//!
//! A host implements [`PoolStore`] — or [`AsyncPoolStore`], whose futures are `Send` — on its own open transaction, so that
//! its other writes commit with ours. A handle is scoped to one tenant. The traits hold only what the drivers need of a
//! store, and no rule. [`Listings`] adds lists for screens; a store may leave it out.

mod adapter;
mod blocking;
mod futures;
mod listings;
mod memory;
mod methods;
mod page;

pub use adapter::Ready;
pub use blocking::PoolStore;
pub use futures::AsyncPoolStore;
pub use listings::{AsyncListings, Listings};
pub use memory::{MemoryStore, SideRecord};
pub(crate) use methods::store_methods;
pub use page::{Committed, OpenItem, Ranked, Waking};
