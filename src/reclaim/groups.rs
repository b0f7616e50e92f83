//! The clocks of all groups at an instant: which triggers are selected, and which of their clocks decides.

use super::clock::{Clock, Lengthening};
use super::known::Known;
use super::rules::{Group, Trigger};
use super::sink::Sink;
use super::situation::Situation;
use crate::decision::{Chosen, Notify, ReasonCode, Reasons, Step, TriggerRef};
use crate::time::Timestamp;

/// The clocks of all groups together.
#[derive(Clone, Copy)]
pub(super) struct Clocks {
    pub(super) deciding: Option<(usize, Timestamp, Reasons)>,
    pub(super) undated: Option<ReasonCode>,
    pub(super) notify: Notify,
    pub(super) reasons: Reasons,
    /// The first instant after now at which the clocks themselves could be others: an activity comes into sight, or a
    /// trigger that only notifies comes due.
    pub(super) soonest: Option<Timestamp>,
    /// Whether the clocks are the same at every instant.
    pub(super) fixed: bool,
}

impl Clocks {
    /// Plain clocks, which are the same at every instant.
    pub(super) fn plain(deciding: Option<(usize, Timestamp, Reasons)>) -> Self {
        Self { deciding, fixed: true, ..Self::none() }
    }

    const fn none() -> Self {
        Self { deciding: None, undated: None, notify: Notify(0), reasons: Reasons::NONE, soonest: None, fixed: false }
    }

    /// The earliest of all groups decides; of equal ones, those that a notice lifts to one instant among them, the first.
    #[inline]
    fn offer(&mut self, index: usize, at: Timestamp, why: Reasons, floor: Option<Timestamp>) {
        if self.deciding.is_none_or(|(_, earliest, _)| lifted(at, floor) < lifted(earliest, floor)) {
            self.deciding = Some((index, at, why));
        }
    }
}

#[inline]
pub(crate) fn earlier(a: Option<Timestamp>, b: Option<Timestamp>) -> Option<Timestamp> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// A due instant where no due instant is earlier than `floor`.
#[inline]
fn lifted(at: Timestamp, floor: Option<Timestamp>) -> Timestamp {
    floor.map_or(at, |floor| at.max(floor))
}

impl<'a> Situation<'a> {
    #[inline]
    pub(super) fn clocks<S: Sink>(
        &self,
        now: Timestamp,
        known: &Known<'_>,
        lengthening: Lengthening,
        sink: &mut S,
    ) -> Clocks {
        let mut clocks = Clocks::none();
        for group in self.groups {
            let due = if group.all_of {
                self.all_of(group, now, known, lengthening, &mut clocks, sink)
            } else {
                self.first_match(group, now, known, lengthening, &mut clocks, sink)
            };
            if let Some((index, at, why)) = due {
                clocks.offer(index, at, why, self.floor);
            }
        }
        clocks
    }

    /// The clock of the first trigger whose condition holds.
    #[inline]
    fn first_match<S: Sink>(
        &self,
        group: &Group,
        now: Timestamp,
        known: &Known<'_>,
        lengthening: Lengthening,
        clocks: &mut Clocks,
        sink: &mut S,
    ) -> Option<(usize, Timestamp, Reasons)> {
        let mut due = None;
        let mut selected = false;
        for (index, trigger) in self.triggers_of(group) {
            if selected {
                self.report(index, Chosen::Shadowed, S::Leaves::default(), sink);
                continue;
            }
            if !self.selects(index, trigger, sink) {
                continue;
            }
            selected = true;
            if let Some((at, why)) = self.armed(index, trigger, now, known, lengthening, clocks, sink) {
                due = Some((index, at, why));
            }
            if !S::WANTED {
                break;
            }
        }
        due
    }

    /// The latest clock of all triggers whose condition holds, if none of them is disarmed.
    fn all_of<S: Sink>(
        &self,
        group: &Group,
        now: Timestamp,
        known: &Known<'_>,
        lengthening: Lengthening,
        clocks: &mut Clocks,
        sink: &mut S,
    ) -> Option<(usize, Timestamp, Reasons)> {
        let mut latest: Option<(usize, Timestamp, Reasons)> = None;
        let mut complete = true;
        for (index, trigger) in self.triggers_of(group) {
            if !self.selects(index, trigger, sink) {
                continue;
            }
            match self.armed(index, trigger, now, known, lengthening, clocks, sink) {
                None => complete = false,
                Some((at, why)) => {
                    if latest.is_none_or(|(_, due, _)| lifted(at, self.floor) > lifted(due, self.floor)) {
                        latest = Some((index, at, why));
                    }
                }
            }
        }
        latest.filter(|_| complete)
    }

    #[inline]
    fn triggers_of(&self, group: &Group) -> impl Iterator<Item = (usize, &'a Trigger)> {
        let triggers = self.rules.triggers.get(group.first..group.end).unwrap_or_default();
        (group.first..).zip(triggers)
    }

    #[inline]
    fn selects<S: Sink>(&self, index: usize, trigger: &Trigger, sink: &mut S) -> bool {
        let mut leaves = S::Leaves::default();
        let holds = trigger.test.holds(&self.view, &mut leaves);
        self.report(index, if holds { Chosen::Selected } else { Chosen::ConditionFails }, leaves, sink);
        holds
    }

    #[inline]
    fn report<S: Sink>(&self, index: usize, chosen: Chosen, leaves: S::Leaves, sink: &mut S) {
        sink.step(|| {
            let trigger = TriggerRef(u16::try_from(index).unwrap_or(u16::MAX));
            Step::Selection { trigger, chosen, leaves: S::leaves(leaves) }
        });
    }

    /// The due instant of a selected trigger that decides; one that only notifies is listed instead.
    #[inline]
    #[expect(clippy::too_many_arguments, reason = "one evaluator's state; a struct of it would only be unpacked again")]
    fn armed<S: Sink>(
        &self,
        index: usize,
        trigger: &'a Trigger,
        now: Timestamp,
        known: &Known<'_>,
        lengthening: Lengthening,
        clocks: &mut Clocks,
        sink: &mut S,
    ) -> Option<(Timestamp, Reasons)> {
        match (self.clock(index, trigger, known, lengthening, sink), trigger.notify) {
            (Clock::Armed(due, why), None) => return Some((due, why)),
            (Clock::Armed(due, _), Some(bit)) => {
                if due <= now {
                    clocks.notify.add(bit);
                    clocks.reasons.add(ReasonCode::Notifies);
                } else {
                    clocks.soonest = earlier(clocks.soonest, Some(due));
                }
            }
            (Clock::Undated(code), None) => clocks.undated = clocks.undated.or(Some(code)),
            (Clock::Undated(_), Some(_)) => clocks.reasons.add(ReasonCode::NotifyUndated),
            (Clock::Disarmed, _) => {}
        }
        None
    }
}
