//! The rules of a shared customer pool.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects
    )
)]

#[cfg(feature = "proptest1")]
extern crate self as customer_pool;

pub mod attribute;
pub mod condition;
pub mod decision;
pub mod hold;
pub mod id;
pub mod model;
pub mod policy;
pub mod reclaim;
pub mod record;
pub mod route;
#[cfg(feature = "proptest1")]
pub mod strategies;
pub mod time;
mod wire;

pub use decision::{Decision, Explanation, ReasonCode, Verdict};
pub use policy::{Policy, PolicyError};
