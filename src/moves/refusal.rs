//! Why a command is refused: one closed list, each with its numbers.

use crate::decision::{Class, Denial};
use crate::id::{DocumentId, Label, PoolId};
use crate::model::{Cause, ClosedCause, FreezeKind, HoldKind, WayIn};
use crate::time::Timestamp;
use crate::wire::codes;

codes! {
    /// Why a command moves nothing, with its numbers.
    ///
    /// The order of declaration is the order in which a decision lists them.
    Refusal {
        /// A check of claims denies it: the code is the denial's.
        #[serde(rename = "denied")]
        Denied(Denial)
    };

    /// Nobody owns the customer.
    NotOwned = "move.not_owned", Conflict;
    /// The customer lies in no pool.
    NotInPool = "move.not_in_pool", Conflict;
    /// The customer does not await admission.
    NotAwaiting = "move.not_awaiting", Conflict;
    /// The customer is there already: it has a history.
    Exists = "move.exists", Conflict;
    /// The customer is closed for good.
    Closed = "move.closed", Conflict {
        /// Why.
        cause: ClosedCause,
    };
    /// Whoever commands it does not own the customer.
    NotOwner = "move.not_owner", Forbidden;
    /// The customer may not move: dispute, merge or legal hold.
    Frozen = "move.frozen", Conflict {
        /// Why.
        kind: FreezeKind,
        /// The instant at which it thaws, if that is fixed.
        until: Option<Timestamp>,
    };
    /// A live business document that the policy counts holds the customer.
    Held = "move.held", Conflict {
        /// What kind of document.
        kind: HoldKind,
        /// Which.
        document: DocumentId,
        /// When it ends, if that is fixed.
        until: Option<Timestamp>,
    };
    /// The policy lists reasons, and none is given.
    ReasonMissing = "move.reason_missing", Invalid;
    /// The reason is not one that the policy lists.
    ReasonUnknown = "move.reason_unknown", Invalid {
        /// The reason.
        reason: Label,
    };
    /// The policy asks for a note, and none is given.
    NoteMissing = "move.note_missing", Invalid;
    /// The policy does not let the command name this pool.
    PoolNotAllowed = "move.pool_not_allowed", Invalid {
        /// The pool.
        pool: PoolId,
    };
    /// The policy does not know the pool that the command names.
    PoolUnknown = "move.pool_unknown", Unknown {
        /// The pool.
        pool: PoolId,
    };
    /// An instant that the command names has passed, what it names ends before it begins, or the start of an import lies ahead.
    TooEarly = "move.too_early", Invalid {
        /// The instant.
        at: Timestamp,
    };
    /// The customer would be merged into itself.
    Itself = "merge.itself", Invalid;
    /// Nobody asked to release the customer.
    NoRequest = "release.no_request", Conflict;
    /// The owner cannot decide about a request of his own.
    OwnRequest = "release.own_request", Forbidden;
    /// No nomination of the present cycle is open.
    NoNomination = "review.none", Conflict;
    /// The policy has no undo window.
    NoUndo = "undo.none", Forbidden;
    /// The ownership was not begun by a claim.
    NotClaimed = "undo.not_claimed", Conflict {
        /// How it began.
        way_in: WayIn,
    };
    /// The undo window is not open.
    UndoOver = "undo.over", Forbidden {
        /// When it ends or ended.
        until: Timestamp,
    };
    /// The rep has undone as many claims today as the policy allows.
    UndosUsedUp = "undo.used_up", TooMany {
        /// How many.
        used: u32,
        /// How many the policy allows.
        limit: u32,
        /// When the day ends.
        resets_at: Timestamp,
    };
    /// The newest ownership was not ended by a reclaim.
    NotReclaimed = "restore.not_reclaimed", Conflict {
        /// By what it ended; nothing where nobody owned the customer before.
        cause: Option<Cause>,
    };
    /// The rep is not the one from whom the customer was reclaimed.
    NotLastOwner = "restore.not_last_owner", Forbidden;
    /// The pool has no pool above it, or escalates nothing.
    NoEscalation = "escalate.none", Forbidden;
    /// The customer has not been in the pool for as long as that takes.
    EscalationAhead = "escalate.ahead", Later {
        /// When it has.
        at: Timestamp,
    };
    /// The rep has no open reservation of the customer.
    NoReservation = "reservation.none", Conflict;
    /// The reservation has not lapsed.
    ReservationOpen = "reservation.open", Later {
        /// When it does.
        until: Timestamp,
    };
    /// The customer is in no lottery.
    NoLottery = "lottery.none", Conflict;
    /// The owner has as many customers locked as the policy allows.
    LockCap = "lock.cap", TooMany {
        /// The rule; of a sum the first.
        rule: Label,
        /// How many are locked.
        used: u64,
        /// How many may be.
        cap: u64,
    };
    /// The lock would last longer than the longest lock.
    LockTooLong = "lock.too_long", Invalid {
        /// Until when it should last.
        until: Timestamp,
    };
    /// The extension would last longer than the policy allows.
    ExtensionTooLong = "extension.too_long", Invalid {
        /// Until when it should last.
        until: Timestamp,
    };
    /// The ownership was granted as many extensions as the policy allows.
    ExtensionLimit = "extension.limit", Forbidden {
        /// How many.
        used: u32,
        /// How many the policy allows.
        limit: u32,
    };
}

impl Refusal {
    /// The instant at which this refusal is over if nothing else happens, where time alone ends it and its own numbers
    /// tell. A command that contradicts the policy is not mended by waiting.
    #[must_use]
    pub const fn lifts_at(&self) -> Option<Timestamp> {
        match self {
            Self::Denied(denial) => denial.lifts_at(),
            Self::Frozen { until, .. } | Self::Held { until, .. } => *until,
            Self::UndosUsedUp { limit: 1.., resets_at, .. } => Some(*resets_at),
            Self::EscalationAhead { at } => Some(*at),
            Self::ReservationOpen { until } => Some(*until),
            Self::NotOwned
            | Self::NotInPool
            | Self::NotAwaiting
            | Self::Exists
            | Self::Closed { .. }
            | Self::NotOwner
            | Self::ReasonMissing
            | Self::ReasonUnknown { .. }
            | Self::NoteMissing
            | Self::PoolNotAllowed { .. }
            | Self::PoolUnknown { .. }
            | Self::TooEarly { .. }
            | Self::Itself
            | Self::NoRequest
            | Self::OwnRequest
            | Self::NoNomination
            | Self::NoUndo
            | Self::NotClaimed { .. }
            | Self::UndoOver { .. }
            | Self::UndosUsedUp { .. }
            | Self::NotReclaimed { .. }
            | Self::NotLastOwner
            | Self::NoEscalation
            | Self::NoReservation
            | Self::NoLottery
            | Self::LockCap { .. }
            | Self::LockTooLong { .. }
            | Self::ExtensionTooLong { .. }
            | Self::ExtensionLimit { .. } => None,
        }
    }
}
