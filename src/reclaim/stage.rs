//! Warnings: which stage is in force before a due instant.

use super::sink::Sink;
use super::situation::Situation;
use super::trigger::{Stage, Trigger};
use crate::decision::{ReasonCode, Reasons, StageFinding, StageRef, Step, earlier};
use crate::time::{Calendar, Timestamp};

impl<'a> Situation<'a> {
    /// The stage in force at `now` of a trigger that comes due at `due`, and the instant of the next.
    #[inline(never)]
    pub(super) fn stage<S: Sink>(&self, trigger: &'a Trigger, due: Timestamp, now: Timestamp, sink: &mut S) -> Staged {
        let calendar = self.calendar(&trigger.calendar);
        let staged = staged(calendar, &trigger.stages, due, now);
        if S::WANTED {
            for (i, stage) in (0_u16..).zip(&trigger.stages) {
                let at = calendar.before(due, stage.before).ok().map(|at| at.at());
                let stage = StageRef(i);
                let in_force = now < due && staged.in_force == Some(stage);
                sink.step(|| Step::Stage(StageFinding { stage, at, in_force }));
            }
        }
        staged
    }
}

/// The stage in force, the instant of the next, and the reason codes that concern stages.
pub(crate) struct Staged {
    pub(crate) in_force: Option<StageRef>,
    pub(crate) next: Option<Timestamp>,
    pub(crate) found: Reasons,
}

/// The stage in force at `now` of a clock that comes due at `due`: the latest whose instant has come, of equal instants
/// the later in the list.
pub(crate) fn staged(calendar: &Calendar, stages: &[Stage], due: Timestamp, now: Timestamp) -> Staged {
    let mut in_force: Option<(StageRef, Timestamp)> = None;
    let (mut next, mut found) = (None, Reasons::NONE);
    for (i, stage) in (0_u16..).zip(stages) {
        match calendar.before(due, stage.before) {
            Err(_) => found.add(ReasonCode::StageUndated),
            Ok(at) => {
                if at.assumed() {
                    found.add(ReasonCode::AssumedPattern);
                }
                if at.at() > now {
                    next = earlier(next, Some(at.at()));
                } else if in_force.is_none_or(|(_, latest)| at.at() >= latest) {
                    in_force = Some((StageRef(i), at.at()));
                }
            }
        }
    }
    Staged { in_force: in_force.map(|(stage, _)| stage), next, found }
}
