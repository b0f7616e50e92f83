//! Claim (领取): may this rep take this customer now?
//!
//! The rule types as they are written in a policy, the question, and the kernel that answers it.

mod case;
mod draft;

pub use case::{Acquisition, BatchMode, Bypass, Check, ClaimCase, ClaimStep};
pub use draft::{
    CapacityCombination, CapacityDraft, CapacityMode, ChecksDraft, ClaimRulesDraft, CooldownDraft, LockCapDraft, Per,
    QualificationDraft, QuietPeriodDraft, QuotaDraft, QuotaWindow, RepeatLimitDraft, Requirement, StepDraft, UndoDraft,
    WeekStart,
};
