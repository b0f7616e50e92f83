//! Commands as they are sent: what is wanted, by whom, under which key.

use serde::{Deserialize, Serialize};

use crate::claim::Bypass;
use crate::digest::{CanonicalError, Digest};
use crate::id::{CommandKey, CustomerId, DocumentId, Label, PoolId, RepId};
use crate::ledger::{Fact, Review};
use crate::model::{Activity, Actor, BusinessHold, ClosedCause, Customer, FreezeKind};
use crate::moves::Exception;
use crate::score::life_cycle::LifeFacts;
use crate::time::Instant;

/// Where a customer goes that had no place before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Landing {
    /// To this rep.
    Owner(RepId),
    /// Into this pool.
    Pool(PoolId),
    /// Into the pool that routing names.
    Routing,
    /// Nowhere yet: it awaits admission (入池审核).
    Awaiting,
}

/// What is wanted of a customer. What each comes to is said where it is decided: [`moves`](crate::moves),
/// [`claim`](crate::claim), [`sweep`](crate::sweep).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Intent {
    /// The rep claims (领取) it.
    Claim {
        /// Who.
        by: RepId,
    },
    /// The rep gets it by a pull: the order of its blind pool named it, not the rep. A host that lets reps send this with
    /// a customer of their choice has no blind pool.
    Pull {
        /// Who.
        by: RepId,
    },
    /// The rep asks for it: to have it reserved, or in its lottery.
    Ask {
        /// Who.
        by: RepId,
    },
    /// The rep confirms a reservation.
    Confirm {
        /// Who.
        by: RepId,
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
        to: RepId,
    },
    /// It is transferred (转移).
    Transfer {
        /// To whom.
        to: RepId,
    },
    /// Its owner leaves (离职交接).
    Depart {
        /// Who leaves.
        of: RepId,
        /// The successor.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        successor: Option<RepId>,
        /// The owner's manager.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        manager: Option<RepId>,
    },
    /// A reclaim is undone (恢复).
    Restore {
        /// To whom.
        to: RepId,
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
        into: Landing,
    },
    /// It is imported, with what is known of its past.
    Import {
        /// Its facts: place *awaiting*, and the history, if that is known.
        customer: Box<Customer>,
        /// Where it goes.
        into: Landing,
        /// Since when it is there; since now by default.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Instant>,
        /// From which system.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<Label>,
    },
    /// It is admitted (入池审核).
    Admit {
        /// Where it goes.
        into: Landing,
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
        until: Option<Instant>,
    },
    /// Its lock ends.
    Unlock,
    /// Its protection is extended (延期).
    Extend {
        /// Until when.
        until: Instant,
    },
    /// It is frozen.
    Freeze {
        /// Why.
        kind: FreezeKind,
        /// Until when; open-ended without.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Instant>,
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
        from: Instant,
        /// Until when.
        to: Instant,
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
    Change(Fact),
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
        until: Option<Instant>,
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

/// A note (备注): free text, which lies in a side record that can be erased. The event names it by its salted digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Note {
    salt: String,
    text: String,
}

impl Note {
    /// This text, with a salt that nobody can guess: sixteen random bytes in any spelling, say.
    #[must_use]
    pub fn new(salt: impl Into<String>, text: impl Into<String>) -> Self {
        Self { salt: salt.into(), text: text.into() }
    }

    /// The digest under which events name it.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::salted(self.salt.as_bytes(), &self.text)
    }

    /// The salt.
    #[must_use]
    pub fn salt(&self) -> &str {
        &self.salt
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// A command about one customer, as it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Command {
    pub(super) key: CommandKey,
    pub(super) customer: CustomerId,
    pub(super) actor: Actor,
    pub(super) intent: Intent,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) pool: Option<PoolId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reason: Option<Label>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) note: Option<Note>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) bypasses: Vec<Bypass>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) exceptions: Vec<Exception>,
}

impl Command {
    /// This intent about this customer, by this actor. The key is whoever's who sends it, made once for the command and
    /// sent again with each try: a second commit under it gives back the first outcome.
    #[must_use]
    pub fn new(key: CommandKey, customer: CustomerId, actor: Actor, intent: Intent) -> Self {
        let (bypasses, exceptions) = (Vec::new(), Vec::new());
        Self { key, customer, actor, intent, pool: None, reason: None, note: None, bypasses, exceptions }
    }

    /// Naming this pool: out of which a customer is claimed or assigned, or into which it is released or taken back.
    #[must_use]
    pub fn with_pool(mut self, pool: PoolId) -> Self {
        self.pool = Some(pool);
        self
    }

    /// For this reason.
    #[must_use]
    pub fn with_reason(mut self, reason: Label) -> Self {
        self.reason = Some(reason);
        self
    }

    /// With this note.
    #[must_use]
    pub fn with_note(mut self, note: Note) -> Self {
        self.note = Some(note);
        self
    }

    /// With these denials of claims removed.
    #[must_use]
    pub fn with_bypasses(mut self, bypasses: impl IntoIterator<Item = Bypass>) -> Self {
        self.bypasses = bypasses.into_iter().collect();
        self
    }

    /// With these named exceptions.
    #[must_use]
    pub fn with_exceptions(mut self, exceptions: impl IntoIterator<Item = Exception>) -> Self {
        self.exceptions = exceptions.into_iter().collect();
        self
    }

    /// Its idempotency key.
    #[must_use]
    pub fn key(&self) -> &CommandKey {
        &self.key
    }

    /// About which customer.
    #[must_use]
    pub fn customer(&self) -> &CustomerId {
        &self.customer
    }

    /// By whom.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// What is wanted.
    #[must_use]
    pub fn intent(&self) -> &Intent {
        &self.intent
    }

    /// The digest of its content: everything but `now`, the note by its digest.
    ///
    /// # Errors
    /// [`CanonicalError`], which no command of this crate's types gives.
    pub fn content(&self) -> Result<Digest, CanonicalError> {
        let bare = Self { note: None, ..self.clone() };
        Digest::of(&(&bare, self.note.as_ref().map(Note::digest)))
    }
}
