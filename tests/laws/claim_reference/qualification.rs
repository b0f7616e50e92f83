//! The seventh check: qualifications.

use customer_pool::ReasonCode;
use customer_pool::claim::Check;
use customer_pool::condition::{Condition, Fact};
use customer_pool::decision::Denial;
use customer_pool::id::Label;
use customer_pool::model::Customer;
use customer_pool::policy::draft::Requirement;

use super::{Reference, Sheet};
use crate::condition::{Beside, Facts, leaves};

impl<'a> Reference<'a> {
    pub(super) fn facts(&self) -> Facts<'a> {
        self.facts_of(self.case.customer())
    }

    /// Of another customer, beside the same rep.
    pub(super) fn facts_of<'c>(&self, customer: &'c Customer) -> Facts<'c>
    where
        'a: 'c,
    {
        Facts { customer, beside: Beside::Taker(self.case.rep()) }
    }

    /// Whether a condition holds; an attribute of another type than declared tells nothing.
    pub(super) fn holds(&self, facts: Facts<'_>, condition: &Condition) -> Result<bool, ReasonCode> {
        let mut read = Vec::new();
        leaves(condition, &mut read);
        let mistyped = read.into_iter().any(|fact| {
            let Fact::Attribute(key) = fact else { return false };
            let declared = self.policy.attributes().get(key);
            facts.customer.attributes().get(key).is_some_and(|value| Some(&value.kind()) != declared)
        });
        if mistyped { Err(ReasonCode::AttributeType) } else { Ok(facts.holds(condition)) }
    }

    /// The seventh check.
    pub(super) fn qualifications(&self, sheet: &mut Sheet) {
        if !self.runs(Check::Qualification) {
            return;
        }
        for rule in self.rules.qualifications() {
            if !self.concerns(sheet, Check::Qualification, rule.id(), rule.pools()) {
                continue;
            }
            match self.unmet(rule.requires()) {
                Err(code) => sheet.unknown(Check::Qualification, Some(rule.id()), code),
                Ok(None) => {}
                Ok(Some(missing)) => {
                    sheet.denials.push(Denial::Qualification { rule: rule.id().clone(), missing });
                }
            }
        }
    }

    /// Whether a requirement is not met, and then whether a fact is missing.
    fn unmet(&self, requirement: &Requirement) -> Result<Option<bool>, ReasonCode> {
        let (facts, customer, rep) = (self.facts(), self.case.customer(), self.case.rep());
        let profile = customer.profile();
        let among = |word: Option<&Label>, list: &[Label]| match word {
            None => Some(true),
            Some(_) if list.is_empty() => Some(true),
            Some(word) => (!list.contains(word)).then_some(false),
        };
        Ok(match requirement {
            Requirement::Condition(condition) => {
                let mut read = Vec::new();
                leaves(condition, &mut read);
                let missing = read.into_iter().any(|fact| facts.value(fact).is_none());
                (!self.holds(facts, condition)?).then_some(missing)
            }
            Requirement::Tier => {
                let place = |tier: Option<&Label>| self.policy.tiers().iter().position(|known| Some(known) == tier);
                match (place(customer.tier()), place(rep.highest_tier())) {
                    (Some(wanted), Some(allowed)) => (wanted > allowed).then_some(false),
                    _ => Some(true),
                }
            }
            Requirement::Region => among(profile.and_then(|profile| profile.region()), rep.regions()),
            Requirement::Industry => among(profile.and_then(|profile| profile.industry()), rep.industries()),
            Requirement::Skill => {
                let wanted = profile.map_or(&[][..], |profile| profile.skills());
                let lacks = wanted.iter().any(|skill| !rep.skills().contains(skill));
                lacks.then_some(rep.skills().is_empty())
            }
        })
    }
}
