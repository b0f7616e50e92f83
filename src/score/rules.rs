//! Rules about scores, checked.

use super::life_cycle::LifeCycleRule;
use super::priority::PriorityRule;
use super::tiers::TierTable;

/// What a policy says about scores.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rules {
    pub(crate) tiers: Option<TierTable>,
    pub(crate) life_cycle: Option<LifeCycleRule>,
    pub(crate) purchase_type_share: Option<u16>,
    pub(crate) priority: Option<PriorityRule>,
}
