//! Check 7: what must be so of rep and customer.

use super::Check;
use super::findings::{Findings, Lift};
use super::question::Question;
use super::rules::{Clause, Requires, Step};
use super::sink::Sink;
use crate::condition::{LeafFinding, LeafSink};
use crate::decision::{ClaimFinding, Denial, ReasonCode, StepFinding};
use crate::id::Label;
use crate::model::Profile;

/// Notes whether a leaf read a missing fact, all leaves looked at.
#[derive(Default)]
struct Missing(bool);

impl LeafSink for Missing {
    const ALL: bool = true;
    fn leaf(&mut self, finding: impl FnOnce() -> LeafFinding) {
        self.0 |= finding().value.is_none();
    }
}

/// Whether a requirement is met, and if not, whether over a missing fact.
enum Met {
    Yes,
    No { missing: bool },
}

impl Met {
    /// A relation between a fact of the customer and what a rep has.
    fn of(relation: Option<bool>) -> Self {
        match relation {
            Some(true) => Self::Yes,
            Some(false) => Self::No { missing: false },
            None => Self::No { missing: true },
        }
    }
}

impl<'a> Question<'a> {
    /// Qualifications.
    pub(super) fn qualifications<S: Sink>(&self, found: &mut Findings<'_, 'a, S>) {
        for rule in &self.rules.qualifications {
            let id = &rule.id;
            if !self.binds(&rule.pools, Check::Qualification, id, found) {
                continue;
            }
            let mut leaves = S::Leaves::default();
            let met = self.meets(&rule.requires, &mut leaves);
            found.sink.tell(|| {
                let met = met.as_ref().ok().map(|met| matches!(met, Met::Yes));
                ClaimFinding::Qualification { rule: id.clone(), met, leaves: S::leaves(leaves) }
            });
            match met {
                Ok(Met::Yes) => {}
                Ok(Met::No { missing }) => {
                    found.deny(Denial::Qualification { rule: id.clone(), missing }, Lift::Never);
                }
                Err(code) => found.unknown(Check::Qualification, Some(id), code, Lift::Never),
            }
        }
    }

    fn meets<L: LeafSink>(&self, requires: &Requires, leaves: &mut L) -> Result<Met, ReasonCode> {
        let (customer, rep) = (self.case.customer(), self.case.rep());
        let profile = customer.profile();
        let among = |of: fn(&Profile) -> Option<&Label>, list: &[Label]| {
            let fact = profile.and_then(of).filter(|_| !list.is_empty());
            Met::of(fact.map(|fact| list.contains(fact)))
        };
        Ok(match requires {
            Requires::Condition(clause) => return self.meets_condition(clause, leaves),
            Requires::Tier => {
                let place = |tier: &Label| self.rules.tiers.iter().position(|known| known == tier);
                let (tier, highest) = (customer.tier().and_then(place), rep.highest_tier().and_then(place));
                Met::of(tier.zip(highest).map(|(tier, highest)| tier <= highest))
            }
            Requires::Region => among(Profile::region, rep.regions()),
            Requires::Industry => among(Profile::industry, rep.industries()),
            Requires::Skill => {
                let asked = profile.map_or(&[][..], Profile::skills);
                let has_all = asked.iter().all(|skill| rep.skills().contains(skill));
                Met::of(if has_all || !rep.skills().is_empty() { Some(has_all) } else { None })
            }
        })
    }

    fn meets_condition<L: LeafSink>(&self, clause: &Clause, leaves: &mut L) -> Result<Met, ReasonCode> {
        if clause.holds(&self.view(), leaves)? {
            return Ok(Met::Yes);
        }
        let mut missing = Missing::default();
        clause.holds(&self.view(), &mut missing)?;
        Ok(Met::No { missing: missing.0 })
    }

    /// What the steps that hold add together.
    pub(super) fn steps<S: Sink>(&self, steps: &[Step], told: &mut Vec<StepFinding>) -> Result<i64, ReasonCode> {
        let mut sum = Ok(0_i64);
        for step in steps {
            let mut leaves = S::Leaves::default();
            let holds = step.when.holds(&self.view(), &mut leaves);
            if S::WANTED {
                told.push(StepFinding { add: step.add, holds: holds.ok(), leaves: S::leaves(leaves) });
            }
            match (holds, &mut sum) {
                (Ok(true), Ok(sum)) => *sum = sum.saturating_add(i64::from(step.add)),
                (Err(code), sum) => *sum = Err(code),
                _ => {}
            }
        }
        sum
    }
}
