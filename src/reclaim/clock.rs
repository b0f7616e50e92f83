//! One trigger's clock: where it starts, what renews it, where it ends.

use super::known::Known;
use super::rules::{AnchorRule, HardCap, Trigger};
use super::sink::Sink;
use super::situation::Situation;
use super::{HardCapFrom, IfAnchorMissing};
use crate::attribute::AttributeValue;
use crate::decision::{ClockFinding, ClockState, ReasonCode, Reasons, Step, TriggerRef};
use crate::time::{Edge, End, Instant, LocalTime, Span, Undatable};

/// What a clock says.
#[derive(Clone, Copy)]
pub(crate) enum Clock {
    /// It never comes due.
    Disarmed,
    /// It cannot be dated.
    Undated(ReasonCode),
    /// It comes due then, for these reasons.
    Armed(Instant, Reasons),
}

/// What lengthens every clock of a customer: a granted extension, and the grace after a hold.
#[derive(Clone, Copy, Default)]
pub(crate) struct Lengthening {
    pub(crate) extension: Option<Instant>,
    pub(crate) grace: Option<Instant>,
    pub(crate) assumed: bool,
}

/// Where a clock starts.
enum Start {
    Missing,
    Undated(ReasonCode),
    At { start: Instant, cap_start: Instant },
}

impl From<Undatable> for ReasonCode {
    fn from(why: Undatable) -> Self {
        match why {
            Undatable::CalendarOutOfRange => Self::CalendarOutOfRange,
            Undatable::TimeOutOfRange => Self::TimeOutOfRange,
        }
    }
}

impl<'a> Situation<'a> {
    /// The clock of a selected trigger.
    #[inline]
    pub(crate) fn clock<S: Sink>(
        &self,
        index: usize,
        trigger: &'a Trigger,
        known: &Known<'_>,
        lengthening: Lengthening,
        sink: &mut S,
    ) -> Clock {
        let mut finding = S::WANTED.then(|| ClockFinding {
            trigger: TriggerRef(u16::try_from(index).unwrap_or(u16::MAX)),
            notify_only: trigger.notify.is_some(),
            start: None,
            base_due: None,
            renewals: Vec::new(),
            hard_due: None,
            extended_until: lengthening.extension,
            grace_until: lengthening.grace,
            state: ClockState::NoAnchor,
        });
        let clock = match self.start(trigger, known) {
            Start::Missing => Clock::Disarmed,
            Start::Undated(code) => Clock::Undated(code),
            Start::At { start, cap_start } => {
                if let Some(finding) = &mut finding {
                    finding.start = Some(start);
                }
                self.run(trigger, known, start, cap_start, lengthening, &mut finding)
            }
        };
        if let Some(mut finding) = finding {
            match clock {
                Clock::Armed(due, _) => finding.state = ClockState::Armed(due),
                Clock::Undated(code) => finding.state = ClockState::Undated(code),
                Clock::Disarmed => {}
            }
            sink.step(|| Step::Clock(finding));
        }
        clock
    }

    #[inline]
    fn start(&self, trigger: &'a Trigger, known: &Known<'_>) -> Start {
        let owned = Start::At {
            start: self.clock_start,
            cap_start: match trigger.hard_cap {
                Some(HardCap { from: HardCapFrom::Chain, .. }) => {
                    self.ownership.chain_start().unwrap_or(self.clock_start)
                }
                _ => self.clock_start,
            },
        };
        let anchor = match &trigger.anchor {
            AnchorRule::OwnershipStart => return owned,
            other => self.anchor(other, trigger, known),
        };
        match (anchor, trigger.if_anchor_missing) {
            (Err(why), _) => Start::Undated(why),
            (Ok(Some(at)), _) => {
                let start = if trigger.even_before_ownership { at } else { at.max(self.clock_start) };
                Start::At { start, cap_start: start }
            }
            (Ok(None), IfAnchorMissing::Disarm) => Start::Missing,
            (Ok(None), IfAnchorMissing::FromOwnership) => owned,
            (Ok(None), IfAnchorMissing::Undetermined) => Start::Undated(ReasonCode::AnchorMissing),
        }
    }

    fn anchor(
        &self,
        rule: &AnchorRule,
        trigger: &'a Trigger,
        known: &Known<'_>,
    ) -> Result<Option<Instant>, ReasonCode> {
        let customer = self.view.customer;
        Ok(match rule {
            AnchorRule::OwnershipStart => Some(self.clock_start),
            AnchorRule::Created => customer.created(),
            AnchorRule::LastContractEnd => customer.last_contract_end(),
            AnchorRule::LastDeal => customer.last_deal(),
            AnchorRule::Latest(slots) => slots.iter().filter_map(|&slot| known.latest(slot)).max(),
            AnchorRule::Attribute(key) => match customer.attributes().get(key) {
                Some(AttributeValue::Date(date)) => Some(
                    self.calendar(&trigger.calendar)
                        .local(*date, LocalTime::MIDNIGHT, Edge::Start)
                        .ok_or(ReasonCode::TimeOutOfRange)?,
                ),
                _ => None,
            },
        })
    }

    #[inline]
    fn run(
        &self,
        trigger: &'a Trigger,
        known: &Known<'_>,
        start: Instant,
        cap_start: Instant,
        lengthening: Lengthening,
        finding: &mut Option<ClockFinding>,
    ) -> Clock {
        if known.has_future() && known.only_future(&trigger.slots) {
            return Clock::Undated(ReasonCode::InFuture);
        }
        if !trigger.satisfied_by.is_empty() {
            if let Some((slot, at)) = self.satisfied(trigger, known, start) {
                if let Some(finding) = finding {
                    finding.state = ClockState::Satisfied(self.kind_of(slot), at);
                }
                return Clock::Disarmed;
            }
        }
        if trigger.by_owner && !known.unjudged.is_empty() && known.unjudged_matters(&trigger.slots) {
            return Clock::Undated(ReasonCode::HistoryIncomplete);
        }
        match self.dues(trigger, known, start, cap_start, lengthening, finding) {
            Ok((due, reasons)) => Clock::Armed(due, reasons),
            Err(why) => Clock::Undated(why.into()),
        }
    }

    /// An activity that satisfies the trigger: one not before the anchor. Before the ownership none qualifies, so the
    /// clock's start serves as well as the anchor.
    fn satisfied(&self, trigger: &Trigger, known: &Known<'_>, start: Instant) -> Option<(u16, Instant)> {
        trigger.satisfied_by.iter().filter_map(|&slot| Some((slot, known.latest(slot)?))).find(|&(_, at)| at >= start)
    }

    fn kind_of(&self, slot: u16) -> crate::model::ActivityKind {
        let slot = self.rules.fold.slots.get(usize::from(slot));
        slot.map_or(crate::model::ActivityKind::Note, |slot| slot.kind.clone())
    }

    #[inline]
    fn dues(
        &self,
        trigger: &'a Trigger,
        known: &Known<'_>,
        start: Instant,
        cap_start: Instant,
        lengthening: Lengthening,
        finding: &mut Option<ClockFinding>,
    ) -> Result<(Instant, Reasons), Undatable> {
        let calendar = self.calendar(&trigger.calendar);
        let mut assumed = lengthening.assumed;
        let mut end = |from: Instant, span: Span, paused: bool| -> Result<Instant, Undatable> {
            let end: End = calendar.end(from, span, if paused { self.pauses } else { &[] })?;
            assumed |= end.assumed();
            Ok(end.at())
        };
        let base_due = end(start, trigger.base, true)?;
        if let Some(finding) = finding {
            finding.base_due = Some(base_due);
        }
        let mut due = base_due;
        for renewal in &trigger.renewals {
            if let Some(at) = known.latest(renewal.slot) {
                let renewed = end(at, renewal.span, true)?;
                if let Some(finding) = finding {
                    finding.renewals.push((self.kind_of(renewal.slot), at, Some(renewed)));
                }
                due = due.max(renewed);
            }
        }
        let mut reasons = Reasons::of(if due > base_due { ReasonCode::Renewed } else { ReasonCode::Base });
        if let Some(cap) = trigger.hard_cap {
            let hard_due = end(cap_start, cap.span, cap.pauses)?;
            if let Some(finding) = finding {
                finding.hard_due = Some(hard_due);
            }
            if hard_due < due {
                due = hard_due;
                reasons.add(ReasonCode::Capped);
            }
        }
        for (until, code) in [(lengthening.extension, ReasonCode::Extended), (lengthening.grace, ReasonCode::Grace)] {
            if let Some(until) = until.filter(|until| *until > due) {
                due = until;
                reasons.add(code);
            }
        }
        if assumed {
            reasons.add(ReasonCode::AssumedPattern);
        }
        Ok((due, reasons))
    }
}
