//! From a written condition to one that can be evaluated: every name known, every constant of its fact's type.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::draft::{Comparison, Condition, Membership};
use super::fact::{Fact, FactType};
use super::test::{Constant, Leaf, Question, Relation, Test};
use crate::attribute::AttributeType;
use crate::id::Label;
use crate::model::{Lifecycle, Need, WayIn};

/// How deep conditions may nest.
pub(crate) const MAX_DEPTH: usize = 32;

/// What is wrong with a condition: where below it, a code, and a sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConditionProblem {
    pub(crate) path: String,
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

/// Compiles the conditions of one policy, and remembers which facts they read.
pub(crate) struct Compiler<'a> {
    attributes: &'a BTreeMap<Label, AttributeType>,
    /// The performance figures that may be read, where conditions are about a rep who wants a customer; `None` where
    /// they are about an owner.
    figures: Option<&'a [Label]>,
    /// Whether only facts about the customer may be read.
    customer_alone: bool,
    read: BTreeSet<Fact>,
    /// The attributes among them, in the order in which they were first met.
    places: Vec<Label>,
}

impl<'a> Compiler<'a> {
    pub(crate) fn new(attributes: &'a BTreeMap<Label, AttributeType>) -> Self {
        Self { attributes, figures: None, customer_alone: false, read: BTreeSet::new(), places: Vec::new() }
    }

    /// A compiler of conditions about a rep who wants a customer.
    pub(crate) fn of_claims(attributes: &'a BTreeMap<Label, AttributeType>, figures: &'a [Label]) -> Self {
        Self { figures: Some(figures), ..Self::new(attributes) }
    }

    /// A compiler of conditions about a customer, whoever wants or owns it.
    pub(crate) fn of_customers(attributes: &'a BTreeMap<Label, AttributeType>) -> Self {
        Self { customer_alone: true, ..Self::new(attributes) }
    }

    /// Every fact that a condition compiled so far reads.
    pub(crate) fn read(&self) -> &BTreeSet<Fact> {
        &self.read
    }

    /// The attributes that are read, and their types.
    pub(crate) fn attributes_read(&self) -> Box<[(Label, AttributeType)]> {
        self.places.iter().filter_map(|key| Some((key.clone(), *self.attributes.get(key)?))).collect()
    }

    fn place(&mut self, fact: &Fact) {
        if let Fact::Attribute(key) = fact {
            if !self.places.contains(key) {
                self.places.push(key.clone());
            }
        }
    }

    /// Notes that something other than a condition reads this attribute, and gives its declared type.
    pub(crate) fn read_attribute(&mut self, key: &Label) -> Option<AttributeType> {
        let declared = self.attributes.get(key).copied();
        if declared.is_some() {
            let fact = Fact::Attribute(key.clone());
            self.place(&fact);
            self.read.insert(fact);
        }
        declared
    }

    /// The compiled condition; `Test::Always` stands in where there are problems, which are added to `problems`.
    pub(crate) fn compile(&mut self, condition: &Condition, problems: &mut Vec<ConditionProblem>) -> Test {
        self.part(condition, "", 0, problems)
    }

    fn part(&mut self, condition: &Condition, path: &str, depth: usize, problems: &mut Vec<ConditionProblem>) -> Test {
        if depth >= MAX_DEPTH {
            problems.push(problem(path, "condition.too_deep", format!("nest conditions at most {MAX_DEPTH} deep")));
            return Test::Always;
        }
        let below = depth.saturating_add(1);
        match condition {
            Condition::Always => Test::Always,
            Condition::All(parts) => Test::All(self.parts(parts, path, "all", below, problems)),
            Condition::Any(parts) => Test::Any(self.parts(parts, path, "any", below, problems)),
            Condition::Not(part) => Test::Not(Box::new(self.part(part, &format!("{path}.not"), below, problems))),
            leaf => match self.leaf(leaf, path) {
                Ok(leaf) => Test::Leaf(leaf),
                Err(found) => {
                    problems.push(found);
                    Test::Always
                }
            },
        }
    }

    fn parts(
        &mut self,
        parts: &[Condition],
        path: &str,
        name: &str,
        depth: usize,
        problems: &mut Vec<ConditionProblem>,
    ) -> Box<[Test]> {
        if parts.is_empty() {
            let message = format!("`{name}` of nothing is not a condition; write `always`, or list what must hold");
            problems.push(problem(&format!("{path}.{name}"), "condition.empty", message));
        }
        let mut compiled = Vec::with_capacity(parts.len());
        for (i, part) in parts.iter().enumerate() {
            compiled.push(self.part(part, &format!("{path}.{name}[{i}]"), depth, problems));
        }
        compiled.into()
    }

    fn leaf(&mut self, condition: &Condition, path: &str) -> Result<Leaf, ConditionProblem> {
        let (name, fact) = match condition {
            Condition::In(Membership { fact, .. }) => ("in", fact),
            Condition::Equals(c) => ("equals", &c.fact),
            Condition::LessThan(c) => ("less_than", &c.fact),
            Condition::AtMost(c) => ("at_most", &c.fact),
            Condition::GreaterThan(c) => ("greater_than", &c.fact),
            Condition::AtLeast(c) => ("at_least", &c.fact),
            Condition::IsTrue(fact) => ("is_true", fact),
            Condition::Present(fact) => ("present", fact),
            Condition::Missing(fact) => ("missing", fact),
            Condition::Always | Condition::All(_) | Condition::Any(_) | Condition::Not(_) => {
                return Err(problem(path, "condition.empty", "not a leaf".to_owned()));
            }
        };
        let path = format!("{path}.{name}");
        let kind = self.type_of(fact, &path)?;
        let relation = |c: &Comparison, relation| compare(fact, kind, relation, &c.value, &path);
        let question = match condition {
            Condition::In(Membership { of, .. }) => membership(fact, kind, of, &path)?,
            Condition::Equals(c) => relation(c, Relation::new(false, true, false))?,
            Condition::LessThan(c) => relation(c, Relation::new(true, false, false))?,
            Condition::AtMost(c) => relation(c, Relation::new(true, true, false))?,
            Condition::GreaterThan(c) => relation(c, Relation::new(false, false, true))?,
            Condition::AtLeast(c) => relation(c, Relation::new(false, true, true))?,
            Condition::IsTrue(_) if kind != FactType::Bool => {
                let message = format!("`{fact}` is no bool; ask `present`, or compare it");
                return Err(problem(&path, "condition.wrong_type", message));
            }
            Condition::IsTrue(_) => Question::IsTrue,
            Condition::Missing(_) => Question::Missing,
            _ => Question::Present,
        };
        self.read.insert(fact.clone());
        self.place(fact);
        Ok(Leaf { fact: fact.clone(), question, written: Arc::new(condition.clone()) })
    }

    fn type_of(&self, fact: &Fact, path: &str) -> Result<FactType, ConditionProblem> {
        match fact {
            Fact::Attribute(key) => self.attributes.get(key).map(|&kind| kind.into()).ok_or_else(|| {
                let message = format!("attribute `{key}` is not declared; add it to `attributes` with its type");
                problem(path, "condition.undeclared_attribute", message)
            }),
            named if self.customer_alone && (named.is_of_rep() || named.is_of_owner()) => {
                let message = format!("`{named}` is no fact about the customer; only those count here");
                Err(problem(path, "condition.wrong_subject", message))
            }
            Fact::RepFigure(key) if self.figures.is_some_and(|known| !known.contains(key)) => {
                let message = format!("figure `{key}` is not declared; add it to `figures`");
                Err(problem(path, "condition.undeclared_figure", message))
            }
            named if named.is_of_rep() && self.figures.is_none() => {
                let message = format!("`{named}` is about the rep who wants a customer; here ask the owner's facts");
                Err(problem(path, "condition.wrong_subject", message))
            }
            named if named.is_of_owner() && self.figures.is_some() => {
                let message = format!("`{named}` is about an owner; here ask the facts of the rep, `rep.`");
                Err(problem(path, "condition.wrong_subject", message))
            }
            named => Ok(named.fixed_type().unwrap_or(FactType::Word)),
        }
    }
}

fn problem(path: &str, code: &'static str, message: String) -> ConditionProblem {
    ConditionProblem { path: path.to_owned(), code, message }
}

fn membership(fact: &Fact, kind: FactType, of: &[Label], path: &str) -> Result<Question, ConditionProblem> {
    if !matches!(kind, FactType::Word | FactType::Words) {
        let message = format!("`{fact}` is no word; compare it with a constant instead");
        return Err(problem(path, "condition.wrong_type", message));
    }
    if of.is_empty() {
        let message = "a set of nothing holds for nobody; list the words, or leave the condition out".to_owned();
        return Err(problem(&format!("{path}.of"), "condition.empty", message));
    }
    let known: Option<Vec<&str>> = match fact {
        Fact::Lifecycle => Some(Lifecycle::ALL.iter().map(|x| x.as_str()).collect()),
        Fact::Need => Some(Need::ALL.iter().map(|x| x.as_str()).collect()),
        Fact::WayIn => Some(WayIn::ALL.iter().map(|x| x.as_str()).collect()),
        _ => None,
    };
    if let Some(known) = known {
        for (i, word) in of.iter().enumerate() {
            if !known.contains(&word.as_str()) {
                let message = format!("`{word}` is no value of `{fact}`; known are {}", known.join(", "));
                return Err(problem(&format!("{path}.of[{i}]"), "condition.unknown_word", message));
            }
        }
    }
    Ok(Question::In(of.into()))
}

fn compare(
    fact: &Fact,
    kind: FactType,
    relation: Relation,
    text: &str,
    path: &str,
) -> Result<Question, ConditionProblem> {
    let constant = match kind {
        FactType::Integer => text.parse().ok().map(Constant::Integer),
        FactType::Decimal => text.parse().ok().map(Constant::Decimal),
        FactType::Date => text.parse().ok().map(Constant::Date),
        FactType::Instant => text.parse().ok().map(Constant::Instant),
        FactType::Duration => text.parse().ok().map(Constant::Duration),
        FactType::Word | FactType::Words | FactType::Bool => {
            let message = format!("`{fact}` has no order; ask `in` of a word and `is_true` of a bool");
            return Err(problem(path, "condition.wrong_type", message));
        }
    };
    constant.map(|constant| Question::Compare(relation, constant)).ok_or_else(|| {
        let wanted = match kind {
            FactType::Integer => "a whole number such as `3`",
            FactType::Decimal => "a decimal such as `12.50`",
            FactType::Date => "a date such as `2026-03-02`",
            FactType::Instant => "an instant such as `2026-03-02T00:00:00Z`",
            _ => "a duration such as `PT72H`",
        };
        let message = format!("`{text}` cannot be compared with `{fact}`; write {wanted}");
        problem(&format!("{path}.value"), "condition.bad_constant", message)
    })
}
