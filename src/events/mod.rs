//! Events of a customer's life: their kinds, what each says, which fits where, and the customer afterwards.

mod data;
mod evolve;
mod fit;
mod kind;

pub use data::{Begun, EventData, Fact, Heir, Review};
pub(crate) use evolve::{entered, entries_elsewhere, evolve, opened};
pub use fit::{IllegalEvent, Misfit, PlaceKind, State, fits_place, legal_moves_table, needs};
pub(crate) use fit::{holds, newest};
pub use kind::EventKind;
