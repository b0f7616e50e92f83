//! Conditions and what their leaves found, in words.

use super::words::Words;
use crate::condition::{Condition, Fact, LeafFinding, Membership};
use crate::id::Label;

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
            let value = leaf.value.as_deref().unwrap_or_default();
            lines.push(format!("  {}", self.say(key, &[("condition", &condition), ("value", value)])));
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
        self.say(key, &[("fact", &self.fact(fact)), ("value", value)])
    }

    fn fact(&self, fact: &Fact) -> String {
        match fact {
            Fact::Attribute(key) => self.say("fact.attribute", &[("key", key.as_str())]),
            named => self.say(&format!("fact.{named}"), &[]),
        }
    }
}
