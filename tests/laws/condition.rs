//! Conditions, evaluated on what is written: what both references read.

use core::cmp::Ordering;
use core::str::FromStr;

use customer_pool::attribute::{AttributeValue, Elapsed};
use customer_pool::condition::{Comparison, Condition, Fact, Membership};
use customer_pool::model::{Customer, Profile, Rep};
use rust_decimal::Decimal;

/// The value of a fact that is known.
pub(crate) enum Value {
    Words(Vec<String>),
    /// Paths of units.
    Units(Vec<String>),
    One(AttributeValue),
}

pub(crate) fn is_below(unit: &str, top: &str) -> bool {
    unit == top || unit.starts_with(&format!("{top}/"))
}

fn word(text: impl ToString) -> Option<Value> {
    Some(Value::Words(vec![text.to_string()]))
}

fn words<T: ToString>(list: &[T]) -> Option<Value> {
    let list: Vec<String> = list.iter().map(ToString::to_string).collect();
    (!list.is_empty()).then_some(Value::Words(list))
}

fn units(rep: &Rep) -> Option<Value> {
    let units: Vec<String> = rep.units().iter().map(ToString::to_string).collect();
    (!units.is_empty()).then_some(Value::Units(units))
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

/// The rep whose facts count beside the customer's.
#[derive(Clone, Copy)]
pub(crate) enum Beside<'a> {
    /// The owner, if there is a row of them.
    Owner(Option<&'a Rep>),
    /// The rep who wants the customer.
    Taker(&'a Rep),
}

/// A customer, and a rep beside it.
#[derive(Clone, Copy)]
pub(crate) struct Facts<'a> {
    pub(crate) customer: &'a Customer,
    pub(crate) beside: Beside<'a>,
}

impl Facts<'_> {
    pub(crate) fn holds(&self, condition: &Condition) -> bool {
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

    fn owner(&self) -> Option<&Rep> {
        match self.beside {
            Beside::Owner(owner) => owner,
            Beside::Taker(_) => panic!("no claim asks for facts of an owner"),
        }
    }

    fn taker(&self) -> &Rep {
        match self.beside {
            Beside::Owner(_) => panic!("no reclaim asks for facts of a taker"),
            Beside::Taker(rep) => rep,
        }
    }

    pub(crate) fn value(&self, fact: &Fact) -> Option<Value> {
        let customer = self.customer;
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
            Fact::Attribute(key) => customer.attributes().get(key).and_then(declared),
            Fact::Score(score) => customer.scores().and_then(|scores| scores.get(*score)).and_then(declared),
            Fact::OwnerTag => self.owner().and_then(|owner| words(owner.tags())),
            Fact::OwnerUnit => self.owner().and_then(units),
            Fact::RepUnit => units(self.taker()),
            Fact::RepRole => words(self.taker().roles()),
            Fact::RepTag => words(self.taker().tags()),
            Fact::RepRegion => words(self.taker().regions()),
            Fact::RepIndustry => words(self.taker().industries()),
            Fact::RepSkill => words(self.taker().skills()),
            Fact::RepHighestTier => self.taker().highest_tier().and_then(word),
            Fact::RepTenure => one(self.taker().tenure().map(AttributeValue::Duration)),
            Fact::RepFigure(key) => decimal(self.taker().figures().get(key).copied()),
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

/// Every fact that a condition reads.
pub(crate) fn leaves<'c>(condition: &'c Condition, found: &mut Vec<&'c Fact>) {
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
