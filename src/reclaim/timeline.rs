//! Many instants of one customer in turn: what holds it and what is known of its activities, kept up from one instant
//! to the next rather than gathered anew at each, which would take long where there are thousands of facts.

use std::collections::BTreeMap;

use super::fold::Counting;
use super::holds::{Holds, Period};
use super::known::{Known, all};
use super::situation::Situation;
use crate::decision::{HeldBy, earlier};
use crate::time::Timestamp;

/// What happens at an instant.
enum Event {
    Begins(HeldBy),
    Ends(HeldBy),
    /// A lock or counted document of this ownership ends, which begins a grace.
    Grace(Timestamp),
    /// An activity of this slot counts from now on.
    Known {
        slot: u16,
        at: Timestamp,
    },
    /// An activity of this slot that cannot be judged counts from now on.
    Unjudged {
        slot: u16,
        at: Timestamp,
    },
}

pub(crate) struct Timeline {
    /// In order, in microseconds, which may lie before the first instant.
    events: std::iter::Peekable<std::vec::IntoIter<(i64, Event)>>,
    always: Holds,
    live: BTreeMap<HeldBy, i64>,
    last_end: Option<Timestamp>,
    latest: Vec<Option<Timestamp>>,
    /// Per slot its last activity, while that lies past the horizon.
    future: Vec<Option<Timestamp>>,
    unjudged: BTreeMap<u16, Timestamp>,
    /// The same as a list, as [`Known`] takes it.
    unjudged_list: Vec<(u16, Timestamp)>,
    skew: i64,
}

impl Timeline {
    pub(crate) fn new(situation: &Situation<'_>) -> Self {
        let mut events = Vec::new();
        let periods = situation.periods();
        for Period { held_by, from, until, live, grace } in periods.list {
            if live && until.is_none_or(|until| from.is_none_or(|from| from < until)) {
                events.push((from.map_or(i64::MIN, Timestamp::as_micros), Event::Begins(held_by)));
                events.extend(until.map(|until| (until.as_micros(), Event::Ends(held_by))));
            }
            events.extend(until.filter(|_| grace).map(|until| (until.as_micros(), Event::Grace(until))));
        }
        let slots = situation.rules.fold.slots.len();
        let mut future = vec![None; slots];
        for Counting { at, slot, judged } in all(situation) {
            let seen = at.as_micros().saturating_sub(situation.rules.skew);
            if !judged {
                events.push((seen, Event::Unjudged { slot, at }));
                continue;
            }
            if let Some(last) = future.get_mut(usize::from(slot)) {
                *last = (*last).max(Some(at));
            }
            events.push((seen, Event::Known { slot, at }));
        }
        events.sort_by_key(|(at, _)| *at);
        Self {
            events: events.into_iter().peekable(),
            always: periods.always,
            live: BTreeMap::new(),
            last_end: None,
            latest: vec![None; slots],
            future,
            unjudged: BTreeMap::new(),
            unjudged_list: Vec::new(),
            skew: situation.rules.skew,
        }
    }

    /// What holds the customer and what is known at `now`, which never goes back.
    pub(crate) fn at(&mut self, now: Timestamp) -> (Holds, Known<'_>) {
        while let Some((_, event)) = self.events.next_if(|(at, _)| *at <= now.as_micros()) {
            self.pass(&event);
        }
        let next = self.events.peek().and_then(|(at, _)| Timestamp::from_micros(*at));
        let first = earlier(self.always.first, self.live.keys().next().copied());
        let holds = Holds { first, last_end: self.last_end, next, ..self.always };
        let future = if self.future.iter().any(Option::is_some) { &*self.future } else { &[] };
        let horizon = now.checked_add_micros(self.skew).unwrap_or(Timestamp::MAX);
        (holds, Known::new(&self.latest, future, &self.unjudged_list, horizon))
    }

    fn pass(&mut self, event: &Event) {
        let (held_by, change) = match *event {
            Event::Begins(held_by) => (held_by, 1),
            Event::Ends(held_by) => (held_by, -1),
            Event::Grace(end) => {
                self.last_end = self.last_end.max(Some(end));
                return;
            }
            Event::Unjudged { slot, at } => {
                self.unjudged.insert(slot, at);
                self.unjudged_list = self.unjudged.iter().map(|(&slot, &at)| (slot, at)).collect();
                return;
            }
            Event::Known { slot, at } => {
                let slot = usize::from(slot);
                if let (Some(latest), Some(future)) = (self.latest.get_mut(slot), self.future.get_mut(slot)) {
                    *latest = (*latest).max(Some(at));
                    *future = (*future).filter(|last| *last > at);
                }
                return;
            }
        };
        let live = self.live.entry(held_by).or_default();
        *live = live.saturating_add(change);
        if *live == 0 {
            self.live.remove(&held_by);
        }
    }
}
