//! The evaluator: one customer, one instant, one answer, and the instant of the next.

use super::clock::{Clock, Lengthening};
use super::holds::Holds;
use super::known::{Known, with_known};
use super::rules::{Group, Rules, Trigger};
use super::sink::Sink;
use super::situation::{PauseRoom, Situation};
use super::timeline::Timeline;
use crate::condition::View;
use crate::decision::{
    Chosen, Decision, Notify, PoolRef, ReasonCode, Reasons, StageFinding, StageRef, Step, TriggerRef, Verdict,
};
use crate::model::Place;
use crate::time::Instant;

/// How many instants are tried one by one before facts are put in the order of time.
const STEPS: usize = 4;

/// Decides about one customer.
#[inline]
pub(crate) fn decide<S: Sink>(rules: &Rules, view: View<'_>, now: Instant, sink: &mut S) -> Decision {
    let ownership = match view.customer.place() {
        Place::Owned(ownership) => ownership,
        Place::Pool(_) => return without_clock(Verdict::NotOwned, ReasonCode::InPool, None),
        Place::Awaiting => return without_clock(Verdict::NotOwned, ReasonCode::AwaitingAdmission, None),
        Place::Closed(_) => return without_clock(Verdict::NotOwned, ReasonCode::Closed, None),
    };
    let mut room = PauseRoom::default();
    let situation = match Situation::new(rules, view, ownership, now, &mut room, sink) {
        Ok(situation) => situation,
        Err(contradiction) => {
            sink.step(|| Step::Contradiction(contradiction.code));
            let verdict = Verdict::Undetermined(contradiction.code);
            return without_clock(verdict, contradiction.code, contradiction.until);
        }
    };
    let first = situation.judge(now, sink);
    Decision { next_change: situation.next_change(now, &first), ..first.decision }
}

fn without_clock(verdict: Verdict, code: ReasonCode, next_change: Option<Instant>) -> Decision {
    Decision {
        verdict,
        due: None,
        trigger: None,
        pool: None,
        notify: Notify::default(),
        reasons: Reasons::of(code),
        next_change,
    }
}

/// A decision without its next change, and where to look for that.
struct Judgement {
    decision: Decision,
    /// The first instant after which the facts could give another answer.
    soonest: Option<Instant>,
    /// Whether they certainly do at that instant.
    certain: bool,
}

/// The clocks of all groups together.
struct Clocks {
    deciding: Option<(usize, Instant, Reasons)>,
    undated: Option<ReasonCode>,
    notify: Notify,
    /// The first instant after now at which a trigger that only notifies comes due.
    next_notify: Option<Instant>,
    reasons: Reasons,
}

fn earlier(a: Option<Instant>, b: Option<Instant>) -> Option<Instant> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

impl<'a> Situation<'a> {
    /// The decision at `now`, without its next change.
    #[inline]
    fn judge<S: Sink>(&self, now: Instant, sink: &mut S) -> Judgement {
        let holds = self.holds(now, sink);
        let horizon = now.as_micros().saturating_add(self.rules.skew);
        with_known(self, self.rules, horizon, |known| self.judge_with(now, &holds, known, sink))
    }

    #[inline]
    fn judge_with<S: Sink>(&self, now: Instant, holds: &Holds, known: &Known<'_>, sink: &mut S) -> Judgement {
        let (lengthening, grace_undated) = self.lengthening(holds, sink);
        let clocks = self.clocks(now, known, lengthening, sink);
        let mut reasons = clocks.reasons.and(holds.reasons);
        if known.has_future() {
            reasons.add(ReasonCode::InFuture);
        }
        let seen = known.soonest().and_then(|at| Instant::from_micros(at.saturating_sub(self.rules.skew)));
        let mut soonest = earlier(earlier(holds.next, clocks.next_notify), seen);
        // Nothing but the deciding clock moves, so its next instant certainly changes the answer.
        let certain = soonest.is_none();

        if let Some(code) = clocks.undated.or(holds.undated).or(grace_undated) {
            reasons.add(code);
            let decision =
                Decision { notify: clocks.notify, reasons, ..without_clock(Verdict::Undetermined(code), code, None) };
            return Judgement { decision, soonest, certain: false };
        }

        let (mut due, mut trigger, mut pool) = (None, None, None);
        let mut verdict = Verdict::Keep;
        match clocks.deciding {
            None => reasons.add(ReasonCode::NothingArmed),
            Some((index, at, why)) => {
                due = Some(at);
                trigger = Some(TriggerRef(u16::try_from(index).unwrap_or(u16::MAX)));
                reasons = reasons.and(why);
                let deciding = self.rules.triggers.get(index);
                pool = deciding.map(|deciding| self.route(deciding, sink));
                let (in_force, next_stage) = match deciding {
                    Some(deciding) if !deciding.stages.is_empty() => self.stage(deciding, at, now, &mut reasons, sink),
                    _ => (None, None),
                };
                if now >= at {
                    verdict = Verdict::Due;
                    reasons.add(ReasonCode::Due);
                } else {
                    reasons.add(ReasonCode::NotDue);
                    if holds.first.is_none() {
                        soonest = earlier(soonest, earlier(Some(at), next_stage));
                    }
                    if let Some(stage) = in_force {
                        verdict = Verdict::Warn(stage);
                        if holds.first.is_none() {
                            reasons.add(ReasonCode::Warning);
                        }
                    }
                }
            }
        }
        if let Some(held_by) = holds.first {
            verdict = Verdict::Held(held_by);
        }
        let decision = Decision { verdict, due, trigger, pool, notify: clocks.notify, reasons, next_change: None };
        Judgement { decision, soonest, certain }
    }

    /// The first instant after `now` at which the decision is another: every instant at which a fact could change it
    /// is tried in turn.
    #[inline]
    fn next_change(&self, now: Instant, first: &Judgement) -> Option<Instant> {
        let mut at = first.soonest?;
        if first.certain {
            return Some(at);
        }
        for _ in 0..STEPS {
            let later = self.judge(at, &mut ());
            if !later.decision.is_same(&first.decision) {
                return Some(at);
            }
            at = later.soonest.filter(|next| *next > at && *next > now)?;
        }
        self.next_of_many(at, first)
    }

    /// The same where many instants have to be tried.
    #[cold]
    fn next_of_many(&self, mut at: Instant, first: &Judgement) -> Option<Instant> {
        let mut timeline = Timeline::new(self);
        loop {
            let (holds, known) = timeline.at(at);
            let later = self.judge_with(at, &holds, &known, &mut ());
            if !later.decision.is_same(&first.decision) {
                return Some(at);
            }
            at = later.soonest.filter(|next| *next > at)?;
        }
    }

    #[inline]
    fn lengthening<S: Sink>(&self, holds: &Holds, sink: &mut S) -> (Lengthening, Option<ReasonCode>) {
        let mut lengthening = Lengthening { assumed: holds.assumed, ..Lengthening::default() };
        let Some(protection) = self.view.customer.protection() else { return (lengthening, None) };
        lengthening.extension = protection
            .extensions()
            .iter()
            .filter(|extension| extension.granted().is_none_or(|granted| granted >= self.start))
            .map(|extension| extension.until())
            .max();
        let (Some(span), Some(hold_end)) = (self.rules.grace, holds.last_end) else { return (lengthening, None) };
        let end = self.rules.default_calendar.end(hold_end, span, self.pauses);
        sink.step(|| Step::Grace { hold_end, until: end.ok().map(|end| end.at()) });
        match end {
            Ok(end) => {
                lengthening.grace = Some(end.at());
                lengthening.assumed |= end.assumed();
                (lengthening, None)
            }
            Err(why) => (lengthening, Some(why.into())),
        }
    }

    #[inline]
    fn clocks<S: Sink>(&self, now: Instant, known: &Known<'_>, lengthening: Lengthening, sink: &mut S) -> Clocks {
        let mut clocks = Clocks {
            deciding: None,
            undated: None,
            notify: Notify::default(),
            next_notify: None,
            reasons: Reasons::NONE,
        };
        for group in self.groups {
            let due = if group.all_of {
                self.all_of(group, now, known, lengthening, &mut clocks, sink)
            } else {
                self.first_match(group, now, known, lengthening, &mut clocks, sink)
            };
            if let Some((index, at, why)) = due {
                if clocks.deciding.is_none_or(|(_, earliest, _)| at < earliest) {
                    clocks.deciding = Some((index, at, why));
                }
            }
        }
        clocks
    }

    /// The clock of the first trigger whose condition holds.
    #[inline]
    fn first_match<S: Sink>(
        &self,
        group: &Group,
        now: Instant,
        known: &Known<'_>,
        lengthening: Lengthening,
        clocks: &mut Clocks,
        sink: &mut S,
    ) -> Option<(usize, Instant, Reasons)> {
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
        now: Instant,
        known: &Known<'_>,
        lengthening: Lengthening,
        clocks: &mut Clocks,
        sink: &mut S,
    ) -> Option<(usize, Instant, Reasons)> {
        let mut latest: Option<(usize, Instant, Reasons)> = None;
        let mut complete = true;
        for (index, trigger) in self.triggers_of(group) {
            if !self.selects(index, trigger, sink) {
                continue;
            }
            match self.armed(index, trigger, now, known, lengthening, clocks, sink) {
                None => complete = false,
                Some((at, why)) => {
                    if latest.is_none_or(|(_, due, _)| at > due) {
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
        let holds = trigger.test.holds(self.view, &mut leaves);
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
        now: Instant,
        known: &Known<'_>,
        lengthening: Lengthening,
        clocks: &mut Clocks,
        sink: &mut S,
    ) -> Option<(Instant, Reasons)> {
        match (self.clock(index, trigger, known, lengthening, sink), trigger.notify) {
            (Clock::Armed(due, why), None) => return Some((due, why)),
            (Clock::Armed(due, _), Some(bit)) => {
                if due <= now {
                    clocks.notify.add(bit);
                    clocks.reasons.add(ReasonCode::Notifies);
                } else {
                    clocks.next_notify = earlier(clocks.next_notify, Some(due));
                }
            }
            (Clock::Undated(code), None) => clocks.undated = clocks.undated.or(Some(code)),
            (Clock::Undated(_), Some(_)) => clocks.reasons.add(ReasonCode::NotifyUndated),
            (Clock::Disarmed, _) => {}
        }
        None
    }

    #[inline]
    fn route<S: Sink>(&self, deciding: &Trigger, sink: &mut S) -> PoolRef {
        if let Some(pool) = deciding.pool {
            sink.step(|| Step::Route { pool, rule: None, by_trigger: true, leaves: Vec::new() });
            return pool;
        }
        let mut leaves = S::Leaves::default();
        let (pool, rule) = self.rules.routes.pool(self.view, &mut leaves);
        sink.step(|| Step::Route { pool, rule, by_trigger: false, leaves: S::leaves(leaves) });
        pool
    }

    /// The stage in force — the latest whose instant has come, of equal instants the later in the list — and the
    /// instant of the next.
    fn stage<S: Sink>(
        &self,
        deciding: &'a Trigger,
        due: Instant,
        now: Instant,
        reasons: &mut Reasons,
        sink: &mut S,
    ) -> (Option<StageRef>, Option<Instant>) {
        let calendar = self.calendar(&deciding.calendar);
        let mut in_force: Option<(StageRef, Instant)> = None;
        let mut next = None;
        for (i, stage) in (0_u16..).zip(&deciding.stages) {
            match calendar.before(due, stage.before) {
                Err(_) => reasons.add(ReasonCode::StageUndated),
                Ok(at) => {
                    if at.assumed() {
                        reasons.add(ReasonCode::AssumedPattern);
                    }
                    if at.at() > now {
                        next = earlier(next, Some(at.at()));
                    } else if in_force.is_none_or(|(_, latest)| at.at() >= latest) {
                        in_force = Some((StageRef(i), at.at()));
                    }
                }
            }
        }
        if S::WANTED {
            for (i, stage) in (0_u16..).zip(&deciding.stages) {
                let at = calendar.before(due, stage.before).ok().map(|at| at.at());
                let stage = StageRef(i);
                let in_force = now < due && in_force.is_some_and(|(forced, _)| forced == stage);
                sink.step(|| Step::Stage(StageFinding { stage, at, in_force }));
            }
        }
        (in_force.map(|(stage, _)| stage), next)
    }
}
