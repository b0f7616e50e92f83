//! The ledger: every event of a customer's life, the state that follows from them, and proof that none was changed.
//!
//! A customer's history is a sequence of [`Event`]s, appended and never edited; [`evolve`] gives the customer after each,
//! and [`fold`] after all of them. There is no second source: clocks, quotas, cooldowns, audit and metrics read what
//! follows from events. The events of a rep form a sequence of their own ([`RepEvent`]).
//!
//! Free text stands in no event: it lies in a side record that can be erased, and the event names it by a salted digest.
//! Give surrogate ids, not names, as ids of customers and reps: they stay in the ledger for good.
//!
//! # Legal moves
//! Which event fits where, structure only; everything else is an [`IllegalEvent`], and so is a gap in the numbers. The
//! table is made by [`legal_moves_table`].
//!
#![doc = include_str!("../../docs/legal-moves.md")]

pub mod chain;
mod event;
mod evolve;
mod rep;
mod upcast;

pub use crate::events::{
    Begun, ChangedFact, EventData, EventKind, FoundHeir, IllegalEvent, Misfit, Review, fits_place, legal_moves_table,
    needs,
};
pub use chain::{BrokenLink, Verifier, verify};
pub use event::{Event, Origin, PolicyStamp, SCHEMA};
pub use evolve::{Versioned, evolve, fold};
pub use rep::{IllegalRepEvent, RepEvent, RepEventData, RepEventKind, VersionedRep, evolve_rep};
pub use upcast::{ReadError, read_event, read_rep_event};
