//! Pareto/NBD: customers who buy at a rate of their own until, at any time, they are lost.

mod bends;
mod dropout;
mod fit;
mod numbers;
mod silence;
mod tails;

use super::chunks::{in_chunks, of_each};
use super::counts::ratio;
use super::parameter::{ParameterError, parameters};
use super::purchasing::Purchasing;
use super::summary::Summary;
use crate::score::numeric::special::ln_rising;
use crate::score::numeric::sum::Sum;
use crate::score::numeric::{exp, exp_m1, ln, ln_1p, ln_1p_exp, logistic, rise};
use silence::{Silence, ln_grown};

parameters! {
    /// The Pareto/NBD model (Schmittlein, Morrison & Colombo 1987, "Counting Your Customers").
    ///
    /// While active a customer buys at a rate `λ` of its own, and is lost at a rate `μ` of its own, whether it buys or not. Over the
    /// customers `λ` is gamma-distributed with shape `r` and rate `alpha`, in units of time, and `μ` independently with shape `s`
    /// and rate `beta`, in units of time.
    ///
    /// ```
    /// use customer_pool::score::clv::{ParetoNbd, Summary};
    /// let weeks = ParetoNbd::new(0.553, 10.578, 0.606, 11.669)?;
    /// let customer = Summary::new(2, 30.43, 38.86)?;
    /// assert!((weeks.alive(&customer) - 0.8691).abs() < 1e-3);
    /// assert!((weeks.expected(&customer, 39.0) - 1.455).abs() < 1e-2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ParetoNbd {
        /// The shape of the distribution of rates of purchase.
        r,
        /// The rate of the distribution of rates of purchase, in units of time.
        alpha,
        /// The shape of the distribution of rates of being lost.
        s,
        /// The rate of the distribution of rates of being lost, in units of time.
        beta,
    }
}

/// A customer that is active, after some time or at its first purchase: `λ` is gamma-distributed with `shape` and `clock`, `μ`
/// with `s` and `lived`.
#[derive(Clone, Copy, Debug)]
struct Active {
    shape: f64,
    clock: f64,
    s: f64,
    lived: f64,
}

impl ParetoNbd {
    fn silence(&self, customer: &Summary) -> Silence {
        let shape = self.r + f64::from(customer.repeats());
        Silence { shape, alpha: self.alpha, s: self.s, beta: self.beta }
    }

    /// `ln I`: the log-odds of being lost at the end of the observation.
    fn log_odds_lost(&self, customer: &Summary) -> f64 {
        self.silence(customer).ln_integral(customer.last(), customer.age() - customer.last())
    }

    /// `I`, where it is at hand sooner than its logarithm.
    #[inline]
    fn odds_lost(&self, customer: &Summary) -> Option<f64> {
        self.silence(customer).odds(customer.last(), customer.age() - customer.last())
    }

    /// The log-likelihood of one customer's history:
    /// `ln (r)_x − x ln(α+t_x) − r ln(1+t_x/α) − s ln(1+t_x/β) + ln Q`, `Q` the probability that a customer who was active at
    /// its last purchase buys nothing up to the end of the observation. With the odds `I` of being lost there it is
    /// `Q = (1 + I) ((α+t_x)/(α+T))^{r+x} ((β+t_x)/(β+T))^s`, and
    /// `I = s (α+T)^{r+x} (β+T)^s ∫ (α+y)^{−(r+x)} (β+y)^{−(s+1)} dy` over `y` from `t_x` to `T`
    /// (Fader & Hardie 2005, "A Note on Deriving the Pareto/NBD Model", equation 17 before the integral is taken).
    ///
    /// All digits of it are right where it is close to 0, as that of a customer who was seen for a short time.
    #[must_use]
    pub fn log_likelihood(&self, customer: &Summary) -> f64 {
        let (x, last) = (f64::from(customer.repeats()), customer.last());
        let bought = ln_rising(self.r, x) - x * ln(self.alpha + last) - self.r * ln_grown(last, self.alpha);
        let active = bought - self.s * ln_grown(last, self.beta);
        active + self.silence(customer).ln_quiet(last, customer.age() - last)
    }

    /// The probability that the customer is still active at the end of its observation: `1 / (1 + I)`. Where it is below the
    /// least number its logarithm is not: [`ln_alive`](Self::ln_alive).
    #[must_use]
    pub fn alive(&self, customer: &Summary) -> f64 {
        match self.odds_lost(customer) {
            Some(odds) => 1.0 / (1.0 + odds),
            None => logistic(-self.log_odds_lost(customer)),
        }
    }

    /// The logarithm of [`alive`](Self::alive).
    #[must_use]
    pub fn ln_alive(&self, customer: &Summary) -> f64 {
        -ln_1p_exp(self.log_odds_lost(customer))
    }

    /// The probability that the customer will still be active a time `t` after the end of its observation:
    /// `P(alive) ((β+T)/(β+T+t))^s`.
    #[must_use]
    pub fn alive_after(&self, customer: &Summary, t: f64) -> f64 {
        let active = self.active(customer);
        let stays = -active.s * ln_1p(ratio(t, active.lived));
        exp(self.ln_alive(customer) + stays)
    }

    /// The probability that the customer was lost before the end of its observation.
    fn lost(&self, customer: &Summary) -> f64 {
        match self.odds_lost(customer) {
            Some(odds) => odds / (1.0 + odds),
            None => logistic(self.log_odds_lost(customer)),
        }
    }

    /// Something that happens `if_alive` on average, weighed with the probability of being alive: where that alone is below
    /// the least number the product may not be.
    fn weighed(&self, customer: &Summary, if_alive: f64) -> f64 {
        if let Some(odds) = self.odds_lost(customer) {
            return if_alive / (1.0 + odds);
        }
        let odds = self.log_odds_lost(customer);
        if odds > 650.0 { exp(ln(if_alive) - ln_1p_exp(odds)) } else { if_alive * logistic(-odds) }
    }

    fn active(&self, customer: &Summary) -> Active {
        Active {
            shape: self.r + f64::from(customer.repeats()),
            clock: self.alpha + customer.age(),
            s: self.s,
            lived: self.beta + customer.age(),
        }
    }

    fn newcomer(&self) -> Active {
        Active { shape: self.r, clock: self.alpha, s: self.s, lived: self.beta }
    }

    /// Purchases that this customer is expected to make in a time `t` from the end of its observation:
    /// `P(alive) (r+x)(β+T)/(α+T) · (1 − (1+τ)^{1−s})/(s−1)`, `τ = t/(β+T)`; at `s = 1` the last is `ln(1+τ)`.
    #[must_use]
    pub fn expected(&self, customer: &Summary, t: f64) -> f64 {
        let active = self.active(customer);
        let if_alive = active.purchases(t);
        if if_alive < f64::MAX {
            return self.weighed(customer, if_alive);
        }
        exp(active.ln_purchases(t) - ln_1p_exp(self.log_odds_lost(customer))).min(f64::MAX)
    }

    /// Repeat purchases that a new customer is expected to make in a time `t`.
    #[must_use]
    pub fn expected_new(&self, t: f64) -> f64 {
        self.newcomer().purchases(t)
    }

    /// [`expected`](Self::expected) of each customer.
    #[must_use]
    pub fn expected_each(&self, customers: &[Summary], t: f64) -> Vec<f64> {
        in_chunks(customers, |part| part.iter().map(|one| self.expected(one, t)).collect::<Vec<f64>>()).concat()
    }

    /// [`alive`](Self::alive) of each customer.
    #[must_use]
    pub fn alive_each(&self, customers: &[Summary]) -> Vec<f64> {
        in_chunks(customers, |part| part.iter().map(|one| self.alive(one)).collect::<Vec<f64>>()).concat()
    }

    /// Discounted expected residual transactions (DERT; Fader, Hardie & Lee 2005, "RFM and CLV"): every purchase that this
    /// customer is expected to make after the end of its observation, one a time `t` away counted `e^{−rate·t}`.
    ///
    /// `rate` is continuous and per unit of time: that of 15 % a year is `ln(1.15)/52.18` a week.
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
    /// At most the largest number.
    fn purchases(&self, t: f64) -> f64 {
        (self.shape * (self.lived / self.clock) * self.grown(t)).min(f64::MAX)
    }

    fn ln_purchases(&self, t: f64) -> f64 {
        ln(self.shape) + ln(self.lived / self.clock) + ln(self.grown(t))
    }

    /// How long it stays active in a time `t`, on average, in units of `lived`.
    fn grown(&self, t: f64) -> f64 {
        rise(self.s - 1.0, ln_1p(ratio(t, self.lived))).0
    }

    /// `shape/clock · ∫ e^{−rate t} (1 + t/lived)^{−s} dt`, by the trapezoidal rule in `ln t`, of which the integrand is
    /// analytic in a strip of half-width π/2: the error is `e^{−π²/STEP}`. It is log-concave there, so it is left when it
    /// falls and is small.
    fn residual(&self, rate: f64) -> f64 {
        const STEP: f64 = 0.25;
        /// Where the discount has left nothing, and where the exponent of dropout has not.
        const END: f64 = 45.0;
        const LOST: f64 = 700.0;
        let lived = rate * self.lived;
        let mut sum = Sum::default();
        let mut u = ln(END.min(lived * exp_m1((LOST / self.s).min(LOST))));
        for _ in 0..4_000 {
            let discounted = exp(u);
            let term = STEP * discounted * exp(-discounted - self.s * ln_1p(discounted / lived));
            sum.add(term);
            let falls = discounted + self.s * (discounted / (lived + discounted)) < 1.0;
            if falls && term <= 1e-17 * sum.total() {
                break;
            }
            u -= STEP;
        }
        (self.shape * (sum.total() / (rate * self.clock))).min(f64::MAX)
    }
}

impl Purchasing for ParetoNbd {
    fn expected(&self, customer: &Summary, t: f64) -> f64 {
        Self::expected(self, customer, t)
    }
    fn expected_each(&self, customers: &[Summary], t: f64) -> Vec<f64> {
        Self::expected_each(self, customers, t)
    }
    fn expected_over(&self, customers: &[Summary], times: &[(f64, f64)]) -> Vec<f64> {
        let one = |customer: &Summary| {
            let active = self.active(customer);
            let bought: Sum = times.iter().map(|(t, weight)| weight * active.purchases(*t)).collect();
            self.weighed(customer, bought.total().min(f64::MAX))
        };
        of_each(customers, one)
    }
    fn expected_new(&self, t: f64) -> f64 {
        Self::expected_new(self, t)
    }
    fn probabilities_new(&self, t: f64, most: u32) -> Vec<f64> {
        Self::probabilities_new(self, t, most)
    }
    fn alive(&self, customer: &Summary) -> f64 {
        Self::alive(self, customer)
    }
}
