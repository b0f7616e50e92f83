//! Reps: those who own, claim and lose customers.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::PauseList;
use crate::attribute::{Elapsed, decimal_text};
use crate::id::{CalendarId, Label, RepId};
use crate::time::Timestamp;
use crate::wire::getters;

/// A department path, from the top: `sales/east/shanghai`.
pub type UnitPath = Label;

/// The first `depth` parts of a path: `sales/east` of `sales/east/shanghai` at depth 2. A shorter path is itself.
#[must_use]
pub fn unit_at(path: &UnitPath, depth: u32) -> &str {
    let parts = path.as_str().match_indices('/');
    let cut = parts.map(|(at, _)| at).nth(depth.saturating_sub(1).try_into().unwrap_or(usize::MAX));
    cut.and_then(|at| path.as_str().get(..at)).unwrap_or_else(|| path.as_str())
}

/// A rep (销售): what reclaim reads of an owner, and claims of whoever wants a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Wire", into = "Wire")]
pub struct Rep {
    id: RepId,
    active: bool,
    units: Vec<UnitPath>,
    roles: Vec<Label>,
    tags: Vec<Label>,
    manager: Option<RepId>,
    regions: Vec<Label>,
    industries: Vec<Label>,
    skills: Vec<Label>,
    highest_tier: Option<Label>,
    tenure: Option<Elapsed>,
    figures: BTreeMap<Label, Decimal>,
    calendar: Option<CalendarId>,
    leave: PauseList,
}

macro_rules! lists {
    ($($(#[$doc:meta])* $name:ident, $with:ident: $type:ty;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(&self) -> &[$type] {
            &self.$name
        }

        #[doc = concat!("The same with these `", stringify!($name), "`.")]
        #[must_use]
        pub fn $with(mut self, values: impl IntoIterator<Item = $type>) -> Self {
            self.$name = values.into_iter().collect();
            self
        }
    )*};
}

impl Rep {
    /// An active rep of whom nothing else is known.
    #[must_use]
    pub fn new(id: RepId) -> Self {
        Self {
            id,
            active: true,
            units: Vec::new(),
            roles: Vec::new(),
            tags: Vec::new(),
            manager: None,
            regions: Vec::new(),
            industries: Vec::new(),
            skills: Vec::new(),
            highest_tier: None,
            tenure: None,
            figures: BTreeMap::new(),
            calendar: None,
            leave: PauseList::default(),
        }
    }

    lists! {
        /// The rep's units; several are possible.
        units, with_units: UnitPath;
        /// The rep's roles.
        roles, with_roles: Label;
        /// The rep's tags.
        tags, with_tags: Label;
        /// The regions the rep works in.
        regions, with_regions: Label;
        /// The industries the rep knows.
        industries, with_industries: Label;
        /// The rep's skills.
        skills, with_skills: Label;
    }

    /// Not active any more (停用): may take no customer.
    #[must_use]
    pub fn deactivated(mut self) -> Self {
        self.active = false;
        self
    }

    /// Active again.
    #[must_use]
    pub fn reactivated(mut self) -> Self {
        self.active = true;
        self
    }

    /// With this manager.
    #[must_use]
    pub fn with_manager(mut self, manager: RepId) -> Self {
        self.manager = Some(manager);
        self
    }

    /// Allowed customers of this tier and those below it, in the policy's order of tiers.
    #[must_use]
    pub fn with_highest_tier(mut self, tier: Label) -> Self {
        self.highest_tier = Some(tier);
        self
    }

    /// So long with the firm, as at `now`: a fact, no clock, so that it makes no `next_change`.
    #[must_use]
    pub fn with_tenure(mut self, tenure: Elapsed) -> Self {
        self.tenure = Some(tenure);
        self
    }

    /// With one more performance figure, on the host's scale: a conversion rate, a satisfaction.
    #[must_use]
    pub fn with_figure(mut self, key: Label, value: Decimal) -> Self {
        self.figures.insert(key, value);
        self
    }

    /// Bound to this calendar of the policy.
    #[must_use]
    pub fn with_calendar(mut self, calendar: CalendarId) -> Self {
        self.calendar = Some(calendar);
        self
    }

    /// On approved leave during these `[from, to)`: clocks of the rep's customers do not run.
    #[must_use]
    pub fn with_leave(mut self, leave: impl IntoIterator<Item = (Timestamp, Timestamp)>) -> Self {
        self.leave = leave.into_iter().collect();
        self
    }

    /// Who it is.
    #[must_use]
    pub fn id(&self) -> &RepId {
        &self.id
    }

    /// Whether the rep is active.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.active
    }

    getters! {
        /// The rep's manager.
        manager: Option<&RepId>,
        /// The highest tier the rep may have.
        highest_tier: Option<&Label>,
        /// How long the rep has been with the firm.
        tenure: Option<Elapsed>,
        /// The performance figures.
        figures: &BTreeMap<Label, Decimal>,
        /// The calendar the rep is bound to.
        calendar: Option<&CalendarId>,
        /// The rep's approved leave.
        leave: &PauseList,
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    id: RepId,
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    active: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    units: Vec<UnitPath>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    roles: Vec<Label>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Label>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    manager: Option<RepId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    regions: Vec<Label>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    industries: Vec<Label>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    skills: Vec<Label>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    highest_tier: Option<Label>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tenure: Option<Elapsed>,
    #[serde(default, skip_serializing_if = "Figures::is_empty")]
    figures: Figures,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    calendar: Option<CalendarId>,
    #[serde(default, skip_serializing_if = "PauseList::is_empty")]
    leave: PauseList,
}

/// Decimals as texts, by key.
#[derive(Default, Serialize, Deserialize)]
#[serde(transparent)]
struct Figures(#[serde(deserialize_with = "crate::wire::unique_map")] BTreeMap<Label, Figure>);

#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Figure(#[serde(with = "decimal_text")] Decimal);

impl Figures {
    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

const fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
const fn is_yes(value: &bool) -> bool {
    *value
}

impl From<Wire> for Rep {
    fn from(wire: Wire) -> Self {
        let Wire { id, active, units, roles, tags, manager, regions, industries, skills, highest_tier, .. } = wire;
        let figures = wire.figures.0.into_iter().map(|(key, figure)| (key, figure.0)).collect();
        Self {
            id,
            active,
            units,
            roles,
            tags,
            manager,
            regions,
            industries,
            skills,
            highest_tier,
            tenure: wire.tenure,
            figures,
            calendar: wire.calendar,
            leave: wire.leave,
        }
    }
}

impl From<Rep> for Wire {
    fn from(rep: Rep) -> Self {
        let Rep { id, active, units, roles, tags, manager, regions, industries, skills, highest_tier, .. } = rep;
        let figures = Figures(rep.figures.into_iter().map(|(key, value)| (key, Figure(value))).collect());
        Self {
            id,
            active,
            units,
            roles,
            tags,
            manager,
            regions,
            industries,
            skills,
            highest_tier,
            tenure: rep.tenure,
            figures,
            calendar: rep.calendar,
            leave: rep.leave,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::unit_at;

    #[test]
    fn a_path_is_cut_at_a_depth() {
        let path = "sales/east/shanghai".parse().unwrap();
        let cut = [1, 2, 3, 4, 0].map(|depth| unit_at(&path, depth));
        assert_eq!(cut, ["sales", "sales/east", "sales/east/shanghai", "sales/east/shanghai", "sales"]);
    }
}
