//! What protects a customer: locks, business holds, freezes, extensions, pauses.

use core::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::{FreezeKind, HoldKind};
use crate::id::DocumentId;
use crate::time::{Pause, Timestamp};
use crate::wire::getters;

/// A lock (锁定): no reclaim on `[since, until)`.
///
/// It ends with the ownership: one from before the ownership's start is void. Without `since` it counts as this
/// ownership's; without `until` it lasts as long as the policy's longest lock allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    since: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
}

impl Lock {
    /// A lock between these instants, as far as they are known.
    #[must_use]
    pub const fn new(since: Option<Timestamp>, until: Option<Timestamp>) -> Self {
        Self { since, until }
    }

    getters! {
        /// Its first instant.
        #[inline]
        since: Option<Timestamp>,
        /// The instant at which it ends.
        #[inline]
        until: Option<Timestamp>,
    }
}

/// A business document that holds the customer while it is live (业务占用).
///
/// Drafts, declined and superseded documents are not live. A live one with an `until` is live before that instant
/// and has ended at it; one that is not live ended at `until`, if that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BusinessHold {
    kind: HoldKind,
    document: DocumentId,
    live: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
}

impl BusinessHold {
    /// A live document.
    #[must_use]
    pub fn live(kind: HoldKind, document: DocumentId, until: Option<Timestamp>) -> Self {
        Self { kind, document, live: true, until }
    }

    /// A document that is not live: a draft, a declined one, or one that ended at `ended`.
    #[must_use]
    pub fn not_live(kind: HoldKind, document: DocumentId, ended: Option<Timestamp>) -> Self {
        Self { kind, document, live: false, until: ended }
    }

    getters! {
        /// What kind of document it is.
        #[inline]
        kind: &HoldKind,
        /// Which document it is.
        document: &DocumentId,
    }

    /// Whether the host counts it as live.
    #[must_use]
    #[inline]
    pub fn is_live(&self) -> bool {
        self.live
    }

    /// The instant at which it ends or ended.
    #[must_use]
    #[inline]
    pub fn until(&self) -> Option<Timestamp> {
        self.until
    }
}

/// A freeze: the customer may not move, before `until` or for as long as the fact stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Freeze {
    kind: FreezeKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
}

impl Freeze {
    /// A freeze of this kind.
    #[must_use]
    pub const fn new(kind: FreezeKind, until: Option<Timestamp>) -> Self {
        Self { kind, until }
    }

    getters! {
        /// Why it is frozen.
        kind: FreezeKind,
        /// The instant at which it thaws, if that is fixed.
        until: Option<Timestamp>,
    }

    /// Whether the customer is frozen by it at an instant.
    #[inline]
    pub(crate) fn is_live(&self, at: Timestamp) -> bool {
        self.until.is_none_or(|until| at < until)
    }
}

/// A granted extension (延期): protection lasts at least until `until`, also beyond a hard cap.
///
/// It ends with the ownership, like a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    granted: Option<Timestamp>,
    until: Timestamp,
}

impl Extension {
    /// An extension granted at `granted`; without it, it counts as this ownership's.
    #[must_use]
    pub const fn new(granted: Option<Timestamp>, until: Timestamp) -> Self {
        Self { granted, until }
    }

    getters! {
        /// When it was granted.
        granted: Option<Timestamp>,
        /// Until when it protects.
        until: Timestamp,
    }
}

/// Intervals `[from, to)` as the host gave them, beside their union.
///
/// One that ends before it begins is kept: it makes the customer *undetermined* rather than being dropped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PauseList {
    given: Box<[(Timestamp, Timestamp)]>,
    united: Box<[Pause]>,
    reversed: bool,
}

impl PauseList {
    getters! {
        /// The intervals as given.
        given: &[(Timestamp, Timestamp)],
        /// Their union: sorted, without overlap or touch.
        #[inline]
        united: &[Pause],
    }

    /// Whether one of them ends before it begins.
    #[must_use]
    #[inline]
    pub fn is_reversed(&self) -> bool {
        self.reversed
    }

    /// Whether none was given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.given.is_empty()
    }
}

impl FromIterator<(Timestamp, Timestamp)> for PauseList {
    fn from_iter<I: IntoIterator<Item = (Timestamp, Timestamp)>>(intervals: I) -> Self {
        let given: Box<[_]> = intervals.into_iter().collect();
        let united = Pause::unite(given.iter().filter_map(|&(from, to)| Pause::new(from, to).ok())).into();
        let reversed = given.iter().any(|(from, to)| to < from);
        Self { given, united, reversed }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireInterval {
    from: Timestamp,
    to: Timestamp,
}

impl Serialize for PauseList {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.given.iter().map(|&(from, to)| WireInterval { from, to }))
    }
}

impl<'de> Deserialize<'de> for PauseList {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let intervals = Vec::<WireInterval>::deserialize(deserializer)?;
        Ok(intervals.into_iter().map(|WireInterval { from, to }| (from, to)).collect())
    }
}

/// Everything that protects a customer. Most customers have none of it, so it lies apart from them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Protection {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locks: Vec<Lock>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    holds: Vec<BusinessHold>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    freezes: Vec<Freeze>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    extensions: Vec<Extension>,
    #[serde(skip_serializing_if = "PauseList::is_empty")]
    pauses: PauseList,
}

impl Protection {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more lock.
    #[must_use]
    pub fn with_lock(mut self, lock: Lock) -> Self {
        self.locks.push(lock);
        self
    }

    /// With one more business hold.
    #[must_use]
    pub fn with_hold(mut self, hold: BusinessHold) -> Self {
        self.holds.push(hold);
        self
    }

    /// With one more freeze.
    #[must_use]
    pub fn with_freeze(mut self, freeze: Freeze) -> Self {
        self.freezes.push(freeze);
        self
    }

    /// With one more extension.
    #[must_use]
    pub fn with_extension(mut self, extension: Extension) -> Self {
        self.extensions.push(extension);
        self
    }

    /// With these pauses of the customer's own, instead of those before.
    #[must_use]
    pub fn with_pauses(mut self, pauses: impl IntoIterator<Item = (Timestamp, Timestamp)>) -> Self {
        self.pauses = pauses.into_iter().collect();
        self
    }

    /// With these locks and extensions, instead of those before.
    pub(crate) fn with_own(mut self, locks: Vec<Lock>, extensions: Vec<Extension>) -> Self {
        (self.locks, self.extensions) = (locks, extensions);
        self
    }

    /// With these business holds, instead of those before.
    pub(crate) fn with_holds(mut self, holds: Vec<BusinessHold>) -> Self {
        self.holds = holds;
        self
    }

    /// With these freezes, instead of those before.
    pub(crate) fn with_freezes(mut self, freezes: Vec<Freeze>) -> Self {
        self.freezes = freezes;
        self
    }

    getters! {
        /// The locks.
        #[inline]
        locks: &[Lock],
        /// The business holds.
        #[inline]
        holds: &[BusinessHold],
        /// The freezes.
        #[inline]
        freezes: &[Freeze],
    }

    /// The freeze that counts at an instant, of those that are not of the kind `but`: of the first live kind in order, the
    /// one that thaws last.
    pub(crate) fn live_freeze(&self, at: Timestamp, but: Option<FreezeKind>) -> Option<Freeze> {
        let live = self.freezes.iter().filter(|freeze| freeze.is_live(at) && but != Some(freeze.kind));
        live.copied().reduce(|first, next| match first.kind.cmp(&next.kind) {
            Ordering::Less => first,
            Ordering::Greater => next,
            Ordering::Equal => Freeze::new(first.kind, first.until.zip(next.until).map(|(a, b)| a.max(b))),
        })
    }

    getters! {
        /// The extensions.
        #[inline]
        extensions: &[Extension],
        /// The customer's own pauses.
        #[inline]
        pauses: &PauseList,
    }
}
