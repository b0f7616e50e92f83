//! Plans: from a command and what is known to everything that a store would write.

mod change;
mod changes;
mod command;
mod decide;
mod facts;
mod notes;
mod outcome;
mod outcome_wire;
mod planned;
mod planner;
mod planning;
mod record;
mod rep;
mod replay;
mod scenario;
mod tier_and_stage;
mod version;
mod wake;

pub use crate::moves::{Intent, Landing};
pub use changes::{Answered, Changes, CustomerChange, LedgerChange, LedgerNote, RepChange, SideChange, Wake};
pub use command::{Command, Note};
pub use facts::{Facts, MissingFact};
pub use outcome::{FirstOutcome, ItemOutcome, Outcome};
pub use planned::{Plan, Planned};
pub use planner::Planner;
pub use planning::{PlanError, Planning};
pub use record::DecisionRecord;
pub use rep::{RepCommand, RepIntent, RepPlanned};
pub use scenario::{Scenario, ScenarioError};
pub use version::{Subject, Version};
pub use wake::wake;
