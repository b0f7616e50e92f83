//! Commands about reps.

use serde::{Deserialize, Serialize};

use super::facts::{Facts, MissingFact};
use super::outcome::{ItemOutcome, Outcome};
use super::planned::Plan;
use super::planner::Planner;
use super::planning::PlanError;
use crate::digest::{CanonicalError, Digest};
use crate::id::{CommandKey, RepId};
use crate::ledger::{Origin, PolicyStamp, RepEventData, VersionedRep};
use crate::model::{Actor, Rep};
use crate::time::Timestamp;
use crate::wire::getters;

/// What is wanted of a rep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum RepIntent {
    /// The rep is known from now on with these facts, or has these facts now.
    Enroll {
        /// The facts.
        rep: Box<Rep>,
    },
    /// The rep is no longer active (停用).
    Deactivate,
    /// The rep is active again.
    Reactivate,
    /// The rep's leave (请假), all of it.
    SetLeave {
        /// Half-open intervals.
        leave: Vec<(Timestamp, Timestamp)>,
    },
}

/// A command about one rep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepCommand {
    key: CommandKey,
    rep: RepId,
    actor: Actor,
    intent: RepIntent,
}

impl RepCommand {
    /// The host enrolls this rep, or says what is known of one who is enrolled.
    #[must_use]
    pub fn enroll(key: CommandKey, rep: Rep) -> Self {
        Self::new(key, rep.id().clone(), Actor::System, RepIntent::Enroll { rep: Box::new(rep) })
    }

    /// This intent about this rep, by this actor, under this idempotency key.
    #[must_use]
    pub fn new(key: CommandKey, rep: RepId, actor: Actor, intent: RepIntent) -> Self {
        Self { key, rep, actor, intent }
    }

    getters! {
        /// Its idempotency key.
        key: &CommandKey,
        /// About whom.
        rep: &RepId,
        /// What is wanted.
        intent: &RepIntent,
    }

    /// The digest of its content.
    ///
    /// # Errors
    /// [`CanonicalError`], which no command of this crate's types gives.
    pub fn content(&self) -> Result<Digest, CanonicalError> {
        Digest::of(self)
    }
}

/// What a command about a rep comes to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum RepPlanned {
    /// What would be written.
    Plan(Box<Plan>),
    /// What it wanted is so already.
    AlreadyDone,
    /// There is no such rep.
    Unknown,
}

impl Planner<'_> {
    /// Plans a command about a rep. Where leave or facts change, the rows of the rep's customers in the indexes become
    /// stale: a reindex computes them again.
    ///
    /// # Errors
    /// [`PlanError`], as of [`Planning::add`](super::Planning::add).
    pub fn plan_rep(&self, command: &RepCommand, facts: Facts, now: Timestamp) -> Result<RepPlanned, PlanError> {
        let mut planning = self.begin(facts, now);
        let known = planning.facts.reps.get(&command.rep).cloned();
        let known = known.ok_or_else(|| MissingFact::Rep(command.rep.clone()))?;
        let state = known.as_ref().map(VersionedRep::rep);
        let data = match (&command.intent, state) {
            (RepIntent::Enroll { rep }, None) => vec![RepEventData::Enrolled { rep: rep.clone() }],
            (_, None) => return Ok(RepPlanned::Unknown),
            (RepIntent::Enroll { rep }, Some(known)) => renewed(known, rep),
            (RepIntent::Deactivate, Some(known)) if known.is_active() => vec![RepEventData::Deactivated],
            (RepIntent::Reactivate, Some(known)) if !known.is_active() => vec![RepEventData::Reactivated],
            (RepIntent::SetLeave { leave }, Some(known)) if known.leave().given() != leave.as_slice() => {
                vec![RepEventData::LeaveSet { leave: leave.clone() }]
            }
            _ => Vec::new(),
        };
        if data.is_empty() {
            return Ok(RepPlanned::AlreadyDone);
        }
        let stamp = PolicyStamp::of(self.revisions().effective_at(now));
        let origin = Origin::new(command.actor.clone(), command.key.clone(), stamp);
        let mut kinds = Vec::new();
        let mut version = 0;
        for data in data {
            kinds.push(data.kind());
            version = planning.append_rep(&command.rep, data, &origin)?;
        }
        let outcome = Outcome::of_rep(command.rep.clone(), ItemOutcome::Applied { version, events: kinds });
        planning
            .finish(Some((command.key.clone(), command.content()?, outcome)))
            .map(|plan| RepPlanned::Plan(Box::new(plan)))
    }
}

/// What makes the facts of a known rep these: leave and activity have events of their own.
fn renewed(known: &Rep, new: &Rep) -> Vec<RepEventData> {
    let mut data = Vec::new();
    let alike = new.clone().with_leave(known.leave().given().iter().copied());
    let alike = if known.is_active() { alike.reactivated() } else { alike.deactivated() };
    if alike != *known {
        data.push(RepEventData::Changed { rep: Box::new(new.clone()) });
    }
    match (known.is_active(), new.is_active()) {
        (true, false) => data.push(RepEventData::Deactivated),
        (false, true) => data.push(RepEventData::Reactivated),
        _ => {}
    }
    if known.leave() != new.leave() {
        data.push(RepEventData::LeaveSet { leave: new.leave().given().to_vec() });
    }
    data
}
