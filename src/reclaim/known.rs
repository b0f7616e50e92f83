//! What is known of a customer's activities at an instant.

use super::fold::{Counting, Folder, Found};
use super::situation::Situation;
use crate::model::Activities;
use crate::time::Timestamp;

/// How many slots are folded in place.
const IN_PLACE: usize = 32;

/// The latest activity per slot that is not past the horizon, and the first one past it.
pub(crate) struct Known<'a> {
    latest: &'a [Option<Timestamp>],
    /// Empty where nothing lies past the horizon.
    future: &'a [Option<Timestamp>],
    /// Per slot the latest activity that cannot be judged, and the first one past the horizon: it is unknown whether the
    /// owner of that time did it.
    unjudged: &'a [(u16, Timestamp)],
    horizon: Timestamp,
}

impl<'a> Known<'a> {
    /// What is known with this horizon. `future` is empty where nothing of a slot lies past it.
    pub(super) fn new(
        latest: &'a [Option<Timestamp>],
        future: &'a [Option<Timestamp>],
        unjudged: &'a [(u16, Timestamp)],
        horizon: Timestamp,
    ) -> Self {
        Self { latest, future, unjudged, horizon }
    }
}

/// Room for what one decision folds.
pub(crate) struct Room {
    latest: [Option<Timestamp>; IN_PLACE],
    future: [Option<Timestamp>; IN_PLACE],
    many_latest: Vec<Option<Timestamp>>,
    many_future: Vec<Option<Timestamp>>,
    unjudged: Vec<(u16, Timestamp)>,
}

impl Room {
    fn new() -> Self {
        let none = [None; IN_PLACE];
        Self { latest: none, future: none, many_latest: Vec::new(), many_future: Vec::new(), unjudged: Vec::new() }
    }

    /// Empty slots for the latest activities and for those past the horizon, and a place for those that cannot be judged.
    #[expect(clippy::type_complexity, reason = "three parts of one room, borrowed apart")]
    fn clear(
        &mut self,
        count: usize,
    ) -> (&mut [Option<Timestamp>], &mut [Option<Timestamp>], &mut Vec<(u16, Timestamp)>) {
        if count > IN_PLACE {
            self.many_latest = vec![None; count];
            self.many_future = vec![None; count];
            return (&mut self.many_latest, &mut self.many_future, &mut self.unjudged);
        }
        let few = (self.latest.get_mut(..count), self.future.get_mut(..count));
        (few.0.unwrap_or_default(), few.1.unwrap_or_default(), &mut self.unjudged)
    }
}

impl Known<'_> {
    #[inline]
    pub(crate) fn latest(&self, slot: u16) -> Option<Timestamp> {
        self.latest.get(usize::from(slot)).copied().flatten()
    }

    #[inline]
    pub(crate) fn has_future(&self) -> bool {
        !self.future.is_empty()
    }

    fn is_future(&self, slot: u16) -> bool {
        self.future.get(usize::from(slot)).is_some_and(Option::is_some)
    }

    /// Whether activities of these slots are known, and all of them lie past the horizon.
    pub(crate) fn only_future(&self, slots: &[u16]) -> bool {
        slots.iter().any(|&slot| self.is_future(slot)) && slots.iter().all(|&slot| self.latest(slot).is_none())
    }

    /// Whether an activity of these slots that cannot be judged is later than all known ones of its kind: it might have
    /// counted. Of another kind a later one may renew for less long, or not satisfy.
    #[inline]
    pub(crate) fn unjudged_matters(&self, slots: &[u16]) -> bool {
        let matters = |(slot, at): &(u16, Timestamp)| {
            *at <= self.horizon && slots.contains(slot) && Some(*at) > self.latest(*slot)
        };
        self.unjudged.iter().any(matters)
    }

    /// What lies past the horizon, with its slot.
    pub(crate) fn future(&self) -> impl Iterator<Item = (u16, Timestamp)> {
        (0_u16..).zip(self.future).filter_map(|(slot, &at)| Some((slot, at?)))
    }

    /// What cannot be judged, with its slot.
    pub(crate) fn unjudged(&self) -> impl Iterator<Item = (u16, Timestamp)> {
        self.unjudged.iter().copied().filter(|(_, at)| *at <= self.horizon)
    }

    /// The first instant past the horizon.
    pub(crate) fn soonest(&self) -> Option<Timestamp> {
        let unjudged = self.unjudged.iter().map(|(_, at)| *at).filter(|at| *at > self.horizon);
        self.future.iter().copied().flatten().chain(unjudged).min()
    }
}

impl<'a> Situation<'a> {
    fn folder(&self) -> Folder<'a> {
        Folder::new(self.rules, self.view.customer, self.ownership, self.clock_start, self.owner_calendar)
    }
}

/// What is known with this horizon: the latest instant of an activity that counts.
#[inline]
pub(crate) fn with_known<T>(situation: &Situation<'_>, horizon: Timestamp, then: impl FnOnce(&Known<'_>) -> T) -> T {
    match situation.view.customer.activities() {
        Activities::Folded(folded) if folded.slots().iter().all(|&at| at <= Some(horizon)) => {
            then(&Known { latest: folded.slots(), future: &[], unjudged: folded.unjudged(), horizon })
        }
        Activities::Listed(list) if list.is_empty() => {
            then(&Known { latest: &[], future: &[], unjudged: &[], horizon })
        }
        _ => then(&fold(situation, horizon, &mut Room::new())),
    }
}

#[cold]
#[inline(never)]
fn fold<'r>(situation: &Situation<'_>, horizon: Timestamp, room: &'r mut Room) -> Known<'r> {
    let (latest, future, unjudged) = room.clear(situation.rules.fold.slots.len());
    match situation.view.customer.activities() {
        Activities::Folded(folded) => {
            for ((at, latest), future) in folded.slots().iter().zip(latest.iter_mut()).zip(future.iter_mut()) {
                *(if *at <= Some(horizon) { latest } else { future }) = *at;
            }
            unjudged.extend_from_slice(folded.unjudged());
        }
        Activities::Listed(list) => {
            let (latest, future, kept) = (&mut *latest, &mut *future, &mut Vec::new());
            situation.folder().fold(list, &mut Found { latest, future, unjudged, kept, horizon, all: None });
        }
    }
    let any_future = future.iter().any(Option::is_some);
    Known { latest, future: if any_future { future } else { &[] }, unjudged, horizon }
}

/// All activities that count at some time, first to last.
pub(crate) fn all(situation: &Situation<'_>) -> Vec<Counting> {
    let mut all = Vec::new();
    match situation.view.customer.activities() {
        Activities::Folded(folded) => {
            let slots = (0_u16..).zip(folded.slots());
            all.extend(slots.filter_map(|(slot, &at)| Some(Counting { at: at?, slot, judged: true })));
            all.extend(folded.unjudged().iter().map(|&(slot, at)| Counting { at, slot, judged: false }));
        }
        Activities::Listed(list) => {
            let (unjudged, kept, horizon) = (&mut Vec::new(), &mut Vec::new(), Timestamp::MAX);
            let mut found = Found { latest: &mut [], future: &mut [], unjudged, kept, horizon, all: Some(&mut all) };
            situation.folder().fold(list, &mut found);
        }
    }
    all.sort_unstable_by_key(|counting| counting.at);
    all
}
