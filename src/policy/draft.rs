//! The parts of the policy document, as they are written: what [`PolicyDraft`] is made of.
//!
//! Each part has a constructor for what must be given, `with_*` for the rest, and getters. Conditions are in
//! [`condition`](crate::condition), calendars in [`time`](crate::time). [The document](crate::docs::policy) says what each
//! key means.
//!
//! ```
//! use chrono::NaiveDate;
//! use customer_pool::condition::Condition;
//! use customer_pool::policy::draft::{Format, GroupDraft, PolicyDraft, PoolDraft, RoutingDraft, TriggerDraft};
//! use customer_pool::time::{CalendarDraft, Span};
//! use customer_pool::{Policy, id};
//!
//! let (from, to) = (NaiveDate::from_ymd_opt(2024, 1, 1).unwrap(), NaiveDate::from_ymd_opt(2030, 12, 31).unwrap());
//! let draft = PolicyDraft::new(Format::V1, id!("sales"), 1)
//!     .with_default_calendar(id!("plain"))
//!     .with_calendar(id!("plain"), CalendarDraft::monday_to_friday("UTC", from, to))
//!     .with_routing(RoutingDraft::new(id!("pool")))
//!     .with_pools([PoolDraft::new(id!("pool"))])
//!     .with_groups([GroupDraft::new(id!("contact"))
//!         .with_triggers([TriggerDraft::new(id!("silent"), Condition::Always, Span::days(14))])]);
//! let policy = Policy::new(draft)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

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
