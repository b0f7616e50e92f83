//! Holding capacity.

use customer_pool::ReasonCode;
use customer_pool::claim::{Acquisition, Check};
use customer_pool::decision::Denial;
use customer_pool::model::Rep;
use customer_pool::policy::draft::{CapacityCombination, CapacityDraft, CapacityMode, Scope};

use super::{Reference, Sheet, covers};
use crate::condition;

/// What one rule says.
enum Said {
    Admits,
    Warns(Denial),
    Refuses(Denial),
    Unknown(ReasonCode),
}

impl<'a> Reference<'a> {
    /// The tenth check.
    pub(super) fn capacities(&self, sheet: &mut Sheet) {
        if !self.runs(Check::Capacity) {
            return;
        }
        let rules: Vec<&CapacityDraft> =
            self.rules.capacities().iter().filter(|rule| covers(rule.scope(), self.case.rep())).collect();
        let Some(first) = rules.first().copied() else { return };
        let combination = self.rules.combine_capacities().copied().unwrap_or_default();
        let said: Vec<(&CapacityDraft, Said)> = match combination {
            CapacityCombination::Min | CapacityCombination::Max => {
                rules.iter().map(|rule| (*rule, self.full(sheet, rule, &[rule]))).collect()
            }
            CapacityCombination::MostSpecific => {
                // Of equal ones `min_by_key` takes the first.
                let rule = rules.iter().copied().min_by_key(|rule| specificity(rule.scope(), self.case.rep())).unwrap();
                vec![(rule, self.full(sheet, rule, &[rule]))]
            }
            CapacityCombination::Sum => vec![(first, self.full(sheet, first, &rules))],
        };
        let one_is_enough = combination == CapacityCombination::Max;
        let admitted = said.iter().any(|(_, said)| matches!(said, Said::Admits | Said::Warns(_)));
        let unneeded = said.iter().any(|(_, said)| matches!(said, Said::Admits));
        let unknown = said.iter().any(|(_, said)| matches!(said, Said::Unknown(_)));
        // Whichever refuses, nothing is left of it.
        let nothing_left = said.iter().all(|(rule, _)| self.is_bypassed(Some(Check::Capacity), Some(rule.id())));
        for (rule, said) in said {
            match said {
                Said::Admits => {}
                // What another rule admits needs no warning.
                Said::Warns(_) if one_is_enough && unneeded => {}
                Said::Warns(denial) => sheet.warnings.push(denial),
                Said::Refuses(_) if one_is_enough && (admitted || unknown) => {}
                Said::Refuses(denial) => sheet.denials.push(denial),
                Said::Unknown(_) if one_is_enough && (admitted || nothing_left) => {}
                Said::Unknown(code) => sheet.unknown(Check::Capacity, (!one_is_enough).then_some(rule.id()), code),
            }
        }
    }

    /// What a rule says, with the caps of these rules together.
    fn full(&self, sheet: &mut Sheet, rule: &CapacityDraft, together: &[&CapacityDraft]) -> Said {
        let acquisition = self.case.acquisition();
        let mode = rule.modes().get(&acquisition).copied().unwrap_or_default();
        let never_refuses = mode == CapacityMode::Warn || acquisition == Acquisition::Departure;
        if mode == CapacityMode::Skip {
            return Said::Admits;
        }
        match self.denial(sheet, rule, together) {
            Ok(None) => Said::Admits,
            Ok(Some(denial)) if never_refuses => Said::Warns(denial),
            Ok(Some(denial)) => Said::Refuses(denial),
            Err(_) if never_refuses => Said::Admits,
            Err(code) => Said::Unknown(code),
        }
    }

    fn denial(
        &self,
        sheet: &mut Sheet,
        rule: &CapacityDraft,
        together: &[&CapacityDraft],
    ) -> Result<Option<Denial>, ReasonCode> {
        let weighs = self.weight(sheet, rule)?;
        if weighs == 0 {
            return Ok(None);
        }
        let mut cap = 0;
        for one in together {
            cap += u64::try_from(self.stepped(*one.cap(), one.steps())?).unwrap();
        }
        let holdings = self.own_ledger()?.holdings();
        let of_rule: Vec<_> = holdings.iter().filter(|holding| holding.rule() == rule.id()).collect();
        let [holding] = of_rule[..] else {
            return Err(if of_rule.is_empty() { ReasonCode::HoldingMissing } else { ReasonCode::LedgerContradictory });
        };
        let mut used = holding.used();
        for excused in holding.excused() {
            sheet.marks.insert(excused.until());
            if excused.until() <= sheet.now {
                used += u64::from(excused.weight());
            }
        }
        let denial = Denial::Capacity { rule: rule.id().clone(), used, cap, weighs };
        Ok((used + u64::from(weighs) > cap).then_some(denial))
    }

    fn weight(&self, sheet: &mut Sheet, rule: &CapacityDraft) -> Result<u32, ReasonCode> {
        let customer = self.case.customer();
        if let Some(when) = rule.when() {
            if !self.holds(self.facts(), when)? {
                return Ok(0);
            }
        }
        let holds = customer.protection().map_or(&[][..], |protection| protection.holds());
        for hold in holds.iter().filter(|hold| hold.is_live() && rule.excused_by().contains(hold.kind())) {
            sheet.marks.extend(hold.until());
            if hold.until().is_none_or(|until| sheet.now < until) {
                return Ok(0);
            }
        }
        Ok(customer.tier().and_then(|tier| rule.weights().get(tier)).copied().unwrap_or(1))
    }
}

/// The smaller the more specific: person, role, nearest unit, everybody. The nearest is the fewest steps up from one of
/// the rep's own paths.
fn specificity(scope: &Scope, rep: &Rep) -> (u8, usize, bool) {
    let steps_up = |top: &str| {
        let own = rep.units().iter().map(|unit| unit.as_str());
        own.filter(|unit| condition::is_below(unit, top)).map(|unit| unit[top.len()..].matches('/').count()).min()
    };
    match scope {
        Scope::Rep(_) => (0, 0, false),
        Scope::Role(_) => (1, 0, false),
        Scope::UnitAlone(unit) => (2, steps_up(unit.as_str()).unwrap(), false),
        Scope::Unit(unit) => (2, steps_up(unit.as_str()).unwrap(), true),
        Scope::Everybody => (3, 0, false),
    }
}
