//! Why a driver fails, and what each failure asks for.

use super::attempt::Contended;
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

/// Why a driver fails, over any store: a store's error is boxed, so that `?` takes this one into any other error.
///
/// ```
/// use customer_pool::service::DriverError;
///
/// // Stores with an error of their own, and stores with a boxed one, give the same type.
/// let failed = DriverError::Store(std::io::Error::other("the disk is full").into());
/// let source = std::error::Error::source(&failed).ok_or("a store's own error")?;
/// assert_eq!(source.to_string(), "the disk is full");
/// assert!(failed.store_error::<std::io::Error>().is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DriverError {
    /// The store failed, in its own words. Whether it wrote before it failed cannot be told: send the same command again,
    /// with the same key.
    #[error("the store failed")]
    Store(#[source] Box<dyn core::error::Error + Send + Sync>),
    /// The driver failed; nothing was written.
    #[error(transparent)]
    Failed(#[from] Failure),
    /// Every attempt of [`with_retries`](super::with_retries) found something changed; nothing was written.
    #[error(transparent)]
    Contended(#[from] Contended),
}

impl DriverError {
    /// The store's own error, if it failed and its error is of this type.
    #[must_use]
    pub fn store_error<E: core::error::Error + 'static>(&self) -> Option<&E> {
        match self {
            Self::Store(error) => error.downcast_ref(),
            _ => None,
        }
    }
}
