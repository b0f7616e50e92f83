//! Instants, spans, calendars: when a period ends.
//!
//! A [`Span`] says how long, a [`Calendar`] in whose days and hours, [`Pause`]s when the clock stands still;
//! [`Calendar::end`] puts the three together. Nothing here asks for the time of day: every instant is an argument.

mod blocks;
mod calendar;
mod check;
mod china_mainland;
mod count;
mod days;
mod draft;
#[cfg(test)]
mod draft_tests;
mod draft_wire;
mod local;
mod offsets;
mod pause;
#[cfg(feature = "schemars1")]
mod schema;
mod span;
mod span_wire;
mod timestamp;
mod undatable;
mod window;
mod working;
mod zone;

pub use calendar::{Calendar, End};
pub use check::CalendarProblem;
pub use days::{Edge, TABLE_FROM, TABLE_TO};
pub use draft::{CalendarDraft, Outside};
pub use local::{LocalTime, LocalTimeError};
pub use pause::{Pause, PauseError};
pub use span::{Span, SpanError, SpanUnit};
pub use timestamp::{InstantError, Timestamp};
pub use undatable::Undatable;
pub use window::CivilWindow;
pub use zone::{Zone, ZoneError};
