//! Conditions as they are evaluated.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::sync::Arc;

use super::{Condition, Fact};
use crate::attribute::{AttributeValue, Elapsed};
use crate::id::Label;
use crate::model::{Customer, Need, Profile, Rep};
use crate::time::Timestamp;

/// What conditions are evaluated over: a customer and, where it is known, its owner.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) customer: &'a Customer,
    pub(crate) owner: Option<&'a Rep>,
}

/// A condition ready to be evaluated.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    Always,
    All(Box<[Test]>),
    Any(Box<[Test]>),
    Not(Box<Test>),
    Leaf(Leaf),
}

#[derive(Clone, Debug)]
pub(crate) struct Leaf {
    pub(crate) fact: Fact,
    pub(crate) question: Question,
    pub(super) written: Arc<Condition>,
}

#[derive(Clone, Debug)]
pub(crate) enum Question {
    In(Box<[Label]>),
    Compare(Relation, Constant),
    IsTrue,
    Present,
    Missing,
}

/// Which orderings of fact and constant a comparison admits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Relation {
    pub(crate) less: bool,
    pub(crate) equal: bool,
    pub(crate) greater: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum Constant {
    Integer(i64),
    Decimal(Decimal),
    Date(NaiveDate),
    Instant(Timestamp),
    Duration(Elapsed),
}

/// What a leaf of a condition found.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct LeafFinding {
    /// The leaf as written.
    pub condition: Arc<Condition>,
    /// The value of its fact; `None` when it is missing.
    pub value: Option<String>,
    /// Whether it holds.
    pub holds: bool,
}

/// Is told what each leaf found. With [`ALL`](Self::ALL) every leaf is looked at, otherwise only as many as decide.
pub(crate) trait LeafSink {
    const ALL: bool;
    fn leaf(&mut self, finding: impl FnOnce() -> LeafFinding);
}

impl LeafSink for () {
    const ALL: bool = false;
    fn leaf(&mut self, _: impl FnOnce() -> LeafFinding) {}
}

impl LeafSink for Vec<LeafFinding> {
    const ALL: bool = true;
    fn leaf(&mut self, finding: impl FnOnce() -> LeafFinding) {
        self.push(finding());
    }
}

impl Test {
    /// Adds its leaves to the list.
    pub(super) fn leaves<'t>(&'t self, list: &mut Vec<&'t Leaf>) {
        match self {
            Self::Always => {}
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.leaves(list)),
            Self::Not(part) => part.leaves(list),
            Self::Leaf(leaf) => list.push(leaf),
        }
    }

    /// Whether the condition holds.
    #[inline(always)]
    pub(crate) fn holds<S: LeafSink>(&self, view: &View<'_>, sink: &mut S) -> bool {
        match self {
            Self::Always => true,
            // The commonest question of all, answered in place.
            Self::Leaf(Leaf { fact: Fact::Tier, question: Question::In(set), .. }) if !S::ALL => {
                view.customer.tier().is_some_and(|tier| tier.is_one_of(set))
            }
            nested => nested.nested(view, sink),
        }
    }

    #[inline(never)]
    fn nested<S: LeafSink>(&self, view: &View<'_>, sink: &mut S) -> bool {
        match self {
            Self::All(parts) if S::ALL => parts.iter().fold(true, |all, part| part.holds(view, sink) & all),
            Self::Any(parts) if S::ALL => parts.iter().fold(false, |any, part| part.holds(view, sink) | any),
            Self::All(parts) => parts.iter().all(|part| part.holds(view, sink)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(view, sink)),
            Self::Not(part) => !part.holds(view, sink),
            Self::Always => true,
            Self::Leaf(leaf) => leaf.holds(view, sink),
        }
    }
}

/// The value of a fact, borrowed from where it lies.
enum FactValue<'a> {
    Missing,
    Word(&'a Label),
    Name(&'a str),
    Words(&'a [Label]),
    Units(&'a [Label]),
    Needs(&'a [Need]),
    Bool(bool),
    Integer(i64),
    Decimal(Decimal),
    Date(NaiveDate),
    Instant(Timestamp),
    Duration(Elapsed),
}

impl Leaf {
    #[inline]
    pub(super) fn holds<S: LeafSink>(&self, view: &View<'_>, sink: &mut S) -> bool {
        let value = FactValue::of(&self.fact, view);
        let holds = self.question.holds(&value);
        sink.leaf(|| LeafFinding { condition: self.written.clone(), value: value.text(), holds });
        holds
    }
}

impl Question {
    #[inline(always)]
    fn holds(&self, value: &FactValue<'_>) -> bool {
        match self {
            Self::In(set) => match value {
                FactValue::Word(word) => word.is_one_of(set),
                FactValue::Name(name) => set.iter().any(|member| member == name),
                FactValue::Words(words) => words.iter().any(|word| set.contains(word)),
                FactValue::Units(units) => units.iter().any(|unit| set.iter().any(|top| is_within(unit, top))),
                FactValue::Needs(needs) => needs.iter().any(|need| set.iter().any(|member| *member == need.as_str())),
                _ => false,
            },
            Self::Compare(relation, constant) => {
                let ordering = match (value, constant) {
                    (FactValue::Integer(a), Constant::Integer(b)) => a.cmp(b),
                    (FactValue::Decimal(a), Constant::Decimal(b)) => a.cmp(b),
                    (FactValue::Date(a), Constant::Date(b)) => a.cmp(b),
                    (FactValue::Instant(a), Constant::Instant(b)) => a.cmp(b),
                    (FactValue::Duration(a), Constant::Duration(b)) => a.cmp(b),
                    _ => return false,
                };
                relation.admits(ordering)
            }
            Self::IsTrue => matches!(value, FactValue::Bool(true)),
            Self::Present => !value.is_missing(),
            Self::Missing => value.is_missing(),
        }
    }
}

/// Whether `unit` is `top` or lies below it.
pub(crate) fn is_within(unit: &Label, top: &Label) -> bool {
    unit.as_str().strip_prefix(top.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn optional<'a, T>(value: Option<T>, of: impl FnOnce(T) -> FactValue<'a>) -> FactValue<'a> {
    value.map_or(FactValue::Missing, of)
}

impl<'a> FactValue<'a> {
    #[inline(always)]
    fn of(fact: &Fact, view: &View<'a>) -> Self {
        match fact {
            Fact::Tier => optional(view.customer.tier(), Self::Word),
            Fact::Attribute(key) => optional(view.customer.attributes().get(key), Self::of_attribute),
            Fact::Tag => Self::Words(view.customer.tags()),
            Fact::Score(score) => {
                let value = view.customer.scores().and_then(|scores| scores.get(*score));
                optional(value, Self::of_attribute)
            }
            other => Self::of_rest(other, *view),
        }
    }

    #[inline(always)]
    fn of_attribute(value: &'a AttributeValue) -> Self {
        match value {
            AttributeValue::Bool(value) => Self::Bool(*value),
            AttributeValue::Integer(value) => Self::Integer(*value),
            AttributeValue::Decimal(value) => Self::Decimal(*value),
            AttributeValue::Text(value) => Self::Word(value),
            AttributeValue::Date(value) => Self::Date(*value),
            AttributeValue::Instant(value) => Self::Instant(*value),
            AttributeValue::Duration(value) => Self::Duration(*value),
        }
    }

    #[inline(never)]
    fn of_rest(fact: &Fact, View { customer, owner, .. }: View<'a>) -> Self {
        let count = |n: u32| Self::Integer(i64::from(n));
        match fact {
            Fact::WayIn => optional(customer.ownership(), |ownership| Self::Name(ownership.way_in().as_str())),
            Fact::Created => optional(customer.created(), Self::Instant),
            Fact::LastContractEnd => optional(customer.last_contract_end(), Self::Instant),
            Fact::LastDeal => optional(customer.last_deal(), Self::Instant),
            Fact::TimesClaimed => count(customer.counters().claimed),
            Fact::TimesReclaimed => count(customer.counters().reclaimed),
            Fact::TimesReleased => count(customer.counters().released),
            Fact::DaysInPools => count(customer.counters().days_in_pools),
            Fact::OwnerUnit => optional(owner, |rep| Self::Units(rep.units())),
            Fact::OwnerTag => optional(owner, |rep| Self::Words(rep.tags())),
            fact if fact.is_of_rep() => optional(owner, |rep| Self::of_rep(fact, rep)),
            other => optional(customer.profile(), |profile| Self::of_profile(other, profile)),
        }
    }

    /// Claims put the rep who wants the customer where reclaim has the owner.
    fn of_rep(fact: &Fact, rep: &'a Rep) -> Self {
        match fact {
            Fact::RepUnit => Self::Units(rep.units()),
            Fact::RepRole => Self::Words(rep.roles()),
            Fact::RepTag => Self::Words(rep.tags()),
            Fact::RepRegion => Self::Words(rep.regions()),
            Fact::RepIndustry => Self::Words(rep.industries()),
            Fact::RepSkill => Self::Words(rep.skills()),
            Fact::RepHighestTier => optional(rep.highest_tier(), Self::Word),
            Fact::RepTenure => optional(rep.tenure(), Self::Duration),
            Fact::RepFigure(key) => optional(rep.figures().get(key), |value| Self::Decimal(*value)),
            _ => Self::Missing,
        }
    }

    fn of_profile(fact: &Fact, profile: &'a Profile) -> Self {
        match fact {
            Fact::Lifecycle => optional(profile.lifecycle(), |stage| Self::Name(stage.as_str())),
            Fact::SalesStage => optional(profile.sales_stage(), Self::Word),
            Fact::Intent => optional(profile.intent(), Self::Word),
            Fact::Region => optional(profile.region(), Self::Word),
            Fact::Industry => optional(profile.industry(), Self::Word),
            Fact::Source => optional(profile.source(), Self::Word),
            Fact::Referrer => optional(profile.referrer(), |id| Self::Name(id.as_str())),
            Fact::Need => Self::Needs(profile.needs()),
            Fact::Skill => Self::Words(profile.skills()),
            Fact::Value => optional(profile.value(), Self::Decimal),
            Fact::Strength => optional(profile.strength(), Self::Decimal),
            Fact::Satisfaction => optional(profile.satisfaction(), Self::Decimal),
            Fact::ContactCompleteness => optional(profile.contact_completeness(), Self::Decimal),
            Fact::DoNotContact => optional(profile.do_not_contact(), Self::Bool),
            _ => Self::Missing,
        }
    }

    #[inline]
    fn is_missing(&self) -> bool {
        match self {
            Self::Missing => true,
            Self::Words(words) | Self::Units(words) => words.is_empty(),
            Self::Needs(needs) => needs.is_empty(),
            _ => false,
        }
    }

    fn text(&self) -> Option<String> {
        let join = |words: &[Label]| words.iter().map(Label::as_str).collect::<Vec<_>>().join(", ");
        if self.is_missing() {
            return None;
        }
        Some(match self {
            Self::Missing => return None,
            Self::Word(word) => word.to_string(),
            Self::Name(name) => (*name).to_owned(),
            Self::Words(words) | Self::Units(words) => join(words),
            Self::Needs(needs) => needs.iter().map(|need| need.as_str()).collect::<Vec<_>>().join(", "),
            Self::Bool(value) => value.to_string(),
            Self::Integer(value) => value.to_string(),
            Self::Decimal(value) => value.to_string(),
            Self::Date(value) => value.to_string(),
            Self::Instant(value) => value.to_string(),
            Self::Duration(value) => value.to_string(),
        })
    }
}
