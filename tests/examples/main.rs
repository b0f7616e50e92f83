//! The examples of `examples/`, run as people run them, and what they read.

mod cli;
mod readers;
mod replay;
mod sample;
#[path = "../support/mod.rs"]
mod support;
