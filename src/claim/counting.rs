//! How many entries of a ledger count under a quota.

use super::Per;
use super::rules::Quota;
use crate::condition::View;
use crate::decision::ReasonCode;
use crate::model::{Counts, Ledger, LedgerEntry};
use crate::time::{Calendar, CivilWindow, Span, SpanUnit, Timestamp};

/// The entries of a ledger under one quota.
pub(super) struct Counted<'a> {
    pub(super) quota: &'a Quota,
    pub(super) calendar: &'a Calendar,
    pub(super) ledger: &'a Ledger,
}

/// A count at one instant.
#[derive(Default)]
pub(super) struct Tally {
    /// How many count for certain.
    pub(super) used: u32,
    /// Why one more may count, and until when that is so; `None` for as long as anybody knows.
    pub(super) doubt: Option<(ReasonCode, Option<Timestamp>)>,
    /// When fewer than the limit count, where it is used up.
    pub(super) resets_at: Option<Timestamp>,
    /// When the count can be another in a way that matters.
    pub(super) next: Option<Timestamp>,
}

impl Tally {
    fn doubt(&mut self, code: ReasonCode, until: Option<Timestamp>) {
        self.doubt = Some(match self.doubt {
            None => (code, until),
            Some((known, lasts)) => (known.min(code), lasts.zip(until).map(|(a, b)| a.max(b))),
        });
    }
}

/// Spans whose ends can always be found where they lie in the years 1 to 9999, so that the entries that still count
/// are the last of the list.
fn is_always_datable(span: Span) -> bool {
    !span.rolls() && !matches!(span.unit(), SpanUnit::WorkingDays | SpanUnit::WorkingHours)
}

/// The microseconds of a span that is the same everywhere.
fn exact(span: Span) -> Option<i64> {
    let minutes = match span.unit() {
        SpanUnit::Minutes => 1,
        SpanUnit::Hours => 60,
        _ => return None,
    };
    Some(i64::from(span.n()).saturating_mul(minutes).saturating_mul(60_000_000))
}

impl<'a> Counted<'a> {
    /// What counts by way in, undo and unit.
    fn counting(&self) -> Counts<'a> {
        self.ledger.counting(match self.quota.per {
            Per::UnitAt(depth) => Some(depth),
            Per::Rep | Per::Unit | Per::Everybody => None,
        })
    }

    /// Whether the entry at this place counts.
    #[inline]
    fn counts(&self, (place, entry): (usize, &LedgerEntry)) -> Result<bool, ReasonCode> {
        let counts = self.counting().has(place, self.quota.ways) && self.quota.pools.count(entry.pool());
        match &self.quota.when {
            Some(when) if counts => {
                let customer = entry.facts().ok_or(ReasonCode::LedgerFactsMissing)?;
                when.holds(&View { customer, owner: None }, &mut ())
            }
            _ => Ok(counts),
        }
    }

    /// Whether way in, undo and unit are all that decides.
    fn is_simple(&self) -> bool {
        self.quota.when.is_none() && self.quota.pools.0.is_none()
    }

    /// How many from this place up to that one count, given that.
    fn counted_simply(&self, from: usize, to: usize) -> u32 {
        self.counting().count(from, to, self.quota.ways)
    }

    /// The place of the first entry from an instant on.
    #[inline]
    fn place(&self, at: Timestamp) -> usize {
        self.ledger.instants().partition_point(|known| *known < at)
    }

    /// The entries from this place on, with their places.
    fn from(&self, place: usize) -> impl Iterator<Item = (usize, &'a LedgerEntry)> {
        self.ledger.entries().iter().enumerate().skip(place)
    }

    /// What counts in this civil window.
    pub(super) fn civil(&self, window: CivilWindow, (from, to): (Timestamp, Option<Timestamp>), limit: u32) -> Tally {
        let mut tally = self.between(from, to);
        if (tally.used < limit || tally.used == 0) && tally.doubt.is_none() {
            // Nothing changes before a window in which another host's clock has set something already.
            let later = self.from(to.map_or(usize::MAX, |to| self.place(to)));
            let ahead = later.into_iter().find(|entry| self.counts(*entry) != Ok(false));
            tally.next = ahead.map(|(_, entry)| self.calendar.window_within_time(window, entry.at()).0);
            return tally;
        }
        tally.next = to;
        tally.resets_at = to;
        while let Some(at) = tally.resets_at {
            let (from, to) = self.calendar.window_within_time(window, at);
            if limit == 0 || self.between(from, to).used < limit {
                break;
            }
            tally.resets_at = to;
        }
        tally
    }

    /// What counts before an instant, or in all time to come.
    fn between(&self, from: Timestamp, to: Option<Timestamp>) -> Tally {
        let mut tally = Tally::default();
        let (first, end) = (self.place(from), to.map_or(usize::MAX, |to| self.place(to)));
        let end = end.min(self.ledger.entries().len());
        if self.is_simple() {
            tally.used = self.counted_simply(first, end);
            return tally;
        }
        for entry in self.from(first).take(end.saturating_sub(first)) {
            match self.counts(entry) {
                Ok(counts) => tally.used = tally.used.saturating_add(u32::from(counts)),
                Err(code) => tally.doubt(code, to),
            }
        }
        tally
    }

    /// What counts at `now` in a window that slides.
    pub(super) fn sliding(&self, span: Span, now: Timestamp, limit: u32) -> Tally {
        let mut tally = Tally::default();
        let instants = self.ledger.instants();
        let end = |at: Timestamp| self.calendar.end(at, span, &[]);
        let last_is_datable = instants.last().is_none_or(|last| end(*last).is_ok());
        let simple = is_always_datable(span) && last_is_datable;
        let first = match exact(span) {
            Some(micros) => match now.checked_add_micros(micros.saturating_neg()) {
                Some(begun) => instants.partition_point(|at| *at <= begun),
                None => 0,
            },
            None if is_always_datable(span) => instants.partition_point(|at| end(*at).is_ok_and(|end| end.at() <= now)),
            None => 0,
        };
        let mut doubtful: Option<Timestamp> = None;
        let counted_simply = simple && self.is_simple();
        if counted_simply {
            tally.used = self.counted_simply(first, instants.len());
        }
        for (place, entry) in self.from(first).filter(|_| !counted_simply) {
            let counts = self.counts((place, entry));
            if simple && counts.is_ok() {
                tally.used = tally.used.saturating_add(u32::from(counts == Ok(true)));
                continue;
            }
            match (counts, end(entry.at())) {
                (Ok(false), _) => {}
                (_, Ok(end)) if end.at() <= now => {}
                (Ok(true), Ok(_)) => tally.used = tally.used.saturating_add(1),
                (Ok(true), Err(why)) => tally.doubt(why.into(), None),
                (Err(code), end) => {
                    let until = end.ok().map(|end| end.at());
                    doubtful = doubtful.or(until);
                    tally.doubt(code, until);
                    if let Err(why) = end {
                        tally.doubt(why.into(), None);
                    }
                }
            }
        }
        tally.next = doubtful;
        if tally.used >= limit {
            let over = usize::try_from(tally.used.saturating_sub(limit)).unwrap_or(usize::MAX);
            let ends = || {
                let certain = self.from(first).filter(|entry| self.counts(*entry) == Ok(true));
                certain.filter_map(|(_, entry)| end(entry.at()).ok()).map(|end| end.at()).filter(|end| now < *end)
            };
            tally.next = [doubtful, ends().next()].into_iter().flatten().min();
            tally.resets_at = ends().nth(over);
        }
        tally
    }
}
