//! Everything that reclaim evaluates of a policy.

use std::sync::Arc;

use super::owners::Owners;
use super::program::Program;
use super::slots::FoldRules;
use super::trigger::{Group, Trigger};
use crate::attribute::AttributeType;
use crate::condition::Test;
use crate::decision::{HoldRef, PoolRef};
use crate::id::{CalendarId, Label};
use crate::model::HoldKind;
use crate::route::Routes;
use crate::time::{Calendar, Span, Timestamp};

/// Everything that reclaim evaluates of a policy.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    pub(crate) calendars: Box<[(CalendarId, Arc<Calendar>)]>,
    pub(crate) default_calendar: Arc<Calendar>,
    /// In microseconds.
    pub(crate) skew: i64,
    pub(crate) attributes_read: Box<[(Label, AttributeType)]>,
    pub(crate) owners: Option<Owners>,
    pub(crate) reads_owner: bool,
    pub(crate) owner_calendar: bool,
    /// The clocks of `groups`, if all of them are plain.
    pub(crate) program: Option<Program>,
    /// Whether nothing but a customer's own protection and its clocks bears on a decision: there is nothing that
    /// exempts or freezes, no warning, no routing rule, and nothing is asked about owners and deals.
    pub(crate) bare: bool,
    /// Per trigger the pool, where no routing rule is to be asked.
    pub(crate) pools: Box<[PoolRef]>,
    /// Whether a trigger only notifies.
    pub(crate) notifies: bool,
    pub(crate) triggers: Box<[Trigger]>,
    pub(crate) groups: Box<[Group]>,
    pub(crate) deals: Option<Deals>,
    pub(crate) exempt_owner_tags: Box<[Label]>,
    pub(crate) exempt_customer_tags: Box<[Label]>,
    pub(crate) hold_kinds: Box<[HoldKind]>,
    pub(crate) longest_lock: Option<Span>,
    pub(crate) grace: Option<Span>,
    pub(crate) freeze_windows: Box<[FreezeWindow]>,
    pub(crate) routes: Routes,
    pub(crate) fold: FoldRules,
}

/// How deal customers are treated.
#[derive(Clone, Debug)]
pub(crate) struct Deals {
    pub(crate) test: Test,
    pub(crate) then: DealRules,
}

#[derive(Clone, Debug)]
pub(crate) enum DealRules {
    Exempt,
    Same,
    /// These decide instead; and their program.
    Groups(Box<[Group]>, Option<Program>),
}

#[derive(Clone, Debug)]
pub(crate) struct FreezeWindow {
    pub(crate) id: Label,
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
}

impl Rules {
    /// A kind of business hold, if it counts.
    pub(crate) fn hold_ref(&self, kind: &HoldKind) -> Option<HoldRef> {
        let place = self.hold_kinds.iter().position(|known| known == kind)?;
        u16::try_from(place).ok().map(HoldRef)
    }

    pub(crate) fn calendar(&self, id: &CalendarId) -> Option<&Arc<Calendar>> {
        self.calendars.iter().find(|(known, _)| known == id).map(|(_, calendar)| calendar)
    }
}
