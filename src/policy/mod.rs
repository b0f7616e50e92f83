//! Policies as data: the document, its validation, and the validated [`Policy`] that decides.

mod assemble;
mod canonical;
mod document;
mod facade;
mod parse;
mod problem;
mod slots;
mod triggers;

pub use document::{DealDraft, DealTreatment, Format, PolicyDraft};
pub use facade::{Policy, Revision, WarningNotice};
pub use parse::MAX_DOCUMENT_BYTES;
pub use problem::{PolicyError, Problem, Problems, ShapeError};
