//! The fit of BG/NBD.

use super::BgNbd;
use super::dropout::Likelihood;
use crate::score::clv::fit::{Fit, FitTerms};
use crate::score::clv::summary::Summaries;
use crate::score::clv::with_dropout;

impl BgNbd {
    /// The maximum of the likelihood.
    ///
    /// Boundaries: no dropout, with the NBD fit (or the Poisson process, where that has no maximum of its own either), where
    /// no dropout is as likely as any; homogeneous purchasing; homogeneous, polarized and certain dropout.
    ///
    /// ```
    /// use customer_pool::score::clv::{BgNbd, FitTerms, Seeded, Summaries};
    /// let truth = BgNbd::new(0.243, 4.414, 0.793, 2.426)?;
    /// let customers: Summaries = truth.simulate(&[39.0; 4000], &mut Seeded::new(1))?.into_iter().collect();
    /// let fit = BgNbd::fit(&customers, &FitTerms::new("week".parse()?, "1997-09-30".parse().expect("a date")));
    /// let fitted = fit.converged().expect("an optimum");
    /// assert!((fitted.model().r() - 0.243).abs() < 3.0 * fitted.evidence().standard_errors()[0]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn fit(customers: &Summaries, terms: &FitTerms) -> Fit<Self> {
        with_dropout::fit::<Likelihood>(customers, terms)
    }
}
