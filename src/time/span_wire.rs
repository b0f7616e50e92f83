//! Spans on the wire: `{"days": 3, "at": "18:00", "roll": "next_working_day"}`.

use core::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::span::{Span, SpanUnit};

pub(super) const ROLL: &str = "next_working_day";

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(self.unit().key(), &self.n())?;
        if let Some(time) = self.local_time() {
            map.serialize_entry("at", &time)?;
        }
        if self.rolls() {
            map.serialize_entry("roll", ROLL)?;
        }
        map.end()
    }
}

enum Key {
    Unit(SpanUnit),
    At,
    Roll,
}

const KEYS: &[&str] = &["minutes", "hours", "days", "working_days", "working_hours", "months", "at", "roll"];

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyText;
        impl Visitor<'_> for KeyText {
            type Value = Key;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key of a span")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Key, E> {
                match text {
                    "at" => Ok(Key::At),
                    "roll" => Ok(Key::Roll),
                    _ => SpanUnit::ALL
                        .into_iter()
                        .find(|unit| unit.key() == text)
                        .map(Key::Unit)
                        .ok_or_else(|| E::unknown_field(text, KEYS)),
                }
            }
        }
        deserializer.deserialize_identifier(KeyText)
    }
}

/// The one value `roll` has.
struct NextWorkingDay;

impl core::str::FromStr for NextWorkingDay {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        if text == ROLL { Ok(Self) } else { Err(format!("`{text}` is no way to roll, expected `{ROLL}`")) }
    }
}

impl<'de> Deserialize<'de> for NextWorkingDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::id::deserialize_text(deserializer)
    }
}

struct SpanMap;

impl<'de> Visitor<'de> for SpanMap {
    type Value = Span;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a span such as {\"days\": 3}")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Span, A::Error> {
        let (mut count, mut at, mut roll) = (None, None, false);
        while let Some(key) = map.next_key()? {
            match key {
                Key::Unit(unit) => match count {
                    Some((other, _)) if other == unit => return Err(A::Error::duplicate_field(unit.key())),
                    Some((other, _)) => return Err(two_units(other, unit)),
                    None => count = Some((unit, map.next_value::<u32>()?)),
                },
                Key::At if at.is_some() => return Err(A::Error::duplicate_field("at")),
                Key::At => at = Some(map.next_value()?),
                Key::Roll if roll => return Err(A::Error::duplicate_field("roll")),
                Key::Roll => {
                    let NextWorkingDay = map.next_value()?;
                    roll = true;
                }
            }
        }
        let Some((unit, n)) = count else {
            return Err(A::Error::custom("a span needs exactly one unit, such as `days`"));
        };
        let mut span = match unit {
            SpanUnit::Minutes => Span::minutes(n),
            SpanUnit::Hours => Span::hours(n),
            SpanUnit::Days => Span::days(n),
            SpanUnit::WorkingDays => Span::working_days(n),
            SpanUnit::WorkingHours => Span::working_hours(n),
            SpanUnit::Months => Span::months(n),
        };
        if let Some(time) = at {
            span = span.at(time);
        }
        Ok(if roll { span.roll() } else { span })
    }
}

fn two_units<E: Error>(one: SpanUnit, other: SpanUnit) -> E {
    E::custom(format_args!("a span has exactly one unit, not both `{}` and `{}`", one.key(), other.key()))
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(SpanMap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::LocalTime;

    #[test]
    fn what_is_written_is_read_back() {
        let times = [None, Some(LocalTime::MIDNIGHT), LocalTime::new(18, 0), Some(LocalTime::END)];
        for build in [Span::minutes, Span::hours, Span::days, Span::working_days, Span::working_hours, Span::months] {
            for n in [0, 1, 36_500, u32::MAX] {
                for time in times {
                    let span = time.map_or(build(n), |time| build(n).at(time));
                    for span in [span, span.roll()] {
                        let text = serde_json::to_string(&span).unwrap();
                        assert_eq!(serde_json::from_str::<Span>(&text).unwrap(), span, "{text}");
                        let value = serde_json::to_value(span).unwrap();
                        assert_eq!(serde_json::from_value::<Span>(value).unwrap(), span, "{text}");
                    }
                }
            }
        }
        let text = r#"{"days":3,"at":"18:00","roll":"next_working_day"}"#;
        assert_eq!(serde_json::to_string(&serde_json::from_str::<Span>(text).unwrap()).unwrap(), text);
    }

    #[test]
    fn stray_double_and_missing_keys_are_refused() {
        for (text, message) in [
            ("{}", "exactly one unit"),
            (r#"{"at":"18:00"}"#, "exactly one unit"),
            (r#"{"days":3,"hours":1}"#, "not both `days` and `hours`"),
            (r#"{"days":3,"days":3}"#, "duplicate field `days`"),
            (r#"{"days":3,"at":"18:00","at":"18:00"}"#, "duplicate field `at`"),
            (r#"{"days":3,"roll":"next_working_day","roll":"next_working_day"}"#, "duplicate field `roll`"),
            (r#"{"weeks":3}"#, "unknown field `weeks`"),
            (r#"{"days":3,"note":"x"}"#, "unknown field `note`"),
            (r#"{"days":3.0}"#, "floating point"),
            (r#"{"days":-1}"#, "integer"),
            (r#"{"days":4294967296}"#, "integer"),
            (r#"{"days":"3"}"#, "string"),
            (r#"{"days":null}"#, "null"),
            (r#"{"days":3,"at":null}"#, "null"),
            (r#"{"days":3,"at":"6 pm"}"#, "`6 pm`"),
            (r#"{"days":3,"roll":"previous"}"#, "`previous`"),
            ("3", "a span such as"),
            (r#"[["days",3]]"#, "a span such as"),
        ] {
            let error = serde_json::from_str::<Span>(text).unwrap_err().to_string();
            assert!(error.contains(message), "{text}: {error}");
        }
    }
}
