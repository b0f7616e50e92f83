//! The clocks of all groups at an instant: which triggers are selected, and which of their clocks decides.

use super::clock::{Clock, Moment};
use super::sink::Sink;
use super::trigger::{Group, Trigger};
use crate::decision::{Chosen, Notify, ReasonCode, Reasons, Step, TriggerRef, earlier};
use crate::time::Timestamp;

/// A clock that runs: the index of its trigger, when it comes due, and why then.
type Armed = (usize, Timestamp, Reasons);

/// The clocks of all groups together.
#[derive(Clone, Copy)]
pub(super) struct Clocks {
    pub(super) deciding: Option<Armed>,
    pub(super) undated: Option<ReasonCode>,
    pub(super) notify: Notify,
    pub(super) reasons: Reasons,
    /// The first instant after now at which the clocks may change by themselves: an activity comes into sight, or a
    /// trigger that only notifies comes due.
    pub(super) soonest: Option<Timestamp>,
    /// Whether the clocks are the same at every instant.
    pub(super) fixed: bool,
}

impl Clocks {
    /// Plain clocks, which are the same at every instant.
    pub(super) fn plain(deciding: Option<Armed>) -> Self {
        Self { deciding, fixed: true, ..Self::none() }
    }

    const fn none() -> Self {
        Self { deciding: None, undated: None, notify: Notify(0), reasons: Reasons::NONE, soonest: None, fixed: false }
    }
}

impl<'a> Moment<'_, 'a> {
    /// The clocks of all groups: the earliest decides, of equal ones the first in the list.
    #[inline]
    pub(super) fn clocks<S: Sink>(&self, sink: &mut S) -> Clocks {
        let mut clocks = Clocks::none();
        for group in self.situation.groups {
            let found = if group.all_of {
                self.all_of(group, &mut clocks, sink)
            } else {
                self.first_match(group, &mut clocks, sink)
            };
            if let Some((_, at, _)) = found {
                if clocks.deciding.is_none_or(|(_, earliest, _)| self.lifted(at) < self.lifted(earliest)) {
                    clocks.deciding = found;
                }
            }
        }
        clocks
    }

    /// The due instant that the notice of a changed policy makes of this one. Those that it lifts to one instant are
    /// equal.
    #[inline]
    fn lifted(&self, at: Timestamp) -> Timestamp {
        self.situation.floor.map_or(at, |floor| at.max(floor))
    }

    /// The clock of the first trigger whose condition holds.
    #[inline]
    fn first_match<S: Sink>(&self, group: &Group, clocks: &mut Clocks, sink: &mut S) -> Option<Armed> {
        let mut due = None;
        let mut selected = false;
        for (index, trigger) in self.triggers_of(group) {
            if selected {
                report(index, Chosen::Shadowed, S::Leaves::default(), sink);
                continue;
            }
            if !self.selects(index, trigger, sink) {
                continue;
            }
            selected = true;
            due = self.armed(index, trigger, clocks, sink);
            if !S::WANTED {
                break;
            }
        }
        due
    }

    /// The latest clock of all triggers whose condition holds, if none of them is disarmed.
    fn all_of<S: Sink>(&self, group: &Group, clocks: &mut Clocks, sink: &mut S) -> Option<Armed> {
        let mut latest: Option<Armed> = None;
        let mut complete = true;
        for (index, trigger) in self.triggers_of(group) {
            if !self.selects(index, trigger, sink) {
                continue;
            }
            let armed = self.armed(index, trigger, clocks, sink);
            complete &= armed.is_some();
            if let Some((_, at, _)) = armed {
                if latest.is_none_or(|(_, due, _)| self.lifted(at) > self.lifted(due)) {
                    latest = armed;
                }
            }
        }
        latest.filter(|_| complete)
    }

    #[inline]
    fn triggers_of(&self, group: &Group) -> impl Iterator<Item = (usize, &'a Trigger)> {
        let triggers = self.situation.rules.triggers.get(group.first..group.end).unwrap_or_default();
        (group.first..).zip(triggers)
    }

    #[inline]
    fn selects<S: Sink>(&self, index: usize, trigger: &Trigger, sink: &mut S) -> bool {
        let mut leaves = S::Leaves::default();
        let holds = trigger.test.holds(&self.situation.view, &mut leaves);
        report(index, if holds { Chosen::Selected } else { Chosen::ConditionFails }, leaves, sink);
        holds
    }

    /// The clock of a selected trigger, if it runs and decides; a trigger that only notifies is listed instead.
    #[inline]
    fn armed<S: Sink>(&self, index: usize, trigger: &'a Trigger, clocks: &mut Clocks, sink: &mut S) -> Option<Armed> {
        match (self.clock(index, trigger, sink), trigger.notify) {
            (Clock::Armed(due, why), None) => return Some((index, due, why)),
            (Clock::Armed(due, _), Some(bit)) => {
                if due <= self.now {
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

#[inline]
fn report<S: Sink>(index: usize, chosen: Chosen, leaves: S::Leaves, sink: &mut S) {
    sink.step(|| {
        let trigger = TriggerRef(u16::try_from(index).unwrap_or(u16::MAX));
        Step::Selection { trigger, chosen, leaves: S::leaves(leaves) }
    });
}
