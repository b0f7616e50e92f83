//! Checks 5 and 6: what former ownerships forbid.

use std::cmp::Reverse;

use super::findings::{Findings, Lift};
use super::question::Question;
use super::rules::Cooldown;
use super::sink::Sink;
use super::{Check, Per};
use crate::decision::{ClaimFinding, Denial, ReasonCode};
use crate::id::Label;
use crate::model::{Cause, PastOwnership, UnitPath, WayIn, unit_at};
use crate::time::{Span, Timestamp, Undatable};

/// Whether two of these unit paths are equal, as they are or cut at a depth.
fn share(own: &[UnitPath], other: &[UnitPath], per: Per) -> bool {
    own.iter().any(|own| {
        other.iter().any(|other| match per {
            Per::Unit => own == other,
            Per::UnitAt(depth) => unit_at(own, depth) == unit_at(other, depth),
            Per::Rep | Per::Everybody => false,
        })
    })
}

impl<'a> Question<'a> {
    /// Whether the history can be read; what it would say is unknown where it cannot.
    fn has_history<S: Sink>(&self, check: Check, rule: &Label, found: &mut Findings<'_, 'a, S>) -> bool {
        if let Some(code) = self.history {
            found.unknown(check, Some(rule), code, Lift::Never);
            return false;
        }
        let last = self.case.customer().past().iter().map(PastOwnership::to).max();
        let ended = last.map(|last| last.seen_from(self.rules.skew));
        if let Some(ended) = ended.filter(|ended| found.at < *ended) {
            found.change(Some(ended));
            found.unknown(check, Some(rule), ReasonCode::OwnershipOpen, Lift::At(ended));
            return false;
        }
        true
    }

    /// Whether an ownership of which nobody knows could still count under one of these spans: the last such one ended,
    /// or began, just before the history is complete.
    fn before_history<S: Sink>(
        &self,
        spans: impl Iterator<Item = Span>,
        check: Check,
        rule: &Label,
        found: &mut Findings<'_, 'a, S>,
    ) {
        let known_from = self.case.customer().past_known_from();
        let Some(last) = known_from.and_then(|known_from| known_from.checked_add_micros(-1)) else { return };
        let mut latest: Option<Timestamp> = None;
        for span in spans {
            match self.rules.calendar.end(last, span, &[]) {
                Ok(end) => latest = latest.max(Some(end.at())),
                Err(why) => found.unknown(check, Some(rule), why.into(), Lift::Never),
            }
        }
        if let Some(until) = latest.filter(|until| found.at < *until) {
            found.change(Some(until));
            found.unknown(check, Some(rule), ReasonCode::HistoryIncomplete, Lift::At(until));
        }
    }

    /// Whether the rule binds this rep after an ownership by another.
    fn is_bound(&self, rule: &Cooldown, past: &PastOwnership) -> bool {
        let rep = self.case.rep();
        past.owner() == rep.id() || share(rep.units(), past.units(), rule.per)
    }

    /// Whether a restore undid this reclaim: the next ownership began by one, for the same owner.
    fn was_restored(&self, reclaimed: &PastOwnership) -> bool {
        let customer = self.case.customer();
        let others = customer.past().iter().filter(|past| *past != reclaimed);
        let past = others.map(|p| (p.from(), p.to(), p.way_in(), p.owner()));
        let present = customer.ownership().and_then(|o| Some((o.start()?, Timestamp::MAX, o.way_in(), o.owner())));
        let later = past.chain(present).filter(|(from, ..)| *from >= reclaimed.to());
        let next = later.min_by_key(|(from, to, ..)| (*from, *to));
        next.is_some_and(|(_, _, way_in, owner)| way_in == WayIn::Restore && owner == reclaimed.owner())
    }

    /// Cooldowns after the end of an ownership.
    pub(super) fn cooldowns<S: Sink>(&self, found: &mut Findings<'_, 'a, S>) {
        for rule in &self.rules.cooldowns {
            if self.binds(&rule.pools, Check::Cooldown, &rule.id, found)
                && self.has_history(Check::Cooldown, &rule.id, found)
            {
                self.cooldown(rule, found);
            }
        }
    }

    fn cooldown<S: Sink>(&self, rule: &Cooldown, found: &mut Findings<'_, 'a, S>) {
        let mut latest: Option<(Timestamp, Reverse<Cause>)> = None;
        for past in self.case.customer().past() {
            let (ended, cause) = (past.to(), past.cause());
            let Some(span) = rule.span(cause).filter(|_| self.is_bound(rule, past)) else { continue };
            let end = self.rules.calendar.end(ended, span, &[]);
            let is_over = end.is_ok_and(|end| end.at() <= found.at);
            if is_over && !S::WANTED {
                continue;
            }
            let restored = cause == Cause::Reclaimed && self.was_restored(past);
            found.sink.tell(|| ClaimFinding::Cooldown {
                rule: rule.id.clone(),
                owner: past.owner().clone(),
                ended,
                cause,
                until: end.ok().map(|end| end.at()),
                restored,
            });
            match end {
                _ if restored => {}
                // One that ends a moment from now, by another host's clock, does not block yet.
                _ if found.at < ended => found.change(Some(ended)),
                Err(why) => found.unknown(Check::Cooldown, Some(&rule.id), why.into(), Lift::Never),
                // Of two that end at one instant, the cause that comes first in the list is named.
                Ok(end) if found.at < end.at() => latest = latest.max(Some((end.at(), Reverse(cause)))),
                Ok(_) => {}
            }
        }
        self.before_history(rule.after.iter().map(|(_, span)| *span), Check::Cooldown, &rule.id, found);
        if let Some((until, Reverse(cause))) = latest {
            found.change(Some(until));
            found.deny(Denial::Cooldown { rule: rule.id.clone(), cause, until }, Lift::At(until));
        }
    }

    /// Repeat limits.
    pub(super) fn repeat_limits<S: Sink>(&self, found: &mut Findings<'_, 'a, S>) {
        for rule in &self.rules.repeat_limits {
            let id = &rule.id;
            if !self.binds(&rule.pools, Check::RepeatLimit, id, found)
                || !self.has_history(Check::RepeatLimit, id, found)
            {
                continue;
            }
            let (mut used, mut undatable) = (0_u32, None::<Undatable>);
            for past in self.own_past() {
                match self.rules.calendar.end(past.from(), rule.within, &[]) {
                    _ if found.at < past.from() => found.change(Some(past.from())),
                    Err(why) => undatable = Some(undatable.map_or(why, |known| known.min(why))),
                    Ok(end) if found.at < end.at() => used = used.saturating_add(1),
                    Ok(_) => {}
                }
            }
            found.sink.tell(|| ClaimFinding::RepeatLimit { rule: id.clone(), used, limit: rule.limit });
            if let Some(why) = undatable {
                found.unknown(Check::RepeatLimit, Some(id), why.into(), Lift::Never);
            }
            self.before_history(core::iter::once(rule.within), Check::RepeatLimit, id, found);
            if used >= rule.limit {
                self.repeated(id, used, rule.limit, rule.within, found);
            }
        }
    }

    fn own_past(&self) -> impl Iterator<Item = &'a PastOwnership> {
        let rep = self.case.rep().id();
        self.case.customer().past().iter().filter(move |past| past.owner() == rep)
    }

    /// The denial, and when fewer ownerships than the limit count.
    fn repeated<S: Sink>(&self, id: &Label, used: u32, limit: u32, within: Span, found: &mut Findings<'_, 'a, S>) {
        let at = found.at;
        let end = |past: &PastOwnership| self.rules.calendar.end(past.from(), within, &[]).ok().map(|end| end.at());
        let begun = self.own_past().filter(|past| past.from() <= at);
        let mut ends: Vec<Timestamp> = begun.filter_map(end).filter(|end| at < *end).collect();
        ends.sort_unstable();
        found.change(ends.first().copied());
        let last = usize::try_from(used.saturating_sub(limit)).ok().and_then(|i| ends.get(i).copied());
        if let Some(until) = last {
            found.deny(Denial::RepeatLimit { rule: id.clone(), used, limit, until }, Lift::At(until));
        }
    }
}
