//! The tier that a customer holds.

use serde::{Deserialize, Serialize};

use crate::id::Label;
use crate::time::Timestamp;
use crate::wire::getters;

/// The tier held: a fact, given in and out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TierState {
    pub(crate) tier: Label,
    pub(crate) since: Timestamp,
    #[serde(default, skip_serializing_if = "crate::wire::is_default")]
    pub(crate) below: u32,
    /// The first instant of the last period that was counted, or in which the tier fell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) counted: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "crate::wire::is_default")]
    pub(crate) manual: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) manual_until: Option<Timestamp>,
}

impl TierState {
    /// This tier since then, below its cuts in no period.
    #[must_use]
    pub const fn new(tier: Label, since: Timestamp) -> Self {
        Self { tier, since, below: 0, counted: None, manual: false, manual_until: None }
    }

    /// Given by hand: it stands until then, or for good. Afterwards the rules go on from it.
    #[must_use]
    pub const fn by_hand(mut self, until: Option<Timestamp>) -> Self {
        self.manual = true;
        self.manual_until = until;
        self
    }

    /// With so many periods below in a row, the last of which began then, or with a fall in that period and none since.
    #[must_use]
    pub const fn with_below(mut self, below: u32, counted: Timestamp) -> Self {
        self.below = below;
        self.counted = Some(counted);
        self
    }

    getters! {
        /// The tier.
        const tier: &Label,
        /// Since when.
        since: Timestamp,
        /// In how many periods in a row it was below, up to the last one counted.
        below: u32,
        /// The first instant of the last period that was counted, or in which the tier fell.
        counted: Option<Timestamp>,
    }

    /// Whether it was given by hand.
    #[must_use]
    pub const fn is_manual(&self) -> bool {
        self.manual
    }

    /// Until when a tier given by hand stands; `None` for good.
    #[must_use]
    pub const fn manual_until(&self) -> Option<Timestamp> {
        self.manual_until
    }
}
