//! Whether one reclaim may be done now: planned items checked again, and named exceptions.

use core::fmt;

use super::plan::{SweepAction, SweepItem, Under, item};
use crate::decision::{Action, Class, Decision, HeldBy, ReasonCode, ReviewPending, Verdict};
use crate::model::{Customer, OwnerFacts, Rep};
use crate::moves::{Exception, ExceptionKind, Intent, Move, MoveCase};
use crate::policy::{Policy, Revisions};
use crate::time::Timestamp;
use crate::wire::codes;

/// What became of a planned item.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recheck {
    /// It is still to be done.
    Stands,
    /// Owner, ownership or due instant are others than when it was planned: the item is void.
    Void,
    /// They are the same, but it is not to be done now — held, done already, its warning superseded —: the decision says
    /// what is.
    NotNow(Decision),
}

/// Why a reclaim is not executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ExecutionRefusal {
    /// Nobody owns the customer, or it is closed.
    NotOwned,
    /// The facts do not tell.
    Undetermined(ReasonCode),
    /// No clock runs for the customer.
    NothingArmed,
    /// The due instant lies ahead; [`ExceptionKind::DueAhead`] lets it pass.
    DueAhead(Timestamp),
    /// A notice has not been served, or has not led long enough; [`ExceptionKind::DueAhead`] lets it pass.
    NoticePending(Option<Timestamp>),
    /// Frozen; [`ExceptionKind::Freeze`] lets it pass.
    Frozen(HeldBy),
    /// Held otherwise; [`ExceptionKind::Hold`] lets it pass.
    Held(HeldBy),
    /// A review is needed and was not made, or is open.
    ReviewPending(Option<ReviewPending>),
    /// A supervisor deferred the review.
    ReviewDeferred,
    /// A supervisor rejected the review.
    ReviewRejected,
}

codes! {
    /// Why a reclaim is not executed, without the numbers: what the outcome of a command keeps.
    #[derive(Copy, Hash)]
    ExecutionCode;

    /// Nobody owns the customer, or it is closed.
    NotOwned = "execution.not_owned", Conflict;
    /// The facts do not tell.
    Undetermined = "execution.undetermined", Unknown;
    /// No clock runs for the customer.
    NothingArmed = "execution.nothing_armed", Conflict;
    /// The due instant lies ahead.
    DueAhead = "execution.due_ahead", Later;
    /// A notice has not been served, or has not led long enough.
    NoticePending = "execution.notice_pending", Later;
    /// The customer is frozen.
    Frozen = "execution.frozen", Conflict;
    /// A lock, a business document, an exemption or a freeze window keeps the customer with its owner.
    Held = "execution.held", Conflict;
    /// A review is needed and was not made, or is open.
    ReviewPending = "execution.review_pending", Conflict;
    /// A supervisor deferred the review.
    ReviewDeferred = "execution.review_deferred", Later;
    /// A supervisor rejected the review.
    ReviewRejected = "execution.review_rejected", Forbidden;
}

impl ExecutionRefusal {
    /// The stable code.
    #[must_use]
    pub const fn code(self) -> ExecutionCode {
        match self {
            Self::NotOwned => ExecutionCode::NotOwned,
            Self::Undetermined(_) => ExecutionCode::Undetermined,
            Self::NothingArmed => ExecutionCode::NothingArmed,
            Self::DueAhead(_) => ExecutionCode::DueAhead,
            Self::NoticePending(_) => ExecutionCode::NoticePending,
            Self::Frozen(_) => ExecutionCode::Frozen,
            Self::Held(_) => ExecutionCode::Held,
            Self::ReviewPending(_) => ExecutionCode::ReviewPending,
            Self::ReviewDeferred => ExecutionCode::ReviewDeferred,
            Self::ReviewRejected => ExecutionCode::ReviewRejected,
        }
    }

    /// What kind of "no" it is.
    #[must_use]
    pub fn class(self) -> Class {
        match self {
            Self::Undetermined(code) => code.class_of_undetermined(),
            known => known.code().class(),
        }
    }
}

impl fmt::Display for ExecutionRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code().code())
    }
}

/// What executing a reclaim comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Execution {
    /// The customer goes to the pool: this is the move, with the exceptions that were needed.
    Reclaims(Box<Move>),
    /// It stays, for every one of these. A nomination that was approved and is refused here is withdrawn, as if it had
    /// never been made.
    Refused(Vec<ExecutionRefusal>),
}

impl Policy {
    /// Whether a planned item is still to be done at `now`, given the facts of now. Ask it when the item is written, on
    /// the state that is written to: a follow-up made since the plan must not be overwritten.
    #[must_use]
    pub fn recheck<'r>(
        &self,
        planned: &SweepItem,
        customer: &Customer,
        owner: impl Into<OwnerFacts<&'r Rep>>,
        now: Timestamp,
    ) -> Recheck {
        Under::Policy(self).recheck(planned, customer, owner.into(), now)
    }

    /// The reclaim of a customer at `now`, if it may be executed: because it is due and nothing is to be waited for, or
    /// because named exceptions let pass what it would wait for. Early execution ([`ExceptionKind::DueAhead`]), execution
    /// despite a hold ([`ExceptionKind::Hold`]) and despite a freeze ([`ExceptionKind::Freeze`]) are separate exceptions, and each
    /// needs its reason. No exception replaces a review.
    ///
    /// The conditions of an approved nomination are evaluated again here.
    ///
    /// ```
    /// use customer_pool::model::Customer;
    /// use customer_pool::moves::{Exception, ExceptionKind};
    /// use customer_pool::sweep::{Execution, ExecutionRefusal};
    /// use customer_pool::{at, id};
    /// # let policy = customer_pool::Policy::from_json(r#"{"format":1,"id":"p","revision":1,"default_calendar":"u","calendars":{"u":{
    /// #   "zone":"UTC","working_days":["mon"],"valid":{"from":"2024-01-01","to":"2030-12-31"}}},"pools":[{"id":"east"}],"routing":
    /// #   {"fallback":"east"},"groups":[{"id":"g","triggers":[{"id":"silent","when":"always","base":{"days":3}}]}]}"#)?;
    /// let customer = Customer::owned(id!("c1"), id!("li"), at!("2026-03-02T07:00:00Z"));
    /// let now = at!("2026-03-03T00:00:00Z");
    ///
    /// let refused = policy.execute(&customer, None, &[], now);
    /// let due = at!("2026-03-06T00:00:00Z");
    /// assert_eq!(refused, Execution::Refused(vec![ExecutionRefusal::DueAhead(due)]));
    ///
    /// let early = [Exception::new(ExceptionKind::DueAhead, id!("owner_asked"))];
    /// let Execution::Reclaims(moved) = policy.execute(&customer, None, &early, now) else { return Err("early".into()) };
    /// assert_eq!(moved.exceptions(), early);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn execute<'r>(
        &self,
        customer: &Customer,
        owner: impl Into<OwnerFacts<&'r Rep>>,
        exceptions: &[Exception],
        now: Timestamp,
    ) -> Execution {
        Under::Policy(self).execute(customer, owner.into(), exceptions, now)
    }
}

impl Revisions {
    /// The same for a policy that has changed: see [`Policy::recheck`].
    #[must_use]
    pub fn recheck<'r>(
        &self,
        planned: &SweepItem,
        customer: &Customer,
        owner: impl Into<OwnerFacts<&'r Rep>>,
        now: Timestamp,
    ) -> Recheck {
        Under::Revisions(self).recheck(planned, customer, owner.into(), now)
    }

    /// The same for a policy that has changed: see [`Policy::execute`].
    #[must_use]
    pub fn execute<'r>(
        &self,
        customer: &Customer,
        owner: impl Into<OwnerFacts<&'r Rep>>,
        exceptions: &[Exception],
        now: Timestamp,
    ) -> Execution {
        Under::Revisions(self).execute(customer, owner.into(), exceptions, now)
    }
}

impl Under<'_> {
    fn recheck(self, planned: &SweepItem, customer: &Customer, owner: OwnerFacts<&Rep>, now: Timestamp) -> Recheck {
        let (policy, decision) = self.decide(customer, owner, now);
        let same = customer.id() == planned.customer()
            && customer.ownership().is_some_and(|ownership| {
                ownership.owner() == planned.owner() && ownership.number() == planned.ownership()
            })
            && decision.due() == Some(planned.due());
        match item(policy, customer, &decision) {
            _ if !same => Recheck::Void,
            Ok(Some(present)) if acts_alike(present.action(), planned.action()) => Recheck::Stands,
            _ => Recheck::NotNow(decision),
        }
    }

    fn execute(
        self,
        customer: &Customer,
        owner: OwnerFacts<&Rep>,
        exceptions: &[Exception],
        now: Timestamp,
    ) -> Execution {
        let (policy, decision) = self.decide(customer, owner, now);
        execution(policy, &decision, customer, owner, exceptions, now)
    }
}

/// What executing a reclaim comes to, by this decision of now.
pub(crate) fn execution(
    policy: &Policy,
    decision: &Decision,
    customer: &Customer,
    owner: OwnerFacts<&Rep>,
    exceptions: &[Exception],
    now: Timestamp,
) -> Execution {
    let mut refusals = waited_for(decision, now);
    let lets_pass = |kind: ExceptionKind| exceptions.iter().find(|exception| exception.kind() == kind);
    let mut used: Vec<Exception> = Vec::new();
    refusals.retain(|refusal| {
        let kind = match refusal {
            ExecutionRefusal::DueAhead(_) | ExecutionRefusal::NoticePending(_) => ExceptionKind::DueAhead,
            ExecutionRefusal::Frozen(_) => ExceptionKind::Freeze,
            ExecutionRefusal::Held(_) => ExceptionKind::Hold,
            _ => return true,
        };
        match lets_pass(kind) {
            Some(exception) => {
                if !used.contains(exception) {
                    used.push(exception.clone());
                }
                false
            }
            None => true,
        }
    });
    let pool = decision.pool().and_then(|pool| policy.pool_id(pool));
    let (true, Some(pool)) = (refusals.is_empty(), pool) else { return Execution::Refused(refusals) };
    used.sort();
    let mut case = MoveCase::new(customer, Intent::Reclaim).with_exceptions(&used);
    if let Some(owner) = owner.known() {
        case = case.with_owner(owner);
    }
    match policy.reclaim_move(&case, pool, now) {
        Ok(moved) => Execution::Reclaims(Box::new(moved)),
        Err(code) => Execution::Refused(vec![ExecutionRefusal::Undetermined(code)]),
    }
}

/// Whether both do the same: of warnings, the same one.
fn acts_alike(one: &SweepAction, other: &SweepAction) -> bool {
    match (one, other) {
        (SweepAction::Warn { key, .. }, SweepAction::Warn { key: other, .. }) => key == other,
        _ => one == other,
    }
}

/// Everything that a reclaim would have to wait for.
fn waited_for(decision: &Decision, now: Timestamp) -> Vec<ExecutionRefusal> {
    let mut found = Vec::new();
    match decision.verdict() {
        Verdict::NotOwned => return vec![ExecutionRefusal::NotOwned],
        Verdict::Undetermined(code) => return vec![ExecutionRefusal::Undetermined(code)],
        Verdict::Held(HeldBy::Deferral) => return vec![ExecutionRefusal::ReviewDeferred],
        Verdict::Held(by @ HeldBy::Freeze(_)) => found.push(ExecutionRefusal::Frozen(by)),
        Verdict::Held(by) => found.push(ExecutionRefusal::Held(by)),
        Verdict::ReviewPending(state) => return vec![ExecutionRefusal::ReviewPending(Some(state))],
        Verdict::NoticePending(earliest) => found.push(ExecutionRefusal::NoticePending(earliest)),
        Verdict::Due | Verdict::Warn(_) | Verdict::Keep => {}
    }
    let Some(due) = decision.due() else {
        found.push(ExecutionRefusal::NothingArmed);
        return found;
    };
    if decision.reasons().contains(ReasonCode::ReviewRejected) {
        found.push(ExecutionRefusal::ReviewRejected);
    }
    if now < due {
        found.push(ExecutionRefusal::DueAhead(due));
    }
    // What a hold hides is waited for all the same.
    if matches!(decision.verdict(), Verdict::Held(_)) {
        let hidden = decision.reasons();
        if hidden.contains(ReasonCode::NoticeDue) || hidden.contains(ReasonCode::NoticeRunning) {
            found.push(ExecutionRefusal::NoticePending(None));
        }
        if hidden.contains(ReasonCode::ReviewDeferred) {
            found.push(ExecutionRefusal::ReviewDeferred);
        }
    }
    if decision.action() == Some(Action::Review) && !found.contains(&ExecutionRefusal::ReviewRejected) {
        found.push(ExecutionRefusal::ReviewPending(None));
    }
    found
}
