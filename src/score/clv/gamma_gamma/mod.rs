//! Gamma-Gamma: what customers spend on a purchase.

mod fit;
mod spending;

pub use fit::SpendingEvidence;
pub use spending::{Spending, SpendingError};

use super::parameter::parameters;
use crate::score::numeric::special::ln_beta;
use crate::score::numeric::{Seeded, exp, ln, ln_1p_ratio};

parameters! {
    /// The Gamma-Gamma model of spending (Fader & Hardie 2013, "The Gamma-Gamma Model of Monetary Value").
    ///
    /// The purchases of a customer have a gamma distribution of shape `p` and of a rate of the customer's own; over the customers
    /// that rate is gamma-distributed with shape `q` and rate `v`, in units of money. Spending is taken to be independent of how
    /// often a customer buys: [`SpendingEvidence::correlation`] says how far that holds of the customers.
    ///
    /// ```
    /// use customer_pool::score::clv::{GammaGamma, Spending};
    /// let dollars = GammaGamma::new(6.25, 3.74, 15.44)?;
    /// assert!((dollars.expected_new()? - 35.2).abs() < 0.1);
    /// let customer = Spending::new(2, 22.345)?;
    /// assert!((dollars.expected(&customer)? - 24.65).abs() < 0.05);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    GammaGamma {
        /// The shape of the distribution of a customer's purchases.
        p,
        /// The shape of the distribution of the customers' rates.
        q,
        /// The rate of the distribution of the customers' rates, in units of money.
        v,
    }
}

/// The mean of the spending is infinite: the tail of the model is too heavy to have one (`p x + q ≤ 1`), or the mean is beyond
/// the largest number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the model has no finite mean for this customer: its tail is too heavy")]
pub struct InfiniteSpending;

impl GammaGamma {
    /// The log-likelihood of one customer's mean, equation (1a) of the paper: with `s = p x` and `y = x m`,
    /// `−ln B(s,q) − s ln(1+v/y) − q ln(1+y/v) − ln m`; `None` where the model does not describe it.
    #[must_use]
    pub fn log_likelihood(&self, customer: &Spending) -> Option<f64> {
        let s = self.p * f64::from(customer.purchases());
        let x = f64::from(customer.purchases());
        let (mean, own) = (customer.mean(), self.v / x);
        customer
            .is_described()
            .then(|| -ln_beta(s, self.q) - s * ln_1p_ratio(own, mean) - self.q * ln_1p_ratio(mean, own) - ln(mean))
    }

    /// What this customer is expected to spend on a purchase: `p (v + x m) / (p x + q − 1)`, equation (5) of the paper. Whom
    /// the model does not describe is taken for a new customer.
    ///
    /// # Errors
    /// [`InfiniteSpending`] where there is no mean.
    pub fn expected(&self, customer: &Spending) -> Result<f64, InfiniteSpending> {
        if customer.is_described() {
            self.mean_after(f64::from(customer.purchases()), customer.mean())
        } else {
            self.expected_new()
        }
    }

    /// What a new customer is expected to spend on a purchase: `p v / (q − 1)`.
    ///
    /// # Errors
    /// [`InfiniteSpending`] where `q ≤ 1`.
    pub fn expected_new(&self) -> Result<f64, InfiniteSpending> {
        self.mean_after(0.0, 0.0)
    }

    fn mean_after(&self, x: f64, m: f64) -> Result<f64, InfiniteSpending> {
        let below = self.p * x + (self.q - 1.0);
        let total = x * m;
        let mean = if total.is_finite() {
            self.p * ((self.v + total) / below)
        } else {
            self.p * (self.v / below) + m * (self.p * x / below)
        };
        if below > 0.0 && mean.is_finite() { Ok(mean) } else { Err(InfiniteSpending) }
    }

    /// The mean value of so many purchases of a new customer, drawn; `None` for no purchase.
    ///
    /// ```
    /// use customer_pool::score::clv::{GammaGamma, Seeded};
    /// let dollars = GammaGamma::new(6.25, 3.74, 15.44)?;
    /// let mut random = Seeded::new(1);
    /// let sum: f64 = (0..4_000).filter_map(|_| dollars.simulate(3, &mut random)).map(|customer| customer.mean()).sum();
    /// assert!((sum / 4_000.0 - dollars.expected_new()?).abs() < 2.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn simulate(&self, purchases: u32, random: &mut Seeded) -> Option<Spending> {
        let x = f64::from(purchases);
        let ln_rate = random.ln_gamma_variate(self.q) - ln(self.v);
        let ln_total = random.ln_gamma_variate(self.p * x) - ln_rate;
        if purchases == 0 { None } else { Spending::new(purchases, exp(ln_total - ln(x))).ok() }
    }
}
