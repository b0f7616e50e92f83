//! Checks 8 and 9: the minimum interval, and quotas.

use super::counting::Counted;
use super::findings::{Findings, Lift, Whose};
use super::question::Question;
use super::rules::{Quota, Window, stepped};
use super::sink::Sink;
use super::{Check, Per};
use crate::decision::{ClaimFinding, Denial, ReasonCode};
use crate::model::{Ledger, UnitPath, WayIn, unit_at};
use crate::time::{Span, Timestamp};

impl<'a> Question<'a> {
    /// The minimum interval after the rep's last claim, whatever became of it.
    pub(super) fn minimum_interval<S: Sink>(&self, found: &mut Findings<'_, 'a, S>) {
        const CHECK: Check = Check::MinimumInterval;
        let Some(span) = self.rules.minimum_interval else { return };
        let ledger = match self.ledger(Whose::Rep(self.case.rep().id()), found) {
            Ok(ledger) => ledger,
            Err(code) => return found.unknown(CHECK, None, code, Lift::Never),
        };
        let last = ledger.entries().iter().rev().find(|entry| entry.way_in() == WayIn::Claim).map(|entry| entry.at());
        let end = last.map(|last| self.rules.calendar.end(last, span, &[]));
        let until = end.and_then(Result::ok).map(|end| end.at());
        found.sink.tell(|| ClaimFinding::MinimumInterval { last, until });
        if let Some(Err(why)) = end {
            found.unknown(CHECK, None, why.into(), Lift::Never);
        }
        self.before_ledger(ledger, span, |found, code, lift| found.unknown(CHECK, None, code, lift), found);
        if let Some(until) = until.filter(|until| found.at < *until) {
            found.change(Some(until));
            found.deny(Denial::MinimumInterval { until }, Lift::At(until));
        }
    }

    /// Whether something from before the ledger is complete could still count under this span.
    fn before_ledger<'f, S: Sink>(
        &self,
        ledger: &Ledger,
        span: Span,
        unknown: impl Fn(&mut Findings<'f, 'a, S>, ReasonCode, Lift),
        found: &mut Findings<'f, 'a, S>,
    ) {
        let Some(last) = ledger.known_from().and_then(|known_from| known_from.checked_add_micros(-1)) else { return };
        match self.rules.calendar.end(last, span, &[]) {
            Ok(end) if found.at < end.at() => {
                found.change(Some(end.at()));
                unknown(found, ReasonCode::LedgerIncomplete, Lift::At(end.at()));
            }
            Ok(_) => {}
            Err(why) => unknown(found, why.into(), Lift::Never),
        }
    }

    /// Quotas that limit this way in.
    pub(super) fn quotas<S: Sink>(&self, found: &mut Findings<'_, 'a, S>) {
        for (i, quota) in self.rules.quotas.iter().enumerate() {
            if quota.counts(self.case.acquisition().way_in()) {
                found.run_quota(i, |found| {
                    if self.binds(&quota.pools, Check::Quota, &quota.id, found) {
                        self.quota(quota, found);
                    }
                });
            }
        }
    }

    fn quota<S: Sink>(&self, quota: &Quota, found: &mut Findings<'_, 'a, S>) {
        let mut leaves = S::Leaves::default();
        let applies = quota.when.as_ref().map_or(Ok(true), |when| when.holds(&self.view(), &mut leaves));
        let mut steps = Vec::new();
        let adds = self.steps::<S>(&quota.steps, &mut steps);
        found.sink.tell(|| ClaimFinding::QuotaRule {
            rule: quota.id.clone(),
            applies: applies.ok(),
            leaves: S::leaves(leaves),
            steps,
        });
        let limit = match (applies, adds) {
            (Ok(false), _) => return,
            (Ok(true), Ok(adds)) => stepped(quota.limit, adds),
            (Err(code), _) | (_, Err(code)) => {
                return found.unknown(Check::Quota, Some(&quota.id), code, Lift::Never);
            }
        };
        let rep = self.case.rep();
        match quota.per {
            Per::Everybody => self.count(quota, limit, Whose::Everybody, found),
            Per::Unit | Per::UnitAt(_) if !rep.units().is_empty() => {
                let cut = |unit: &'a UnitPath| match quota.per {
                    Per::UnitAt(depth) => unit_at(unit, depth),
                    _ => unit.as_str(),
                };
                // In the order of the paths, each once.
                let mut last = None;
                while let Some(next) = rep.units().iter().map(cut).filter(|path| last < Some(*path)).min() {
                    self.count(quota, limit, Whose::Unit(next), found);
                    last = Some(next);
                }
            }
            Per::Rep | Per::Unit | Per::UnitAt(_) => self.count(quota, limit, Whose::Rep(rep.id()), found),
        }
    }

    /// One quota in one ledger.
    fn count<S: Sink>(&self, quota: &Quota, limit: u32, whose: Whose<'_>, found: &mut Findings<'_, 'a, S>) {
        let unknown = |found: &mut Findings<'_, 'a, S>, code, lift| {
            found.unknown(Check::Quota, Some(&quota.id), code, lift);
        };
        let ledger = match self.ledger(whose, found) {
            Ok(ledger) => ledger,
            Err(code) => return unknown(found, code, Lift::Never),
        };
        let calendar = &*self.rules.calendar;
        let counted = Counted { quota, calendar, ledger };
        let mut window = None;
        let tally = match quota.window {
            Window::Civil(civil) => {
                let (from, to) = calendar.window_within_time(civil, found.at);
                window = Some((from, to));
                if let Some(known_from) = ledger.known_from().filter(|known_from| from < *known_from) {
                    let (begun, over) = calendar.window_within_time(civil, known_from);
                    let whole = if begun < known_from { over } else { Some(begun) };
                    found.change(whole);
                    unknown(found, ReasonCode::LedgerIncomplete, whole.into());
                }
                counted.civil(civil, (from, to), limit)
            }
            Window::Sliding(span) => {
                self.before_ledger(ledger, span, unknown, found);
                counted.sliding(span, found.at, limit)
            }
        };
        found.sink.tell(|| ClaimFinding::QuotaCount {
            rule: quota.id.clone(),
            ledger: whose.scope(),
            window,
            used: tally.used,
            limit,
        });
        found.change(tally.next);
        if let Some((code, until)) = tally.doubt {
            unknown(found, code, until.into());
        }
        if tally.used >= limit {
            let resets_at = tally.resets_at.filter(|_| limit > 0);
            let denial =
                Denial::Quota { rule: quota.id.clone(), ledger: whose.scope(), used: tally.used, limit, resets_at };
            found.deny(denial, resets_at);
        }
    }
}

/// When a rule looks back over a span: the earliest instant from which something may still count at `now`, whatever is
/// known to count no more. Where a calendar cannot tell, that is not known.
pub(crate) fn counts_from(calendar: &crate::time::Calendar, span: Span, now: Timestamp) -> Timestamp {
    const DAY: i64 = 86_400_000_000;
    /// How far back it is looked day by day where the calendar knows only a few days.
    const DAYS: i64 = 2_000;
    let is_over = |back: i64| {
        let at = now.checked_add_micros(back.saturating_neg())?;
        Some(calendar.end(at, span, &[]).is_ok_and(|end| end.at() <= now))
    };
    let doubled = (0..40).map(|n| (DAY.saturating_mul(1 << n), DAY.saturating_mul((1 << n) / 2)));
    let daily = (1..DAYS).map(|n| (DAY.saturating_mul(n), DAY.saturating_mul(n.saturating_sub(1))));
    let over = |(back, _): &(i64, i64)| is_over(*back).unwrap_or(true);
    let found = doubled.into_iter().find(over).filter(|(back, _)| is_over(*back).is_some());
    let Some((mut over, mut counts)) = found.or_else(|| daily.into_iter().find(over)) else { return Timestamp::MIN };
    // Between the two it turns once.
    while over.saturating_sub(counts) > 1 {
        let middle = counts.saturating_add(over.saturating_sub(counts) / 2);
        if is_over(middle).unwrap_or(true) { over = middle } else { counts = middle }
    }
    now.checked_add_micros(counts.saturating_neg()).unwrap_or(Timestamp::MIN)
}
