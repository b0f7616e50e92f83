//! What the customer's past forbids: quiet periods, cooldowns, repeat limits.

use customer_pool::ReasonCode;
use customer_pool::claim::Check;
use customer_pool::decision::Denial;
use customer_pool::model::{Cause, PastOwnership, WayIn};
use customer_pool::policy::draft::{CooldownDraft, Per, RepeatLimitDraft};
use customer_pool::time::{Span, Timestamp};

use super::{Reference, Sheet};

/// The causes with a cooldown, in the order in which the specification lists them.
const CAUSES: [Cause; 5] = [Cause::Released, Cause::Undone, Cause::Reclaimed, Cause::TakenBack, Cause::Transferred];

/// The path cut at a depth.
pub(super) fn cut(path: &str, per: Per) -> String {
    match per {
        Per::UnitAt(depth) => path.split('/').take(depth as usize).collect::<Vec<_>>().join("/"),
        _ => path.to_owned(),
    }
}

/// The last instant that somebody who knows nothing from before `known_from` does not know.
pub(super) fn last_unknown(known_from: Option<Timestamp>) -> Option<Timestamp> {
    known_from.and_then(|at| at.checked_add_micros(-1))
}

impl<'a> Reference<'a> {
    /// The fourth to the sixth check.
    pub(super) fn history(&self, sheet: &mut Sheet) {
        self.quiet_periods(sheet);
        let skew = i64::from(self.policy.clock_skew_s().copied().unwrap_or(300)) * 1_000_000;
        let past = self.case.customer().past();
        let mut contradicts = None;
        for one in past {
            if one.to().as_micros() > sheet.now.as_micros() + skew {
                contradicts = Some(ReasonCode::OwnershipOpen);
            }
            sheet.marks.extend(one.to().checked_add_micros(-skew));
        }
        if self.is_overlapping() {
            contradicts = Some(ReasonCode::OwnershipsOverlap);
        }
        // A history that contradicts itself tells these checks nothing; no other reads it.
        for rule in self.rules.cooldowns() {
            if self.runs(Check::Cooldown) && self.concerns(sheet, Check::Cooldown, rule.id(), rule.pools()) {
                match contradicts {
                    Some(code) => sheet.unknown(Check::Cooldown, Some(rule.id()), code),
                    None => self.cooldown(sheet, rule),
                }
            }
        }
        for rule in self.rules.repeat_limits() {
            if self.runs(Check::RepeatLimit) && self.concerns(sheet, Check::RepeatLimit, rule.id(), rule.pools()) {
                match contradicts {
                    Some(code) => sheet.unknown(Check::RepeatLimit, Some(rule.id()), code),
                    None => self.repeat_limit(sheet, rule),
                }
            }
        }
    }

    fn quiet_periods(&self, sheet: &mut Sheet) {
        let customer = self.case.customer();
        let Some(stay) = customer.stay().or(customer.last_stay()) else { return };
        for rule in self.rules.quiet_periods() {
            if !self.runs(Check::QuietPeriod)
                || !self.concerns(sheet, Check::QuietPeriod, rule.id(), rule.pools())
                || (rule.first_entry_only() && !stay.earlier_entries().is_empty())
            {
                continue;
            }
            match self.end(stay.since(), *rule.span()) {
                Err(code) => sheet.unknown(Check::QuietPeriod, Some(rule.id()), code),
                Ok(until) => {
                    sheet.marks.insert(until);
                    if sheet.now < until {
                        sheet.denials.push(Denial::QuietPeriod { rule: rule.id().clone(), until });
                    }
                }
            }
        }
    }

    /// Every ownership against every other: an instant in common is one too many.
    fn is_overlapping(&self) -> bool {
        let customer = self.case.customer();
        let mut periods: Vec<(Timestamp, Timestamp)> =
            customer.past().iter().map(|past| (past.from(), past.to())).collect();
        if periods.iter().any(|(from, to)| to < from) {
            return true;
        }
        let present = customer.ownership().and_then(|ownership| ownership.start());
        periods.extend(present.map(|start| (start, Timestamp::MAX)));
        periods
            .iter()
            .enumerate()
            .any(|(i, one)| periods.iter().skip(i + 1).any(|other| one.0.max(other.0) < one.1.min(other.1)))
    }

    fn cooldown(&self, sheet: &mut Sheet, rule: &CooldownDraft) {
        let (customer, now) = (self.case.customer(), sheet.now);
        let mut blocking = Vec::new();
        for past in customer.past() {
            let span = match past.cause() {
                Cause::Undone => rule.after().get(&Cause::Undone).or(rule.after().get(&Cause::Released)),
                cause => rule.after().get(&cause),
            };
            let Some(span) = span else { continue };
            if !self.binds(past, rule.per().copied().unwrap_or_default()) || self.is_restored(past) {
                continue;
            }
            sheet.marks.insert(past.to());
            match self.end(past.to(), *span) {
                _ if now < past.to() => {}
                Err(code) => sheet.unknown(Check::Cooldown, Some(rule.id()), code),
                Ok(until) => {
                    sheet.marks.insert(until);
                    blocking.extend((now < until).then_some((until, past.cause())));
                }
            }
        }
        // The latest; of several causes that end then, the first in the order of the specification.
        let latest = blocking.iter().map(|(until, _)| *until).max();
        let cause =
            CAUSES.into_iter().find(|cause| blocking.iter().any(|(until, of)| Some(*until) == latest && of == cause));
        if let Some((until, cause)) = latest.zip(cause) {
            sheet.denials.push(Denial::Cooldown { rule: rule.id().clone(), cause, until });
        } else {
            let spans: Vec<Span> = rule.after().values().copied().collect();
            self.unknown_past(sheet, Check::Cooldown, rule.id(), &spans);
        }
    }

    /// Whether the cooldown after this ownership is the rep's.
    fn binds(&self, past: &PastOwnership, per: Per) -> bool {
        let rep = self.case.rep();
        let shares = || {
            past.units()
                .iter()
                .any(|then| rep.units().iter().any(|own| cut(then.as_str(), per) == cut(own.as_str(), per)))
        };
        past.owner() == rep.id() || (per != Per::Rep && shares())
    }

    /// Whether it was reclaimed and the reclaim undone.
    fn is_restored(&self, reclaimed: &PastOwnership) -> bool {
        let customer = self.case.customer();
        let later = customer.past().iter().filter(|past| *past != reclaimed && past.from() >= reclaimed.to());
        let mut next: Vec<_> = later.map(|past| (past.from(), past.to(), past.way_in(), past.owner())).collect();
        if let Some(present) = customer.ownership() {
            let start = present.start().filter(|start| *start >= reclaimed.to());
            next.extend(start.map(|start| (start, Timestamp::MAX, present.way_in(), present.owner())));
        }
        let first = next.into_iter().min_by_key(|(from, to, ..)| (*from, *to));
        let is_restore =
            |(_, _, way_in, owner): (_, _, WayIn, _)| way_in == WayIn::Restore && owner == reclaimed.owner();
        reclaimed.cause() == Cause::Reclaimed && first.is_some_and(is_restore)
    }

    fn repeat_limit(&self, sheet: &mut Sheet, rule: &RepeatLimitDraft) {
        let (customer, now) = (self.case.customer(), sheet.now);
        let mut counting = Vec::new();
        let mut undated = None;
        for past in customer.past().iter().filter(|past| past.owner() == self.case.rep().id()) {
            sheet.marks.insert(past.from());
            match self.end(past.from(), *rule.within()) {
                _ if now < past.from() => {}
                Err(code) => undated = Some(code),
                Ok(until) => {
                    sheet.marks.insert(until);
                    counting.extend((now < until).then_some(until));
                }
            }
        }
        counting.sort();
        let (used, limit) = (counting.len(), *rule.limit() as usize);
        if used >= limit {
            sheet.denials.push(Denial::RepeatLimit {
                rule: rule.id().clone(),
                used: u32::try_from(used).unwrap(),
                limit: *rule.limit(),
                until: counting[used - limit],
            });
            return;
        }
        if let Some(code) = undated {
            sheet.unknown(Check::RepeatLimit, Some(rule.id()), code);
        }
        self.unknown_past(sheet, Check::RepeatLimit, rule.id(), &[*rule.within()]);
    }

    /// Whether an ownership of which nobody tells could still count.
    fn unknown_past(&self, sheet: &mut Sheet, check: Check, rule: &customer_pool::id::Label, spans: &[Span]) {
        let Some(last) = last_unknown(self.case.customer().past_known_from()) else { return };
        for span in spans {
            match self.end(last, *span) {
                Err(code) => sheet.unknown(check, Some(rule), code),
                Ok(until) => {
                    sheet.marks.insert(until);
                    if sheet.now < until {
                        sheet.unknown(check, Some(rule), ReasonCode::HistoryIncomplete);
                    }
                }
            }
        }
    }
}
