//! Facts that contradict each other or the policy.

use customer_pool::condition::Fact;
use customer_pool::model::{Activities, Ownership, Rep};
use customer_pool::policy::draft::{Anchor, CalendarChoice, DealTreatment};
use customer_pool::time::Timestamp;

use super::{Code, Reference};
use crate::condition::leaves;

impl<'a> Reference<'a> {
    /// The first contradiction in the order of the specification.
    pub(super) fn contradiction(&self, ownership: &Ownership, now: Timestamp) -> Option<Code> {
        let (Some(t0), Some(start)) = (ownership.clock_start(), ownership.start()) else {
            return Some("facts.ownership_start_unknown");
        };
        let protection = self.customer.protection();
        let locks = protection.map_or(&[][..], |protection| protection.locks());
        let pauses = protection.map_or(&[][..], |protection| protection.pauses().given());
        let leave = self.owner.map_or(&[][..], |owner| owner.leave().given());
        let in_order = [
            (!self.is_visible(t0, now), "facts.ownership_start_in_future"),
            (
                locks.iter().any(|lock| lock.since().zip(lock.until()).is_some_and(|(since, until)| until < since)),
                "facts.lock_reversed",
            ),
            (pauses.iter().chain(leave).any(|(from, to)| to < from), "facts.pause_reversed"),
            (self.is_overlapping(start), "facts.ownerships_overlap"),
            (self.is_calendar_unknown(), "facts.unknown_calendar"),
            (self.owner.is_some_and(|owner| owner.id() != ownership.owner()), "facts.owner_mismatch"),
            (self.owner_is_unknown || (self.owner.is_none() && self.reads_owner()), "facts.owner_missing"),
            (self.is_mistyped(), "facts.attribute_type"),
            // The reference is given single activities; whatever is folded was folded elsewhere.
            (matches!(self.customer.activities(), Activities::Folded(_)), "facts.folded_elsewhere"),
        ];
        in_order.into_iter().find(|(contradicts, _)| *contradicts).map(|(_, code)| code)
    }

    /// Every ownership against every other: an instant in common is one too many.
    fn is_overlapping(&self, start: Timestamp) -> bool {
        let mut periods: Vec<(Timestamp, Timestamp)> =
            self.customer.past().iter().map(|past| (past.from(), past.to())).collect();
        if periods.iter().any(|(from, to)| to < from) {
            return true;
        }
        periods.push((start, Timestamp::MAX));
        periods
            .iter()
            .enumerate()
            .any(|(i, one)| periods.iter().skip(i + 1).any(|other| one.0.max(other.0) < one.1.min(other.1)))
    }

    fn counts_in_owners_calendar(&self) -> bool {
        self.all_triggers().any(|trigger| trigger.calendar() == Some(&CalendarChoice::Owner))
    }

    fn is_calendar_unknown(&self) -> bool {
        let bound = self.owner.and_then(Rep::calendar);
        self.counts_in_owners_calendar() && bound.is_some_and(|id| !self.policy.calendars().contains_key(id))
    }

    /// Every fact that a condition or an anchor of the policy names.
    fn read(&self) -> Vec<Fact> {
        let (mut named, mut anchors) = (Vec::new(), Vec::new());
        for trigger in self.all_triggers() {
            leaves(trigger.when(), &mut named);
            if let Some(Anchor::Attribute(key)) = trigger.anchor() {
                anchors.push(Fact::Attribute(key.clone()));
            }
        }
        self.policy.routing().unwrap().rules().iter().for_each(|rule| leaves(rule.when(), &mut named));
        if let Some(deal) = self.policy.deal_customers() {
            leaves(deal.when(), &mut named);
            debug_assert!(!matches!(deal.then(), DealTreatment::Groups(groups) if groups.is_empty()));
        }
        named.into_iter().cloned().chain(anchors).collect()
    }

    fn reads_owner(&self) -> bool {
        let exempts = self.policy.exempt().is_some_and(|exempt| !exempt.owner_tags().is_empty());
        let names = self.read().iter().any(|fact| matches!(fact, Fact::OwnerTag | Fact::OwnerUnit));
        exempts || names || self.counts_in_owners_calendar()
    }

    fn is_mistyped(&self) -> bool {
        self.read().iter().any(|fact| {
            let Fact::Attribute(key) = fact else { return false };
            let declared = self.policy.attributes().get(key);
            self.customer.attributes().get(key).is_some_and(|value| Some(&value.kind()) != declared)
        })
    }
}
