//! BG/NBD: customers who buy at a rate of their own until, after one of their purchases, they are lost.

mod batch;
mod curve;
mod dropout;
mod expectation;
mod fit;
mod numbers;
mod residual;

use super::parameter::parameters;
use super::rising::STEPS;
use super::summary::Summary;
use crate::score::numeric::fast::logistic_below;
use crate::score::numeric::special::ln_rising;
use crate::score::numeric::{exp, ln, ln_1p, ln_1p_exp, ln_1p_ratio, logistic};

parameters! {
    /// The BG/NBD model (Fader, Hardie & Lee 2005, "'Counting Your Customers' the Easy Way").
    ///
    /// While active a customer buys at a rate `λ` of its own; after each repeat purchase it is lost with a probability `p` of its own.
    /// Over the customers `λ` is gamma-distributed with shape `r` and rate `alpha`, in units of time, and `p` independently
    /// beta-distributed with `a` and `b`. So a customer without a repeat purchase is active for certain.
    ///
    /// ```
    /// use customer_pool::score::clv::{BgNbd, Summary};
    /// let weeks = BgNbd::new(0.243, 4.414, 0.793, 2.426)?;
    /// let customer = Summary::new(2, 30.43, 38.86)?;
    /// assert!((weeks.alive(&customer) - 0.7266).abs() < 1e-4);
    /// assert!((weeks.expected(&customer, 39.0) - 1.226).abs() < 1e-3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    BgNbd {
        /// The shape of the distribution of rates.
        r,
        /// The rate of the distribution of rates, in units of time.
        alpha,
        /// The first parameter of the distribution of the probability to be lost: its mean is `a / (a + b)`.
        a,
        /// The second parameter of the distribution of the probability to be lost.
        b,
    }
}

impl BgNbd {
    /// The log-likelihood of one customer's history, as in equation (6) of the paper:
    /// `ln (r)_x − x ln(α+T) − r ln(1+T/α) + ln[B(a,b+x)/B(a,b)] + ln(1+e^O)`, the last for `x > 0` only.
    ///
    /// `O` are the log-odds of being lost, `ln a − ln(b+x−1) + (r+x) ln((α+T)/(α+t_x))`. Where they are positive, all that is
    /// taken at `t_x` in place of `T`, which is the same.
    #[must_use]
    pub fn log_likelihood(&self, customer: &Summary) -> f64 {
        let x = f64::from(customer.repeats());
        // The larger of the two ways in which the history can have come about, and what the other adds to it.
        let (until, odds, other) = match self.log_odds_lost(customer) {
            None => (customer.age(), 0.0, 0.0),
            Some(odds) if odds <= 0.0 => (customer.age(), 0.0, ln_1p_exp(odds)),
            Some(odds) => {
                (customer.last(), self.ln_odds_of_repeats(customer.repeats()).unwrap_or_default(), ln_1p_exp(-odds))
            }
        };
        let buying = ln_rising(self.r, x) - x * ln(self.alpha + until);
        let waiting = -self.r * ln_1p_ratio(until, self.alpha);
        buying + waiting + (self.ln_stayed(customer.repeats()) + odds) + other
    }

    /// `ln[B(a,b+x)/B(a,b)]`: of having stayed after `x` purchases.
    fn ln_stayed(&self, x: u32) -> f64 {
        let steps: f64 = (0..x.min(STEPS)).map(|j| -ln_1p(self.a / (self.b + f64::from(j)))).sum();
        if x <= STEPS {
            return steps;
        }
        let (low, n) = (self.b + f64::from(STEPS), f64::from(x.saturating_sub(STEPS)));
        steps + (ln_rising(low, n) - ln_rising(self.a + low, n))
    }

    /// `O`, the log-odds of being lost at the end of the observation; none without a repeat purchase.
    fn log_odds_lost(&self, customer: &Summary) -> Option<f64> {
        let start = self.ln_odds_of_repeats(customer.repeats())?;
        Some(self.log_odds_from(start, customer))
    }

    /// What of these depends on the repeats alone: `ln a − ln(b+x−1)`.
    fn ln_odds_of_repeats(&self, repeats: u32) -> Option<f64> {
        (repeats > 0).then(|| ln(self.a) - ln(self.b + (f64::from(repeats) - 1.0)))
    }

    /// All of them, from there.
    #[inline]
    fn log_odds_from(&self, start: f64, customer: &Summary) -> f64 {
        let silence = ln_1p_ratio(customer.age() - customer.last(), self.alpha + customer.last());
        start + (self.r + f64::from(customer.repeats())) * silence
    }

    /// The probability that the customer is still active at the end of its observation: `1 / (1 + e^O)`; 1 without a repeat
    /// purchase. Where it is below the least number its logarithm is not: [`ln_alive`](Self::ln_alive).
    #[must_use]
    pub fn alive(&self, customer: &Summary) -> f64 {
        self.ln_odds_of_repeats(customer.repeats()).map_or(1.0, |start| self.alive_from(start, customer))
    }

    /// The same, from what depends on the repeats alone.
    #[inline]
    fn alive_from(&self, start: f64, customer: &Summary) -> f64 {
        let shape = self.r + f64::from(customer.repeats());
        logistic_below(start, shape, customer.age() - customer.last(), self.alpha + customer.last())
            .unwrap_or_else(|| logistic(-self.log_odds_from(start, customer)))
    }

    /// The logarithm of [`alive`](Self::alive).
    #[must_use]
    pub fn ln_alive(&self, customer: &Summary) -> f64 {
        self.log_odds_lost(customer).map_or(0.0, |odds| -ln_1p_exp(odds))
    }

    /// The probability that the customer is lost: what [`alive`](Self::alive) lacks to 1.
    fn lost(&self, customer: &Summary) -> f64 {
        self.log_odds_lost(customer).map_or(0.0, logistic)
    }

    /// Something that happens `if_alive` on average, weighed with the probability of being alive: where that alone is below
    /// the least number the product may not be.
    fn weighed(&self, customer: &Summary, if_alive: f64) -> f64 {
        self.weighed_by(self.log_odds_lost(customer), if_alive)
    }

    /// The same, by the log-odds of being lost.
    fn weighed_by(&self, odds: Option<f64>, if_alive: f64) -> f64 {
        match odds {
            None => if_alive,
            Some(odds) if odds > 650.0 => exp(ln(if_alive) - ln_1p_exp(odds)),
            Some(odds) => if_alive * logistic(-odds),
        }
    }
}
