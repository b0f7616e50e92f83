//! Events of a customer's life: their kinds, what each says, which fits where, and the customer afterwards.

mod data;
mod evolve;
mod fit;
mod kind;
mod same;

pub use data::{Begun, ChangedFact, EventData, FoundHeir, Review};
pub(crate) use evolve::{ended, entered, entries_elsewhere, evolve, placed};
pub(crate) use fit::newest;
pub use fit::{IllegalEvent, Misfit, PlaceKind, State, fits_place, legal_moves_table, needs};
pub use kind::EventKind;
pub(crate) use same::is_same;
