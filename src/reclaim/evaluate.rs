//! The evaluator: one customer, one instant, one answer, and the instant of the next.

use super::clock::Lengthening;
use super::groups::{Clocks, earlier};
use super::holds::Holds;
use super::known::{Known, with_known};
use super::plain;
use super::rules::{Rules, Stage, Trigger};
use super::sink::Sink;
use super::situation::{Contradiction, PauseRoom, Situation, about, without_owner};
use super::timeline::Timeline;
use crate::condition::View;
use crate::decision::{
    Action, Decision, Notify, PoolRef, ReasonCode, Reasons, StageFinding, StageRef, Step, TriggerRef, Verdict,
};
use crate::model::{Customer, OwnerFacts, Ownership, Place, Rep};
use crate::time::{Calendar, Timestamp};

/// How many instants are tried one by one before facts are put in the order of time.
const STEPS: usize = 4;

/// Decides about one customer.
#[inline(always)]
pub(crate) fn decide(rules: &Rules, customer: &Customer, owner: OwnerFacts<&Rep>, now: Timestamp) -> Decision {
    match owner.view(customer, rules.owners) {
        Ok(view) => decide_seeing(rules, view, now, now.checked_add_micros(rules.skew)),
        Err(_) => decide_without_owner(rules, customer, now, &mut ()),
    }
}

/// Decides about a customer whose owner is unknown: nobody can tell.
#[cold]
#[inline(never)]
fn decide_without_owner<S: Sink>(rules: &Rules, customer: &Customer, now: Timestamp, sink: &mut S) -> Decision {
    match customer.place() {
        Place::Owned(ownership) => {
            let contradiction = without_owner(rules, customer, ownership, now);
            contradicted(rules, View { customer, owner: None }, ownership, contradiction, sink)
        }
        elsewhere => not_owned(elsewhere),
    }
}

/// The same, with the instant up to which facts are seen.
#[inline(never)]
fn decide_seeing(rules: &Rules, view: View<'_>, now: Timestamp, horizon: Option<Timestamp>) -> Decision {
    let ownership = match view.customer.place() {
        Place::Owned(ownership) => ownership,
        elsewhere => return not_owned(elsewhere),
    };
    match plain::decide_alone(rules, &view, ownership, now, horizon) {
        Some(decision) => decision,
        None => decide_at_length(rules, view, ownership, now, horizon),
    }
}

#[inline(never)]
fn decide_at_length(
    rules: &Rules,
    view: View<'_>,
    ownership: &Ownership,
    now: Timestamp,
    horizon: Option<Timestamp>,
) -> Decision {
    match plain::decide(rules, &view, ownership, now, horizon) {
        Some(decision) => decision,
        None => decide_in_general(rules, view, ownership, now, None, &mut ()),
    }
}

/// The same with every step, always in general.
pub(crate) fn explain(
    rules: &Rules,
    customer: &Customer,
    owner: OwnerFacts<&Rep>,
    now: Timestamp,
    steps: &mut Vec<Step>,
) -> Decision {
    explain_from(rules, customer, owner, now, None, steps)
}

/// The same where no due instant is earlier than `floor`.
pub(crate) fn explain_from(
    rules: &Rules,
    customer: &Customer,
    owner: OwnerFacts<&Rep>,
    now: Timestamp,
    floor: Option<Timestamp>,
    steps: &mut Vec<Step>,
) -> Decision {
    match (owner.view(customer, rules.owners), customer.place()) {
        (Ok(view), Place::Owned(ownership)) => decide_in_general(rules, view, ownership, now, floor, steps),
        _ => decide_without_owner(rules, customer, now, steps),
    }
}

/// Decides about one customer where no due instant is earlier than `floor`.
pub(crate) fn decide_from(
    rules: &Rules,
    customer: &Customer,
    owner: OwnerFacts<&Rep>,
    now: Timestamp,
    floor: Timestamp,
) -> Decision {
    match (owner.view(customer, rules.owners), customer.place()) {
        (Ok(view), Place::Owned(ownership)) => decide_in_general(rules, view, ownership, now, Some(floor), &mut ()),
        _ => decide_without_owner(rules, customer, now, &mut ()),
    }
}

/// Whether a hold keeps the customer with its owner at this instant, whatever its clocks say.
pub(crate) fn is_held(rules: &Rules, customer: &Customer, owner: OwnerFacts<&Rep>, at: Timestamp) -> bool {
    let Place::Owned(ownership) = customer.place() else { return false };
    let Ok(view) = owner.view(customer, rules.owners) else { return false };
    let mut room = PauseRoom::default();
    let situation = Situation::new(rules, view, ownership, at, &mut room, &mut ());
    situation.is_ok_and(|situation| situation.holds(at, &mut ()).first.is_some())
}

/// Undetermined at every instant.
pub(crate) fn undetermined(code: ReasonCode) -> Decision {
    without_clock(Verdict::Undetermined(code), code, None)
}

#[inline(always)]
fn not_owned(place: &Place) -> Decision {
    let code = match place {
        Place::Awaiting => ReasonCode::AwaitingAdmission,
        Place::Closed(_) => ReasonCode::Closed,
        Place::Pool(_) | Place::Owned(_) => ReasonCode::InPool,
    };
    without_clock(Verdict::NotOwned, code, None)
}

#[inline(never)]
fn decide_in_general<S: Sink>(
    rules: &Rules,
    view: View<'_>,
    ownership: &Ownership,
    now: Timestamp,
    floor: Option<Timestamp>,
    sink: &mut S,
) -> Decision {
    let mut room = PauseRoom::default();
    let situation = match Situation::new(rules, view, ownership, now, &mut room, sink) {
        Ok(situation) => Situation { floor, ..situation },
        Err(contradiction) => return contradicted(rules, view, ownership, contradiction, sink),
    };
    situation.decide(now, sink)
}

/// The decision where the facts contradict each other or the policy.
fn contradicted<S: Sink>(
    rules: &Rules,
    view: View<'_>,
    ownership: &Ownership,
    Contradiction { code, until }: Contradiction,
    sink: &mut S,
) -> Decision {
    sink.step(|| Step::Contradiction { code, about: about(code, rules, view, ownership) });
    without_clock(Verdict::Undetermined(code), code, until)
}

fn without_clock(verdict: Verdict, code: ReasonCode, next_change: Option<Timestamp>) -> Decision {
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
    fn decide<S: Sink>(&self, now: Timestamp, sink: &mut S) -> Decision {
        let holds = self.holds(now, sink);
        let clocks = self.clocks_at(now, &holds, sink);
        let first = self.judge(now, &holds, &clocks, sink);
        self.with_next_change(&first, &clocks)
    }

    #[inline(always)]
    pub(super) fn with_next_change(&self, first: &Judgement, clocks: &Clocks) -> Decision {
        let next_change = match first.soonest {
            Some(at) if !first.certain => self.next_change(at, first, clocks),
            soonest => soonest,
        };
        Decision { next_change, ..first.decision }
    }

    /// The first instant from `at` on at which the decision is another: every instant at which a fact could change it
    /// is tried in turn.
    #[inline(never)]
    fn next_change(&self, mut at: Timestamp, first: &Judgement, clocks: &Clocks) -> Option<Timestamp> {
        for _ in 0..STEPS {
            let holds = self.holds(at, &mut ());
            let later = if clocks.fixed {
                self.judge(at, &holds, clocks, &mut ())
            } else {
                let clocks = self.clocks_at(at, &holds, &mut ());
                self.judge(at, &holds, &clocks, &mut ())
            };
            if !later.decision.is_same(&first.decision) {
                return Some(at);
            }
            at = later.soonest.filter(|next| *next > at)?;
        }
        self.next_of_many(at, first)
    }

    /// The same where many instants have to be tried.
    #[cold]
    fn next_of_many(&self, mut at: Timestamp, first: &Judgement) -> Option<Timestamp> {
        let mut timeline = Timeline::new(self);
        loop {
            let (holds, known) = timeline.at(at);
            let clocks = self.clocks_of(at, &holds, &known, &mut ());
            let later = self.judge(at, &holds, &clocks, &mut ());
            if !later.decision.is_same(&first.decision) {
                return Some(at);
            }
            at = later.soonest.filter(|next| *next > at)?;
        }
    }

    /// The clocks at `now`.
    #[inline]
    fn clocks_at<S: Sink>(&self, now: Timestamp, holds: &Holds, sink: &mut S) -> Clocks {
        let horizon = now.checked_add_micros(self.rules.skew).unwrap_or(Timestamp::MAX);
        with_known(self, self.rules, horizon, |known| self.clocks_of(now, holds, known, sink))
    }

    /// The clocks at `now`, given what is known then.
    fn clocks_of<S: Sink>(&self, now: Timestamp, holds: &Holds, known: &Known<'_>, sink: &mut S) -> Clocks {
        let lengthening = self.lengthening(holds, sink);
        if S::WANTED {
            self.report_oddities(known, sink);
        }
        let mut clocks = self.clocks(now, known, lengthening, sink);
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
        let mut soonest = earlier(holds.next, clocks.soonest);
        // Nothing but the deciding clock moves, so its next instant certainly changes the answer.
        let mut certain = soonest.is_none();
        if let Some(code) = clocks.undated {
            reasons.add(code);
            let decision =
                Decision { notify: clocks.notify, reasons, ..without_clock(Verdict::Undetermined(code), code, None) };
            return Judgement { decision, soonest, certain: false };
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
                    Err(code) => {
                        reasons.add(code);
                        let undetermined = without_clock(Verdict::Undetermined(code), code, None);
                        let decision = Decision { notify: clocks.notify, reasons, ..undetermined };
                        return Judgement { decision, soonest, certain: false };
                    }
                }
            }
            if !deciding.stages.is_empty() {
                let (in_force, next_stage) = self.stage(deciding, due, now, &mut reasons, sink);
                changes = earlier(changes, next_stage.filter(|at| *at < due));
                if let (Verdict::Keep, Some(stage), true) = (verdict, in_force, warns) {
                    verdict = Verdict::Warn(stage);
                }
            }
        }
        reasons = reasons.and(why);
        match holds.first {
            // A hold hides what the clock does; only its own end can change the answer.
            Some(held_by) => verdict = Verdict::Held(held_by),
            None => {
                soonest = earlier(soonest, changes);
                if matches!(verdict, Verdict::Warn(_)) {
                    reasons.add(ReasonCode::Warning);
                }
            }
        }
        let (due, trigger, action, pool) = (Some(due), Some(trigger), Some(action), Some(pool));
        let notify = clocks.notify;
        let decision = Decision { verdict, due, trigger, action, pool, notify, reasons, next_change: None };
        Judgement { decision, soonest, certain }
    }

    /// Activities past the horizon, and those that nobody can judge.
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

    /// The stage in force — the latest whose instant has come, of equal instants the later in the list — and the
    /// instant of the next.
    #[inline(never)]
    fn stage<S: Sink>(
        &self,
        deciding: &'a Trigger,
        due: Timestamp,
        now: Timestamp,
        reasons: &mut Reasons,
        sink: &mut S,
    ) -> (Option<StageRef>, Option<Timestamp>) {
        let calendar = self.calendar(&deciding.calendar);
        let Staged { in_force, next, found } = staged(calendar, &deciding.stages, due, now);
        *reasons = reasons.and(found);
        if S::WANTED {
            for (i, stage) in (0_u16..).zip(&deciding.stages) {
                let at = calendar.before(due, stage.before).ok().map(|at| at.at());
                let stage = StageRef(i);
                let in_force = now < due && in_force == Some(stage);
                sink.step(|| Step::Stage(StageFinding { stage, at, in_force }));
            }
        }
        (in_force, next)
    }
}

/// The stage in force, the instant of the next, and what is to be said about others.
pub(crate) struct Staged {
    pub(crate) in_force: Option<StageRef>,
    pub(crate) next: Option<Timestamp>,
    pub(crate) found: Reasons,
}

/// The stage in force at `now` of a clock that comes due at `due`.
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
