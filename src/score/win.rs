//! The probability of winning a customer, from counts of those that were won and lost.
//!
//! It is a naive Bayes model in log-odds: what customers are won in all, and for each declared attribute how much more or less
//! those with the customer's value are. Contributions are whole millionths of log-odds, so that they add up exactly. Values seen
//! seldom are drawn towards the whole by a stated number of imagined customers ([`WinRule`]).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::Label;
use crate::model::{FULL, Unit};
use crate::score::churn::unit_of;
use crate::score::numeric::{ln, logistic, real};
use crate::wire::getters;

/// Customers that were won and lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcomes {
    /// Won.
    pub won: u64,
    /// Lost.
    pub lost: u64,
}

impl Outcomes {
    /// How many there are.
    #[must_use]
    pub fn all(self) -> u64 {
        self.won.saturating_add(self.lost)
    }

    fn add(&mut self, other: Self) {
        self.won = self.won.saturating_add(other.won);
        self.lost = self.lost.saturating_add(other.lost);
    }
}

/// How counts become probabilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WinRule {
    /// So many imagined customers, won as often as all are, stand beside those of a value.
    pub smoothing: u32,
    /// Under so many customers no probability is shown.
    pub least: u64,
}

impl Default for WinRule {
    fn default() -> Self {
        Self { smoothing: 20, least: 50 }
    }
}

/// Too few outcomes to show a probability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{seen} customers were won or lost, {least} are needed")]
pub struct TooFewOutcomes {
    seen: u64,
    least: u64,
}

impl TooFewOutcomes {
    getters! {
        /// How many there are.
        seen: u64,
        /// How many are needed.
        least: u64,
    }
}

/// What was counted: a value that is stored, shipped and merged.
///
/// ```
/// use customer_pool::score::win::{WinRule, WinTable};
/// let mut table = WinTable::default();
/// for i in 0..100 {
///     let source = if i % 2 == 0 { "referral" } else { "advert" };
///     table.add([("source".parse()?, source.parse()?)], i % 2 == 0 || i % 10 == 1);
/// }
/// let chance = table.chance([("source".parse()?, "referral".parse()?)], WinRule::default())?;
/// assert!(chance.probability.get() > 800_000);
/// assert_eq!(chance.total, chance.base + chance.contributions[0].micros);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WinTable {
    all: Outcomes,
    values: BTreeMap<Label, BTreeMap<Label, Outcomes>>,
}

/// What the value of an attribute adds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WinContribution {
    /// The attribute.
    pub attribute: Label,
    /// The customer's value.
    pub value: Label,
    /// Those counted with it.
    pub outcomes: Outcomes,
    /// Millionths of log-odds.
    pub micros: i64,
}

/// A probability of winning, with what it is made of: `base` and the contributions make `total`, exactly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Chance {
    /// Millionths of log-odds of all customers.
    pub base: i64,
    /// What each attribute adds, in the order in which they were given.
    pub contributions: Vec<WinContribution>,
    /// Millionths of log-odds.
    pub total: i64,
    /// The probability, per million.
    pub probability: Unit,
}

/// How well probabilities of a table agree with outcomes that were held out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Assessment {
    /// How many outcomes there are.
    pub outcomes: Outcomes,
    /// The Brier score, the mean of `(p − outcome)²`, per million, rounded down; 250,000 is what a coin has.
    pub brier: Option<u64>,
    /// By tenths of the probability: how many, the mean probability, and how often they were won, both per million.
    pub calibration: Vec<Calibration>,
}

/// One tenth of the probabilities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Calibration {
    /// Won and lost.
    pub outcomes: Outcomes,
    /// The mean probability.
    pub predicted: u64,
    /// The share that was won.
    pub observed: u64,
}

/// Millionths of log-odds, rounded; what is beyond i64 cannot come of counts.
#[expect(clippy::cast_possible_truncation, reason = "log-odds of counts lie between −45 and 45")]
fn micros(log_odds: f64) -> i64 {
    libm::rint(log_odds * 1e6) as i64
}

fn mean(sum: u128, count: u64) -> u64 {
    sum.checked_div(u128::from(count)).and_then(|mean| u64::try_from(mean).ok()).unwrap_or_default()
}

impl WinTable {
    /// Counts a customer that was won or lost, with its attributes.
    pub fn add(&mut self, attributes: impl IntoIterator<Item = (Label, Label)>, won: bool) {
        let one = if won { Outcomes { won: 1, lost: 0 } } else { Outcomes { won: 0, lost: 1 } };
        self.all.add(one);
        for (attribute, value) in attributes {
            self.values.entry(attribute).or_default().entry(value).or_default().add(one);
        }
    }

    /// Both counts together.
    #[must_use]
    pub fn merged(mut self, other: Self) -> Self {
        self.all.add(other.all);
        for (attribute, values) in other.values {
            let own = self.values.entry(attribute).or_default();
            for (value, outcomes) in values {
                own.entry(value).or_default().add(outcomes);
            }
        }
        self
    }

    /// Everything that was counted.
    #[must_use]
    pub fn outcomes(&self) -> Outcomes {
        self.all
    }

    /// The chance of a customer with these attributes. A value that was never seen adds nothing.
    ///
    /// # Errors
    /// Too few outcomes.
    pub fn chance(
        &self,
        attributes: impl IntoIterator<Item = (Label, Label)>,
        rule: WinRule,
    ) -> Result<Chance, TooFewOutcomes> {
        let seen = self.all.all();
        if seen < rule.least || seen == 0 {
            return Err(TooFewOutcomes { seen, least: rule.least.max(1) });
        }
        // With one imagined customer of each kind, so that no probability is 0 or 1.
        let odds = (real(self.all.won) + 1.0) / (real(self.all.lost) + 1.0);
        let base_share = odds / (1.0 + odds);
        let base = micros(ln(odds));
        let contribution = |(attribute, value): (Label, Label)| {
            let outcomes =
                self.values.get(&attribute).and_then(|values| values.get(&value)).copied().unwrap_or_default();
            let weight = f64::from(rule.smoothing.max(1));
            let won = real(outcomes.won) + weight * base_share;
            let lost = real(outcomes.lost) + weight * (1.0 - base_share);
            let micros = micros(ln(won / lost)).saturating_sub(base);
            WinContribution { attribute, value, outcomes, micros: if outcomes.all() == 0 { 0 } else { micros } }
        };
        let contributions: Vec<WinContribution> = attributes.into_iter().map(contribution).collect();
        let total = contributions.iter().fold(base, |sum, one| sum.saturating_add(one.micros));
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let probability = unit_of(logistic(total as f64 / 1e6)).unwrap_or_default();
        Ok(Chance { base, contributions, total, probability })
    }

    /// Holds the table against outcomes that it has not counted.
    ///
    /// # Errors
    /// Too few outcomes in the table.
    pub fn assess<A: IntoIterator<Item = (Label, Label)>>(
        &self,
        held_out: impl IntoIterator<Item = (A, bool)>,
        rule: WinRule,
    ) -> Result<Assessment, TooFewOutcomes> {
        let mut assessment = Assessment { calibration: vec![Calibration::default(); 10], ..Assessment::default() };
        let (mut squares, mut sums) = (0_u128, [0_u128; 10]);
        for (attributes, won) in held_out {
            let p = self.chance(attributes, rule)?.probability.get();
            let off = if won { FULL.saturating_sub(p) } else { p };
            squares = squares.saturating_add(u128::from(off).saturating_mul(u128::from(off)));
            let one = if won { Outcomes { won: 1, lost: 0 } } else { Outcomes { won: 0, lost: 1 } };
            assessment.outcomes.add(one);
            let tenth = usize::try_from(p / 100_000).unwrap_or_default().min(9);
            if let (Some(bin), Some(sum)) = (assessment.calibration.get_mut(tenth), sums.get_mut(tenth)) {
                bin.outcomes.add(one);
                *sum = sum.saturating_add(u128::from(p));
            }
        }
        for (bin, sum) in assessment.calibration.iter_mut().zip(sums) {
            bin.predicted = mean(sum, bin.outcomes.all());
            bin.observed = mean(u128::from(bin.outcomes.won).saturating_mul(u128::from(FULL)), bin.outcomes.all());
        }
        let all = assessment.outcomes.all();
        assessment.brier = (all > 0).then(|| mean(squares.checked_div(u128::from(FULL)).unwrap_or_default(), all));
        Ok(assessment)
    }
}
