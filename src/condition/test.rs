//! Conditions as they are evaluated.

use core::cmp::Ordering;
use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::draft::Condition;
use super::fact::Fact;
use super::value::{FactValue, View};
use crate::attribute::Elapsed;
use crate::id::Label;
use crate::time::Timestamp;

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

impl Relation {
    pub(super) const fn new(less: bool, equal: bool, greater: bool) -> Self {
        Self { less, equal, greater }
    }

    pub(super) const fn admits(self, ordering: Ordering) -> bool {
        match ordering {
            Ordering::Less => self.less,
            Ordering::Equal => self.equal,
            Ordering::Greater => self.greater,
        }
    }
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

/// Whether `unit` is `top` or is below it.
pub(crate) fn is_within(unit: &Label, top: &Label) -> bool {
    unit.as_str().strip_prefix(top.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
