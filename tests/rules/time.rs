//! Spans and calendars, from outside.
#![cfg(feature = "chrono-tz")]

mod naive;
mod properties;
mod support;
mod vectors;
