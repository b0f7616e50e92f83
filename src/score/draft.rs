//! Rules about scores as they are written.

use serde::{Deserialize, Serialize};

use crate::condition::Condition;
use crate::id::Label;
use crate::model::ActivityKind;
use crate::time::{CivilWindow, Span};
use crate::wire::document;

/// The periods in which a tier table counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TierPeriod {
    /// Civil months.
    Month,
    /// Civil quarters.
    Quarter,
}

impl From<TierPeriod> for CivilWindow {
    fn from(period: TierPeriod) -> Self {
        match period {
            TierPeriod::Month => Self::Month,
            TierPeriod::Quarter => Self::Quarter,
        }
    }
}

document! {
    /// A rule of a tier table.
    TierRuleDraft
    required {
        /// The tier (客户级别) that it gives.
        tier: Label,
        /// Who earns it.
        when: Condition,
    }
    optional {}
    lists {}
    maps {}
    flags {}
}

document! {
    /// A tier table: see [`TierTable`](super::tiers::TierTable).
    TierTableDraft
    required {
        /// The share of a cut, per mille, below which a tier begins to be lost.
        band: u16,
        /// In how many periods in a row a customer must have been below.
        periods: u32,
        /// The periods.
        period: TierPeriod,
    }
    optional {}
    lists {
        /// The rules, the best tier first; the last one is for everybody.
        ladder, with_ladder: TierRuleDraft,
    }
    maps {}
    flags {}
}

document! {
    /// The thresholds of the life cycle: see [`LifeCycleRule`](super::life_cycle::LifeCycleRule).
    LifeCycleDraft
    required {
        /// How long a customer is new after its first purchase.
        new_for: Span,
        /// After how long without a purchase and without contact it is dormant.
        dormant_after: Span,
        /// After how long without a purchase it is lost.
        lost_after: Span,
        /// How long it is won back after the purchase that followed being lost.
        won_back_for: Span,
    }
    optional {}
    lists {}
    maps {}
    flags {}
}

document! {
    /// How a pool orders its customers: see [`PriorityRule`](super::priority::PriorityRule). Weights are per mille and make
    /// 1,000 together; one that is left out is 0.
    PriorityDraft
    required {
        /// The pace of waiting, in unit scores an hour.
        pace: u32,
        /// The time in the pool after which nobody waits behind others.
        starves_after: Span,
    }
    optional {
        /// The weight of the value.
        value, with_value: u16,
        /// The weight of the probability of winning.
        win_probability, with_win_probability: u16,
        /// The weight of engagement.
        engagement, with_engagement: u16,
        /// The weight of the urgency of churn.
        churn_urgency, with_churn_urgency: u16,
        /// The weight of waiting.
        waiting, with_waiting: u16,
    }
    lists {}
    maps {}
    flags {}
}

document! {
    /// Engagement: see [`EngagementRule`](super::engagement::EngagementRule).
    EngagementDraft
    required {
        /// After so many hours half of an activity is gone.
        half_life_hours: u32,
        /// The points at which the unit score is one half.
        half: u32,
    }
    optional {}
    lists {}
    maps {
        /// What activities are worth, in points.
        worth, with_worth: ActivityKind => u32,
    }
    flags {}
}

/// The points of a criterion, 0 to 100.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PointsDraft {
    /// Bands of a number.
    Bands(BandsDraft),
    /// Words with their points; any other word has none.
    Words(WordPoints),
    /// What is true has these points.
    Flag(u8),
}

document! {
    /// Bands of a number and their points: one more of them than of cuts.
    BandsDraft
    required {}
    optional {}
    lists {
        /// Where bands begin, ascending: decimals as texts.
        cuts, with_cuts: String,
        /// The points of each band, from below the first cut on.
        points, with_points: u8,
    }
    maps {}
    flags {}
}

document! {
    /// Points of words.
    WordPoints
    required {}
    optional {}
    lists {}
    maps {
        /// The words.
        of, with_of: Label => u8,
    }
    flags {}
}

document! {
    /// A criterion of a scorecard: a declared attribute, its weight per mille and its points.
    CriterionDraft
    required {
        /// The attribute.
        attribute: Label,
        /// Its weight.
        weight: u16,
        /// Its points.
        points: PointsDraft,
    }
    optional {}
    lists {}
    maps {}
    flags {}
}

document! {
    /// A scorecard: see [`Scorecard`](super::key_accounts::Scorecard).
    ScorecardDraft
    required {
        /// The score, 0 to 100,000, from which on a customer is a key account.
        cut: u32,
    }
    optional {}
    lists {
        /// The criteria, whose weights make 1,000.
        criteria, with_criteria: CriterionDraft,
    }
    maps {}
    flags {}
}

document! {
    /// Who is a key account (大客户): by value, by rule, by scorecard; any is enough.
    KeyAccountsDraft
    required {}
    optional {
        /// The share of the total, per mille, that class A makes; 800 by default.
        a_share, with_a_share: u16,
        /// The share that A and B make; 950 by default.
        b_share, with_b_share: u16,
        /// Who is one by rule.
        when, with_when: Condition,
        /// The scorecard.
        scorecard, with_scorecard: ScorecardDraft,
    }
    lists {}
    maps {}
    flags {}
}

document! {
    /// Rules about what a customer is worth.
    ScoringDraft
    required {}
    optional {
        /// How tiers (客户级别) follow from facts.
        tiers, with_tiers: TierTableDraft,
        /// How the stages of life follow from purchases and contacts.
        life_cycle, with_life_cycle: LifeCycleDraft,
        /// From which share of its value on, per mille, a category is what a customer buys; none is below that.
        purchase_type_share, with_purchase_type_share: u16,
        /// What activities are worth.
        engagement, with_engagement: EngagementDraft,
        /// Who is a key account (大客户).
        key_accounts, with_key_accounts: KeyAccountsDraft,
        /// How pools order their customers.
        priority, with_priority: PriorityDraft,
    }
    lists {}
    maps {}
    flags {}
}

macro_rules! empty {
    ($($draft:ty),*) => {$(
        impl Default for $draft {
            fn default() -> Self {
                Self::new()
            }
        }
    )*};
}

empty! { BandsDraft, WordPoints, KeyAccountsDraft, ScoringDraft }
