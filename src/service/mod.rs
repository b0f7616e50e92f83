//! Drivers: load, plan, commit, over any store.
mod attempt;
mod error;
mod machine;
mod pump;
mod run;

pub use attempt::{Attempt, Contended, RetryError, with_retries, with_retries_async};
pub use error::{DriverError, Failure};
pub use machine::{Machine, Reply, Request, Step};
pub use run::{Batch, Driver};
