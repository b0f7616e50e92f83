//! What a customer is worth: RFM, CLV, engagement, key accounts, tiers, priority in the pool.
//!
//! Scores are values with their evidence. Statistical models compute in `f64` and say so; no `f64` reaches a decision but
//! through a stated rounding to a decimal or to integer per mille.

pub mod churn;
pub mod clv;
pub(crate) mod draft;
pub mod engagement;
pub mod key_accounts;
pub mod life_cycle;
pub(crate) mod money;
mod numeric;
pub mod orders;
pub mod priority;
pub mod rfm;
mod rules;
pub mod tiers;
pub mod win;

pub(crate) use draft::{
    CriterionDraft, EngagementDraft, KeyAccountsDraft, LifeCycleDraft, PointsDraft, PriorityDraft, ScorecardDraft,
    ScoringDraft, TierTableDraft,
};
pub(crate) use rules::{KeyAccountRules, ScoreRules};
