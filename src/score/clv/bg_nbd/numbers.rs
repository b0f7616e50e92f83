//! How probable numbers of purchases are under BG/NBD.

use super::BgNbd;
use super::expectation::Active;
use crate::score::clv::counts::NegativeBinomial;
use crate::score::clv::summary::Summary;

impl BgNbd {
    /// The probabilities that a new customer makes 0, 1, …, `most` repeat purchases in a time `t`, equation (8) of the paper.
    ///
    /// ```
    /// use customer_pool::score::clv::BgNbd;
    /// let weeks = BgNbd::new(0.243, 4.414, 0.793, 2.426)?;
    /// let none_one_two = weeks.probabilities_new(39.0, 2);
    /// assert!((none_one_two[0] - (4.414_f64 / 43.414).powf(0.243)).abs() < 1e-12);
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
            *none = (*none + self.lost(customer)).min(1.0);
        }
        probabilities
    }
}

impl Active {
    /// Of 0 to `most` purchases in a time `t`: of `n` without being lost, or of being lost at the `n`-th and having had time
    /// for it: `s_n P(N = n) + (s_{n−1} − s_n) P(N ≥ n)`, `s_n = B(a,b+n)/B(a,b)`.
    fn probabilities(&self, t: f64, most: u32) -> Vec<f64> {
        let numbers = NegativeBinomial::within(self.shape, t, self.clock);
        let exactly = numbers.probabilities(most);
        let at_least = numbers.tails(&exactly);
        let (mut stayed, mut n) = (1.0, 0.0);
        let one = |(exactly, at_least): (f64, f64)| {
            let lost = if n > 0.0 { stayed * self.a / (self.a + (self.b + (n - 1.0))) } else { 0.0 };
            if n > 0.0 {
                stayed *= (self.b + (n - 1.0)) / (self.a + (self.b + (n - 1.0)));
            }
            n += 1.0;
            (stayed * exactly + lost * at_least).min(1.0)
        };
        exactly.iter().copied().zip(at_least).map(one).collect()
    }
}
