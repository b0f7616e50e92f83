//! The workloads that every engine is measured on.

mod allocations;
mod answers;
#[path = "mod.rs"]
mod workloads;
