//! Ten thousand random worlds: the engine against the specification read aloud, and the laws it promises.
#![cfg(feature = "chrono-tz")]

#[path = "properties/draw.rs"]
mod draw;
#[path = "properties/equality.rs"]
mod equality;
#[path = "properties/laws.rs"]
mod laws;
#[path = "properties/promises.rs"]
mod promises;
mod reference;
#[allow(dead_code, reason = "the tests use the strategies of worlds and policies; hosts use the rest")]
#[path = "../src/strategies/mod.rs"]
mod strategies;
#[path = "properties/support.rs"]
mod support;
