//! Conditions as they are written.

use core::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use super::fact::Fact;
use crate::id::Label;
use crate::wire::ObjectOnly;

/// A condition over facts, as written in a policy.
///
/// ```
/// use customer_pool::condition::Condition;
/// let text = r#"{"all":[{"in":{"fact":"tier","of":["vip"]}},{"not":{"missing":"region"}}]}"#;
/// let condition: Condition = serde_json::from_str(text)?;
/// assert_eq!(condition.to_string(), "all(tier in [vip], not(region is missing))");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Holds for every customer.
    Always,
    /// Every one of these holds; an empty list is a configuration error.
    All(Vec<Condition>),
    /// One of these holds; an empty list is a configuration error.
    Any(Vec<Condition>),
    /// This does not hold.
    Not(Box<Condition>),
    /// The word is in the set, or one of the words is.
    In(Membership),
    /// The fact equals the constant.
    Equals(Comparison),
    /// The fact is below the constant.
    LessThan(Comparison),
    /// The fact is at most the constant.
    AtMost(Comparison),
    /// The fact is above the constant.
    GreaterThan(Comparison),
    /// The fact is at least the constant.
    AtLeast(Comparison),
    /// The bool is known and true.
    IsTrue(Fact),
    /// The fact is known.
    Present(Fact),
    /// The fact is not known; of words: there is none.
    Missing(Fact),
}

/// A fact and a set of words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Membership {
    /// A fact of one or several words.
    pub fact: Fact,
    /// The set; an empty one is a configuration error.
    pub of: Vec<Label>,
}

/// A fact and a constant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemars1", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// A fact that has an order.
    pub fact: Fact,
    /// The constant as a text of the fact's type: `500`, `12.50`, `2026-03-02`, `2026-03-02T00:00:00Z`, `PT72H`.
    pub value: String,
}

macro_rules! from_object {
    ($($name:ident { $($field:ident: $type:ty),* })*) => {$(
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                #[derive(Deserialize)]
                #[serde(deny_unknown_fields, expecting = "an object")]
                struct Wire {
                    $($field: $type),*
                }
                let Wire { $($field),* } = Wire::deserialize(ObjectOnly(deserializer))?;
                Ok(Self { $($field),* })
            }
        }
    )*};
}

from_object! {
    Membership { fact: Fact, of: Vec<Label> }
    Comparison { fact: Fact, value: String }
}

impl Condition {
    /// `fact in of`.
    #[must_use]
    pub fn is_in(fact: Fact, of: impl IntoIterator<Item = Label>) -> Self {
        Self::In(Membership { fact, of: of.into_iter().collect() })
    }

    /// `fact >= value`.
    #[must_use]
    pub fn at_least(fact: Fact, value: impl Into<String>) -> Self {
        Self::AtLeast(Comparison { fact, value: value.into() })
    }

    /// `fact < value`.
    #[must_use]
    pub fn less_than(fact: Fact, value: impl Into<String>) -> Self {
        Self::LessThan(Comparison { fact, value: value.into() })
    }

    /// This does not hold.
    #[must_use]
    pub fn negated(self) -> Self {
        Self::Not(Box::new(self))
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, name: &str, parts: &[Self]| {
            write!(f, "{name}(")?;
            for (i, part) in parts.iter().enumerate() {
                write!(f, "{}{part}", if i == 0 { "" } else { ", " })?;
            }
            f.write_str(")")
        };
        match self {
            Self::Always => f.write_str("always"),
            Self::All(parts) => list(f, "all", parts),
            Self::Any(parts) => list(f, "any", parts),
            Self::Not(part) => write!(f, "not({part})"),
            Self::In(Membership { fact, of }) => {
                let words: Vec<_> = of.iter().map(Label::as_str).collect();
                write!(f, "{fact} in [{}]", words.join(", "))
            }
            Self::Equals(c) => write!(f, "{} = {}", c.fact, c.value),
            Self::LessThan(c) => write!(f, "{} < {}", c.fact, c.value),
            Self::AtMost(c) => write!(f, "{} <= {}", c.fact, c.value),
            Self::GreaterThan(c) => write!(f, "{} > {}", c.fact, c.value),
            Self::AtLeast(c) => write!(f, "{} >= {}", c.fact, c.value),
            Self::IsTrue(fact) => write!(f, "{fact} is true"),
            Self::Present(fact) => write!(f, "{fact} is present"),
            Self::Missing(fact) => write!(f, "{fact} is missing"),
        }
    }
}
