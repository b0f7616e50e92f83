//! What is wanted of a customer: one list.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::events::{ChangedFact, Review};
use crate::id::{CustomerId, DocumentId, Label, PoolId, RepId};
use crate::model::{Activity, BusinessHold, ClosedCause, Customer, FreezeKind};
use crate::score::life_cycle::LifeFacts;
use crate::time::Timestamp;

/// Where a customer goes that had no place before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Landing<R = RepId> {
    /// To this rep.
    Owner(R),
    /// Into this pool.
    Pool(PoolId),
    /// Into the pool that routing names.
    Routing,
    /// Nowhere yet: it awaits admission (入池审核). An admission ends the waiting, and cannot name this.
    Awaiting,
}

/// What is wanted of a customer. What each comes to is said where it is decided: [`moves`](crate::moves),
/// [`claim`](crate::claim), [`sweep`](crate::sweep).
///
/// A command that is sent names reps by their ids. Where it is decided, `R` is `&Rep`: the facts of those who would get
/// the customer. Others are compared by their ids alone. That whoever commands has the authority is the host's matter,
/// but what only an owner may do is checked against the owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[serde(bound(serialize = "R: Serialize", deserialize = "R: Deserialize<'de>"))]
#[non_exhaustive]
pub enum Intent<R = RepId> {
    /// The rep claims (领取) it.
    Claim {
        /// Who.
        by: R,
    },
    /// The rep gets it by a pull: the order of its blind pool named it, not the rep. A host that lets reps send this with
    /// a customer of their choice has no blind pool.
    Pull {
        /// Who.
        by: R,
    },
    /// The rep asks for it: to have it reserved, or in its lottery.
    Ask {
        /// Who.
        by: R,
    },
    /// The rep confirms a reservation.
    Confirm {
        /// Who.
        by: R,
    },
    /// The rep gives up a reservation.
    Withdraw {
        /// Who.
        by: RepId,
    },
    /// A reservation that has lapsed is noted.
    Expire,
    /// Its lottery is drawn.
    Draw,
    /// The owner releases (退回) it, undoes the claim, or asks for an approval, as the policy has it.
    Release {
        /// Who: the owner.
        by: RepId,
    },
    /// The request to release it is approved.
    ApproveRelease {
        /// Who: not the owner.
        by: RepId,
    },
    /// The request is refused.
    RefuseRelease {
        /// Who: not the owner.
        by: RepId,
    },
    /// The owner undoes the claim.
    UndoClaim {
        /// Who: the owner.
        by: RepId,
    },
    /// A manager takes it back (收回).
    TakeBack,
    /// It is assigned (分配) from its pool.
    Assign {
        /// To whom.
        to: R,
    },
    /// It is transferred (转移).
    Transfer {
        /// To whom.
        to: R,
    },
    /// Its owner leaves (离职交接).
    Depart {
        /// Who leaves.
        of: RepId,
        /// The successor.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        successor: Option<R>,
        /// The owner's manager.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        manager: Option<R>,
    },
    /// A reclaim is undone (恢复).
    Restore {
        /// To whom.
        to: R,
    },
    /// It is moved to another pool.
    MoveTo {
        /// To which.
        pool: PoolId,
    },
    /// It escalates (升级到上级公海).
    Escalate,
    /// It is created.
    Create {
        /// Its facts: place *awaiting*, no history.
        customer: Box<Customer>,
        /// Where it goes.
        into: Landing<R>,
    },
    /// It is imported, with what is known of its past.
    Import {
        /// Its facts: place *awaiting*, and the history, if that is known.
        customer: Box<Customer>,
        /// Where it goes.
        into: Landing<R>,
        /// Since when it is there; since now by default.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Timestamp>,
        /// From which system.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<Label>,
    },
    /// It is admitted (入池审核).
    Admit {
        /// Where it goes.
        into: Landing<R>,
    },
    /// It is merged into another customer.
    Merge {
        /// Into which.
        into: CustomerId,
    },
    /// It is closed for good.
    Close {
        /// Why.
        cause: ClosedCause,
    },
    /// It is locked (锁定).
    Lock {
        /// Until when; open-ended without.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// Its lock ends.
    Unlock,
    /// Its protection is extended (延期).
    Extend {
        /// Until when.
        until: Timestamp,
    },
    /// It is frozen.
    Freeze {
        /// Why.
        kind: FreezeKind,
        /// Until when; open-ended without.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// Its freezes of a kind end.
    Unfreeze {
        /// Of which kind.
        kind: FreezeKind,
    },
    /// A business document holds it (业务占用).
    PlaceHold(BusinessHold),
    /// A business document holds it no longer.
    LiftHold {
        /// Which.
        document: DocumentId,
    },
    /// Its clock is paused (暂停计时) on `[from, to)`.
    Pause {
        /// From when.
        from: Timestamp,
        /// Until when.
        to: Timestamp,
    },
    /// It is reclaimed (回收) now, if that is due or the command's named exceptions let it pass.
    Reclaim,
    /// Whatever is outstanding by itself is done: a due reclaim, a nomination, a notice, a warning, an expired
    /// reservation, a lottery that is over, an escalation. An item of a sweep.
    Wake,
    /// A supervisor decides about its nomination (复核).
    Review(Review),
    /// An activity is recorded (跟进).
    RecordActivity(Box<Activity>),
    /// All its activities since its clock started are fed again, because the rules of what qualifies have changed.
    Refold {
        /// All of them.
        activities: Vec<Activity>,
    },
    /// A fact about what it is changes.
    Change(ChangedFact),
    /// Its tier (客户级别) changes, by hand.
    ChangeTier {
        /// The tier; none where it has none any more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tier: Option<Label>,
        /// The digest of the evidence.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        evidence: Option<Digest>,
        /// Until when it stands against the tier table of the policy; for good without.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// The tier table of the policy is asked: the tier changes, or how far the customer is below it. Nothing happens where
    /// there is no table.
    ReviewTier,
    /// The thresholds of the life cycle are asked. Nothing happens where there are none.
    ReviewLifeCycle(LifeFacts),
    /// A collaborator (协作人) is added.
    AddCollaborator {
        /// Who.
        rep: RepId,
    },
    /// A collaborator is removed.
    RemoveCollaborator {
        /// Who.
        rep: RepId,
    },
}

impl<R> Landing<R> {
    fn try_map<'r, S, E>(&'r self, name: impl FnOnce(&'r R) -> Result<S, E>) -> Result<Landing<S>, E> {
        Ok(match self {
            Self::Owner(rep) => Landing::Owner(name(rep)?),
            Self::Pool(pool) => Landing::Pool(pool.clone()),
            Self::Routing => Landing::Routing,
            Self::Awaiting => Landing::Awaiting,
        })
    }
}

impl<R> Intent<R> {
    /// The same with its reps named otherwise.
    ///
    /// # Errors
    /// The first error of `name`.
    pub fn try_map<'r, S, E>(&'r self, mut name: impl FnMut(&'r R) -> Result<S, E>) -> Result<Intent<S>, E> {
        use Intent as I;
        Ok(match self {
            Self::Claim { by } => I::Claim { by: name(by)? },
            Self::Pull { by } => I::Pull { by: name(by)? },
            Self::Ask { by } => I::Ask { by: name(by)? },
            Self::Confirm { by } => I::Confirm { by: name(by)? },
            Self::Withdraw { by } => I::Withdraw { by: by.clone() },
            Self::Expire => I::Expire,
            Self::Draw => I::Draw,
            Self::Release { by } => I::Release { by: by.clone() },
            Self::ApproveRelease { by } => I::ApproveRelease { by: by.clone() },
            Self::RefuseRelease { by } => I::RefuseRelease { by: by.clone() },
            Self::UndoClaim { by } => I::UndoClaim { by: by.clone() },
            Self::TakeBack => I::TakeBack,
            Self::Assign { to } => I::Assign { to: name(to)? },
            Self::Transfer { to } => I::Transfer { to: name(to)? },
            Self::Depart { of, successor, manager } => {
                let (successor, manager) = (successor.as_ref().map(&mut name), manager.as_ref().map(&mut name));
                I::Depart { of: of.clone(), successor: successor.transpose()?, manager: manager.transpose()? }
            }
            Self::Restore { to } => I::Restore { to: name(to)? },
            Self::MoveTo { pool } => I::MoveTo { pool: pool.clone() },
            Self::Escalate => I::Escalate,
            Self::Create { customer, into } => I::Create { customer: customer.clone(), into: into.try_map(name)? },
            Self::Import { customer, into, since, source } => {
                let (customer, source) = (customer.clone(), source.clone());
                I::Import { customer, into: into.try_map(name)?, since: *since, source }
            }
            Self::Admit { into } => I::Admit { into: into.try_map(name)? },
            Self::Merge { into } => I::Merge { into: into.clone() },
            Self::Close { cause } => I::Close { cause: *cause },
            Self::Lock { until } => I::Lock { until: *until },
            Self::Unlock => I::Unlock,
            Self::Extend { until } => I::Extend { until: *until },
            Self::Freeze { kind, until } => I::Freeze { kind: *kind, until: *until },
            Self::Unfreeze { kind } => I::Unfreeze { kind: *kind },
            Self::PlaceHold(hold) => I::PlaceHold(hold.clone()),
            Self::LiftHold { document } => I::LiftHold { document: document.clone() },
            Self::Pause { from, to } => I::Pause { from: *from, to: *to },
            Self::Reclaim => I::Reclaim,
            Self::Wake => I::Wake,
            Self::Review(review) => I::Review(*review),
            Self::RecordActivity(activity) => I::RecordActivity(activity.clone()),
            Self::Refold { activities } => I::Refold { activities: activities.clone() },
            Self::Change(fact) => I::Change(fact.clone()),
            Self::ChangeTier { tier, evidence, until } => {
                I::ChangeTier { tier: tier.clone(), evidence: *evidence, until: *until }
            }
            Self::ReviewTier => I::ReviewTier,
            Self::ReviewLifeCycle(facts) => I::ReviewLifeCycle(facts.clone()),
            Self::AddCollaborator { rep } => I::AddCollaborator { rep: rep.clone() },
            Self::RemoveCollaborator { rep } => I::RemoveCollaborator { rep: rep.clone() },
        })
    }
}
