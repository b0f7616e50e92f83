//! Decisions with names in place of references, for programs that read JSON.

use serde::Serialize;

use crate::decision::{Action, Decision, HeldBy, ReasonCode, Reasons, ReviewPending, Verdict};
use crate::id::{PoolId, StageId, TriggerId};
use crate::model::{FreezeKind, HoldKind};
use crate::policy::Policy;
use crate::time::Timestamp;

/// A verdict by name: `"due"`, `{"warn": "soon"}`, `{"held": {"business": "open_order"}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictReport {
    /// Nobody owns the customer, or it is closed.
    NotOwned,
    /// The facts do not tell, for this reason.
    Undetermined(ReasonCode),
    /// This holds the customer.
    Held(HeldReport),
    /// The due instant has come: the action is to be done.
    Due,
    /// A notice is to be served, or leads until this instant.
    NoticePending(Option<Timestamp>),
    /// A review is open.
    ReviewPending(ReviewPending),
    /// The owner is to be warned; the stage, where the policy knows it.
    Warn(Option<StageId>),
    /// The owner keeps the customer.
    Keep,
}

/// What holds a customer, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldReport {
    /// A freeze.
    Freeze(FreezeKind),
    /// An exemption.
    Exemption,
    /// A lock.
    Lock,
    /// A live business document; its kind, where the policy knows it.
    Business(Option<HoldKind>),
    /// A freeze window.
    FreezeWindow,
    /// A deferral of the review.
    Deferral,
}

/// A [`Decision`] with names in place of references, see [`Policy::report`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DecisionReport {
    /// The answer.
    pub verdict: VerdictReport,
    /// The first instant at which the owner is no longer protected.
    pub due: Option<Timestamp>,
    /// The deciding trigger.
    pub trigger: Option<TriggerId>,
    /// What happens when the due instant has come.
    pub action: Option<Action>,
    /// The pool to which the customer would go.
    pub pool: Option<PoolId>,
    /// The triggers that only notify and have come due.
    pub notify: Vec<TriggerId>,
    /// Everything that bears on the answer, in the order of precedence.
    pub reasons: Reasons,
    /// The first instant at which the decision is another if nothing else happens.
    pub next_change: Option<Timestamp>,
}

impl Policy {
    /// A decision of this policy with names in place of references.
    ///
    /// ```
    /// # use customer_pool::model::Customer;
    /// # use customer_pool::{at, id};
    /// # let policy = customer_pool::Policy::from_json(r#"{"format":1,"id":"p","revision":1,"default_calendar":"u","calendars":{"u":{
    /// #   "zone":"UTC","working_days":["mon"],"valid":{"from":"2024-01-01","to":"2030-12-31"}}},"pools":[{"id":"east"}],"routing":
    /// #   {"fallback":"east"},"groups":[{"id":"g","triggers":[{"id":"silent","when":"always","base":{"days":3}}]}]}"#)?;
    /// # let customer = Customer::owned(id!("c1"), id!("r1"), at!("2026-03-02T15:00:00Z"));
    /// let decision = policy.decide(&customer, None, at!("2026-03-09T08:00:00Z"));
    /// assert_eq!(
    ///     serde_json::to_string(&policy.report(&decision))?,
    ///     r#"{"verdict":"due","due":"2026-03-06T00:00:00Z","trigger":"silent","action":"reclaim","pool":"east","notify":[],"reasons":["reclaim.due","clock.base"],"next_change":null}"#
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn report(&self, decision: &Decision) -> DecisionReport {
        let verdict = match decision.verdict() {
            Verdict::NotOwned => VerdictReport::NotOwned,
            Verdict::Undetermined(code) => VerdictReport::Undetermined(code),
            Verdict::Held(by) => VerdictReport::Held(match by {
                HeldBy::Freeze(kind) => HeldReport::Freeze(kind),
                HeldBy::Exemption => HeldReport::Exemption,
                HeldBy::Lock => HeldReport::Lock,
                HeldBy::Business(hold) => HeldReport::Business(self.hold_kind(hold).cloned()),
                HeldBy::FreezeWindow => HeldReport::FreezeWindow,
                HeldBy::Deferral => HeldReport::Deferral,
            }),
            Verdict::Due => VerdictReport::Due,
            Verdict::NoticePending(earliest) => VerdictReport::NoticePending(earliest),
            Verdict::ReviewPending(state) => VerdictReport::ReviewPending(state),
            Verdict::Warn(stage) => {
                VerdictReport::Warn(decision.trigger().and_then(|trigger| self.stage_id(trigger, stage)).cloned())
            }
            Verdict::Keep => VerdictReport::Keep,
        };
        DecisionReport {
            verdict,
            due: decision.due(),
            trigger: decision.trigger().and_then(|trigger| self.trigger_id(trigger)).cloned(),
            action: decision.action(),
            pool: decision.pool().and_then(|pool| self.pool_id(pool)).cloned(),
            notify: self.notify_ids(decision.notify()).cloned().collect(),
            reasons: decision.reasons(),
            next_change: decision.next_change(),
        }
    }
}
