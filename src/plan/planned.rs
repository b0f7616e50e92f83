//! The plan that is previewed and committed.

use serde::{Deserialize, Serialize};

use super::changes::Changes;
use super::outcome::ItemOutcome;
use crate::digest::{CanonicalError, Digest};
use crate::time::Timestamp;
use crate::wire::getters;

/// What a command comes to, with the plan where it changes anything.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Planned {
    /// What it comes to.
    pub outcome: ItemOutcome,
    /// What would be written.
    pub plan: Option<Plan>,
}

/// Everything that would be written, and until when it may be. What a preview shows is the very plan that is then
/// committed: give the digest with the preview, and ask for it at the commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    changes: Changes,
    at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
}

impl Plan {
    pub(super) fn new(changes: Changes, at: Timestamp, until: Option<Timestamp>) -> Self {
        Self { changes, at, until }
    }

    getters! {
        /// What a store writes.
        changes: &Changes,
        /// When it was planned.
        at: Timestamp,
        /// When one of its decisions would be another; never, where none.
        until: Option<Timestamp>,
    }

    /// Whether its decisions still stand at this instant, if nothing that they read has changed.
    #[must_use]
    pub fn stands_at(&self, now: Timestamp) -> bool {
        self.at <= now && self.until.is_none_or(|until| now < until)
    }

    /// The digest of all of it.
    ///
    /// # Errors
    /// [`CanonicalError`], which no plan of this crate's types gives.
    pub fn digest(&self) -> Result<Digest, CanonicalError> {
        Digest::of(self)
    }
}
