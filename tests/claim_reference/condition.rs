//! Conditions, evaluated on what is written, and qualifications.

use core::cmp::Ordering;
use core::str::FromStr;

use customer_pool::ReasonCode;
use customer_pool::attribute::{AttributeValue, Elapsed};
use customer_pool::claim::Check;
use customer_pool::condition::{Comparison, Condition, Fact, Membership};
use customer_pool::decision::Denial;
use customer_pool::id::Label;
use customer_pool::model::{Customer, Profile, Rep};
use customer_pool::policy::draft::Requirement;
use rust_decimal::Decimal;

use super::{Reference, Sheet};

/// The value of a fact that is known.
enum Value {
    Words(Vec<String>),
    Units(Vec<String>),
    One(AttributeValue),
}

pub(super) fn is_below(unit: &str, top: &str) -> bool {
    unit == top || unit.starts_with(&format!("{top}/"))
}

fn word(text: impl ToString) -> Option<Value> {
    Some(Value::Words(vec![text.to_string()]))
}

fn words<T: ToString>(list: &[T]) -> Option<Value> {
    let list: Vec<String> = list.iter().map(ToString::to_string).collect();
    (!list.is_empty()).then_some(Value::Words(list))
}

fn one(value: Option<AttributeValue>) -> Option<Value> {
    value.map(Value::One)
}

fn decimal(value: Option<Decimal>) -> Option<Value> {
    one(value.map(AttributeValue::Decimal))
}

fn count(n: u32) -> Option<Value> {
    Some(Value::One(AttributeValue::Integer(n.into())))
}

fn compare<T: FromStr + Ord>(value: &T, constant: &str) -> Option<Ordering> {
    constant.parse().ok().map(|constant| value.cmp(&constant))
}

/// A customer, and the rep who wants it.
#[derive(Clone, Copy)]
pub(super) struct Facts<'a> {
    pub(super) customer: &'a Customer,
    pub(super) rep: &'a Rep,
}

impl Facts<'_> {
    pub(super) fn holds(&self, condition: &Condition) -> bool {
        match condition {
            Condition::Always => true,
            Condition::All(parts) => parts.iter().all(|part| self.holds(part)),
            Condition::Any(parts) => parts.iter().any(|part| self.holds(part)),
            Condition::Not(part) => !self.holds(part),
            Condition::In(Membership { fact, of }) => match self.value(fact) {
                Some(Value::Words(words)) => words.iter().any(|word| of.iter().any(|label| label.as_str() == word)),
                Some(Value::Units(units)) => units.iter().any(|unit| of.iter().any(|top| is_below(unit, top.as_str()))),
                _ => false,
            },
            Condition::Equals(with) => self.ordering(with) == Some(Ordering::Equal),
            Condition::LessThan(with) => self.ordering(with) == Some(Ordering::Less),
            Condition::AtMost(with) => self.ordering(with).is_some_and(Ordering::is_le),
            Condition::GreaterThan(with) => self.ordering(with) == Some(Ordering::Greater),
            Condition::AtLeast(with) => self.ordering(with).is_some_and(Ordering::is_ge),
            Condition::IsTrue(fact) => matches!(self.value(fact), Some(Value::One(AttributeValue::Bool(true)))),
            Condition::Present(fact) => self.value(fact).is_some(),
            Condition::Missing(fact) => self.value(fact).is_none(),
        }
    }

    fn ordering(&self, Comparison { fact, value: constant }: &Comparison) -> Option<Ordering> {
        let Some(Value::One(value)) = self.value(fact) else { return None };
        match value {
            AttributeValue::Integer(value) => compare(&value, constant),
            AttributeValue::Decimal(value) => compare(&value, constant),
            AttributeValue::Date(value) => compare(&value, constant),
            AttributeValue::Instant(value) => compare(&value, constant),
            AttributeValue::Duration(value) => compare::<Elapsed>(&value, constant),
            AttributeValue::Bool(_) | AttributeValue::Text(_) => None,
        }
    }

    fn value(&self, fact: &Fact) -> Option<Value> {
        let Self { customer, rep } = *self;
        let instant = |at| Some(Value::One(AttributeValue::Instant(at)));
        let counters = customer.counters();
        match fact {
            Fact::Tier => customer.tier().and_then(word),
            Fact::Tag => words(customer.tags()),
            Fact::WayIn => customer.ownership().and_then(|ownership| word(ownership.way_in())),
            Fact::Created => customer.created().and_then(instant),
            Fact::LastContractEnd => customer.last_contract_end().and_then(instant),
            Fact::LastDeal => customer.last_deal().and_then(instant),
            Fact::TimesClaimed => count(counters.claimed),
            Fact::TimesReclaimed => count(counters.reclaimed),
            Fact::TimesReleased => count(counters.released),
            Fact::DaysInPools => count(counters.days_in_pools),
            Fact::RepUnit => {
                let units: Vec<String> = rep.units().iter().map(ToString::to_string).collect();
                (!units.is_empty()).then_some(Value::Units(units))
            }
            Fact::RepRole => words(rep.roles()),
            Fact::RepTag => words(rep.tags()),
            Fact::RepRegion => words(rep.regions()),
            Fact::RepIndustry => words(rep.industries()),
            Fact::RepSkill => words(rep.skills()),
            Fact::RepHighestTier => rep.highest_tier().and_then(word),
            Fact::RepTenure => one(rep.tenure().map(AttributeValue::Duration)),
            Fact::RepFigure(key) => decimal(rep.figures().get(key).copied()),
            Fact::Attribute(key) => customer.attributes().get(key).and_then(declared),
            Fact::Score(score) => customer.scores().and_then(|scores| scores.get(*score)).and_then(declared),
            of_profile => customer.profile().and_then(|profile| value_in(profile, of_profile)),
        }
    }
}

fn declared(value: &AttributeValue) -> Option<Value> {
    match value {
        AttributeValue::Text(text) => word(text),
        value => Some(Value::One(value.clone())),
    }
}

fn value_in(profile: &Profile, fact: &Fact) -> Option<Value> {
    match fact {
        Fact::Lifecycle => profile.lifecycle().and_then(word),
        Fact::SalesStage => profile.sales_stage().and_then(word),
        Fact::Intent => profile.intent().and_then(word),
        Fact::Region => profile.region().and_then(word),
        Fact::Industry => profile.industry().and_then(word),
        Fact::Source => profile.source().and_then(word),
        Fact::Referrer => profile.referrer().and_then(word),
        Fact::Need => words(profile.needs()),
        Fact::Skill => words(profile.skills()),
        Fact::Value => decimal(profile.value()),
        Fact::Strength => decimal(profile.strength()),
        Fact::Satisfaction => decimal(profile.satisfaction()),
        Fact::ContactCompleteness => decimal(profile.contact_completeness()),
        Fact::DoNotContact => one(profile.do_not_contact().map(AttributeValue::Bool)),
        other => panic!("`{other}` is a fact that the reference does not know"),
    }
}

fn leaves<'c>(condition: &'c Condition, found: &mut Vec<&'c Fact>) {
    match condition {
        Condition::Always => {}
        Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| leaves(part, found)),
        Condition::Not(part) => leaves(part, found),
        Condition::In(Membership { fact, .. })
        | Condition::Equals(Comparison { fact, .. })
        | Condition::LessThan(Comparison { fact, .. })
        | Condition::AtMost(Comparison { fact, .. })
        | Condition::GreaterThan(Comparison { fact, .. })
        | Condition::AtLeast(Comparison { fact, .. })
        | Condition::IsTrue(fact)
        | Condition::Present(fact)
        | Condition::Missing(fact) => found.push(fact),
    }
}

impl<'a> Reference<'a> {
    pub(super) fn facts(&self) -> Facts<'a> {
        Facts { customer: self.case.customer(), rep: self.case.rep() }
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
        let facts @ Facts { customer, rep } = self.facts();
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
