//! Moves: every command, its refusals and boundaries, what it makes of the customer, and which event fits where.
#![cfg(feature = "chrono-tz")]

mod moves {
    pub mod claims;
    pub mod enter;
    pub mod heirs;
    pub mod pools;
    pub mod problems;
    pub mod protection;
    pub mod retry;
    pub mod returns;
    pub mod support;
    pub mod table;
    pub mod undo;
    pub mod walks;
}
