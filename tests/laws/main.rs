//! Laws that hold in every world: drawn worlds against a second opinion.

mod claim_properties;
#[cfg(feature = "chrono-tz")]
mod claim_reference;
mod columns;
#[cfg(feature = "chrono-tz")]
mod condition;
#[cfg(feature = "chrono-tz")]
#[allow(dead_code, reason = "the tests of time use the rest of the walk")]
#[path = "../rules/time/naive.rs"]
mod naive;
mod properties;
#[cfg(feature = "chrono-tz")]
mod reference;
mod revisions;
mod short_ways;
#[cfg(feature = "chrono-tz")]
#[allow(dead_code, reason = "the tests use the strategies of worlds and policies; hosts use the rest")]
#[path = "../../src/strategies/mod.rs"]
mod strategies;
#[path = "../support/mod.rs"]
mod support;
mod sweep;
mod walk;
#[path = "../workloads/mod.rs"]
mod workloads;
