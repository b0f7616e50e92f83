//! The closed language of every `when` in a policy: comparisons, membership and presence of facts, joined by
//! `all`, `any` and `not`. No arithmetic, no comparison of two facts, nothing that changes with `now`.
//!
//! Comparing a missing fact is false, and `not` of it is true: write `missing` where absence matters.

mod classes;
mod compile;
mod draft;
mod fact;
mod lexicon;
mod steps;
mod test;
mod value;

pub(crate) use classes::Classes;
pub(crate) use compile::Compiler;
pub use draft::{Comparison, Condition, Membership};
pub use fact::{Fact, FactError, FactType};
pub use test::LeafFinding;
pub(crate) use test::{Constant, Leaf, LeafSink, Question, Relation, Test, is_within};
pub(crate) use value::View;
