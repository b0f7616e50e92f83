//! Why a driver fails, and what each failure asks for.

use crate::id::CommandKey;
use crate::plan::PlanError;
use crate::time::Timestamp;

/// Why a driver fails that is not the store's fault.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// Nothing could be planned: the store's rows are not of one piece. Verify the customer's history.
    #[error("nothing could be planned")]
    Plan(#[from] PlanError),
    /// The key was given to another command before. Whoever sent it must make a key for each command.
    #[error("the key `{key}` was given to another command before")]
    KeyReused {
        /// The key.
        key: CommandKey,
    },
    /// The plan is not the one that was previewed. Preview again.
    #[error("the plan is not the one that was previewed")]
    NotPreviewed,
    /// The plan's decisions no longer stand. Preview again.
    #[error("the plan's decisions stood until {until}")]
    PreviewOver {
        /// Until when they stood.
        until: Timestamp,
    },
    /// The pump gave an answer to another question than was asked.
    #[error("the pump gave no answer to what was asked")]
    Stalled,
}

/// Why a driver fails.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DriverError<E> {
    /// The store failed, in its own words. Whether it wrote before it failed cannot be told: send the same command again,
    /// with the same key.
    #[error("the store failed")]
    Store(#[source] E),
    /// The driver failed; nothing was written.
    #[error(transparent)]
    Failed(#[from] Failure),
}
