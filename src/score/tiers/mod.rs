//! Tiers with hysteresis: up at the cut, down only well below it and only after a while.
//!
//! A table is ordered rules, the best tier first; the first that holds is *earned*. Who earns a better tier than the one
//! held gets it at once. Who no longer earns the one held keeps it while its rule holds with every numeric cut multiplied
//! by a stated share; below that, periods are counted, and after a stated number in a row the tier falls by one.
//!
//! Rules read every fact of the customer: its scores (`score.clv`, `score.segment`), its value, declared attributes.

mod band;
mod state;

use std::collections::BTreeMap;

pub use state::{TierChange, TierReason, TierState, TierVerdict};

use crate::attribute::AttributeType;
use crate::condition::{Compiler, Condition, Test};
use crate::id::Label;
use crate::time::CivilWindow;

/// Why a tier table may not stand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TierError {
    /// A condition is wrong.
    #[error("rules[{rule}].when{path}: {message}")]
    Condition {
        /// Which rule, from 0.
        rule: usize,
        /// Where in its condition.
        path: String,
        /// The code of the problem.
        code: &'static str,
        /// What to do.
        message: String,
    },
    /// Two rules give one tier.
    #[error("tier `{0}` has two rules; join their conditions by `any`")]
    Twice(Label),
    /// The last rule does not hold for everybody.
    #[error("the last tier is for everybody: write `always`")]
    NoFloor,
    /// The share is above 1,000 per mille.
    #[error("a share of `{0}` is above 1000 per mille")]
    Share(u16),
    /// No period is to be counted.
    #[error("count at least one period")]
    Periods,
    /// Periods are neither months nor quarters.
    #[error("periods are months or quarters")]
    Window,
    /// A cut times the share has no decimal.
    #[error("rules[{0}]: a cut times the share is out of range")]
    Cut(usize),
}

#[derive(Clone, Debug)]
struct Rule {
    tier: Label,
    /// Earns the tier.
    cut: Test,
    /// Keeps it.
    band: Test,
}

/// A tier table that was checked.
#[derive(Clone, Debug)]
pub struct TierTable {
    rules: Vec<Rule>,
    periods: u32,
    window: CivilWindow,
}

impl TierTable {
    /// A table of these rules, the best tier first. Demotion waits until a customer was below `share` per mille of its
    /// tier's cuts in each of `periods` civil months or quarters in a row.
    ///
    /// A cut is `at_least` or `greater_than` a positive number, not under `not`; whatever else a rule asks has no band.
    ///
    /// # Errors
    /// The first [`TierError`].
    pub fn new(
        rules: &[(Label, Condition)],
        share: u16,
        periods: u32,
        window: CivilWindow,
        attributes: &BTreeMap<Label, AttributeType>,
    ) -> Result<Self, TierError> {
        if share > 1_000 {
            return Err(TierError::Share(share));
        }
        if periods == 0 {
            return Err(TierError::Periods);
        }
        if !matches!(window, CivilWindow::Month | CivilWindow::Quarter) {
            return Err(TierError::Window);
        }
        if rules.last().is_none_or(|(_, when)| *when != Condition::Always) {
            return Err(TierError::NoFloor);
        }
        let mut compiler = Compiler::of_customers(attributes);
        let mut compiled: Vec<Rule> = Vec::with_capacity(rules.len());
        for (at, (tier, when)) in rules.iter().enumerate() {
            if compiled.iter().any(|rule| rule.tier == *tier) {
                return Err(TierError::Twice(tier.clone()));
            }
            let mut problems = Vec::new();
            let cut = compiler.compile(when, &mut problems);
            if let Some(found) = problems.into_iter().next() {
                let (path, code, message) = (found.path, found.code, found.message);
                return Err(TierError::Condition { rule: at, path, code, message });
            }
            let band = band::lowered(&cut, share).ok_or(TierError::Cut(at))?;
            compiled.push(Rule { tier: tier.clone(), cut, band });
        }
        Ok(Self { rules: compiled, periods, window })
    }

    /// The tiers, the best first.
    pub fn tiers(&self) -> impl Iterator<Item = &Label> {
        self.rules.iter().map(|rule| &rule.tier)
    }
}
