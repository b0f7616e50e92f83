//! Events of a customer's life: their kinds, what each says, and which fits where.

mod data;
mod fit;
mod kind;

pub use data::{Begun, EventData, Fact, Heir, Review};
pub use fit::{IllegalEvent, Misfit, PlaceKind, State, fits_place, legal_moves_table, needs};
pub(crate) use fit::{holds, newest};
pub use kind::EventKind;
