//! The checks, in the order of disclosure.

use super::Check;
use super::findings::{Findings, Judgement, Settled};
use super::place::Then;
use super::question::Question;
use super::sink::Sink;
use crate::time::Timestamp;

impl<'a> Question<'a> {
    /// The answer at this instant, given what an earlier one settled.
    pub(super) fn judge<S: Sink>(&self, at: Timestamp, settled: Settled, sink: &mut S) -> Judgement {
        let mut found = Findings::new(at, self.case.bypasses(), settled, sink);
        match self.place(&mut found) {
            Then::Settled(verdict) => return found.settle(verdict),
            Then::Enough => return found.finish(),
            Then::GoOn => {}
        }
        self.frozen_or_closed(&mut found);
        for (check, run) in [
            (Check::QuietPeriod, Self::quiet_periods as fn(&Self, &mut Findings<'_, 'a, S>)),
            (Check::Cooldown, Self::cooldowns),
            (Check::RepeatLimit, Self::repeat_limits),
            (Check::Qualification, Self::qualifications),
            (Check::MinimumInterval, Self::minimum_interval),
            (Check::Quota, Self::quotas),
            (Check::Capacity, Self::capacities),
            (Check::HandOut, Self::hand_out),
        ] {
            if self.checks.has(check) {
                found.run(check, |found| run(self, found));
            }
        }
        found.finish()
    }
}
