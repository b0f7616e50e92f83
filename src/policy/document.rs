//! The policy document as it is written.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::attribute::AttributeType;
use crate::claim::ClaimRulesDraft;
use crate::condition::Condition;
use crate::hold::{ExemptDraft, FreezeWindowDraft};
use crate::id::{CalendarId, Label, PolicyId};
use crate::model::HoldKind;
use crate::moves::MoveRulesDraft;
use crate::reclaim::{GroupDraft, Owners};
use crate::route::{PoolDraft, RoutingDraft};
use crate::score::ScoringDraft;
use crate::time::{CalendarDraft, Span, Timestamp};
use crate::wire::document;

/// The version of the document's language. On the wire the number 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The first version.
    V1,
}

impl Serialize for Format {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(1)
    }
}

impl<'de> Deserialize<'de> for Format {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            1 => Ok(Self::V1),
            other => Err(serde::de::Error::custom(format_args!(
                "format {other} is not known to this version of the crate, which reads format 1"
            ))),
        }
    }
}

#[cfg(feature = "schemars1")]
impl schemars::JsonSchema for Format {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Format".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "integer", "const": 1 })
    }
}

/// How deal customers (成交客户) are treated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DealTreatment {
    /// They are never reclaimed.
    Exempt,
    /// Like everybody.
    SameTriggers,
    /// These groups replace the policy's before anything is selected.
    Groups(Vec<GroupDraft>),
}

/// What a new revision means for ownerships that began under an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Transition {
    /// They finish under the revision that they were under.
    Grandfather,
    /// All due instants are computed anew.
    Retime,
    /// Computed anew, but nobody loses a customer before this span after the change has ended, unless the due instant
    /// was earlier before; and nobody keeps one for longer than both revisions say by it.
    ///
    /// `due = max(new due, min(old due, end(change, span)))`, each from the facts of now; no old one counts as never, and
    /// so does that of a customer whom the old revision holds at the change: dropping a hold or an exemption takes
    /// nobody's customer sooner than the notice. The span counts in the default calendar of the new revision, without
    /// pauses.
    RetimeWithNotice(Span),
}

document! {
    /// Who is a deal customer, and what that means.
    DealDraft
    required {
        /// Who is one.
        when: Condition,
        /// How they are treated.
        then: DealTreatment,
    }
    optional {}
    lists {}
    maps {}
    flags {}
}

document! {
    /// A policy as it is written: one document, and the typed builder of the same.
    ///
    /// A draft may be wrong in every way; [`Policy::new`](crate::Policy::new) says what is wrong with it.
    PolicyDraft
    required {
        /// The version of the document's language.
        format: Format,
        /// Its name.
        id: PolicyId,
        /// The host's number of this revision.
        revision: u64,
    }
    optional {
        /// The zone of a policy that counts no working time, in place of calendars: `UTC`, an offset such as `+08:00`, or
        /// an IANA name.
        zone, with_zone: Label,
        /// The calendar whose zone is the policy's, and in which everything counts that names no other. Needed unless
        /// there is a `zone`.
        default_calendar, with_default_calendar: CalendarId,
        /// Where customers go. Needed unless there is one pool, where they all go.
        routing, with_routing: RoutingDraft,
        /// From when this revision is effective; [`Revisions`](super::Revisions) reads it.
        effective_from, with_effective_from: Timestamp,
        /// What this revision means for ownerships that began under an earlier one.
        transition, with_transition: Transition,
        /// How far past `now` an activity still counts, in seconds; 300 by default.
        clock_skew_s, with_clock_skew_s: u32,
        /// What an owner means of whom there is no row; see [`Owners`].
        owners, with_owners: Owners,
        /// Who is a deal customer, and what that means.
        deal_customers, with_deal_customers: DealDraft,
        /// Whom nothing is taken from.
        exempt, with_exempt: ExemptDraft,
        /// How long a lock lasts at most, and an open-ended one lasts.
        longest_lock, with_longest_lock: Span,
        /// How long a customer is protected after a lock or a counted business hold ended.
        grace, with_grace: Span,
        /// Who may take which customers; without it membership of the pool is all that is asked.
        claims, with_claims: ClaimRulesDraft,
        /// What a customer is worth: tiers, stages of life, the order of pools; without it nothing follows from scores.
        scoring, with_scoring: ScoringDraft,
        /// How customers change hands otherwise; without it every reason goes, and transfers restart the clock.
        moves, with_moves: MoveRulesDraft,
    }
    lists {
        /// The pools.
        pools, with_pools: PoolDraft,
        /// The groups of triggers, in order.
        groups, with_groups: GroupDraft,
        /// The kinds of business document that hold a customer, in the order in which they are named.
        holds, with_holds: HoldKind,
        /// Times in which reclaim waits.
        freeze_windows, with_freeze_windows: FreezeWindowDraft,
        /// The tiers (客户级别), lowest first.
        tiers, with_tiers: Label,
        /// The performance figures of reps that conditions read.
        figures, with_figures: Label,
    }
    maps {
        /// The calendars.
        calendars, with_calendar: CalendarId => CalendarDraft,
        /// The declared attributes and their types.
        attributes, with_attribute: Label => AttributeType,
    }
    flags {}
}
