//! What is known of a customer's activities at an instant.

use super::fold::{Folder, Found};
use super::rules::Rules;
use super::situation::Situation;
use crate::model::{Activities, NONE, Unjudged};
use crate::time::Instant;

/// How many slots are folded in place.
const IN_PLACE: usize = 32;

/// The latest activity per slot that is not past the horizon, and the first one past it.
pub(crate) struct Known<'a> {
    latest: &'a [i64],
    /// Empty where nothing lies past the horizon.
    future: &'a [i64],
    /// Those past the horizon among them.
    pub(super) unjudged: &'a [Unjudged],
    horizon: i64,
}

/// Room for what one decision folds.
pub(crate) struct Room {
    latest: [i64; IN_PLACE],
    future: [i64; IN_PLACE],
    many_latest: Vec<i64>,
    many_future: Vec<i64>,
    unjudged: Vec<Unjudged>,
}

impl Room {
    fn new() -> Self {
        let none = [NONE; IN_PLACE];
        Self { latest: none, future: none, many_latest: Vec::new(), many_future: Vec::new(), unjudged: Vec::new() }
    }

    fn slots(&mut self, count: usize) -> (&mut [i64], &mut [i64], &mut Vec<Unjudged>) {
        if count > IN_PLACE {
            self.many_latest = vec![NONE; count];
            self.many_future = vec![NONE; count];
            return (&mut self.many_latest, &mut self.many_future, &mut self.unjudged);
        }
        let (latest, future) = (self.latest.get_mut(..count), self.future.get_mut(..count));
        (latest.unwrap_or_default(), future.unwrap_or_default(), &mut self.unjudged)
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

    /// Whether an activity of one of these slots that nobody can judge is later than all that count: it might have
    /// counted.
    pub(crate) fn unjudged_matters(&self, slots: &[u16]) -> bool {
        let latest = slots.iter().filter_map(|&slot| self.latest(slot)).max();
        let mut unjudged = self.unjudged.iter();
        unjudged.any(|one| one.at.as_micros() <= self.horizon && Some(one.at) > latest && slots.contains(&one.slot))
    }

    /// The first instant past the horizon.
    pub(crate) fn soonest(&self) -> Option<i64> {
        let future = self.future.iter().copied().filter(|&at| at != NONE);
        let unjudged = self.unjudged.iter().map(|one| one.at.as_micros()).filter(|&at| at > self.horizon);
        future.chain(unjudged).min()
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
            then(&Known { latest: folded.slots(), future: &[], unjudged: folded.unjudged(), horizon })
        }
        Activities::Listed(list) if list.is_empty() => {
            then(&Known { latest: &[], future: &[], unjudged: &[], horizon })
        }
        _ => then(&fold(situation, rules, horizon, &mut Room::new())),
    }
}

#[cold]
#[inline(never)]
fn fold<'r>(situation: &Situation<'_>, rules: &Rules, horizon: i64, room: &'r mut Room) -> Known<'r> {
    let (latest, future, unjudged) = room.slots(rules.fold.slots.len());
    match situation.view.customer.activities() {
        Activities::Folded(folded) => {
            for ((at, latest), future) in folded.slots().iter().zip(latest.iter_mut()).zip(future.iter_mut()) {
                *(if *at <= horizon { latest } else { future }) = *at;
            }
            unjudged.extend_from_slice(folded.unjudged());
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
                unjudged: &mut *unjudged,
                kept: &mut kept,
                horizon,
            };
            for activity in list {
                folder.add(activity, &mut found);
            }
            folder.settle(&mut found);
        }
    }
    let any_future = future.iter().any(|&at| at != NONE);
    Known { latest, future: if any_future { future } else { &[] }, unjudged, horizon }
}
