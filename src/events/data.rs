//! What an event says: a kind, and what must be told for the customer's state to follow from it.

use serde::{Deserialize, Serialize};

use crate::attribute::AttributeValue;
use crate::digest::Digest;
use crate::id::{CustomerId, DocumentId, Label, PoolId, RepId};
use crate::model::{
    Activity, BusinessHold, Cause, ClosedCause, Customer, Extension, Folded, Freeze, FreezeKind, Lifecycle, Lock,
    Nomination, Notice, Ownership, Place, Profile, ReleaseRequest, Scores, TierState, WarningKey,
};
use crate::time::{Span, Timestamp};

/// An ownership that begins, with the owner's units then, and what of the folded activities counts for it where that is
/// another than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Begun {
    ownership: Box<Ownership>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    folded: Option<Box<Folded>>,
}

impl Begun {
    /// This ownership begins.
    #[must_use]
    pub fn new(ownership: Ownership) -> Self {
        Self { ownership: Box::new(ownership), folded: None }
    }

    /// And these activities count for it.
    #[must_use]
    pub fn with_folded(mut self, folded: Folded) -> Self {
        self.folded = Some(Box::new(folded));
        self
    }

    /// The ownership.
    #[must_use]
    pub fn ownership(&self) -> &Ownership {
        &self.ownership
    }

    /// The activities that count for it, where they are others than before.
    #[must_use]
    pub fn folded(&self) -> Option<&Folded> {
        self.folded.as_deref()
    }
}

/// Where a customer goes when its owner leaves: the heir that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FoundHeir {
    /// To another owner.
    Owner(Begun),
    /// Into a pool.
    Pool(PoolId),
}

/// What a supervisor decided about a nomination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Review {
    /// It is approved: if its conditions still hold, the customer is reclaimed.
    Approved,
    /// It is rejected: the owner keeps the customer until the cycle changes.
    Rejected,
    /// It is deferred (暂缓) until this instant.
    Deferred(Timestamp),
    /// It is withdrawn, as if it had never been made.
    Withdrawn,
}

/// A fact about what a customer is, as it now is; nothing where it is no longer known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ChangedFact {
    /// A declared attribute.
    Attribute {
        /// Its key.
        key: Label,
        /// Its value.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value: Option<AttributeValue>,
    },
    /// A declared attribute that is personal: only a salted digest of its value is told, and the state has no value.
    Personal {
        /// Its key.
        key: Label,
        /// The digest of what lies in a side record; nothing where it is no longer known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        digest: Option<Digest>,
    },
    /// Its tags, all of them.
    Tags(Vec<Label>),
    /// When its last deal (成交) was made.
    LastDeal(Timestamp),
    /// When its last contract ended or ends.
    LastContractEnd(Timestamp),
    /// Its profile, whole.
    Profile(Box<Profile>),
    /// Its scores, all of them: those of another run are forgotten.
    Scores(Box<Scores>),
    /// How far it is below its tier, or that the tier was given by hand; the tier is the same.
    TierState(Box<TierState>),
    /// Where it stands in its life as a customer.
    LifeCycle {
        /// The stage.
        stage: Lifecycle,
        /// The digest of the evidence.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        evidence: Option<Digest>,
    },
}

/// The kind of an event with what it says.
///
/// What follows from the state is not told: when an ownership ended and whose it was, the entries of a pool before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum EventData {
    /// Created: the customer as it then is.
    Created {
        /// The facts, place included.
        customer: Box<Customer>,
    },
    /// Imported: the customer with what is known of its past, and from where.
    Imported {
        /// The facts, place and history included; since when the history is complete stands in them.
        customer: Box<Customer>,
        /// From which system.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<Label>,
    },
    /// Admitted: the place it gets.
    Admitted {
        /// An owner or a pool.
        place: Box<Place>,
        /// The customer's other facts, where the admission is its first event.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        customer: Option<Box<Customer>>,
    },
    /// Claimed.
    Claimed(Begun),
    /// Assigned.
    Assigned(Begun),
    /// Transferred.
    Transferred(Begun),
    /// The reclaim was undone.
    Restored(Begun),
    /// Released into this pool.
    Released {
        /// The pool.
        pool: PoolId,
    },
    /// Reclaimed into this pool.
    Reclaimed {
        /// The pool.
        pool: PoolId,
    },
    /// Taken back into this pool.
    TakenBack {
        /// The pool.
        pool: PoolId,
    },
    /// Back in the pool as it was before the claim.
    ClaimUndone,
    /// The owner left.
    Departed {
        /// To whom the customer goes.
        to: FoundHeir,
    },
    /// Moved to this pool.
    Moved {
        /// The pool.
        pool: PoolId,
    },
    /// Escalated to this pool.
    Escalated {
        /// The pool.
        pool: PoolId,
    },
    /// Merged into this customer.
    Merged {
        /// Which.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        into: Option<CustomerId>,
    },
    /// Closed for good.
    Closed {
        /// Why.
        cause: ClosedCause,
    },
    /// This rep asked for it in its lottery.
    Asked {
        /// Who.
        rep: RepId,
    },
    /// Reserved for this rep.
    Reserved {
        /// For whom.
        rep: RepId,
        /// When the reservation lapses.
        until: Timestamp,
        /// The span it was made for; events from before spans were kept have none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        span: Option<Span>,
    },
    /// Its reservation lapsed.
    ReservationExpired,
    /// Its reservation was given up.
    ReservationWithdrawn,
    /// Its lottery was drawn.
    Drawn {
        /// Who has won; nobody, where all who asked had become ineligible.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        winner: Option<RepId>,
    },
    /// The owner asked to release it.
    ReleaseRequested(ReleaseRequest),
    /// That was approved.
    ReleaseApproved,
    /// That was refused.
    ReleaseRefused,
    /// A business document holds it.
    HoldPlaced(BusinessHold),
    /// A business document holds it no longer.
    HoldLifted {
        /// Which.
        document: DocumentId,
    },
    /// Locked.
    Locked(Lock),
    /// The live locks end.
    Unlocked,
    /// Frozen.
    Frozen(Freeze),
    /// The freezes of this kind end.
    Unfrozen {
        /// Of which kind.
        kind: FreezeKind,
    },
    /// An extension was granted.
    ExtensionGranted(Extension),
    /// The clock is paused on `[from, to)`.
    PauseSet {
        /// From when.
        from: Timestamp,
        /// Until when.
        to: Timestamp,
    },
    /// The owner was warned, under this key.
    Warned {
        /// The key.
        key: WarningKey,
    },
    /// A notice was served.
    NoticeServed(Notice),
    /// Nominated for a review.
    Nominated(Nomination),
    /// The nomination was decided about.
    ReviewDecided(Review),
    /// An activity was recorded, and changed what is folded.
    ActivityRecorded {
        /// The activity; none where all of them were fed again.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        activity: Option<Box<Activity>>,
        /// What all activities amount to with it, where a clock runs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        folded: Option<Box<Folded>>,
    },
    /// A fact about what the customer is changed.
    AttributeChanged(ChangedFact),
    /// The tier changed.
    TierChanged {
        /// The new tier; none where the customer has none any more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tier: Option<Label>,
        /// Since when it has it and until when it stands, where a tier table keeps it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        state: Option<Box<TierState>>,
        /// The digest of the evidence: scores, cuts, and the state the change came from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        evidence: Option<Digest>,
    },
    /// A collaborator was added.
    CollaboratorAdded {
        /// Who.
        rep: RepId,
    },
    /// A collaborator was removed.
    CollaboratorRemoved {
        /// Who.
        rep: RepId,
    },
}

impl EventData {
    /// The ownership that begins of what the customer was, with the activities that count for it.
    pub(crate) const fn begins(&self) -> Option<&Begun> {
        match self {
            Self::Claimed(begun) | Self::Assigned(begun) | Self::Transferred(begun) | Self::Restored(begun) => {
                Some(begun)
            }
            Self::Departed { to: FoundHeir::Owner(begun) } => Some(begun),
            _ => None,
        }
    }

    /// The ownership that begins.
    #[must_use]
    pub fn begun(&self) -> Option<&Ownership> {
        match self {
            Self::Created { customer } | Self::Imported { customer, .. } => customer.ownership(),
            Self::Admitted { place, .. } => match &**place {
                Place::Owned(ownership) => Some(ownership),
                _ => None,
            },
            _ => self.begins().map(Begun::ownership),
        }
    }

    /// Why an ownership ends, where the event ends one.
    #[must_use]
    pub const fn ends(&self) -> Option<Cause> {
        match self {
            Self::Transferred(_) => Some(Cause::Transferred),
            Self::Released { .. } => Some(Cause::Released),
            Self::Reclaimed { .. } => Some(Cause::Reclaimed),
            Self::TakenBack { .. } => Some(Cause::TakenBack),
            Self::ClaimUndone => Some(Cause::Undone),
            Self::Departed { .. } => Some(Cause::Departed),
            Self::Merged { .. } => Some(Cause::Merged),
            Self::Closed { .. } => Some(Cause::Closed),
            _ => None,
        }
    }
}
