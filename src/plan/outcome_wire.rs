//! The wire form of an outcome: one key that says what it came to, or a word; and beside the key what goes with it.

use core::fmt;
use core::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::outcome::ItemOutcome;
use super::version::Subject;
use crate::decision::ReasonCode;
use crate::id::Label;
use crate::moves::Refusal;
use crate::sweep::ExecutionCode;
use crate::time::Timestamp;

/// An outcome of which nothing more is to be said.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    AlreadyDone,
    HeldBack,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Applied<K> {
    version: u64,
    events: Vec<K>,
}

/// Any other outcome: the first five keys say what it came to, and only one of them is given.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound(deserialize = "K: Deserialize<'de>"))]
struct Keys<K> {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    applied: Option<Applied<K>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refused: Option<Vec<Refusal>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    not_executed: Option<Vec<ExecutionCode>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unknown: Option<Subject>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    undetermined: Option<ReasonCode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rule: Option<Label>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retry_at: Option<Timestamp>,
}

impl<K> Keys<K> {
    const NONE: Self = Self {
        applied: None,
        refused: None,
        not_executed: None,
        unknown: None,
        undetermined: None,
        rule: None,
        retry_at: None,
    };
}

impl<K: Serialize + Clone> Serialize for ItemOutcome<K> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let retry_at = self.retry_at();
        let keys = match self.clone() {
            Self::AlreadyDone => return Word::AlreadyDone.serialize(serializer),
            Self::HeldBack => return Word::HeldBack.serialize(serializer),
            Self::Applied { version, events } => Keys { applied: Some(Applied { version, events }), ..Keys::NONE },
            Self::Refused { refusals, .. } => Keys { refused: Some(refusals), retry_at, ..Keys::NONE },
            Self::NotExecuted { codes, .. } => Keys { not_executed: Some(codes), retry_at, ..Keys::NONE },
            Self::Unknown(subject) => Keys { unknown: Some(subject), ..Keys::NONE },
            Self::Undetermined { code, rule, .. } => Keys { undetermined: Some(code), rule, retry_at, ..Keys::NONE },
        };
        keys.serialize(serializer)
    }
}

impl<'de, K: Deserialize<'de>> Deserialize<'de> for ItemOutcome<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WordOrKeys<K>(PhantomData<K>);
        impl<'de, K: Deserialize<'de>> Visitor<'de> for WordOrKeys<K> {
            type Value = ItemOutcome<K>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an outcome")
            }
            fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<Self::Value, E> {
                Ok(match Word::deserialize(StrDeserializer::new(word))? {
                    Word::AlreadyDone => ItemOutcome::AlreadyDone,
                    Word::HeldBack => ItemOutcome::HeldBack,
                })
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let keys = Keys::deserialize(MapAccessDeserializer::new(map))?;
                outcome(keys).ok_or_else(|| A::Error::custom("an outcome is one of its keys, with what belongs to it"))
            }
        }
        deserializer.deserialize_any(WordOrKeys(PhantomData))
    }
}

/// The outcome of these keys, where they are of one.
fn outcome<K>(keys: Keys<K>) -> Option<ItemOutcome<K>> {
    let Keys { applied, refused, not_executed, unknown, undetermined, rule, retry_at } = keys;
    Some(match (applied, refused, not_executed, unknown, undetermined, rule) {
        (Some(Applied { version, events }), None, None, None, None, None) if retry_at.is_none() => {
            ItemOutcome::Applied { version, events }
        }
        (None, Some(refusals), None, None, None, None) => ItemOutcome::Refused { refusals, retry_at },
        (None, None, Some(codes), None, None, None) => ItemOutcome::NotExecuted { codes, retry_at },
        (None, None, None, Some(subject), None, None) if retry_at.is_none() => ItemOutcome::Unknown(subject),
        (None, None, None, None, Some(code), rule) => ItemOutcome::Undetermined { code, rule, retry_at },
        _ => return None,
    })
}
