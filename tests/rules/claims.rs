//! Claims: the worked examples of the specification, every check at its boundary, and input that contradicts itself.
#![cfg(feature = "chrono-tz")]

mod batches;
mod capacities;
mod depths;
mod hand_outs;
mod limits;
mod places;
mod problems;
mod support;
mod unknown;
mod vectors;
