//! The ledger: which event fits where, what is refused, and what breaks a chain.

mod chain;
mod table;
mod wire;
