//! Explanations: everything the evaluator looked at, with its numbers, in the order in which it looked.

use serde::Serialize;

use super::{Decision, HeldBy, HoldRef, PoolRef, ReasonCode, StageRef, TriggerRef};
use crate::condition::LeafFinding;
use crate::id::DocumentId;
use crate::model::{ActivityKind, ReviewState};
use crate::time::{Pause, Timestamp};
use crate::wire::getters;

/// Why a decision is as it is: the decision, and every step of the evaluator that made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    pub(crate) decision: Decision,
    pub(crate) now: Timestamp,
    pub(crate) steps: Vec<Step>,
}

impl Explanation {
    getters! {
        /// The decision, the same that `decide` gives.
        const decision: &Decision,
        /// The instant for which it was made.
        now: Timestamp,
        /// What was looked at, in that order.
        steps: &[Step],
    }
}

/// One thing that the evaluator looked at.
///
/// It serializes for programs that show explanations; what refers to the policy is a number, its place in the policy's
/// list. [`Explanation::lines`] is for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Step {
    /// The facts contradict each other or the policy.
    Contradiction {
        /// How.
        code: ReasonCode,
        /// What does not fit, where one thing can be named.
        about: Option<About>,
    },
    /// The clocks of the customer do not run: a pause of its own, or a leave of its owner.
    Paused(Pause),
    /// An activity lies too far past now to count.
    InFuture {
        /// What it is.
        kind: ActivityKind,
        /// Its instant.
        at: Timestamp,
    },
    /// The latest activity that counts only if its actor was the owner then, which nobody knows.
    Unjudged(Timestamp),
    /// Whether the customer is a deal customer, where the policy treats those apart.
    DealCustomer {
        /// Whether its condition holds.
        holds: bool,
        /// What its leaves found.
        leaves: Vec<LeafFinding>,
    },
    /// Whether a trigger was selected in its group.
    Selection {
        /// The trigger.
        trigger: TriggerRef,
        /// What became of it.
        chosen: Chosen,
        /// What the leaves of its condition found; empty where nobody had to look.
        leaves: Vec<LeafFinding>,
    },
    /// The clock of a selected trigger.
    Clock(ClockFinding),
    /// Something that holds the customer now, or did lately.
    Hold(HoldFinding),
    /// A warning stage of the deciding trigger.
    Stage(StageFinding),
    /// A notice that was served on the owner.
    Notice(NoticeFinding),
    /// A nomination, and how far its review has come.
    Review(ReviewFinding),
    /// The notice of a changed policy: no due instant is earlier than `until`.
    ChangeNotice {
        /// When the policy changed.
        changed: Timestamp,
        /// The due instant under the revision before.
        old_due: Option<Timestamp>,
        /// The earlier of that and the end of the notice.
        until: Timestamp,
    },
    /// Where the customer would go.
    Route {
        /// The pool.
        pool: PoolRef,
        /// The routing rule that named it, from 0; `None` when the trigger or the fallback did.
        rule: Option<u16>,
        /// Whether the deciding trigger named it.
        by_trigger: bool,
        /// What the leaves of the routing conditions found.
        leaves: Vec<LeafFinding>,
    },
    /// A grace after the last hold.
    Grace {
        /// When the last hold ended.
        hold_end: Timestamp,
        /// Until when grace lasts; `None` when that cannot be dated.
        until: Option<Timestamp>,
    },
}

/// What a contradiction is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// An attribute's key, a calendar, a rep.
    Name(String),
    /// The instant at which a clock starts.
    At(Timestamp),
    /// A lock, pause or leave, or the time that two ownerships share: its beginning and its end.
    Period(Timestamp, Timestamp),
}

/// What became of a trigger in its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Chosen {
    /// It was selected.
    Selected,
    /// Its condition does not hold.
    ConditionFails,
    /// Another one before it in its group was selected.
    Shadowed,
}

/// A trigger's clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClockFinding {
    /// The trigger.
    pub trigger: TriggerRef,
    /// Whether it only notifies.
    pub notify_only: bool,
    /// The instant of the fact that it counts from; `None` when that is missing.
    pub anchor: Option<Timestamp>,
    /// Where the clock starts; `None` when it has no start.
    pub start: Option<Timestamp>,
    /// Where the base span ends.
    pub base_due: Option<Timestamp>,
    /// The latest qualifying activity of each kind that renews, with the end of its renewal.
    pub renewals: Vec<(ActivityKind, Timestamp, Option<Timestamp>)>,
    /// Where the longest protection counts from, when there is one.
    pub cap_start: Option<Timestamp>,
    /// Where the longest protection ends.
    pub hard_due: Option<Timestamp>,
    /// Until when an extension protects.
    pub extended_until: Option<Timestamp>,
    /// Until when a grace protects.
    pub grace_until: Option<Timestamp>,
    /// What the clock says.
    pub state: ClockState,
}

/// What a clock says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockState {
    /// It runs, and comes due then.
    Armed(Timestamp),
    /// The fact it counts from is missing.
    NoAnchor,
    /// An activity of this kind satisfied it.
    Satisfied(ActivityKind, Timestamp),
    /// It cannot be dated.
    Undated(ReasonCode),
}

/// Something that holds or held a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HoldFinding {
    /// What it is; `None` for a document of a kind that the policy does not count.
    pub held_by: Option<HeldBy>,
    /// The reason code it stands for.
    pub code: ReasonCode,
    /// The kind of document, where the policy counts it.
    pub kind: Option<HoldRef>,
    /// The document.
    pub document: Option<DocumentId>,
    /// The tag, freeze window or kind that is meant.
    pub name: Option<String>,
    /// Since when.
    pub since: Option<Timestamp>,
    /// Until when; `None` is open-ended.
    pub until: Option<Timestamp>,
    /// Whether it holds now.
    pub live: bool,
}

/// A notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct NoticeFinding {
    /// When it was served.
    pub at: Timestamp,
    /// Whether it is of the present cycle; a notice of another is void.
    pub valid: bool,
    /// Where its lead ends; `None` where it is void or that cannot be dated.
    pub until: Option<Timestamp>,
}

/// A nomination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ReviewFinding {
    /// When it was made.
    pub at: Timestamp,
    /// Whether it is of the present cycle; a nomination of another is void.
    pub valid: bool,
    /// How far its review has come.
    pub state: ReviewState,
}

/// A warning stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct StageFinding {
    /// The stage.
    pub stage: StageRef,
    /// When it begins; `None` when that cannot be dated.
    pub at: Option<Timestamp>,
    /// Whether it is in force.
    pub in_force: bool,
}
