//! The NBD model: customers who are never lost, and the Poisson process within it.

use super::chunks::in_chunks;
use super::counts::{NegativeBinomial, in_proportion, time};
use super::fit::{
    AtBoundary, Boundary, Evidence, Fit, FitFailure, FitTerms, Fitted, Limit, TooLittleData, search_thinned,
    standard_errors, thinned, time_scale,
};
use super::parameter::parameters;
use super::rising::RepeatCounts;
use super::summary::{Summaries, Summary};
use crate::score::numeric::linear::Matrix;
use crate::score::numeric::minimise::{Objective, Slope};
use crate::score::numeric::special::ln_rising;
use crate::score::numeric::sum::Sum;
use crate::score::numeric::{exp, ln, ln_1p, ln_1p_ratio, real};

parameters! {
    /// The Poisson process: every customer buys at the rate `λ`, for ever.
    Poisson {
        /// Purchases per unit of time.
        rate,
    }
}

impl Poisson {
    /// `ln λ^x e^{−λT}`: the log-likelihood of one customer, at least the least finite number.
    #[must_use]
    pub fn log_likelihood(&self, customer: &Summary) -> f64 {
        (f64::from(customer.repeats()) * ln(self.rate) - self.rate * customer.age()).max(f64::MIN)
    }

    /// The maximum of the likelihood: all repeats by all ages.
    pub(super) fn fitted(customers: &Summaries, terms: &FitTerms) -> Option<Fitted<Self>> {
        let scale = time_scale(customers)?;
        let repeats = real(customers.repeats());
        let mean = repeats / real(customers.customers());
        let model = Self::new(mean / scale).ok()?;
        let log_likelihood = repeats * (ln(mean) - 1.0) - repeats * ln(scale);
        let errors = vec![model.rate / repeats.sqrt()];
        Some(Fitted::new(model, Evidence::new(customers, terms, log_likelihood).with_errors(errors, 0.0)))
    }
}

parameters! {
    /// The NBD model (Ehrenberg 1959): purchases at a rate of the customer's own, gamma-distributed with shape `r` and rate
    /// `alpha` (in units of time), for ever.
    ///
    /// ```
    /// use customer_pool::score::clv::{Nbd, Summary};
    /// let model = Nbd::new(0.385, 12.07)?;
    /// let customer = Summary::new(2, 30.43, 38.86)?;
    /// assert!((model.expected(&customer, 39.0) - 39.0 * 2.385 / (12.07 + 38.86)).abs() < 1e-12);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    Nbd {
        /// The shape of the distribution of rates.
        r,
        /// The rate of the distribution of rates, in units of time.
        alpha,
    }
}

impl Nbd {
    /// `ln (r)_x − x ln(α+T) − r ln(1+T/α)`: the log-likelihood of one customer.
    #[must_use]
    pub fn log_likelihood(&self, customer: &Summary) -> f64 {
        let x = f64::from(customer.repeats());
        ln_rising(self.r, x) - x * ln(self.alpha + customer.age()) - self.r * ln_1p_ratio(customer.age(), self.alpha)
    }

    /// Purchases that this customer is expected to make in a time `t` from now: `(r+x) t / (α+T)`, at most the largest number.
    #[must_use]
    pub fn expected(&self, customer: &Summary, t: f64) -> f64 {
        in_proportion(self.r + f64::from(customer.repeats()), time(t), self.alpha + customer.age())
    }

    /// Repeat purchases that a new customer is expected to make in a time `t`: `r t / α`, at most the largest number.
    #[must_use]
    pub fn expected_new(&self, t: f64) -> f64 {
        in_proportion(self.r, time(t), self.alpha)
    }

    /// The probabilities that this customer makes 0, 1, …, `most` purchases in a time `t` from now.
    #[must_use]
    pub fn probabilities(&self, customer: &Summary, t: f64, most: u32) -> Vec<f64> {
        NegativeBinomial::within(self.r + f64::from(customer.repeats()), t, self.alpha + customer.age())
            .probabilities(most)
    }

    /// The probabilities that a new customer makes 0, 1, …, `most` repeat purchases in a time `t`.
    #[must_use]
    pub fn probabilities_new(&self, t: f64, most: u32) -> Vec<f64> {
        NegativeBinomial::within(self.r, t, self.alpha).probabilities(most)
    }

    /// The maximum of the likelihood.
    ///
    /// Boundary: homogeneous purchasing, where the customers differ no more than a Poisson process makes them differ.
    #[must_use]
    pub fn fit(customers: &Summaries, terms: &FitTerms) -> Fit<Self> {
        match time_scale(customers) {
            Some(scale) => Self::fit_likelihood(customers, terms, &NbdLikelihood::new(customers, scale)),
            None => TooLittleData::check(customers, terms)
                .map_or_else(Fit::TooLittleData, |()| Fit::Failed(FitFailure::NotFinite)),
        }
    }

    /// The same, of a likelihood that is at hand.
    pub(super) fn fit_likelihood(customers: &Summaries, terms: &FitTerms, likelihood: &NbdLikelihood) -> Fit<Self> {
        if let Err(too_little) = TooLittleData::check(customers, terms) {
            return Fit::TooLittleData(too_little);
        }
        let scale = likelihood.scale;
        let Some(poisson) = Poisson::fitted(customers, terms) else { return Fit::Failed(FitFailure::NotFinite) };
        let thinned = thinned(customers).map(|part| NbdLikelihood::new(&part, scale));
        let found = search_thinned(likelihood, thinned.as_ref(), &likelihood.starts());
        let log_likelihood = |value: f64| -value * likelihood.customers - likelihood.repeats * ln(scale);
        let limit = poisson.evidence().log_likelihood();
        match found.minimum {
            Some(minimum) if log_likelihood(minimum.value) > limit + 1e-13 * limit.abs() => {
                let [r, alpha] = minimum.at.map(exp);
                let parameters = [r, alpha * scale];
                let Ok(model) = Self::new(r, alpha * scale) else { return Fit::Failed(FitFailure::NotFinite) };
                let errors = standard_errors(&minimum, &parameters, customers.customers());
                let evidence = Evidence::new(customers, terms, log_likelihood(minimum.value));
                Fit::Converged(Fitted::new(model, evidence.with_errors(errors, minimum.gradient)))
            }
            _ if likelihood.dispersion() <= 0.0 || found.minimum.is_some() => {
                Fit::Boundary(AtBoundary::new(Boundary::HomogeneousPurchasing, limit, Some(Limit::Poisson(poisson))))
            }
            _ => Fit::Failed(FitFailure::of(found.lower.as_ref())),
        }
    }
}

/// The customers of one age, and their repeats.
#[derive(Clone, Copy, Debug)]
struct Age {
    age: f64,
    customers: f64,
    repeats: f64,
}

/// The mean negative log-likelihood of NBD, by the logarithms of `r` and of `α` in units of `scale`.
///
/// It falls into sums over the repeats alone and over the ages alone.
#[derive(Debug)]
pub(super) struct NbdLikelihood {
    counts: RepeatCounts,
    ages: Vec<Age>,
    pub(super) scale: f64,
    pub(super) customers: f64,
    pub(super) repeats: f64,
}

impl NbdLikelihood {
    pub(super) fn new(customers: &Summaries, scale: f64) -> Self {
        let mut ages: Vec<(f64, u64, u64)> = Vec::new();
        for group in customers.groups() {
            let repeats = u64::from(group.repeats()).saturating_mul(group.customers());
            match ages.last_mut() {
                Some((age, n, x)) if age.to_bits() == group.age().to_bits() => {
                    *n = n.saturating_add(group.customers());
                    *x = x.saturating_add(repeats);
                }
                _ => ages.push((group.age(), group.customers(), repeats)),
            }
        }
        // The histories are in order, so sums over them are as well; equal ages of other repeats are joined where that pays.
        if ages.len() < customers.groups().len() / 2 {
            ages.sort_unstable_by_key(|(age, n, x)| (age.to_bits(), *n, *x));
            ages.dedup_by(|next, first| {
                let same = next.0.to_bits() == first.0.to_bits();
                if same {
                    first.1 = first.1.saturating_add(next.1);
                    first.2 = first.2.saturating_add(next.2);
                }
                same
            });
        }
        Self {
            counts: RepeatCounts::new(customers.groups().iter()),
            ages: ages
                .into_iter()
                .map(|(age, n, x)| Age { age: age / scale, customers: real(n), repeats: real(x) })
                .collect(),
            scale,
            customers: real(customers.customers()),
            repeats: real(customers.repeats()),
        }
    }

    /// Two shapes, each with the rate that gives the mean.
    pub(super) fn starts(&self) -> [[f64; 2]; 2] {
        let mean = self.repeats / self.customers;
        [0.3_f64, 2.0].map(|r| [ln(r), ln(r / mean)])
    }

    /// How the likelihood grows where the rates begin to differ, from the Poisson process on: at most 0, and it does not.
    /// `½ Σ [(x − λT)² − x]`, of which only the sums by age are at hand: `Σ x² = Σ_j (2j + 1) c_j`.
    fn dispersion(&self) -> f64 {
        let mean = self.repeats / self.customers;
        let squares = self.counts.squares();
        let rest: Sum = self
            .ages
            .iter()
            .map(|Age { age, customers, repeats }| mean * age * (mean * age * customers - 2.0 * repeats))
            .collect();
        0.5 * (squares + rest.total() - self.repeats)
    }
}

/// The sums over customers of some ages.
#[derive(Clone, Copy, Debug, Default)]
struct AgeSums {
    value: f64,
    by_r: f64,
    by_alpha: f64,
    mixed: f64,
    twice: f64,
}

impl AgeSums {
    fn of<const BENT: bool>(ages: &[Age], r: f64, alpha: f64) -> Self {
        let mut sums = Self::default();
        let per_alpha = 1.0 / alpha;
        for Age { age, customers, repeats } in ages {
            let tau = age * per_alpha;
            let inverse = 1.0 / (alpha + age);
            if BENT {
                sums.mixed += customers * tau * inverse;
                // 1/(α+T)² − 1/α² without cancellation.
                sums.twice += (repeats - r * customers * tau * (2.0 + tau)) * inverse * inverse;
            } else {
                let grown = ln_1p(tau);
                sums.value += (repeats + r * customers) * grown;
                sums.by_r += customers * grown;
                sums.by_alpha += (r * customers * tau - repeats) * inverse;
            }
        }
        sums
    }
}

impl NbdLikelihood {
    fn sums<const BENT: bool>(&self, r: f64, alpha: f64) -> [f64; 5] {
        let mut total = [Sum::default(); 5];
        for AgeSums { value, by_r, by_alpha, mixed, twice } in
            in_chunks(&self.ages, |ages| AgeSums::of::<BENT>(ages, r, alpha))
        {
            total.iter_mut().zip([value, by_r, by_alpha, mixed, twice]).for_each(|(sum, term)| sum.add(term));
        }
        total.map(Sum::total)
    }
}

impl Objective<2> for NbdLikelihood {
    fn slope(&self, at: &[f64; 2]) -> Slope<2> {
        let [r, alpha] = at.map(exp);
        let rising = self.counts.rising(r);
        let [value, by_r, by_alpha, _, _] = self.sums::<false>(r, alpha);
        let [_, log_alpha] = at;
        Slope {
            value: (value + self.repeats * log_alpha - rising.value) / self.customers,
            gradient: [(by_r - rising.first) * r / self.customers, -by_alpha * alpha / self.customers],
        }
    }

    fn hessian(&self, at: &[f64; 2], here: &Slope<2>) -> Matrix<2> {
        let [r, alpha] = at.map(exp);
        let rising = self.counts.rising(r);
        let [_, _, _, mixed, twice] = self.sums::<true>(r, alpha);
        let mixed = -mixed * r * alpha / self.customers;
        let [in_r, in_alpha] = here.gradient;
        [
            [in_r - rising.second * r * r / self.customers, mixed],
            [mixed, in_alpha - twice * alpha * alpha / self.customers],
        ]
    }
}
