//! The planner, and the plan that is previewed and committed.

use serde::{Deserialize, Serialize};

use super::changes::Changes;
use super::command::Command;
use super::facts::{Facts, MissingFact};
use super::outcome::{ItemOutcome, Outcome};
use super::planning::{PlanError, Planning};
use crate::digest::{CanonicalError, Digest};
use crate::id::CommandKey;
use crate::policy::Revisions;
use crate::time::Timestamp;

/// Plans commands under the revisions of a policy.
///
/// ```
/// use customer_pool::model::{Customer, Rep};
/// use customer_pool::ledger::VersionedRep;
/// use customer_pool::plan::{Command, Facts, ItemOutcome, Landing, Planner};
/// use customer_pool::policy::Revisions;
/// use customer_pool::{at, id};
/// # let policy = customer_pool::Policy::from_json(&std::fs::read_to_string("docs/first-policy.json")?)?;
/// let revisions = Revisions::new([policy])?;
/// let planner = Planner::new(&revisions);
/// let (c1, li) = (id!("c1"), id!("li"));
/// let facts = Facts::new()
///     .with_customer(c1, None)
///     .with_rep(li, Some(VersionedRep::new(Rep::new(id!("li")), 1, None)));
/// let command = Command::create(id!("k1"), Customer::awaiting(id!("c1")), Landing::Owner(id!("li")));
///
/// let planned = planner.plan(&command, facts, at!("2026-03-02T07:00:00Z"))?;
/// let plan = planned.plan.ok_or("it is created")?;
/// assert!(matches!(planned.outcome, ItemOutcome::Applied { version: 1, .. }));
/// assert_eq!(plan.changes().customers[0].wake.at, Some(at!("2026-03-13T00:00:00+08:00"))); // its first warning
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Planner<'p> {
    revisions: &'p Revisions,
    chained: bool,
}

impl<'p> Planner<'p> {
    /// Under these revisions; histories are chained.
    #[must_use]
    pub const fn new(revisions: &'p Revisions) -> Self {
        Self { revisions, chained: true }
    }

    /// The same without tamper evidence for histories that begin now.
    #[must_use]
    pub const fn unchained(mut self) -> Self {
        self.chained = false;
        self
    }

    /// The revisions.
    #[must_use]
    pub const fn revisions(&self) -> &'p Revisions {
        self.revisions
    }

    pub(super) const fn is_chained(&self) -> bool {
        self.chained
    }

    /// Begins a plan of one or several commands.
    #[must_use]
    pub fn begin(&self, facts: Facts, now: Timestamp) -> Planning<'p> {
        Planning::new(*self, facts, now)
    }

    /// Plans one command.
    ///
    /// # Errors
    /// [`PlanError`], as of [`Planning::add`].
    pub fn plan(&self, command: &Command, facts: Facts, now: Timestamp) -> Result<Planned, PlanError> {
        let mut planning = self.begin(facts, now);
        let outcome = planning.add(command)?;
        let plan = match &outcome {
            ItemOutcome::Applied { .. } => Some(planning.finish(Some(command.answer(outcome.clone())?))?),
            _ => None,
        };
        Ok(Planned { outcome, plan })
    }

    /// What must still be known to plan a command; nothing more, where it can be planned.
    #[must_use]
    pub fn needs(&self, command: &Command, facts: &Facts, now: Timestamp) -> Vec<MissingFact> {
        match self.plan(command, facts.clone(), now) {
            Err(PlanError::Missing(needs)) => needs,
            _ => Vec::new(),
        }
    }
}

impl Command {
    /// What a commit answers with.
    ///
    /// # Errors
    /// [`CanonicalError`], which no command of this crate's types gives.
    pub(crate) fn answer(&self, outcome: ItemOutcome) -> Result<(CommandKey, Digest, Outcome), CanonicalError> {
        Ok((self.key.clone(), self.content()?, Outcome::new([(self.customer.clone(), outcome)])))
    }
}

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

    /// What a store writes.
    #[must_use]
    pub fn changes(&self) -> &Changes {
        &self.changes
    }

    /// When it was planned.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// When one of its decisions would be another; never, where none.
    #[must_use]
    pub fn until(&self) -> Option<Timestamp> {
        self.until
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
