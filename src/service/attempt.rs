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

    /// The same attempt with another outcome, made of this one.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Attempt<U> {
        match self {
            Self::Done(outcome) => Attempt::Done(make(outcome)),
            Self::Again(outcome) => Attempt::Again(make(outcome)),
            Self::Stale(version) => Attempt::Stale(version),
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

/// How retries end after this attempt, if they do.
fn ended<T, E: From<Contended>>(attempts: &mut u32, most: u32, attempt: Attempt<T>) -> Option<Result<Attempt<T>, E>> {
    *attempts = attempts.saturating_add(1);
    match attempt {
        Attempt::Stale(stale) if *attempts >= most => Some(Err(Contended { attempts: *attempts, stale }.into())),
        Attempt::Stale(_) => None,
        done => Some(Ok(done)),
    }
}

/// Runs `once` until it is not stale, at most so many times. Each call must open a fresh transaction, run the driver on
/// it, and commit it: on one that is open already a driver runs once.
///
/// The error may be a [`DriverError`](super::DriverError), a boxed one, or any other that can be made of [`Contended`].
///
/// # Errors
/// What `once` gives, and [`Contended`] where every attempt was stale.
pub fn with_retries<T, E: From<Contended>>(
    most: u32,
    mut once: impl FnMut() -> Result<Attempt<T>, E>,
) -> Result<Attempt<T>, E> {
    let mut attempts = 0_u32;
    loop {
        if let Some(end) = ended(&mut attempts, most, once()?) {
            return end;
        }
    }
}

/// The same where an attempt is a future.
///
/// # Errors
/// As of [`with_retries`].
pub async fn with_retries_async<T, E, F>(most: u32, mut once: impl FnMut() -> F) -> Result<Attempt<T>, E>
where
    E: From<Contended>,
    F: Future<Output = Result<Attempt<T>, E>>,
{
    let mut attempts = 0_u32;
    loop {
        if let Some(end) = ended(&mut attempts, most, once().await?) {
            return end;
        }
    }
}
