//! Folded activities: per qualifying rule and kind the latest that counts.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// How many slots lie in place: few policies ask for more.
const INLINE: usize = 2;

/// What a customer's activities amount to under one set of qualifying rules: for every rule and kind the latest
/// instant that counts.
///
/// Made and carried on by the [`record`](crate::record) module and opaque to hosts, who store it beside the
/// customer. It names the rules and the clock start it was folded under; a decision under others is *undetermined*
/// (`facts.folded_elsewhere`) until the host folds the activities again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Wire", into = "Wire")]
pub struct Folded {
    rules: u64,
    clock_start: Option<Timestamp>,
    slots: Slots,
    extra: Option<Box<Extra>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Slots {
    Few([Option<Timestamp>; INLINE]),
    Many(Box<[Option<Timestamp>]>),
}

/// What only some policies and customers need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Extra {
    /// Per slot, in their order, the latest activity whose actor nobody can judge.
    unjudged: Vec<(u16, Timestamp)>,
    kept: Vec<Kept>,
}

/// An activity that counts under a rule that counts only so many a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kept {
    /// The index of the capped rule.
    pub(crate) rule: u16,
    /// The civil day, as a number of days from the common era.
    pub(crate) day: i32,
    /// When it was recorded: the order in which places are given.
    pub(crate) recorded: Timestamp,
    /// Its time.
    pub(crate) at: Timestamp,
    /// The slot of its kind.
    pub(crate) slot: u16,
}

impl Folded {
    /// Nothing known yet.
    pub(crate) fn empty(rules: u64, clock_start: Option<Timestamp>, slots: usize) -> Self {
        let slots = if slots <= INLINE { Slots::Few([None; INLINE]) } else { Slots::Many(vec![None; slots].into()) };
        Self { rules, clock_start, slots, extra: None }
    }

    #[inline]
    pub(crate) fn rules(&self) -> u64 {
        self.rules
    }

    #[inline]
    pub(crate) fn clock_start(&self) -> Option<Timestamp> {
        self.clock_start
    }

    #[inline]
    pub(crate) fn slots(&self) -> &[Option<Timestamp>] {
        match &self.slots {
            Slots::Few(slots) => slots,
            Slots::Many(slots) => slots,
        }
    }

    /// The same where they are few, two of which none need stand for anything.
    #[inline(always)]
    pub(crate) fn few(&self) -> Option<&[Option<Timestamp>; INLINE]> {
        match &self.slots {
            Slots::Few(slots) => Some(slots),
            Slots::Many(_) => None,
        }
    }

    /// The latest instant of all slots.
    #[inline(always)]
    pub(crate) fn newest(&self) -> Option<Timestamp> {
        match &self.slots {
            Slots::Few([a, b]) => (*a).max(*b),
            Slots::Many(slots) => slots.iter().copied().flatten().max(),
        }
    }

    pub(crate) fn slots_mut(&mut self) -> &mut [Option<Timestamp>] {
        match &mut self.slots {
            Slots::Few(slots) => slots,
            Slots::Many(slots) => slots,
        }
    }

    /// Per slot the latest activity of which nobody knows whether the owner of that time did it.
    #[inline]
    pub(crate) fn unjudged(&self) -> &[(u16, Timestamp)] {
        self.extra.as_deref().map_or(&[], |extra| &extra.unjudged)
    }

    pub(crate) fn take_unjudged(&mut self) -> Vec<(u16, Timestamp)> {
        self.extra.as_deref_mut().map(|extra| core::mem::take(&mut extra.unjudged)).unwrap_or_default()
    }

    pub(crate) fn set_unjudged(&mut self, unjudged: Vec<(u16, Timestamp)>) {
        if !unjudged.is_empty() {
            self.extra.get_or_insert_default().unjudged = unjudged;
        }
    }

    pub(crate) fn take_kept(&mut self) -> Vec<Kept> {
        self.extra.as_deref_mut().map(|extra| core::mem::take(&mut extra.kept)).unwrap_or_default()
    }

    pub(crate) fn set_kept(&mut self, kept: Vec<Kept>) {
        if !kept.is_empty() {
            self.extra.get_or_insert_default().kept = kept;
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    /// Sixteen hexadecimal digits: a number of 64 bits would not survive every JSON reader.
    rules: Hex,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    clock_start: Option<Timestamp>,
    latest: Vec<Option<Timestamp>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    unjudged: Vec<WireUnjudged>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    kept: Vec<Kept>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireUnjudged {
    slot: u16,
    at: Timestamp,
}

struct Hex(u64);

impl core::fmt::Display for Hex {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl core::str::FromStr for Hex {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        u64::from_str_radix(text, 16).map(Self).map_err(|_| format!("`{text}` is not a digest of rules"))
    }
}

impl Serialize for Hex {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::id::deserialize_text(deserializer)
    }
}

impl From<Wire> for Folded {
    fn from(wire: Wire) -> Self {
        let mut folded = Self::empty(wire.rules.0, wire.clock_start, wire.latest.len());
        for (slot, latest) in folded.slots_mut().iter_mut().zip(wire.latest) {
            *slot = latest;
        }
        if !wire.unjudged.is_empty() || !wire.kept.is_empty() {
            folded.extra = Some(Box::new(Extra {
                unjudged: wire.unjudged.iter().map(|one| (one.slot, one.at)).collect(),
                kept: wire.kept,
            }));
        }
        folded
    }
}

impl From<Folded> for Wire {
    fn from(folded: Folded) -> Self {
        let extra = folded.extra.as_deref().cloned().unwrap_or_default();
        Self {
            rules: Hex(folded.rules),
            clock_start: folded.clock_start,
            latest: folded.slots().to_vec(),
            unjudged: extra.unjudged.into_iter().map(|(slot, at)| WireUnjudged { slot, at }).collect(),
            kept: extra.kept,
        }
    }
}
