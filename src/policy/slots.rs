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
        CalendarRule::Fixed(calendar) => write!(text, " cap {} in {}:", cap.per_day, calendar.zone()),
        CalendarRule::Owner => write!(text, " cap {} in the owner's calendar:", cap.per_day),
    };
    for kind in &cap.kinds {
        let _ = write!(text, " {kind}");
    }
}
