//! Conditions and what their leaves found, in words.

use super::words::Words;
use crate::condition::{Condition, Fact, FactType, LeafFinding, Membership};
use crate::id::Label;

/// The fact that a leaf reads.
fn fact_of(leaf: &Condition) -> Option<&Fact> {
    match leaf {
        Condition::In(Membership { fact, .. })
        | Condition::IsTrue(fact)
        | Condition::Present(fact)
        | Condition::Missing(fact) => Some(fact),
        Condition::Equals(c)
        | Condition::LessThan(c)
        | Condition::AtMost(c)
        | Condition::GreaterThan(c)
        | Condition::AtLeast(c) => Some(&c.fact),
        Condition::Always | Condition::All(_) | Condition::Any(_) | Condition::Not(_) => None,
    }
}

impl Words<'_> {
    /// A line for each leaf, indented below the rule whose condition it is.
    pub(super) fn leaves(&self, leaves: &[LeafFinding], lines: &mut Vec<String>) {
        for leaf in leaves {
            let key = match (leaf.holds, leaf.value.is_some()) {
                (true, true) => "leaf.yes",
                (false, true) => "leaf.no",
                (true, false) => "leaf.yes_missing",
                (false, false) => "leaf.no_missing",
            };
            let condition = self.condition(&leaf.condition);
            let value = match fact_of(&leaf.condition).zip(leaf.value.as_deref()) {
                Some((fact, value)) => self.value(fact, value),
                None => String::new(),
            };
            lines.push(format!("  {}", self.say(key, &[("condition", &condition), ("value", &value)])));
        }
    }

    /// A leaf; anything that joins leaves stands as it is written.
    fn condition(&self, condition: &Condition) -> String {
        let (key, fact, value) = match condition {
            Condition::In(Membership { fact, of }) => {
                let words: Vec<_> = of.iter().map(Label::as_str).collect();
                let words = words.join(", ");
                return self.say("condition.in", &[("fact", &self.fact(fact)), ("words", &words)]);
            }
            Condition::Equals(c) => ("condition.equals", &c.fact, c.value.as_str()),
            Condition::LessThan(c) => ("condition.less_than", &c.fact, c.value.as_str()),
            Condition::AtMost(c) => ("condition.at_most", &c.fact, c.value.as_str()),
            Condition::GreaterThan(c) => ("condition.greater_than", &c.fact, c.value.as_str()),
            Condition::AtLeast(c) => ("condition.at_least", &c.fact, c.value.as_str()),
            Condition::IsTrue(fact) => ("condition.is_true", fact, ""),
            Condition::Present(fact) => ("condition.present", fact, ""),
            Condition::Missing(fact) => ("condition.missing", fact, ""),
            joined => return joined.to_string(),
        };
        self.say(key, &[("fact", &self.fact(fact)), ("value", &self.value(fact, value))])
    }

    /// A value in words, or as it is.
    fn value(&self, fact: &Fact, value: &str) -> String {
        let declared = match fact {
            Fact::Attribute(key) => self.policy.draft().attributes().get(key).map(|kind| FactType::from(*kind)),
            named => named.fixed_type(),
        };
        match (declared, value.parse()) {
            (Some(FactType::Instant), Ok(at)) => self.time(at),
            (Some(FactType::Bool), _) => self.known_or(&format!("value.{value}"), value),
            _ => value.to_owned(),
        }
    }

    fn fact(&self, fact: &Fact) -> String {
        match fact {
            Fact::Attribute(key) => self.say("fact.attribute", &[("key", key.as_str())]),
            Fact::RepFigure(key) => self.say("fact.rep.figure", &[("key", key.as_str())]),
            named => self.say(&format!("fact.{named}"), &[]),
        }
    }
}
