//! Answers to claims: verdict, every denial with its numbers, when a "no" becomes a "yes".

use serde::{Deserialize, Serialize};

use crate::decision::{Class, PoolRef, ReasonCode};
use crate::id::{Label, RepId};
use crate::model::{Cause, ClosedCause, FreezeKind, LedgerScope};
use crate::time::Timestamp;
use crate::wire::codes;
use crate::wire::getters;

/// The answer for one rep and one customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClaimVerdict {
    /// The rep may have the customer.
    Eligible,
    /// The rep owns it already: success, no event.
    AlreadyMine,
    /// The rep has asked for it already: success, no event.
    AlreadyAsked,
    /// The rep may not have it: for every one of the denials.
    Denied,
    /// No denial is certain, and the facts do not tell whether there is one; the code says why.
    Undetermined(ReasonCode),
}

codes! {
    /// Why a rep may not have a customer, with its numbers. In the order of the checks, which is the order of
    /// disclosure.
    Denial;

    /// The rep is not a member of the customer's pool; nothing else is said.
    NotMember = "pool.not_member", Forbidden;
    /// The rep is not active.
    RepInactive = "rep.inactive", Forbidden;
    /// The pool is switched off.
    PoolDisabled = "pool.disabled", Forbidden;
    /// Somebody else owns the customer.
    Owned = "customer.owned", Conflict {
        /// Who, where the policy allows to say so.
        owner: Option<RepId>,
    };
    /// The customer is not in the pool that the command names.
    NotInNamedPool = "pool.not_in_named", Conflict;
    /// The customer may not move: dispute, merge or legal hold.
    Frozen = "customer.frozen", Conflict {
        /// Why.
        kind: FreezeKind,
        /// The instant at which it thaws, if that is fixed.
        until: Option<Timestamp>,
    };
    /// The customer is closed for good.
    Closed = "customer.closed", Conflict {
        /// Why.
        cause: ClosedCause,
    };
    /// The customer must not be contacted.
    DoNotContact = "customer.do_not_contact", Forbidden;
    /// The pool keeps new customers quiet.
    QuietPeriod = "claim.quiet_period", Later {
        /// The rule.
        rule: Label,
        /// When it ends.
        until: Timestamp,
    };
    /// The rep, or somebody of the rep's unit, had the customer before.
    Cooldown = "claim.cooldown", Later {
        /// The rule.
        rule: Label,
        /// How the ownership ended that blocks longest.
        cause: Cause,
        /// When the last cooldown under the rule ends.
        until: Timestamp,
    };
    /// The rep had the customer too often lately.
    RepeatLimit = "claim.repeat_limit", TooMany {
        /// The rule.
        rule: Label,
        /// How many ownerships count.
        used: u32,
        /// How many may.
        limit: u32,
        /// When fewer than that count.
        until: Timestamp,
    };
    /// The rep or the customer does not qualify.
    Qualification = "claim.qualification", Forbidden {
        /// The rule.
        rule: Label,
        /// Whether a fact that it read is missing.
        missing: bool,
    };
    /// The rep's last claim was too short ago.
    MinimumInterval = "claim.minimum_interval", TooMany {
        /// When the next is possible.
        until: Timestamp,
    };
    /// A quota is used up.
    Quota = "claim.quota", TooMany {
        /// The rule.
        rule: Label,
        /// The ledger in which it counts.
        ledger: LedgerScope,
        /// How many count.
        used: u32,
        /// How many may; 0 never resets.
        limit: u32,
        /// When the count falls below the limit.
        resets_at: Option<Timestamp>,
    };
    /// The rep holds as much as the holding capacity allows.
    Capacity = "claim.capacity", TooMany {
        /// The rule; of a sum the first.
        rule: Label,
        /// The weight held.
        used: u64,
        /// The weight allowed.
        cap: u64,
        /// What this customer weighs.
        weighs: u32,
    };
    /// The pool is blind: pull, and name no customer.
    Blind = "pool.blind", Invalid;
    /// The pool hands out by reservation: ask, then confirm.
    AskFirst = "pool.ask_first", Invalid;
    /// The customer is reserved for another rep.
    Reserved = "pool.reserved", Conflict {
        /// Until when.
        until: Timestamp,
    };
    /// The rep has an open reservation of another customer in this pool.
    OtherReservation = "pool.other_reservation", TooMany {
        /// Until when.
        until: Timestamp,
    };
    /// The rep let a reservation of this customer lapse.
    Lapsed = "pool.lapsed", Later {
        /// Until when asking again is barred.
        until: Timestamp,
    };
    /// Members may still ask in the customer's lottery.
    LotteryOpen = "pool.lottery_open", Later {
        /// When it is drawn.
        until: Timestamp,
    };
    /// The customer's lottery is over: nobody can ask any more.
    LotteryOver = "pool.lottery_over", Conflict;
    /// The lottery drew, or would draw, another rep.
    DrawnToAnother = "pool.drawn_to_another", Conflict;
}

impl Denial {
    /// The instant at which this denial is over if nothing else happens, where time alone ends it.
    ///
    /// A freeze, a full capacity and a draw are ended by people, whatever instants the facts name.
    #[must_use]
    pub const fn lifts_at(&self) -> Option<Timestamp> {
        match self {
            Self::QuietPeriod { until, .. }
            | Self::Cooldown { until, .. }
            | Self::RepeatLimit { until, .. }
            | Self::MinimumInterval { until }
            | Self::Reserved { until }
            | Self::OtherReservation { until }
            | Self::Lapsed { until }
            | Self::LotteryOpen { until } => Some(*until),
            Self::Quota { resets_at, .. } => *resets_at,
            Self::NotMember
            | Self::RepInactive
            | Self::PoolDisabled
            | Self::Owned { .. }
            | Self::NotInNamedPool
            | Self::Frozen { .. }
            | Self::Closed { .. }
            | Self::DoNotContact
            | Self::Qualification { .. }
            | Self::Capacity { .. }
            | Self::Blind
            | Self::AskFirst
            | Self::LotteryOver
            | Self::DrawnToAnother => None,
        }
    }

    /// The rule of the policy that denies, where it has a name.
    #[must_use]
    pub const fn rule(&self) -> Option<&Label> {
        match self {
            Self::QuietPeriod { rule, .. }
            | Self::Cooldown { rule, .. }
            | Self::RepeatLimit { rule, .. }
            | Self::Qualification { rule, .. }
            | Self::Quota { rule, .. }
            | Self::Capacity { rule, .. } => Some(rule),
            _ => None,
        }
    }
}

/// What an eligible claim gives the rep who makes it now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Grant {
    /// The rep owns the customer.
    Ownership,
    /// The customer is reserved for the rep, who has to confirm.
    Reservation {
        /// When it lapses unless it is confirmed.
        until: Timestamp,
    },
    /// The rep takes part in the customer's lottery.
    Application {
        /// From when on it is drawn.
        drawn_at: Timestamp,
    },
}

/// The versions under which an answer holds: if one of them has moved on, ask again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preconditions {
    pub(crate) customer: Option<u64>,
    pub(crate) ledgers: Vec<(LedgerScope, u64)>,
}

impl Preconditions {
    getters! {
        /// The version of the customer, where the question told it.
        customer: Option<u64>,
        /// Every ledger that was read, and its version.
        ledgers: &[(LedgerScope, u64)],
    }
}

/// The answer, and until when it stands.
///
/// For every instant in `[now, next_change)` verdict, denials with their numbers, and warnings are the same; at
/// `next_change` they are not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimDecision {
    pub(crate) verdict: ClaimVerdict,
    pub(crate) denials: Vec<Denial>,
    pub(crate) warnings: Vec<Denial>,
    pub(crate) bypassed: Vec<Denial>,
    pub(crate) grant: Option<Grant>,
    pub(crate) pool: Option<PoolRef>,
    pub(crate) open_rule: Option<Label>,
    pub(crate) retry_at: Option<Timestamp>,
    pub(crate) next_change: Option<Timestamp>,
    pub(crate) preconditions: Preconditions,
}

impl ClaimDecision {
    getters! {
        /// The answer.
        verdict: ClaimVerdict,
        /// Every denial, in the order of the checks.
        denials: &[Denial],
        /// Capacities that are full and only warn.
        warnings: &[Denial],
        /// Denials that a bypass removed: the event records them.
        bypassed: &[Denial],
    }

    /// What kind of "no" it is: the first [`Class`] of all denials, or that of what is not known. `None` where it is no "no".
    #[must_use]
    pub fn class(&self) -> Option<Class> {
        match self.verdict {
            ClaimVerdict::Denied => self.denials.iter().map(Denial::class).min(),
            ClaimVerdict::Undetermined(code) => Some(code.class_of_undetermined()),
            ClaimVerdict::Eligible | ClaimVerdict::AlreadyMine | ClaimVerdict::AlreadyAsked => None,
        }
    }

    getters! {
        /// What the claim gives if it is made at the instant of the question; `None` unless the rep is eligible.
        grant: Option<Grant>,
        /// The pool whose rules the answer follows: the customer's, or the one that it was last in. `None` where the rep may
        /// not learn it or the policy does not know it. [`Policy::pool_id`](crate::Policy::pool_id) gives its id.
        pool: Option<PoolRef>,
        /// The rule that could not be told, where the answer is undetermined for a rule with a name.
        open_rule: Option<&Label>,
        /// When every denial is one that time lifts: the first instant at which the rep may have the customer if nothing
        /// else changes.
        retry_at: Option<Timestamp>,
        /// The first instant at which the answer is another; `None` when it never is.
        next_change: Option<Timestamp>,
        /// The versions under which the answer holds.
        const preconditions: &Preconditions,
    }

    /// Whether two answers are the same in the sense of [`next_change`](Self::next_change).
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.verdict == other.verdict && self.denials == other.denials && self.warnings == other.warnings
    }
}
