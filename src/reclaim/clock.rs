//! One trigger's clock: where it starts, what renews it, where it ends.

use super::draft::{HardCapFrom, IfAnchorMissing};
use super::due::{due, reasons};
use super::known::Known;
use super::sink::{ClockSink, Sink};
use super::situation::Situation;
use super::trigger::{AnchorRule, CalendarRule, HardCap, Trigger};
use crate::attribute::AttributeValue;
use crate::decision::{ClockState, ReasonCode, Reasons, Step, TriggerRef};
use crate::model::ActivityKind;
use crate::time::{Edge, LocalTime, Span, Timestamp, Undatable};

/// What a clock says.
#[derive(Clone, Copy)]
pub(crate) enum Clock {
    /// It never comes due.
    Disarmed,
    /// It cannot be dated.
    Undated(ReasonCode),
    /// It comes due then, for these reasons.
    Armed(Timestamp, Reasons),
}

/// What lengthens every clock of a customer: a granted extension, and the grace after a hold.
#[derive(Clone, Copy, Default)]
pub(crate) struct Lengthening {
    pub(crate) extension: Option<Timestamp>,
    pub(crate) grace: Option<Timestamp>,
    pub(crate) assumed: bool,
    /// Why it is unknown how far clocks are lengthened: a lock, or the grace after a hold, cannot be dated.
    pub(crate) undated: Option<ReasonCode>,
}

/// Why a clock is disarmed.
enum Disarmed {
    NoAnchor,
    Satisfied(u16, Timestamp),
    Undated(ReasonCode),
}

impl From<Undatable> for Disarmed {
    #[cold]
    fn from(why: Undatable) -> Self {
        Self::Undated(why.into())
    }
}

/// Where a clock starts, and where its cap does.
#[derive(Clone, Copy)]
struct Start {
    clock: Timestamp,
    cap: Timestamp,
}

/// What clocks are read from at one instant.
#[derive(Clone, Copy)]
pub(super) struct Moment<'m, 'a> {
    pub(super) situation: &'m Situation<'a>,
    pub(super) now: Timestamp,
    pub(super) known: &'m Known<'m>,
    pub(super) lengthening: Lengthening,
}

impl<'a> Moment<'_, 'a> {
    /// The clock of a selected trigger.
    #[inline]
    pub(super) fn clock<S: Sink>(&self, index: usize, trigger: &'a Trigger, sink: &mut S) -> Clock {
        let Self { situation, lengthening, .. } = *self;
        let mut finding = S::clock(TriggerRef(u16::try_from(index).unwrap_or(u16::MAX)), trigger.notify.is_some());
        finding.note(|finding| {
            finding.anchor = self.anchor(trigger).ok().flatten();
            finding.extended_until = lengthening.extension;
            finding.grace_until = lengthening.grace;
        });
        let run = self.run(trigger, &mut finding);
        // The customer is undetermined then; a trigger that only notifies must not say more than is known.
        let run = match (trigger.notify, lengthening.undated) {
            (Some(_), Some(code)) => run.and(Err(Disarmed::Undated(code))),
            _ => run,
        };
        let finding = finding.finish(|| match &run {
            Ok((due, _)) => ClockState::Armed(*due),
            Err(Disarmed::NoAnchor) => ClockState::NoAnchor,
            Err(Disarmed::Satisfied(slot, at)) => ClockState::Satisfied(situation.kind_of(*slot), *at),
            Err(Disarmed::Undated(code)) => ClockState::Undated(*code),
        });
        if let Some(finding) = finding {
            sink.step(|| Step::Clock(finding));
        }
        match run {
            Ok((due, reasons)) => Clock::Armed(due, reasons),
            Err(Disarmed::Undated(code)) => Clock::Undated(code),
            Err(_) => Clock::Disarmed,
        }
    }

    #[inline]
    fn run<C: ClockSink>(&self, trigger: &'a Trigger, finding: &mut C) -> Result<(Timestamp, Reasons), Disarmed> {
        let known = self.known;
        let start = self.start(trigger)?;
        finding.note(|finding| finding.start = Some(start.clock));
        if known.has_future() && known.only_future(&trigger.slots) {
            return Err(Disarmed::Undated(ReasonCode::InFuture));
        }
        if !trigger.satisfied_by.is_empty() {
            if let Some((slot, at)) = self.satisfied(trigger, start.clock) {
                return Err(Disarmed::Satisfied(slot, at));
            }
        }
        if trigger.by_owner && known.unjudged_matters(&trigger.slots) {
            return Err(Disarmed::Undated(ReasonCode::HistoryIncomplete));
        }
        self.ends(trigger, start, finding)
    }

    #[inline]
    fn start(&self, trigger: &'a Trigger) -> Result<Start, Disarmed> {
        if matches!(trigger.anchor, AnchorRule::OwnershipStart) {
            return Ok(self.ownership_start(trigger));
        }
        self.start_elsewhere(trigger)
    }

    #[inline]
    fn ownership_start(&self, trigger: &Trigger) -> Start {
        let clock = self.situation.clock_start;
        let cap = match trigger.hard_cap {
            Some(HardCap { from: HardCapFrom::Chain, .. }) => self.situation.ownership.chain_start().unwrap_or(clock),
            _ => clock,
        };
        Start { clock, cap }
    }

    #[inline(never)]
    fn start_elsewhere(&self, trigger: &'a Trigger) -> Result<Start, Disarmed> {
        match (self.anchor(trigger)?, trigger.if_anchor_missing) {
            (Some(at), _) => {
                let clock = if trigger.even_before_ownership { at } else { at.max(self.situation.clock_start) };
                Ok(Start { clock, cap: clock })
            }
            (None, IfAnchorMissing::Disarm) => Err(Disarmed::NoAnchor),
            (None, IfAnchorMissing::FromOwnership) => Ok(self.ownership_start(trigger)),
            (None, IfAnchorMissing::Undetermined) => Err(Disarmed::Undated(ReasonCode::AnchorMissing)),
        }
    }

    fn anchor(&self, trigger: &'a Trigger) -> Result<Option<Timestamp>, Disarmed> {
        let Self { situation, known, .. } = *self;
        let customer = situation.view.customer;
        Ok(match &trigger.anchor {
            AnchorRule::OwnershipStart => Some(situation.clock_start),
            AnchorRule::Created => customer.created(),
            AnchorRule::LastContractEnd => customer.last_contract_end(),
            AnchorRule::LastDeal => customer.last_deal(),
            AnchorRule::Latest(slots) => slots.iter().filter_map(|&slot| known.latest(slot)).max(),
            AnchorRule::Attribute(key) => match customer.attributes().get(key) {
                Some(AttributeValue::Date(date)) => Some(
                    situation
                        .calendar(&trigger.calendar)
                        .local(*date, LocalTime::MIDNIGHT, Edge::Start)
                        .ok_or(Undatable::TimeOutOfRange)?,
                ),
                _ => None,
            },
        })
    }

    /// An activity that satisfies the trigger: one not before the anchor. Before the ownership none qualifies, so the
    /// clock's start serves as well as the anchor.
    fn satisfied(&self, trigger: &Trigger, start: Timestamp) -> Option<(u16, Timestamp)> {
        let latest = |&slot| Some((slot, self.known.latest(slot)?));
        trigger.satisfied_by.iter().filter_map(latest).find(|&(_, at)| at >= start)
    }

    /// When the clock comes due that starts here, and for what.
    #[inline]
    fn ends<C: ClockSink>(
        &self,
        trigger: &'a Trigger,
        start: Start,
        finding: &mut C,
    ) -> Result<(Timestamp, Reasons), Disarmed> {
        let Self { situation, known, lengthening, .. } = *self;
        let mut assumed = lengthening.assumed;
        let base_due = situation.end_of(trigger, start.clock, trigger.base, &mut assumed)?;
        finding.note(|finding| finding.base_due = Some(base_due));
        let mut renewed = None;
        for renewal in &trigger.renewals {
            if let Some(at) = known.latest(renewal.slot) {
                let until = situation.end_of(trigger, at, renewal.span, &mut assumed)?;
                finding.renewal(|| situation.kind_of(renewal.slot), at, until);
                renewed = renewed.max(Some(until));
            }
        }
        let mut hard_due = None;
        if let Some(cap) = trigger.hard_cap {
            let end = if cap.pauses || situation.pauses.is_empty() {
                situation.end_of(trigger, start.cap, cap.span, &mut assumed)?
            } else {
                let end = situation.calendar(&trigger.calendar).end(start.cap, cap.span, &[])?;
                assumed |= end.assumed();
                end.at()
            };
            hard_due = Some(end);
            finding.note(|finding| {
                finding.cap_start = Some(start.cap);
                finding.hard_due = hard_due;
            });
        }
        let found = due(base_due, renewed, hard_due);
        let (mut due, mut reasons) = (found.at, reasons(found.why()));
        if lengthening.extension > Some(due) {
            due = lengthening.extension.unwrap_or(due);
            reasons.add(ReasonCode::Extended);
        }
        if lengthening.grace > Some(due) {
            due = lengthening.grace.unwrap_or(due);
            reasons.add(ReasonCode::Grace);
        }
        if assumed {
            reasons.add(ReasonCode::AssumedPattern);
        }
        Ok((due, reasons))
    }
}

impl<'a> Situation<'a> {
    pub(super) fn kind_of(&self, slot: u16) -> ActivityKind {
        self.rules.fold.slots.get(usize::from(slot)).map_or(ActivityKind::Note, |slot| slot.kind.clone())
    }

    /// When a span of a trigger ends under the customer's pauses. Plain days from the clock start in the default
    /// calendar, which most spans are, share one look into the calendar's table.
    #[inline]
    fn end_of(
        &self,
        trigger: &'a Trigger,
        from: Timestamp,
        span: Span,
        assumed: &mut bool,
    ) -> Result<Timestamp, Undatable> {
        if self.pauses.is_empty() && span.is_plain_days() {
            let calendar = self.calendar(&trigger.calendar);
            let position = match self.clock_start_position {
                Some(position) if from == self.clock_start && matches!(trigger.calendar, CalendarRule::Default) => {
                    Some(position)
                }
                _ => calendar.position(from),
            };
            if let Some(at) = position.and_then(|position| calendar.end_from(position, span.n())) {
                return Ok(at);
            }
        }
        self.end_in_general(trigger, from, span, assumed)
    }

    #[inline(never)]
    fn end_in_general(
        &self,
        trigger: &'a Trigger,
        from: Timestamp,
        span: Span,
        assumed: &mut bool,
    ) -> Result<Timestamp, Undatable> {
        let end = self.calendar(&trigger.calendar).end(from, span, self.pauses)?;
        *assumed |= end.assumed();
        Ok(end.at())
    }
}
