//! Instants, most of them beside a boundary.

use chrono::{Days, NaiveDate};
use customer_pool::Policy;
use customer_pool::decision::{ClockState, Explanation, Step};
use customer_pool::model::{Customer, Rep};
use customer_pool::time::Timestamp;

use super::tape::Tape;

const HOUR: i64 = 3_600_000_000;

/// Instants that matter in a world, from which others are drawn.
pub(super) struct Moments {
    season: Timestamp,
    boundaries: Vec<Timestamp>,
}

impl Moments {
    /// The day starts of the season.
    pub(super) fn new(policy: &Policy, season: NaiveDate) -> Option<Self> {
        let days = (0..20).filter_map(|n| policy.default_calendar().day_start(season.checked_add_days(Days::new(n))?));
        let boundaries: Vec<Timestamp> = days.collect();
        Some(Self { season: *boundaries.first()?, boundaries })
    }

    /// The instants that matter, of which those found last stand last.
    pub(super) fn boundaries(&self) -> &[Timestamp] {
        &self.boundaries
    }

    pub(super) fn add(&mut self, instants: impl IntoIterator<Item = Timestamp>) {
        self.boundaries.extend(instants);
    }

    /// Keeps only what is added from now on.
    pub(super) fn forget(&mut self) {
        self.boundaries.clear();
    }

    /// Keeps only those for which this holds.
    pub(super) fn keep(&mut self, holds: impl Fn(Timestamp) -> bool) {
        self.boundaries.retain(|at| holds(*at));
    }

    /// An instant: in so many of a hundred cases a microsecond from a boundary at most, else anywhere in the season.
    pub(super) fn near(&self, tape: &mut Tape, percent: u32) -> Option<Timestamp> {
        let beside = if tape.percent(percent) { tape.pick(&self.boundaries) } else { None };
        let (at, by) = match beside {
            Some(at) => (at, tape.pick(&[0, -1, 1])?),
            None => (self.season, self.anywhere(tape)?),
        };
        Some(at.checked_add_micros(by).unwrap_or(at))
    }

    fn anywhere(&self, tape: &mut Tape) -> Option<i64> {
        let hours = HOUR.saturating_mul(tape.below(22 * 24).into());
        Some(hours.saturating_add(tape.pick(&[0, 1_234_567, 60_000_000])?))
    }

    /// Two instants in order, or now and then the same one twice.
    pub(super) fn period(&self, tape: &mut Tape) -> Option<(Timestamp, Timestamp)> {
        let (one, other) = (self.near(tape, 70)?, self.near(tape, 70)?);
        Some((one.min(other), one.max(other)))
    }

    /// Adds what the engine looks at when it decides about a customer at `now`, and after each of its next changes.
    pub(super) fn explore(&mut self, policy: &Policy, customer: &Customer, owner: Option<&Rep>, now: Timestamp) {
        let mut at = Some(now);
        for _ in 0..3 {
            let Some(now) = at else { break };
            let explanation = policy.explain(customer, owner, now);
            self.add(looked_at(&explanation));
            at = explanation.decision().next_change();
            self.add(at);
        }
    }
}

/// The instants that a decision compares with `now`.
fn looked_at(explanation: &Explanation) -> Vec<Timestamp> {
    let mut found = Vec::new();
    for step in explanation.steps() {
        match step {
            Step::Clock(clock) => match clock.state {
                ClockState::Armed(due) => found.push(due),
                _ => found.extend(clock.base_due),
            },
            Step::Hold(hold) => found.extend([hold.since, hold.until].into_iter().flatten()),
            Step::Stage(stage) => found.extend(stage.at),
            Step::Notice(notice) => found.extend(notice.until),
            _ => {}
        }
    }
    found
}
