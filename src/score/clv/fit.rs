//! What a fit says.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::exact;
use super::nbd::{Nbd, Poisson};
use super::summary::{Summaries, Summary};
use crate::id::Label;
use crate::score::numeric::linear::largest;
use crate::score::numeric::minimise::{Ended, FLAT, Minimum, Objective, Search, refine, search};
use crate::score::numeric::real;
use crate::wire::getters;

/// What is said with a fit, and how much data it needs.
///
/// ```
/// use customer_pool::score::clv::FitTerms;
/// let terms = FitTerms::new("week".parse()?, "1997-09-30".parse().expect("a date")).with_least_repeat_customers(30);
/// assert_eq!(terms.least_repeat_customers(), 30);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FitTerms {
    unit: Label,
    on: NaiveDate,
    least_repeat_customers: u64,
}

/// With fewer repeat customers than these nothing is fitted, unless the terms say otherwise: four parameters are not learnt
/// from ten customers, and hardly from more.
pub const LEAST_REPEAT_CUSTOMERS: u64 = 10;

impl FitTerms {
    /// The name of the unit of time in which the histories are, and the date of the fit.
    #[must_use]
    pub fn new(unit: Label, on: NaiveDate) -> Self {
        Self { unit, on, least_repeat_customers: LEAST_REPEAT_CUSTOMERS }
    }

    /// The same, with another number of repeat customers that are needed; at least 1 always are.
    #[must_use]
    pub fn with_least_repeat_customers(mut self, least: u64) -> Self {
        self.least_repeat_customers = least.max(1);
        self
    }

    getters! {
        /// The unit of time.
        unit: &Label,
        /// The date of the fit.
        on: NaiveDate,
        /// How many repeat customers are needed.
        least_repeat_customers: u64,
    }
}

/// What a fit came to: parameters only where they are an optimum.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Fit<M, E = Evidence> {
    /// The likelihood has its maximum at these parameters: the gradient of the mean log-likelihood by the logarithms of the
    /// parameters is at most 10⁻⁹, the second derivatives are negative definite, and no nested model is as likely.
    Converged(Fitted<M, E>),
    /// The likelihood only grows towards a limit of the model: a simpler model describes the customers as well.
    Boundary(AtBoundary),
    /// Fewer repeat customers than needed.
    TooLittleData(TooLittleData),
    /// No optimum was found, and the reason.
    Failed(FitFailure),
}

impl<M, E> Fit<M, E> {
    /// The model with its evidence, where the fit converged.
    #[must_use]
    pub fn converged(&self) -> Option<&Fitted<M, E>> {
        match self {
            Self::Converged(fitted) => Some(fitted),
            Self::Boundary(_) | Self::TooLittleData(_) | Self::Failed(_) => None,
        }
    }

    /// The limit at which the likelihood is largest, where it is one.
    #[must_use]
    pub fn boundary(&self) -> Option<&AtBoundary> {
        match self {
            Self::Boundary(boundary) => Some(boundary),
            Self::Converged(_) | Self::TooLittleData(_) | Self::Failed(_) => None,
        }
    }
}

/// A model with the evidence for it. This is also its wire form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fitted<M, E = Evidence> {
    model: M,
    evidence: E,
}

impl<M, E> Fitted<M, E> {
    pub(super) fn new(model: M, evidence: E) -> Self {
        Self { model, evidence }
    }

    getters! {
        /// The model.
        model: &M,
        /// What it was learnt from, and how well.
        evidence: &E,
    }
}

/// What a model was learnt from, and how well.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    unit: Label,
    fitted_on: NaiveDate,
    customers: u64,
    repeat_customers: u64,
    repeats: u64,
    #[serde(with = "exact::number")]
    log_likelihood: f64,
    #[serde(with = "exact::numbers")]
    standard_errors: Vec<f64>,
    #[serde(with = "exact::number")]
    gradient: f64,
}

impl Evidence {
    pub(super) fn new(customers: &Summaries, terms: &FitTerms, log_likelihood: f64) -> Self {
        Self {
            unit: terms.unit.clone(),
            fitted_on: terms.on,
            customers: customers.customers(),
            repeat_customers: customers.repeat_customers(),
            repeats: customers.repeats(),
            log_likelihood,
            standard_errors: Vec::new(),
            gradient: 0.0,
        }
    }

    pub(super) fn with_errors(mut self, standard_errors: Vec<f64>, gradient: f64) -> Self {
        self.standard_errors = standard_errors;
        self.gradient = gradient;
        self
    }

    getters! {
        /// The unit of time.
        unit: &Label,
        /// The date of the fit.
        fitted_on: NaiveDate,
        /// How many customers it was fitted to.
        customers: u64,
        /// How many of them bought again.
        repeat_customers: u64,
        /// Their repeat purchases.
        repeats: u64,
        /// The logarithm of the likelihood of all customers: of the order and the times of the purchases, not of their number, so
        /// that the models compare.
        log_likelihood: f64,
        /// The standard errors of the parameters, in the order in which the model names them.
        standard_errors: &[f64],
        /// The largest component of the gradient of the mean log-likelihood by the logarithms of the parameters.
        gradient: f64,
    }
}

/// A limit of the models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Boundary {
    /// Nobody is ever lost: the NBD model.
    NoDropout,
    /// All customers buy at one rate.
    HomogeneousPurchasing,
    /// Nobody is ever lost and all buy at one rate: a Poisson process.
    NoDropoutAndHomogeneousPurchasing,
    /// All customers are lost at one rate, or with one probability.
    HomogeneousDropout,
    /// Some customers are lost at the first repeat purchase, the others never.
    PolarizedDropout,
    /// Everybody is lost at the first repeat purchase.
    CertainDropout,
    /// All customers spend alike on average: they differ by chance alone.
    HomogeneousSpending,
    /// A customer always spends the same: purchases of one do not differ.
    ConstantSpending,
}

/// The nested model at a limit, fitted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Limit {
    /// The NBD model.
    Nbd(Fitted<Nbd>),
    /// The Poisson process.
    Poisson(Fitted<Poisson>),
}

/// A fit that ends at a limit of the model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AtBoundary {
    boundary: Boundary,
    #[serde(with = "exact::number")]
    pub(super) log_likelihood: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) limit: Option<Limit>,
    #[serde(default, skip_serializing_if = "is_exact")]
    at_least: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_exact(at_least: &bool) -> bool {
    !*at_least
}

impl AtBoundary {
    pub(super) fn new(boundary: Boundary, log_likelihood: f64, limit: Option<Limit>) -> Self {
        Self { boundary, log_likelihood, limit, at_least: false }
    }

    /// The same, where the log-likelihood is only what a search has reached.
    pub(super) fn at_least(self) -> Self {
        Self { at_least: true, ..self }
    }

    getters! {
        /// Which limit.
        boundary: Boundary,
        /// What the log-likelihood grows towards: its supremum. Where [`is_bound`](Self::is_bound), that is at least this.
        log_likelihood: f64,
    }

    /// Whether the log-likelihood is only a bound: a search has reached it, and the limit itself is not fitted by this crate. On
    /// the wire `"at_least": true`, left out otherwise.
    #[must_use]
    pub fn is_bound(&self) -> bool {
        self.at_least
    }

    /// The nested model there, where this crate fits it.
    #[must_use]
    pub fn limit(&self) -> Option<&Limit> {
        self.limit.as_ref()
    }
}

/// Too little data to fit a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(deny_unknown_fields)]
#[error("{repeat_customers} customers bought again, {least} are needed")]
pub struct TooLittleData {
    repeat_customers: u64,
    least: u64,
}

impl TooLittleData {
    pub(super) fn check(customers: &Summaries, terms: &FitTerms) -> Result<(), Self> {
        Self::check_number(customers.repeat_customers(), terms)
    }

    pub(super) fn check_number(repeat_customers: u64, terms: &FitTerms) -> Result<(), Self> {
        let least = terms.least_repeat_customers;
        if repeat_customers < least { Err(Self { repeat_customers, least }) } else { Ok(()) }
    }

    getters! {
        /// How many customers bought again.
        repeat_customers: u64,
        /// How many are needed.
        least: u64,
    }
}

/// Why no optimum was found.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FitFailure {
    /// The times of the customers lie so far apart, or are so small, that the likelihood is no number.
    #[error("the likelihood is no number")]
    NotFinite,
    /// Customers with all their repeats at the time of the first purchase: the likelihood of a model with dropout grows
    /// beyond all bounds where rates do. Purchases of one day, or whatever the unit is, are to be merged.
    #[error("{customers} customers have all repeats at the time of the first purchase: the likelihood has no maximum")]
    Unbounded {
        /// How many.
        customers: u64,
    },
    /// All customers spend the same on average, to the last digit: the likelihood of a model of spending has no maximum.
    #[error("all customers spend the same: the likelihood has no maximum")]
    EqualSpending,
    /// The search ended where the gradient is still this large, or the curvature is not that of a maximum.
    #[error("no optimum: the search ended at a gradient of {gradient}")]
    NoOptimum {
        /// The largest component of the gradient.
        #[serde(with = "exact::number")]
        gradient: f64,
    },
}

impl FitFailure {
    /// Refuses histories that no density can be fitted to.
    pub(super) fn check(customers: &Summaries) -> Result<(), Self> {
        let at_once = customers.groups().iter().filter(|group| group.repeats() > 0 && group.last() <= 0.0);
        match at_once.fold(0, |sum: u64, group| sum.saturating_add(group.customers())) {
            0 => Ok(()),
            customers => Err(Self::Unbounded { customers }),
        }
    }

    /// Why a search that ended elsewhere than at a minimum gives no fit.
    pub(super) fn of<const N: usize>(ended: Option<&Ended<N>>) -> Self {
        match ended {
            Some(Ended::Stalled { gradient, .. }) => Self::NoOptimum { gradient: *gradient },
            Some(Ended::Escaped { .. } | Ended::Minimum(_)) => Self::NoOptimum { gradient: FLAT },
            Some(Ended::NotFinite) | None => Self::NotFinite,
        }
    }
}

/// Histories beyond which some that stand for their neighbours lead the search: about this many.
const LEADING: usize = 4096;

/// One history for so many neighbours with as many repeats, where there are many.
pub(super) fn thinned(customers: &Summaries) -> Option<Summaries> {
    let every = customers.groups().len() / LEADING;
    let of_run = |run: &[Summary]| {
        let customers = run.iter().fold(0, |sum: u64, group| sum.saturating_add(group.customers()));
        run.get(run.len() / 2)?.with_customers(customers).ok()
    };
    (every >= 2).then(|| {
        let equal_repeats = customers.groups().chunk_by(|one, next| one.repeats() == next.repeats());
        equal_repeats.flat_map(|groups| groups.chunks(every)).filter_map(of_run).collect()
    })
}

/// How far along the way on which a thinned likelihood escaped the whole one starts.
const TRIED: f64 = 6.0;

/// Searches a thinned likelihood from all starts and the whole one from where that led; the whole one from all starts
/// where that led nowhere.
pub(super) fn search_thinned<const N: usize, O: Objective<N>>(
    whole: &O,
    thinned: Option<&O>,
    starts: &[[f64; N]],
) -> Search<N> {
    match thinned.map(|thinned| search(thinned, starts)) {
        Some(Search { minimum: Some(near), lower: None }) => match refine(whole, &near.at) {
            Ended::Minimum(minimum) => Search { minimum: Some(minimum), lower: None },
            _ => search(whole, starts),
        },
        Some(Search { minimum: None, lower: Some(Ended::Escaped { at, .. }) }) => {
            search(whole, &[at.map(|at| at.clamp(-TRIED, TRIED))])
        }
        _ => search(whole, starts),
    }
}

/// The standard errors of the parameters at a minimum of the mean negative log-likelihood by their logarithms: by the delta
/// method those of the logarithms, times the parameters.
pub(super) fn standard_errors<const N: usize>(minimum: &Minimum<N>, parameters: &[f64; N], customers: u64) -> Vec<f64> {
    let diagonal = minimum.inverse.iter().enumerate().filter_map(|(i, row)| row.get(i));
    parameters.iter().zip(diagonal).map(|(p, v)| p * (v / real(customers)).sqrt()).collect()
}

/// The mean age: the unit in which a likelihood is searched, so that a fit does not depend on that of the histories.
/// None where it is no number to divide by.
pub(super) fn time_scale(customers: &Summaries) -> Option<f64> {
    let most = largest(&[customers.groups().iter().fold(0.0, |most, group| group.age().max(most))]);
    let ages: crate::score::numeric::sum::Sum =
        customers.groups().iter().map(|group| group.age() / most * real(group.customers())).collect();
    let scale = most * (ages.total() / real(customers.customers()));
    scale.is_normal().then_some(scale)
}
