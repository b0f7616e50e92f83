//! Gives every kind of activity that a rule asks for a slot; equal rules share theirs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::model::ActivityKind;
use crate::reclaim::{CalendarRule, DayCap, FoldRule, FoldRules, SlotRule};
use crate::time::Calendar;

#[derive(Default)]
pub(super) struct Slots {
    rules: Vec<FoldRule>,
    slots: Vec<SlotRule>,
    known: BTreeMap<(u16, ActivityKind), u16>,
}

impl Slots {
    /// The index of this rule.
    pub(super) fn rule(&mut self, rule: FoldRule) -> u16 {
        let known = self.rules.iter().position(|known| known.is_same(&rule));
        let index = known.unwrap_or_else(|| {
            self.rules.push(rule);
            self.rules.len().saturating_sub(1)
        });
        u16::try_from(index).unwrap_or(u16::MAX)
    }

    /// The slot of this kind under a rule.
    pub(super) fn slot(&mut self, rule: u16, kind: &ActivityKind) -> u16 {
        let next = u16::try_from(self.slots.len()).unwrap_or(u16::MAX);
        *self.known.entry((rule, kind.clone())).or_insert_with(|| {
            self.slots.push(SlotRule { rule, kind: kind.clone() });
            next
        })
    }

    /// How many slots there are.
    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    /// The rules, named by a digest of everything that decides which activity counts.
    pub(super) fn finish(self, default_calendar: &Calendar) -> FoldRules {
        let mut text = format!("zone {}\n", default_calendar.zone());
        for rule in &self.rules {
            describe(rule, &mut text);
        }
        for slot in &self.slots {
            let _ = writeln!(text, "slot {} {}", slot.rule, slot.kind);
        }
        let hash: [u8; 32] = Sha256::digest(text.as_bytes()).into();
        let digest = hash.first_chunk().map_or(0, |first| u64::from_be_bytes(*first));
        FoldRules { digest, rules: self.rules.into(), slots: self.slots.into() }
    }
}

/// What a policy wants to know of a customer's activities: the latest one of a kind that counts under a rule.
#[derive(Clone, Copy, Debug)]
pub struct ActivitySlot<'a> {
    slot: &'a SlotRule,
    rule: &'a FoldRule,
}

impl<'a> ActivitySlot<'a> {
    pub(super) fn all(fold: &'a FoldRules) -> impl Iterator<Item = Self> {
        fold.slots.iter().filter_map(|slot| Some(Self { slot, rule: fold.rules.get(usize::from(slot.rule))? }))
    }

    /// The kind.
    #[must_use]
    pub fn kind(&self) -> &'a ActivityKind {
        &self.slot.kind
    }

    /// Whether it is an anchor, which counts without regard to its actor, to evidence and to the number a day.
    #[must_use]
    pub fn is_anchor(&self) -> bool {
        matches!(self.rule, FoldRule::Anchor { .. })
    }
}

impl core::fmt::Display for ActivitySlot<'_> {
    /// The kind and the rule under which it counts, in a form to be read by people; it may change.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let mut text = String::new();
        describe(self.rule, &mut text);
        write!(f, "{}: {}", self.slot.kind, text.trim_end())
    }
}

fn describe(rule: &FoldRule, text: &mut String) {
    let _ = match rule {
        FoldRule::Anchor { even_before_ownership } => writeln!(text, "anchor {even_before_ownership}"),
        FoldRule::Clock { by, min_duration_s, min_text_chars, next_step, cap } => {
            let _ = write!(text, "clock {by:?} {min_duration_s:?} {min_text_chars:?} {next_step}");
            if let Some(cap) = cap {
                describe_cap(cap, text);
            }
            writeln!(text)
        }
    };
}

fn describe_cap(cap: &DayCap, text: &mut String) {
    let _ = match &cap.calendar {
        CalendarRule::Default => write!(text, " cap {} in the default calendar:", cap.per_day),
        CalendarRule::Fixed(calendar) => write!(text, " cap {} in {}:", cap.per_day, calendar.zone()),
        CalendarRule::Owner => write!(text, " cap {} in the owner's calendar:", cap.per_day),
    };
    for kind in &cap.kinds {
        let _ = write!(text, " {kind}");
    }
}

#[cfg(test)]
mod tests {
    use crate::model::{Activity, ActivityKind, Actor, Customer, Occurred, Ownership, Place};
    use crate::{Policy, ReasonCode};

    /// Of one instant the kind decides, wherever a trigger names it: the call takes the day's only place.
    #[test]
    fn activities_of_one_instant_take_their_places_by_kind() {
        let json = r#"{"format":1,"id":"p","revision":1,"default_calendar":"u",
            "calendars":{"u":{"zone":"UTC","working_days":["mon"],"valid":{"from":"2024-01-01","to":"2030-12-31"}}},
            "pools":[{"id":"pool"}],"routing":{"fallback":"pool"},"groups":[{"id":"g","triggers":[{"id":"t",
            "when":"always","base":{"days":3},"RENEWING":1,"SATISFYING":1,"qualifying":{"per_day":1}}]}]}"#;
        for (renewing, satisfying, reason) in
            [("visit", "call", ReasonCode::NothingArmed), ("call", "visit", ReasonCode::Renewed)]
        {
            let json = json
                .replace(r#""RENEWING":1"#, &format!(r#""renewals":{{"{renewing}":{{"days":9}}}}"#))
                .replace(r#""SATISFYING":1"#, &format!(r#""satisfied_by":["{satisfying}"]"#));
            let policy = Policy::from_json(&json).unwrap();
            let at = "2026-03-02T07:00:00Z".parse().unwrap();
            let activity =
                |kind| Activity::new(kind, Actor::Rep("r1".parse().unwrap()), Some(Occurred::At(at)), None).unwrap();
            let owned = Ownership::new("r1".parse().unwrap(), at);
            let customer = Customer::new("c1".parse().unwrap(), Place::Owned(owned))
                .with_activities([activity(ActivityKind::Visit), activity(ActivityKind::Call)]);
            let reasons = policy.decide(&customer, None, at).reasons();
            assert!(reasons.contains(reason), "{renewing} renews: {reasons:?}");
        }
    }
}
