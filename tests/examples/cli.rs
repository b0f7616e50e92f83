//! The command line of `examples/pool/`, run as people run it. `cargo test` builds it beside the tests.

mod claims;
mod commands;
mod inputs;
mod plans;
mod scores;
mod support;
