//! What a run of scoring found out about a customer.

use core::str::FromStr;
use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::attribute::{AttributeType, AttributeValue};
use crate::id::{Label, deserialize_text};
use crate::time::Timestamp;
use crate::wire::names;

/// The greatest unit score.
pub const FULL: u32 = 1_000_000;

/// A unit score: 0 to [`FULL`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unit(u32);

impl Unit {
    /// A unit score; `None` above [`FULL`].
    #[must_use]
    pub const fn new(value: u32) -> Option<Self> {
        if value > FULL { None } else { Some(Self(value)) }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl Serialize for Unit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(self.0)
    }
}

impl<'de> Deserialize<'de> for Unit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = u32::deserialize(deserializer)?;
        Self::new(value).ok_or_else(|| serde::de::Error::custom(format_args!("`{value}` is above 1000000")))
    }
}

/// Why a score is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScoreError {
    /// There is no score of this name.
    #[error("`{0}` is no score; scores are named in the documentation of `Score`")]
    Unknown(String),
    /// The value is of another type than the score.
    #[error("`{score}` is of type `{}`, not `{}`", .score.kind().as_str(), .found.as_str())]
    Type {
        /// The score.
        score: Score,
        /// The type that was given.
        found: AttributeType,
    },
    /// A unit score is not between 0 and [`FULL`], or a class of RFM is below 1.
    #[error("`{score}` cannot be {value}")]
    Range {
        /// The score.
        score: Score,
        /// What was given.
        value: i64,
    },
}

macro_rules! scores {
    (@type Text) => { Label };
    (@type Whole) => { u32 };
    (@type Unit) => { Unit };
    (@type Decimal) => { Decimal };
    (@type Bool) => { bool };
    (@type Date) => { NaiveDate };
    (@type Instant) => { Timestamp };
    (@kind Whole) => { AttributeType::Integer };
    (@kind Unit) => { AttributeType::Integer };
    (@kind $kind:ident) => { AttributeType::$kind };
    (@least Whole) => { Some(1) };
    (@least Unit) => { Some(0) };
    (@least $kind:ident) => { None };
    (@most Unit) => { FULL };
    (@most $kind:ident) => { u32::MAX };
    (@put Whole, $value:expr) => { AttributeValue::Integer(i64::from($value)) };
    (@put Unit, $value:expr) => { AttributeValue::Integer(i64::from($value.0)) };
    (@put $kind:ident, $value:expr) => { AttributeValue::$kind($value) };
    (@get Whole, $value:expr) => { match $value { Some(AttributeValue::Integer(value)) => u32::try_from(*value).ok(), _ => None } };
    (@get Unit, $value:expr) => {
        match $value { Some(AttributeValue::Integer(value)) => u32::try_from(*value).ok().and_then(Unit::new), _ => None }
    };
    (@get $kind:ident, $value:expr) => { match $value { Some(AttributeValue::$kind(value)) => Some(value.clone()), _ => None } };
    ($($(#[$doc:meta])* $variant:ident = $text:literal, $name:ident, $with:ident: $kind:ident;)*) => {
        names! {
            /// A score of a customer. On the wire, and in conditions after `score.`, its name.
            #[non_exhaustive]
            Score {
                $($(#[$doc])* #[doc = concat!("`", $text, "`")] $variant = $text,)*
            }
        }

        impl Score {
            /// The type of its value. Unit scores, from 0 to 1,000,000, are whole numbers.
            #[must_use]
            pub const fn kind(self) -> AttributeType {
                match self { $(Self::$variant => scores!(@kind $kind),)* }
            }

            /// The least and the greatest whole number that it can be.
            const fn range(self) -> Option<(i64, i64)> {
                let (least, most): (Option<i64>, u32) = match self {
                    $(Self::$variant => (scores!(@least $kind), scores!(@most $kind)),)*
                };
                match least {
                    Some(least) => Some((least, most as i64)),
                    None => None,
                }
            }
        }

        impl Scores {
            $(
                $(#[$doc])*
                #[must_use]
                pub fn $name(&self) -> Option<scores!(@type $kind)> {
                    scores!(@get $kind, self.0.get(&Score::$variant))
                }

                /// The same with this score.
                #[must_use]
                pub fn $with(mut self, value: scores!(@type $kind)) -> Self {
                    self.0.insert(Score::$variant, scores!(@put $kind, value));
                    self
                }
            )*
        }
    };
}

scores! {
    /// The civil date of the run that found them.
    On = "on", on, with_on: Date;
    /// Until when they are good. Whatever reads them goes on doing so afterwards: nothing changes by itself.
    ValidUntil = "valid_until", valid_until, with_valid_until: Instant;
    /// The class of recency in RFM, from 1.
    Recency = "recency", recency, with_recency: Whole;
    /// The class of frequency in RFM, from 1.
    Frequency = "frequency", frequency, with_frequency: Whole;
    /// The class of monetary value in RFM, from 1.
    Monetary = "monetary", monetary, with_monetary: Whole;
    /// The segment of a table over RFM.
    Segment = "segment", segment, with_segment: Text;
    /// The customer lifetime value, in the host's currency.
    Clv = "clv", clv, with_clv: Decimal;
    /// The probability of still being active, per million.
    Alive = "alive", alive, with_alive: Unit;
    /// The mid-rank percentile of the value within its segment, per million.
    Value = "value", value, with_value: Unit;
    /// The probability of winning, per million.
    WinProbability = "win_probability", win_probability, with_win_probability: Unit;
    /// Decayed activity, per million.
    Engagement = "engagement", engagement, with_engagement: Unit;
    /// The urgency of churn, per million.
    ChurnUrgency = "churn_urgency", churn_urgency, with_churn_urgency: Unit;
    /// The class by value: `a`, `b` or `c`.
    ValueClass = "value_class", value_class, with_value_class: Text;
    /// Whether it is a key account (大客户).
    KeyAccount = "key_account", key_account, with_key_account: Bool;
    /// The dominant category of what it buys.
    PurchaseType = "purchase_type", purchase_type, with_purchase_type: Text;
}

/// The scores of a customer from one dated run: facts that conditions, tiers and the order of a pool read. Every one may
/// be missing.
///
/// ```
/// use customer_pool::model::{Customer, Score, Scores, Unit};
/// use customer_pool::id;
/// let scores = Scores::new().with_on("2026-03-02".parse().expect("a date")).with_segment(id!("champions"))
///     .with_alive(Unit::new(812_000).ok_or("a unit")?);
/// assert_eq!(scores.get(Score::Segment).map(ToString::to_string), Some("champions".to_owned()));
/// let customer = Customer::awaiting(id!("c1")).with_scores(scores);
/// assert_eq!(customer.scores().and_then(Scores::alive), Unit::new(812_000));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Scores(BTreeMap<Score, AttributeValue>);

impl Scores {
    /// None known yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The value of a score.
    #[must_use]
    pub fn get(&self, score: Score) -> Option<&AttributeValue> {
        self.0.get(&score)
    }

    /// The same with this score.
    ///
    /// # Errors
    /// A value of another type than the score's; a number that it cannot be.
    pub fn with(mut self, score: Score, value: AttributeValue) -> Result<Self, ScoreError> {
        if value.kind() != score.kind() {
            return Err(ScoreError::Type { score, found: value.kind() });
        }
        match &value {
            AttributeValue::Integer(number) if !score.admits(*number) => {
                return Err(ScoreError::Range { score, value: *number });
            }
            _ => {}
        }
        self.0.insert(score, value);
        Ok(self)
    }

    /// The scores that are known, in the order of [`Score::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Score, &AttributeValue)> {
        self.0.iter().map(|(score, value)| (*score, value))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'de> Deserialize<'de> for Scores {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let values: BTreeMap<Score, AttributeValue> = crate::wire::unique_map(deserializer)?;
        let all = values.into_iter().try_fold(Self::new(), |scores, (score, value)| scores.with(score, value));
        all.map_err(serde::de::Error::custom)
    }
}

impl Score {
    /// Whether it can be this whole number.
    pub(crate) fn admits(self, value: i64) -> bool {
        self.range().is_none_or(|(least, most)| (least..=most).contains(&value))
    }
}

impl FromStr for Score {
    type Err = ScoreError;
    fn from_str(text: &str) -> Result<Self, ScoreError> {
        Self::from_name(text).ok_or_else(|| ScoreError::Unknown(text.to_owned()))
    }
}

impl Serialize for Score {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Score {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize_text(deserializer)
    }
}
