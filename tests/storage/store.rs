//! Storage: the suite on the store in memory, stores that are broken on purpose, and races.
#![cfg(feature = "conformance")]

mod broken;
mod drivers;
mod lessons;
mod obligations;

use customer_pool::conformance::{Blocked, Database, Park};
use customer_pool::digest::Digest;
use customer_pool::store::{MemoryStore, Ready};

/// The store in memory.
struct Memory(MemoryStore);

impl Database for Memory {
    type Session = MemoryStore;

    fn session(&self) -> MemoryStore {
        self.0.clone()
    }

    fn side_text(&self, digest: &Digest) -> Option<String> {
        self.0.side_record(digest).map(|record| record.text)
    }
}

/// The same with calls that are futures, and waited for.
struct AsyncMemory(MemoryStore);

impl Database for AsyncMemory {
    type Session = Blocked<Ready<MemoryStore>, Park>;

    fn session(&self) -> Self::Session {
        Blocked::new(Ready(self.0.clone()), Park)
    }

    fn side_text(&self, digest: &Digest) -> Option<String> {
        self.0.side_record(digest).map(|record| record.text)
    }
}

customer_pool::conformance!(memory, || Memory(MemoryStore::new()));
customer_pool::conformance!(async_memory, || AsyncMemory(MemoryStore::new()));
customer_pool::conformance_of_listings!(memory_lists_open_items, || Memory(MemoryStore::new()));
customer_pool::conformance_of_listings!(async_memory_lists_open_items, || AsyncMemory(MemoryStore::new()));
