//! What ledgers count: the minimum interval and quotas.

use chrono::{Datelike as _, Days, Months, Weekday};
use customer_pool::ReasonCode;
use customer_pool::claim::Check;
use customer_pool::decision::Denial;
use customer_pool::model::{Ledger, LedgerEntry, LedgerScope, WayIn};
use customer_pool::policy::draft::{Per, QuotaDraft, QuotaWindow, StepDraft, WeekStart};
use customer_pool::time::Timestamp;

use super::history::{cut, last_unknown};
use super::{Reference, Sheet};

/// How far a limit or cap goes for this rep.
pub(super) type Limit = Result<i64, ReasonCode>;

impl<'a> Reference<'a> {
    /// The one ledger of a scope.
    pub(super) fn ledger(&self, scope: &LedgerScope) -> Result<&'a Ledger, ReasonCode> {
        let given: Vec<&Ledger> = self.case.ledgers().iter().filter(|ledger| ledger.scope() == scope).collect();
        let [ledger] = given[..] else {
            return Err(if given.is_empty() { ReasonCode::LedgerMissing } else { ReasonCode::LedgerContradictory });
        };
        let reversed = |entry: &LedgerEntry| entry.undone().is_some_and(|undone| undone < entry.at());
        if ledger.entries().iter().any(reversed) {
            return Err(ReasonCode::LedgerContradictory);
        }
        Ok(ledger)
    }

    pub(super) fn own_ledger(&self) -> Result<&'a Ledger, ReasonCode> {
        self.ledger(&LedgerScope::Rep(self.case.rep().id().clone()))
    }

    pub(super) fn stepped(&self, base: u32, steps: &[StepDraft]) -> Limit {
        let mut sum = i64::from(base);
        for step in steps {
            if self.holds(self.facts(), step.when())? {
                sum += i64::from(*step.add());
            }
        }
        Ok(sum.max(0))
    }

    /// The eighth and the ninth check.
    pub(super) fn counting(&self, sheet: &mut Sheet) {
        if self.runs(Check::MinimumInterval) && self.rules.minimum_interval().is_some() {
            if let Err(code) = self.minimum_interval(sheet) {
                sheet.unknown(Check::MinimumInterval, None, code);
            }
        }
        for rule in self.rules.quotas() {
            let way_in = self.case.acquisition().way_in();
            let counts = rule.ways().map_or(way_in == WayIn::Claim, |ways| ways.contains(&way_in));
            if !self.runs(Check::Quota) || !counts || !self.concerns(sheet, Check::Quota, rule.id(), rule.pools()) {
                continue;
            }
            match rule.when().map_or(Ok(true), |when| self.holds(self.facts(), when)) {
                Ok(true) => {}
                Ok(false) => continue,
                Err(code) => {
                    sheet.unknown(Check::Quota, Some(rule.id()), code);
                    continue;
                }
            }
            for scope in self.scopes(rule.per().copied().unwrap_or_default()) {
                if let Err(code) = self.quota(sheet, rule, scope) {
                    sheet.unknown(Check::Quota, Some(rule.id()), code);
                }
            }
        }
    }

    fn minimum_interval(&self, sheet: &mut Sheet) -> Result<(), ReasonCode> {
        let span = *self.rules.minimum_interval().unwrap();
        let ledger = self.own_ledger()?;
        let claims = ledger.entries().iter().filter(|entry| entry.way_in() == WayIn::Claim);
        if let Some(last) = claims.map(LedgerEntry::at).max() {
            let until = self.end(last, span)?;
            sheet.marks.insert(until);
            if sheet.now < until {
                sheet.denials.push(Denial::MinimumInterval { until });
                return Ok(());
            }
        }
        if let Some(last) = last_unknown(ledger.known_from()) {
            let until = self.end(last, span)?;
            sheet.marks.insert(until);
            if sheet.now < until {
                return Err(ReasonCode::LedgerIncomplete);
            }
        }
        Ok(())
    }

    /// The ledgers a rule counts over.
    fn scopes(&self, per: Per) -> Vec<LedgerScope> {
        let rep = self.case.rep();
        let mut scopes: Vec<LedgerScope> = match per {
            Per::Everybody => vec![LedgerScope::Everybody],
            Per::Unit | Per::UnitAt(_) if !rep.units().is_empty() => {
                rep.units().iter().map(|unit| LedgerScope::Unit(cut(unit.as_str(), per).parse().unwrap())).collect()
            }
            _ => vec![LedgerScope::Rep(rep.id().clone())],
        };
        scopes.sort();
        scopes.dedup();
        scopes
    }

    fn quota(&self, sheet: &mut Sheet, rule: &QuotaDraft, scope: LedgerScope) -> Result<(), ReasonCode> {
        let limit = usize::try_from(self.stepped(*rule.limit(), rule.steps())?).unwrap();
        let ledger = self.ledger(&scope)?;
        let now = sheet.now.as_micros();
        let (mut certain, mut doubts) = (Vec::new(), Vec::new());
        for entry in ledger.entries().iter().filter(|entry| is_counted(rule, &scope, entry)) {
            let fits = match (rule.when(), entry.facts()) {
                (None, _) => Ok(true),
                (Some(_), None) => Err(ReasonCode::LedgerFactsMissing),
                (Some(when), Some(customer)) => self.holds(self.facts_of(customer), when),
            };
            if fits == Ok(false) {
                continue;
            }
            match (self.counting_time(rule, entry.at()), fits) {
                (Err(code), fits) => doubts.extend(fits.err().into_iter().chain([code])),
                // While it counts, from and to.
                (Ok((from, to)), fits) => {
                    sheet.marks.extend([from, to].into_iter().filter_map(Timestamp::from_micros));
                    match fits {
                        Ok(_) => certain.push((from, to)),
                        Err(code) => doubts.extend((from <= now && now < to).then_some(code)),
                    }
                }
            }
        }
        doubts.extend(self.is_incomplete(sheet, rule, ledger));
        let used_at = |t: i64| certain.iter().filter(|(from, to)| *from <= t && t < *to).count();
        if used_at(now) >= limit {
            let ends = certain.iter().map(|(_, to)| *to).filter(|to| *to > now && used_at(*to) < limit);
            sheet.denials.push(Denial::Quota {
                rule: rule.id().clone(),
                ledger: scope,
                used: u32::try_from(used_at(now)).unwrap(),
                limit: u32::try_from(limit).unwrap(),
                resets_at: ends.min().and_then(Timestamp::from_micros),
            });
            return Ok(());
        }
        doubts.into_iter().min().map_or(Ok(()), Err)
    }

    /// While an event counts: of a civil window its bounds.
    fn counting_time(&self, rule: &QuotaDraft, at: Timestamp) -> Result<(i64, i64), ReasonCode> {
        match rule.window() {
            QuotaWindow::Sliding(span) => Ok((i64::MIN, self.end(at, *span)?.as_micros())),
            _ => Ok(self.window(rule, at.as_micros())),
        }
    }

    /// The civil window that holds an instant.
    fn window(&self, rule: &QuotaDraft, at: i64) -> (i64, i64) {
        let day = self.calendar.day_of(at);
        let (from, to) = match rule.window() {
            QuotaWindow::Week => {
                let starts = weekday(self.rules.week_starts().copied().unwrap_or_default());
                let mut from = day;
                while from.weekday() != starts {
                    from = from - Days::new(1);
                }
                (from, from + Days::new(7))
            }
            QuotaWindow::Month => {
                let from = day.with_day(1).unwrap();
                (from, from + Months::new(1))
            }
            QuotaWindow::Day | QuotaWindow::Sliding(_) => (day, day + Days::new(1)),
        };
        (self.calendar.start(from), self.calendar.start(to))
    }

    /// Whether an event of which nobody tells could count.
    fn is_incomplete(&self, sheet: &mut Sheet, rule: &QuotaDraft, ledger: &Ledger) -> Option<ReasonCode> {
        let last = last_unknown(ledger.known_from())?;
        let until = match self.counting_time(rule, last) {
            Ok((_, until)) => until,
            Err(code) => return Some(code),
        };
        sheet.marks.extend(Timestamp::from_micros(until));
        (sheet.now.as_micros() < until).then_some(ReasonCode::LedgerIncomplete)
    }
}

/// Whether a rule counts an event at all, its condition aside. Of a unit's ledger it counts those whose unit, cut at the
/// rule's own depth, is that unit; an event without units is in the ledger for every rule.
fn is_counted(rule: &QuotaDraft, scope: &LedgerScope, entry: &LedgerEntry) -> bool {
    let way = rule.ways().map_or(entry.way_in() == WayIn::Claim, |ways| ways.contains(&entry.way_in()));
    let pool = rule.pools().is_none_or(|pools| entry.pool().is_some_and(|pool| pools.contains(pool)));
    let per = rule.per().copied().unwrap_or_default();
    let unit = match scope {
        LedgerScope::Unit(path) if !entry.units().is_empty() => {
            entry.units().iter().any(|unit| cut(unit.as_str(), per) == path.as_str())
        }
        _ => true,
    };
    way && pool && unit && entry.undone().is_none()
}

fn weekday(start: WeekStart) -> Weekday {
    match start {
        WeekStart::Mon => Weekday::Mon,
        WeekStart::Tue => Weekday::Tue,
        WeekStart::Wed => Weekday::Wed,
        WeekStart::Thu => Weekday::Thu,
        WeekStart::Fri => Weekday::Fri,
        WeekStart::Sat => Weekday::Sat,
        WeekStart::Sun => Weekday::Sun,
    }
}
