//! Plans: from a command and what is known to everything that a store would write.

mod change;
mod changes;
mod command;
mod decide;
mod facts;
mod notes;
mod outcome;
mod outcome_wire;
mod planner;
mod planning;
mod record;
mod rep;
mod scenario;
mod standing;
mod wake;

pub use crate::moves::{Intent, Landing};
pub use changes::{
    Answered, Changes, CustomerChange, LedgerChange, LedgerNote, RepChange, SideChange, Subject, Version, Wake,
};
pub use command::{Command, Note};
pub use facts::{Facts, Need};
pub use outcome::{FirstOutcome, ItemOutcome, Outcome};
pub use planner::{Plan, Planned, Planner};
pub use planning::{PlanError, Planning};
pub use record::DecisionRecord;
pub use rep::{RepCommand, RepIntent, RepPlanned};
pub use scenario::{Scenario, ScenarioError};
pub use wake::wake;
