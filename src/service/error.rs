//! Why a driver fails, and what each failure asks for.

use super::attempt::Contended;
use crate::decision::Class;
use crate::id::CommandKey;
use crate::messages::{Language, Words};
use crate::plan::PlanError;
use crate::policy::Policy;
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

impl Failure {
    /// What kind of "no" it is. None of these passes with time.
    #[must_use]
    pub const fn class(&self) -> Class {
        match self {
            Self::Plan(PlanError::Missing(_)) => Class::Unknown,
            Self::Plan(_) | Self::KeyReused { .. } | Self::Stalled => Class::Invalid,
            Self::NotPreviewed | Self::PreviewOver { .. } => Class::Conflict,
        }
    }

    /// What failed and what to do, in sentences. Instants are given in the zone of `policy`.
    ///
    /// ```
    /// use customer_pool::messages::Language;
    /// use customer_pool::service::Failure;
    /// # let policy = customer_pool::Policy::from_json(&std::fs::read_to_string("docs/first-policy.json")?)?;
    /// let failure = Failure::KeyReused { key: "k1".parse()? };
    /// assert_eq!(
    ///     failure.sentence(&policy, Language::English),
    ///     "Failed: the key `k1` was given to another command before. Give each command a key of its own."
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn sentence(&self, policy: &Policy, language: Language) -> String {
        let words = Words::new(policy, language);
        match self {
            Self::Plan(PlanError::Missing(needs)) => {
                words.say("failure.missing", &[("count", &needs.len().to_string())])
            }
            Self::Plan(_) => words.say("failure.plan", &[]),
            Self::KeyReused { key } => words.say("failure.key_reused", &[("key", key.as_str())]),
            Self::NotPreviewed => words.say("failure.not_previewed", &[]),
            Self::PreviewOver { until } => words.say("failure.preview_over", &[("until", &words.time(*until))]),
            Self::Stalled => words.say("failure.stalled", &[]),
        }
    }
}

impl DriverError {
    /// What kind of "no" it is. After a failure of the store: [`Class::Later`], and the same command may be sent again at
    /// once.
    #[must_use]
    pub fn class(&self) -> Class {
        match self {
            Self::Store(_) => Class::Later,
            Self::Failed(failure) => failure.class(),
            Self::Contended(contended) => contended.class(),
        }
    }

    /// What failed and what to do, in sentences, as of [`Failure::sentence`]. What the store said is in the source.
    #[must_use]
    pub fn sentence(&self, policy: &Policy, language: Language) -> String {
        match self {
            Self::Store(_) => Words::new(policy, language).say("failure.store", &[]),
            Self::Failed(failure) => failure.sentence(policy, language),
            Self::Contended(contended) => contended.sentence(policy, language),
        }
    }
}
