//! Check 10: holding capacity.

use super::findings::{Findings, Lift, Whose};
use super::question::Question;
use super::rules::{Capacity, stepped};
use super::sink::Sink;
use super::{CapacityCombination, CapacityMode, Check};
use crate::condition::is_within;
use crate::decision::{ClaimFinding, Denial, ReasonCode, StepFinding};
use crate::id::Label;
use crate::model::{Customer, HoldKind, Holding, Ledger, Rep, UnitPath};
use crate::route::Scope;
use crate::time::Timestamp;

/// What one rule says.
enum Says {
    Admits,
    Refuses { used: u64, cap: u64, weighs: u32 },
    Unknown(ReasonCode),
}

/// When the last live hold of one of these kinds lapses; the inner `None` is never.
pub(super) fn excused_until(
    customer: &Customer,
    kinds: &[HoldKind],
    at: Option<Timestamp>,
) -> Option<Option<Timestamp>> {
    let holds = customer.protection().map_or(&[][..], |protection| protection.holds());
    let live = |until: Option<Timestamp>| at.is_none_or(|at| until.is_none_or(|until| at < until));
    holds
        .iter()
        .filter(|hold| hold.is_live() && live(hold.until()) && kinds.contains(hold.kind()))
        .map(|hold| hold.until())
        .reduce(|a, b| a.zip(b).map(|(a, b)| a.max(b)))
}

/// How near a scope is to a rep whom it covers: the person, the role, the nearest unit, everybody. A unit is as near as
/// it is few steps up from one of the rep's own; at the same distance the unit alone comes before one with those below.
pub(crate) fn rank(scope: &Scope, rep: &Rep) -> (u8, usize, bool) {
    match scope {
        Scope::Rep(_) => (0, 0, false),
        Scope::Role(_) => (1, 0, false),
        Scope::UnitAlone(_) => (2, 0, false),
        Scope::Unit(path) => {
            let depth = |path: &UnitPath| path.as_str().matches('/').count();
            let below = rep.units().iter().filter(|unit| is_within(unit, path));
            (2, below.map(|unit| depth(unit).saturating_sub(depth(path))).min().unwrap_or(usize::MAX), true)
        }
        Scope::Everybody => (3, 0, false),
    }
}

impl<'a> Question<'a> {
    /// Holding capacities.
    pub(super) fn capacities<S: Sink>(&self, found: &mut Findings<'_, 'a, S>) {
        let rules = &self.rules.capacities;
        let covers = |rule: &&'a Capacity| rule.scope.covers(self.case.rep());
        match self.rules.combine_capacities {
            CapacityCombination::MostSpecific => {
                // Of equal ones `min_by_key` takes the first.
                if let Some(rule) = rules.iter().filter(covers).min_by_key(|rule| rank(&rule.scope, self.case.rep())) {
                    self.binding(rule, &[], found);
                }
            }
            CapacityCombination::Min => rules.iter().filter(covers).for_each(|rule| self.binding(rule, &[], found)),
            CapacityCombination::Sum => {
                let mut all = rules.iter().filter(covers);
                if let Some(first) = all.next() {
                    self.binding(first, &all.collect::<Vec<_>>(), found);
                }
            }
            CapacityCombination::Max => self.greatest(found),
        }
    }

    /// One rule, whose cap others add to.
    fn binding<S: Sink>(&self, rule: &Capacity, others: &[&Capacity], found: &mut Findings<'_, 'a, S>) {
        let mode = rule.mode(self.case.acquisition());
        if mode == CapacityMode::Skip {
            return;
        }
        match self.says(rule, others, found) {
            Says::Admits => {}
            Says::Unknown(code) if mode == CapacityMode::Enforce => {
                found.unknown(Check::Capacity, Some(&rule.id), code, Lift::Never);
            }
            Says::Unknown(_) => {}
            Says::Refuses { used, cap, weighs } => {
                let denial = Denial::Capacity { rule: rule.id.clone(), used, cap, weighs };
                match mode {
                    CapacityMode::Enforce => found.deny(denial, Lift::Never),
                    CapacityMode::Warn | CapacityMode::Skip => found.warn(denial),
                }
            }
        }
    }

    /// Several rules of which one that admits is enough; one that is not looked at admits, and so does one that warns:
    /// its warning is told where no other rule admits.
    fn greatest<S: Sink>(&self, found: &mut Findings<'_, 'a, S>) {
        let (mut admitted, mut unknown, mut refused) = (false, Vec::new(), Vec::new());
        let mut warned = Vec::new();
        for rule in self.rules.capacities.iter().filter(|rule| rule.scope.covers(self.case.rep())) {
            let mode = rule.mode(self.case.acquisition());
            if mode == CapacityMode::Skip {
                admitted = true;
                continue;
            }
            match self.says(rule, &[], found) {
                Says::Refuses { used, cap, weighs } => {
                    let denial = Denial::Capacity { rule: rule.id.clone(), used, cap, weighs };
                    if mode == CapacityMode::Enforce { refused.push((&rule.id, denial)) } else { warned.push(denial) }
                }
                Says::Unknown(code) if mode == CapacityMode::Enforce => unknown.push((&rule.id, code)),
                // A rule that only warns admits, whatever it would have said.
                Says::Unknown(_) | Says::Admits => admitted = true,
            }
        }
        if admitted {
            return;
        }
        if !warned.is_empty() {
            return warned.into_iter().for_each(|denial| found.warn(denial));
        }
        if unknown.is_empty() {
            return refused.into_iter().for_each(|(_, denial)| found.deny(denial, Lift::Never));
        }
        // A rule that is let pass may still be the one whose refusal leaves the others standing.
        let passes = |rule: &Label| found.bypasses(Check::Capacity, Some(rule));
        let all_pass = unknown.iter().all(|(rule, _)| passes(rule)) && refused.iter().all(|(rule, _)| passes(rule));
        for (rule, code) in unknown {
            found.unknown(Check::Capacity, Some(rule).filter(|_| all_pass), code, Lift::Never);
        }
    }

    /// What a rule says at this instant, and when it can say something else.
    fn says<S: Sink>(&self, rule: &Capacity, others: &[&Capacity], found: &mut Findings<'_, 'a, S>) -> Says {
        let mut leaves = S::Leaves::default();
        let counts = rule.when.as_ref().map_or(Ok(true), |when| when.holds(&self.view(), &mut leaves));
        let mut steps: Vec<StepFinding> = Vec::new();
        let mut cap = self.steps::<S>(&rule.steps, &mut steps).map(|adds| u64::from(stepped(rule.cap, adds)));
        for other in others {
            let adds = self.steps::<S>(&other.steps, &mut steps);
            cap = cap.and_then(|cap| Ok(cap.saturating_add(u64::from(stepped(other.cap, adds?)))));
        }
        let excused = excused_until(self.case.customer(), &rule.excused_by, Some(found.at));
        let weighs = match (&counts, excused) {
            (Ok(true), None) => rule.weight(self.case.customer()),
            _ => 0,
        };
        let held = self.ledger(Whose::Rep(self.case.rep().id()), found).and_then(|ledger| holding(ledger, rule));
        let used = held.map(|held| weight_at(held, found.at));
        found.sink.tell(|| ClaimFinding::Capacity {
            rule: rule.id.clone(),
            counts: counts.ok(),
            leaves: S::leaves(leaves),
            steps,
            used: used.ok(),
            cap: cap.unwrap_or_default(),
            weighs,
            excused_until: excused.flatten(),
        });
        if let (Ok(true), Some(lapse)) = (counts, excused) {
            found.change(lapse);
        }
        match (counts, weighs) {
            (Err(code), _) => return Says::Unknown(code),
            // Whatever is held, what weighs nothing is not refused.
            (Ok(_), 0) => return Says::Admits,
            (Ok(_), _) => {}
        }
        let (held, used, cap) = match (held, used, cap) {
            (Ok(held), Ok(used), Ok(cap)) => (held, used, cap),
            // Of several reasons the first in their order.
            (_, _, Err(code)) | (_, Err(code), _) | (Err(code), _, _) => return Says::Unknown(code),
        };
        if used.saturating_add(u64::from(weighs)) > cap {
            // The numbers change with every hold that lapses.
            found.change(held.excused().iter().map(|e| e.until()).filter(|until| found.at < *until).min());
            return Says::Refuses { used, cap, weighs };
        }
        found.change(full_at(held, used, cap.saturating_sub(u64::from(weighs)), found.at));
        Says::Admits
    }
}

fn holding<'l>(ledger: &'l Ledger, rule: &Capacity) -> Result<&'l Holding, ReasonCode> {
    let mut of_rule = ledger.holdings().iter().filter(|holding| *holding.rule() == rule.id);
    match (of_rule.next(), of_rule.next()) {
        (Some(holding), None) => Ok(holding),
        (None, _) => Err(ReasonCode::HoldingMissing),
        (Some(_), Some(_)) => Err(ReasonCode::LedgerContradictory),
    }
}

/// What counts at an instant.
fn weight_at(held: &Holding, at: Timestamp) -> u64 {
    let lapsed = held.excused().iter().filter(|excused| excused.until() <= at);
    lapsed.fold(held.used(), |sum, excused| sum.saturating_add(u64::from(excused.weight())))
}

/// When lapsing holds will have brought more than `room` to count.
fn full_at(held: &Holding, used: u64, room: u64, at: Timestamp) -> Option<Timestamp> {
    let ahead = || held.excused().iter().filter(|excused| at < excused.until());
    let most = ahead().fold(used, |sum, excused| sum.saturating_add(u64::from(excused.weight())));
    if most <= room {
        return None;
    }
    let mut ahead: Vec<_> = ahead().collect();
    ahead.sort_unstable();
    let mut sum = used;
    ahead.into_iter().find_map(|excused| {
        sum = sum.saturating_add(u64::from(excused.weight()));
        (sum > room).then_some(excused.until())
    })
}
