//! Instants, spans, calendars: when a period ends.

mod instant;

pub use instant::{Instant, InstantError};
