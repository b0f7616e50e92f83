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

macro_rules! facts {
    ($($(#[$doc:meta])* $variant:ident = $text:literal: $kind:ident;)*) => {
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

facts! {
    /// The customer's tier.
    Tier = "tier": Word;
    /// Where it stands in its life as a customer.
    Lifecycle = "lifecycle": Word;
    /// The stage of its sale.
    SalesStage = "sales_stage": Word;
    /// How much it wants to buy.
    Intent = "intent": Word;
    /// Where it is.
    Region = "region": Word;
    /// What it does.
    Industry = "industry": Word;
    /// Where it came from.
    Source = "source": Word;
    /// Who brought it.
    Referrer = "referrer": Word;
    /// What it minds most.
    Need = "need": Words;
    /// The skills it asks for.
    Skill = "skill": Words;
    /// Its tags.
    Tag = "tag": Words;
    /// How its ownership began.
    WayIn = "way_in": Word;
    /// Its monetary value.
    Value = "value": Decimal;
    /// The strength of the company.
    Strength = "strength": Decimal;
    /// How satisfied it is.
    Satisfaction = "satisfaction": Decimal;
    /// How complete its contact data are.
    ContactCompleteness = "contact_completeness": Decimal;
    /// Whether it must not be contacted.
    DoNotContact = "do_not_contact": Bool;
    /// When it was created.
    Created = "created": Instant;
    /// When its last contract ended or ends.
    LastContractEnd = "last_contract_end": Instant;
    /// When its last deal was made; `present` asks whether it is a deal customer.
    LastDeal = "last_deal": Instant;
    /// How often it was claimed.
    TimesClaimed = "times_claimed": Integer;
    /// How often it was reclaimed.
    TimesReclaimed = "times_reclaimed": Integer;
    /// How often it was released.
    TimesReleased = "times_released": Integer;
    /// How many whole days it has lain in pools.
    DaysInPools = "days_in_pools": Integer;
    /// The owner's units: `in` matches a named unit and every unit below it.
    OwnerUnit = "owner.unit": Words;
    /// The owner's tags.
    OwnerTag = "owner.tag": Words;
    /// The units of the rep who wants the customer: `in` matches a named unit and every unit below it.
    RepUnit = "rep.unit": Words;
    /// That rep's roles.
    RepRole = "rep.role": Words;
    /// That rep's tags.
    RepTag = "rep.tag": Words;
    /// The regions that rep works in.
    RepRegion = "rep.region": Words;
    /// The industries that rep knows.
    RepIndustry = "rep.industry": Words;
    /// That rep's skills.
    RepSkill = "rep.skill": Words;
    /// The highest tier that rep may have.
    RepHighestTier = "rep.highest_tier": Word;
    /// How long that rep has been with the firm, as at `now`.
    RepTenure = "rep.tenure": Duration;
}

impl Fact {
    /// Whether it is a fact about the owner rather than about the customer.
    #[must_use]
    pub const fn is_of_owner(&self) -> bool {
        matches!(self, Self::OwnerUnit | Self::OwnerTag)
    }

    /// Whether it is a fact about the rep who wants the customer: conditions about claims read those, and none about
    /// the owner; conditions of reclaim and routing the other way round.
    #[must_use]
    pub const fn is_of_rep(&self) -> bool {
        matches!(
            self,
            Self::RepUnit
                | Self::RepRole
                | Self::RepTag
                | Self::RepRegion
                | Self::RepIndustry
                | Self::RepSkill
                | Self::RepHighestTier
                | Self::RepTenure
                | Self::RepFigure(_)
        )
    }
}

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
