//! Scorecards: a weighted sum of declared criteria.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde::Serialize;

use crate::attribute::AttributeValue;
use crate::id::Label;
use crate::score::rfm::{Cuts, Side};

/// The points of a criterion, 0 to 100.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Points {
    /// A number (a whole one, a decimal) has the points of its band: below the first cut the first ones, from a cut on those behind
    /// it. There is one more of them than of cuts.
    Bands {
        /// Where bands begin, ascending.
        cuts: Cuts<Decimal>,
        /// Their points.
        points: Vec<u8>,
    },
    /// A word has the points that stand with it; any other word none.
    Words(BTreeMap<Label, u8>),
    /// What is true has these points.
    Flag(u8),
}

/// A criterion: an attribute of the customer, what it is worth, and its weight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Criterion {
    attribute: Label,
    weight: u16,
    points: Points,
}

/// Why a scorecard is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScorecardError {
    /// The weights do not make 1,000.
    #[error("weights are per mille and make 1000 together, not `{0}`")]
    Weights(u32),
    /// More than 100 points.
    #[error("`{attribute}` has {points} points; 100 are the most")]
    Points {
        /// The attribute.
        attribute: Label,
        /// The points.
        points: u8,
    },
    /// Bands and points do not fit.
    #[error("`{attribute}` has {bands} bands and {points} points")]
    Bands {
        /// The attribute.
        attribute: Label,
        /// How many bands its cuts make.
        bands: usize,
        /// How many points there are.
        points: usize,
    },
    /// Cuts that do not ascend, or too many.
    #[error("`{attribute}`: {error}")]
    Cuts {
        /// The attribute.
        attribute: Label,
        /// What is wrong.
        error: crate::score::rfm::CutsError,
    },
    /// An attribute is weighed twice.
    #[error("`{0}` is weighed twice")]
    Twice(Label),
    /// The cut cannot be reached.
    #[error("a cut of {0} is above the most that can be reached, 100000")]
    Cut(u32),
}

impl Criterion {
    /// Points for bands of a number, each from its cut on.
    ///
    /// # Errors
    /// Cuts that do not ascend, other than one more points than cuts, points above 100.
    pub fn bands(
        attribute: Label,
        weight: u16,
        cuts: impl IntoIterator<Item = Decimal>,
        points: impl IntoIterator<Item = u8>,
    ) -> Result<Self, ScorecardError> {
        let points: Vec<u8> = points.into_iter().collect();
        let cuts = Cuts::fixed(cuts, Side::Above)
            .map_err(|error| ScorecardError::Cuts { attribute: attribute.clone(), error })?;
        let bands = usize::from(cuts.classes());
        if bands != points.len() {
            return Err(ScorecardError::Bands { attribute, bands, points: points.len() });
        }
        Self { attribute, weight, points: Points::Bands { cuts, points } }.checked()
    }

    /// Points for words.
    ///
    /// # Errors
    /// Points above 100.
    pub fn words(
        attribute: Label,
        weight: u16,
        points: impl IntoIterator<Item = (Label, u8)>,
    ) -> Result<Self, ScorecardError> {
        Self { attribute, weight, points: Points::Words(points.into_iter().collect()) }.checked()
    }

    /// Points for what is true.
    ///
    /// # Errors
    /// Points above 100.
    pub fn flag(attribute: Label, weight: u16, points: u8) -> Result<Self, ScorecardError> {
        Self { attribute, weight, points: Points::Flag(points) }.checked()
    }

    fn checked(self) -> Result<Self, ScorecardError> {
        let most = match &self.points {
            Points::Bands { points, .. } => points.iter().max().copied(),
            Points::Words(points) => points.values().max().copied(),
            Points::Flag(points) => Some(*points),
        };
        match most.filter(|most| *most > 100) {
            Some(points) => Err(ScorecardError::Points { attribute: self.attribute, points }),
            None => Ok(self),
        }
    }

    /// The points of a value; none where it is missing, or of a type that the criterion cannot read.
    fn of(&self, value: Option<&AttributeValue>) -> Option<u8> {
        match (&self.points, value?) {
            (Points::Bands { cuts, points }, value) => {
                let number = match value {
                    AttributeValue::Integer(number) => Decimal::from(*number),
                    AttributeValue::Decimal(number) => *number,
                    _ => return None,
                };
                points.get(usize::from(cuts.class(&number)).saturating_sub(1)).copied()
            }
            (Points::Words(points), AttributeValue::Text(word)) => Some(points.get(word).copied().unwrap_or_default()),
            (Points::Flag(points), AttributeValue::Bool(holds)) => Some(if *holds { *points } else { 0 }),
            _ => None,
        }
    }
}

/// A scorecard: criteria whose weights make 1,000, and the cut from which on a customer is a key account.
///
/// ```
/// use customer_pool::attribute::AttributeValue;
/// use customer_pool::score::key_accounts::{Criterion, Scorecard};
/// let card = Scorecard::new([
///     Criterion::bands("contract_years".parse()?, 600, ["1".parse()?, "2".parse()?], [0, 60, 100])?,
///     Criterion::flag("strategic".parse()?, 400, 100)?,
/// ], 70_000)?;
/// let verdict = card.judge(|key| (key == "contract_years").then_some(AttributeValue::Integer(2)).as_ref().cloned());
/// assert_eq!((verdict.score, verdict.is_key_account, verdict.missing), (60_000, false, vec!["strategic".parse()?]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Scorecard {
    criteria: Vec<Criterion>,
    cut: u32,
}

/// What a criterion adds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CriterionScore {
    /// The attribute.
    pub attribute: Label,
    /// Its weight, per mille.
    pub weight: u16,
    /// Its points; none where the attribute is missing, which adds nothing.
    pub points: Option<u8>,
    /// Weight times points.
    pub contribution: u32,
}

/// The score of a customer, exactly the sum of the contributions: 0 to 100,000.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScorecardVerdict {
    /// The score.
    pub score: u32,
    /// The cut.
    pub cut: u32,
    /// Whether it is reached.
    pub is_key_account: bool,
    /// What each criterion adds.
    pub contributions: Vec<CriterionScore>,
    /// The attributes that were missing.
    pub missing: Vec<Label>,
}

impl Scorecard {
    /// Of these criteria.
    ///
    /// # Errors
    /// Weights that do not make 1,000, an attribute twice, a cut above 100,000.
    pub fn new(criteria: impl IntoIterator<Item = Criterion>, cut: u32) -> Result<Self, ScorecardError> {
        let criteria: Vec<Criterion> = criteria.into_iter().collect();
        let sum = criteria.iter().fold(0_u32, |sum, one| sum.saturating_add(u32::from(one.weight)));
        if sum != 1_000 {
            return Err(ScorecardError::Weights(sum));
        }
        let mut seen = BTreeSet::new();
        if let Some(twice) = criteria.iter().find(|one| !seen.insert(&one.attribute)) {
            return Err(ScorecardError::Twice(twice.attribute.clone()));
        }
        if cut > 100_000 {
            return Err(ScorecardError::Cut(cut));
        }
        Ok(Self { criteria, cut })
    }

    /// The score of a customer, whose attributes are asked for one by one.
    #[must_use]
    pub fn judge(&self, attribute: impl Fn(&Label) -> Option<AttributeValue>) -> ScorecardVerdict {
        let of = |one: &Criterion| {
            let points = one.of(attribute(&one.attribute).as_ref());
            let contribution = u32::from(one.weight).saturating_mul(u32::from(points.unwrap_or_default()));
            CriterionScore { attribute: one.attribute.clone(), weight: one.weight, points, contribution }
        };
        let contributions: Vec<CriterionScore> = self.criteria.iter().map(of).collect();
        let score = contributions.iter().fold(0_u32, |sum, one| sum.saturating_add(one.contribution));
        let missing =
            contributions.iter().filter(|one| one.points.is_none()).map(|one| one.attribute.clone()).collect();
        ScorecardVerdict { score, cut: self.cut, is_key_account: score >= self.cut, contributions, missing }
    }
}
