//! The facts that conditions can read.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::attribute::AttributeType;
use crate::id::{Label, deserialize_text};
use crate::model::Score;

/// The type of a fact, which says what a condition may ask of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FactType {
    /// One word: `in`, `present`, `missing`.
    Word,
    /// Any number of words: `in` asks whether one of them is in the set; `missing` whether there is none.
    Words,
    /// A bool: `is_true`, `present`, `missing`.
    Bool,
    /// A whole number: comparisons, `present`, `missing`.
    Integer,
    /// An exact decimal: comparisons, `present`, `missing`.
    Decimal,
    /// A civil date: comparisons, `present`, `missing`.
    Date,
    /// An instant: comparisons, `present`, `missing`.
    Instant,
    /// A length of elapsed time: comparisons, `present`, `missing`.
    Duration,
}

impl FactType {
    const fn of(kind: AttributeType) -> Self {
        match kind {
            AttributeType::Bool => Self::Bool,
            AttributeType::Integer => Self::Integer,
            AttributeType::Decimal => Self::Decimal,
            AttributeType::Text => Self::Word,
            AttributeType::Date => Self::Date,
            AttributeType::Instant => Self::Instant,
            AttributeType::Duration => Self::Duration,
        }
    }
}

impl From<AttributeType> for FactType {
    fn from(kind: AttributeType) -> Self {
        Self::of(kind)
    }
}

/// The text names no fact.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no fact; facts are named in the documentation of `Fact`, and a declared attribute is written `attribute.` and its key, a score `score.` and its name"
)]
pub struct FactError(String);

/// Calls the macro `$then` with every fact that has a name of its own: its variant, its name, its type, and how it is read
/// from what it is about: a `customer`, its `profile`, its `owner`, or the `rep` who wants it.
macro_rules! named_facts {
    ($then:ident) => {
        $then! {
            /// The customer's tier.
            Tier = "tier": Word, |customer| customer.tier();
            /// Where the customer stands in its life as one.
            Lifecycle = "lifecycle": Word, |profile| profile.lifecycle();
            /// The stage of the customer's sale.
            SalesStage = "sales_stage": Word, |profile| profile.sales_stage();
            /// How much the customer wants to buy.
            Intent = "intent": Word, |profile| profile.intent();
            /// Where the customer is.
            Region = "region": Word, |profile| profile.region();
            /// The customer's industry.
            Industry = "industry": Word, |profile| profile.industry();
            /// Where the customer came from.
            Source = "source": Word, |profile| profile.source();
            /// Who referred the customer.
            Referrer = "referrer": Word, |profile| profile.referrer();
            /// What the customer minds most.
            Need = "need": Words, |profile| profile.needs();
            /// The skills that the customer asks for.
            Skill = "skill": Words, |profile| profile.skills();
            /// The customer's tags.
            Tag = "tag": Words, |customer| customer.tags();
            /// How the customer's ownership began.
            WayIn = "way_in": Word, |customer| customer.ownership().map(Ownership::way_in);
            /// The customer's monetary value.
            Value = "value": Decimal, |profile| profile.value();
            /// The strength of the customer's company.
            Strength = "strength": Decimal, |profile| profile.strength();
            /// How satisfied the customer is.
            Satisfaction = "satisfaction": Decimal, |profile| profile.satisfaction();
            /// How complete the customer's contact data are.
            ContactCompleteness = "contact_completeness": Decimal, |profile| profile.contact_completeness();
            /// Whether the customer must not be contacted.
            DoNotContact = "do_not_contact": Bool, |profile| profile.do_not_contact();
            /// When the customer was created.
            Created = "created": Instant, |customer| customer.created();
            /// When the customer's last contract ended or ends.
            LastContractEnd = "last_contract_end": Instant, |customer| customer.last_contract_end();
            /// When the customer's last deal was made; `present` asks whether it is a deal customer.
            LastDeal = "last_deal": Instant, |customer| customer.last_deal();
            /// How often the customer was claimed.
            TimesClaimed = "times_claimed": Integer, |customer| customer.counters().claimed;
            /// How often the customer was reclaimed.
            TimesReclaimed = "times_reclaimed": Integer, |customer| customer.counters().reclaimed;
            /// How often the customer was released.
            TimesReleased = "times_released": Integer, |customer| customer.counters().released;
            /// How many whole days the customer has been in pools.
            DaysInPools = "days_in_pools": Integer, |customer| customer.counters().days_in_pools;
            /// The owner's units: `in` matches a named unit and every unit below it.
            OwnerUnit = "owner.unit": Words, |owner| FactValue::Units(owner.units());
            /// The owner's tags.
            OwnerTag = "owner.tag": Words, |owner| owner.tags();
            /// The units of the rep who wants the customer: `in` matches a named unit and every unit below it.
            RepUnit = "rep.unit": Words, |rep| FactValue::Units(rep.units());
            /// The roles of the rep who wants the customer.
            RepRole = "rep.role": Words, |rep| rep.roles();
            /// The tags of the rep who wants the customer.
            RepTag = "rep.tag": Words, |rep| rep.tags();
            /// The regions that the rep who wants the customer works in.
            RepRegion = "rep.region": Words, |rep| rep.regions();
            /// The industries that the rep who wants the customer knows.
            RepIndustry = "rep.industry": Words, |rep| rep.industries();
            /// The skills of the rep who wants the customer.
            RepSkill = "rep.skill": Words, |rep| rep.skills();
            /// The highest tier that the rep who wants the customer may have.
            RepHighestTier = "rep.highest_tier": Word, |rep| rep.highest_tier();
            /// The tenure, as of `now`, of the rep who wants the customer.
            RepTenure = "rep.tenure": Duration, |rep| rep.tenure();
        }
    };
}
pub(super) use named_facts;

macro_rules! is_of {
    (owner owner) => {
        true
    };
    (rep rep) => {
        true
    };
    ($wanted:ident $of:ident) => {
        false
    };
}

macro_rules! facts {
    ($($(#[$doc:meta])* $variant:ident = $text:literal: $kind:ident, |$of:ident| $read:expr;)*) => {
        /// A fact that a condition can read. On the wire its name.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Fact {
            $($(#[$doc])* #[doc = concat!("`", $text, "`")] $variant,)*
            /// A declared attribute: `attribute.` and its key.
            Attribute(Label),
            /// A performance figure of the rep: `rep.figure.` and its key.
            RepFigure(Label),
            /// A score of the customer: `score.` and its name.
            Score(Score),
        }

        impl Fact {
            /// Every fact that is neither a declared attribute nor a figure nor a score.
            pub const NAMED: &'static [Self] = &[$(Self::$variant),*];

            /// The type of a fact; `None` for a declared attribute, whose type the policy declares.
            #[must_use]
            pub const fn fixed_type(&self) -> Option<FactType> {
                match self {
                    $(Self::$variant => Some(FactType::$kind),)*
                    Self::Attribute(_) => None,
                    Self::RepFigure(_) => Some(FactType::Decimal),
                    Self::Score(score) => Some(FactType::of(score.kind())),
                }
            }

            /// Whether it is a fact about the owner rather than about the customer.
            #[must_use]
            pub const fn is_of_owner(&self) -> bool {
                match self {
                    $(Self::$variant => is_of!(owner $of),)*
                    Self::Attribute(_) | Self::RepFigure(_) | Self::Score(_) => false,
                }
            }

            /// Whether it is a fact about the rep who wants the customer. Conditions about claims read those and none about
            /// the owner; conditions of reclaim and routing read those about the owner and none of these.
            #[must_use]
            pub const fn is_of_rep(&self) -> bool {
                match self {
                    $(Self::$variant => is_of!(rep $of),)*
                    Self::Attribute(_) | Self::Score(_) => false,
                    Self::RepFigure(_) => true,
                }
            }
        }

        impl fmt::Display for Fact {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$variant => f.write_str($text),)*
                    Self::Attribute(key) => write!(f, "attribute.{key}"),
                    Self::RepFigure(key) => write!(f, "rep.figure.{key}"),
                    Self::Score(score) => write!(f, "score.{score}"),
                }
            }
        }

        impl FromStr for Fact {
            type Err = FactError;
            fn from_str(text: &str) -> Result<Self, FactError> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    _ => {
                        let keyed = |prefix| text.strip_prefix(prefix).and_then(|key| Label::new(key).ok());
                        keyed("attribute.")
                            .map(Self::Attribute)
                            .or_else(|| keyed("rep.figure.").map(Self::RepFigure))
                            .or_else(|| text.strip_prefix("score.")?.parse().ok().map(Self::Score))
                            .ok_or_else(|| FactError(text.to_owned()))
                    }
                }
            }
        }
    };
}

named_facts!(facts);

impl Serialize for Fact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize_text(deserializer)
    }
}

#[cfg(feature = "schemars1")]
impl schemars::JsonSchema for Fact {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Fact".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let scores = Score::ALL.iter().map(|score| Self::Score(*score).to_string());
        let named: Vec<String> = Self::NAMED.iter().map(ToString::to_string).chain(scores).collect();
        schemars::json_schema!({ "type": "string", "anyOf": [
            { "enum": named }, { "pattern": "^(attribute|rep\\.figure)\\..+$" }
        ] })
    }
}
