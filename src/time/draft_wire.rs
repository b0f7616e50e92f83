//! Calendar drafts on the wire.

use core::fmt;
use core::str::FromStr;

use chrono::{NaiveDate, Weekday};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::draft::{CalendarDraft, OnDate, Outside, index};
use super::local::LocalTime;
use crate::wire::ObjectOnly;

type Blocks = Vec<(LocalTime, LocalTime)>;

pub(super) const WEEKDAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Mon),
    ("tue", Weekday::Tue),
    ("wed", Weekday::Wed),
    ("thu", Weekday::Thu),
    ("fri", Weekday::Fri),
    ("sat", Weekday::Sat),
    ("sun", Weekday::Sun),
];

pub(super) fn weekday_key(weekday: Weekday) -> &'static str {
    WEEKDAYS.get(index(weekday)).map_or("", |(key, _)| key)
}

/// `mon` to `sun`.
#[derive(Clone, Copy)]
struct WeekdayText(Weekday);

impl FromStr for WeekdayText {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let found = WEEKDAYS.iter().find(|(key, _)| *key == text);
        found.map(|(_, day)| Self(*day)).ok_or_else(|| format!("`{text}` is no weekday, expected `mon` to `sun`"))
    }
}

/// `2026-02-15`, in the years 1 to 9999.
struct DateText(NaiveDate);

impl FromStr for DateText {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        // chrono alone would take `+2026-2-5` as well.
        let shape = text.len() == 10
            && text.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|_| shape && !text.starts_with("0000"));
        date.map(Self).ok_or_else(|| format!("`{text}` is no date such as `2026-02-15`"))
    }
}

macro_rules! by_text {
    ($($name:ident),*) => {$(
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                crate::id::deserialize_text(deserializer)
            }
        }
    )*};
}

by_text!(WeekdayText, DateText, Outside);

impl Serialize for WeekdayText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(weekday_key(self.0))
    }
}

impl Serialize for DateText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl FromStr for Outside {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Refuse, Self::AssumeWeeklyPattern].into_iter().find(|outside| outside.to_string() == text).ok_or_else(
            || {
                format!(
                    "`{text}` is no answer outside the validity range, expected `refuse` or `assume_weekly_pattern`"
                )
            },
        )
    }
}

impl fmt::Display for Outside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refuse => "refuse",
            Self::AssumeWeeklyPattern => "assume_weekly_pattern",
        })
    }
}

impl Serialize for Outside {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Blocks by weekday; a weekday without blocks is not written.
#[derive(Default)]
struct BlocksWire([Blocks; 7]);

impl BlocksWire {
    fn is_empty(&self) -> bool {
        self.0.iter().all(Vec::is_empty)
    }
}

impl Serialize for BlocksWire {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for ((key, _), blocks) in WEEKDAYS.iter().zip(&self.0).filter(|(_, blocks)| !blocks.is_empty()) {
            map.serialize_entry(key, blocks)?;
        }
        map.end()
    }
}

struct BlocksMap;

impl<'de> Visitor<'de> for BlocksMap {
    type Value = BlocksWire;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("working blocks by weekday, such as {\"mon\": [[\"09:00\", \"12:00\"]]}")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<BlocksWire, A::Error> {
        let mut found: [Option<Blocks>; 7] = Default::default();
        while let Some(WeekdayText(weekday)) = map.next_key()? {
            match found.get_mut(index(weekday)) {
                Some(slot @ None) => *slot = Some(map.next_value()?),
                _ => return Err(A::Error::duplicate_field(weekday_key(weekday))),
            }
        }
        Ok(BlocksWire(found.map(Option::unwrap_or_default)))
    }
}

impl<'de> Deserialize<'de> for BlocksWire {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(BlocksMap)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct OnMap {
    date: DateText,
    blocks: Blocks,
}

impl Serialize for OnDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let date = DateText(self.date);
        match &self.blocks {
            None => date.serialize(serializer),
            Some(blocks) => OnMap { date, blocks: blocks.clone() }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for OnDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OnEntry;
        impl<'de> Visitor<'de> for OnEntry {
            type Value = OnDate;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a date, or {\"date\": …, \"blocks\": […]}")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<OnDate, E> {
                let DateText(date) = text.parse().map_err(E::custom)?;
                Ok(OnDate { date, blocks: None })
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<OnDate, A::Error> {
                let OnMap { date: DateText(date), blocks } = OnMap::deserialize(MapAccessDeserializer::new(map))?;
                Ok(OnDate { date, blocks: Some(blocks) })
            }
        }
        // A text or a map; a number is refused whichever way the deserializer hands it over.
        deserializer.deserialize_any(OnEntry)
    }
}

#[derive(Serialize)]
struct ValidWire {
    from: DateText,
    to: DateText,
}

impl<'de> Deserialize<'de> for ValidWire {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields, expecting = "an object")]
        struct Wire {
            from: DateText,
            to: DateText,
        }
        let Wire { from, to } = Wire::deserialize(ObjectOnly(deserializer))?;
        Ok(Self { from, to })
    }
}

/// The keys of a calendar.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct DraftWire {
    zone: String,
    #[serde(default)]
    working_days: Vec<WeekdayText>,
    #[serde(default, skip_serializing_if = "BlocksWire::is_empty")]
    blocks: BlocksWire,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    off: Vec<DateText>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    on: Vec<OnDate>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::wire::present")]
    valid: Option<ValidWire>,
    #[serde(default)]
    outside: Outside,
}

impl Serialize for CalendarDraft {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let draft = self.clone();
        DraftWire {
            zone: draft.zone,
            working_days: draft.working_days.into_iter().map(WeekdayText).collect(),
            blocks: BlocksWire(draft.blocks),
            off: draft.off.into_iter().map(DateText).collect(),
            on: draft.on,
            valid: draft.valid.map(|(from, to)| ValidWire { from: DateText(from), to: DateText(to) }),
            outside: draft.outside,
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for CalendarDraft {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = DraftWire::deserialize(ObjectOnly(deserializer))?;
        Ok(Self {
            zone: wire.zone,
            working_days: wire.working_days.into_iter().map(|WeekdayText(weekday)| weekday).collect(),
            blocks: wire.blocks.0,
            off: wire.off.into_iter().map(|DateText(date)| date).collect(),
            on: wire.on,
            valid: wire.valid.map(|valid| (valid.from.0, valid.to.0)),
            outside: wire.outside,
        })
    }
}
