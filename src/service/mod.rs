//! Drivers: load, plan, commit, over any store.
mod attempt;
mod audit;
mod departure;
mod error;
mod machine;
mod pull;
mod pump;
mod run;
mod sweep;

pub use attempt::{Attempt, Contended, with_retries, with_retries_async};
pub use audit::Audit;
pub use departure::{Departure, OnItem};
pub use error::{DriverError, Failure};
pub use machine::{Machine, MachineStep, Reply, Request};
pub use pull::Pull;
pub use run::{Batch, Driver};
pub use sweep::{OnSwept, Reindexed, SweepRun, Swept};
