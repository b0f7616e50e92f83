//! Activities: what was done, when, by whom.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::ActivityKind;
use crate::id::RepId;
use crate::time::Timestamp;
use crate::wire::getters;

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// A rep.
    Rep(RepId),
    /// The customer.
    Customer,
    /// A machine: a system-generated activity qualifies for nothing.
    System,
}

/// When something happened, as somebody stated it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occurred {
    /// At an instant.
    At(Timestamp),
    /// On a civil day of the policy's zone: it counts as that day's last microsecond.
    On(NaiveDate),
}

/// One activity: a follow-up (跟进), an order, a word from the customer.
///
/// Its time is `min(occurred, recorded)`: a future-dated note buys no protection.
///
/// ```
/// use customer_pool::model::{Activity, ActivityKind};
/// use customer_pool::{at, id};
/// let call = Activity::at(ActivityKind::Call, id!("li"), at!("2026-03-02T07:00:00Z"))
///     .with_duration_s(180)
///     .with_next_step();
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct Activity {
    kind: ActivityKind,
    actor: Actor,
    occurred: Option<Occurred>,
    recorded: Option<Timestamp>,
    duration_s: Option<u32>,
    text_chars: Option<u32>,
    next_step: bool,
}

/// Why facts are no activity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ActivityError {
    /// Neither when it occurred nor when it was recorded is given.
    #[error("an activity needs the instant at which it occurred, or at which it was recorded")]
    NoTime,
    /// A date without a time needs a recorded instant beside it.
    #[error("an activity dated `{0}` without a time needs the instant at which it was recorded")]
    DateWithoutRecorded(NaiveDate),
}

impl Activity {
    /// An activity without evidence.
    ///
    /// # Errors
    /// [`ActivityError`] when neither instant is given, or a date stands without a recorded instant.
    pub fn new(
        kind: ActivityKind,
        actor: Actor,
        occurred: Option<Occurred>,
        recorded: Option<Timestamp>,
    ) -> Result<Self, ActivityError> {
        match (occurred, recorded) {
            (None, None) => Err(ActivityError::NoTime),
            (Some(Occurred::On(date)), None) => Err(ActivityError::DateWithoutRecorded(date)),
            _ => Ok(Self::bare(kind, actor, occurred, recorded)),
        }
    }

    const fn bare(kind: ActivityKind, actor: Actor, occurred: Option<Occurred>, recorded: Option<Timestamp>) -> Self {
        Self { kind, actor, occurred, recorded, duration_s: None, text_chars: None, next_step: false }
    }

    /// What a rep did at an instant.
    #[must_use]
    pub const fn at(kind: ActivityKind, rep: RepId, at: Timestamp) -> Self {
        Self::bare(kind, Actor::Rep(rep), Some(Occurred::At(at)), None)
    }

    /// What the customer did at an instant: an order, a word from it.
    #[must_use]
    pub const fn by_customer(kind: ActivityKind, at: Timestamp) -> Self {
        Self::bare(kind, Actor::Customer, Some(Occurred::At(at)), None)
    }

    /// Written down at an instant, without a word of when it happened: it counts as of then.
    #[must_use]
    pub const fn noted(kind: ActivityKind, actor: Actor, recorded: Timestamp) -> Self {
        Self::bare(kind, actor, None, Some(recorded))
    }

    /// On a civil day of the policy's zone, written down at an instant: it counts as of the day's last microsecond, or of
    /// `recorded` if that is earlier.
    #[must_use]
    pub const fn on(kind: ActivityKind, actor: Actor, date: NaiveDate, recorded: Timestamp) -> Self {
        Self::bare(kind, actor, Some(Occurred::On(date)), Some(recorded))
    }

    /// With its length in seconds, as evidence.
    #[must_use]
    pub fn with_duration_s(mut self, seconds: u32) -> Self {
        self.duration_s = Some(seconds);
        self
    }

    /// With the length of its text in characters, as evidence.
    #[must_use]
    pub fn with_text_chars(mut self, chars: u32) -> Self {
        self.text_chars = Some(chars);
        self
    }

    /// With a next step agreed, as evidence.
    #[must_use]
    pub fn with_next_step(mut self) -> Self {
        self.next_step = true;
        self
    }

    getters! {
        /// What it was.
        kind: &ActivityKind,
        /// Who did it.
        actor: &Actor,
        /// When it happened, as stated.
        occurred: Option<Occurred>,
        /// When the host wrote it down.
        recorded: Option<Timestamp>,
        /// Its length in seconds.
        duration_s: Option<u32>,
        /// The length of its text in characters.
        text_chars: Option<u32>,
        /// Whether a next step was agreed.
        next_step: bool,
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    kind: ActivityKind,
    actor: Actor,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    occurred: Option<Occurred>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recorded: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    duration_s: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    text_chars: Option<u32>,
    #[serde(default, skip_serializing_if = "crate::wire::is_default")]
    next_step: bool,
}

impl TryFrom<Wire> for Activity {
    type Error = ActivityError;

    fn try_from(wire: Wire) -> Result<Self, ActivityError> {
        let bare = Self::new(wire.kind, wire.actor, wire.occurred, wire.recorded)?;
        Ok(Self { duration_s: wire.duration_s, text_chars: wire.text_chars, next_step: wire.next_step, ..bare })
    }
}

impl From<Activity> for Wire {
    fn from(activity: Activity) -> Self {
        let Activity { kind, actor, occurred, recorded, duration_s, text_chars, next_step } = activity;
        Self { kind, actor, occurred, recorded, duration_s, text_chars, next_step }
    }
}
