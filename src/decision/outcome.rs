//! Decisions: small, `Copy`, and without a single text.

use serde::{Deserialize, Serialize};

use crate::decision::{ReasonCode, Reasons};
use crate::model::FreezeKind;
use crate::time::Timestamp;
use crate::wire::getters;

macro_rules! reference {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub struct $name(pub(crate) u16);

        impl $name {
            /// Its place in the policy's list, from 0.
            #[must_use]
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

reference! {
    /// A trigger of the policy that decided: see [`Policy::trigger_id`](crate::Policy::trigger_id). Triggers are
    /// counted over all groups in the order of the document, those for deal customers last.
    TriggerRef;
    /// A pool of the policy that decided: see [`Policy::pool_id`](crate::Policy::pool_id).
    PoolRef;
    /// A kind of business hold of the policy that decided: see [`Policy::hold_kind`](crate::Policy::hold_kind).
    HoldRef;
    /// A warning stage of the deciding trigger: see [`Policy::stage_id`](crate::Policy::stage_id).
    StageRef;
}

/// What happens to a customer when its due instant comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It goes back to the pool (回收).
    #[default]
    Reclaim,
    /// It is nominated for a review (复核), and goes back when a supervisor approves.
    Review,
}

/// For whom or what a review waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewPending {
    /// It was nominated, and no supervisor has answered.
    Nominated,
    /// It was deferred, and the deferral has ended.
    Deferred,
}

/// The answer for one customer at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Nobody owns the customer, or it is closed: there is nothing to reclaim.
    NotOwned,
    /// The facts do not tell; the code says why. Never reclaimed: listed for review.
    Undetermined(ReasonCode),
    /// Something holds the customer, whether or not its due instant has come.
    Held(HeldBy),
    /// The due instant has come, and nothing is to be waited for: the decision's [`Action`] is to be done.
    Due,
    /// The due instant has come; a notice must be served on the owner, or has not led long enough: with `earliest`, the
    /// first instant at which the action may be done, once it was served in this cycle, and without before.
    NoticePending(Option<Timestamp>),
    /// The due instant has come; the customer was nominated, and its review is open.
    ReviewPending(ReviewPending),
    /// The owner keeps the customer for now and is to be warned.
    Warn(StageRef),
    /// The owner keeps the customer.
    Keep,
}

/// What holds a customer, in the order in which holds are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldBy {
    /// A freeze.
    Freeze(FreezeKind),
    /// An exemption of the owner, the customer, or deal customers.
    Exemption,
    /// A lock.
    Lock,
    /// A live business document of this kind.
    Business(HoldRef),
    /// A freeze window of the policy.
    FreezeWindow,
    /// A supervisor deferred the review.
    Deferral,
}

/// The triggers that only notify and have come due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Notify(pub(crate) u64);

impl Notify {
    /// Whether there is none.
    #[must_use]
    #[inline]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    #[inline]
    pub(crate) fn add(&mut self, bit: u8) {
        self.0 |= 1_u64.checked_shl(u32::from(bit)).unwrap_or(0);
    }

    pub(crate) fn contains(self, bit: u8) -> bool {
        self.0 & 1_u64.checked_shl(u32::from(bit)).unwrap_or(0) != 0
    }
}

/// Whether the owner keeps a customer, and until when that answer stands.
///
/// For every instant in `[now, next_change)` the decision is the same — verdict with its argument, due instant,
/// deciding trigger, action, target pool and notifications — and at `next_change` it is another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    pub(crate) verdict: Verdict,
    pub(crate) due: Option<Timestamp>,
    pub(crate) trigger: Option<TriggerRef>,
    pub(crate) action: Option<Action>,
    pub(crate) pool: Option<PoolRef>,
    pub(crate) notify: Notify,
    pub(crate) reasons: Reasons,
    pub(crate) next_change: Option<Timestamp>,
}

impl Decision {
    getters! {
        /// The answer.
        #[inline]
        verdict: Verdict,
        /// The first instant at which the owner is no longer protected; `None` when no clock runs, and for
        /// *not owned* and *undetermined*.
        #[inline]
        due: Option<Timestamp>,
        /// The trigger whose clock gives the due instant.
        #[inline]
        trigger: Option<TriggerRef>,
        /// What happens when the due instant has come; given whenever there is a deciding trigger. Once a review has
        /// approved it is to reclaim.
        #[inline]
        action: Option<Action>,
        /// The pool to which the customer would go; given whenever there is a deciding trigger.
        #[inline]
        pool: Option<PoolRef>,
        /// Triggers that only notify and have come due.
        #[inline]
        notify: Notify,
        /// Everything that bears on the answer.
        #[inline]
        reasons: Reasons,
        /// The first instant at which the decision is another if nothing else happens; `None` when it never is.
        #[inline]
        next_change: Option<Timestamp>,
    }

    /// Whether two decisions are the same in the sense of [`next_change`](Self::next_change).
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.verdict == other.verdict
            && self.due == other.due
            && self.trigger == other.trigger
            && self.action == other.action
            && self.pool == other.pool
            && self.notify == other.notify
    }
}
