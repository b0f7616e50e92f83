//! How probable numbers of purchases are under Pareto/NBD.

use super::{Active, ParetoNbd};
use crate::score::clv::counts::{NegativeBinomial, ratio};
use crate::score::clv::summary::Summary;
use crate::score::numeric::quadrature::GAUSS16;
use crate::score::numeric::sum::Sum;
use crate::score::numeric::{exp, exp_m1, ln, ln_1p, logistic};

impl ParetoNbd {
    /// The probabilities that a new customer makes 0, 1, …, `most` repeat purchases in a time `t` (Fader & Hardie 2006,
    /// "Deriving an Expression for P(X(t)=x) Under the Pareto/NBD Model").
    ///
    /// ```
    /// use customer_pool::score::clv::ParetoNbd;
    /// let weeks = ParetoNbd::new(0.553, 10.578, 0.606, 11.669)?;
    /// let all: f64 = weeks.probabilities_new(39.0, 400).iter().sum();
    /// assert!((all - 1.0).abs() < 1e-9);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn probabilities_new(&self, t: f64, most: u32) -> Vec<f64> {
        self.newcomer().probabilities(t, most)
    }

    /// The probabilities that this customer makes 0, 1, …, `most` purchases in a time `t` from the end of its observation.
    #[must_use]
    pub fn probabilities(&self, customer: &Summary, t: f64, most: u32) -> Vec<f64> {
        let mut probabilities = self.active(customer).probabilities(t, most);
        probabilities.iter_mut().for_each(|p| *p = self.weighed(customer, *p));
        if let Some(none) = probabilities.first_mut() {
            *none += logistic(self.log_odds_lost(customer));
        }
        probabilities
    }
}

impl Active {
    /// As many purchases without being lost, or being lost at some time and having made them before:
    /// `NB(n; t) S(t) + ∫ NB(n; y) s lived^s / (lived+y)^{s+1} dy` over `y` up to `t`. Over `ln(1 + y/m)`, `m` the lesser of the two
    /// clocks, the integrand is analytic.
    fn probabilities(&self, t: f64, most: u32) -> Vec<f64> {
        let stays = exp(-self.s * ln_1p(ratio(t, self.lived)));
        let whole = NegativeBinomial::new(self.shape, ratio(t, self.clock));
        let mut sums: Vec<Sum> = whole.probabilities(most).iter().map(|p| Sum::from_iter([p * stays])).collect();
        let low = self.clock.min(self.lived);
        let end = ln_1p(ratio(t, low));
        let width = (4.0 / (self.shape + f64::from(most) + self.s + 1.0).sqrt()).min(2.0);
        let panels = (end / width).ceil().clamp(1.0, 100_000.0);
        let half = 0.5 * end / panels;
        let mut middle = half;
        while middle < end {
            for (node, share) in GAUSS16 {
                for u in [middle - half * node, middle + half * node] {
                    let y = low * exp_m1(u);
                    // s lived^s / (lived+y)^{s+1} dy, with dy = (low + y) du.
                    let lost = exp(ln(self.s * ((low + y) / (self.lived + y))) - self.s * ln_1p(y / self.lived));
                    let weight = share * half * lost;
                    let numbers = NegativeBinomial::new(self.shape, ratio(y, self.clock));
                    sums.iter_mut().zip(numbers.probabilities(most)).for_each(|(sum, p)| sum.add(weight * p));
                }
            }
            middle += 2.0 * half;
        }
        sums.into_iter().map(|sum| sum.total().clamp(0.0, 1.0)).collect()
    }
}
