//! Lists for screens: what a store may offer beside what the drivers need.

use core::future::Future;

use super::adapter::Ready;
use super::blocking::PoolStore;
use super::futures::AsyncPoolStore;
use super::page::OpenItem;
use crate::id::CustomerId;

/// Lists of work that waits for somebody, for a host's screens. Optional: no driver reads them.
///
/// A page holds at most `limit` rows, and is shorter only at the end. The lists are in step with every commit, as the
/// indexes of [`PoolStore`] are: `conformance_of_listings!` tests it.
pub trait Listings: PoolStore {
    /// The customers with an open item of this kind, in the order of their ids, after `after`.
    ///
    /// # Errors
    /// The database's own.
    fn open_items(
        &mut self,
        kind: OpenItem,
        after: Option<&CustomerId>,
        limit: usize,
    ) -> Result<Vec<CustomerId>, Self::Error>;
}

/// The same as [`Listings`], for databases that answer later.
pub trait AsyncListings: AsyncPoolStore {
    /// The customers with an open item of this kind, in the order of their ids, after `after`.
    ///
    /// # Errors
    /// The database's own.
    fn open_items(
        &mut self,
        kind: OpenItem,
        after: Option<&CustomerId>,
        limit: usize,
    ) -> impl Future<Output = Result<Vec<CustomerId>, Self::Error>> + Send;
}

impl<S: Listings<Error: Send> + Send> AsyncListings for Ready<S> {
    async fn open_items(
        &mut self,
        kind: OpenItem,
        after: Option<&CustomerId>,
        limit: usize,
    ) -> Result<Vec<CustomerId>, S::Error> {
        self.0.open_items(kind, after, limit)
    }
}
