//! Spans and calendars, from outside.
#![cfg(feature = "chrono-tz")]

#[path = "time/naive.rs"]
mod naive;
#[path = "time/properties.rs"]
mod properties;
#[path = "time/support.rs"]
mod support;
#[path = "time/vectors.rs"]
mod vectors;
