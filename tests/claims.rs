//! Claims: the worked examples of the specification, every check at its boundary, and input that contradicts itself.
#![cfg(feature = "chrono-tz")]

mod claims {
    pub mod batches;
    pub mod capacities;
    pub mod depths;
    pub mod hand_outs;
    pub mod limits;
    pub mod places;
    pub mod problems;
    pub mod support;
    pub mod unknown;
    pub mod vectors;
}
