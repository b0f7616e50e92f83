//! Conditions, evaluated on what is written.

use core::cmp::Ordering;
use core::str::FromStr;

use customer_pool::attribute::{AttributeValue, Elapsed};
use customer_pool::condition::{Comparison, Condition, Fact, Membership};
use customer_pool::model::Profile;
use rust_decimal::Decimal;

use super::Reference;

/// The value of a fact that is known.
enum Value {
    Words(Vec<String>),
    /// Paths of units.
    Units(Vec<String>),
    One(AttributeValue),
}

fn word(text: impl ToString) -> Option<Value> {
    Some(Value::Words(vec![text.to_string()]))
}

fn words<T: ToString>(list: &[T]) -> Option<Value> {
    let list: Vec<String> = list.iter().map(ToString::to_string).collect();
    (!list.is_empty()).then_some(Value::Words(list))
}

fn decimal(value: Option<Decimal>) -> Option<Value> {
    value.map(|value| Value::One(AttributeValue::Decimal(value)))
}

fn count(n: u32) -> Option<Value> {
    Some(Value::One(AttributeValue::Integer(n.into())))
}

fn compare<T: FromStr + Ord>(value: &T, constant: &str) -> Option<Ordering> {
    constant.parse().ok().map(|constant| value.cmp(&constant))
}

impl<'a> Reference<'a> {
    pub(super) fn holds(&self, condition: &Condition) -> bool {
        match condition {
            Condition::Always => true,
            Condition::All(parts) => parts.iter().all(|part| self.holds(part)),
            Condition::Any(parts) => parts.iter().any(|part| self.holds(part)),
            Condition::Not(part) => !self.holds(part),
            Condition::In(Membership { fact, of }) => match self.value(fact) {
                Some(Value::Words(words)) => words.iter().any(|word| of.iter().any(|label| label.as_str() == word)),
                Some(Value::Units(units)) => units
                    .iter()
                    .any(|unit| of.iter().any(|top| unit == top.as_str() || unit.starts_with(&format!("{top}/")))),
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
            Fact::OwnerTag => self.owner.and_then(|owner| words(owner.tags())),
            Fact::OwnerUnit => self.owner.and_then(|owner| match words(owner.units()) {
                Some(Value::Words(units)) => Some(Value::Units(units)),
                other => other,
            }),
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
        Fact::DoNotContact => profile.do_not_contact().map(|value| Value::One(AttributeValue::Bool(value))),
        other => panic!("`{other}` is a fact that the reference does not know"),
    }
}
