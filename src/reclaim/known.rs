//! What is known of a customer's activities at an instant.

use super::fold::{Folder, Found, Later};
use super::rules::Rules;
use super::situation::Situation;
use crate::model::{Activities, NONE};
use crate::time::Instant;

/// How many slots are folded in place.
const IN_PLACE: usize = 32;

/// The latest activity per slot that is not past the horizon, and the first one past it.
pub(crate) struct Known<'a> {
    latest: &'a [i64],
    /// Empty where nothing lies past the horizon.
    future: &'a [i64],
    pub(super) unjudged: i64,
}

impl<'a> Known<'a> {
    pub(super) fn new(latest: &'a [i64], future: &'a [i64], unjudged: i64) -> Self {
        Self { latest, future, unjudged }
    }
}

/// Room for what one decision folds.
pub(crate) struct Room {
    latest: [i64; IN_PLACE],
    future: [i64; IN_PLACE],
    many_latest: Vec<i64>,
    many_future: Vec<i64>,
}

impl Room {
    fn new() -> Self {
        let none = [NONE; IN_PLACE];
        Self { latest: none, future: none, many_latest: Vec::new(), many_future: Vec::new() }
    }

    fn slots(&mut self, count: usize) -> (&mut [i64], &mut [i64]) {
        if count > IN_PLACE {
            self.many_latest = vec![NONE; count];
            self.many_future = vec![NONE; count];
            return (&mut self.many_latest, &mut self.many_future);
        }
        (self.latest.get_mut(..count).unwrap_or_default(), self.future.get_mut(..count).unwrap_or_default())
    }
}

impl Known<'_> {
    #[inline]
    pub(crate) fn latest(&self, slot: u16) -> Option<Instant> {
        self.latest.get(usize::from(slot)).copied().and_then(Instant::from_micros)
    }

    #[inline]
    pub(crate) fn has_future(&self) -> bool {
        !self.future.is_empty()
    }

    fn is_future(&self, slot: u16) -> bool {
        self.future.get(usize::from(slot)).is_some_and(|&at| at != NONE)
    }

    /// Whether activities of these slots are known, and all of them lie past the horizon.
    pub(crate) fn only_future(&self, slots: &[u16]) -> bool {
        slots.iter().any(|&slot| self.is_future(slot)) && slots.iter().all(|&slot| self.latest(slot).is_none())
    }

    /// Whether an activity that nobody can judge is later than all of these slots: it might have counted.
    pub(crate) fn unjudged_matters(&self, slots: &[u16]) -> bool {
        !slots.is_empty()
            && slots.iter().all(|&slot| self.latest.get(usize::from(slot)).is_none_or(|&at| at < self.unjudged))
    }

    /// The first instant past the horizon.
    pub(crate) fn soonest(&self) -> Option<i64> {
        self.future.iter().copied().filter(|&at| at != NONE).min()
    }
}

/// What is known with this horizon: the latest instant of an activity that counts.
#[inline]
pub(crate) fn with_known<T>(
    situation: &Situation<'_>,
    rules: &Rules,
    horizon: i64,
    then: impl FnOnce(&Known<'_>) -> T,
) -> T {
    match situation.view.customer.activities() {
        Activities::Folded(folded) if folded.slots().iter().all(|&at| at <= horizon) => {
            let unjudged = folded.unjudged();
            let unjudged = if unjudged <= horizon { unjudged } else { NONE };
            then(&Known { latest: folded.slots(), future: &[], unjudged })
        }
        Activities::Listed(list) if list.is_empty() => then(&Known { latest: &[], future: &[], unjudged: NONE }),
        _ => then(&fold(situation, rules, horizon, &mut Room::new())),
    }
}

#[cold]
#[inline(never)]
fn fold<'r>(situation: &Situation<'_>, rules: &Rules, horizon: i64, room: &'r mut Room) -> Known<'r> {
    let mut unjudged = NONE;
    let (latest, future) = room.slots(rules.fold.slots.len());
    match situation.view.customer.activities() {
        Activities::Folded(folded) => {
            for ((at, latest), future) in folded.slots().iter().zip(latest.iter_mut()).zip(future.iter_mut()) {
                *(if *at <= horizon { latest } else { future }) = *at;
            }
            let at = folded.unjudged();
            unjudged = if at <= horizon { at } else { NONE };
        }
        Activities::Listed(list) => {
            let folder = Folder::new(
                rules,
                situation.view.customer,
                situation.ownership,
                situation.clock_start,
                situation.owner_calendar,
            );
            let mut kept = Vec::new();
            let mut found = Found {
                latest: &mut *latest,
                future: &mut *future,
                unjudged: &mut unjudged,
                kept: &mut kept,
                horizon,
                later: None,
            };
            for activity in list {
                folder.add(activity, &mut found);
            }
            folder.settle(&mut found);
        }
    }
    let any_future = future.iter().any(|&at| at != NONE);
    Known { latest, future: if any_future { future } else { &[] }, unjudged }
}

/// All activities that count at some time, first to last.
pub(crate) fn all(situation: &Situation<'_>) -> Vec<Later> {
    let rules = situation.rules;
    let mut later = Vec::new();
    match situation.view.customer.activities() {
        Activities::Folded(folded) => {
            let slots = folded.slots().iter().enumerate().map(|(slot, &at)| Later { at, slot: Some(slot) });
            let unjudged = Later { at: folded.unjudged(), slot: None };
            later.extend(slots.chain([unjudged]).filter(|later| later.at != NONE));
        }
        Activities::Listed(list) => {
            let (customer, ownership) = (situation.view.customer, situation.ownership);
            let folder = Folder::new(rules, customer, ownership, situation.clock_start, situation.owner_calendar);
            let (mut unjudged, mut kept) = (NONE, Vec::new());
            let mut found = Found {
                latest: &mut [],
                future: &mut [],
                unjudged: &mut unjudged,
                kept: &mut kept,
                horizon: NONE,
                later: Some(&mut later),
            };
            for activity in list {
                folder.add(activity, &mut found);
            }
            folder.settle(&mut found);
        }
    }
    later.sort_unstable();
    later
}
