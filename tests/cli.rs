//! The command line of `examples/pool/`, run as people run it. `cargo test` builds it beside the tests.

#[path = "cli/claims.rs"]
mod claims;
#[path = "cli/commands.rs"]
mod commands;
#[path = "cli/inputs.rs"]
mod inputs;
#[path = "cli/plans.rs"]
mod plans;
#[path = "cli/scores.rs"]
mod scores;
#[path = "cli/support.rs"]
mod support;
