//! All that a customer will still buy under BG/NBD, discounted.

use super::BgNbd;
use super::expectation::Active;
use crate::score::clv::parameter::ParameterError;
use crate::score::clv::summary::Summary;
use crate::score::numeric::sum::Sum;
use crate::score::numeric::{exp, ln};

impl BgNbd {
    /// Discounted expected residual transactions (DERT): every purchase that this customer is expected to make after the end of
    /// its observation, a purchase a time `t` away counted `e^{−rate·t}`.
    ///
    /// `rate` is continuous and per unit of time: that of 15 % a year is `ln(1.15)/52.18` a week. For BG/NBD there is no formula
    /// in known functions; it is `rate·∫ e^{−rate·t} E[purchases until t] dt`, by the trapezoidal rule in `ln t`, to 10⁻¹⁰.
    ///
    /// # Errors
    /// A rate that is no parameter: without a discount the sum may be infinite.
    pub fn residual(&self, customer: &Summary, rate: f64) -> Result<f64, ParameterError> {
        ParameterError::check(&[("rate", rate)])?;
        Ok(self.weighed(customer, self.active(customer).residual(rate)))
    }

    /// The same for a new customer, after its first purchase.
    ///
    /// # Errors
    /// A rate that is no parameter.
    pub fn residual_new(&self, rate: f64) -> Result<f64, ParameterError> {
        ParameterError::check(&[("rate", rate)])?;
        Ok(self.newcomer().residual(rate))
    }
}

impl Active {
    fn residual(&self, rate: f64) -> f64 {
        /// In `ln t`: what follows is analytic in a strip of half-width π/2, so the error is `e^{−π²/STEP}`.
        const STEP: f64 = 0.25;
        /// Where the discount has left nothing.
        const END: f64 = 45.0;
        let pace = rate * self.clock;
        let mut sum = Sum::default();
        let mut u = ln(END);
        let mut nodes = None;
        // Far sooner than after so many steps the discounted time is below the least number.
        for _ in 0..4_000 {
            let discounted = exp(u);
            let tau = discounted / pace;
            let bought = self.series(tau).unwrap_or_else(|| {
                let nodes = nodes.get_or_insert_with(|| self.nodes(ln(END) - ln(pace)));
                self.mean(nodes, tau, u - ln(pace))
            });
            let term = STEP * discounted * exp(-discounted) * bought;
            sum.add(term);
            // Going down the terms fall at last as fast as t does.
            if discounted < 1.0 && term <= 1e-17 * sum.total() {
                break;
            }
            u -= STEP;
        }
        sum.total()
    }
}
