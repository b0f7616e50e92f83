//! Explanations of claims: everything the evaluator looked at, with its numbers, in the order in which it looked.

use serde::Serialize;

use super::{ClaimDecision, Denial, ReasonCode};
use crate::condition::LeafFinding;
use crate::id::{Label, PoolId, RepId};
use crate::model::{Cause, FreezeKind, LedgerScope};
use crate::time::Timestamp;
use crate::wire::getters;

/// Why the answer to a claim is as it is: the answer, and every step of the evaluator that made it.
///
/// It is for whoever may see the policy and the customer: to a rep who is not a member of the pool only the answer
/// may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimExplanation {
    pub(crate) decision: ClaimDecision,
    pub(crate) now: Timestamp,
    pub(crate) findings: Vec<ClaimFinding>,
}

impl ClaimExplanation {
    getters! {
        /// The answer, the same that [`Policy::claim`](crate::Policy::claim) gives.
        const decision: &ClaimDecision,
        /// The instant for which it was made.
        now: Timestamp,
        /// What was looked at, in that order.
        findings: &[ClaimFinding],
    }
}

/// One thing that the evaluator looked at. What it made of it follows: [`Denies`](Self::Denies),
/// [`Warns`](Self::Warns), [`Bypassed`](Self::Bypassed), [`Unknown`](Self::Unknown), or none of them where it passed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ClaimFinding {
    /// The rep and the pool whose rules bind.
    Place {
        /// The pool that the customer is in, or was last in.
        pool: Option<PoolId>,
        /// Whether the rep is a member of it; `None` where nobody asks or can tell.
        member: Option<bool>,
        /// Whether the rep is active.
        active: bool,
    },
    /// A freeze of the customer.
    Freeze {
        /// Why.
        kind: FreezeKind,
        /// When it thaws.
        until: Option<Timestamp>,
        /// Whether it holds now.
        live: bool,
    },
    /// A quiet period.
    QuietPeriod {
        /// The rule.
        rule: Label,
        /// When the customer entered the pool.
        since: Timestamp,
        /// When it ends; `None` when that cannot be dated.
        until: Option<Timestamp>,
        /// Whether it counts: not where only the first entry does, and this is another.
        counts: bool,
    },
    /// A past ownership, as a cooldown sees it.
    Cooldown {
        /// The rule.
        rule: Label,
        /// Who owned the customer.
        owner: RepId,
        /// When that ended.
        ended: Timestamp,
        /// Why it ended.
        cause: Cause,
        /// Until when it blocks; `None` when that cannot be dated.
        until: Option<Timestamp>,
        /// Whether a restore undid the end, which then blocks nobody.
        restored: bool,
    },
    /// A repeat limit.
    RepeatLimit {
        /// The rule.
        rule: Label,
        /// How many ownerships count.
        used: u32,
        /// How many may.
        limit: u32,
    },
    /// A qualification.
    Qualification {
        /// The rule.
        rule: Label,
        /// Whether it is met; `None` where an attribute has a value of another type than declared.
        met: Option<bool>,
        /// What the leaves of its condition found.
        leaves: Vec<LeafFinding>,
    },
    /// The minimum interval.
    MinimumInterval {
        /// The rep's last claim.
        last: Option<Timestamp>,
        /// When the next is possible.
        until: Option<Timestamp>,
    },
    /// A quota that limits the way in: whether it is for this customer, and how much it allows.
    QuotaRule {
        /// The rule.
        rule: Label,
        /// Whether its condition holds.
        applies: Option<bool>,
        /// What the leaves of its condition found.
        leaves: Vec<LeafFinding>,
        /// Its steps.
        steps: Vec<StepFinding>,
    },
    /// How far a quota is used up.
    QuotaCount {
        /// The rule.
        rule: Label,
        /// The ledger in which it counts.
        ledger: LedgerScope,
        /// The civil window of now, which may reach beyond the last year; `None` for a sliding window.
        window: Option<(Timestamp, Option<Timestamp>)>,
        /// How many count for certain.
        used: u32,
        /// How many may.
        limit: u32,
    },
    /// A holding capacity for this rep.
    Capacity {
        /// The rule.
        rule: Label,
        /// Whether its condition holds, so that the customer counts.
        counts: Option<bool>,
        /// What the leaves of its condition found.
        leaves: Vec<LeafFinding>,
        /// Its steps.
        steps: Vec<StepFinding>,
        /// The weight held; `None` where nobody knows.
        used: Option<u64>,
        /// The weight allowed.
        cap: u64,
        /// What this customer weighs now.
        weighs: u32,
        /// When the last hold lapses that makes it weigh nothing until then, if that is fixed.
        excused_until: Option<Timestamp>,
    },
    /// A reservation of the customer.
    Reservation {
        /// For whom.
        rep: RepId,
        /// Until when.
        until: Timestamp,
    },
    /// That the rep let a reservation lapse.
    Lapse {
        /// When.
        at: Timestamp,
        /// Until when asking again is barred; `None` when that cannot be dated.
        until: Option<Timestamp>,
    },
    /// The customer's lottery.
    Lottery {
        /// When it is drawn; `None` when that cannot be dated.
        until: Option<Timestamp>,
        /// Whether it was drawn without a winner.
        drawn: bool,
    },
    /// An asker of a lottery that is over, in the order of the draw.
    Asker {
        /// Who.
        rep: RepId,
        /// Whether he may still have the customer; `None` where nobody knows.
        eligible: Option<bool>,
    },
    /// This denies.
    Denies(Denial),
    /// This warns.
    Warns(Denial),
    /// This would deny, and a bypass removes it.
    Bypassed(Denial),
    /// This cannot be told.
    Unknown(ReasonCode),
}

/// A step of a quota or a capacity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StepFinding {
    /// What it adds where it holds.
    pub add: i32,
    /// Whether it holds; `None` where an attribute has a value of another type than declared.
    pub holds: Option<bool>,
    /// What the leaves of its condition found.
    pub leaves: Vec<LeafFinding>,
}
