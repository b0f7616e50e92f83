//! Plans: from a command and what is known to everything that a store would write.

mod changes;
mod outcome;

pub use changes::{
    Answered, Changes, CustomerChange, LedgerChange, LedgerNote, RepChange, SideChange, Subject, Version, Wake,
};
pub use outcome::{FirstOutcome, ItemOutcome, Outcome};
