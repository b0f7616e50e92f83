//! The parts of the policy document, as they are written: what [`PolicyDraft`] is made of.
//!
//! Each part has a constructor for what must be given, `with_*` for the rest, and getters. Conditions are in
//! [`condition`](crate::condition), calendars in [`time`](crate::time). [The document](crate::docs::policy) says what each
//! key means.

pub use super::document::{DealDraft, DealTreatment, Format, PolicyDraft};
pub use crate::claim::draft::{
    CapacityCombination, CapacityDraft, CapacityMode, ChecksDraft, ClaimRulesDraft, CooldownDraft, LockCapDraft, Per,
    QualificationDraft, QuietPeriodDraft, QuotaDraft, QuotaWindow, RepeatLimitDraft, Requirement, StepDraft, UndoDraft,
    WeekStart,
};
pub use crate::hold::{ExemptDraft, FreezeWindowDraft};
pub use crate::moves::draft::{
    DepartureDraft, ExtensionDraft, Heir, MoveRulesDraft, ReleaseDraft, TakeBackDraft, TransferClock,
};
pub use crate::reclaim::{
    Anchor, By, CalendarChoice, GroupDraft, HardCapFrom, IfAnchorMissing, LatestActivity, Mode, Owners, Qualifying,
    StageDraft, TriggerDraft,
};
pub use crate::route::{HandOut, PoolDraft, RouteDraft, RoutingDraft, Scope};
pub use crate::score::draft::{
    BandsDraft, CriterionDraft, EngagementDraft, KeyAccountsDraft, LifeCycleDraft, PointsDraft, PriorityDraft,
    ScorecardDraft, ScoringDraft, TierPeriod, TierRuleDraft, TierTableDraft, WordPoints,
};
