//! What is kept: ledgers, stores, and whole lives of a pool.

mod ledger;
mod lives;
mod model;
mod simulation;
mod store;
#[path = "../support/mod.rs"]
mod support;
