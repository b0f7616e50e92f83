//! The fit of Pareto/NBD.

use super::ParetoNbd;
use super::dropout::Likelihood;
use crate::score::clv::fit::{Fit, FitTerms};
use crate::score::clv::simulate::{SimulationError, counted, poisson, simulated};
use crate::score::clv::summary::{Summaries, Summary};
use crate::score::clv::with_dropout;
use crate::score::numeric::Seeded;

impl ParetoNbd {
    /// The maximum of the likelihood.
    ///
    /// Boundaries: no dropout, with the NBD fit (or the Poisson process, where that has no maximum of its own either), where
    /// no dropout is as likely as any; homogeneous purchasing; homogeneous, polarized and certain dropout.
    ///
    /// ```
    /// use customer_pool::score::clv::{FitTerms, ParetoNbd, Seeded, Summaries};
    /// let truth = ParetoNbd::new(0.553, 10.578, 0.606, 11.669)?;
    /// let customers: Summaries = truth.simulate(&[39.0; 4000], &mut Seeded::new(1))?.into_iter().collect();
    /// let fit = ParetoNbd::fit(&customers, &FitTerms::new("week".parse()?, "1997-09-30".parse().expect("a date")));
    /// let fitted = fit.converged().expect("an optimum");
    /// assert!((fitted.model().r() - 0.553).abs() < 3.0 * fitted.evidence().standard_errors()[0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn fit(customers: &Summaries, terms: &FitTerms) -> Fit<Self> {
        with_dropout::fit::<Likelihood>(customers, terms)
    }

    /// The times of a new customer's repeat purchases up to `until`, ascending. They are drawn as they are taken.
    ///
    /// ```
    /// use customer_pool::score::clv::{ParetoNbd, Seeded};
    /// let weeks = ParetoNbd::new(0.553, 10.578, 0.606, 11.669)?;
    /// let mut random = Seeded::new(3);
    /// let bought: usize = (0..1000).map(|_| weeks.purchases(39.0, &mut random).count()).sum();
    /// assert!((bought as f64 / 1000.0 - weeks.expected_new(39.0)).abs() < 0.3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn purchases(&self, until: f64, random: &mut Seeded) -> impl Iterator<Item = f64> {
        let rate = random.gamma(self.r) / self.alpha;
        let lost = random.exponential() / (random.gamma(self.s) / self.beta);
        poisson(rate, until.min(lost), random)
    }

    /// A customer of each age.
    ///
    /// # Errors
    /// The first age that is none, or at which too much was bought.
    pub fn simulate(&self, ages: &[f64], random: &mut Seeded) -> Result<Vec<Summary>, SimulationError> {
        simulated(ages, |age| counted(self.purchases(age, random)))
    }
}
