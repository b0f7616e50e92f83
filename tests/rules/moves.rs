//! Moves: every command, its refusals and boundaries, what it makes of the customer, and which event fits where.
#![cfg(feature = "chrono-tz")]

mod claims;
mod enter;
mod heirs;
mod pools;
mod problems;
mod protection;
mod retry;
mod returns;
mod support;
mod table;
mod undo;
mod walks;
