//! Where the evaluator says what it looked at: nowhere for a decision, into a list for an explanation.

use crate::condition::{LeafFinding, LeafSink};
use crate::decision::{ClockFinding, ClockState, Step, TriggerRef};
use crate::model::ActivityKind;
use crate::time::Timestamp;

/// Takes every step of the evaluator. A decision's sink takes none and costs nothing.
pub(crate) trait Sink {
    /// Whether steps are wanted at all.
    const WANTED: bool;
    type Leaves: LeafSink + Default;
    type Clock: ClockSink;
    fn step(&mut self, step: impl FnOnce() -> Step);
    fn clock(trigger: TriggerRef, notify_only: bool) -> Self::Clock;
    fn leaves(leaves: Self::Leaves) -> Vec<LeafFinding>;
}

/// Takes the numbers of one clock as they are found.
pub(crate) trait ClockSink: Sized {
    fn note(&mut self, number: impl FnOnce(&mut ClockFinding));
    fn finish(self, state: impl FnOnce() -> ClockState) -> Option<ClockFinding>;

    fn renewal(&mut self, kind: impl FnOnce() -> ActivityKind, at: Timestamp, until: Timestamp) {
        self.note(|finding| finding.renewals.push((kind(), at, Some(until))));
    }
}

impl Sink for () {
    const WANTED: bool = false;
    type Leaves = ();
    type Clock = ();

    #[inline]
    fn step(&mut self, _: impl FnOnce() -> Step) {}

    #[inline]
    fn clock(_: TriggerRef, _: bool) {}

    fn leaves((): ()) -> Vec<LeafFinding> {
        Vec::new()
    }
}

impl ClockSink for () {
    #[inline]
    fn note(&mut self, _: impl FnOnce(&mut ClockFinding)) {}

    #[inline]
    fn finish(self, _: impl FnOnce() -> ClockState) -> Option<ClockFinding> {
        None
    }
}

impl Sink for Vec<Step> {
    const WANTED: bool = true;
    type Leaves = Vec<LeafFinding>;
    type Clock = ClockFinding;

    fn step(&mut self, step: impl FnOnce() -> Step) {
        self.push(step());
    }

    fn clock(trigger: TriggerRef, notify_only: bool) -> ClockFinding {
        ClockFinding {
            trigger,
            notify_only,
            anchor: None,
            start: None,
            base_due: None,
            renewals: Vec::new(),
            cap_start: None,
            hard_due: None,
            extended_until: None,
            grace_until: None,
            state: ClockState::NoAnchor,
        }
    }

    fn leaves(leaves: Vec<LeafFinding>) -> Vec<LeafFinding> {
        leaves
    }
}

impl ClockSink for ClockFinding {
    fn note(&mut self, number: impl FnOnce(&mut ClockFinding)) {
        number(self);
    }

    fn finish(mut self, state: impl FnOnce() -> ClockState) -> Option<ClockFinding> {
        self.state = state();
        Some(self)
    }
}
