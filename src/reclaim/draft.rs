//! Triggers as they are written.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::condition::Condition;
use crate::decision::Action;
use crate::id::{CalendarId, GroupId, Label, PoolId, StageId, TriggerId};
use crate::model::ActivityKind;
use crate::time::Span;
use crate::wire::document;

/// What a trigger's clock counts from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// `t0`: the clock start of the ownership.
    #[default]
    OwnershipStart,
    /// The creation of the customer.
    Created,
    /// The end of its last contract.
    LastContractEnd,
    /// Its last deal.
    LastDeal,
    /// The latest activity of these kinds, by whomever, but not by a machine.
    LatestActivity(LatestActivity),
    /// A declared date attribute: the first instant of that civil day.
    Attribute(Label),
}

/// The kinds of an activity anchor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct LatestActivity(pub Vec<ActivityKind>);

/// What a missing anchor means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum IfAnchorMissing {
    /// The trigger has no clock.
    #[default]
    Disarm,
    /// The clock counts from the ownership start.
    FromOwnership,
    /// The decision is *undetermined* (`facts.anchor_missing`).
    Undetermined,
}

/// Whose activities qualify. Inbound activities are the customer's and always fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Those of whoever owned the customer at that time.
    #[default]
    Owner,
    /// Those, and those of the owner's collaborators.
    OwnerAndCollaborators,
    /// Anybody's.
    Anyone,
}

/// Where the hard cap counts from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum HardCapFrom {
    /// An ownership-start clock counts from the first ownership of the chain of transfers, any other from its start.
    #[default]
    Chain,
    /// Every clock counts from its start.
    Clock,
}

/// When a trigger that has come due acts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// At once.
    #[default]
    Immediate,
    /// Not before a notice (告知) was served on the owner and this span after it has ended.
    Notice(Span),
    /// The trigger is listed as `notify` and decides nothing.
    NotifyOnly,
}

/// Which calendar a trigger counts in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CalendarChoice {
    /// The one bound to the owner, else the policy's default.
    Owner,
    /// This one.
    Named(CalendarId),
}

document! {
    /// What makes an activity count for a clock, beside its kind and its time.
    Qualifying
    required {}
    optional {
        /// Whose activities count; the owner's by default.
        by, with_by: By,
        /// The shortest length that counts, in seconds.
        min_duration_s, with_min_duration_s: u32,
        /// The shortest text that counts, in characters.
        min_text_chars, with_min_text_chars: u32,
        /// How many activities count on one civil day, across kinds, in the order they were recorded.
        per_day, with_per_day: u32,
    }
    lists {}
    maps {}
    flags {
        /// Whether a next step must have been agreed.
        next_step, with_next_step,
    }
}

document! {
    /// A warning before the due instant (提前提醒).
    StageDraft
    required {
        /// Its name within the trigger.
        id: StageId,
        /// How long before the due instant it begins: minutes, hours, days or working days.
        before: Span,
    }
    optional {}
    lists {
        /// Who is to be told: `owner`, `manager`, `pool_admins`, or a role.
        audience, with_audience: Label,
    }
    maps {}
    flags {}
}

document! {
    /// One rule of reclaim: who it is for, what its clock counts from, how long it protects.
    TriggerDraft
    required {
        /// Its name, unique in the policy.
        id: TriggerId,
        /// For which customers it is.
        when: Condition,
        /// How long the clock protects from its start.
        base: Span,
    }
    optional {
        /// What the clock counts from; the ownership start by default.
        anchor, with_anchor: Anchor,
        /// What a missing anchor means; it disarms by default.
        if_anchor_missing, with_if_anchor_missing: IfAnchorMissing,
        /// What makes an activity count.
        qualifying, with_qualifying: Qualifying,
        /// The longest protection, whatever happens.
        max_hold, with_max_hold: Span,
        /// Where the longest protection counts from.
        max_hold_from, with_max_hold_from: HardCapFrom,
        /// The calendar it counts in; the policy's default by default.
        calendar, with_calendar: CalendarChoice,
        /// What happens when it comes due; reclaim by default.
        action, with_action: Action,
        /// When that happens; at once by default.
        mode, with_mode: Mode,
        /// The pool to which it sends the customer, instead of the routing rules.
        pool, with_pool: PoolId,
    }
    lists {
        /// Kinds of activity that disarm it for good: "first follow-up within 24 hours".
        satisfied_by, with_satisfied_by: ActivityKind,
        /// Warnings before the due instant.
        warnings, with_warnings: StageDraft,
    }
    maps {
        /// For every kind of activity that renews: how long it protects from then.
        renewals, with_renewal: ActivityKind => Span,
    }
    flags {
        /// Whether its clock may start before the ownership.
        even_before_ownership, with_even_before_ownership,
        /// Whether pauses delay the longest protection too.
        max_hold_pauses, with_max_hold_pauses,
    }
}

document! {
    /// Triggers of which the first whose condition holds is selected; or, with `all_of`, triggers that are required
    /// together.
    GroupDraft
    required {
        /// Its name, unique in the policy.
        id: GroupId,
    }
    optional {}
    lists {
        /// The triggers, in order.
        triggers, with_triggers: TriggerDraft,
    }
    maps {}
    flags {
        /// Whether the clocks of all its triggers must have come due.
        all_of, with_all_of,
    }
}

impl Default for Qualifying {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OwnershipStart => f.write_str("ownership start"),
            Self::Created => f.write_str("creation"),
            Self::LastContractEnd => f.write_str("last contract end"),
            Self::LastDeal => f.write_str("last deal"),
            Self::LatestActivity(LatestActivity(kinds)) => {
                let kinds: Vec<_> = kinds.iter().map(ToString::to_string).collect();
                write!(f, "latest {}", kinds.join(" or "))
            }
            Self::Attribute(key) => write!(f, "attribute {key}"),
        }
    }
}
