//! Rules about scores, checked.

use super::engagement::EngagementRule;
use super::key_accounts::{Scorecard, Shares};
use super::life_cycle::LifeCycleRule;
use super::priority::PriorityRule;
use super::tiers::TierTable;
use crate::condition::Test;

/// What a policy says about scores.
#[derive(Clone, Debug, Default)]
pub(crate) struct ScoreRules {
    pub(crate) tiers: Option<TierTable>,
    pub(crate) life_cycle: Option<LifeCycleRule>,
    pub(crate) purchase_type_share: Option<u16>,
    pub(crate) engagement: Option<EngagementRule>,
    pub(crate) key_accounts: Option<KeyAccountRules>,
    pub(crate) priority: Option<PriorityRule>,
}

/// Who is a key account.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeyAccountRules {
    pub(crate) shares: Shares,
    pub(crate) when: Option<Test>,
    pub(crate) scorecard: Option<Scorecard>,
}
