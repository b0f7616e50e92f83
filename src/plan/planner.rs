//! The planner: the rules and the way of planning under which commands become plans.

use crate::policy::Revisions;

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
}
