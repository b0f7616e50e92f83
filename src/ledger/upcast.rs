//! Reading events of every version: old ones are brought up to the present form, never rewritten where they lie.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::event::{Event, SCHEMA};
use super::rep::RepEvent;

/// Brings the JSON of an event from one version to the next.
type Step = fn(Value) -> Value;

/// From version 1 on, one step for each version that came before the present one.
const STEPS: &[Step] = &[];

/// Why a text is no event.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// It names no version.
    #[error("the event names no schema version")]
    NoVersion,
    /// A later version of this crate wrote it.
    #[error("the event has schema version {0}, which this version of the crate does not know")]
    Newer(u64),
    /// It is no JSON, or has not the form of its version.
    #[error("the event is not of its version's form")]
    Shape(#[from] serde_json::Error),
}

/// Reads an event of any version.
///
/// # Errors
/// [`ReadError`].
pub fn read_event(text: &str) -> Result<Event, ReadError> {
    read(text, STEPS)
}

/// Reads an event of a rep, of any version.
///
/// # Errors
/// [`ReadError`].
pub fn read_rep_event(text: &str) -> Result<RepEvent, ReadError> {
    read(text, STEPS)
}

fn read<T: DeserializeOwned>(text: &str, steps: &[Step]) -> Result<T, ReadError> {
    let value: Value = serde_json::from_str(text)?;
    let version = value.get("schema").and_then(Value::as_u64).ok_or(ReadError::NoVersion)?;
    let present = u64::try_from(steps.len()).unwrap_or(u64::MAX).saturating_add(1);
    if version > present {
        return Err(ReadError::Newer(version));
    }
    let done = usize::try_from(version.checked_sub(1).ok_or(ReadError::NoVersion)?).unwrap_or(usize::MAX);
    let value = steps.iter().skip(done).fold(value, |value, step| step(value));
    Ok(serde_json::from_value(value)?)
}

const _: () = assert!(STEPS.len() + 1 == SCHEMA as usize, "each version before the present one has its step");

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize, Debug, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Third {
        schema: u64,
        whole: String,
    }

    fn rename(mut value: Value) -> Value {
        let old = value["name"].take();
        value["title"] = old;
        value.as_object_mut().unwrap().remove("name");
        value["schema"] = 2.into();
        value
    }

    fn wrap(value: Value) -> Value {
        serde_json::json!({"schema": 3, "whole": value["title"]})
    }

    #[test]
    fn every_version_is_brought_to_the_present_one() {
        let present = Third { schema: 3, whole: "x".into() };
        for text in [r#"{"schema":1,"name":"x"}"#, r#"{"schema":2,"title":"x"}"#, r#"{"schema":3,"whole":"x"}"#] {
            assert_eq!(read::<Third>(text, &[rename, wrap]).unwrap(), present);
        }
        assert!(matches!(read::<Third>(r#"{"schema":4}"#, &[rename, wrap]), Err(ReadError::Newer(4))));
        assert!(matches!(read::<Third>(r#"{"schema":0}"#, &[rename, wrap]), Err(ReadError::NoVersion)));
        assert!(matches!(read::<Third>(r#"{}"#, &[rename, wrap]), Err(ReadError::NoVersion)));
    }
}
