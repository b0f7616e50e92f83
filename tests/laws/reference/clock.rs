//! When one trigger comes due.

use std::collections::BTreeSet;

use customer_pool::attribute::AttributeValue;
use customer_pool::policy::draft::{Anchor, HardCapFrom, IfAnchorMissing, LatestActivity, TriggerDraft};
use customer_pool::time::{Span, Timestamp, Undatable};

use super::hold::Holds;
use super::{Code, Moment, Reference, code};

/// What a trigger's clock says.
pub(super) enum Clock {
    Disarmed,
    Undated(Code),
    Armed(Timestamp, Vec<Code>),
}

/// What lengthens every clock.
pub(super) struct Lengthened {
    extension: Option<Timestamp>,
    grace: Option<(Timestamp, bool)>,
    pub(super) undated: Option<Code>,
}

impl<'a> Reference<'a> {
    pub(super) fn lengthened(&self, moment: Moment<'a>, holds: &Holds) -> Lengthened {
        let extensions = self.customer.protection().map_or(&[][..], |protection| protection.extensions());
        let is_ours = |granted: Option<Timestamp>| granted.is_none_or(|granted| granted >= moment.start);
        let extension = extensions.iter().filter(|one| is_ours(one.granted())).map(|one| one.until()).max();
        let grace = match (holds.last_end, self.policy.grace()) {
            (Some(ended), Some(span)) => Some(self.end(self.policy.default_calendar().unwrap(), ended, *span, true)),
            _ => None,
        };
        let (grace, undated) = match grace {
            None => (None, None),
            Some(Ok(until)) => (Some(until), None),
            Some(Err(why)) => (None, Some(code(why))),
        };
        Lengthened { extension, grace, undated }
    }

    pub(super) fn clock(
        &self,
        trigger: &'a TriggerDraft,
        moment: Moment<'a>,
        lengthened: &Lengthened,
        marks: &mut BTreeSet<Timestamp>,
    ) -> Clock {
        let anchor = match self.anchor(trigger, moment) {
            Ok(anchor) => anchor,
            Err(code) => return Clock::Undated(code),
        };
        let of_ownership = (moment.t0, true);
        let (start, is_of_ownership) = match (anchor, trigger.anchor(), trigger.if_anchor_missing()) {
            (_, None | Some(Anchor::OwnershipStart), _) => of_ownership,
            (Some(at), ..) if trigger.even_before_ownership() => (at, false),
            (Some(at), ..) => (at.max(moment.t0), false),
            (None, _, Some(IfAnchorMissing::FromOwnership)) => of_ownership,
            (None, _, Some(IfAnchorMissing::Undetermined)) => return Clock::Undated("facts.anchor_missing"),
            (None, _, None | Some(IfAnchorMissing::Disarm)) => return Clock::Disarmed,
        };
        let qualified = self.qualified(trigger, moment);
        let (known, ahead): (Vec<_>, Vec<_>) =
            qualified.counting.into_iter().partition(|(at, _)| self.is_visible(*at, moment.now));
        if known.is_empty() && !ahead.is_empty() {
            return Clock::Undated("facts.in_future");
        }
        if known.iter().any(|(at, kind)| trigger.satisfied_by().contains(kind) && *at >= start) {
            return Clock::Disarmed;
        }
        let mut unjudged = qualified.unjudged.iter().filter(|(at, _)| self.is_visible(*at, moment.now));
        if unjudged.any(|(at, kind)| known.iter().all(|(counting, other)| other != kind || counting < at)) {
            return Clock::Undated("facts.history_incomplete");
        }
        let from_chain = is_of_ownership && trigger.max_hold_from() != Some(&HardCapFrom::Clock);
        let cap_start = if from_chain { moment.ownership.chain_start().unwrap() } else { start };
        match self.dues(trigger, (start, cap_start), &known, lengthened, marks) {
            Ok((due, why)) => {
                marks.insert(due);
                Clock::Armed(due, why)
            }
            Err(why) => Clock::Undated(code(why)),
        }
    }

    fn anchor(&self, trigger: &'a TriggerDraft, moment: Moment<'a>) -> Result<Option<Timestamp>, Code> {
        Ok(match trigger.anchor() {
            None | Some(Anchor::OwnershipStart) => Some(moment.t0),
            Some(Anchor::Created) => self.customer.created(),
            Some(Anchor::LastContractEnd) => self.customer.last_contract_end(),
            Some(Anchor::LastDeal) => self.customer.last_deal(),
            Some(Anchor::LatestActivity(LatestActivity(kinds))) => self.anchor_activity(kinds, trigger, moment),
            Some(Anchor::Attribute(key)) => match self.customer.attributes().get(key) {
                Some(AttributeValue::Date(date)) => {
                    let first = self.calendars[self.calendar_of(trigger)].start(*date);
                    Some(Timestamp::from_micros(first).ok_or("time.out_of_range")?)
                }
                _ => None,
            },
        })
    }

    fn dues(
        &self,
        trigger: &'a TriggerDraft,
        (start, cap_start): (Timestamp, Timestamp),
        known: &[(Timestamp, customer_pool::model::ActivityKind)],
        lengthened: &Lengthened,
        marks: &mut BTreeSet<Timestamp>,
    ) -> Result<(Timestamp, Vec<Code>), Undatable> {
        let calendar = self.calendar_of(trigger);
        let mut assumed = lengthened.grace.is_some_and(|(_, assumed)| assumed);
        let mut end = |from: Timestamp, span: &Span, pauses: bool| -> Result<Timestamp, Undatable> {
            let (at, guessed) = self.end(calendar, from, *span, pauses)?;
            assumed |= guessed;
            marks.insert(at);
            Ok(at)
        };
        let base_due = end(start, trigger.base(), true)?;
        let mut soft_due = base_due;
        for (kind, span) in trigger.renewals() {
            let latest = known.iter().filter(|(_, of)| of == kind).map(|(at, _)| *at).max();
            if let Some(latest) = latest {
                soft_due = soft_due.max(end(latest, span, true)?);
            }
        }
        let mut why = vec![if soft_due > base_due { "clock.renewed" } else { "clock.base" }];
        let mut due = soft_due;
        if let Some(span) = trigger.max_hold() {
            let hard_due = end(cap_start, span, trigger.max_hold_pauses())?;
            due = soft_due.min(hard_due);
            why.extend((hard_due < soft_due).then_some("clock.capped"));
        }
        let grace = lengthened.grace.map(|(until, _)| until);
        for (until, reason) in [(lengthened.extension, "clock.extended"), (grace, "clock.grace")] {
            why.extend((until > Some(due)).then_some(reason));
            due = due.max(until.unwrap_or(due));
        }
        why.extend(assumed.then_some("calendar.assumed_pattern"));
        Ok((due, why))
    }
}
