//! What is wanted of a customer, by whom, and what is known.

use serde::{Deserialize, Serialize};

use crate::claim::Bypass;
use crate::id::{CustomerId, DocumentId, Label, PoolId, RepId};
use crate::model::{BusinessHold, ClosedCause, Customer, FreezeKind, Ledger, Rep};
use crate::time::Instant;

/// Where a customer goes that had no place before.
#[derive(Clone, Copy, Debug)]
pub enum Entry<'a> {
    /// To this rep.
    Owner(&'a Rep),
    /// Into this pool.
    Pool(&'a PoolId),
    /// Into the pool that routing names.
    Routing,
    /// Nowhere yet: it awaits admission (入池审核). An admission ends the waiting, and cannot name this.
    Awaiting,
}

/// A command about one customer. Reps are given as facts where a check reads them; that whoever commands has the
/// authority is the host's matter, but what only an owner may do is checked against the owner.
#[derive(Clone, Copy, Debug)]
pub enum Command<'a> {
    /// The rep claims (领取) it.
    Claim {
        /// Who.
        by: &'a Rep,
    },
    /// The rep gets it by a pull: the order of its blind pool named it, not the rep.
    Pull {
        /// Who.
        by: &'a Rep,
    },
    /// The rep asks for it: to have it reserved, or in its lottery.
    Ask {
        /// Who.
        by: &'a Rep,
    },
    /// The rep confirms a reservation.
    Confirm {
        /// Who.
        by: &'a Rep,
    },
    /// The rep gives up a reservation.
    Withdraw {
        /// Who.
        by: &'a RepId,
    },
    /// A reservation that has lapsed is noted.
    Expire,
    /// The customer's lottery is drawn: the case gives the askers.
    Draw,
    /// The owner releases (退回) it; inside the undo window the claim is undone. Where the policy asks for an approval,
    /// this is the request.
    Release {
        /// Who: the owner.
        by: &'a RepId,
    },
    /// The owner's request to release it is approved, and it is released.
    ApproveRelease {
        /// Who: not the owner.
        by: &'a RepId,
    },
    /// The request is refused.
    RefuseRelease {
        /// Who: not the owner.
        by: &'a RepId,
    },
    /// The owner undoes the claim.
    UndoClaim {
        /// Who: the owner.
        by: &'a RepId,
    },
    /// A manager takes it back (收回).
    TakeBack,
    /// It is assigned (分配) from its pool.
    Assign {
        /// To whom.
        to: &'a Rep,
    },
    /// It is transferred (转移) from its owner to another.
    Transfer {
        /// To whom.
        to: &'a Rep,
    },
    /// Its owner leaves (离职交接).
    Depart {
        /// Who leaves: the owner.
        of: &'a RepId,
        /// The successor, where there is one.
        successor: Option<&'a Rep>,
        /// The owner's manager, where known.
        manager: Option<&'a Rep>,
    },
    /// A reclaim is undone (恢复).
    Restore {
        /// To whom: the rep from whom it was reclaimed.
        to: &'a Rep,
    },
    /// It is moved to another pool.
    MoveTo {
        /// To which.
        pool: &'a PoolId,
    },
    /// It escalates (升级到上级公海) to the pool above.
    Escalate,
    /// It is created. The customer's facts have no history, and the place *awaiting*.
    Create {
        /// Where it goes.
        into: Entry<'a>,
    },
    /// It is imported, with what is known of its past. The customer's facts have the place *awaiting*.
    Import {
        /// Where it goes.
        into: Entry<'a>,
        /// Since when it is there; since now by default.
        since: Option<Instant>,
    },
    /// It is admitted (入池审核).
    Admit {
        /// Where it goes.
        into: Entry<'a>,
    },
    /// It is merged into another customer.
    Merge {
        /// Into which.
        into: &'a CustomerId,
    },
    /// It is closed for good.
    Close {
        /// Why.
        cause: ClosedCause,
    },
    /// It is locked (锁定).
    Lock {
        /// Until when; open-ended without.
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
        until: Option<Instant>,
    },
    /// Its freezes of a kind end.
    Unfreeze {
        /// Of which kind.
        kind: FreezeKind,
    },
    /// A business document holds it (业务占用).
    PlaceHold {
        /// The document.
        hold: &'a BusinessHold,
    },
    /// A business document holds it no longer.
    LiftHold {
        /// The document.
        document: &'a DocumentId,
    },
    /// Its clock is paused (暂停计时) on `[from, to)`.
    Pause {
        /// From when.
        from: Instant,
        /// Until when.
        to: Instant,
    },
}

/// What an exception allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Despite {
    /// A freeze.
    Freeze,
    /// A live business hold.
    Hold,
    /// A due instant that lies ahead: a reclaim before its time. No command of this room asks for it.
    DueAhead,
}

/// A named exception to what refuses a command, with its reason. The event records those that were used.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    despite: Despite,
    reason: Label,
}

impl Exception {
    /// This exception, for this reason.
    #[must_use]
    pub fn new(despite: Despite, reason: Label) -> Self {
        Self { despite, reason }
    }

    /// What it allows.
    #[must_use]
    pub fn despite(&self) -> Despite {
        self.despite
    }

    /// Why.
    #[must_use]
    pub fn reason(&self) -> &Label {
        &self.reason
    }
}

/// A command about one customer, and the facts it is decided by.
///
/// ```
/// use customer_pool::model::{Customer, Ownership, Place};
/// use customer_pool::moves::{Command, MoveCase};
/// let owned = Ownership::new("li".parse()?, "2026-03-02T07:00:00Z".parse()?);
/// let customer = Customer::new("c1".parse()?, Place::Owned(owned));
/// let li = "li".parse()?;
/// let reason = "wrong_region".parse()?;
/// let case = MoveCase::new(&customer, Command::Release { by: &li }).with_reason(&reason);
/// assert_eq!(case.reason().unwrap(), "wrong_region");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct MoveCase<'a> {
    customer: &'a Customer,
    customer_version: Option<u64>,
    command: Command<'a>,
    owner: Option<&'a Rep>,
    ledgers: &'a [Ledger],
    askers: &'a [(Rep, Vec<Ledger>)],
    pool: Option<&'a PoolId>,
    reason: Option<&'a Label>,
    noted: bool,
    bypasses: &'a [Bypass],
    exceptions: &'a [Exception],
}

impl<'a> MoveCase<'a> {
    /// This command about this customer; nothing else is known or said yet.
    #[must_use]
    pub const fn new(customer: &'a Customer, command: Command<'a>) -> Self {
        Self {
            customer,
            customer_version: None,
            command,
            owner: None,
            ledgers: &[],
            askers: &[],
            pool: None,
            reason: None,
            noted: false,
            bypasses: &[],
            exceptions: &[],
        }
    }

    /// With the version of the customer that was read.
    #[must_use]
    pub const fn with_customer_version(mut self, version: u64) -> Self {
        self.customer_version = Some(version);
        self
    }

    /// With what is known of the owner: routing rules, conditions of departures and approvals, and lock caps read it.
    #[must_use]
    pub const fn with_owner(mut self, owner: &'a Rep) -> Self {
        self.owner = Some(owner);
        self
    }

    /// With the ledgers of whoever gains or undoes a claim of the customer, or locks it.
    #[must_use]
    pub const fn with_ledgers(mut self, ledgers: &'a [Ledger]) -> Self {
        self.ledgers = ledgers;
        self
    }

    /// With the reps who asked for the customer in its lottery, and their ledgers.
    #[must_use]
    pub const fn with_askers(mut self, askers: &'a [(Rep, Vec<Ledger>)]) -> Self {
        self.askers = askers;
        self
    }

    /// Naming this pool: out of which a customer is claimed or assigned, or into which it is released or taken back.
    #[must_use]
    pub const fn with_pool(mut self, pool: &'a PoolId) -> Self {
        self.pool = Some(pool);
        self
    }

    /// For this reason.
    #[must_use]
    pub const fn with_reason(mut self, reason: &'a Label) -> Self {
        self.reason = Some(reason);
        self
    }

    /// With a note. Its text lies with the host: nothing reads it.
    #[must_use]
    pub const fn with_note(mut self) -> Self {
        self.noted = true;
        self
    }

    /// With these denials of claims removed.
    #[must_use]
    pub const fn with_bypasses(mut self, bypasses: &'a [Bypass]) -> Self {
        self.bypasses = bypasses;
        self
    }

    /// With these named exceptions.
    #[must_use]
    pub const fn with_exceptions(mut self, exceptions: &'a [Exception]) -> Self {
        self.exceptions = exceptions;
        self
    }

    /// The customer.
    #[must_use]
    pub const fn customer(&self) -> &'a Customer {
        self.customer
    }

    /// The version of the customer that was read.
    #[must_use]
    pub const fn customer_version(&self) -> Option<u64> {
        self.customer_version
    }

    /// The command.
    #[must_use]
    pub const fn command(&self) -> Command<'a> {
        self.command
    }

    /// The owner.
    #[must_use]
    pub const fn owner(&self) -> Option<&'a Rep> {
        self.owner
    }

    /// The ledgers.
    #[must_use]
    pub const fn ledgers(&self) -> &'a [Ledger] {
        self.ledgers
    }

    /// The askers of a lottery, and their ledgers.
    #[must_use]
    pub const fn askers(&self) -> &'a [(Rep, Vec<Ledger>)] {
        self.askers
    }

    /// The pool that the command names.
    #[must_use]
    pub const fn pool(&self) -> Option<&'a PoolId> {
        self.pool
    }

    /// The reason.
    #[must_use]
    pub const fn reason(&self) -> Option<&'a Label> {
        self.reason
    }

    /// Whether a note goes with it.
    #[must_use]
    pub const fn is_noted(&self) -> bool {
        self.noted
    }

    /// What a manager lets pass of claims.
    #[must_use]
    pub const fn bypasses(&self) -> &'a [Bypass] {
        self.bypasses
    }

    /// The named exceptions.
    #[must_use]
    pub const fn exceptions(&self) -> &'a [Exception] {
        self.exceptions
    }
}
