//! The ledger: which event fits where, what is refused, and what breaks a chain.

#[path = "ledger/chain.rs"]
mod chain;
#[path = "ledger/table.rs"]
mod table;
#[path = "ledger/wire.rs"]
mod wire;
