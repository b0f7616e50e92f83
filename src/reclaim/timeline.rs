//! Many instants of one customer in turn: what holds it and what is known of its activities, kept up from one instant
//! to the next rather than gathered anew at each, which would take long where there are thousands of facts.

use std::collections::BTreeMap;

use super::holds::{Holds, Period};
use super::known::{Known, all};
use super::situation::Situation;
use crate::decision::HeldBy;
use crate::model::NONE;
use crate::time::Instant;

/// What happens at an instant.
enum Event {
    Begins(HeldBy),
    Ends(HeldBy),
    /// A lock or counted document of this ownership ends, which begins a grace.
    Grace(Instant),
    /// An activity of this slot counts from now on.
    Known {
        slot: usize,
        at: i64,
    },
    /// One that nobody can judge does.
    Unjudged(i64),
}

pub(crate) struct Timeline {
    /// In order, in microseconds, which may lie before the first instant.
    events: std::iter::Peekable<std::vec::IntoIter<(i64, Event)>>,
    always: Holds,
    live: BTreeMap<HeldBy, i64>,
    last_end: Option<Instant>,
    latest: Vec<i64>,
    /// Per slot something other than `NONE` while an activity lies past the horizon.
    future: Vec<i64>,
    /// Per slot how many do.
    ahead: Vec<usize>,
    unjudged: i64,
}

impl Timeline {
    pub(crate) fn new(situation: &Situation<'_>) -> Self {
        let mut events = Vec::new();
        let periods = situation.periods();
        for Period { held_by, from, until, live, grace } in periods.list {
            if live && until.is_none_or(|until| from.is_none_or(|from| from < until)) {
                events.push((from.map_or(i64::MIN, Instant::as_micros), Event::Begins(held_by)));
                events.extend(until.map(|until| (until.as_micros(), Event::Ends(held_by))));
            }
            events.extend(until.filter(|_| grace).map(|until| (until.as_micros(), Event::Grace(until))));
        }
        let slots = situation.rules.fold.slots.len();
        let mut ahead = vec![0; slots];
        for later in all(situation) {
            let event = match later.slot {
                None => Event::Unjudged(later.at),
                Some(slot) => {
                    if let Some(ahead) = ahead.get_mut(slot) {
                        *ahead = usize::saturating_add(*ahead, 1);
                    }
                    Event::Known { slot, at: later.at }
                }
            };
            events.push((later.at.saturating_sub(situation.rules.skew), event));
        }
        events.sort_by_key(|(at, _)| *at);
        let future = ahead.iter().map(|&ahead| if ahead == 0 { NONE } else { i64::MAX }).collect();
        Self {
            events: events.into_iter().peekable(),
            always: periods.always,
            live: BTreeMap::new(),
            last_end: None,
            latest: vec![NONE; slots],
            future,
            ahead,
            unjudged: NONE,
        }
    }

    /// What holds the customer and what is known at `now`, which never goes back.
    pub(crate) fn at(&mut self, now: Instant) -> (Holds, Known<'_>) {
        while let Some((_, event)) = self.events.next_if(|(at, _)| *at <= now.as_micros()) {
            self.pass(&event);
        }
        let next = self.events.peek().and_then(|(at, _)| Instant::from_micros(*at));
        let first = self.live.keys().next().copied();
        let first = match (self.always.first, first) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        let holds = Holds { first, last_end: self.last_end, next, ..self.always };
        let any_future = self.ahead.iter().any(|&ahead| ahead > 0);
        (holds, Known::new(&self.latest, if any_future { &self.future } else { &[] }, self.unjudged))
    }

    fn pass(&mut self, event: &Event) {
        let (held_by, change) = match *event {
            Event::Begins(held_by) => (held_by, 1),
            Event::Ends(held_by) => (held_by, -1),
            Event::Grace(end) => {
                self.last_end = self.last_end.max(Some(end));
                return;
            }
            Event::Unjudged(at) => {
                self.unjudged = self.unjudged.max(at);
                return;
            }
            Event::Known { slot, at } => {
                if let (Some(latest), Some(future), Some(ahead)) =
                    (self.latest.get_mut(slot), self.future.get_mut(slot), self.ahead.get_mut(slot))
                {
                    *latest = (*latest).max(at);
                    *ahead = ahead.saturating_sub(1);
                    if *ahead == 0 {
                        *future = NONE;
                    }
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
