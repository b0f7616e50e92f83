//! Declared attributes: facts that a policy names and types, and the host supplies.

use core::fmt;
use core::str::FromStr;
use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::{Label, deserialize_text};
use crate::time::Timestamp;
use crate::wire::names;

names! { serde
    /// The type of a declared attribute.
    AttributeType {
        /// True or false.
        Bool = "bool",
        /// A whole number of 64 bits.
        Integer = "integer",
        /// An exact decimal; on the wire a text.
        Decimal = "decimal",
        /// A word of the host's vocabulary, compared by bytes.
        Text = "text",
        /// A civil date, `2026-03-02`.
        Date = "date",
        /// An instant, RFC 3339.
        Instant = "instant",
        /// A length of elapsed time, `PT72H`.
        Duration = "duration",
    }
}

/// A length of elapsed time in whole microseconds, as a fact (a civil period is a [`Span`](crate::time::Span)).
///
/// On the wire an ISO 8601 duration of days (of 24 hours), hours, minutes and seconds: `P2DT3H4M5.25S`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Elapsed(i64);

impl Elapsed {
    /// The duration of `micros` microseconds; negative ones are allowed.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Whole microseconds.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }
}

/// The text is not a duration such as `PT72H`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a duration such as `PT72H` or `P2DT30M`")]
pub struct ElapsedError(String);

impl FromStr for Elapsed {
    type Err = ElapsedError;

    fn from_str(text: &str) -> Result<Self, ElapsedError> {
        parse_elapsed(text).map(Self).ok_or_else(|| ElapsedError(text.to_owned()))
    }
}

fn parse_elapsed(text: &str) -> Option<i64> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let rest = rest.strip_prefix('P')?;
    let (days, clock) = match rest.split_once('T') {
        Some((days, clock)) if !clock.is_empty() => (days, clock),
        Some(_) => return None,
        None => (rest, ""),
    };
    if days.is_empty() && clock.is_empty() {
        return None;
    }
    let mut micros = 0_i64;
    if !days.is_empty() {
        let n: i64 = digits(days.strip_suffix('D')?)?;
        micros = n.checked_mul(86_400_000_000)?;
    }
    let mut clock = clock;
    for (unit, length) in [('H', 3_600_000_000_i64), ('M', 60_000_000)] {
        if let Some((n, rest)) = clock.split_once(unit) {
            micros = micros.checked_add(digits(n)?.checked_mul(length)?)?;
            clock = rest;
        }
    }
    if !clock.is_empty() {
        let seconds = clock.strip_suffix('S')?;
        let (whole, part) = seconds.split_once('.').unwrap_or((seconds, "0"));
        if part.is_empty() || part.len() > 6 {
            return None;
        }
        let part = digits(&format!("{part:0<6}"))?;
        micros = micros.checked_add(digits(whole)?.checked_mul(1_000_000)?)?.checked_add(part)?;
    }
    if negative { micros.checked_neg() } else { Some(micros) }
}

fn digits(text: &str) -> Option<i64> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = self.0.unsigned_abs();
        let (hours, rest) = (total / 3_600_000_000, total % 3_600_000_000);
        let (minutes, rest) = (rest / 60_000_000, rest % 60_000_000);
        let (seconds, micros) = (rest / 1_000_000, rest % 1_000_000);
        if self.0 < 0 {
            f.write_str("-")?;
        }
        f.write_str("PT")?;
        if hours > 0 {
            write!(f, "{hours}H")?;
        }
        if minutes > 0 {
            write!(f, "{minutes}M")?;
        }
        if micros > 0 {
            write!(f, "{}S", format!("{seconds}.{micros:06}").trim_end_matches('0'))?;
        } else if seconds > 0 || total == 0 {
            write!(f, "{seconds}S")?;
        }
        Ok(())
    }
}

impl Serialize for Elapsed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Elapsed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize_text(deserializer)
    }
}

/// The value of a declared attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttributeValue {
    /// True or false.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// An exact decimal.
    #[serde(with = "decimal_text")]
    Decimal(Decimal),
    /// A word, never empty: leave an attribute out rather than give it nothing.
    Text(Label),
    /// A civil date.
    Date(NaiveDate),
    /// An instant.
    Instant(Timestamp),
    /// A length of elapsed time.
    Duration(Elapsed),
}

impl AttributeValue {
    /// The value's type.
    #[must_use]
    pub const fn kind(&self) -> AttributeType {
        match self {
            Self::Bool(_) => AttributeType::Bool,
            Self::Integer(_) => AttributeType::Integer,
            Self::Decimal(_) => AttributeType::Decimal,
            Self::Text(_) => AttributeType::Text,
            Self::Date(_) => AttributeType::Date,
            Self::Instant(_) => AttributeType::Instant,
            Self::Duration(_) => AttributeType::Duration,
        }
    }
}

impl fmt::Display for AttributeValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => value.fmt(f),
            Self::Integer(value) => value.fmt(f),
            Self::Decimal(value) => value.fmt(f),
            Self::Text(value) => fmt::Display::fmt(value, f),
            Self::Date(value) => fmt::Display::fmt(value, f),
            Self::Instant(value) => fmt::Display::fmt(value, f),
            Self::Duration(value) => fmt::Display::fmt(value, f),
        }
    }
}

/// Values by key, sorted by the key's bytes; a later value for a key replaces the earlier one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes(Box<[(Label, AttributeValue)]>);

impl Attributes {
    /// The value under `key`.
    #[must_use]
    #[inline]
    pub fn get(&self, key: &Label) -> Option<&AttributeValue> {
        self.0.iter().find(|(k, _)| k == key).map(|(_, value)| value)
    }

    /// The same as a list.
    #[inline]
    pub(crate) fn entries(&self) -> &[(Label, AttributeValue)] {
        &self.0
    }

    /// All values, by the bytes of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&Label, &AttributeValue)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(Label, AttributeValue)> for Attributes {
    fn from_iter<I: IntoIterator<Item = (Label, AttributeValue)>>(values: I) -> Self {
        Self(values.into_iter().collect::<BTreeMap<_, _>>().into_iter().collect())
    }
}

impl Serialize for Attributes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Attributes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::wire::unique_map(deserializer).map(|map: BTreeMap<Label, AttributeValue>| map.into_iter().collect())
    }
}

/// Decimals are texts on the wire; a number is refused, because it has passed through a float somewhere.
pub(crate) mod decimal_text {
    use rust_decimal::Decimal;
    use serde::{Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(value: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
        crate::id::deserialize_text(deserializer)
    }

    /// The same for an optional decimal.
    pub(crate) mod option {
        use rust_decimal::Decimal;
        use serde::{Deserialize, Deserializer, Serialize, Serializer};

        #[derive(Serialize, Deserialize)]
        #[serde(transparent)]
        struct Text(#[serde(with = "super")] Decimal);

        pub(crate) fn serialize<S: Serializer>(value: &Option<Decimal>, serializer: S) -> Result<S::Ok, S::Error> {
            value.map(Text).serialize(serializer)
        }

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
            Ok(Option::<Text>::deserialize(deserializer)?.map(|text| text.0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_parse_and_print() {
        for (text, micros, printed) in [
            ("PT72H", 259_200_000_000, "PT72H"),
            ("P2DT3H4M5.25S", 183_845_250_000, "PT51H4M5.25S"),
            ("-PT1S", -1_000_000, "-PT1S"),
            ("PT0S", 0, "PT0S"),
            ("P1D", 86_400_000_000, "PT24H"),
            ("PT0.000001S", 1, "PT0.000001S"),
        ] {
            let value: Elapsed = text.parse().unwrap();
            assert_eq!(value.as_micros(), micros, "{text}");
            assert_eq!(value.to_string(), printed);
            assert_eq!(printed.parse::<Elapsed>().unwrap(), value);
        }
        for bad in ["", "P", "PT", "72H", "P1H", "PTS", "PT1.S", "PT1.1234567S", "P1M", "PT-1S", "P99999999999999D"] {
            assert!(bad.parse::<Elapsed>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_decimal_given_as_a_number_is_refused() {
        assert!(serde_json::from_str::<AttributeValue>(r#"{"decimal":"12.50"}"#).is_ok());
        assert!(serde_json::from_str::<AttributeValue>(r#"{"decimal":12.5}"#).is_err());
        assert!(serde_json::from_str::<Attributes>(r#"{"a":{"bool":true},"a":{"bool":true}}"#).is_err());
    }
}
