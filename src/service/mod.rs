//! Drivers: load, plan, commit, over any store.
mod attempt;
mod audit;
mod error;
mod machine;
mod many;
mod pump;
mod run;
mod sweep;

pub use attempt::{Attempt, Contended, with_retries, with_retries_async};
pub use audit::Audit;
pub use error::{DriverError, Failure};
pub use machine::{Machine, MachineStep, Reply, Request};
pub use many::{Departure, OnItem, Pull};
pub use run::{Batch, Driver};
pub use sweep::{OnSwept, Reindexed, SweepRun, Swept};
