//! The decision about an owned customer at one instant, and the search for the next one that differs.

use super::clock::{Lengthening, Moment};
use super::groups::Clocks;
use super::holds::Holds;
use super::known::{Known, with_known};
use super::sink::Sink;
use super::situation::Situation;
use super::timeline::Timeline;
use super::trigger::Trigger;
use crate::decision::{
    Action, Decision, Notify, PoolRef, ReasonCode, Reasons, Step, TriggerRef, Verdict, earlier, first_change,
};
use crate::time::Timestamp;

/// How many instants are tried one by one before facts are put in the order of time.
const STEPS: usize = 4;

/// A decision that no clock bears on.
pub(super) fn without_clock(verdict: Verdict, code: ReasonCode, next_change: Option<Timestamp>) -> Decision {
    Decision {
        verdict,
        due: None,
        trigger: None,
        action: None,
        pool: None,
        notify: Notify::default(),
        reasons: Reasons::of(code),
        next_change,
    }
}

/// A decision without its next change, and where to look for that.
pub(super) struct Judgement {
    pub(super) decision: Decision,
    /// The first instant after which the facts could give another answer.
    pub(super) soonest: Option<Timestamp>,
    /// Whether they certainly do at that instant.
    certain: bool,
}

impl<'a> Situation<'a> {
    /// The decision at `now`.
    #[inline]
    pub(super) fn decide<S: Sink>(&self, now: Timestamp, sink: &mut S) -> Decision {
        let holds = self.holds(now, sink);
        let clocks = self.clocks_at(now, &holds, sink);
        let first = self.judge(now, &holds, &clocks, sink);
        self.with_next_change(&first, &clocks)
    }

    #[inline(always)]
    pub(super) fn with_next_change(&self, first: &Judgement, clocks: &Clocks) -> Decision {
        let next_change = match first.soonest {
            Some(_) if !first.certain => self.next_change(first, clocks),
            soonest => soonest,
        };
        Decision { next_change, ..first.decision }
    }

    /// The first instant at which the decision is another.
    #[inline(never)]
    fn next_change(&self, first: &Judgement, clocks: &Clocks) -> Option<Timestamp> {
        let (mut few, mut timeline) = (0..STEPS, None);
        let judge = |at| {
            let later = if few.next().is_none() {
                let (holds, known) = timeline.get_or_insert_with(|| Timeline::new(self)).at(at);
                self.judge(at, &holds, &self.clocks_of(at, &holds, &known, &mut ()), &mut ())
            } else {
                let holds = self.holds(at, &mut ());
                if clocks.fixed {
                    self.judge(at, &holds, clocks, &mut ())
                } else {
                    self.judge(at, &holds, &self.clocks_at(at, &holds, &mut ()), &mut ())
                }
            };
            (later.decision, later.soonest)
        };
        first_change(&first.decision, first.soonest, Decision::is_same, judge).map(|(at, _)| at)
    }

    /// The clocks at `now`.
    #[inline]
    fn clocks_at<S: Sink>(&self, now: Timestamp, holds: &Holds, sink: &mut S) -> Clocks {
        let horizon = now.checked_add_micros(self.rules.skew).unwrap_or(Timestamp::MAX);
        with_known(self, horizon, |known| self.clocks_of(now, holds, known, sink))
    }

    /// The clocks at `now`, given what is known then.
    fn clocks_of<S: Sink>(&self, now: Timestamp, holds: &Holds, known: &Known<'_>, sink: &mut S) -> Clocks {
        let lengthening = self.lengthening(holds, sink);
        if S::WANTED {
            self.report_oddities(known, sink);
        }
        let mut clocks = Moment { situation: self, now, known, lengthening }.clocks(sink);
        clocks.undated = clocks.undated.or(lengthening.undated);
        if known.has_future() {
            clocks.reasons.add(ReasonCode::InFuture);
        }
        let seen = known.soonest().and_then(|at| at.checked_add_micros(self.rules.skew.saturating_neg()));
        clocks.soonest = earlier(clocks.soonest, seen);
        let grace = self.rules.grace.is_some() && self.view.customer.protection().is_some();
        clocks.fixed = seen.is_none() && !self.rules.notifies && !grace;
        clocks
    }

    /// The decision at `now`, without its next change.
    #[inline(always)]
    pub(super) fn judge<S: Sink>(&self, now: Timestamp, holds: &Holds, clocks: &Clocks, sink: &mut S) -> Judgement {
        let mut reasons = clocks.reasons.and(holds.reasons);
        let soonest = earlier(holds.next, clocks.soonest);
        // Nothing but the deciding clock moves, so its next instant certainly changes the answer.
        let mut certain = soonest.is_none();
        let undetermined = |code, mut reasons: Reasons| {
            reasons.add(code);
            let undetermined = without_clock(Verdict::Undetermined(code), code, None);
            let decision = Decision { notify: clocks.notify, reasons, ..undetermined };
            Judgement { decision, soonest, certain: false }
        };
        if let Some(code) = clocks.undated {
            return undetermined(code, reasons);
        }
        let Some((index, due, why)) = clocks.deciding else {
            reasons.add(ReasonCode::NothingArmed);
            if holds.assumed {
                reasons.add(ReasonCode::AssumedPattern);
            }
            let decision = Decision {
                verdict: holds.first.map_or(Verdict::Keep, Verdict::Held),
                notify: clocks.notify,
                reasons,
                ..without_clock(Verdict::Keep, ReasonCode::NothingArmed, None)
            };
            return Judgement { decision, soonest, certain };
        };
        reasons = reasons.and(why);
        let due = match self.floor {
            Some(floor) if floor > due => {
                reasons.add(ReasonCode::ChangeNotice);
                floor
            }
            _ => due,
        };
        let trigger = TriggerRef(u16::try_from(index).unwrap_or(u16::MAX));
        let mut verdict = if now >= due { Verdict::Due } else { Verdict::Keep };
        let mut pool = self.rules.routes.fallback;
        let mut changes = Some(due).filter(|due| *due > now);
        let mut action = Action::Reclaim;
        let mut why = Reasons::of(if now >= due { ReasonCode::Due } else { ReasonCode::NotDue });
        if let Some(deciding) = self.rules.triggers.get(index) {
            pool = self.route(deciding, sink);
            let mut warns = true;
            if deciding.waits() {
                match self.wait(deciding, due, now, sink) {
                    Ok(wait) => {
                        (verdict, action, why, warns) = (wait.verdict, wait.action, wait.reasons, wait.warns);
                        for at in wait.changes.into_iter().flatten().filter(|at| *at > now) {
                            changes = earlier(changes, Some(at));
                            certain = false;
                        }
                        // A review that was rejected outlasts the due instant.
                        certain &= why.contains(ReasonCode::NotDue);
                        if wait.assumed {
                            reasons.add(ReasonCode::AssumedPattern);
                        }
                    }
                    Err(code) => return undetermined(code, reasons),
                }
            }
            if !deciding.stages.is_empty() {
                let staged = self.stage(deciding, due, now, sink);
                reasons = reasons.and(staged.found);
                changes = earlier(changes, staged.next.filter(|at| *at < due));
                if let (Verdict::Keep, Some(stage), true) = (verdict, staged.in_force, warns) {
                    verdict = Verdict::Warn(stage);
                }
            }
        }
        reasons = reasons.and(why);
        let soonest = match holds.first {
            // A hold hides what the clock does; only its own end can change the answer.
            Some(held_by) => {
                verdict = Verdict::Held(held_by);
                soonest
            }
            None => earlier(soonest, changes),
        };
        if matches!(verdict, Verdict::Warn(_)) {
            reasons.add(ReasonCode::Warning);
        }
        let (due, trigger, action, pool) = (Some(due), Some(trigger), Some(action), Some(pool));
        let notify = clocks.notify;
        let decision = Decision { verdict, due, trigger, action, pool, notify, reasons, next_change: None };
        Judgement { decision, soonest, certain }
    }

    /// Tells of activities past the horizon, and of those that cannot be judged.
    fn report_oddities<S: Sink>(&self, known: &Known<'_>, sink: &mut S) {
        if let Some(at) = known.unjudged().map(|(_, at)| at).max() {
            sink.step(|| Step::Unjudged(at));
        }
        let mut reported = Vec::new();
        for (slot, at) in known.future() {
            let found = (self.kind_of(slot), at);
            if !reported.contains(&found) {
                reported.push(found);
            }
        }
        for (kind, at) in reported {
            sink.step(|| Step::InFuture { kind, at });
        }
    }

    #[inline]
    fn lengthening<S: Sink>(&self, holds: &Holds, sink: &mut S) -> Lengthening {
        let mut lengthening = Lengthening { assumed: holds.assumed, undated: holds.undated, ..Lengthening::default() };
        let Some(protection) = self.view.customer.protection() else { return lengthening };
        lengthening.extension = protection
            .extensions()
            .iter()
            .filter(|extension| extension.granted().is_none_or(|granted| granted >= self.start))
            .map(|extension| extension.until())
            .max();
        let (Some(span), Some(hold_end)) = (self.rules.grace, holds.last_end) else { return lengthening };
        let end = self.rules.default_calendar.end(hold_end, span, self.pauses);
        sink.step(|| Step::Grace { hold_end, until: end.ok().map(|end| end.at()) });
        match end {
            Ok(end) => {
                lengthening.grace = Some(end.at());
                lengthening.assumed |= end.assumed();
            }
            Err(why) => lengthening.undated = lengthening.undated.or(Some(why.into())),
        }
        lengthening
    }

    /// The trigger's own pool, else the one of the first routing rule that fits, else the fallback.
    #[inline]
    fn route<S: Sink>(&self, deciding: &Trigger, sink: &mut S) -> PoolRef {
        if !S::WANTED && self.rules.routes.rules.is_empty() {
            return deciding.pool.unwrap_or(self.rules.routes.fallback);
        }
        self.route_by_rules(deciding, sink)
    }

    #[inline(never)]
    fn route_by_rules<S: Sink>(&self, deciding: &Trigger, sink: &mut S) -> PoolRef {
        if let Some(pool) = deciding.pool {
            sink.step(|| Step::Route { pool, rule: None, by_trigger: true, leaves: Vec::new() });
            return pool;
        }
        let mut leaves = S::Leaves::default();
        let (pool, rule) = self.rules.routes.pool(&self.view, &mut leaves);
        sink.step(|| Step::Route { pool, rule, by_trigger: false, leaves: S::leaves(leaves) });
        pool
    }
}
