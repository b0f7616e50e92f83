//! From single activities to the latest that count, per rule and kind.

use std::sync::Arc;

use chrono::Datelike;

use super::draft::By;
use super::rules::Rules;
use super::slots::{DayCap, FoldRule};
use crate::decision::earlier;
use crate::model::{Activity, ActivityKind, Actor, Customer, Folded, Kept, Occurred, Ownership};
use crate::time::{Calendar, Timestamp};

/// Folds the activities of one ownership.
pub(crate) struct Folder<'a> {
    rules: &'a Rules,
    customer: &'a Customer,
    ownership: &'a Ownership,
    clock_start: Timestamp,
    owner_calendar: &'a Arc<Calendar>,
}

/// Where a fold puts what it finds.
pub(crate) struct Found<'a> {
    /// Per slot the latest instant that counts, not past the horizon.
    pub(crate) latest: &'a mut [Option<Timestamp>],
    /// Per slot the first instant past the horizon; empty where there is no horizon.
    pub(crate) future: &'a mut [Option<Timestamp>],
    /// Per slot the latest activity of which it is unknown whether the owner of that time did it.
    pub(crate) unjudged: &'a mut Vec<(u16, Timestamp)>,
    /// What counts under rules that count only so many a day, to be settled in the end.
    pub(crate) kept: &'a mut Vec<Kept>,
    /// The latest instant that counts now.
    pub(crate) horizon: Timestamp,
    /// If given, takes everything that counts at some time, instead of the slots.
    pub(crate) all: Option<&'a mut Vec<Counting>>,
}

/// An activity that counts for a slot once the horizon has reached it. `judged` is false where it is unknown whether the
/// owner of that time did it.
#[derive(Clone, Copy)]
pub(crate) struct Counting {
    pub(crate) at: Timestamp,
    pub(crate) slot: u16,
    pub(crate) judged: bool,
}

impl Found<'_> {
    fn note(&mut self, slot: usize, at: Timestamp) {
        if let Some(all) = &mut self.all {
            all.push(Counting { at, slot: u16::try_from(slot).unwrap_or(u16::MAX), judged: true });
        } else if at <= self.horizon {
            if let Some(latest) = self.latest.get_mut(slot) {
                *latest = (*latest).max(Some(at));
            }
        } else if let Some(future) = self.future.get_mut(slot) {
            *future = earlier(*future, Some(at));
        }
    }

    fn note_unjudged(&mut self, slot: usize, at: Timestamp) {
        let slot = u16::try_from(slot).unwrap_or(u16::MAX);
        if let Some(all) = &mut self.all {
            all.push(Counting { at, slot, judged: false });
            return;
        }
        let ahead = at > self.horizon;
        match self.unjudged.iter_mut().find(|(known, seen)| *known == slot && (*seen > self.horizon) == ahead) {
            Some((_, first)) if ahead => *first = (*first).min(at),
            Some((_, latest)) => *latest = (*latest).max(at),
            None => self.unjudged.push((slot, at)),
        }
    }
}

/// Whether an activity's actor fits a clock.
enum Fit {
    Yes,
    No,
    Unknown,
}

impl<'a> Folder<'a> {
    pub(crate) fn new(
        rules: &'a Rules,
        customer: &'a Customer,
        ownership: &'a Ownership,
        clock_start: Timestamp,
        owner_calendar: &'a Arc<Calendar>,
    ) -> Self {
        Self { rules, customer, ownership, clock_start, owner_calendar }
    }

    /// The time of an activity: `min(occurred, recorded)`, a date without a time being its last microsecond.
    pub(crate) fn instant_of(rules: &Rules, activity: &Activity) -> Option<Timestamp> {
        let occurred = match activity.occurred() {
            Some(Occurred::At(at)) => Some(at),
            Some(Occurred::On(date)) => date
                .succ_opt()
                .and_then(|next| rules.default_calendar.day_start(next))
                .and_then(|start| start.checked_add_micros(-1)),
            None => None,
        };
        match (occurred, activity.recorded()) {
            (Some(occurred), Some(recorded)) => Some(occurred.min(recorded)),
            (occurred, recorded) => occurred.or(recorded),
        }
    }

    /// Adds activities to what was found.
    pub(crate) fn fold(&self, activities: &[Activity], found: &mut Found<'_>) {
        for activity in activities {
            self.add(activity, found);
        }
        self.settle(found);
    }

    fn add(&self, activity: &Activity, found: &mut Found<'_>) {
        if *activity.actor() == Actor::System {
            return;
        }
        let Some(at) = Self::instant_of(self.rules, activity) else { return };
        for (slot, slot_rule) in self.rules.fold.slots.iter().enumerate() {
            if slot_rule.kind != *activity.kind() {
                continue;
            }
            match self.rules.fold.rules.get(usize::from(slot_rule.rule)) {
                Some(FoldRule::Anchor { even_before_ownership }) if !even_before_ownership && at < self.clock_start => {
                }
                Some(FoldRule::Anchor { .. }) => found.note(slot, at),
                Some(rule @ FoldRule::Clock { by, cap, .. }) => {
                    if at < self.clock_start || !rule.has_evidence(activity) {
                        continue;
                    }
                    match self.fit(*by, activity, at) {
                        Fit::No => {}
                        Fit::Unknown => found.note_unjudged(slot, at),
                        Fit::Yes => match cap {
                            None => found.note(slot, at),
                            Some(cap) => found.kept.push(self.keep(slot_rule.rule, slot, cap, activity, at)),
                        },
                    }
                }
                None => {}
            }
        }
    }

    /// Gives the places of every capped day to the first recorded, and notes those that got one.
    fn settle(&self, found: &mut Found<'_>) {
        if found.kept.is_empty() {
            return;
        }
        found.kept.sort_unstable();
        let (mut day, mut taken) = (None, 0_u32);
        let rules = &self.rules.fold.rules;
        found.kept.retain(|kept| {
            let this = Some((kept.rule, kept.day));
            if day != this {
                (day, taken) = (this, 0);
            }
            taken = taken.saturating_add(1);
            match rules.get(usize::from(kept.rule)) {
                Some(FoldRule::Clock { cap: Some(cap), .. }) => taken <= cap.per_day,
                _ => false,
            }
        });
        for slot in 0..self.rules.fold.slots.len() {
            if self.is_capped(slot) {
                if let Some(latest) = found.latest.get_mut(slot) {
                    *latest = None;
                }
            }
        }
        for i in 0..found.kept.len() {
            if let Some(&kept) = found.kept.get(i) {
                found.note(usize::from(kept.slot), kept.at);
            }
        }
    }

    fn is_capped(&self, slot: usize) -> bool {
        let rule = self.rules.fold.slots.get(slot).and_then(|slot| self.rules.fold.rules.get(usize::from(slot.rule)));
        matches!(rule, Some(FoldRule::Clock { cap: Some(_), .. }))
    }

    fn keep(&self, rule: u16, slot: usize, cap: &DayCap, activity: &Activity, at: Timestamp) -> Kept {
        let calendar = cap.calendar.of(&self.rules.default_calendar, self.owner_calendar);
        let day = calendar.day_of(at).num_days_from_ce();
        let recorded = activity.recorded().unwrap_or(at);
        Kept { rule, day, recorded, at, slot: u16::try_from(slot).unwrap_or(u16::MAX) }
    }

    fn fit(&self, by: By, activity: &Activity, at: Timestamp) -> Fit {
        if by == By::Anyone || *activity.kind() == ActivityKind::Inbound {
            return Fit::Yes;
        }
        let Actor::Rep(actor) = activity.actor() else { return Fit::No };
        if by == By::OwnerAndCollaborators && self.customer.collaborators().contains(actor) {
            return Fit::Yes;
        }
        if self.ownership.start().is_none_or(|start| at >= start) {
            return if self.ownership.owner() == actor { Fit::Yes } else { Fit::No };
        }
        // Before this ownership, after its clock start: a transfer kept the clock, and an earlier owner was at work.
        let then = self.customer.past().iter().find(|past| past.from() <= at && at < past.to());
        match then {
            Some(past) if past.owner() == actor => Fit::Yes,
            Some(_) => Fit::No,
            None if self.customer.past_known_from().is_some_and(|known| at < known) => Fit::Unknown,
            None => Fit::No,
        }
    }
}

impl FoldRule {
    fn has_evidence(&self, activity: &Activity) -> bool {
        let at_least = |wanted: Option<u32>, given: Option<u32>| wanted.is_none_or(|n| given.is_some_and(|m| m >= n));
        match self {
            Self::Anchor { .. } => true,
            Self::Clock { min_duration_s, min_text_chars, next_step, .. } => {
                at_least(*min_duration_s, activity.duration_s())
                    && at_least(*min_text_chars, activity.text_chars())
                    && (!next_step || activity.next_step())
            }
        }
    }
}

impl Folder<'_> {
    /// The folded activities with one more.
    pub(crate) fn record(&self, folded: &mut Folded, activities: &[Activity]) {
        let mut kept = folded.take_kept();
        let mut unjudged = folded.take_unjudged();
        let mut found = Found {
            latest: folded.slots_mut(),
            future: &mut [],
            unjudged: &mut unjudged,
            kept: &mut kept,
            horizon: Timestamp::MAX,
            all: None,
        };
        self.fold(activities, &mut found);
        folded.set_kept(kept);
        unjudged.sort_unstable();
        folded.set_unjudged(unjudged);
    }
}
