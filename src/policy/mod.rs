//! Policies as data: the document, its validation, and the validated [`Policy`] that decides.
//!
//! # Limits
//!
//! A document beyond a limit is refused: by [`PolicyError::TooLarge`], as a [`ShapeError`] where it nests too deep, else
//! as a [`Problem`].
//!
//! | what | at most |
//! | --- | --- |
//! | document | 1 MiB ([`MAX_DOCUMENT_BYTES`]) |
//! | nesting of the JSON | 127 |
//! | nesting of a condition | 32 |
//! | calendars | 64, each with 4,096 dates in `off` and in `on`, and 16 blocks a day |
//! | declared attributes; routing rules; departures | 1,024 each |
//! | pools; kinds of activity, once for every rule under which they count | 4,096 each |
//! | triggers | 512, 64 of which may be `notify_only`, with 32 warnings each |
//! | kinds of hold; freeze windows; tiers, and rules of a tier table; figures; reasons of a release or take-back | 256 each |
//! | rules about claims, in each of their lists | 256, with 64 steps and 256 weights each |
//! | members of a pool; its admins | 1,024 each |
//! | a span | 36,500 of its unit, 1,200 months |
//! | clock skew | 86,400 s |
//! | revision | 2⁵³ − 1 |
//!
//! A policy at every limit takes some tens of megabytes. Facts have no limit of their own.

mod assemble;
mod assembly;
mod claim_rules;
mod claims;
mod document;
pub mod draft;
mod facade;
mod limit;
mod move_rules;
mod moves;
mod parse;
mod problem;
mod revisions;
#[cfg(feature = "schemars1")]
mod schema;
mod score_rules;
mod scores;
mod slots;
mod triggers;

pub use document::Transition;
pub(crate) use document::{DealTreatment, PolicyDraft};
pub use facade::{Policy, Revision, WarningNotice};
pub use limit::MAX_DOCUMENT_BYTES;
pub use problem::{PolicyError, Problem, Problems, ShapeError};
pub use revisions::{Revised, Revisions, RevisionsError};
#[cfg(feature = "schemars1")]
pub use schema::json_schema;
pub use slots::ActivitySlot;
