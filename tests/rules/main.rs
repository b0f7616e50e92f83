//! The rules themselves: what a customer's facts come to under a policy, example by example.

mod claims;
mod extremes;
mod lessons;
mod moves;
mod owners;
#[path = "../support/mod.rs"]
mod support;
mod time;
mod vectors;
