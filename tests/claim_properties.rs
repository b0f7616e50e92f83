//! Ten thousand random worlds of claims: the engine against the specification read aloud, and the laws it promises.
#![cfg(feature = "chrono-tz")]

#[path = "properties/draw.rs"]
mod draw;
#[path = "claim_properties/equality.rs"]
mod equality;
#[path = "claim_properties/laws.rs"]
mod laws;
#[path = "claim_properties/promises.rs"]
mod promises;
#[path = "claim_reference/mod.rs"]
mod reference;
#[allow(dead_code, reason = "the tests use the strategies of claim worlds; hosts use the rest")]
#[path = "../src/strategies/mod.rs"]
mod strategies;
