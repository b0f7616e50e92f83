//! What one attempt comes to, and retries over a factory of transactions.

use core::future::Future;

use crate::decision::Class;
use crate::messages::{Language, Words};
use crate::plan::Version;
use crate::policy::Policy;

/// What one attempt over one transaction comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a stale attempt has written nothing"]
pub enum Attempt<T> {
    /// It is done, or refused: what it came to.
    Done(T),
    /// Its key was answered before: what it came to then. Nothing was written now.
    Again(T),
    /// Nothing was written: somebody else has changed this in the meantime. Try again in a fresh transaction.
    Stale(Version),
}

impl<T> Attempt<T> {
    /// What it came to, now or before.
    #[must_use]
    pub fn outcome(&self) -> Option<&T> {
        match self {
            Self::Done(outcome) | Self::Again(outcome) => Some(outcome),
            Self::Stale(_) => None,
        }
    }

    /// [`Class::Later`] where nothing was written because somebody else was quicker: try again at once, in a fresh
    /// transaction. `None` where there is an outcome.
    #[must_use]
    pub const fn class(&self) -> Option<Class> {
        match self {
            Self::Done(_) | Self::Again(_) => None,
            Self::Stale(_) => Some(Class::Later),
        }
    }

    /// That nothing was written, and what to do; `None` where there is an outcome.
    #[must_use]
    pub fn sentence(&self, policy: &Policy, language: Language) -> Option<String> {
        self.class().map(|_| Words::new(policy, language).say("failure.stale", &[]))
    }
}

/// Every attempt found something changed in the meantime.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{attempts} attempts have found something changed in the meantime")]
pub struct Contended {
    /// How many attempts were made.
    pub attempts: u32,
    /// What the last one found.
    pub stale: Version,
}

impl Contended {
    /// [`Class::Later`]: nothing was written, and the command may be tried again at once.
    #[must_use]
    pub const fn class(&self) -> Class {
        Class::Later
    }

    /// That all attempts failed, and what to do.
    #[must_use]
    pub fn sentence(&self, policy: &Policy, language: Language) -> String {
        Words::new(policy, language).say("failure.contended", &[("attempts", &self.attempts.to_string())])
    }
}

/// Why retries end without an outcome.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RetryError<E> {
    /// An attempt failed.
    #[error(transparent)]
    Failed(#[from] E),
    /// All were stale.
    #[error(transparent)]
    Contended(Contended),
}

/// Runs `once` until it is not stale, at most so many times. Each call must open a fresh transaction, run the driver on
/// it, and commit it: on one that is open already a driver runs once.
///
/// # Errors
/// [`RetryError`].
pub fn with_retries<T, E>(
    most: u32,
    mut once: impl FnMut() -> Result<Attempt<T>, E>,
) -> Result<Attempt<T>, RetryError<E>> {
    let mut attempts = 0_u32;
    loop {
        attempts = attempts.saturating_add(1);
        match once()? {
            Attempt::Stale(stale) if attempts >= most => {
                return Err(RetryError::Contended(Contended { attempts, stale }));
            }
            Attempt::Stale(_) => {}
            done => return Ok(done),
        }
    }
}

/// The same where an attempt is a future.
///
/// # Errors
/// [`RetryError`].
pub async fn with_retries_async<T, E, F>(most: u32, mut once: impl FnMut() -> F) -> Result<Attempt<T>, RetryError<E>>
where
    F: Future<Output = Result<Attempt<T>, E>>,
{
    let mut attempts = 0_u32;
    loop {
        attempts = attempts.saturating_add(1);
        match once().await? {
            Attempt::Stale(stale) if attempts >= most => {
                return Err(RetryError::Contended(Contended { attempts, stale }));
            }
            Attempt::Stale(_) => {}
            done => return Ok(done),
        }
    }
}
