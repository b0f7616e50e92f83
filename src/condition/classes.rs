//! Conditions as a table. The facts that conditions read fall into few classes: a tier is one of those that the policy
//! names, another, or missing; a number lies between two constants. Which conditions hold depends on the classes alone,
//! so that it can be worked out once for every combination of them.

use super::fact::Fact;
use super::lexicon::Lexicon;
use super::steps::Steps;
use super::test::{Leaf, Question, Test};
use super::value::View;
use crate::attribute::{AttributeType, AttributeValue};
use crate::id::Label;

/// How many combinations of classes a table may have.
const COMBINATIONS: usize = 4_096;

/// The facts that some conditions read, and their classes.
#[derive(Clone, Debug)]
pub(crate) struct Classes {
    axes: Box<[Axis]>,
    /// Attributes that are read elsewhere; their types matter.
    others: Box<[(Label, AttributeType)]>,
    combinations: usize,
}

#[derive(Clone, Debug)]
struct Axis {
    read: Read,
    /// How far apart two neighbouring classes lie in the table.
    stride: usize,
}

/// A fact and its classes. A missing fact is in class 0.
#[derive(Clone, Debug)]
enum Read {
    Tier(Lexicon),
    Text(Label, Lexicon),
    Number(Label, AttributeType, Steps),
    /// A question that is asked as it is: 0 where the answer is no, 1 where it is yes.
    Asked(Leaf),
}

impl Classes {
    /// The classes that tell all answers to these conditions apart, if they are few. `attributes` are all that the
    /// policy reads.
    pub(crate) fn new<'t>(
        tests: impl Iterator<Item = &'t Test>,
        attributes: &[(Label, AttributeType)],
    ) -> Option<Self> {
        let mut leaves = Vec::new();
        tests.for_each(|test| test.leaves(&mut leaves));
        let mut keys: Vec<&(Label, AttributeType)> = attributes.iter().collect();
        // In the order in which a customer's attributes lie.
        keys.sort_unstable();
        let facts = core::iter::once((Fact::Tier, AttributeType::Text))
            .chain(keys.iter().map(|(key, kind)| (Fact::Attribute(key.clone()), *kind)));
        let mut reads: Vec<Read> = Vec::new();
        for (fact, kind) in facts {
            let of_fact: Vec<&Leaf> = leaves.iter().copied().filter(|leaf| leaf.fact == fact).collect();
            if let (false, Some(read)) = (of_fact.is_empty(), Read::new(&fact, kind, &of_fact)) {
                leaves.retain(|leaf| leaf.fact != fact);
                reads.push(read);
            }
        }
        for leaf in leaves {
            if !reads.iter().any(|read| matches!(read, Read::Asked(known) if known.written == leaf.written)) {
                reads.push(Read::Asked(leaf.clone()));
            }
        }
        let has_axis = |key: &Label| reads.iter().any(|read| read.attribute() == Some(key));
        let others = attributes.iter().filter(|(key, _)| !has_axis(key)).cloned().collect();
        let mut combinations = 1_usize;
        let mut axes = Vec::new();
        for read in reads {
            let stride = combinations;
            combinations = combinations.checked_mul(read.classes()).filter(|all| *all <= COMBINATIONS)?;
            axes.push(Axis { read, stride });
        }
        Some(Self { axes: axes.into(), others, combinations })
    }

    /// How many combinations there are.
    pub(crate) fn combinations(&self) -> usize {
        self.combinations
    }

    /// Whether the condition, which is one of those told apart, holds for this combination.
    pub(crate) fn holds(&self, test: &Test, combination: usize) -> bool {
        match test {
            Test::Always => true,
            Test::All(parts) => parts.iter().all(|part| self.holds(part, combination)),
            Test::Any(parts) => parts.iter().any(|part| self.holds(part, combination)),
            Test::Not(part) => !self.holds(part, combination),
            Test::Leaf(leaf) => self.axes.iter().any(|axis| {
                let classes = axis.read.classes();
                let class = combination.checked_div(axis.stride).and_then(|rest| rest.checked_rem(classes));
                axis.read.answers(leaf) && class.is_some_and(|class| axis.read.holds(leaf, class))
            }),
        }
    }

    /// The combination in which a customer is; `None` where an attribute has a value of another type than declared.
    #[inline(always)]
    pub(crate) fn of(&self, view: &View<'_>) -> Option<usize> {
        match &*self.axes {
            // The commonest of all.
            [Axis { read: Read::Tier(words), .. }] if self.others.is_empty() => {
                Some(words.class_of(view.customer.tier()))
            }
            _ => self.of_many(view),
        }
    }

    #[inline(never)]
    fn of_many(&self, view: &View<'_>) -> Option<usize> {
        let attributes = view.customer.attributes().entries();
        let mut combination = 0_usize;
        // Both lists of attributes are in the same order, so that the next one is mostly where it is looked for.
        let mut next = 0_usize;
        for axis in &self.axes {
            let class = match &axis.read {
                Read::Tier(words) => words.class_of(view.customer.tier()),
                Read::Text(key, words) => match find(attributes, key, &mut next) {
                    Some(AttributeValue::Text(word)) => words.class_of(Some(word)),
                    Some(_) => return None,
                    None => 0,
                },
                Read::Number(key, kind, steps) => match (find(attributes, key, &mut next), kind) {
                    (Some(AttributeValue::Decimal(value)), AttributeType::Decimal) => steps.class_of(*value),
                    (Some(AttributeValue::Integer(value)), AttributeType::Integer) => steps.class_of_integer(*value),
                    (Some(_), _) => return None,
                    (None, _) => 0,
                },
                Read::Asked(leaf) => usize::from(leaf.holds(view, &mut ())),
            };
            combination = combination.wrapping_add(class.wrapping_mul(axis.stride));
        }
        for (key, kind) in &self.others {
            if view.customer.attributes().get(key).is_some_and(|value| value.kind() != *kind) {
                return None;
            }
        }
        Some(combination)
    }
}

/// The attribute under this key, looked for at `next` first.
#[inline(always)]
fn find<'a>(attributes: &'a [(Label, AttributeValue)], key: &Label, next: &mut usize) -> Option<&'a AttributeValue> {
    let at = match attributes.get(*next) {
        Some((there, _)) if there == key => *next,
        _ => attributes.iter().position(|(there, _)| there == key)?,
    };
    *next = at.wrapping_add(1);
    attributes.get(at).map(|(_, value)| value)
}

impl Read {
    fn new(fact: &Fact, kind: AttributeType, leaves: &[&Leaf]) -> Option<Self> {
        match (fact, kind) {
            (Fact::Attribute(key), AttributeType::Decimal | AttributeType::Integer) => {
                Some(Self::Number(key.clone(), kind, Steps::new(leaves.iter().map(|leaf| &leaf.question))?))
            }
            (Fact::Attribute(key), AttributeType::Text) => {
                Some(Self::Text(key.clone(), Lexicon::new(leaves.iter().map(|leaf| &leaf.question))?))
            }
            (Fact::Tier, _) => Some(Self::Tier(Lexicon::new(leaves.iter().map(|leaf| &leaf.question))?)),
            _ => None,
        }
    }

    fn attribute(&self) -> Option<&Label> {
        match self {
            Self::Text(key, _) | Self::Number(key, ..) => Some(key),
            Self::Tier(_) | Self::Asked(_) => None,
        }
    }

    fn classes(&self) -> usize {
        match self {
            Self::Tier(lexicon) | Self::Text(_, lexicon) => lexicon.classes(),
            Self::Number(.., steps) => steps.classes(),
            Self::Asked(_) => 2,
        }
    }

    /// Whether the class here answers the question of the leaf.
    fn answers(&self, leaf: &Leaf) -> bool {
        match self {
            Self::Tier(_) => leaf.fact == Fact::Tier,
            Self::Text(key, _) | Self::Number(key, ..) => matches!(&leaf.fact, Fact::Attribute(own) if own == key),
            Self::Asked(asked) => asked.written == leaf.written,
        }
    }

    fn holds(&self, leaf: &Leaf, class: usize) -> bool {
        match (self, &leaf.question) {
            (Self::Asked(_), _) => class == 1,
            (_, Question::Missing) => class == 0,
            (_, Question::Present) => class != 0,
            (Self::Tier(lexicon) | Self::Text(_, lexicon), Question::In(set)) => lexicon.is_in(class, set),
            (Self::Number(.., steps), Question::Compare(relation, constant)) => steps.holds(*relation, constant, class),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::condition::{Compiler, Condition};
    use crate::model::{Customer, Place};

    /// Goal: the table answers as the conditions do. Method: every combination of values on, beside and between the
    /// constants, of other types, and missing.
    #[test]
    fn the_table_answers_as_the_conditions_do() {
        let text = r#"[
            {"in":{"fact":"tier","of":["vip","a label of more than twenty-two bytes"]}},
            {"any":[{"in":{"fact":"attribute.region","of":["ne","se"]}},{"missing":"attribute.region"}]},
            {"not":{"in":{"fact":"attribute.region","of":["nw","ne\u0001"]}}},
            {"all":[{"at_least":{"fact":"attribute.spend","value":"2.50"}},{"present":"attribute.region"}]},
            {"less_than":{"fact":"attribute.spend","value":"-0.125"}}, {"at_most":{"fact":"attribute.spend","value":"7"}},
            {"equals":{"fact":"attribute.spend","value":"2.5"}}, {"greater_than":{"fact":"attribute.count","value":"3"}},
            {"equals":{"fact":"attribute.count","value":"-9223372036854775808"}}, {"missing":"attribute.count"},
            {"is_true":"attribute.flag"}, {"in":{"fact":"tag","of":["x"]}}, "always"]"#;
        let conditions: Vec<Condition> = serde_json::from_str(text).unwrap();
        let kinds = [
            ("region", AttributeType::Text),
            ("spend", AttributeType::Decimal),
            ("count", AttributeType::Integer),
            ("flag", AttributeType::Bool),
        ];
        let attributes: BTreeMap<Label, AttributeType> = kinds.map(|(key, kind)| (key.parse().unwrap(), kind)).into();
        let mut compiler = Compiler::new(&attributes);
        let mut problems = Vec::new();
        let tests: Vec<Test> = conditions.iter().map(|condition| compiler.compile(condition, &mut problems)).collect();
        assert_eq!(problems, []);
        let classes = Classes::new(tests.iter(), &compiler.attributes_read()).unwrap();
        let decimals = [
            "-79228162514264337593543950335",
            "-0.1250001",
            "-0.125",
            "-0.13",
            "0",
            "2.4999999999999999999999999999",
            "2.5",
            "2.500000000000",
            "2.51",
            "3",
            "7.0",
            "7.00000001",
            "9223372036854775807",
            "92233720368547758.08",
        ];
        let word = |text: &str| AttributeValue::Text(text.parse().unwrap());
        let regions = ["ne", "ne\u{1}", "se", "sw", "a label of more than twenty-two bytes"].map(word);
        let spends = decimals.map(|text| AttributeValue::Decimal(text.parse().unwrap()));
        let counts = [i64::MIN, -1, 3, 4, i64::MAX].map(AttributeValue::Integer);
        let flags = [true, false].map(AttributeValue::Bool);
        let tiers = ["vip", "key", "a label of more than twenty-two bytes"].map(Some).into_iter().chain([None]);
        let mut seen = 0;
        for tier in tiers {
            for (i, spend) in spends.iter().map(Some).chain([None]).enumerate() {
                for region in regions.iter().map(Some).chain([None]) {
                    let count = counts.iter().map(Some).chain([None]).nth(i % 6).unwrap();
                    let flag = flags.iter().map(Some).chain([None]).nth(i % 3).unwrap();
                    let values = [("spend", spend), ("region", region), ("count", count), ("flag", flag)];
                    let given =
                        values.into_iter().filter_map(|(key, value)| Some((key.parse().unwrap(), value?.clone())));
                    let extra = [("a".parse().unwrap(), AttributeValue::Bool(true))];
                    let mut customer = Customer::new("c".parse().unwrap(), Place::Awaiting)
                        .with_attributes(given.chain(extra.into_iter().take(i % 2)))
                        .with_tags(["x".parse().unwrap()].into_iter().take(i % 4 % 2));
                    if let Some(tier) = tier {
                        customer = customer.with_tier(tier.parse().unwrap());
                    }
                    let view = View { customer: &customer, owner: None };
                    let combination = classes.of(&view).unwrap();
                    assert!(combination < classes.combinations());
                    for (test, condition) in tests.iter().zip(&conditions) {
                        let answer = test.holds(&view, &mut ());
                        assert_eq!(classes.holds(test, combination), answer, "{condition} of {customer:?}");
                    }
                    seen += 1;
                }
            }
        }
        assert_eq!(seen, 4 * 15 * 6);
        let mistyped = |key: &str, value| {
            let attributes = [(key.parse().unwrap(), value)];
            let customer = Customer::new("c".parse().unwrap(), Place::Awaiting).with_attributes(attributes);
            classes.of(&View { customer: &customer, owner: None }).is_none()
        };
        for key in ["region", "spend", "count", "flag"] {
            assert!(mistyped(key, AttributeValue::Date(chrono::NaiveDate::MIN)), "{key}");
        }
        assert!(mistyped("spend", AttributeValue::Integer(3)));
    }
}
