//! The events of a rep: a sequence of their own.

use serde::{Deserialize, Serialize};

use super::event::{Origin, SCHEMA};
use crate::digest::Digest;
use crate::id::RepId;
use crate::model::Rep;
use crate::time::Timestamp;
use crate::wire::{getters, names};

/// What an event of a rep says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum RepEventData {
    /// The rep is known from now on, with these facts.
    Enrolled {
        /// The facts.
        rep: Box<Rep>,
    },
    /// The rep's facts are others: units, role, figures. Leave and whether the rep is active have events of their own.
    Changed {
        /// All facts, as they now are.
        rep: Box<Rep>,
    },
    /// The rep is no longer active.
    Deactivated,
    /// The rep is active again.
    Reactivated,
    /// The rep's leave (请假), all of it: half-open intervals. Set once, here, and not on each customer.
    LeaveSet {
        /// The intervals.
        leave: Vec<(Timestamp, Timestamp)>,
    },
}

impl RepEventData {
    /// The kind.
    #[must_use]
    pub const fn kind(&self) -> RepEventKind {
        match self {
            Self::Enrolled { .. } => RepEventKind::Enrolled,
            Self::Changed { .. } => RepEventKind::Changed,
            Self::Deactivated => RepEventKind::Deactivated,
            Self::Reactivated => RepEventKind::Reactivated,
            Self::LeaveSet { .. } => RepEventKind::LeaveSet,
        }
    }
}

names! { serde
    /// What kind of event of a rep it is.
    #[non_exhaustive]
    RepEventKind {
        /// The rep became known.
        Enrolled = "enrolled",
        /// The rep's facts changed.
        Changed = "changed",
        /// The rep was deactivated.
        Deactivated = "deactivated",
        /// The rep was activated again.
        Reactivated = "reactivated",
        /// The rep's leave was set.
        LeaveSet = "leave_set",
    }
}

/// One event of one rep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepEvent {
    schema: u16,
    rep: RepId,
    number: u64,
    at: Timestamp,
    data: RepEventData,
    origin: Origin,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<Digest>,
}

impl RepEvent {
    /// The `number`-th event of a rep, counted from 1.
    #[must_use]
    pub fn new(rep: RepId, number: u64, at: Timestamp, data: RepEventData, origin: Origin) -> Self {
        Self { schema: SCHEMA, rep, number, at, data, origin, previous: None }
    }

    /// With the link to the event before it.
    #[must_use]
    pub fn linked(mut self, previous: Digest) -> Self {
        self.previous = Some(previous);
        self
    }

    getters! {
        /// Whose event it is.
        rep: &RepId,
        /// Its number within the rep's events, counted from 1: the rep's version after it.
        number: u64,
        /// When it happened.
        at: Timestamp,
        /// What it says.
        data: &RepEventData,
        /// By whom, under which command and by which rules.
        origin: &Origin,
    }

    /// The link to this event: the digest of its canonical JSON, which the next event carries.
    #[must_use]
    pub fn link(&self) -> Digest {
        // An event has only text keys: it always has a JSON form.
        Digest::of(self).unwrap_or_else(|_| Digest::of_bytes(&[]))
    }

    /// The link to the event before it, where the sequence is chained.
    #[must_use]
    pub fn previous(&self) -> Option<Digest> {
        self.previous
    }
}

/// A rep as its events leave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VersionedRep {
    rep: Rep,
    version: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    link: Option<Digest>,
}

impl VersionedRep {
    /// A rep as a store keeps it: after its `version`-th event.
    #[must_use]
    pub fn new(rep: Rep, version: u64, link: Option<Digest>) -> Self {
        Self { rep, version, link }
    }

    /// The rep.
    #[must_use]
    pub fn rep(&self) -> &Rep {
        &self.rep
    }

    /// The rep, taken out.
    #[must_use]
    pub fn into_rep(self) -> Rep {
        self.rep
    }

    getters! {
        /// The number of the rep's last event: the roster version that wake-ups note.
        version: u64,
        /// The link to that event, where the sequence is chained.
        link: Option<Digest>,
    }
}

/// An event that does not fit a rep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IllegalRepEvent {
    /// It is another rep's.
    #[error("it is another rep's event")]
    OtherRep,
    /// Its number is not the next one.
    #[error("it has number {found} where {expected} comes next")]
    Gap {
        /// The next number.
        expected: u64,
        /// Its number.
        found: u64,
    },
    /// The rep is known already, not known yet, active already, or not active.
    #[error("`{event}` does not fit the rep as it is")]
    Condition {
        /// The event.
        event: RepEventKind,
    },
}

/// The rep after one event; before the first there is none.
///
/// # Errors
/// [`IllegalRepEvent`] where the event does not fit.
pub fn evolve_rep(state: Option<&VersionedRep>, event: &RepEvent) -> Result<VersionedRep, IllegalRepEvent> {
    let expected = state.map_or(0, VersionedRep::version).saturating_add(1);
    if event.number() != expected {
        return Err(IllegalRepEvent::Gap { expected, found: event.number() });
    }
    let illegal = IllegalRepEvent::Condition { event: event.data().kind() };
    let whose = |rep: &Rep| if rep.id() == event.rep() { Ok(()) } else { Err(IllegalRepEvent::OtherRep) };
    let rep = match (state, event.data()) {
        (None, RepEventData::Enrolled { rep }) => {
            whose(rep)?;
            (**rep).clone()
        }
        (None, _) | (Some(_), RepEventData::Enrolled { .. }) => return Err(illegal),
        (Some(state), data) => {
            whose(&state.rep)?;
            let rep = state.rep.clone();
            match data {
                RepEventData::Changed { rep: new } => {
                    whose(new)?;
                    let new = (**new).clone().with_leave(rep.leave().given().iter().copied());
                    if rep.is_active() { new.reactivated() } else { new.deactivated() }
                }
                RepEventData::Deactivated if rep.is_active() => rep.deactivated(),
                RepEventData::Reactivated if !rep.is_active() => rep.reactivated(),
                RepEventData::LeaveSet { leave } => rep.with_leave(leave.iter().copied()),
                _ => return Err(illegal),
            }
        }
    };
    Ok(VersionedRep { rep, version: event.number(), link: event.previous().map(|_| event.link()) })
}
