//! The fit of Gamma-Gamma.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{GammaGamma, Spending};
use crate::id::Label;
use crate::score::clv::chunks::in_chunks;
use crate::score::clv::exact;
use crate::score::clv::fit::{
    AtBoundary, Boundary, Fit, FitFailure, FitTerms, Fitted, TooLittleData, search_thinned, standard_errors,
};
use crate::score::numeric::linear::Matrix;
use crate::score::numeric::minimise::{Ended, Objective, Slope};
use crate::score::numeric::special::{digamma, ln_beta, trigamma};
use crate::score::numeric::sum::Sum;
use crate::score::numeric::{exp, ln, ln_1p, real};
use crate::wire::getters;

/// What a model of spending was learnt from, and how well.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpendingEvidence {
    unit: Label,
    fitted_on: NaiveDate,
    customers: u64,
    left_out: u64,
    purchases: u64,
    #[serde(with = "exact::number")]
    log_likelihood: f64,
    #[serde(with = "exact::numbers")]
    standard_errors: Vec<f64>,
    #[serde(with = "exact::number")]
    gradient: f64,
    #[serde(with = "exact::number")]
    correlation: f64,
}

impl SpendingEvidence {
    getters! {
        /// The unit of money.
        unit: &Label,
        /// The date of the fit.
        fitted_on: NaiveDate,
        /// How many customers it was fitted to.
        customers: u64,
        /// How many were left out, because they had no purchase or none of a value above 0.
        left_out: u64,
        /// The purchases of those it was fitted to.
        purchases: u64,
        /// The logarithm of the likelihood of all means.
        log_likelihood: f64,
        /// The standard errors of `p`, `q` and `v`.
        standard_errors: &[f64],
        /// The largest component of the gradient of the mean log-likelihood by the logarithms of the parameters.
        gradient: f64,
        /// Pearson's correlation of purchases and mean value: the model takes it to be 0. 0 where all buy equally often.
        correlation: f64,
    }
}

impl GammaGamma {
    /// The maximum of the likelihood. The unit of the terms is that of money here, and the least number is that of customers
    /// whom the model describes; the others are left out and counted.
    ///
    /// Boundary: [`HomogeneousSpending`](Boundary::HomogeneousSpending) where customers differ no more than chance makes them
    /// differ, [`ConstantSpending`](Boundary::ConstantSpending) where the purchases of one customer do not differ at all.
    ///
    /// ```
    /// use customer_pool::score::clv::{FitTerms, GammaGamma, Seeded, Spending};
    /// let known = GammaGamma::new(6.25, 3.74, 15.44)?;
    /// let mut random = Seeded::new(1);
    /// let customers: Vec<Spending> = (0..2_000).filter_map(|i| known.simulate(1 + i % 5, &mut random)).collect();
    /// let fit = GammaGamma::fit(&customers, &FitTerms::new("dollar".parse()?, "1997-09-30".parse().expect("a date")));
    /// let fitted = fit.converged().ok_or("an optimum")?;
    /// assert!((fitted.model().q() - 3.74).abs() < 4.0 * fitted.evidence().standard_errors()[1]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn fit(customers: &[Spending], terms: &FitTerms) -> Fit<Self, SpendingEvidence> {
        let count = |described: bool| {
            let some = customers.iter().filter(|one| one.is_described() == described);
            some.fold(0, |sum: u64, one| sum.saturating_add(one.customers()))
        };
        let (described, left_out) = (count(true), count(false));
        if let Err(too_little) = TooLittleData::check_number(described, terms) {
            return Fit::TooLittleData(too_little);
        }
        let Some(whole) = Likelihood::new(customers.iter().copied()) else { return Fit::Failed(FitFailure::NotFinite) };
        if whole.is_equal() {
            return Fit::Failed(FitFailure::EqualSpending);
        }
        let every = customers.len() / LEADING;
        let part = (every >= 2).then(|| Likelihood::new(customers.iter().step_by(every).copied())).flatten();
        let part = part.filter(|part| !part.is_equal() && part.customers >= 100.0).map(|part| part.scaled(whole.scale));
        let found = search_thinned(&whole, part.as_ref(), &STARTS.map(|[p, q]| [ln(p), ln(q), ln(q / p)]));
        match (found.minimum, found.lower) {
            (Some(minimum), None) => {
                let [p, q, v] = minimum.at.map(exp);
                let parameters = [p, q, v * whole.scale];
                let [p, q, v] = parameters;
                let Ok(model) = Self::new(p, q, v) else { return Fit::Failed(FitFailure::NotFinite) };
                let evidence = SpendingEvidence {
                    unit: terms.unit().clone(),
                    fitted_on: terms.on(),
                    customers: described,
                    left_out,
                    purchases: whole.purchases,
                    log_likelihood: whole.log_likelihood(minimum.value),
                    standard_errors: standard_errors(&minimum, &parameters, described),
                    gradient: minimum.gradient,
                    correlation: whole.correlation(),
                };
                Fit::Converged(Fitted::new(model, evidence))
            }
            (_, Some(Ended::Escaped { at: [p, q, _], value })) => {
                let boundary = if q > p { Boundary::HomogeneousSpending } else { Boundary::ConstantSpending };
                Fit::Boundary(AtBoundary::new(boundary, whole.log_likelihood(value), None).at_least())
            }
            (_, ended) => Fit::Failed(FitFailure::of(ended.as_ref())),
        }
    }
}

/// Customers beyond which about so many of them lead the search.
const LEADING: usize = 16_384;
/// Shapes from which the search starts, each with the rate that gives about the mean.
const STARTS: [[f64; 2]; 3] = [[4.0, 4.0], [1.0, 2.0], [30.0, 15.0]];

/// A customer, in units of the mean.
#[derive(Clone, Copy, Debug)]
struct Row {
    x: f64,
    weight: f64,
    /// `y = x m`, and its logarithm.
    total: f64,
    ln_total: f64,
}

/// The mean negative log-likelihood, without `Σ ln m`, by the logarithms of `p`, of `q`, and of `v` in units of the mean.
#[derive(Debug)]
struct Likelihood {
    rows: Vec<Row>,
    /// How many customers have each number of purchases.
    counts: Vec<(f64, f64)>,
    scale: f64,
    customers: f64,
    purchases: u64,
    ln_means: f64,
}

impl Likelihood {
    /// None where the scale of the means is no number to divide by.
    fn new(customers: impl Iterator<Item = Spending>) -> Option<Self> {
        let described: Vec<Spending> = customers.filter(Spending::is_described).collect();
        let most = described.iter().fold(0.0, |most: f64, one| most.max(one.mean()));
        let total = |value: &dyn Fn(&Spending) -> f64| -> f64 {
            described.iter().map(|one| value(one) * real(one.customers())).collect::<Sum>().total()
        };
        let customers = total(&|_| 1.0);
        let scale = most * (total(&|one| one.mean() / most) / customers);
        if !scale.is_normal() {
            return None;
        }
        let mut counts: BTreeMap<u32, u64> = BTreeMap::new();
        for one in &described {
            let count = counts.entry(one.purchases()).or_default();
            *count = count.saturating_add(one.customers());
        }
        let row = |one: &Spending| {
            let x = f64::from(one.purchases());
            let total = x * (one.mean() / scale);
            Row { x, weight: real(one.customers()), total, ln_total: ln(total) }
        };
        let each = |(x, count): (&u32, &u64)| u64::from(*x).saturating_mul(*count);
        Some(Self {
            purchases: counts.iter().map(each).fold(0, u64::saturating_add),
            counts: counts.iter().map(|(x, count)| (f64::from(*x), real(*count))).collect(),
            ln_means: total(&|one| ln(one.mean())),
            rows: described.iter().map(row).collect(),
            scale,
            customers,
        })
    }

    /// In units of another mean.
    fn scaled(mut self, scale: f64) -> Self {
        let by = self.scale / scale;
        for row in &mut self.rows {
            row.total *= by;
            row.ln_total += ln(by);
        }
        self.scale = scale;
        self
    }

    /// Whether all means are the same, as far as rounding lets one say.
    fn is_equal(&self) -> bool {
        self.rows.iter().all(|row| (row.total / row.x - 1.0).abs() <= 1e-12)
    }

    fn log_likelihood(&self, value: f64) -> f64 {
        -value * self.customers - self.ln_means
    }

    fn correlation(&self) -> f64 {
        let mean = |value: &dyn Fn(&Row) -> f64| {
            self.rows.iter().map(|row| row.weight * value(row)).collect::<Sum>().total() / self.customers
        };
        let (x, m) = (mean(&|row| row.x), mean(&|row| row.total / row.x));
        let moment = |i: i32, j: i32| mean(&|row| (row.x - x).powi(i) * (row.total / row.x - m).powi(j));
        let spread = (moment(2, 0) * moment(0, 2)).sqrt();
        if spread > 0.0 { (moment(1, 1) / spread).clamp(-1.0, 1.0) } else { 0.0 }
    }

    /// Sums over the customers of what depends on their totals.
    fn totals<const BENT: bool>(&self, v: f64, ln_v: f64) -> [f64; 4] {
        let mut total = [Sum::default(); 4];
        for part in in_chunks(&self.rows, |rows| sums::<BENT>(rows, v, ln_v)) {
            total.iter_mut().zip(part).for_each(|(sum, term)| sum.add(term));
        }
        total.map(Sum::total)
    }
}

/// `Σ x A`, `Σ B`, `Σ h`, `Σ x h`, with `A = ln(1+v/y)`, `B = ln(1+y/v)`, `h = y/(v+y)`; of the bend `Σ h(1−h)` and
/// `Σ x h(1−h)` in their first two places.
fn sums<const BENT: bool>(rows: &[Row], v: f64, ln_v: f64) -> [f64; 4] {
    // Compensated, since at a flat maximum the order of the rows would show in the parameters.
    let mut sums = [Sum::default(); 4];
    let [first, second, third, fourth] = &mut sums;
    for Row { x, weight, total, ln_total } in rows {
        let share = total / (v + total);
        if BENT {
            let bend = weight * share * (v / (v + total));
            first.add(bend);
            second.add(x * bend);
        } else {
            // The logarithm of the smaller ratio is exact; the other one follows.
            let apart = ln_total - ln_v;
            let (above, below) = if total > &v {
                let above = ln_1p(v / total);
                (above, above + apart)
            } else {
                let below = ln_1p(total / v);
                (below - apart, below)
            };
            first.add(weight * x * above);
            second.add(weight * below);
            third.add(weight * share);
            fourth.add(weight * x * share);
        }
    }
    sums.map(Sum::total)
}

impl Objective<3> for Likelihood {
    fn slope(&self, at: &[f64; 3]) -> Slope<3> {
        let [p, q, v] = at.map(exp);
        let [_, _, ln_v] = *at;
        let [above, below, shares, bought] = self.totals::<false>(v, ln_v);
        let (mut betas, mut by_p, mut by_q) = (Sum::default(), Sum::default(), Sum::default());
        let psi_q = digamma(q);
        for (x, count) in &self.counts {
            let s = p * x;
            let both = digamma(s + q);
            betas.add(count * ln_beta(s, q));
            by_p.add(count * s * (both - digamma(s)));
            by_q.add(count * q * (both - psi_q));
        }
        let purchases = real(self.purchases);
        Slope {
            value: (betas.total() + p * above + q * below) / self.customers,
            gradient: [
                (p * above - by_p.total()) / self.customers,
                (q * below - by_q.total()) / self.customers,
                (p * (purchases - bought) - q * shares) / self.customers,
            ],
        }
    }

    fn hessian(&self, at: &[f64; 3], here: &Slope<3>) -> Matrix<3> {
        let [p, q, v] = at.map(exp);
        let [_, _, ln_v] = *at;
        let [_, _, shares, bought] = self.totals::<false>(v, ln_v);
        let [bend, bent, _, _] = self.totals::<true>(v, ln_v);
        let (mut pp, mut pq, mut qq) = (Sum::default(), Sum::default(), Sum::default());
        let psi_q = trigamma(q);
        for (x, count) in &self.counts {
            let s = p * x;
            let both = trigamma(s + q);
            pp.add(count * s * s * (both - trigamma(s)));
            pq.add(count * s * q * both);
            qq.add(count * q * q * (both - psi_q));
        }
        let [by_p, by_q, _] = here.gradient;
        let n = self.customers;
        let (pp, pq, qq) = (by_p - pp.total() / n, -pq.total() / n, by_q - qq.total() / n);
        let (pv, qv) = (p * (real(self.purchases) - bought) / n, -q * shares / n);
        [[pp, pq, pv], [pq, qq, qv], [pv, qv, (q * bend + p * bent) / n]]
    }
}
